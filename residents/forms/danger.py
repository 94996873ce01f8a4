"""What a resident fills in about a danger."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from command.enums.dangers import DangerKind
from core import actions as core
from core.models import Media
from residents.forms.places import street_choices


class DangerForm(forms.Form):
    """What, where, a photo; a telephone number to call back is welcome. No script, no account."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=DangerKind, error_messages={"required": _("Choose what it is.")}
    )
    place = forms.CharField(
        label=_("Where is it?"), max_length=160, error_messages={"required": _("Write the street and the house.")}
    )
    area_code = forms.ChoiceField(label=_("Sub-district"), required=False)
    description = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=1000
    )
    photo = forms.FileField(label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))
    kept = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput, required=False)
    reporter_phone = forms.CharField(label=_("Your telephone, to call you back"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Whoever chooses nothing has not said that a dike is giving way.
        kwargs.setdefault("initial", {"client_uuid": uuid.uuid4(), "kind": DangerKind.OTHER})
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = street_choices()  # type: ignore[attr-defined]

    def keep_photo(self) -> None:
        """Stores the photograph at once, so that a form sent back for another reason has not lost it."""
        upload = self.files.get("photo")
        if isinstance(upload, UploadedFile) and upload.size:
            photo = core.store_photo(data=upload.read(core.MAX_BYTES + 1), by_id=None)
            given = self.data.dict() if isinstance(self.data, QueryDict) else dict(self.data)
            self.data = given | {"kept": photo.pk}

    def report(self) -> dict[str, Any]:
        """What the action takes."""
        given = {name: self.cleaned_data[name] for name in ("client_uuid", "kind", "place", "area_code")}
        given |= {name: self.cleaned_data[name] for name in ("description", "reporter_phone")}
        kept = self.cleaned_data["kept"]
        return given | {"photos": list(Media.objects.filter(pk=kept)) if kept else []}
