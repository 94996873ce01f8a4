"""What is typed about a store, and what lists are narrowed to."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import area_choices, people
from supplies.enums import ItemCategory, MovementKind, StoreMode
from supplies.models import Store
from territory.rules import Scope


class StoresForm(forms.Form):
    """What the list of stores is narrowed to; what is not understood does not narrow."""

    mode = forms.ChoiceField(required=False, choices=[("", _("All")), *StoreMode.choices])
    text = forms.CharField(label=_("Name, code or address"), required=False, max_length=60)

    def filters(self) -> dict[str, str]:
        """The filters that were understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ItemsForm(forms.Form):
    """What the catalogue is narrowed to."""

    category = forms.ChoiceField(label=_("Class"), required=False, choices=[("", _("All")), *ItemCategory.choices])
    text = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    short = forms.BooleanField(label=_("Below quota only"), required=False)

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class LedgerForm(forms.Form):
    """What the ledger is narrowed to."""

    store = forms.ModelChoiceField(
        label=_("Store"), required=False, queryset=Store.objects.none(), empty_label=_("All")
    )
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *MovementKind.choices])

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Store.objects.in_scope(scope).order_by("code")
        self.fields["store"].queryset = own  # type: ignore[attr-defined]

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class StoreForm(forms.Form):
    """One store."""

    code = forms.CharField(label=_("Store code"), max_length=32)
    name = forms.CharField(label=_("Store"), max_length=80)
    mode = forms.ChoiceField(label=_("Mode"), choices=StoreMode)
    area_code = forms.ChoiceField(label=_("Area"))
    address = forms.CharField(label=_("Address"), max_length=160, required=False)
    keeper = forms.ModelChoiceField(label=_("Keeper"), queryset=User.objects.none(), required=False)
    deputy_keeper = forms.ModelChoiceField(label=_("Deputy keeper"), queryset=User.objects.none(), required=False)
    phone = forms.CharField(label=_("Telephone of the store"), max_length=20, required=False)
    vehicle = forms.CharField(label=_("Vehicle"), max_length=80, required=False)
    longitude = forms.FloatField(label=_("Longitude (WGS-84)"), min_value=73, max_value=136, required=False)
    latitude = forms.FloatField(label=_("Latitude (WGS-84)"), min_value=18, max_value=54, required=False)

    def __init__(self, *args: Any, scope: Scope, now: Any, store: Store | None = None, **kwargs: Any) -> None:
        if store is not None:
            place = {"longitude": store.position.x, "latitude": store.position.y} if store.position else {}
            kwargs["initial"] = {
                name: getattr(store, name) for name in self.base_fields if hasattr(store, name)
            } | place
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = list(area_choices(scope))  # type: ignore[attr-defined]
        keepers = people(scope, now=now, role=Role.STOREKEEPER).order_by("name", "pk")
        for name in ("keeper", "deputy_keeper"):
            self.fields[name].queryset = keepers  # type: ignore[attr-defined]
        if store is not None:
            self.fields["code"].disabled = True

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        given = dict(self.cleaned_data)
        longitude, latitude = given.pop("longitude"), given.pop("latitude")
        placed = longitude is not None and latitude is not None
        given["position"] = Point(longitude, latitude, srid=4326) if placed else None
        given.pop("code")
        return given
