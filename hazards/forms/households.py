"""What is filled in at a household's door, and how the list is narrowed."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import actions as core
from hazards.enums import CheckOutcome, ItemResult
from hazards.forms.sites import MINUTES
from hazards.queries import HouseholdFilter
from hazards.rules import AnswerGiven, Asked, PhotoGiven, Visit
from territory.enums import MustReach
from territory.queries import areas
from territory.rules import Scope

ORDINARY = "ordinary"  # a choice that is empty would not differ from none made
SHOW = (
    ("left", _("Not checked yet")),
    ("must", _("Must be reached, not checked yet")),
    ("tried", _("Nobody met so far")),
    ("failed", _("Something failed")),
    ("checked", _("Checked")),
    ("all", _("All")),
)


class HouseholdFilterForm(forms.Form):
    """The filters of the list, as they stand in the address; what is not understood does not narrow."""

    show = forms.ChoiceField(required=False, choices=SHOW)
    area_code = forms.ChoiceField(label=_("Grid"), required=False)
    text = forms.CharField(label=_("Door or household code"), required=False, max_length=60)
    since = forms.DateField(
        label=_("Checked since"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [*areas(scope, "subdistrict"), *areas(scope, "grid")]
        self.fields["area_code"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((area.code, area.name) for area in known),
        ]

    def filters(self) -> HouseholdFilter:
        """The filters that were understood."""
        self.is_valid()
        given = {name: self.cleaned_data.get(name, "") for name in ("show", "area_code", "text")}
        return HouseholdFilter(**{name: value for name, value in given.items() if value})


class HouseholdCheckForm(forms.Form):
    """One question after another at the door, thumb-sized; works without script.

    Whoever opened the door may say that a number or a reason is wrong: it is proposed, never changed here.
    """

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(
        label=_("Was anybody met?"), choices=CheckOutcome, widget=forms.RadioSelect, initial=CheckOutcome.CHECKED
    )
    phone = forms.CharField(
        label=_("The right telephone, where the roll is wrong"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    must_reach = forms.ChoiceField(label=_("Who needs help to leave, where the roll is wrong"), required=False)
    note = forms.CharField(
        label=_("What else is to be known"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000
    )
    photo = forms.FileField(
        label=_("Photo, where it helps"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    on_behalf_of = forms.CharField(label=_("Recorded for (name)"), max_length=60, required=False)
    occurred_at = forms.DateTimeField(
        label=_("Checked at (time)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
    )

    def __init__(
        self, *args: Any, items: Sequence[Asked], records_for_others: bool, now: datetime, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4(), "outcome": CheckOutcome.CHECKED})
        super().__init__(*args, **kwargs)
        self.items, self.now = items, now
        self.fields["must_reach"].choices = [  # type: ignore[attr-defined]
            ("", _("The roll is right")),
            *((value or ORDINARY, label) for value, label in MustReach.choices),
        ]
        for item in items:
            self.fields[f"result_{item.item}"] = forms.ChoiceField(
                label=item.text, choices=ItemResult, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note_{item.item}"] = forms.CharField(label=_("Note"), max_length=200, required=False)
        if not records_for_others:
            del self.fields["on_behalf_of"], self.fields["occurred_at"]

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each question together, as the template draws them."""
        return [
            {"item": item} | {name: self[f"{name}_{item.item}"] for name in ("result", "note")} for item in self.items
        ]

    def clean_occurred_at(self) -> datetime | None:
        """Not in the future."""
        at: datetime | None = self.cleaned_data["occurred_at"]
        if at and at > self.now + timedelta(minutes=1):
            raise ValidationError(_("This time is still to come: give the time of the visit."))
        return at

    @property
    def was_met(self) -> bool:
        """True when somebody was spoken with, so that there are answers."""
        return bool(self.cleaned_data["outcome"] == CheckOutcome.CHECKED)

    def visit(self, *, by: User) -> Visit:
        """What the form says, as the action takes it. An open question stays out, so that the rules name it."""
        given = self.cleaned_data
        upload = given["photo"]
        photos = (
            [PhotoGiven(core.store_photo(data=upload.read(), by_id=by.pk).pk)]
            if isinstance(upload, UploadedFile)
            else []
        )
        placed = given["longitude"] is not None and given["latitude"] is not None
        answers = [
            AnswerGiven(item.item, given[f"result_{item.item}"], given[f"note_{item.item}"])
            for item in self.items
            if given[f"result_{item.item}"]
        ]
        return Visit(
            client_uuid=given["client_uuid"],
            answers=answers if self.was_met else [],
            photos=photos,
            occurred_at=given.get("occurred_at"),
            position=(given["longitude"], given["latitude"]) if placed else None,
            accuracy_m=given["accuracy_m"],
            note=given["note"].strip(),
            on_behalf_of=given.get("on_behalf_of", "").strip(),
        )

    def corrections(self) -> dict[str, Any]:
        """What is wrong in the roll, as the action takes it."""
        reason = self.cleaned_data["must_reach"]
        return {
            "phone": self.cleaned_data["phone"].strip(),
            "must_reach": None if not reason else "" if reason == ORDINARY else reason,
        }

    def refuse(self, field: str, sentence: str) -> None:
        """Puts a refusal of the rules beside the field it names."""
        if field == "client_uuid":
            # Really another check, or a page used twice: sent again it goes under a number of its own.
            self.data, field = {**self.data, "client_uuid": str(uuid.uuid4())}, ""
        own = field.replace("answers.", "result_").replace("photos", "photo")
        self.add_error(own if own in self.fields else None, sentence)


class RevealForm(forms.Form):
    """Why somebody needs to see a whole number."""

    reason = forms.CharField(label=_("Why the number is needed"), max_length=200)
