"""What forms that report something from a place have in common. No domain word."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core import actions as core
from core.models import Media


class ReportForm(forms.Form):
    """Something is reported once, with a photograph and a position. Works without script.

    The number is minted with the form, so that the same form sent twice is one report.
    """

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    kept = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput, required=False)
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
        """What every report says: its number, where (longitude, latitude in WGS-84), its photographs."""
        given = self.cleaned_data
        there = given["longitude"] is not None and given["latitude"] is not None
        return {
            "client_uuid": given["client_uuid"],
            "position": (given["longitude"], given["latitude"]) if there else None,
            "accuracy_m": given["accuracy_m"] if there else None,
            "photos": self.photos(),
        }
