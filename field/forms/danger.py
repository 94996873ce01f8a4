"""What somebody in the field fills in about a danger."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from command.enums.dangers import DangerKind
from core import actions as core
from core.models import Media


class FieldDangerForm(forms.Form):
    """报险情 by one thumb: the kind, a photo, the position or the place. Works without script."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=DangerKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is.")},
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    kept = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput, required=False)
    place = forms.CharField(label=_("Where is it?"), max_length=160, required=False)
    description = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=1000
    )
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4()})
        super().__init__(*args, **kwargs)

    def keep_photo(self, *, by_id: int | None) -> None:
        """Stores the photograph at once, so that a form sent back for another reason has not lost it."""
        upload = self.files.get("photo")
        if isinstance(upload, UploadedFile) and upload.size:
            photo = core.store_photo(data=upload.read(core.MAX_BYTES + 1), by_id=by_id)
            given = self.data.dict() if isinstance(self.data, QueryDict) else dict(self.data)
            self.data = given | {"kept": photo.pk}

    def photos(self) -> list[Media]:
        """The photograph that has arrived with it."""
        kept = self.cleaned_data.get("kept")
        return list(Media.objects.filter(pk=kept)) if kept else []

    def report(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        there = given["longitude"] is not None and given["latitude"] is not None
        return {
            "client_uuid": given["client_uuid"],
            "kind": given["kind"],
            "place": given["place"],
            "description": given["description"],
            "position": (given["longitude"], given["latitude"]) if there else None,
            "accuracy_m": given["accuracy_m"] if there else None,
            "photos": self.photos(),
        }
