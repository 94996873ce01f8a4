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
from hazards.models.request import CitizenRequest, RequestCategory, RequestStep
from hazards.models.round import InspectionRound, RoundMember, SweepRun
from hazards.models.site import HazardSite, Responsibility

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
    "RequestCategory",
    "RequestStep",
    "Responsibility",
    "RollProposal",
    "RoundMember",
    "Sighting",
    "SweepRun",
    "WaitingRow",
]
