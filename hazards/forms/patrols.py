"""What people fill in about patrols."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import area_choices, people
from core import actions as core
from hazards.enums import RainStage
from hazards.models import HazardSite
from hazards.rules.patrols import LONGEST
from territory.rules import Scope


def _areas(scope: Scope) -> list[tuple[str, str]]:
    return area_choices(scope) or [(code, code) for code in sorted(scope.codes)]


class RouteForm(forms.Form):
    """A new route."""

    name = forms.CharField(label=_("Name of the route"), max_length=60)
    area_code = forms.ChoiceField(label=_("Area"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = _areas(scope)  # type: ignore[attr-defined]


class PointForm(forms.Form):
    """A site to be put on a route."""

    site = forms.ModelChoiceField(label=_("Site or river reach"), queryset=HazardSite.objects.none())
    minutes = forms.IntegerField(label=_("Minutes to get there"), min_value=1, max_value=LONGEST, initial=20)

    def __init__(self, *args: Any, area_code: str, taken: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = HazardSite.objects.filter(area_code__startswith=area_code, retired_at__isnull=True)
        self.fields["site"].queryset = rows.exclude(pk__in=taken).order_by("kind", "name", "pk")  # type: ignore[attr-defined]


class TermForm(forms.Form):
    """How often and by whom a route is walked in a stage."""

    stage = forms.ChoiceField(label=_("Stage"), choices=RainStage)
    interval_minutes = forms.IntegerField(label=_("Every (min)"), min_value=1, max_value=LONGEST, initial=120)
    person = forms.ModelChoiceField(
        label=_("Who walks it"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Left empty: whoever answers for the first point."),
    )

    def __init__(self, *args: Any, scope: Scope, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people(scope, now=now)  # type: ignore[attr-defined]


class StageForm(forms.Form):
    """Which stage holds over which area from now on."""

    area_code = forms.ChoiceField(label=_("Area"))
    stage = forms.ChoiceField(label=_("Stage"), choices=RainStage)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = _areas(scope)  # type: ignore[attr-defined]


class CheckInForm(forms.Form):
    """A check-in at one point, as the phone sends it."""

    point = forms.IntegerField(widget=forms.HiddenInput)
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=0)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def stored(self, *, by_id: int | None) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        there = given["longitude"] is not None and given["latitude"] is not None
        photo = given["photo"]
        return {
            "position": (given["longitude"], given["latitude"]) if there else None,
            "accuracy_m": given["accuracy_m"] if there else None,
            "note": given["note"],
            "photo": core.store_photo(data=photo.read(core.MAX_BYTES + 1), by_id=by_id) if photo else None,
        }
