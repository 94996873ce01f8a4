"""What makes two records the same, what looks odd about one, and how long a phone may send. Metres, aware datetimes."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

from field.enums import Flag
from hazards.rules import FAR_METRES, is_far

DEVICE_LIFE = timedelta(days=30)
DEVICES_EACH = 5
IMPRECISE_METRES = 100.0
CLOCK_OFF = timedelta(minutes=5)
PHOTO_APART = timedelta(hours=1)
LATE = timedelta(days=1)
METRES_A_DEGREE = 111_320.0

Place = tuple[float, float]  # longitude, latitude in WGS-84


@dataclass(frozen=True)
class PhotoListed:
    """A photograph that belongs to a record: its hash, and what its camera wrote into it before it was shrunk."""

    sha256: str
    item: int | None = None
    taken_at: datetime | None = None
    position: Place | None = None


@dataclass(frozen=True)
class Sealed:
    """A record as the phone closed it. `captured_at` is the phone's clock, `occurred_at` what its person says.

    `body` is what the kind needs; `sent_at` the phone's clock at sending, which tells how wrong it is, and is no part
    of the record.
    """

    client_uuid: UUID
    kind: str
    captured_at: datetime
    body: Mapping[str, Any]
    occurred_at: datetime | None = None
    position: Place | None = None
    accuracy_m: float | None = None
    position_source: str = ""
    photos: Sequence[PhotoListed] = field(default_factory=tuple)
    sent_at: datetime | None = None

    def happened(self, now: datetime) -> datetime:
        """When it happened. A clock that was wrong at sending is put right by as much; none reaches into the future."""
        at = self.occurred_at or self.captured_at
        if self.occurred_at is None and self.sent_at is not None and abs(self.sent_at - now) > CLOCK_OFF:
            at += now - self.sent_at
        return min(at, now)

    def content(self, *, by: int) -> dict[str, Any]:
        """Everything that two sendings of the same record have in common, in a fixed order."""
        return {
            "by": by,
            "kind": self.kind,
            "captured_at": self.captured_at.astimezone(UTC).isoformat(),
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat() if self.occurred_at else None,
            "position": list(self.position) if self.position else None,
            "accuracy_m": self.accuracy_m,
            "position_source": self.position_source,
            "photos": sorted([photo.sha256, photo.item or 0] for photo in self.photos),
            "body": dict(self.body),
        }


@dataclass(frozen=True)
class Exported:
    """A record in the file that a phone saved: `text` is its very JSON, which `seal` vouches for.

    `sealed` is None while it was not finished on the phone; `fault` says why it cannot be read.
    """

    uuid: str
    kind: str
    title: str
    text: str = ""
    seal: str = ""
    sealed: Sealed | None = None
    fault: Exception | None = None

    @property
    def photos(self) -> list[str]:
        """The hashes of its photographs."""
        return [photo.sha256 for photo in self.sealed.photos] if self.sealed else []


@dataclass(frozen=True)
class Saved:
    """A file of unsent work: whose it is by its own word, when it was saved, its records, its photographs in base64."""

    name: str
    sha256: str
    person: int
    saved_at: datetime | None
    rows: Sequence[Exported]
    photos: Mapping[str, str]

    def photo(self, sha256: str) -> bytes | None:
        """The bytes of a photograph; None where the file has none, or none that can be read."""
        try:
            return base64.b64decode(self.photos[sha256], validate=True) if sha256 in self.photos else None
        except ValueError:
            return None


def content_sha256(content: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def metres_apart(one: Place, other: Place) -> float:
    """Metres between two places of one district, as if the earth were flat there (0.5 % off at most)."""
    middle = radians((one[1] + other[1]) / 2)
    return METRES_A_DEGREE * hypot((one[0] - other[0]) * cos(middle), one[1] - other[1])


def flags(sealed: Sealed, *, distance_m: float | None, place: Place | None, now: datetime) -> list[Flag]:
    """What looks odd, in the order of the list. `place`: the registered one, None where there is none."""
    found = []
    if sealed.position is None and place is not None:
        found.append(Flag.NO_POSITION)
    if sealed.accuracy_m is not None and sealed.accuracy_m > IMPRECISE_METRES:
        found.append(Flag.IMPRECISE)
    if is_far(distance_m, sealed.accuracy_m):
        found.append(Flag.FAR)
    ahead = sealed.captured_at - now
    if ahead > CLOCK_OFF or (sealed.sent_at is not None and abs(sealed.sent_at - now) > CLOCK_OFF):
        found.append(Flag.CLOCK_OFF)
    happened = sealed.happened(now)
    if any(photo.taken_at and abs(photo.taken_at - happened) > PHOTO_APART for photo in sealed.photos):
        found.append(Flag.OLD_PHOTO)
    taken_far = (photo.position for photo in sealed.photos if place and photo.position)
    if place and any(metres_apart(place, there) > FAR_METRES for there in taken_far):
        found.append(Flag.PHOTO_FAR)
    if now - happened > LATE:
        found.append(Flag.SENT_LATE)
    return found


def device_token(*, secret: str) -> str:
    """A new token: chance, and a signature by which a made-up one is refused without asking the database."""
    chance = secrets.token_urlsafe(24)
    return f"{chance}.{_signature(chance, secret)}"


def is_signed(token: str, *, secret: str) -> bool:
    """True for a token that this platform has made, ended or not."""
    chance, _, signature = token.partition(".")
    return hmac.compare_digest(signature.encode(), _signature(chance, secret).encode())


def token_sha256(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def record_seal(sealed: str, *, key: str) -> str:
    """By what a phone vouches for the very text of a record; `key` is the hash of its token, as both sides know it."""
    return hmac.new(key.encode(), sealed.encode(), hashlib.sha256).hexdigest()


def seal_holds(
    sealed: str, seal: str, captured_at: datetime, phones: Sequence[tuple[str, datetime, datetime | None]]
) -> bool | None:
    """True when one of the author's phones sealed it while it was allowed to send; False when its permission had ended.

    None when none of them made the seal. `phones`: hash of the token, end of its month, moment of revoking.
    """
    for key, expires_at, revoked_at in phones:
        if hmac.compare_digest(record_seal(sealed, key=key), seal.lower()):
            return captured_at < min(expires_at, revoked_at or expires_at)
    return None


def _signature(chance: str, secret: str) -> str:
    return hmac.new(f"field.device:{secret}".encode(), chance.encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class LedgerFilter:
    """What a ledger is narrowed to; empty fields do not narrow. `state`: open, late, answered, closed or all.

    `start` and `end` bound when it was taken in (half-open).
    """

    state: str = "open"
    kind: str = ""
    area_code: str = ""
    start: datetime | None = None
    end: datetime | None = None
