"""What people fill in about sites, visits and rounds."""

from hazards.forms.findings import (
    DeferForm,
    FindingFilterForm,
    FindingForm,
    FixerForm,
    JudgeForm,
    MeasureForm,
    MendedForm,
    SupervisorForm,
    TemplateForm,
    stored,
)
from hazards.forms.households import HouseholdCheckForm, HouseholdFilterForm, RevealForm
from hazards.forms.patrols import CheckInForm, PointForm, RouteForm, StageForm, TermForm
from hazards.forms.requests import (
    CloseRequestForm,
    GiveForm,
    RequestForm,
)
from hazards.forms.rounds import CloseForm
from hazards.forms.routine import DueFilterForm, IntervalForm, PlannedForm, RoutineForm, StartForm
from hazards.forms.sites import (
    MINUTES,
    FilterForm,
    ReasonForm,
    ResponsibleForm,
    RoundForm,
    SiteForm,
    VisitForm,
)

__all__ = [
    "MINUTES",
    "CheckInForm",
    "CloseForm",
    "CloseRequestForm",
    "DeferForm",
    "DueFilterForm",
    "FilterForm",
    "FindingFilterForm",
    "FindingForm",
    "FixerForm",
    "GiveForm",
    "HouseholdCheckForm",
    "HouseholdFilterForm",
    "IntervalForm",
    "JudgeForm",
    "MeasureForm",
    "MendedForm",
    "PlannedForm",
    "PointForm",
    "ReasonForm",
    "RequestForm",
    "ResponsibleForm",
    "RevealForm",
    "RoundForm",
    "RouteForm",
    "RoutineForm",
    "SiteForm",
    "StageForm",
    "StartForm",
    "SupervisorForm",
    "TemplateForm",
    "TermForm",
    "VisitForm",
    "stored",
]
