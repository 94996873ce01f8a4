"""Deciding about a level."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.models import Notice
from command.enums import ResponseLevel, ResponseVerb

MINUTES = "%Y-%m-%dT%H:%M"


class DecisionForm(forms.Form):
    """The basis of a decision, and when it was taken. The level is chosen before, so that its numbers are seen."""

    level = forms.TypedChoiceField(
        choices=ResponseLevel, coerce=int, empty_value=None, widget=forms.HiddenInput, required=False
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The warning, water level or report that the decision rests on, with its time."),
    )
    notice = forms.TypedChoiceField(label=_("Notice"), coerce=int, empty_value=None, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Decided at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        help_text=_("Empty: now. Otherwise it is marked as recorded later."),
    )
    calls_out = forms.BooleanField(label=_("Call out everybody who must answer"), required=False, initial=True)

    def __init__(self, *args: Any, verb: ResponseVerb, notices: Sequence[Notice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notices = {notice.pk: notice for notice in notices}
        if notices:
            choices = [("", _("None")), *((notice.pk, notice.headline) for notice in notices)]
            self.fields["notice"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["notice"]
        if verb in (ResponseVerb.LOWER, ResponseVerb.END):
            del self.fields["calls_out"]

    def decision(self) -> dict[str, Any]:
        """What the actions take besides level, person and time."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            "basis": given["basis"],
            "notice": self.notices.get(given.get("notice") or 0),
            "occurred_at": given["occurred_at"],
        }
        if "calls_out" in self.fields:
            found["calls_out"] = given["calls_out"]
        return found
