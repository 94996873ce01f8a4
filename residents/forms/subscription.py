"""订阅: a telephone number, an area; then the code that was sent there."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from residents.forms.places import streets


class SubscriptionForm(forms.Form):
    """Which number, for which area, to begin or to end."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Enter a mobile number of eleven digits.")},
    )
    area_code = forms.ChoiceField(label=_("Notices for"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["area_code"]
        field.choices = [(settings.DISTRICT_CODE, _("The whole district")), *streets()]


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.CharField(
        label=_("The six digits"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the six digits that came by SMS.")},
    )
