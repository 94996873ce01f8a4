"""What people fill in about accounts and reviewed texts."""

from messaging.forms.register import DecisionForm, FilingForm, PhoneForm, SignatureForm

__all__ = ["DecisionForm", "FilingForm", "PhoneForm", "SignatureForm"]
