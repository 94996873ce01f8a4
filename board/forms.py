"""快记: one box; everything else may stay empty."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dutyroster.enums import LogKind


class QuickNoteForm(forms.Form):
    """What is typed while somebody is on the telephone. The hidden number makes a second press the same note."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Quick note"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "data-focus": "", "autocomplete": "off"}),
    )
    caller_name = forms.CharField(
        label=_("Caller"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    caller_phone = forms.CharField(
        label=_("Caller's telephone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    place = forms.CharField(
        label=_("Place"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=LogKind, initial=LogKind.CALL, required=False)
    wants_follow_up = forms.BooleanField(label=_("To be handed on"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_uuid", uuid.uuid4())

    def given(self) -> dict[str, Any]:
        """As the action takes it."""
        return self.cleaned_data | {"kind": self.cleaned_data["kind"] or LogKind.NOTE}
