"""What is typed when goods come in, leave, arrive and are settled."""

import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core import actions as core
from core.rules import Refused
from supplies.enums import ItemCategory
from supplies.models import Store, SupplyItem, Transfer, TransferLine
from supplies.queries import AtHand
from supplies.queries import missing as missing_of
from supplies.rules import printed

T = TypeVar("T")
# What an order by telephone asks for comes first: pumps and boats before sandbags and quilts.
ORDER = [ItemCategory.EQUIPMENT, ItemCategory.SUPPORT, ItemCategory.MATERIAL, ItemCategory.LIVING]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def attempt(form: forms.Form, deed: Callable[[], T]) -> T | None:
    """What `deed` returns; None where the form is faulty or the platform refused, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return deed()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None


def _number(label: Any, *, most: Decimal | None = None, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "class": "count"})
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=3, min_value=0, max_value=most, widget=widget, **options
    )


class OnceForm(forms.Form):
    """A form whose second press is the first one again."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("client_uuid", uuid.uuid4())
        super().__init__(*args, **kwargs)


class GoodsForm(OnceForm):
    """Quantities out of one store: one number an item, as it lies there."""

    first_fields: tuple[str, ...] = ("to_whom", "place")

    def __init__(self, *args: Any, at_hand: Iterable[AtHand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = [one for one in at_hand if one.quantity > 0]
        self.at_hand = sorted(there, key=lambda one: (ORDER.index(ItemCategory(one.item.category)), one.item.code))
        for one in self.at_hand:
            self.fields[f"quantity_{one.item.pk}"] = _number(one.item.name, required=False)

    def lines(self) -> list[dict[str, Any]]:
        """What lies there, each with its field."""
        return [{"at_hand": one, "field": self[f"quantity_{one.item.pk}"]} for one in self.at_hand]

    def first(self) -> list[Any]:
        """For whom: asked before what, because the voice on the telephone says it first."""
        return [self[name] for name in self.first_fields]

    def plain(self) -> list[Any]:
        """The other fields, in their order."""
        known = {"client_uuid", *self.first_fields}
        return [self[name] for name in self.fields if not name.startswith("quantity_") and name not in known]

    def quantities(self) -> dict[int, Decimal]:
        """What is wanted, by item id."""
        given = self.cleaned_data
        return {
            one.item.pk: given[f"quantity_{one.item.pk}"]
            for one in self.at_hand
            if given.get(f"quantity_{one.item.pk}")
        }

    def values(self) -> dict[str, Any]:
        """The other words, as the actions take them; a photograph is kept on the way."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("quantity_")}
        if "photo" in given:
            photo = given.pop("photo")
            given["photo_sha256"] = core.store_photo(data=photo.read(), by_id=None).sha256 if photo else ""
        return given


class EmergencyForm(GoodsForm):
    """先出库后补单."""

    to_whom = forms.CharField(label=_("To whom"), max_length=80)
    place = forms.CharField(label=_("Place or site"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    purpose = forms.CharField(label=_("For what"), max_length=120, required=False)
    photo = forms.FileField(
        label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})
    )


class RequestForm(GoodsForm):
    """领用申请."""

    to_whom = forms.CharField(label=_("To whom"), max_length=80)
    purpose = forms.CharField(label=_("For what"), max_length=120)
    place = forms.CharField(label=_("Place or site"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)


class SendForm(GoodsForm):
    """调拨出库: to another store or to a place."""

    first_fields = ("to_store", "destination")

    to_store = forms.ModelChoiceField(label=_("To which store"), queryset=Store.objects.none(), required=False)
    destination = forms.CharField(
        label=_("Or to which place"), max_length=120, required=False, help_text=_("For example underpass 3.")
    )
    receiver_name = forms.CharField(label=_("Receiver"), max_length=40, required=False)
    receiver_phone = forms.CharField(
        label=_("Receiver's telephone"),
        max_length=20,
        required=False,
        help_text=_("Gets the link by SMS. Empty: the keeper of the store it goes to."),
    )
    driver_name = forms.CharField(label=_("Driver"), max_length=40, required=False)
    driver_phone = forms.CharField(label=_("Driver's telephone"), max_length=20, required=False)
    vehicle = forms.CharField(label=_("Vehicle"), max_length=80, required=False)
    order_ref = forms.CharField(label=_("Number of the order"), max_length=60, required=False)
    photo = forms.FileField(
        label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})
    )

    def __init__(self, *args: Any, store: Store, others: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("vehicle", store.vehicle)
        super().__init__(*args, **kwargs)
        self.fields["to_store"].queryset = others.exclude(pk=store.pk)  # type: ignore[attr-defined]


class ReceiveForm(OnceForm):
    """入库 of one item."""

    item = forms.ModelChoiceField(
        label=_("Item"), queryset=SupplyItem.objects.filter(retired_at__isnull=True).order_by("code")
    )
    quantity = _number(_("Quantity"))
    lot_number = forms.CharField(
        label=_("Lot"), max_length=40, required=False, help_text=_("Empty: the lot of the day.")
    )
    made_on = forms.DateField(label=_("Made on"), required=False, widget=DAY)
    expires_on = forms.DateField(
        label=_("Good until"), required=False, widget=DAY, help_text=_("As printed on the product.")
    )
    document = forms.CharField(label=_("Number of the papers"), max_length=60, required=False)
    reason = forms.CharField(label=_("Where it comes from"), max_length=200, required=False)


class PapersForm(forms.Form):
    """补单."""

    document = forms.CharField(label=_("Number of the papers"), max_length=60)


class ReasonForm(forms.Form):
    """A sentence that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DepartForm(forms.Form):
    """It leaves now."""

    receiver_phone = forms.CharField(
        label=_("Receiver's telephone"),
        max_length=20,
        required=False,
        help_text=_("Gets the link by SMS. Empty: the keeper of the store it goes to."),
    )


class CountForm(forms.Form):
    """收货: what has arrived, line by line; filled with what was sent, so that a full load is one press."""

    received_name = forms.CharField(label=_("Your name"), max_length=60, required=False)

    def __init__(self, *args: Any, transfer: Transfer, lines: list[TransferLine], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("received_name", transfer.receiver_name)
        super().__init__(*args, **kwargs)
        self.lines_sent = lines
        for line in lines:
            self.fields[f"counted_{line.pk}"] = _number(line.lot.item.name, most=line.sent, initial=printed(line.sent))
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=_("Why it is short"), max_length=200, required=False
            )

    def lines(self) -> list[dict[str, Any]]:
        """Each line with its two fields."""
        return [
            {"line": line, "counted": self[f"counted_{line.pk}"], "reason": self[f"reason_{line.pk}"]}
            for line in self.lines_sent
        ]

    def counted(self) -> dict[int, Decimal]:
        """What was counted, by line id."""
        return {line.pk: self.cleaned_data[f"counted_{line.pk}"] for line in self.lines_sent}

    def reasons(self) -> dict[int, str]:
        """Why lines are short, by line id."""
        return {line.pk: self.cleaned_data[f"reason_{line.pk}"] for line in self.lines_sent}


class SettleForm(forms.Form):
    """核销: how much of what was missing was found; the rest is lost."""

    found_in = forms.ModelChoiceField(
        label=_("Found in"), queryset=Store.objects.none(), required=False, help_text=_("Empty: where it went to.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, transfer: Transfer, lines: list[TransferLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = [line for line in lines if missing_of(line) > 0]
        ends = [one for one in (transfer.from_store_id, transfer.to_store_id) if one]
        self.fields["found_in"].queryset = Store.objects.filter(pk__in=ends).order_by("code")  # type: ignore[attr-defined]
        for line in self.missing:
            label = _("%(item)s: found, of %(missing)s missing") % {
                "item": line.lot.item.name,
                "missing": printed(missing_of(line)),
            }
            self.fields[f"found_{line.pk}"] = _number(label, most=missing_of(line), initial=0)
        self.order_fields([*(f"found_{line.pk}" for line in self.missing), "found_in", "reason"])

    def found(self) -> dict[int, Decimal]:
        """What was found, by line id."""
        return {line.pk: self.cleaned_data[f"found_{line.pk}"] for line in self.missing}


class BackForm(forms.Form):
    """归还: so much of a lot comes back into a store."""

    lot = forms.ChoiceField(label=_("Item"))
    quantity = _number(_("Quantity"))

    def __init__(self, *args: Any, out: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = out  # type: ignore[attr-defined]
