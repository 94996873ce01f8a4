"""The file that a phone saves of its unsent work, read without storing anything."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.rules import Refused
from field.enums import FileObjection, RecordKind
from field.forms.records import RecordIn
from field.rules import Exported, Saved

MOST_BYTES = 60 * 1024 * 1024  # about a hundred photographs as a phone shrinks them
MOST_RECORDS = 500


class ExportForm(forms.Form):
    """A file of unsent work."""

    file = forms.FileField(
        label=_("File of unsent work (.json)"), widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )

    def clean_file(self) -> Saved:
        """What the file says, record by record."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(FileObjection.TOO_LARGE.label % {"most": MOST_BYTES // 1024 // 1024})
        content = upload.read()
        try:
            given = json.loads(content)
            rows, photos = given["records"][:MOST_RECORDS], dict(given["photos"])
            person = int(given["person"]["id"])
            read = tuple(_row(row, person) for row in rows)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValidationError(FileObjection.NO_EXPORT.label) from error
        return Saved(
            name=upload.name,
            sha256=hashlib.sha256(content).hexdigest(),
            person=person,
            saved_at=_moment(given.get("exported_at")),
            rows=read,
            photos={sha256: str(photo["base64"]) for sha256, photo in photos.items()},
        )


def _row(row: dict[str, Any], person: int) -> Exported:
    text = str(row.get("sealed") or "")
    name, fault, sealed = str(row["uuid"]), None, None
    record = json.loads(text) if text else row.get("record")
    if record is not None:
        form = RecordIn(data=record)
        try:
            sealed = form.sealed(sent_at=None)
        except serializers.ValidationError as error:
            fault = _broken(", ".join(error.detail) if isinstance(error.detail, dict) else "")
        if sealed is not None and (str(sealed.client_uuid) != name or row.get("person") != person):
            sealed, fault = None, _broken("uuid")
    kind = str(row.get("kind", ""))
    return Exported(
        uuid=str(uuid.UUID(name)),
        kind=kind if kind in RecordKind.values else "",
        title=str(row.get("title", "")),
        text=text,
        seal=str(row.get("seal") or ""),
        sealed=sealed,
        fault=fault,
    )


def _broken(fields: str) -> Refused:
    return Refused(FileObjection.BROKEN.value, FileObjection.BROKEN.label, params={"fields": fields})


def _moment(text: Any) -> datetime | None:
    try:
        found = parse_datetime(str(text))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None
