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
    "DeferForm",
    "FilterForm",
    "FindingFilterForm",
    "FindingForm",
    "FixerForm",
    "JudgeForm",
    "MeasureForm",
    "MendedForm",
    "ReasonForm",
    "ResponsibleForm",
    "RoundForm",
    "SiteForm",
    "SupervisorForm",
    "TemplateForm",
    "VisitForm",
    "stored",
]
