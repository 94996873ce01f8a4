"""What somebody asks and says about records that were not taken in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from field.enums import RecordKind, RefusedState
from field.queries import RefusedFilter
from territory.queries import areas
from territory.rules import Scope


class RefusedFilterForm(forms.Form):
    """The filters of the list as they stand in the address; what is not understood narrows nothing."""

    state = forms.ChoiceField(required=False, choices=RefusedState)
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *RecordKind.choices])
    area_code = forms.ChoiceField(label=_("Sub-district"), required=False)
    text = forms.CharField(label=_("Who, or why"), required=False, max_length=60)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(area.code, area.name) for area in areas(scope, "subdistrict")]
        self.fields["area_code"].choices = [("", _("All")), *streets]  # type: ignore[attr-defined]

    def filters(self) -> RefusedFilter:
        """The filters that were understood."""
        self.is_valid()
        return RefusedFilter(**{name: value for name, value in self.cleaned_data.items() if value})


class SettleForm(forms.Form):
    """What was done about it."""

    words = forms.CharField(label=_("What was done"), max_length=200, required=False)
