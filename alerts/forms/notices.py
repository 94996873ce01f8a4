"""What people type about notices and doors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import NoticeKind, NoticeLevel, VisitOutcome
from alerts.models import Notice
from alerts.queries.doors import Visitors
from alerts.queries.ringing import following
from alerts.rules import Content

MINUTES = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class NoticeForm(forms.Form):
    """Write, choose whom, check. What is not finished yet is kept on the device, so that a stored draft is whole."""

    kind = forms.ChoiceField(label=_("Kind"), choices=NoticeKind)
    level = forms.TypedChoiceField(label=_("Level"), choices=NoticeLevel, coerce=int)
    headline = forms.CharField(label=_("Headline"), max_length=60)
    starts_at = forms.DateTimeField(label=_("Starts"), widget=MINUTES)
    expires_at = forms.DateTimeField(label=_("Ends"), widget=MINUTES)
    affected_area = forms.CharField(
        label=_("Area affected"),
        max_length=120,
        required=False,
        help_text=_("Left empty, the names of the areas chosen below are used."),
    )
    caution = forms.CharField(label=_("What to beware of"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    measures = forms.CharField(label=_("What to do"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    issuer = forms.CharField(label=_("Issuer"), max_length=60)
    sms_text = forms.CharField(
        label=_("SMS text"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Left empty, the reviewed text is filled from the fields above; the check shows it as it arrives."),
    )
    wait_minutes = forms.IntegerField(
        label=_("Wait for receipts (min)"),
        min_value=1,
        max_value=240,
        required=False,
        help_text=_("After that grid workers are sent to the doors not reached. Left empty: as the level's rule says."),
    )
    areas = forms.MultipleChoiceField(label=_("Areas"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, areas: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = areas
        field = self.fields["areas"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(areas.items())

    @property
    def chosen(self) -> Sequence[str]:
        """The codes chosen, also while the rest of the form is not valid yet."""
        given = self.data.getlist("areas") if isinstance(self.data, QueryDict) else self.initial.get("areas", [])
        return [code for code in given if code in self.names]

    def content(self) -> Content:
        """What was written, of a valid form."""
        given = self.cleaned_data
        return Content(
            kind=given["kind"],
            level=given["level"],
            headline=given["headline"],
            starts_at=given["starts_at"],
            expires_at=given["expires_at"],
            affected_area=given["affected_area"].strip() or self._names()[:120],
            caution=given["caution"],
            measures=given["measures"],
            issuer=given["issuer"],
            sms_text=given["sms_text"],
            wait_minutes=given["wait_minutes"] or following(given["level"]).wait_minutes,
        )

    def written_content(self) -> Content:
        """What stands in the fields, also while the form is not valid yet."""

        def read(name: str) -> str:
            return str(self.data.get(name, "")) if self.is_bound else str(self.initial.get(name) or "")

        def moment(name: str) -> datetime | None:
            try:
                return cast("datetime | None", self.fields[name].clean(self[name].value()))
            except forms.ValidationError:
                return None

        level = read("level")
        return Content(
            kind=read("kind"),
            level=int(level) if level.isdecimal() else None,
            headline=read("headline"),
            starts_at=moment("starts_at"),
            expires_at=moment("expires_at"),
            affected_area=read("affected_area").strip() or self._names()[:120],
            caution=read("caution"),
            measures=read("measures"),
            issuer=read("issuer"),
            sms_text=read("sms_text"),
        )

    def _names(self) -> str:
        return "、".join(self.names[code] for code in self.chosen)


def written(row: Notice, codes: Sequence[str]) -> dict[str, object]:
    """A draft as the form's initial values."""
    names = (
        "kind",
        "level",
        "headline",
        "starts_at",
        "expires_at",
        "affected_area",
        "caution",
        "measures",
        "issuer",
        "wait_minutes",
        "version",
    )
    # A text that was made of the fields is made of them again.
    text = "" if row.is_composed else row.sms_text
    return {name: getattr(row, name) for name in names} | {"areas": list(codes), "sms_text": text}


def fresh(now: datetime, ends: datetime, issuer: str) -> dict[str, object]:
    """What a new notice starts from."""
    return {
        "kind": NoticeKind.RAINSTORM,
        "level": NoticeLevel.ORANGE,
        "starts_at": now,
        "expires_at": ends,
        "issuer": issuer,
        "areas": [],
    }


class ReasonForm(forms.Form):
    """Why something is sent back, withdrawn or closed."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class VisitForm(forms.Form):
    """What was found at one door; the button pressed is the outcome."""

    client_uuid = forms.UUIDField()
    audience = forms.IntegerField()
    outcome = forms.ChoiceField(choices=VisitOutcome)
    note = forms.CharField(max_length=200, required=False)
    occurred_at = forms.DateTimeField(required=False)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False)
    accuracy_m = forms.FloatField(min_value=0, required=False)

    @property
    def position(self) -> tuple[float, float] | None:
        """Where the phone was, of a valid form; None where it did not say so."""
        longitude, latitude = self.cleaned_data["longitude"], self.cleaned_data["latitude"]
        return None if longitude is None or latitude is None else (longitude, latitude)


class ToldVisitForm(forms.Form):
    """代录: who was at the door, what he found there, when, and who told it."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    visitor = forms.TypedChoiceField(label=_("Who was at the door"), coerce=int, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=_("What he found"), choices=VisitOutcome, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    occurred_at = forms.DateTimeField(label=_("Happened at"), widget=MINUTES)
    told_by = forms.CharField(
        label=_("Who rang"), max_length=60, required=False, help_text=_("Leave empty if he rang himself.")
    )

    def __init__(self, *args: Any, visitors: Visitors, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["visitor"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(person.pk, person.name) for person in visitors.people]
        field.initial = visitors.likely.pk if visitors.likely else None
        self.people = {person.pk: person for person in visitors.people}

    @property
    def person(self) -> User:
        """Who was chosen, of a valid form."""
        return self.people[self.cleaned_data["visitor"]]
