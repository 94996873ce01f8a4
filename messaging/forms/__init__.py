"""What people fill in about accounts and reviewed texts."""

from messaging.forms.accounts import RobotForm, SwitchForm
from messaging.forms.register import DecisionForm, FilingForm, PhoneForm, SignatureForm

__all__ = ["DecisionForm", "FilingForm", "PhoneForm", "RobotForm", "SignatureForm", "SwitchForm"]
