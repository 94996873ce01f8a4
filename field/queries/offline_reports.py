"""What a phone needs to report without network: places that water may close, and findings with their terms."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Max, Prefetch, Q, Value, When

from accounts.models import User
from assignments.models import AssignmentEvent
from command.models import Closure
from command.queries import Road, roads, state_of
from command.queries.closing import depths_of, limits
from command.rules.closure import DEPTH_BUTTONS, closes
from field.queries.records import MOVES
from hazards.enums import TO_MEND, UNSETTLED, FindingState, Grade, Step
from hazards.models import Finding, FindingStep
from hazards.queries import doers_of
from hazards.rules import FINDING_TONES, GRADE_TONES, finding_is_late

FINDINGS = 150  # one's own to mend first, then the gravest at one's sites
SHALLOW = (0, 3, 5, 10, 15, 20)  # depths that one tap reports where the water goes


def packed_roads(user: User, *, now: datetime) -> list[dict[str, Any]]:
    """The places this person may close with their state, at most 80; three statements."""
    if not user.can("dangers.report"):
        return []
    known = limits()
    decides = user.scope_for("closures.decide")
    return [_road(road, known, user, decides.covers(road.site.area_code)) for road in roads(user, now=now)]


def _road(road: Road, known: Any, user: User, decides: bool) -> dict[str, Any]:
    site, depths = road.site, depths_of(road.site, known)
    return {
        "code": site.code,
        "name": site.name,
        "kind_label": str(site.get_kind_display()),
        "area_code": site.area_code,
        "position": [round(number, 6) for number in site.geometry.centroid.coords] if site.geometry else None,
        "state": road.state.value,
        "state_label": str(road.state.label),
        "tone": road.tone,
        "closing": depths.closing,
        "depths": [[depth, closes(depth, depths.closing)] for depth in sorted({*DEPTH_BUTTONS, depths.closing})],
        "shallow": [depth for depth in SHALLOW if depth < depths.opening],
        "water": _water(road.closure, user, decides) if road.closure else None,
    }


def _water(row: Closure, user: User, decides: bool) -> dict[str, Any]:
    shut = row.closed_at is not None
    return {
        "uuid": str(row.client_uuid),
        "state_label": str(state_of(row).label),
        "depth_cm": row.depth_cm,
        "measured_at": row.measured_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "closed_by": row.closed_by_name,
        "may_ask": shut,
        "may_open": shut and decides and user.pk not in (row.closed_by_id, row.reopen_asked_by_id),
    }


def packed_findings(user: User, sites: Sequence[int], *, now: datetime) -> list[dict[str, Any]]:
    """What this person is to mend, and what is open at his sites, with interim measures and terms; three statements."""
    rows = _findings(user, sites)
    versions = dict(
        AssignmentEvent.objects.filter(assignment__in=[row.assignment_id for row in rows], verb__in=MOVES)
        .values("assignment")
        .annotate(version=Max("pk"))
        .values_list("assignment", "version")
    )
    directs = user.scope_for("assignments.assign")
    return [_finding(row, user, versions, directs.covers(row.area_code), now) for row in rows]


def _findings(user: User, sites: Iterable[int]) -> list[Finding]:
    mine = Q(assignment__assignee=user, state__in=TO_MEND)
    weight = Case(
        When(mine, then=Value(0)),
        When(grade=Grade.MAJOR, then=Value(1)),
        When(grade=Grade.CONSIDERABLE, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    back = FindingStep.objects.filter(step=Step.SEND_BACK).order_by("pk")
    rows = Finding.objects.filter(mine | Q(site__in=list(sites), state__in=UNSETTLED, exercise__isnull=True))
    found = rows.select_related("site", "assignment").prefetch_related(Prefetch("steps", back, to_attr="sent_back"))
    return list(found.order_by(weight, F("due_at").asc(), "pk")[:FINDINGS])


def _finding(row: Finding, user: User, versions: dict[int, int], directs: bool, now: datetime) -> dict[str, Any]:
    late = finding_is_late(row.state, row.due_at, row.control_by, controlled=row.measure_at is not None, now=now)
    state, duty = FindingState(row.state), row.assignment
    back: list[FindingStep] = row.sent_back  # type: ignore[attr-defined]  # prefetched under this name
    return {
        "uuid": str(row.uuid),
        "site": row.site.code,
        "site_name": row.site.name,
        "what": row.what,
        "grade_label": str(Grade(row.grade).label),
        "grade_tone": GRADE_TONES[Grade(row.grade)],
        "state_label": str(state.label),
        "tone": "danger" if late else FINDING_TONES[state],
        "due_at": row.due_at.isoformat(),
        "control_by": row.control_by.isoformat() if row.control_by and row.measure_at is None else None,
        "measure": row.measure,
        "measure_by": row.measure_by,
        "mine": duty is not None and duty.assignee_id == user.pk and row.state in TO_MEND,
        "may_control": row.state in TO_MEND and (directs or user.pk in doers_of(row)),
        "duty": str(duty.uuid) if duty else "",
        "version": versions.get(duty.pk, 0) if duty else 0,
        "returned": back[-1].note if back and state == FindingState.RETURNED else "",
    }
