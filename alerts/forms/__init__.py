"""What people type about notices, doors and warnings."""

from alerts.forms.notices import NoticeForm, ReasonForm, VisitForm, fresh, written
from alerts.forms.warnings import ConsultationForm, PasteForm, UploadForm, WarningForm

__all__ = [
    "ConsultationForm",
    "NoticeForm",
    "PasteForm",
    "ReasonForm",
    "UploadForm",
    "VisitForm",
    "WarningForm",
    "fresh",
    "written",
]
