"""What somebody in the field fills in about a danger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from command.enums.dangers import DangerKind
from core.forms import ReportForm


class FieldDangerForm(ReportForm):
    """报险情 by one thumb: the kind, a photo, the position or the place."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=DangerKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is.")},
    )
    place = forms.CharField(label=_("Where is it?"), max_length=160, required=False)
    description = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=1000
    )

    def report(self) -> dict[str, Any]:
        """What the action takes."""
        return super().report() | {name: self.cleaned_data[name] for name in ("kind", "place", "description")}
