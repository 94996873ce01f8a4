"""What people fill in about dangers, calls for help and closures."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import area_choices
from command.enums.dangers import ClosureMeans, DangerKind, DangerVerb, HelpOutcome
from command.queries import DangerFilters, HelpFilters, near
from core import actions as core
from core.forms import ReportForm
from core.models import Media
from territory.rules import Scope

MINUTES = "%Y-%m-%dT%H:%M"
STATES = [("open", _("Open ones")), ("new", _("Waiting for receipt")), ("controlled", _("Under control"))]
ENDED = ("closed", _("Closed ones"))
HELP_STATES = [("open", _("Open ones")), ("alone", _("No helper yet")), ("spoken", _("Spoken with")), ENDED]


def _when(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)
    )


class FilterForm(forms.Form):
    """The filters of the list of dangers as they stand in the address; what is not understood narrows nothing."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[*STATES, ENDED, ("all", _("All"))])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *DangerKind.choices])
    area_code = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = [("", _("All")), *area_choices(scope)]  # type: ignore[attr-defined]

    def filters(self) -> DangerFilters:
        """The filters that were understood."""
        self.is_valid()
        return DangerFilters(**{name: value for name, value in self.cleaned_data.items() if value})


class HelpFilterForm(forms.Form):
    """The same for calls for help."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[*HELP_STATES, ("all", _("All"))])
    area_code = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = [("", _("All")), *area_choices(scope)]  # type: ignore[attr-defined]

    def filters(self) -> HelpFilters:
        """The filters that were understood."""
        self.is_valid()
        return HelpFilters(**{name: value for name, value in self.cleaned_data.items() if value})


class DeskDangerForm(ReportForm):
    """What the desk writes down while somebody telephones."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=DangerKind, error_messages={"required": _("Choose what it is.")}
    )
    place = forms.CharField(label=_("Where is it?"), max_length=160, required=False)
    description = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=1000
    )
    area_code = forms.ChoiceField(label=_("Area"))
    reporter_name = forms.CharField(label=_("Reported by"), max_length=60, required=False)
    reporter_phone = forms.CharField(label=_("Reporter's telephone"), max_length=30, required=False)
    found_at = _when(_("Found at"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope) or [(c, c) for c in scope.codes]  # type: ignore[attr-defined]

    def report(self) -> dict[str, Any]:
        """What the action takes."""
        said = ("kind", "place", "description", "area_code", "reporter_name", "reporter_phone", "found_at")
        return super().report() | {name: self.cleaned_data[name] for name in said}


class HelpForm(forms.Form):
    """A call for help as it is written down."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    who = forms.CharField(label=_("Who asks"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    persons = forms.IntegerField(label=_("Persons"), min_value=1, max_value=999, required=False)
    need = forms.CharField(
        label=_("What is needed"), widget=forms.Textarea(attrs={"rows": 2}), max_length=300, required=False
    )
    area_code = forms.ChoiceField(label=_("Area"))
    received_at = _when(_("Asked at"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = area_choices(scope) or [(c, c) for c in scope.codes]  # type: ignore[attr-defined]


class SendForm(forms.Form):
    """Who goes: the nearest first."""

    person = forms.TypedChoiceField(label=_("Who goes"), coerce=int)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, area_code: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: (person, role) for person, role in near(area_code, now=now)}
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            (pk, f"{person.name} · {role}") for pk, (person, role) in self.people.items()
        ]

    @property
    def chosen(self) -> User:
        """Whoever was chosen."""
        return self.people[self.cleaned_data["person"]][0]


class StepForm(forms.Form):
    """One step: what is said of it, when it happened, a photograph."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    occurred_at = _when(_("Happened at"))
    into = forms.IntegerField(required=False, widget=forms.HiddenInput)
    photo = forms.FileField(label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))

    def photos(self, *, by: User) -> list[Media]:
        """The photograph, stored."""
        upload = self.files.get("photo")
        if isinstance(upload, UploadedFile) and upload.size:
            return [core.store_photo(data=upload.read(core.MAX_BYTES + 1), by_id=by.pk)]
        return []


class HelpCloseForm(forms.Form):
    """How a call for help ended."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", "—"), *HelpOutcome.choices])
    note = forms.CharField(label=_("What was done"), max_length=200, required=False)


class WaterForm(forms.Form):
    """Water at a place: the depth is a button, what keeps people out and a photo may follow."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    depth_cm = forms.IntegerField(label=_("Depth of water (cm)"), min_value=0, max_value=500)
    means = forms.ChoiceField(label=_("By what"), choices=ClosureMeans, required=False, initial=ClosureMeans.NONE)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    occurred_at = _when(_("Happened at"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4()})
        super().__init__(*args, **kwargs)

    def photos(self, *, by: User | None) -> list[Media]:
        """The photograph, stored."""
        upload = self.files.get("photo")
        if isinstance(upload, UploadedFile) and upload.size:
            return [core.store_photo(data=upload.read(core.MAX_BYTES + 1), by_id=by.pk if by else None)]
        return []


class DepthForm(forms.Form):
    """A depth measured again."""

    depth_cm = forms.IntegerField(label=_("Depth of water now (cm)"), min_value=0, max_value=500, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


VERBS = {verb.value: verb for verb in (DangerVerb.ARRIVE, DangerVerb.CONTROL)}
