"""What people fill in about sites, visits and rounds."""

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
    "FilterForm",
    "ReasonForm",
    "ResponsibleForm",
    "RoundForm",
    "SiteForm",
    "VisitForm",
]
