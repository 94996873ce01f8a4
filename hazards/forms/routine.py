"""What people fill in about routine inspections and the season calendar."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.queries import area_choices
from hazards.enums import Base, Circumstance, DueState, SeasonPhase, SiteKind
from hazards.queries import DueFilter
from hazards.rules.routine import LONGEST
from territory.queries import areas
from territory.rules import Scope

EVERY = "all"


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class DueFilterForm(forms.Form):
    """The filters of the list as they stand in the address; what is not understood does not narrow."""

    state = forms.ChoiceField(required=False, choices=[(EVERY, EVERY), *DueState.choices])
    kind = forms.ChoiceField(required=False, choices=SiteKind)
    area_code = forms.ChoiceField(label=_("Sub-district"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(area.code, area.name) for area in areas(scope, "subdistrict")]
        self.fields["area_code"].choices = [("", _("All")), *streets]  # type: ignore[attr-defined]

    def filters(self) -> DueFilter:
        """The filters that were understood; without a state, what was missed."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return DueFilter(**(given | ({"state": ""} if given.get("state") == EVERY else {})))


class IntervalForm(forms.Form):
    """How often a kind is seen in one circumstance."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SiteKind)
    circumstance = forms.ChoiceField(label=_("Circumstance"), choices=Circumstance)
    days = forms.IntegerField(label=_("Every (days)"), min_value=1, max_value=LONGEST)
    ahead = forms.IntegerField(
        label=_("Duty given ahead (days)"),
        min_value=0,
        max_value=LONGEST,
        initial=0,
        help_text=_("A visit counts from the day on which the duty is given."),
    )


class StartForm(forms.Form):
    """From when the sites of an area are seen in routine."""

    area_code = forms.ChoiceField(label=_("Area"))
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *SiteKind.choices])
    base = forms.ChoiceField(label=_("Next date counted"), choices=Base)
    first_on = _day(_("First date"))

    def __init__(self, *args: Any, scope: Scope, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_start_%s")  # the form of intervals stands on the same page
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope) or [(c, c) for c in scope.codes]  # type: ignore[attr-defined]
        self.fields["first_on"].initial = today


class RoutineForm(forms.Form):
    """The routine of one site."""

    base = forms.ChoiceField(label=_("Next date counted"), choices=Base)
    next_on = _day(_("Next date"))


class PlannedForm(forms.Form):
    """A round of the season calendar."""

    title = forms.CharField(label=_("Title"), max_length=60)
    area_code = forms.ChoiceField(label=_("Area"))
    phase = forms.ChoiceField(label=_("Counted from"), choices=SeasonPhase)
    offset_days = forms.IntegerField(
        label=_("Days after that (negative: before)"), min_value=-180, max_value=180, initial=0
    )
    due_days = forms.IntegerField(label=_("To be done within (days)"), min_value=1, max_value=120, initial=14)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope) or [(c, c) for c in scope.codes]  # type: ignore[attr-defined]
