"""What people type about notices, doors and warnings."""

from alerts.forms.aim import AimForm
from alerts.forms.notices import NoticeForm, ReasonForm, ToldVisitForm, VisitForm, fresh, written
from alerts.forms.signing import AuthorisationForm, CodeForm, SignerForm, WordForm
from alerts.forms.warnings import ConsultationForm, PasteForm, UploadForm, WarningForm

__all__ = [
    "AimForm",
    "AuthorisationForm",
    "CodeForm",
    "ConsultationForm",
    "NoticeForm",
    "PasteForm",
    "ReasonForm",
    "SignerForm",
    "ToldVisitForm",
    "UploadForm",
    "VisitForm",
    "WarningForm",
    "WordForm",
    "fresh",
    "written",
]
