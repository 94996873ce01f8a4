"""The register, checklists and inspections, rounds and the sweep's results."""

from hazards.models.checklist import Checklist, ChecklistItem
from hazards.models.finding import (
    Deferral,
    Finding,
    FindingPhoto,
    FindingStep,
    FindingTerm,
    PaperTemplate,
    Sighting,
)
from hazards.models.household import HouseholdAnswer, HouseholdCheck, RollProposal
from hazards.models.inspection import Inspection, InspectionAnswer, InspectionPhoto
from hazards.models.ledger import KeptFact, LedgerReading, LedgerSource, WaitingRow
from hazards.models.patrol import PatrolPoint, PatrolRoute, PatrolRun, PatrolTerm, PatrolWatch, RoutePoint
from hazards.models.request import CitizenRequest, RequestCategory, RequestStep
from hazards.models.round import InspectionRound, RoundMember, SeasonRound, SweepRun
from hazards.models.routine import RoutineDue, RoutineSchedule, RoutineTerm
from hazards.models.site import HazardSite, Responsibility
from hazards.models.standing import SiteStanding

__all__ = [
    "Checklist",
    "ChecklistItem",
    "CitizenRequest",
    "Deferral",
    "Finding",
    "FindingPhoto",
    "FindingStep",
    "FindingTerm",
    "HazardSite",
    "HouseholdAnswer",
    "HouseholdCheck",
    "Inspection",
    "InspectionAnswer",
    "InspectionPhoto",
    "InspectionRound",
    "KeptFact",
    "LedgerReading",
    "LedgerSource",
    "PaperTemplate",
    "PatrolPoint",
    "PatrolRoute",
    "PatrolRun",
    "PatrolTerm",
    "PatrolWatch",
    "RequestCategory",
    "RequestStep",
    "Responsibility",
    "RollProposal",
    "RoundMember",
    "RoutePoint",
    "RoutineDue",
    "RoutineSchedule",
    "RoutineTerm",
    "SeasonRound",
    "Sighting",
    "SiteStanding",
    "SweepRun",
    "WaitingRow",
]
