"""What an inspection must hold, what a site's state is, and how a round is counted. Metres, aware datetimes."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from assignments.rules import Kind, reminding
from core.rules import Refused
from hazards.enums import DUTY_LABEL, ItemResult, MemberState, Objection, SiteKind, SiteState
from territory.rules import LENGTHS

# Example times: a day to be seen is the district's own decision, so the round's due date overrides `due_minutes`.
REINSPECTION = Kind(
    name="reinspection",
    label=DUTY_LABEL,
    acknowledge_minutes=60,
    due_minutes=48 * 60,
    policy=reminding(12 * 60, 2),
    needs_verification=True,
    page="hazards:inspect",
    urgent=False,
)
# Farther from the registered place than this, after allowing for the phone's own accuracy, is shown as "far away".
FAR_METRES = 150.0
SWEEP_KEPT_EVERY = timedelta(minutes=10)

KIND_MARKS = {
    SiteKind.RIVER: "pentagon",
    SiteKind.UNDERPASS: "arch",
    SiteKind.UG_MALL: "house",
    SiteKind.UG_PARKING: "square",
    SiteKind.GEO_HAZARD: "triangle",
    SiteKind.WATERLOG_POINT: "drop",
}
STATE_TONES = {
    SiteState.UNPLACED: "unknown",
    SiteState.UNINSPECTED: "waiting",
    SiteState.FINE: "ok",
    SiteState.DEFECTIVE: "late",
}


@dataclass(frozen=True)
class AnswerGiven:
    """The answer to one item of the checklist, by the item's number in the database."""

    item: int
    result: str
    note: str = ""


@dataclass(frozen=True)
class PhotoGiven:
    """A photograph announced by the SHA-256 of its bytes, for one item or (None) for the site as a whole."""

    sha256: str
    item: int | None = None


@dataclass(frozen=True)
class Asked:
    """What one item of a checklist asks for."""

    item: int
    text: str
    photo_when_failed: bool
    topic: str = ""


@dataclass(frozen=True)
class Visit:
    """Everything a device says about one visit. `position` is (longitude, latitude) in WGS-84."""

    client_uuid: UUID
    answers: Sequence[AnswerGiven]
    photos: Sequence[PhotoGiven] = ()
    occurred_at: datetime | None = None
    position: tuple[float, float] | None = None
    accuracy_m: float | None = None
    note: str = ""
    on_behalf_of: str = ""
    exercise: UUID | None = None

    @property
    def failed_items(self) -> int:
        """How many items did not pass."""
        return sum(answer.result == ItemResult.FAIL for answer in self.answers)


def body_sha256(visit: Visit, *, site: str, checklist: int, by: int) -> str:
    """The hash that tells a repeated upload from a different one under the same id.

    SHA-256 over canonical JSON (sorted keys, no spaces, UTF-8), with answers and photographs in a fixed order: a
    device that lists them differently the second time still says the same thing.
    """
    body = {
        "site": site,
        "checklist": checklist,
        "by": by,
        "answers": sorted([answer.item, answer.result, answer.note] for answer in visit.answers),
        "photos": sorted([photo.sha256, photo.item or 0] for photo in visit.photos),
        "occurred_at": visit.occurred_at.astimezone(UTC).isoformat() if visit.occurred_at else None,
        "position": list(visit.position) if visit.position else None,
        "accuracy_m": visit.accuracy_m,
        "note": visit.note,
        "on_behalf_of": visit.on_behalf_of,
        "exercise": str(visit.exercise) if visit.exercise else None,
    }
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_visit(visit: Visit, items: Sequence[Asked]) -> None:
    """Refuses a visit that leaves an item open, answers one twice or a strange one, or shows no photo of a fault."""
    asked = {item.item: item for item in items}
    given: dict[int, AnswerGiven] = {}
    for answer in visit.answers:
        path = f"answers.{answer.item}"
        if answer.item not in asked:
            raise _refusal(Objection.STRANGE_ITEM, path, item=answer.item)
        if answer.item in given:
            raise _refusal(Objection.ANSWERED_TWICE, path, item=asked[answer.item].text)
        if answer.result not in ItemResult.values:
            raise _refusal(Objection.STRANGE_RESULT, path, item=asked[answer.item].text)
        given[answer.item] = answer
    for item in items:
        if item.item not in given:
            raise _refusal(Objection.UNANSWERED, f"answers.{item.item}", item=item.text)
    shown = {photo.item for photo in visit.photos}
    for photo in visit.photos:
        if not _is_sha256(photo.sha256):
            raise _refusal(Objection.STRANGE_HASH, "photos")
        if photo.item is not None and photo.item not in asked:
            raise _refusal(Objection.STRANGE_ITEM, "photos", item=photo.item)
    for item in items:
        if given[item.item].result == ItemResult.FAIL and item.photo_when_failed and item.item not in shown:
            raise _refusal(Objection.PHOTO_WANTED, f"photos.{item.item}", item=item.text)
    if visit.position and not (-180 <= visit.position[0] <= 180 and -90 <= visit.position[1] <= 90):
        raise _refusal(Objection.STRANGE_POSITION, "position")


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)


def _refusal(objection: Objection, path: str, **params: object) -> Refused:
    return Refused(objection.value, objection.label, field=path, params=params)


def missing_photos(photos: Iterable[PhotoGiven], arrived: Iterable[str]) -> list[PhotoGiven]:
    """The announced photographs whose bytes are still on their way."""
    here = set(arrived)
    return [photo for photo in photos if photo.sha256 not in here]


def is_far(distance_m: float | None, accuracy_m: float | None, *, limit_m: float = FAR_METRES) -> bool:
    """True when the visit was recorded away from the registered place; an unknown distance is held against nobody."""
    return distance_m is not None and distance_m - (accuracy_m or 0.0) > limit_m


def state_of(*, is_placed: bool, failed_items: int | None) -> SiteState:
    """The state of a site; `failed_items`: what is wrong and not written off, None when nobody was there.

    Findings outrank a missing position: a place that is dangerous must not look merely unlocated.
    """
    if failed_items:
        return SiteState.DEFECTIVE
    if not is_placed:
        return SiteState.UNPLACED
    return SiteState.UNINSPECTED if failed_items is None else SiteState.FINE


def member_state(*, is_complete: bool, is_verified: bool) -> MemberState:
    """Where one member of a round stands; a visit whose photographs are missing, or that was sent back, is none yet."""
    if not is_complete:
        return MemberState.MISSING
    return MemberState.DONE if is_verified else MemberState.WAITING


@dataclass(frozen=True)
class Figures:
    """A round in four numbers. `inspected` includes `done`, which another person has verified."""

    required: int = 0
    inspected: int = 0
    done: int = 0
    late: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Both parts together."""
        return Figures(
            self.required + other.required,
            self.inspected + other.inspected,
            self.done + other.done,
            self.late + other.late,
        )

    @property
    def waiting(self) -> int:
        """Inspected and not yet verified."""
        return self.inspected - self.done

    @property
    def missing(self) -> int:
        """Nobody has been there, or not everything has arrived."""
        return self.required - self.inspected

    @property
    def is_whole(self) -> bool:
        """100 %: every frozen member is verified."""
        return self.done == self.required


def figures(states: Iterable[MemberState], *, due_at: datetime, now: datetime) -> Figures:
    """The count of a round's frozen members; late is whatever is not done once the round is due."""
    counted = list(states)
    done = counted.count(MemberState.DONE)
    inspected = done + counted.count(MemberState.WAITING)
    return Figures(len(counted), inspected, done, len(counted) - done if due_at < now else 0)


def is_news(latest: Figures | None, latest_at: datetime | None, found: Figures, *, now: datetime) -> bool:
    """True when a sweep is worth keeping: its figures changed, or the last kept one is ten minutes old."""
    return latest is None or latest_at is None or latest != found or now - latest_at >= SWEEP_KEPT_EVERY


def unexplained(missing: Iterable[str], reasons: Mapping[str, str]) -> list[str]:
    """The site codes that are not done and for which no reason was given."""
    return sorted(code for code in missing if not reasons.get(code, "").strip())


def common_area(codes: Iterable[str]) -> str:
    """The smallest area over all of these; empty when there is none."""
    known = sorted(codes)
    if not known:
        return ""
    first, last = known[0], known[-1]
    shared = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    shared = min(shared, len(last))
    return first[: max((length for length in LENGTHS if length <= shared), default=0)]


@dataclass(frozen=True)
class SiteFilter:
    """What the register is narrowed to; empty fields do not narrow. `gap` is a role nobody holds, or "any"."""

    kind: str = ""
    area_code: str = ""
    state: str = ""
    text: str = ""
    gap: str = ""

    def query(self, **changes: str) -> dict[str, str]:
        """The filter as it stands in an address, with some parts changed."""
        own = {"kind": self.kind, "area_code": self.area_code, "state": self.state, "text": self.text, "gap": self.gap}
        return {name: value for name, value in (own | changes).items() if value}


@dataclass(frozen=True)
class ItemGiven:
    """One item of a checklist to be published."""

    text: str
    photo_when_failed: bool = True
    topic: str = ""


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found in one round: its figures and the codes of the sites that are late."""

    round_id: int
    number: int
    title: str
    counted: Figures
    late_sites: list[str] = field(default_factory=list)
