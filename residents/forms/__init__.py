"""What residents fill in."""

from residents.forms.danger import DangerForm
from residents.forms.help import HelpForm
from residents.forms.subscription import CodeForm, SubscriptionForm

__all__ = ["CodeForm", "DangerForm", "HelpForm", "SubscriptionForm"]
