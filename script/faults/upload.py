"""C5: 100 records of every kind, with their photographs, go up from a phone through a line cut at a random byte,
while the phone's process is killed again and again (SIGKILL): no record and no photograph lost or doubled.

Usage: upload.py [RECORDS], with the settings of the tests in the environment. In a database of its own; no hook in the
product: a proxy cuts, the phone is killed from outside, and what came of it is counted in the tables of each kind and
on the disk. One line a kind, then the line of them all.
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
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "script")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weidong_ops.settings_test")
django.setup()

from django.conf import settings  # noqa: E402  (after the settings)
from django.db import connection  # noqa: E402
from measure.every_kind import PLAYED, Ground, found, record, unplayed  # noqa: E402
from PIL import Image  # noqa: E402

from core import clock  # noqa: E402
from core.models import Media  # noqa: E402
from field.actions import issue_device  # noqa: E402
from field.models import SealedRecord  # noqa: E402
from tests.casts import Cast, make_areas, make_cast  # noqa: E402

RECORDS = 100
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


@dataclass
class Sent:
    """What the phone has on its disk: the kind and the hashes of each record, and the ground that they speak of."""

    ground: Ground
    listed: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    @property
    def photos(self) -> int:
        """How many photographs all of them carry."""
        return sum(len(hashes) for _kind, hashes in self.listed.values())


def seal(folder: Path, count: int, cast: Cast, chance: random.Random) -> Sent:
    """The phone's records, the kinds in turn, and their photographs on its disk."""
    kinds = [str(kind) for kind in PLAYED]
    sent = Sent(Ground(cast, clock.now(), -(-count // len(kinds))))
    for number in range(count):
        kind, hashes = kinds[number % len(kinds)], []
        for _photo in range(PLAYED[kind].photos):
            data = photo(chance)
            hashes.append(hashlib.sha256(data).hexdigest())
            (folder / f"{hashes[-1]}.jpg").write_bytes(data)
        said = record(sent.ground, kind, number // len(kinds), hashes)
        (folder / f"{said['client_uuid']}.json").write_text(json.dumps(said))
        sent.listed[said["client_uuid"]] = (kind, hashes)
    return sent


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


def faults_of(kind: str, sent: Sent, acts: Counter[str], photos: Counter[tuple[str, str]]) -> dict[str, int]:
    """What of a kind is not as it was sent: each record done once, each photograph there once, nothing else."""
    own = {name: hashes for name, (its, hashes) in sent.listed.items() if its == kind}
    stored = Counter(str(each) for each in SealedRecord.objects.filter(kind=kind).values_list("client_uuid", flat=True))
    pairs = {(name, sha256) for name, hashes in own.items() for sha256 in hashes}
    return {
        "records_lost": sum(not (stored[name] and acts[name]) for name in own),
        "records_doubled": sum(max(stored[name], acts[name]) > 1 for name in own) + len({*stored, *acts} - set(own)),
        "photos_lost": sum(not photos[each] or not on_disk(each[1]) for each in pairs),
        "photos_doubled": sum(photos[each] > 1 for each in pairs) + len(set(photos) - pairs),
        "incomplete": SealedRecord.objects.filter(kind=kind).exclude(missing_photos=[], refusal="").count(),
    }


def on_disk(sha256: str) -> bool:
    """The photograph's own bytes lie where they belong."""
    media = Media.objects.filter(pk=sha256).first()
    path = Path(settings.MEDIA_ROOT) / media.path if media else None
    return bool(path and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256)


def account(sent: Sent) -> Counter[str]:
    """One line a kind; the sum of what is wrong."""
    acts, photos = found(sent.ground)
    whole: Counter[str] = Counter()
    for kind in PLAYED:
        wrong = faults_of(kind, sent, acts[kind], photos[kind])
        whole.update(wrong)
        own = [hashes for its, hashes in sent.listed.values() if its == kind]
        words = " ".join(f"{name}={value}" for name, value in wrong.items())
        print(f"  {kind} records={len(own)} photos={sum(map(len, own))} {words}")
    return whole


def play(count: int) -> bool:
    """The whole run; prints its lines."""
    if lacking := unplayed():
        raise SystemExit(f"This run sends no record of the kinds {sorted(lacking)}.")
    chance = random.Random(5)  # noqa: S311  (the same faults every time)
    make_areas()
    cast = make_cast()
    token, _device = issue_device(user=cast.grid_worker, now=clock.now())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings.MEDIA_ROOT = folder / "media"
        sent = seal(folder, count, cast, chance)
        web, port = serve()
        try:
            began = time.monotonic()
            line = Cutting(port, chance)
            kills = go(line.port, folder, token, chance)
            seconds = time.monotonic() - began
            wrong = account(sent) + Counter({"unsent": len(list(folder.glob("*.json")))})
        finally:
            web.terminate()
            web.wait(timeout=20)
    held = not any(wrong.values()) and line.cuts > 0 and kills > 0
    names = ("records_lost", "records_doubled", "photos_lost", "photos_doubled", "incomplete", "unsent")
    words = " ".join(f"{name}={wrong[name]}" for name in names)
    print(
        f"C5 records={count} kinds={len(PLAYED)} photos={sent.photos} cuts={line.cuts} kills={kills} "
        f"seconds={seconds:.0f} {words} {'ok' if held else 'short'}"
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
