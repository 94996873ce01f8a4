"""What people fill in about a ledger: the file, where it comes from, and which of its columns is which."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from hazards.enums import SiteKind
from hazards.rules.ledger import COLUMNS, Reading
from territory.enums import Datum

MOST_BYTES = 10 * 1024 * 1024


class ReadingForm(forms.Form):
    """How a sheet is read as a whole."""

    datum = forms.ChoiceField(
        label=_("Coordinates are"),
        choices=Datum,
        help_text=_(
            "Amap and Tencent show GCJ-02, Baidu BD-09; both lie some 600 m off. They are converted to WGS-84."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind, where the sheet does not say"),
        choices=[("", _("The sheet says")), *SiteKind.choices],
        required=False,
    )


class LedgerForm(ReadingForm):
    """The upload."""

    file = forms.FileField(
        label=_("Ledger"),
        help_text=_(
            "xlsx, xls or CSV, as it is: title rows, heads of two rows, merged cells, 同上 and 合计 are understood."
        ),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        help_text=_("Whose sheet it is. Which column is which and the coordinates are kept for the next one."),
        widget=forms.TextInput(attrs={"list": "ledger-sources", "autocomplete": "off"}),
    )
    field_order = ("file", "source", "datum", "kind")

    def clean_file(self) -> tuple[str, bytes]:
        """The name and the bytes."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it and upload the parts."), code="size")
        return str(file.name), file.read()


class ColumnsForm(ReadingForm):
    """Which word of the sheet's head is which of our columns, guessed first; and how the sheet is read."""

    def __init__(self, *args: Any, words: Sequence[str], at: Mapping[str, str], **kwargs: Any) -> None:
        """`words`: the head's words told apart; `at`: word → our column as it stands now."""
        super().__init__(*args, **kwargs)
        self.words = [word for word in words if word]
        ours = [("", _("not taken")), *((column, column) for column in COLUMNS)]
        for number, word in enumerate(self.words):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=word, choices=ours, required=False, initial=at.get(word, "")
            )

    def reading(self) -> Reading:
        """How the sheet is to be read now."""
        given = self.cleaned_data
        mapping = {word: given[f"column_{number}"] for number, word in enumerate(self.words)}
        return Reading(given["datum"], given["kind"], mapping)

    def columns(self) -> list[Any]:
        """The fields of the columns."""
        return [self[f"column_{number}"] for number in range(len(self.words))]


class PlaceForm(forms.Form):
    """Where a site lies: dragged on the map, or typed."""

    longitude = forms.FloatField(
        label=_("Longitude (WGS-84)"), min_value=73, max_value=136, widget=forms.NumberInput(attrs={"step": "any"})
    )
    latitude = forms.FloatField(
        label=_("Latitude (WGS-84)"), min_value=3, max_value=54, widget=forms.NumberInput(attrs={"step": "any"})
    )
    base_version = forms.CharField(widget=forms.HiddenInput)
