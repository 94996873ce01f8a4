"""What people type about chains of telephones and key units."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alerts.enums import Answerer, Objection, UnitKind
from alerts.models import KeyUnit
from alerts.queries import Link
from territory.rules import is_mobile, masked_phone, normalised_phone


def _checked(number: str) -> str:
    if number and normalised_phone(number) is None:
        raise forms.ValidationError(Objection.NO_PHONE.label)
    return number


class LinkForm(forms.Form):
    """One telephone of a chain; an empty number: there is none. A number that is known to the household may stay
    masked; `whole` in the initial values is what hides there.
    """

    who = forms.ChoiceField(label=pgettext_lazy("chain", "Who"), choices=Answerer)
    name = forms.CharField(label=_("Name"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)

    def __init__(self, *args: Any, known: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_phone(self) -> str:
        """A number that can be rung."""
        number = str(self.cleaned_data["phone"]).strip()
        return self._kept(number) if "*" in number else _checked(number)

    def _kept(self, mask: str) -> str:
        """The known number behind this mask: of several that of this row, wherever the row of the only one."""
        found = {number for number in self.known if masked_phone(number) == mask}
        own = str(self.initial.get("whole", ""))
        if own in found:
            return own
        if len(found) != 1:
            raise forms.ValidationError(_("Write this number whole: which one is hidden here cannot be told."))
        return found.pop()


CHAIN = 6  # telephones a chain may have
ChainForms = forms.formset_factory(LinkForm, extra=0, min_num=CHAIN, max_num=CHAIN, validate_max=True)
_USUAL = (Answerer.OWN, Answerer.OWN, Answerer.CHILD, Answerer.KEEPER, Answerer.NEIGHBOUR, Answerer.NEIGHBOUR)


def chain_initial(links: Sequence[Link], *, masked: bool = True) -> list[dict[str, Any]]:
    """What the form begins with: the telephones that are rung now, and the usual others without a number."""
    given: list[dict[str, Any]] = [
        {
            "who": link.who,
            "name": link.name,
            "phone": masked_phone(link.phone) if masked else _written(link.phone),
            "whole": link.phone,
        }
        for link in links
    ]
    return (given + [{"who": who} for who in _USUAL[len(given) :]])[:CHAIN]


def _written(phone: str) -> str:
    return phone.removeprefix("+86") if is_mobile(phone) else phone


def links_of(rows: Iterable[Mapping[str, Any]]) -> list[Link]:
    """The rows that hold a number."""
    return [Link(Answerer(row["who"]), row["name"], row["phone"]) for row in rows if row.get("phone")]


class RevealForm(forms.Form):
    """Why somebody needs to see the whole numbers."""

    reason = forms.CharField(label=_("Why the number is needed"), max_length=200)


class UnitForm(forms.Form):
    """A key unit and whoever receives for it."""

    name = forms.CharField(label=_("Name of the unit"), max_length=80)
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
