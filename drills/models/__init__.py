"""Plans, runs and what they found."""

from drills.models.plan import DrillPlan, Inject, Objective
from drills.models.run import DrillRun, Finding, FiredDuty, FiredInject, Participant, RunEvent

__all__ = [
    "DrillPlan",
    "DrillRun",
    "Finding",
    "FiredDuty",
    "FiredInject",
    "Inject",
    "Objective",
    "Participant",
    "RunEvent",
]
