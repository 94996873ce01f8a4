"""What people type about chains of telephones and key units."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.actions.ring import Link
from alerts.enums import Answerer, Objection, UnitKind
from alerts.models import KeyUnit, RingStep
from territory.rules import normalised_phone


def _checked(number: str) -> str:
    if number and normalised_phone(number) is None:
        raise forms.ValidationError(Objection.NO_PHONE.label)
    return number


class LinkForm(forms.Form):
    """One telephone of a chain; an empty number: there is none."""

    who = forms.ChoiceField(label=pgettext_lazy("chain", "Who"), choices=Answerer)
    name = forms.CharField(label=_("Name"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)

    def clean_phone(self) -> str:
        """A number that can be rung."""
        return _checked(str(self.cleaned_data["phone"]).strip())


CHAIN = 6  # telephones a chain may have
ChainForms = forms.formset_factory(LinkForm, extra=0, min_num=CHAIN, max_num=CHAIN, validate_max=True)
_USUAL = (Answerer.OWN, Answerer.OWN, Answerer.CHILD, Answerer.KEEPER, Answerer.NEIGHBOUR, Answerer.NEIGHBOUR)


def chain_initial(steps: Iterable[RingStep], own: Iterable[str]) -> list[dict[str, Any]]:
    """What the form begins with: the chain there is, else the household's own numbers and the usual others."""
    known = [{"who": step.who, "name": step.name, "phone": step.contact_point.address} for step in steps]
    given: list[dict[str, Any]] = known or [{"who": Answerer.OWN, "name": "", "phone": phone} for phone in own]
    return (given + [{"who": who} for who in _USUAL[len(given) :]])[:CHAIN]


def links_of(rows: Iterable[Mapping[str, Any]]) -> list[Link]:
    """The rows that hold a number."""
    return [Link(Answerer(row["who"]), row["name"], row["phone"]) for row in rows if row.get("phone")]


class UnitForm(forms.Form):
    """A key unit and whoever receives for it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind)
    area_code = forms.ChoiceField(label=_("Community or sub-district"))
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    receiver = forms.CharField(label=_("Who receives"), max_length=40)
    phone = forms.CharField(label=_("Telephone"), max_length=30)

    def __init__(self, *args: Any, areas: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["area_code"]).choices = list(areas.items())

    def clean_phone(self) -> str:
        """A number that can be rung."""
        return _checked(str(self.cleaned_data["phone"]).strip())


def unit_initial(row: KeyUnit | None) -> dict[str, Any]:
    """A key unit as the form's initial values."""
    if row is None:
        return {}
    names = ("name", "kind", "area_code", "address", "receiver")
    return {name: getattr(row, name) for name in names} | {"phone": row.contact_point.address}
