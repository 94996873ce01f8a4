"""What people say about findings."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people
from core import actions as core
from core.models import Media
from hazards.enums import FindingState, Grade, Paper
from hazards.forms.sites import MINUTES
from hazards.models import Finding
from hazards.rules import FindingFilter
from territory.models import ContactPoint
from territory.queries import areas
from territory.rules import Scope, is_mobile, normalised_phone

PHOTOS = 4  # as many as tell something; each comes over a phone's network


def _moment(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES), **options
    )


class FindingFilterForm(forms.Form):
    """The filters of the list of findings, as they stand in the address; what is not understood does not narrow."""

    grade = forms.ChoiceField(required=False, choices=Grade)
    state = forms.ChoiceField(
        required=False, choices=[("open", "open"), ("late", "late"), ("all", "all"), *FindingState.choices]
    )
    area_code = forms.ChoiceField(label=_("Sub-district"), required=False)
    site = forms.CharField(required=False, max_length=32)
    text = forms.CharField(label=_("What is wrong, site or fixer"), required=False, max_length=60)
    listed = forms.BooleanField(required=False)
    round = forms.IntegerField(required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        streets = [(area.code, area.name) for area in areas(scope, "subdistrict")]
        self.fields["area_code"].choices = [("", _("All")), *streets]  # type: ignore[attr-defined]

    def filters(self) -> FindingFilter:
        """The filters that were understood."""
        self.is_valid()
        return FindingFilter(**{name: value for name, value in self.cleaned_data.items() if value})


class SeveralPhotos(forms.FileInput):
    """A file field of a phone that takes several photographs."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Every file of that name."""
        return files.getlist(name) if isinstance(files, MultiValueDict) else files.get(name)


class PhotosField(forms.FileField):
    """Several photographs at once."""

    widget = SeveralPhotos(attrs={"accept": "image/*", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, at most PHOTOS."""
        files = [each for each in (data or []) if isinstance(each, UploadedFile)]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"])
        if len(files) > PHOTOS:
            raise ValidationError(_("At most %(count)s photos at once.") % {"count": PHOTOS})
        return files


def stored(files: Sequence[Any], *, by: User) -> list[Media]:
    """The photographs kept by their hash. Raises Refused for what is no photograph."""
    return [core.store_photo(data=each.read(), by_id=by.pk) for each in files]


class FindingForm(forms.Form):
    """What is wrong here, found otherwise than by the checklist."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.CharField(label=_("What is wrong"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade, widget=forms.RadioSelect, initial=Grade.GENERAL)
    photos = PhotosField(label=_("Photos of it"), required=False)
    reopens = forms.ModelChoiceField(
        label=_("The same as an earlier one that has come back"), queryset=Finding.objects.none(), required=False
    )

    def __init__(self, *args: Any, earlier: Sequence[Finding], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"uuid": uuid.uuid4(), "grade": Grade.GENERAL})
        super().__init__(*args, **kwargs)
        rows = Finding.objects.filter(pk__in=[row.pk for row in earlier])
        self.fields["reopens"].queryset = rows  # type: ignore[attr-defined]
        if not earlier:
            del self.fields["reopens"]


class FixerForm(forms.Form):
    """Who mends it, how grave it is, by when."""

    grade = forms.ChoiceField(label=_("Grade"), choices=Grade)
    fixer = forms.CharField(
        label=_("Who mends it"),
        max_length=60,
        help_text=_("Name or phone of a person of the platform; else a name, a space, a mobile number."),
    )
    due_at = _moment(_("To be mended by"), required=False, help_text=_("Left empty, the time of the grade."))

    def __init__(self, *args: Any, scope: Scope, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope, self.now = scope, now

    def clean_fixer(self) -> dict[str, Any]:
        """One person with an account, or a name with its number."""
        words = self.cleaned_data["fixer"].strip()
        found = list(people(self.scope, now=self.now, words=words)[:3])
        exact = [person for person in found if person.name == words] or found
        if len(exact) == 1:
            return {"fixer": exact[0]}
        name, _space, number = words.rpartition(" ")
        phone = normalised_phone(number)
        if name and phone is not None and is_mobile(phone):
            return {"fixer_name": name, "phone": phone}
        raise ValidationError(
            _("Several people are found: give the phone number.")
            if found
            else _("Nobody is found: give the full name or the phone number, or a name, a space, a mobile number.")
        )

    def given(self) -> dict[str, Any]:
        """As the action takes it."""
        who = dict(self.cleaned_data["fixer"])
        if phone := who.pop("phone", ""):
            who["contact_point"] = ContactPoint.objects.get_or_create(kind="mobile", address=phone)[0]
        return who | {"grade": self.cleaned_data["grade"], "due_at": self.cleaned_data["due_at"]}


class MeasureForm(forms.Form):
    """What keeps people safe until it is mended."""

    measure = forms.CharField(label=_("Interim measure"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    kept_by = forms.CharField(label=_("Who keeps it up"), max_length=60, required=False)
    occurred_at = _moment(_("In force since"), required=False, help_text=_("Leave empty for now."))


class MendedForm(forms.Form):
    """What the fixer reports."""

    longitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False)
    photos = PhotosField(label=_("Photos of the mended state"), required=False)
    words = forms.CharField(
        label=_("What was done"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude, where the phone gave them."""
        given = self.cleaned_data
        placed = given["longitude"] is not None and given["latitude"] is not None
        return (given["longitude"], given["latitude"]) if placed else None


class JudgeForm(forms.Form):
    """What the checker says."""

    note = forms.CharField(
        label=_("How it was checked, or why it is sent back"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DeferForm(forms.Form):
    """More time, and what keeps people safe meanwhile."""

    new_due = _moment(_("New date"))
    measure = forms.CharField(label=_("Interim measure"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    kept_by = forms.CharField(label=_("Who keeps it up"), max_length=60, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class SupervisorForm(forms.Form):
    """Which leader answers for it."""

    supervisor = forms.CharField(label=_("Supervising leader"), max_length=60)


class TemplateForm(forms.Form):
    """A paper's own template."""

    paper = forms.ChoiceField(label=_("Paper"), choices=Paper)
    file = forms.FileField(
        label=_("Word file (docx)"),
        widget=forms.FileInput(
            attrs={"accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
        ),
    )
