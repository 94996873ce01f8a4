"""What people fill in about sites, visits and rounds."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.gis.forms import GeometryField
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from leaflet.forms.widgets import LeafletWidget

from accounts.models import User
from accounts.queries import people
from core import actions as core
from hazards.enums import ItemResult, SiteKind, SiteRole, SiteState
from hazards.models import HazardSite
from hazards.rules import AnswerGiven, Asked, PhotoGiven, SiteFilter, Visit, day_starts
from territory.models import Area
from territory.queries import areas
from territory.rules import Scope

MINUTES = "%Y-%m-%dT%H:%M"


def _when(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES), **options
    )


class FilterForm(forms.Form):
    """The filters of the register, as they stand in the address; what is not understood does not narrow."""

    kind = forms.ChoiceField(required=False, choices=SiteKind)
    state = forms.ChoiceField(required=False, choices=SiteState)
    gap = forms.ChoiceField(
        label=_("Without a responsible person"),
        required=False,
        choices=[("", _("All")), ("any", _("Any of the three")), *SiteRole.choices],
    )
    area_code = forms.ChoiceField(label=_("Sub-district"), required=False)
    text = forms.CharField(label=_("Name, code or address"), required=False, max_length=60)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(area.code, area.name) for area in areas(scope, "subdistrict")]
        self.fields["area_code"].choices = [("", _("All")), *streets]  # type: ignore[attr-defined]

    def filters(self) -> SiteFilter:
        """The filters that were understood."""
        self.is_valid()
        return SiteFilter(**{name: value for name, value in self.cleaned_data.items() if value})


class SiteForm(forms.Form):
    """One site of the register."""

    code = forms.CharField(label=_("Site code"), max_length=32)
    kind = forms.ChoiceField(label=_("Kind"), choices=SiteKind)
    name = forms.CharField(label=_("Site name"), max_length=80)
    area_code = forms.ChoiceField(label=_("Area"))
    address = forms.CharField(label=_("Address"), max_length=160, required=False)
    closing_depth_cm = forms.IntegerField(
        label=_("Closing depth (cm)"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("The depth of water at which this place must be closed."),
    )
    control_standard = forms.CharField(
        label=_("Control standard"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("At which rain, level or depth who does what here."),
    )
    threatened_households = forms.IntegerField(
        label=_("Households threatened"), min_value=0, max_value=100_000, required=False
    )
    threatened_persons = forms.IntegerField(
        label=_("Persons threatened"), min_value=0, max_value=1_000_000, required=False
    )
    station_code = forms.CharField(
        label=_("Linked station (code)"),
        max_length=32,
        required=False,
        help_text=_("The gauge whose readings speak of this place."),
    )
    note = forms.CharField(label=_("What is to be known"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    geometry = GeometryField(
        label=_("Position"),
        srid=4326,
        required=False,
        help_text=_("A point, a reach of river as a line, or an area. Left empty, the first visit sets it."),
    )
    base_version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, scope: Scope, nonce: str = "", site: HazardSite | None = None, **kwargs: Any
    ) -> None:
        if site is not None:
            shown = {name: getattr(site, name) for name in self.base_fields if name != "base_version"}
            kwargs.setdefault("initial", shown | {"base_version": site.updated_at.isoformat()})
        super().__init__(*args, **kwargs)
        known = [(area.code, _path(area)) for area in areas(scope)]
        if site is not None and site.area_code not in dict(known):
            known.insert(0, (site.area_code, site.area_code))
        self.fields["area_code"].choices = known  # type: ignore[attr-defined]
        # A widget of its own for each form: the nonce belongs to one answer.
        widget = LeafletWidget(attrs={"geom_type": "GEOMETRY"})
        widget.csp_nonce = nonce
        widget.is_required = False
        self.fields["geometry"].widget = widget
        if site is not None:
            self.fields["code"].disabled = True

    def clean_base_version(self) -> datetime | None:
        """The moment of the version that the person began with."""
        return parse_datetime(self.cleaned_data["base_version"]) if self.cleaned_data["base_version"] else None

    def values(self) -> dict[str, Any]:
        """What is to be stored, as the actions take it."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("base_version", "code")}
        return values | {"geometry": self.cleaned_data["geometry"] or None}


def _path(area: Area) -> str:
    return f"{area.name} ({area.code[6:] or area.code})"


class ReasonForm(forms.Form):
    """A sentence that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ResponsibleForm(forms.Form):
    """Who answers for a site from now on."""

    role = forms.ChoiceField(label=_("Responsibility"), choices=SiteRole)
    person = forms.CharField(label=_("Name or phone"), max_length=40)
    deputy = forms.CharField(label=_("Deputy: name or phone"), max_length=40, required=False)
    until = forms.DateField(
        label=_("Until (day)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty: until somebody follows."),
    )

    def __init__(self, *args: Any, scope: Scope, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope, self.now = scope, now

    def clean_until(self) -> datetime | None:
        """The end of that day; not one that is over."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        ends = day_starts(day + timedelta(days=1), timezone.get_current_timezone())
        if ends <= self.now:
            raise ValidationError(gettext("This day is already over: choose a later one."))
        return ends

    def clean_person(self) -> User:
        """The one person of that name or number."""
        return self._one(self.cleaned_data["person"])

    def clean_deputy(self) -> User | None:
        """The same, or nobody."""
        return self._one(self.cleaned_data["deputy"]) if self.cleaned_data["deputy"] else None

    def _one(self, words: str) -> User:
        found = list(people(self.scope, now=self.now, words=words.strip())[:3])
        exact = [person for person in found if person.name == words.strip()]
        if len(exact or found) != 1:
            raise ValidationError(
                gettext("Nobody is found by “%(words)s”: give the full name or the phone number.")
                if not found
                else gettext("Several people are found by “%(words)s”: give the phone number."),
                params={"words": words},
            )
        return (exact or found)[0]


class VisitForm(forms.Form):
    """The form on the spot: every item answered by a big button, a photo for what failed. Works without script."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=_("What else is to be known"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000
    )
    photo = forms.FileField(
        label=_("Photo of the site"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    on_behalf_of = forms.CharField(label=_("Recorded for (name)"), max_length=60, required=False)
    occurred_at = _when(_("Inspected at"), required=False)

    def __init__(
        self, *args: Any, items: Sequence[Asked], records_for_others: bool, now: datetime, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.items, self.now = items, now
        for item in items:
            self.fields[f"result_{item.item}"] = forms.ChoiceField(
                label=item.text,
                choices=ItemResult,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose passed, failed or not applicable.")},
            )
            self.fields[f"note_{item.item}"] = forms.CharField(label=_("Note"), max_length=200, required=False)
            self.fields[f"photo_{item.item}"] = forms.FileField(
                label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
            )
            self.fields[f"kept_{item.item}"] = forms.RegexField(
                r"^[0-9a-f]{64}$", widget=forms.HiddenInput, required=False
            )
        if not records_for_others:
            del self.fields["on_behalf_of"], self.fields["occurred_at"]

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each item together, as the template draws them."""
        return [
            {"item": item} | {name: self[f"{name}_{item.item}"] for name in ("result", "note", "photo", "kept")}
            for item in self.items
        ]

    def clean_occurred_at(self) -> datetime | None:
        """Not in the future."""
        at: datetime | None = self.cleaned_data["occurred_at"]
        if at and at > self.now + timedelta(minutes=1):
            raise ValidationError(_("This time is still to come: give the time of the visit."))
        return at

    def keep_photos(self, *, by: User) -> None:
        """Stores the photographs at once, so that a form sent back for another reason has not lost them."""
        kept = {**self.data.dict()} if isinstance(self.data, QueryDict) else dict(self.data)
        for item in self.items:
            if isinstance(upload := self.files.get(f"photo_{item.item}"), UploadedFile):
                kept[f"kept_{item.item}"] = core.store_photo(data=upload.read(), by_id=by.pk).pk
        self.data = kept

    def visit(self, *, by: User) -> Visit:
        """What the form says, as the action takes it."""
        given = self.cleaned_data
        photos = [
            PhotoGiven(given[f"kept_{item.item}"], item.item) for item in self.items if given[f"kept_{item.item}"]
        ]
        if given["photo"]:
            photos.append(PhotoGiven(core.store_photo(data=given["photo"].read(), by_id=by.pk).pk))
        placed = given["longitude"] is not None and given["latitude"] is not None
        return Visit(
            client_uuid=given["client_uuid"],
            answers=[
                AnswerGiven(item.item, given[f"result_{item.item}"], given[f"note_{item.item}"]) for item in self.items
            ],
            photos=photos,
            occurred_at=given.get("occurred_at"),
            position=(given["longitude"], given["latitude"]) if placed else None,
            accuracy_m=given["accuracy_m"],
            note=given["note"].strip(),
            on_behalf_of=given.get("on_behalf_of", "").strip(),
        )

    def refuse(self, field: str, sentence: str) -> None:
        """Puts a refusal of the rules beside the field it names; a missing photo beside its item."""
        if field == "client_uuid":
            # Really another visit, or a page used twice: sent again it goes under a number of its own.
            self.data, field = {**self.data, "client_uuid": str(uuid.uuid4())}, ""
        own = field.replace("answers.", "result_").replace("photos.", "photo_")
        self.add_error(own if own in self.fields else None, sentence)


class RoundForm(forms.Form):
    """A round to be opened."""

    title = forms.CharField(label=_("Title"), max_length=80)
    area_code = forms.ChoiceField(label=_("Area"))
    due_at = _when(_("Done by"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [*areas(scope, "district"), *areas(scope, "subdistrict")]
        self.fields["area_code"].choices = [(area.code, area.name) for area in known]  # type: ignore[attr-defined]
