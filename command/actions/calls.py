"""一键叫应: calls everybody who must answer, the deputy of whoever is silent, and records who was spoken to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN, Means
from assignments.models import Assignment
from assignments.rules import GOT_IT
from command import queries, rules
from command.actions.refusals import ask_leave, refuse, wait_turn
from command.actions.timeline import record
from command.enums import EntryKind, Objection
from command.models import CallOut, CallTarget, OrderReceiver, Response
from core.audit import act

# A call-out pressed again this soon is the same one: nobody is called twice for a trembling thumb.
ONE_PRESS = timedelta(seconds=60)


def call_out(
    *,
    area_code: str,
    text: str,
    by: User,
    now: datetime,
    exercise: UUID | None = None,
    response: Response | None = None,
    level: int | None = None,
) -> CallOut:
    """Calls out who leads, who is on duty and one officer of every sub-district, each once; answers with the call-out.

    At a `level` the call list says which of these rungs are called and within how many minutes each answers.

    The same press within a minute is the same call-out, unless that is closed. Raises Refused when there is nobody.
    """
    ask_leave(by, area_code, "orders.give", exercise=exercise)
    words = text.strip()[:200]
    if not words:
        raise refuse(Objection.NO_TEXT, field="text")
    with act("command.call_out.order", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        wait_turn("command.call_out", area_code, exercise)
        same = CallOut.objects.filter(
            area_code=area_code, text=words, ordered_by=by, exercise=exercise, response=response
        )
        if again := same.filter(ordered_at__gt=now - ONE_PRESS, closed_at__isnull=True).first():
            return again
        callees = queries.callees(area_code, now=now, but=by, level=level)
        if not callees:
            raise refuse(Objection.NOBODY)
        made = CallOut.objects.create(
            area_code=area_code,
            text=words,
            ordered_by=by,
            ordered_at=now,
            response=response,
            level=level,
            exercise=exercise,
        )
        given = _duties(made, callees, words, by, now)
        CallTarget.objects.bulk_create(
            CallTarget(call_out=made, assignment=duty, post=each.post[:60], rank=rank)
            for rank, (each, duty) in enumerate((each, given[each.person.pk]) for each in callees)
        )
        _note(made, _("Called out %(count)d people: %(text)s") % {"count": len(callees), "text": words}, by, now)
    return made


def _duties(
    made: CallOut, callees: Sequence[queries.Callee], words: str, by: User, now: datetime
) -> dict[int, Assignment]:
    """One duty each, by person; one broadcast for each time to answer."""
    found: dict[int, Assignment] = {}
    for minutes in sorted({each.minutes for each in callees}):
        rung = [each for each in callees if each.minutes == minutes]
        given = duties.assign_many(
            [
                duties.Duty(
                    title=_("Call-out: %(text)s") % {"text": words},
                    area_code=each.area_code,
                    assignee=each.person,
                    key=f"call_out:{made.pk}:{each.person.pk}",
                )
                for each in rung
            ],
            kind=rules.answering_within(minutes),
            issued_by=by,
            now=now,
            exercise=made.exercise,
        )
        found |= {each.person.pk: duty for each, duty in zip(rung, given, strict=True)}
    return found


def call_deputy(*, target: CallTarget, by: User, now: datetime, to: User | None = None) -> CallTarget:
    """改叫副职: calls `to`, else the deputy that the list shows, in place of somebody who does not answer."""
    with act("command.call_out.pass_on", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        row = _locked(target, by)
        deputy = to or queries.deputies([row], now=now).get(row.pk)
        if deputy is None:
            raise refuse(Objection.NO_DEPUTY)
        before = row.assignment.assignee_name
        try:
            duties.hand_over(assignment=row.assignment, to=deputy, by=by, now=now, note=_("The deputy is called."))
        except PermissionDenied as error:
            raise refuse(Objection.NOT_ALLOWED) from error
        row.passed_from = row.passed_from or before
        row.save(update_fields=["passed_from"])
        _note(
            row.call_out,
            _("%(who)s does not answer: %(deputy)s is called") % {"who": before, "deputy": deputy.name},
            by,
            now,
        )
    return row


def reached_by_hand(
    *,
    target: CallTarget,
    by: User,
    now: datetime,
    note: str = "",
    occurred_at: datetime | None = None,
    option: str = GOT_IT.key,
) -> CallTarget:
    """人工已联系: records for the person called that he was spoken to, and which of the answers he gave."""
    with act("command.call_out.by_hand", by=by.actor):
        row = _locked(target, by)
        duties.answer(
            assignment=row.assignment,
            option=option,
            by=by,
            now=now,
            occurred_at=occurred_at,
            means=Means.PHONE_CALL,
            on_behalf_of=row.assignment.assignee_name,
            note=note,
        )
        row.refresh_from_db()
    return row


def close_call_out(*, call_out: CallOut, by: User, now: datetime) -> CallOut:
    """Closes a call-out: who has not answered is called no more."""
    ask_leave(by, call_out.area_code, "orders.give", exercise=call_out.exercise)
    with act("command.call_out.close", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        row = CallOut.objects.select_for_update().get(pk=call_out.pk)
        if row.closed_at is not None:
            return row
        row.closed_at, row.closed_by = now, by
        row.save(update_fields=["closed_at", "closed_by", "updated_at"])
        waiting = list(Assignment.objects.filter(call_target__call_out=row, state__in=OPEN))
        duties.cancel_many(assignments=waiting, by=by, now=now)
        _note(row, _("Call-out closed, %(count)d had not answered") % {"count": len(waiting)}, by, now)
    return row


def take_answer(*, assignment: Assignment, by: User | None, now: datetime, means: Means = Means.PAGE) -> None:
    """An acknowledgement is all that a call-out asks for: the duty is done with it. Inside the answer's transaction."""
    target = CallTarget.objects.filter(assignment=assignment).first()
    if target is None:
        return
    if means == Means.PHONE_CALL:
        target.by_hand = True
        target.save(update_fields=["by_hand"])
    if assignment.state in OPEN:
        duties.fulfil(assignment=assignment, by=by, now=now, occurred_at=assignment.acknowledged_at)


def note_support(*, assignment: Assignment, by: User | None, now: datetime) -> None:
    """Writes on the timeline that somebody called out, or given an order, needs support."""
    target = CallTarget.objects.filter(assignment=assignment).select_related("call_out").first()
    receiver = OrderReceiver.objects.filter(assignment=assignment).select_related("order").first()
    if target is None and receiver is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = _("%(who)s wants support: %(title)s")
        text = words % {"who": assignment.answered_by or assignment.assignee_name, "title": assignment.title}
    if target:
        ref, url = f"call_out:{target.call_out_id}", reverse("command:call_out", args=[target.call_out.uuid])
    elif receiver:
        ref, url = f"order:{receiver.order_id}", reverse("command:order", args=[receiver.order.uuid])
    record(
        kind=EntryKind.CALL_OUT if target else EntryKind.ORDER,
        text=text,
        area_code=assignment.area_code,
        by=by,
        now=now,
        ref=ref,
        url=url,
        by_name="" if by else assignment.assignee_name,
        exercise=assignment.exercise,
    )


def _locked(target: CallTarget, by: User) -> CallTarget:
    row = (
        CallTarget.objects.select_for_update(of=("self",))
        .select_related("call_out", "assignment__assignee")
        .get(pk=target.pk)
    )
    ask_leave(by, row.call_out.area_code, "orders.give", exercise=row.call_out.exercise)
    if row.call_out.closed_at is not None:
        raise refuse(Objection.CALLS_CLOSED)
    if row.assignment.acknowledged_at is not None or row.assignment.state not in OPEN:
        raise refuse(Objection.ANSWERED)
    return row


def _note(call_out: CallOut, text: str, by: User, now: datetime) -> None:
    record(
        kind=EntryKind.CALL_OUT,
        text=text,
        area_code=call_out.area_code,
        by=by,
        now=now,
        ref=f"call_out:{call_out.pk}",
        url=reverse("command:call_out", args=[call_out.uuid]),
        exercise=call_out.exercise,
    )
