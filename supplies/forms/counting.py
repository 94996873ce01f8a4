"""What people fill in about stores, goods, stock-takes and proofs."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supplies.enums import Part
from supplies.models import Store, SupplyItem
from supplies.queries import people_who_count
from territory.rules import Scope

MOST_BYTES = 10 * 1024 * 1024


class StocktakeForm(forms.Form):
    """A stock-take to be ordered: which store, who counts, who recounts."""

    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none())
    counter = forms.ModelChoiceField(label=_("Counted by"), queryset=User.objects.none())
    recounter = forms.ModelChoiceField(
        label=_("Recounted by"), queryset=User.objects.none(), help_text=_("Another person than the counter.")
    )

    def __init__(self, *args: Any, scope: Scope, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_who_count(scope, now=now)
        stores = Store.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("code")
        for name, found in (("store", stores), ("counter", people), ("recounter", people)):
            self.fields[name].queryset = found  # type: ignore[attr-defined]


class CountForm(forms.Form):
    """What was counted of one lot."""

    quantity = forms.DecimalField(
        label=_("Counted"),
        min_value=0,
        max_digits=14,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class BookForm(forms.Form):
    """The approval: which differences were seen, and why they are there."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    reason = forms.CharField(label=_("Reason of the differences"), max_length=200, required=False)


class CallOffForm(forms.Form):
    """Why a stock-take is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ProofForm(forms.Form):
    """One part of readiness was checked: of the items ticked, or with none of the whole store."""

    part = forms.ChoiceField(
        label=_("What was checked"),
        choices=[
            (Part.MOVABLE, _("Movable: keeper and vehicle confirmed, loading timed")),
            (Part.USABLE, _("Usable: run or looked through")),
        ],
        widget=forms.RadioSelect,
    )
    items = forms.ModelMultipleChoiceField(
        label=_("Which items"),
        queryset=SupplyItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: the store as a whole. Pumps and other equipment are ticked one by one."),
    )
    result = forms.ChoiceField(
        label=_("Result"), choices=[("good", _("Passed")), ("bad", _("Failed"))], widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(
        label=_("Loading took (minutes)"),
        required=False,
        min_value=1,
        max_value=600,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, items: QuerySet[SupplyItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Minutes belong to loading."""
        given = super().clean() or {}
        if given.get("part") == Part.USABLE:
            given["minutes"] = None
        return given


class StockSheetForm(forms.Form):
    """A list of stock to be checked."""

    file = forms.FileField(
        label=_("List of stock"),
        help_text=_(
            "CSV, xlsx or xls. Heads: 仓库 物资编码 物资名称 单位 类别 批号 数量 定额 生产日期 有效期至 备注;"
            " 仓库, 物资名称, 单位 and 数量 are required. Title rows, merged cells, 同上 and totals are understood."
        ),
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Its name and bytes; refuses what is larger than a list of stock can be."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it and upload the parts."))
        return str(file.name), file.read()
