"""Injects go out: once each, on time, and never in bulk."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from core import actions as core
from core.audit import act
from core.rules import SYSTEM, Refused
from drills import queries, rules
from drills.actions.deliver import Delivered, deliver
from drills.actions.runs import locked
from drills.enums import ClockState, Decision, Objection
from drills.models import DrillRun, FiredDuty, FiredInject, Inject

logger = logging.getLogger(__name__)


def fire_due(*, now: datetime) -> int:
    """Lets out what has fallen due in every running drill and leaves a sign of life; returns how many went out.

    A run that another worker or a controller holds is left to the next tick. What is late waits for a person.
    """
    fired = 0
    for pk in queries.open_runs().values_list("pk", flat=True):
        with act("drills.run.fire", by=SYSTEM):
            run = (
                DrillRun.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("plan")
                .filter(pk=pk)
                .first()
            )
            if run is not None:
                fired += _fire(run, now)
    core.tick("drills.fire_due", now=now)
    return fired


def _fire(run: DrillRun, now: datetime) -> int:
    events = queries.clock_events(run)
    state, passed = rules.clock_state(events, now), rules.exercise_time(events, now)
    if state != ClockState.RUNNING:
        return 0
    controller = queries.controller(run)
    due = [
        inject
        for inject in queries.waiting_injects(run)
        if rules.decide(timedelta(minutes=inject.minute), passed, state, needs_controller=inject.needs_controller)
        == Decision.FIRE
    ]
    for inject in due:
        _let_out(run, inject, passed, controller, None, now)
    return len(due)


def let_out(*, run: DrillRun, inject: Inject, by: User, now: datetime) -> FiredInject:
    """发出: the controller lets an inject out now, late or early. Refused while the clock stands, or a second time."""
    with act("drills.inject.fire", by=by.actor):
        row = locked(run)
        passed = _admitted(row, inject, now, running=True)
        return _let_out(row, inject, passed, by, by, now)


def skip(*, run: DrillRun, inject: Inject, by: User, now: datetime, reason: str = "") -> FiredInject:
    """跳过: the inject does not go out in this run any more."""
    with act("drills.inject.skip", by=by.actor):
        row = locked(run)
        passed = _admitted(row, inject, now, running=False)
        return FiredInject.objects.create(
            run=row,
            inject=inject,
            at=now,
            exercise_seconds=int(passed.total_seconds()),
            by=by,
            is_skipped=True,
            reason=reason.strip()[:200],
        )


def _admitted(run: DrillRun, inject: Inject, now: datetime, *, running: bool) -> timedelta:
    events = queries.clock_events(run)
    state = rules.clock_state(events, now)
    if state == ClockState.STOPPED:
        raise Refused(Objection.STOPPED.value, Objection.STOPPED.label)
    if state == ClockState.WAITING or (running and state != ClockState.RUNNING):
        raise Refused(Objection.NOT_RUNNING.value, Objection.NOT_RUNNING.label)
    if run.fired.filter(inject=inject).exists():
        raise Refused(Objection.FIRED.value, Objection.FIRED.label)
    return rules.exercise_time(events, now)


def _let_out(
    run: DrillRun, inject: Inject, passed: timedelta, controller: User, by: User | None, now: datetime
) -> FiredInject:
    """Delivers and notes it in one transaction under the run's lock: after a crash it goes out again as a whole."""
    try:
        with transaction.atomic():
            made = deliver(run=run, inject=inject, controller=controller, now=now)
    except Refused as refused:
        # One inject that cannot go out must not stop the drill: it is kept with what went wrong, for the controller.
        logger.warning("inject %s of run %s: %s", inject.number, run.pk, refused.code)
        made = Delivered(fault=str(refused) or gettext("It could not go out."))
    fired = FiredInject.objects.create(
        run=run,
        inject=inject,
        at=now,
        exercise_seconds=int(passed.total_seconds()),
        by=by,
        broadcast=made.broadcast,
        ref=made.ref,
        url=made.url,
        fault=made.fault[:300],
    )
    FiredDuty.objects.bulk_create(FiredDuty(fired=fired, assignment=duty) for duty in made.duties)
    return fired
