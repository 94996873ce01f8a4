"""到岗: who came to his shift, by page, by task link or by a word on the telephone."""

from datetime import datetime

from django.contrib.gis.geos import Point

from accounts.models import User
from assignments import actions as duties
from assignments import queries as assignments
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from dutyroster.enums import AttendanceFault, Came, CheckMeans, StandInState
from dutyroster.models import CheckIn, Shift, ShiftDuty, StandIn
from dutyroster.rules.attendance import check_arrival, is_late, refused


def check_in(
    *,
    shift: Shift,
    by: User | None,
    now: datetime,
    kind: str = Came.IN,
    means: str = CheckMeans.PAGE,
    occurred_at: datetime | None = None,
    position: Point | None = None,
) -> CheckIn:
    """Records that the person of a shift came, or left. A second tap returns the first record.

    Whoever records it for another needs the right over the post's area. Coming does the shift's duty, and calls back a
    deputy who has not taken over yet. Raises Refused for a shift that is over, taken over, or begins much later.
    """
    with act("dutyroster.shift.check_in", by=by.actor if by else shift.person.actor):
        row = (
            Shift.objects.select_for_update(of=("self",), no_key=True).select_related("post", "person").get(pk=shift.pk)
        )
        known = CheckIn.objects.filter(shift=row, kind=kind).first()
        if known is not None:
            return known
        at = occurred_at or now
        on_behalf = _on_behalf(row, by)
        _admit(row, kind, at, now)
        came = CheckIn.objects.create(
            shift=row,
            kind=kind,
            is_late=kind == Came.IN and is_late(at, row.starts, row.post.late_minutes),
            occurred_at=at,
            recorded_at=now,
            means=CheckMeans.ON_BEHALF if on_behalf and means == CheckMeans.PAGE else means,
            by=by or row.person,
            by_name=(by or row.person).name,
            on_behalf_of=on_behalf,
            position=position,
        )
        if kind == Came.IN:
            _done(row, by, at, now)
            call_back(row, now)
    return came


def _on_behalf(row: Shift, by: User | None) -> str:
    if by is None or by.pk == row.person_id:
        return ""
    if not by.scope_for("assignments.on_behalf").covers(row.area_code):
        raise refused(AttendanceFault.NOT_YOURS)
    return row.person.name


def _admit(row: Shift, kind: str, at: datetime, now: datetime) -> None:
    if row.published_at is None:
        raise refused(AttendanceFault.TOO_EARLY)
    if row.superseded_at is not None and row.superseded_at <= now:
        raise refused(AttendanceFault.TAKEN_OVER)
    if kind == Came.IN:
        check_arrival(at, row.starts, row.ends, now=now)
    elif at > now:
        raise refused(AttendanceFault.IN_FUTURE, field="occurred_at")
    elif not CheckIn.objects.filter(shift=row, kind=Came.IN).exists():
        raise refused(AttendanceFault.NOT_CAME)


def _done(row: Shift, by: User | None, at: datetime, now: datetime) -> None:
    """The duty to be there is done; it was given at most half an hour before, and he may have come earlier."""
    duty = ShiftDuty.objects.filter(shift=row, assignment__state__in=OPEN).select_related("assignment").first()
    if duty is not None:
        newest = assignments.clocks(duty.assignment).newest
        duties.fulfil(assignment=duty.assignment, by=by or row.person, now=now, occurred_at=max(at, newest))


def call_back(row: Shift, now: datetime, *, besides: int = 0) -> None:
    """Nobody needs to stand in for this shift any more: those still called are told so."""
    waiting = StandIn.objects.filter(shift=row).exclude(state=StandInState.TAKEN).exclude(pk=besides)
    waiting.filter(state__in=(StandInState.CALLED, StandInState.COMING)).update(
        state=StandInState.WITHDRAWN, next_at=None, updated_at=now
    )
    open_duties = Assignment.objects.filter(state__in=OPEN)
    called = open_duties.filter(stand_in__in=waiting)
    told = open_duties.filter(key__startswith=f"dutyroster.empty:{row.pk}:")
    for rows in (list(called.order_by("pk")), list(told.order_by("pk"))):
        if rows:
            duties.cancel_many(assignments=rows, by=None, now=now)
