"""Acts with no domain word."""

import hashlib
import logging
import os
import time
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

from core import bell
from core.models import Destruction, Media, Tick
from core.queries import sole
from core.rules import Actor, Refused

logger = logging.getLogger(__name__)
OPENED = ("JPEG", "PNG", "WEBP")
# An MPO is a JPEG with more behind it (depth, HDR, the portrait's second picture), and opened as one.
FORMATS = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000  # a 60-megapixel phone; beyond it lies the decompression bomb
TOO_LARGE = _("The photo is larger than 10 MB or 60 megapixels: take it again at a lower resolution.")
NO_PHOTO = _("This file is no photo (JPEG, PNG or WebP): please take one.")
CUT_SHORT = _("The photo did not arrive whole: please send it again.")
LONG_SIDE, THUMBNAIL = 2048, 480  # pixels
PASS = 30.0  # seconds


def tick(name: str, *, now: datetime) -> None:
    """Notes that the worker `name` has come round."""
    Tick.objects.bulk_create(
        [Tick(name=name, at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def note_destroyed(*, what: str, count: int, before: datetime, by: Actor, now: datetime) -> None:
    """Leaves a line of what a run destroyed, for whoever audits; nothing destroyed leaves none."""
    if count:
        Destruction.objects.create(what=what, count=count, before=before, at=now, by_name=by.name)


def store_photo(*, data: bytes, by_id: int | None, expected_sha256: str = "") -> Media:
    """Keeps a photograph as it came; a worker re-encodes it at once. The same bytes are the same photograph.

    Raises Refused when the bytes are too many, are no photograph (told by content, not by name), or do not have
    the hash the device announced: it cut the upload short and should send again.
    """
    if len(data) > MAX_BYTES:
        raise Refused("photo_too_large", TOO_LARGE, field="photo")
    sha256 = hashlib.sha256(data).hexdigest()
    if expected_sha256 and sha256 != expected_sha256.lower():
        raise Refused("photo_cut_short", CUT_SHORT, field="photo")
    with transaction.atomic():
        _wait_for([sha256])
        known = sole(Media.objects.filter(pk=sha256))
        if known is not None:
            return known
        content_type, taken_at = _look_at(data)
        media = Media.objects.create(
            sha256=sha256, content_type=content_type, size=len(data), uploaded_by_id=by_id, taken_at=taken_at
        )
        _write(photo_file(media, "original"), data)
        bell.ring("core.tasks.reencode_media")
    return media


def drop_strays(hashes: Iterable[str]) -> int:
    """Removes the bytes of photographs whose storing was taken back: without a row nobody could ever open them.

    Returns how many. Whoever stores the same photograph at this instant is waited for.
    """
    wanted = sorted(set(hashes))
    with transaction.atomic():
        kept = photos_here(wanted)
        strays = [photo_file(Media(sha256=sha256), "original") for sha256 in wanted if sha256 not in kept]
        found = [path for path in strays if path.exists()]
        for path in found:
            path.unlink(missing_ok=True)
    return len(found)


def photos_here(hashes: Iterable[str]) -> set[str]:
    """Which of these photographs have arrived; inside a transaction, none of them arrives until it has ended.

    Without the lock a photograph and the record that lists it, stored at the same instant, would not see each other.
    """
    wanted = set(hashes)
    if not wanted:
        return set()
    _wait_for(wanted)
    return set(Media.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def _wait_for(hashes: Iterable[str]) -> None:
    """Until no other transaction is about to store these photographs or to list them; then they wait for this one."""
    # An array keeps its order, so that whoever waits for several waits in the order of everybody else.
    names = [f"core.media:{sha256}" for sha256 in sorted(hashes)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s) AS name", [names])


def reencode_waiting() -> int:
    """Re-encodes photographs that wait: upright, at most 2048 pixels, without their hidden data. Returns how many.

    A pass begins none after `PASS` seconds: where everybody else goes first, fifty photographs take longer than the
    minute after which a worker is killed over the one in its hands.
    """
    done, began = 0, time.monotonic()
    while time.monotonic() - began < PASS:
        with transaction.atomic():
            # Weak: a report that names the photo looks it up while this takes its seconds, and must not wait for it.
            rows = Media.objects.select_for_update(skip_locked=True, no_key=True)
            media = rows.filter(state=Media.State.RECEIVED).first()
            if media is None:
                break
            media.state = _reencode(media)
            media.save(update_fields=["state", "updated_at"])
        if media.state == Media.State.READY:
            photo_file(media, "original").unlink(missing_ok=True)
        done += 1
    return done


def photo_file(media: Media, size: str) -> Path:
    """Where the bytes lie: `original` as sent, `full` or `thumb` re-encoded."""
    suffix = {"original": "", "full": ".jpg", "thumb": ".thumb.jpg"}[size]
    return Path(settings.MEDIA_ROOT) / (media.path + suffix)


def _look_at(data: bytes) -> tuple[str, datetime | None]:
    try:
        with Image.open(BytesIO(data), formats=OPENED) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("photo_too_large", TOO_LARGE, field="photo")
            return FORMATS[str(image.format)], _taken_at(image)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("photo_too_large", TOO_LARGE, field="photo") from error
    except Exception as error:  # whatever a reader makes of damaged bytes: the telephone must hear what to do
        raise Refused("not_a_photo", NO_PHOTO, field="photo") from error


def _taken_at(image: Image.Image) -> datetime | None:
    try:
        stamp = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return _camera_time(str(stamp)) if stamp else None
    except OSError:  # a PNG is read to its end for this: the picture itself is cut short
        raise
    except Exception:  # hidden data is damaged in many ways, and the picture is none the worse
        return None


def _camera_time(stamp: str) -> datetime:
    # EXIF has no zone; a camera in the district shows the district's time.
    return datetime.strptime(stamp, "%Y:%m:%d %H:%M:%S").replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _reencode(media: Media) -> Media.State:
    try:
        sizes = _smaller(photo_file(media, "original"))
    except Exception:  # what fails now fails at every pass, and nothing behind it would ever be shown
        logger.exception("photo %s cannot be read; the original is kept", media.pk)
        return Media.State.UNREADABLE
    for size, data in sizes.items():
        _write(photo_file(media, size), data)
    return Media.State.READY


def _smaller(original: Path) -> dict[str, bytes]:
    with Image.open(original, formats=OPENED) as image:
        image.load()
        upright = _upright(image).convert("RGB")
    made = {}
    for size, side in (("full", LONG_SIDE), ("thumb", THUMBNAIL)):
        smaller = upright.copy()
        smaller.thumbnail((side, side))
        encoded = BytesIO()
        smaller.save(encoded, "JPEG", quality=82, optimize=True)
        made[size] = encoded.getvalue()
    return made


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # nobody knows which side is up; a picture on its side shows the fault all the same
        return image


def _write(path: Path, data: bytes) -> None:
    # Written beside and renamed: a crash leaves the whole file or none. On the disk before anybody hears that it is
    # stored: the telephone forgets a photograph then, and the row outlives a power cut.
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
