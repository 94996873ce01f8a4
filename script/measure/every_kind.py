"""A record of every kind that a phone sends, what it is about, and where it must stand afterwards, once and whole.

Every kind of `field.actions.kinds` has its line here: one that lacks it ends the run before it begins.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.models import Visit
from assignments.models import AssignmentEvent
from command.models import ClosureAct, Danger, DangerAct
from field.actions.kinds import KINDS
from field.enums import RecordKind
from hazards import actions as hazards
from hazards.enums import Phase, RainStage, Step
from hazards.models import (
    Finding,
    FindingPhoto,
    FindingStep,
    HouseholdCheck,
    Inspection,
    InspectionPhoto,
    PatrolPoint,
)
from tests import factories
from tests.alerts.situations import household_of, issued
from tests.casts import SUBDISTRICT, Cast
from tests.hazards.doors import door_questions

Told = dict[str, Any]
Count = Counter[str]
Photos = Counter[tuple[str, str]]  # (record, SHA-256)


@dataclass(frozen=True)
class Played:
    """One kind: what a record of it says, how many photographs it carries, and what stands of all of them later."""

    photos: int
    body: Callable[["Ground", int], Told]
    acts: Callable[["Ground"], Iterable[str]]
    shown: Callable[["Ground"], Iterable[tuple[str, str]]]


class Ground:
    """The district of the run; `about` says which record speaks of which row (finding, duty, point, site)."""

    def __init__(self, cast: Cast, now: datetime, each: int) -> None:
        self.cast, self.now, self.each = cast, now, each
        self.about: dict[tuple[str, str], str] = {}
        self.homes = [factories.household() for _number in range(each)]
        self.notice = issued(cast)
        self.points = self._walk()

    def _walk(self) -> list[PatrolPoint]:
        """One walk with a point for each record."""
        cast, now = self.cast, self.now
        route = hazards.make_route(name="上传线", area_code=SUBDISTRICT, by=cast.duty_officer, now=now)
        places = [(factories.site(name=f"巡查 {number}"), 30) for number in range(self.each + 1)]
        hazards.set_points(route=route, points=places, by=cast.duty_officer)
        hazards.set_term(
            route=route, stage=RainStage.DURING, interval_minutes=1440, person=cast.grid_worker, by=cast.duty_officer
        )
        watch = hazards.open_watch(area_code=SUBDISTRICT, stage=RainStage.DURING, by=cast.duty_officer, now=now)
        return list(watch.runs.get().points.order_by("order"))

    def finding(self) -> Finding:
        """One that the worker is to mend."""
        row = hazards.report_finding(
            uuid=uuid.uuid4(), site=factories.site(), what="挡水板缺失", by=self.cast.subdistrict_officer, now=self.now
        )
        return hazards.assign_finding(finding=row, by=self.cast.duty_officer, fixer=self.cast.grid_worker, now=self.now)

    def speaks_of(self, kind: str, row: object, record: str) -> None:
        """Notes which record is about this row."""
        self.about[kind, str(row)] = record

    def record_of(self, kind: str, row: object) -> str:
        """The record about this row; a name of its own where none is, so that it counts as doubled."""
        return self.about.get((kind, str(row)), f"nobody sent {kind} {row}")


def _answers(items: Iterable[Any]) -> list[Told]:
    return [{"item": item.pk, "result": "pass"} for item in items]


def _inspection(ground: Ground, number: int) -> Told:
    place = factories.site(name=f"上传 {number}")
    used = factories.checklist(place.kind)
    return {"site": place.code, "checklist": used.pk, "answers": _answers(used.items.all())}


def _door(ground: Ground, number: int) -> Told:
    return {"audience": household_of(ground.notice, ground.homes[number]).pk, "outcome": "told"}


def _duty(ground: Ground, number: int) -> Told:
    duty = factories.duty(of=ground.cast.grid_worker, kind="order", now=ground.now)
    return {"duty": str(duty.uuid), "verb": "report", "note": "已办"}


def _danger(ground: Ground, number: int) -> Told:
    return {"kind": "waterlogging", "place": f"第 {number} 号桥下"}


def _closure(ground: Ground, number: int) -> Told:
    return {"site": factories.site(name=f"断行 {number}").code, "verb": "water", "depth_cm": 40}


def _fix(ground: Ground, number: int) -> Told:
    return {"finding": str(ground.finding().uuid), "words": "已更换"}


def _household(ground: Ground, number: int) -> Told:
    used = door_questions()
    return {
        "household": ground.homes[number].pk, "outcome": "checked", "checklist": used.pk,
        "answers": _answers(used.items.all()),
    }  # fmt: skip


def _point(ground: Ground, number: int) -> Told:
    return {"point": ground.points[number].pk, "note": "水位平稳"}


def _control(ground: Ground, number: int) -> Told:
    return {"finding": str(ground.finding().uuid), "measure": "拉警戒线"}


def _names(rows: Iterable[Any]) -> list[str]:
    return [str(name) for name in rows]


def _pairs(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(name), sha256) for name, sha256 in rows]


def _nothing(ground: Ground) -> list[tuple[str, str]]:
    return []


def _steps(kind: str, step: Step) -> Callable[[Ground], list[str]]:
    def acts(ground: Ground) -> list[str]:
        rows = FindingStep.objects.filter(step=step).values_list("finding__uuid", flat=True)
        return [ground.record_of(kind, row) for row in rows]

    return acts


def _mended_photos(ground: Ground) -> list[tuple[str, str]]:
    rows = FindingPhoto.objects.filter(phase=Phase.AFTER).values_list("finding__uuid", "media_id")
    return [(ground.record_of("fix", row), sha256) for row, sha256 in rows]


def _reported(ground: Ground) -> Any:
    return AssignmentEvent.objects.filter(verb="report", assignment__kind="order")


def _closings(ground: Ground) -> Any:
    return ClosureAct.objects.select_related("closure")


PLAYED: dict[str, Played] = {
    RecordKind.INSPECTION: Played(
        2,
        _inspection,
        lambda ground: _names(Inspection.objects.values_list("client_uuid", flat=True)),
        lambda ground: _pairs(InspectionPhoto.objects.values_list("inspection__client_uuid", "media_id")),
    ),
    RecordKind.DOOR_VISIT: Played(
        0, _door, lambda ground: _names(Visit.objects.values_list("client_uuid", flat=True)), _nothing
    ),
    RecordKind.DUTY_ANSWER: Played(
        1,
        _duty,
        lambda ground: [
            ground.record_of("duty_answer", row) for row in _reported(ground).values_list("assignment__uuid", flat=True)
        ],
        lambda ground: [
            (ground.record_of("duty_answer", row), sha256)
            for row, sha256 in _reported(ground)
            .exclude(photo_sha256="")
            .values_list("assignment__uuid", "photo_sha256")
        ],
    ),
    RecordKind.DANGER: Played(
        2,
        _danger,
        lambda ground: _names(Danger.objects.values_list("uuid", flat=True)),
        lambda ground: _pairs(DangerAct.objects.exclude(photo=None).values_list("danger__uuid", "photo_id")),
    ),
    RecordKind.CLOSURE: Played(
        2,
        _closure,
        lambda ground: _names(_closings(ground).filter(verb="close").values_list("closure__client_uuid", flat=True)),
        lambda ground: _pairs(_closings(ground).exclude(photo=None).values_list("closure__client_uuid", "photo_id")),
    ),
    RecordKind.FIX: Played(2, _fix, _steps("fix", Step.SUBMIT), _mended_photos),
    RecordKind.HOUSEHOLD: Played(
        1,
        _household,
        lambda ground: _names(HouseholdCheck.objects.values_list("client_uuid", flat=True)),
        lambda ground: _pairs(HouseholdCheck.objects.exclude(photo=None).values_list("client_uuid", "photo_id")),
    ),
    RecordKind.PATROL_POINT: Played(
        1,
        _point,
        lambda ground: [
            ground.record_of("patrol_point", row)
            for row in PatrolPoint.objects.exclude(checked_at=None).values_list("pk", flat=True)
        ],
        lambda ground: [
            (ground.record_of("patrol_point", row), sha256)
            for row, sha256 in PatrolPoint.objects.exclude(photo=None).values_list("pk", "photo_id")
        ],
    ),
    RecordKind.CONTROL: Played(0, _control, _steps("control", Step.CONTROL), _nothing),
}
SUBJECTS = {"duty_answer": "duty", "fix": "finding", "patrol_point": "point", "control": "finding"}


def record(ground: Ground, kind: str, number: int, hashes: list[str]) -> Told:
    """The record as a phone seals it."""
    name = str(uuid.uuid4())
    body = PLAYED[kind].body(ground, number)
    if subject := SUBJECTS.get(kind):
        ground.speaks_of(kind, body[subject], name)
    return {
        "client_uuid": name,
        "kind": kind,
        "captured_at": ground.now.isoformat(),
        "position": [113.31, 33.74],
        "photos": [{"sha256": each} for each in hashes],
        "body": body,
    }


def unplayed() -> set[str]:
    """Kinds that the product takes in and this run does not send."""
    return {str(kind) for kind in KINDS} - {str(kind) for kind in PLAYED}


def found(ground: Ground) -> tuple[dict[str, Count], dict[str, Photos]]:
    """What stands in the tables of each kind: its records and its photographs, counted."""
    acts = {kind: Counter(played.acts(ground)) for kind, played in PLAYED.items()}
    photos = {kind: Counter(played.shown(ground)) for kind, played in PLAYED.items()}
    return acts, photos
