"""Playing a plan: who takes part, and the clock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext

from accounts.models import PersonContact, User
from assignments import actions as duties
from assignments.enums import CLOSED as DUTY_CLOSED
from assignments.models import Assignment
from core.audit import act
from core.rules import Actor, Refused
from drills import queries, rules
from drills.enums import Objection, PlanState, RunVerb
from drills.models import DrillPlan, DrillRun, Participant, RunEvent
from messaging import actions as messages
from messaging.enums import State as DeliveryState
from messaging.models import Broadcast, Delivery, Enlisted


def make_run(*, plan: DrillPlan, people: Sequence[User], by: User) -> DrillRun:
    """A run of a finished plan with those who take part. Nothing goes out before its clock starts.

    Their telephones are enlisted here: no other one can get a message of this exercise.
    """
    with act("drills.run.make", by=by.actor):
        row = DrillPlan.objects.select_for_update().get(pk=plan.pk)
        if row.state != PlanState.READY:
            raise Refused(Objection.NOT_READY.value, Objection.NOT_READY.label)
        points = set(
            PersonContact.objects.filter(user__in=people, user__is_active=True).values_list(
                "contact_point_id", flat=True
            )
        )
        if not points:
            raise Refused(Objection.NOBODY.value, Objection.NOBODY.label, field="people")
        last = row.runs.aggregate(last=Max("number"))["last"] or 0
        run = DrillRun.objects.create(plan=row, number=last + 1, area_code=row.area_code, made_by=by)
        Participant.objects.bulk_create(Participant(run=run, person=person) for person in people)
        Enlisted.objects.bulk_create(Enlisted(exercise=run.uuid, contact_point_id=point) for point in sorted(points))
    return run


def turn_clock(*, run: DrillRun, verb: RunVerb, by: User, now: datetime, minutes: int = 0) -> DrillRun:
    """Starts, pauses, goes on, puts forward by `minutes`, or stops. Two who press at once: the second is told.

    Stopping withdraws what of the exercise is still open or not sent yet; nothing is deleted.
    """
    with act(f"drills.run.{verb.value}", by=by.actor):
        row = locked(run)
        seconds = minutes * 60 if verb == RunVerb.SKEW else 0
        rules.admit(verb, queries.clock_events(row), now=now, seconds=seconds)
        RunEvent.objects.create(run=row, verb=verb, at=now, seconds=seconds, by=by, by_name=by.name)
        if verb == RunVerb.STOP:
            _withdraw(row.uuid, by, now)
    return row


def locked(run: DrillRun) -> DrillRun:
    """The run, held until the transaction ends: its clock and its injects are changed by one at a time."""
    return DrillRun.objects.select_for_update(of=("self",)).select_related("plan").get(pk=run.pk)


def _withdraw(exercise: UUID, by: User, now: datetime) -> None:
    """Messages first: whoever had not heard of his duty need not hear of it now."""
    _silence(exercise, by.actor, now)
    open_duties = Assignment.objects.filter(exercise=exercise).exclude(state__in=DUTY_CLOSED)
    duties.cancel_many(assignments=open_duties, by=by, now=now, note=gettext("The drill has been stopped."))


def _silence(exercise: UUID, by: Actor, now: datetime) -> None:
    waiting = Delivery.objects.filter(broadcast=OuterRef("pk"), state=DeliveryState.QUEUED)
    for broadcast in Broadcast.objects.filter(Exists(waiting), exercise=exercise).order_by("pk"):
        messages.cancel(broadcast=broadcast, by=by, now=now)
