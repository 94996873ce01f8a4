"""Photographs: stored once under their hash, re-encoded by a worker, shown to whom they concern."""

import hashlib
import os
import stat
import struct
import threading
import uuid
from collections.abc import Callable
from io import BytesIO
from zlib import crc32

import pytest
from django.db import connection, transaction
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import User
from core import actions
from core.models import Media
from core.rules import Refused
from hazards.actions import report_finding
from tests import casts
from tests.casts import NIGHT, Cast
from tests.factories import photograph, site


def jpeg(side: int = 3000) -> bytes:
    """A photograph of one colour with a place hidden in its EXIF."""
    image = Image.new("RGB", (side, side // 2), "navy")
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:07:19 23:05:00"}
    exif[0x010E] = "a place that must not leak"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def png(*more: bytes) -> bytes:
    """A small picture with these chunks at its end."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    data = out.getvalue()
    end = data.index(b"IEND") - 4
    return data[:end] + b"".join(more) + data[end:]


def chunk(kind: bytes, held: bytes) -> bytes:
    """A part of a PNG as it stands in the file."""
    return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", crc32(kind + held))


def two_in_one() -> bytes:
    """What a telephone makes of a portrait: the picture, and behind it a second one that tells the depth."""
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:07:19 23:05:00"}
    out = BytesIO()
    behind = [Image.new("RGB", (32, 16), "gray")]
    Image.new("RGB", (64, 32), "navy").save(out, "MPO", save_all=True, append_images=behind, exif=exif)
    return out.getvalue()


def hidden(kind: str, change: Callable[[bytes], bytes]) -> bytes:
    """A picture that lies on its side, and whose hidden data were damaged on the way."""
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:07:19 23:05:00"}
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("RGB", (64, 32), "navy").save(out, kind, exif=change(exif.tobytes()))
    return out.getvalue()


def put(client: APIClient, data: bytes, sha256: str) -> int:
    """The status of an upload."""
    answer = client.put(f"/api/v1/media/{sha256}/", data=data, content_type="image/jpeg")
    return int(answer.status_code)


def test_a_photo_sent_twice_is_kept_once(cast: Cast, api: Callable[[User], APIClient]) -> None:
    data = jpeg()
    sha256 = hashlib.sha256(data).hexdigest()
    client = api(cast.grid_worker)
    assert [put(client, data, sha256), put(client, data, sha256)] == [200, 200]
    assert Media.objects.count() == 1


def test_a_photo_cut_short_is_refused_and_nothing_is_kept(cast: Cast, api: Callable[[User], APIClient]) -> None:
    data = jpeg()
    assert put(api(cast.grid_worker), data[:-10], hashlib.sha256(data).hexdigest()) == 400
    assert not Media.objects.exists()


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"GIF89a" + b"0" * 40, jpeg(64)[:120]])
def test_what_is_no_photo_is_refused(db: None, data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        actions.store_photo(data=data, by_id=None)
    assert (refusal.value.code, refusal.value.field) == ("not_a_photo", "photo")
    assert not Media.objects.exists()


def test_the_worker_makes_it_small_and_takes_out_what_is_hidden(db: None) -> None:
    media = actions.store_photo(data=jpeg(), by_id=None)
    assert media.taken_at is not None
    assert media.taken_at.isoformat() == "2026-07-19T23:05:00+08:00"
    assert actions.reencode_waiting() == 1
    media.refresh_from_db()
    assert media.state == Media.State.READY
    with Image.open(actions.photo_file(media, "full")) as image:
        assert max(image.size) == actions.LONG_SIDE
        assert not image.getexif()
    assert not actions.photo_file(media, "original").exists()
    assert actions.reencode_waiting() == 0


def test_a_photo_lies_on_the_disk_before_its_receipt_and_under_its_name(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[bool, int]] = []  # a folder or a file, and how much of it

    def fsync(number: int) -> None:
        found = os.fstat(number)
        flushed.append((stat.S_ISDIR(found.st_mode), found.st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    data = jpeg(64)
    media = actions.store_photo(data=data, by_id=None)
    assert flushed[0] == (False, len(data))
    assert [is_folder for is_folder, _size in flushed] == [False, True]
    assert actions.photo_file(media, "original").read_bytes() == data


def test_a_portrait_picture_of_the_grid_worker_is_taken_in_as_a_jpeg(
    cast: Cast, api: Callable[[User], APIClient]
) -> None:
    data = two_in_one()
    with Image.open(BytesIO(data), formats=actions.OPENED) as image:
        assert image.format == "MPO"
    sha256 = hashlib.sha256(data).hexdigest()
    assert put(api(cast.grid_worker), data, sha256) == 200
    media = Media.objects.get(pk=sha256)
    assert (media.content_type, media.taken_at is not None) == ("image/jpeg", True)
    assert actions.reencode_waiting() == 1
    with Image.open(actions.photo_file(media, "full")) as image:
        assert (image.format, image.size) == ("JPEG", (64, 32))


def of_no_byte_order(data: bytes) -> bytes:
    return data[:6] + b"XX" + data[8:]


def of_no_place(data: bytes) -> bytes:
    entry = data.index(b"\x87\x69")  # where the camera's own part is told to begin: before the start of the file
    return data[:entry] + b"\x87\x69\0\x09\0\0\0\1\xff\xff\xff\xff" + data[entry + 12 :]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("change", [of_no_byte_order, of_no_place, lambda data: data[:10]])
def test_a_photo_of_the_grid_worker_is_shown_though_its_hidden_data_are_damaged(
    db: None, kind: str, change: Callable[[bytes], bytes]
) -> None:
    media = actions.store_photo(data=hidden(kind, change), by_id=None)
    assert media.taken_at is None
    assert actions.reencode_waiting() == 1
    media.refresh_from_db()
    assert media.state == Media.State.READY


@pytest.mark.parametrize("data", [png(chunk(b"zTXt", b"a\0\1xx")), jpeg(1000)[:-40]], ids=["of no format", "cut short"])
def test_a_photo_that_nothing_can_read_is_kept_and_holds_up_none_behind_it(db: None, data: bytes) -> None:
    broken = actions.store_photo(data=data, by_id=None)
    others = [actions.store_photo(data=photograph(text), by_id=None) for text in "一二三"]
    assert actions.reencode_waiting() == 4
    assert [Media.objects.get(pk=one.pk).state for one in (broken, *others)] == ["unreadable", *["ready"] * 3]
    assert actions.photo_file(broken, "original").read_bytes() == data


def test_a_picture_that_would_fill_the_memory_is_called_too_large(db: None) -> None:
    vast = chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + vast + chunk(b"IDAT", b"")
    with pytest.raises(Refused) as refusal:
        actions.store_photo(data=data, by_id=None)
    assert refusal.value.code == "photo_too_large"


@pytest.mark.django_db(transaction=True)
def test_a_report_is_stored_while_its_photo_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    casts.make_areas()
    officer, place = casts.make_cast().subdistrict_officer, site()
    media = actions.store_photo(data=photograph("井"), by_id=officer.pk)
    begun, stored, states = threading.Event(), threading.Event(), []

    def slowly(waiting: Media) -> Media.State:
        begun.set()
        states.append(stored.wait(timeout=20))
        return Media.State.UNREADABLE

    def work() -> None:
        try:
            actions.reencode_waiting()
        finally:
            connection.close()

    monkeypatch.setattr(actions, "_reencode", slowly)
    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert begun.wait(timeout=20)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")  # what the report names is looked up when it ends
            report_finding(uuid=uuid.uuid4(), site=place, what="井盖缺失", photos=[media], by=officer, now=NIGHT)
        stored.set()
    finally:
        stored.set()
        worker.join(timeout=30)
    media.refresh_from_db()
    assert (states, media.state) == ([True], Media.State.UNREADABLE)


def test_a_pass_that_has_taken_its_time_begins_no_other_photo(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.store_photo(data=jpeg(64), by_id=None)
    monkeypatch.setattr(actions, "PASS", 0.0)
    assert actions.reencode_waiting() == 0


def test_a_photo_of_nobodys_site_is_shown_to_its_taker_alone(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    media = actions.store_photo(data=jpeg(200), by_id=cast.grid_worker.pk)
    actions.reencode_waiting()
    mine = signed_in(cast.grid_worker)
    others = signed_in(cast.other_officer)
    assert mine.get(f"/media/{media.sha256}/?size=thumb").status_code == 200
    assert others.get(f"/media/{media.sha256}/").status_code == 404
    assert Client().get(f"/media/{media.sha256}/").status_code == 302
