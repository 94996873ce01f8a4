"""Files between check and store: a roll holds personal data, so it stays a day at most."""

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from territory.models import SheetImport
from territory.queries.imports import upload_name

KEPT = timedelta(days=1)


def keep_upload(*, sheet: SheetImport, parts: dict[str, bytes | None], now: datetime) -> None:
    """Keeps the checked bytes so that confirming needs no second upload, and drops what others left behind."""
    forget_stale(now=now)
    for part, content in parts.items():
        name = upload_name(sheet.sha256, part)
        default_storage.delete(name)
        if content is not None:
            default_storage.save(name, ContentFile(content))


def forget_upload(sha256: str) -> None:
    """Deletes what is kept of one import."""
    for part in ("sheet", "geojson"):
        default_storage.delete(upload_name(sha256, part))


def forget_stale(*, now: datetime) -> None:
    """Deletes uploads that nobody has confirmed within a day."""
    if not default_storage.exists("imports"):
        return
    for digest in default_storage.listdir("imports")[0]:
        for part in default_storage.listdir(f"imports/{digest}")[1]:
            name = upload_name(digest, part)
            if now - default_storage.get_modified_time(name) > KEPT:
                default_storage.delete(name)
