"""Imports and the uploads that wait between check and store."""

from django.core.files.storage import default_storage

from territory.enums import ImportState
from territory.models import SheetImport


def own_import(actor_id: int | None, kind: str, pk: int) -> SheetImport:
    """An import that this person made himself: its faults show cells of the sheet. Raises SheetImport.DoesNotExist."""
    return SheetImport.objects.get(pk=pk, kind=kind, actor_id=actor_id)


def stored_import(kind: str, sha256: str) -> SheetImport | None:
    """The import that stored exactly these bytes."""
    return SheetImport.objects.filter(kind=kind, sha256=sha256, state=ImportState.STORED).first()


def kept_upload(sheet: SheetImport, part: str = "sheet") -> bytes | None:
    """The bytes kept since the check; None once stored, after a day, or when there was no such part."""
    try:
        with default_storage.open(upload_name(sheet.sha256, part)) as kept:
            return bytes(kept.read())
    except FileNotFoundError:
        return None


def upload_name(sha256: str, part: str) -> str:
    """Where a kept part lies below MEDIA_ROOT."""
    return f"imports/{sha256}/{part}"
