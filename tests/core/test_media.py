"""Photographs: stored once under their hash, re-encoded by a worker, shown to whom they concern."""

import hashlib
import os
import stat
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import User
from core import actions
from core.models import Media
from core.rules import Refused
from tests.casts import Cast


def jpeg(side: int = 3000) -> bytes:
    """A photograph of one colour with a place hidden in its EXIF."""
    image = Image.new("RGB", (side, side // 2), "navy")
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:07:19 23:05:00"}
    exif[0x010E] = "a place that must not leak"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
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
