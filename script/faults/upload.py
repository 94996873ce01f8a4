"""C5: 100 records with two photographs each go up from a phone, through a line that is cut at a random byte, while the
phone's process is killed again and again (SIGKILL): no record and no photograph lost or doubled.

Usage: upload.py [RECORDS], with the settings of the tests in the environment. In a database of its own; no hook in the
product: a proxy cuts, the phone is killed from outside, and what came of it is counted in the tables and on the disk.
"""

import contextlib
import hashlib
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings_test")
django.setup()

from django.conf import settings  # noqa: E402  (after the settings)
from django.db import connection  # noqa: E402
from PIL import Image  # noqa: E402

from accounts.models import User  # noqa: E402
from core import clock  # noqa: E402
from core.models import Media  # noqa: E402
from field.actions import issue_device  # noqa: E402
from field.models import SealedRecord  # noqa: E402
from hazards.models import Inspection, InspectionPhoto  # noqa: E402
from tests import factories  # noqa: E402
from tests.casts import make_areas, make_cast  # noqa: E402

RECORDS, PHOTOS = 100, 2
LONGEST = 300  # seconds
MOST_BYTES = 60_000  # a connection is cut somewhere within its first so many bytes, both ways together


class Cutting:
    """A proxy of the loopback that cuts two connections of three at a random byte."""

    def __init__(self, target: int, chance: random.Random) -> None:
        self.target, self.chance, self.cuts = target, chance, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                near, _address = self.door.accept()
                left = [self.chance.randrange(1, MOST_BYTES) if self.chance.random() < 2 / 3 else 1 << 40]
                far = socket.create_connection(("127.0.0.1", self.target))
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other, left), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, left: list[int]) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(4096):
                if len(data) >= left[0]:
                    other.sendall(data[: left[0]])
                    left[0] = 0
                    self.cuts += 1
                    break
                left[0] -= len(data)
                other.sendall(data)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def photo(chance: random.Random) -> bytes:
    """About 25 kB of noise, no two alike."""
    stream = BytesIO()
    Image.frombytes("L", (160, 160), chance.randbytes(25_600)).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def seal(folder: Path, count: int, chance: random.Random) -> dict[str, list[str]]:
    """The phone's records and photographs on its disk; the hashes of each record."""
    listed: dict[str, list[str]] = {}
    for number in range(count):
        place = factories.site(name=f"上传 {number}")
        used = factories.checklist(place.kind)
        hashes = []
        for _photo in range(PHOTOS):
            data = photo(chance)
            hashes.append(hashlib.sha256(data).hexdigest())
            (folder / f"{hashes[-1]}.jpg").write_bytes(data)
        name = str(uuid.uuid4())
        said: dict[str, Any] = {
            "client_uuid": name,
            "kind": "inspection",
            "captured_at": clock.now().isoformat(),
            "photos": [{"sha256": each} for each in hashes],
            "body": {
                "site": place.code,
                "checklist": used.pk,
                "answers": [{"item": item.pk, "result": "pass"} for item in used.items.all()],
            },
        }
        (folder / f"{name}.json").write_text(json.dumps(said))
        listed[name] = hashes
    return listed


def serve() -> tuple["subprocess.Popen[bytes]", int]:
    """The web on this run's database."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = int(door.getsockname()[1])
    own = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": own, "DJANGO_SETTINGS_MODULE": "weidong_ops.settings", "DEBUG": "1", "APP_ROLE": "",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT), "LOG_LEVEL": "ERROR", "SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    for name in ("TEST_DATABASE_URL", "TEST_DB_SUFFIX"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "uvicorn", "weidong_ops.asgi:application", "--port", str(port), "--no-access-log"]
    web = subprocess.Popen([*command, "--log-level", "critical"], cwd=ROOT, env=environment)  # noqa: S603  (our own)
    for _try in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return web, port
        time.sleep(0.1)
    web.kill()
    raise SystemExit("The web process does not answer.")


def go(port: int, folder: Path, token: str, chance: random.Random) -> int:
    """Runs the phone until nothing waits; kills it at random. Answers with how often."""
    kills, until = 0, time.monotonic() + LONGEST
    command = [sys.executable, str(ROOT / "script/faults/phone.py"), f"http://127.0.0.1:{port}", str(folder)]
    while list(folder.glob("*.json")) and time.monotonic() < until:
        phone = subprocess.Popen(command, env=os.environ | {"DEVICE_TOKEN": token})  # noqa: S603  (our own)
        try:
            phone.wait(timeout=chance.uniform(0.3, 2.5))
        except subprocess.TimeoutExpired:
            phone.kill()
            kills += 1
            phone.wait()
    return kills


def faults_in(listed: dict[str, list[str]]) -> dict[str, int]:
    """What is not as it was sent: each record once and whole, each photograph once, its bytes where they belong."""
    records = Counter(str(each) for each in SealedRecord.objects.values_list("client_uuid", flat=True))
    visits = Counter(str(each) for each in Inspection.objects.values_list("client_uuid", flat=True))
    photos = Counter(
        (str(visit), sha256)
        for visit, sha256 in InspectionPhoto.objects.values_list("inspection__client_uuid", "media_id")
    )
    sent = [(name, sha256) for name, hashes in listed.items() for sha256 in hashes]
    on_disk = {
        media.pk
        for media in Media.objects.all()
        if (path := Path(settings.MEDIA_ROOT) / media.path).is_file()
        and hashlib.sha256(path.read_bytes()).hexdigest() == media.pk
    }
    return {
        "records_lost": sum(not (records[name] and visits[name]) for name in listed),
        "records_doubled": sum(max(records[name], visits[name]) > 1 for name in listed)
        + len({*records, *visits} - set(listed)),
        "photos_lost": sum(not photos[each] or each[1] not in on_disk for each in sent),
        "photos_doubled": sum(photos[each] > 1 for each in sent) + len(set(photos) - set(sent)),
        "incomplete": SealedRecord.objects.exclude(missing_photos=[]).count()
        + Inspection.objects.exclude(missing_photos=[]).count(),
    }


def play(count: int) -> bool:
    """The whole run; prints its line."""
    chance = random.Random(5)  # noqa: S311  (the same faults every time)
    make_areas()
    worker: User = make_cast().grid_worker
    token, _device = issue_device(user=worker, now=clock.now())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings.MEDIA_ROOT = folder / "media"
        listed = seal(folder, count, chance)
        web, port = serve()
        try:
            began = time.monotonic()
            line = Cutting(port, chance)
            kills = go(line.port, folder, token, chance)
            seconds = time.monotonic() - began
            unsent = len(list(folder.glob("*.json")))
            found = faults_in(listed) | {"unsent": unsent}
        finally:
            web.terminate()
            web.wait(timeout=20)
    held = not any(found.values()) and line.cuts > 0 and kills > 0
    words = " ".join(f"{name}={value}" for name, value in found.items())
    print(
        f"C5 records={count} photos={count * PHOTOS} cuts={line.cuts} kills={kills} seconds={seconds:.0f} {words} "
        f"{'ok' if held else 'short'}"
    )
    return held


def main() -> int:
    """Makes the database, plays, removes it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return 0 if play(count) else 1
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
