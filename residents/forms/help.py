"""我要求助: who, where, what."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.forms.places import street_choices


class HelpForm(forms.Form):
    """A place and a telephone number are what somebody needs to come. No script, no account."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    place = forms.CharField(
        label=_("Where are you?"),
        max_length=160,
        error_messages={"required": _("Write the street, the house and the floor.")},
    )
    phone = forms.CharField(
        label=_("Your telephone"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Write the number that we can call.")},
    )
    need = forms.CharField(
        label=_("What do you need?"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=300
    )
    persons = forms.IntegerField(
        label=_("How many are you?"),
        min_value=1,
        max_value=999,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    who = forms.CharField(label=_("Your name"), max_length=40, required=False)
    area_code = forms.ChoiceField(label=_("Sub-district"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = street_choices()  # type: ignore[attr-defined]
