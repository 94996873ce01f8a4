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
from hazards.models.inspection import Inspection, InspectionAnswer, InspectionPhoto
from hazards.models.ledger import KeptFact, LedgerReading, LedgerSource, WaitingRow
from hazards.models.round import InspectionRound, RoundMember, SweepRun
from hazards.models.site import HazardSite, Responsibility

__all__ = [
    "Checklist",
    "ChecklistItem",
    "Deferral",
    "Finding",
    "FindingPhoto",
    "FindingStep",
    "FindingTerm",
    "HazardSite",
    "Inspection",
    "InspectionAnswer",
    "InspectionPhoto",
    "InspectionRound",
    "KeptFact",
    "LedgerReading",
    "LedgerSource",
    "PaperTemplate",
    "Responsibility",
    "RoundMember",
    "Sighting",
    "SweepRun",
    "WaitingRow",
]
