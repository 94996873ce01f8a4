"""`script/bench intake`: B9, what phones send for a minute over 16 connections: records and photographs together.

As a phone sends them: each record with its position, one in five lists a photograph, which follows it.
"""

import hashlib
import http.client
import io
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from measure import options, report, sites, world
from measure.report import Report, percentile
from measure.world import World, scalar, wait_until

SECONDS = 60
RECORDS, PHOTOS = 50, 10  # offered a second
CONNECTIONS = 16
PHONES = 80
SIDE = (2000, 1500)  # pixels of a photograph of about 400 kB
FOLLOWS = 1.0  # seconds from when a record is due to its photograph
LATEST = 300  # seconds within which all photographs are re-encoded


def phones() -> list[str]:
    """Tokens of so many grid workers' phones."""
    from accounts.enums import Role
    from accounts.models import RoleHeld, User
    from core import clock
    from field.actions import issue_device
    from measure.district import DISTRICT

    now, tokens = clock.now(), []
    for number in range(PHONES):
        person = User.objects.create_user(f"worker{number}", None, name=f"网格员{number}", activated_at=now)
        RoleHeld.objects.create(user=person, role=Role.GRID_WORKER, area_code=DISTRICT, since=now)
        tokens.append(issue_device(user=person, now=now)[0])
    return tokens


def records(count: int, pictures: list[bytes]) -> list[bytes]:
    """Inspections of sites in turn, everything passed; the photographs belong to them at even distances."""
    from hazards.models import Checklist, HazardSite

    lists = {one.kind: one for one in Checklist.objects.prefetch_related("items")}
    places = [(one.code, one.kind, one.geometry.coords) for one in HazardSite.objects.all() if one.geometry]
    hashes = {at * count // len(pictures): sha256_of(one) for at, one in enumerate(pictures)}
    made = []
    for number in range(count):
        code, kind, place = places[number % len(places)]
        at = datetime.now(UTC).isoformat()
        said: dict[str, Any] = {
            "client_uuid": str(uuid.uuid4()),
            "kind": "inspection",
            "captured_at": at,
            "position": place,
            "accuracy_m": 8,
            "position_source": "device",
            "photos": [{"sha256": hashes[number], "item": None, "taken_at": at, "position": place}]
            if number in hashes
            else [],
            "body": {
                "site": code,
                "checklist": lists[kind].pk,
                "answers": [{"item": item.pk, "result": "pass"} for item in lists[kind].items.all()],
            },
        }
        made.append(json.dumps(said).encode())
    return made


def sha256_of(data: bytes) -> str:
    """The name of a photograph."""
    return hashlib.sha256(data).hexdigest()


def photographs(count: int) -> list[bytes]:
    """Photographs of a telephone's size, no two alike: one picture, each with a comment of its own."""
    from PIL import Image

    chance = random.Random(9)  # noqa: S311  (the same picture every time)
    coarse = Image.frombytes("RGB", (SIDE[0] // 8, SIDE[1] // 8), chance.randbytes(SIDE[0] // 8 * (SIDE[1] // 8) * 3))
    stream = io.BytesIO()
    coarse.resize(SIDE, Image.Resampling.BICUBIC).save(stream, "JPEG", quality=72)
    picture = stream.getvalue()
    comment = [b"\xff\xfe\x00\x22" + uuid.uuid4().hex.encode() for _ in range(count)]
    return [picture[:2] + one + picture[2:] for one in comment]


class Pace:
    """Hands out work at a fixed rate: the n-th piece not before its time, whoever asks."""

    def __init__(self, rate: float, work: list[bytes], after: float = 0.0) -> None:
        self.rate, self.work, self.began = rate, work, time.monotonic() + after
        self.next, self.lock = 0, threading.Lock()

    def take(self) -> tuple[int, float] | None:
        """The next piece and when it was due; nothing when all is handed out."""
        with self.lock:
            number = self.next
            self.next += 1
        if number >= len(self.work):
            return None
        due = self.began + number / self.rate
        time.sleep(max(0.0, due - time.monotonic()))
        return number, due


def send(port: int, pace: Pace, tokens: list[str], *, are_photos: bool) -> list[tuple[float, int]]:
    """One connection at work: milliseconds from when each piece was due, and its status."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    told = []
    while (taken := pace.take()) is not None:
        number, due = taken
        body = pace.work[number]
        path = f"/api/v1/media/{sha256_of(body)}/" if are_photos else "/api/v1/field/records/"
        headers = {
            "Authorization": f"Device {tokens[number % len(tokens)]}",
            "Content-Type": "image/jpeg" if are_photos else "application/json",
            "X-Device-Time": datetime.now(UTC).isoformat(),
        }
        line.request("PUT" if are_photos else "POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
        told.append(((time.monotonic() - due) * 1000, answer.status))
    line.close()
    return told


def main() -> None:
    """A minute of both together, then the re-encoding."""
    options.read(sys.argv[1:])
    found = Report("intake")
    with tempfile.TemporaryDirectory() as media, World(MEDIA_ROOT=media) as here:
        world.enter(MEDIA_ROOT=media)
        sites.fill(2_000)
        tokens, pictures = phones(), photographs(PHOTOS * SECONDS)
        said = records(RECORDS * SECONDS, pictures)
        here.web()
        here.beat()
        here.worker("slow")
        here.ready("core.media")
        size = len(pictures[0]) / 1024
        report.headline("intake", records=len(said), photographs=len(pictures), kilobytes=round(size), seconds=SECONDS)
        of_records, of_photos = Pace(RECORDS, said), Pace(PHOTOS, pictures, FOLLOWS)
        with ThreadPoolExecutor(CONNECTIONS) as lines:
            began = time.monotonic()
            ours = [lines.submit(send, here.web_port, of_records, tokens, are_photos=False) for _ in range(11)]
            theirs = [lines.submit(send, here.web_port, of_photos, tokens, are_photos=True) for _ in range(5)]
            stored = [one for line in ours for one in line.result()]
            seconds = time.monotonic() - began
            kept = [one for line in theirs for one in line.result()]
        ended = time.monotonic()
        bad = [status for _took, status in stored + kept if status not in (200, 201)]
        whole = "applied_at IS NOT NULL AND missing_photos = '[]'"
        rows = int(scalar(f"SELECT count(*) FROM field_sealedrecord WHERE {whole}"))  # noqa: S608  (our own words)
        photos = int(scalar("SELECT count(*) FROM core_media"))
        asked = "SELECT NOT EXISTS (SELECT FROM core_media WHERE state = 'received')"
        wait_until(LATEST + 60, lambda: bool(scalar(asked)), "photographs were not re-encoded", every=0.5)
        invalid = f"refused {bad[:3]}" if bad else "" if (rows, photos) == (len(said), len(pictures)) else "rows"
        for label, took in (("records", stored), ("photographs", kept)):
            times = [one for one, _status in took]
            found.say(
                f"B9 {label}",
                f"p50 {percentile(times, 0.5):.0f} ms, p95 {percentile(times, 0.95):.0f} ms of {len(times)}",
            )
        found.promise(
            "B9.rate", "records_per_second", len(stored) / seconds, ">=", RECORDS * 0.98, invalid=invalid, digits=1
        )
        found.promise("B9.records", "p95_ms", percentile([one for one, _ in stored], 0.95), "<=", 300, digits=0)
        found.promise("B9.photos", "per_second", len(kept) / (ended - began), ">=", PHOTOS * 0.98, digits=1)
        found.promise("B9.reencoded", "seconds", time.monotonic() - ended, "<=", LATEST, digits=0)
    report.finish(found)


if __name__ == "__main__":
    main()
