"""查岗: drawn in advance, hidden, called twice, and judged by a person."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from core.rules import SYSTEM
from dutyroster.actions.check_in import call_back, check_in
from dutyroster.actions.stand_in import call_deputy
from dutyroster.enums import AttendanceFault, Came, CheckMeans, Outcome
from dutyroster.models import CheckIn, DutyPost, RollCall, RollCallTarget, Shift, StandIn
from dutyroster.queries.attendance import running
from dutyroster.rules.attendance import ROLL_CALL, answer, check_window, draw, refused, unanswered
from territory.rules import scope_of

BATCH = 200


def order_roll_call(
    *,
    area_code: str,
    window_from: datetime,
    window_until: datetime,
    answer_minutes: int,
    by: User,
    now: datetime,
    posts: Iterable[DutyPost] = (),
    exercise: UUID | None = None,
    seed: str = "",
) -> RollCall:
    """Orders a roll call over an area; its moment is drawn now and told to nobody it will call. No posts: all."""
    if not by.scope_for("rollcalls.order").covers(area_code):
        raise refused(AttendanceFault.OUTSIDE, field="area_code")
    check_window(window_from, window_until, answer_minutes, now=now)
    begins, drawn_by = max(window_from, now), seed or secrets.token_hex(16)
    with act("dutyroster.roll_call.order", by=by.actor):
        call = RollCall.objects.create(
            area_code=area_code,
            window_from=begins,
            window_until=window_until,
            at=draw(drawn_by, begins, window_until),
            seed=drawn_by,
            answer_minutes=answer_minutes,
            ordered_by=by,
            ordered_by_name=by.name,
            exercise=exercise,
        )
        call.posts.set(posts)
    return call


def call_off(*, roll_call: RollCall, by: User, now: datetime) -> RollCall:
    """Calls a roll call off before it has begun."""
    with act("dutyroster.roll_call.call_off", by=by.actor):
        row = RollCall.objects.select_for_update().get(pk=roll_call.pk)
        if row.started_at is not None:
            raise refused(AttendanceFault.STARTED)
        if row.cancelled_at is None:
            row.cancelled_at = now
            row.save(update_fields=["cancelled_at", "updated_at"])
    return row


def call_roll(*, now: datetime) -> int:
    """Starts the roll calls whose moment has come and carries on with those under way; returns how many it touched."""
    with act("dutyroster.roll_call.call", by=SYSTEM):
        return _start_due(now) + _chase(now) + _finish(now)


def _start_due(now: datetime) -> int:
    due = list(
        RollCall.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(at__lte=now, started_at__isnull=True, cancelled_at__isnull=True)
        .order_by("at", "pk")[:20]
    )
    for call in due:
        # A platform that slept through the window calls nobody at an hour that nobody ordered: it stays unheld.
        if now >= call.window_until + timedelta(minutes=call.answer_minutes):
            call.cancelled_at = now
        else:
            call.started_at = now
            _call_everybody(call, now)
        call.save(update_fields=["started_at", "cancelled_at", "updated_at"])
    return len(due)


def _call_everybody(call: RollCall, now: datetime) -> None:
    shifts = running(now).in_scope(scope_of(call.area_code)).select_related("post", "person").order_by("pk")
    posts = [post.pk for post in call.posts.all()]
    rows = list(shifts.filter(post_id__in=posts) if posts else shifts)
    answer_by = now + timedelta(minutes=call.answer_minutes)
    with translation.override(settings.LANGUAGE_CODE):
        given = duties.assign_many(
            [
                duties.Duty(
                    title=_("Roll call: are you at %(post)s?") % {"post": row.post.name},
                    body=_("Answer within %(minutes)s minutes by pressing “Received”.")
                    % {"minutes": call.answer_minutes},
                    area_code=row.area_code,
                    assignee=row.person,
                    due_at=answer_by,
                    key=f"dutyroster.roll_call:{call.pk}:{row.pk}",
                )
                for row in rows
            ],
            kind=ROLL_CALL,
            issued_by=None,
            now=now,
            exercise=call.exercise,
        )
    RollCallTarget.objects.bulk_create(
        RollCallTarget(roll_call=call, shift=row, person=row.person, assignment=duty, next_at=answer_by)
        for row, duty in zip(rows, given, strict=True)
    )


def _chase(now: datetime) -> int:
    """The first silence is answered by the duty's own reminder, the second by suspicion and a deputy."""
    silent = list(
        RollCallTarget.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(next_at__lte=now, outcome=Outcome.WAITING)
        .select_related("roll_call", "shift__post", "shift__person")
        .order_by("pk")[:BATCH]
    )
    for target in silent:
        step = unanswered(target.calls, target.roll_call.answer_minutes, now=now)
        target.calls, target.outcome, target.next_at = step.calls, step.outcome, step.next_at
        target.save(update_fields=["calls", "outcome", "next_at"])
        # A rehearsal finds out who answers; it sends no deputy to a real post.
        if step.outcome == Outcome.SUSPECTED and target.roll_call.exercise is None:
            _replace(target.shift, now)
    return len(silent)


def _replace(shift: Shift, now: datetime) -> None:
    if shift.superseded_at is None and not StandIn.objects.filter(shift=shift, next_at__isnull=False).exists():
        call_deputy(shift=shift, now=now)


def _finish(now: datetime) -> int:
    over = RollCall.objects.filter(started_at__isnull=False, finished_at__isnull=True).exclude(
        targets__outcome__in=(Outcome.WAITING, Outcome.SUSPECTED)
    )
    return RollCall.objects.filter(pk__in=over.values("pk")).update(finished_at=now, updated_at=now)


def answered(*, target: RollCallTarget, by: User | None, now: datetime) -> RollCallTarget:
    """The person called has answered: in time, or late. What a person has judged stands."""
    with act("dutyroster.roll_call.answer", by=by.actor if by else target.person.actor):
        row = (
            RollCallTarget.objects.select_for_update(of=("self",))
            .select_related("roll_call", "shift__person", "assignment")
            .get(pk=target.pk)
        )
        if row.answered_at is not None:
            return row
        row.outcome, row.answered_at, row.next_at = answer(row.calls, row.outcome), now, None
        row.save(update_fields=["outcome", "answered_at", "next_at"])
        if row.assignment.state in OPEN:
            duties.fulfil(assignment=row.assignment, by=by or row.person, now=now)
        if row.roll_call.exercise is None:
            _there(row, now)
    return row


def cannot_answer(*, target: RollCallTarget, now: datetime, note: str) -> None:
    """He says that he is not there: a deputy is called at once, and a person judges the reason he gave."""
    with act("dutyroster.roll_call.answer", by=target.person.actor):
        row = RollCallTarget.objects.select_for_update(of=("self",)).select_related("roll_call").get(pk=target.pk)
        if row.outcome != Outcome.WAITING:
            return
        row.outcome, row.next_at, row.note = Outcome.SUSPECTED, None, note.strip()[:200]
        row.save(update_fields=["outcome", "next_at", "note"])
        if row.roll_call.exercise is None:
            _replace(row.shift, now)


def _there(row: RollCallTarget, now: datetime) -> None:
    """Whoever answers is there: it counts as his check-in if he has forgotten it, and nobody has to stand in."""
    shift = row.shift
    if shift.superseded_at is not None or now >= shift.ends:
        return
    if CheckIn.objects.filter(shift=shift, kind=Came.IN).exists():
        call_back(shift, now)
    else:
        check_in(shift=shift, by=row.person, now=now, means=CheckMeans.ROLL_CALL)


def confirm_absence(*, target: RollCallTarget, by: User, now: datetime, note: str) -> RollCallTarget:
    """脱岗: a person confirms what the machine suspected, with his reason. Nobody judges himself."""
    return _judge(target, Outcome.CONFIRMED, by=by, now=now, note=note)


def excuse(*, target: RollCallTarget, by: User, now: datetime, note: str) -> RollCallTarget:
    """There was a reason for the silence."""
    return _judge(target, Outcome.EXCUSED, by=by, now=now, note=note)


def _judge(target: RollCallTarget, outcome: Outcome, *, by: User, now: datetime, note: str) -> RollCallTarget:
    if target.person_id == by.pk:
        raise refused(AttendanceFault.OWN_ABSENCE)
    if not note.strip():
        raise refused(AttendanceFault.REASON, field="note")
    with act("dutyroster.roll_call.judge", by=by.actor):
        row = RollCallTarget.objects.select_for_update(of=("self",)).select_related("roll_call").get(pk=target.pk)
        if not by.scope_for("rollcalls.confirm").covers(row.roll_call.area_code):
            raise refused(AttendanceFault.OUTSIDE)
        if row.outcome == Outcome.WAITING:
            raise refused(AttendanceFault.STILL_CALLED)
        if row.outcome != Outcome.SUSPECTED:
            raise refused(AttendanceFault.SETTLED)
        row.outcome, row.confirmed_by, row.confirmed_at, row.note = outcome, by, now, note.strip()[:200]
        row.save(update_fields=["outcome", "confirmed_by", "confirmed_at", "note"])
        left = Assignment.objects.filter(state__in=OPEN, roll_call_target=row)
        duties.cancel_many(assignments=left, by=by, now=now, note=row.note)
    return row
