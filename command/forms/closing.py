"""What people fill in about closings: ticks, limits, partners, re-opening, underground spaces."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import area_choices
from command.enums.closing import Party, ReopenReason
from command.queries.closure import ROADS
from territory.rules import Scope, is_mobile, normalised_phone

MINUTES = "%Y-%m-%dT%H:%M"


def when(label: Any) -> forms.DateTimeField:
    """A moment typed to the minute, where it was not now."""
    return forms.DateTimeField(
        label=label, required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)
    )


class TickForm(forms.Form):
    """When one party's part was done, where that was earlier."""

    occurred_at = when(_("Happened at"))


class LimitForm(forms.Form):
    """The depths of one kind of place."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in ROADS])
    closing_depth_cm = forms.IntegerField(label=_("Closed from (cm)"), min_value=1, max_value=500)
    reopen_below_cm = forms.IntegerField(label=_("Opened below (cm)"), min_value=1, max_value=500)


class PartnerForm(forms.Form):
    """Who makes a party's tick in an area: somebody with an account, or a name and a mobile number."""

    party = forms.ChoiceField(label=_("Party"), choices=Party)
    area_code = forms.ChoiceField(label=_("Area"))
    person = forms.ModelChoiceField(label=_("Person with an account"), queryset=User.objects.none(), required=False)
    name = forms.CharField(label=_("Or agency"), max_length=40, required=False)
    phone = forms.CharField(label=_("Its mobile number"), max_length=30, required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope) or [(c, c) for c in scope.codes]  # type: ignore[attr-defined]
        people = User.objects.filter(
            is_active=True, roles_held__role__in=(Role.AGENCY_LIAISON, Role.SUBDISTRICT_OFFICER, Role.SITE_KEEPER)
        )
        self.fields["person"].queryset = people.distinct().order_by("name", "pk")  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """The number as it is dialled."""
        text = str(self.cleaned_data["phone"]).strip()
        phone = normalised_phone(text) if text else ""
        if phone is None or (phone and not is_mobile(phone)):
            raise ValidationError(_("This is no mobile number."))
        return phone


class UndergroundForm(forms.Form):
    """Over which area every underground space is to close."""

    area_code = forms.ChoiceField(label=_("Area"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope) or [(c, c) for c in scope.codes]  # type: ignore[attr-defined]


class ReopenForm(forms.Form):
    """Why a place may open: the button; the depth now; when, where that was earlier."""

    depth_cm = forms.IntegerField(label=_("Depth of water now (cm)"), min_value=0, max_value=500, required=False)
    reason = forms.ChoiceField(choices=ReopenReason)
    occurred_at = when(_("Happened at"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
