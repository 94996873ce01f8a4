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
from hazards.forms.requests import (
    CloseRequestForm,
    GiveForm,
    RequestForm,
)
from hazards.forms.sites import (
    MINUTES,
    CloseForm,
    FilterForm,
    ReasonForm,
    ResponsibleForm,
    RoundForm,
    SiteForm,
    VisitForm,
)

__all__ = [
    "MINUTES",
    "CloseForm",
    "CloseRequestForm",
    "DeferForm",
    "FilterForm",
    "FindingFilterForm",
    "FindingForm",
    "FixerForm",
    "GiveForm",
    "HouseholdCheckForm",
    "HouseholdFilterForm",
    "JudgeForm",
    "MeasureForm",
    "MendedForm",
    "ReasonForm",
    "RequestForm",
    "ResponsibleForm",
    "RevealForm",
    "RoundForm",
    "SiteForm",
    "SupervisorForm",
    "TemplateForm",
    "VisitForm",
    "stored",
]
