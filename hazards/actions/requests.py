"""诉求: taken in, settled on the spot or given to somebody with a date, asked back about, closed."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN, Verb
from assignments.models import Assignment
from core.audit import act
from core.rules import Refused
from hazards.enums import Mode, Objection, RequestObjection, RequestVerb
from hazards.models import CitizenRequest, HouseholdCheck, RequestStep
from hazards.queries import request_categories, roll_says
from hazards.rules import CITIZEN_REQUEST, category_named, check_closing_request, check_taking, due_of
from territory.models import Household

_STEPS = {
    Verb.REPORT: RequestVerb.ANSWER,
    Verb.DECLINE: RequestVerb.RETURN,
    Verb.HAND_OVER: RequestVerb.PASS_ON,
}


def take_request(
    *,
    uuid: UUID,
    area_code: str,
    what: str,
    category: str,
    mode: str,
    by: User,
    now: datetime,
    who: str = "",
    phone: str = "",
    place: str = "",
    outcome: str = "",
    received_at: datetime | None = None,
    due_at: datetime | None = None,
    household: Household | None = None,
    check: HouseholdCheck | None = None,
    spoken: bool = False,
    exercise: UUID | None = None,
) -> tuple[CitizenRequest, bool]:
    """受理: takes a request in and says whether it was new. Settled on the spot it has its result at once.

    The same `uuid` and content is the same request. `spoken`: whoever takes it in has told the person the result.
    """
    on_spot = mode == Mode.ON_SPOT
    check_taking(what=what, area_code=area_code, on_spot=on_spot, outcome=outcome)
    if not by.scope_for("requests.take").covers(area_code):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="area_code")
    known_category = category_named(category, request_categories())
    at = min(received_at or now, now)
    due = due_at or due_of(known_category, received_at=at)
    if not on_spot and due <= now:
        raise Refused(RequestObjection.DUE_PAST.value, RequestObjection.DUE_PAST.label, field="due_at")
    told = (area_code, what, category, mode, who, phone, place, outcome, by.pk, str(received_at or ""))
    body = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
    if (known := _known(uuid, body)) is not None:
        return known, False
    if household is not None:
        who, phone = who or household.head_name, phone or roll_says(household)[0]
    row = CitizenRequest(
        uuid=uuid,
        body_sha256=body,
        area_code=area_code,
        household=household,
        check_made=check,
        who=who.strip()[:60],
        phone=phone.strip()[:30],
        place=place.strip()[:160],
        what=what.strip()[:300],
        category=known_category.name,
        mode=mode,
        received_at=at,
        recorded_at=now,
        recorded_by=by,
        due_at=due,
        exercise=exercise,
    )
    if on_spot:
        row.answered_at, row.answered_by, row.outcome = now, by, outcome.strip()[:500]
        row.responsible, row.spoken_at = by.name[:60], now if spoken else None
    return _stored(row, by, now)


def _stored(row: CitizenRequest, by: User, now: datetime) -> tuple[CitizenRequest, bool]:
    try:
        with act("hazards.request.take", by=by.actor), transaction.atomic():
            row.save(force_insert=True)
            _note(row, RequestVerb.TAKE, by=by, now=now, at=row.received_at)
            if row.mode == Mode.ON_SPOT:
                _note(row, RequestVerb.ANSWER, by=by, now=now, note=row.outcome)
    except IntegrityError:
        # Sent twice at once: the other was faster.
        if (known := _known(row.uuid, row.body_sha256)) is None:
            raise
        return known, False
    return row, True


def _known(uuid: UUID, body: str) -> CitizenRequest | None:
    known = CitizenRequest.objects.filter(uuid=uuid).first()
    if known is not None and known.body_sha256 != body:
        raise Refused(RequestObjection.OTHER_BODY.value, RequestObjection.OTHER_BODY.label, field="uuid")
    return known


def give_request(
    *, request: CitizenRequest, handler: User, by: User, now: datetime, due_at: datetime | None = None, note: str = ""
) -> CitizenRequest:
    """交办: one named person owes it by a date. A result that is not good enough is called back so, with the reason.

    Whoever had it before is called back; two who give it at once wait for each other and the last word stands.
    """
    with act("hazards.request.give", by=by.actor):
        # The duty before the request, as whoever reports it takes them.
        list(Assignment.objects.select_for_update(of=("self",), no_key=True).filter(citizen_request=request.pk))
        row = _open(request, by)
        again = row.answered_at is not None
        if again and not note.strip():
            raise Refused(RequestObjection.REASON_WANTED.value, RequestObjection.REASON_WANTED.label, field="note")
        due = due_at or max(row.due_at, now + (row.due_at - row.received_at) / 2)
        if due <= now:
            raise Refused(RequestObjection.DUE_PAST.value, RequestObjection.DUE_PAST.label, field="due_at")
        duty = row.assignment
        if duty is not None and duty.state in OPEN:
            if duty.assignee_id == handler.pk:
                return row
            duties.cancel_many(assignments=[duty], by=by, now=now, note=note)
        given = Assignment.objects.filter(key__startswith=f"request:{row.pk}:").count() + 1
        with translation.override(settings.LANGUAGE_CODE):
            title = _("Request (%(category)s): %(what)s") % {"category": row.category, "what": row.what}
        row.assignment = duties.assign(
            kind=CITIZEN_REQUEST,
            title=title if len(title) <= 120 else f"{title[:119]}…",
            body="\n".join(part for part in (row.what, row.place, note.strip()) if part),
            area_code=row.area_code,
            assignee=handler,
            issued_by=by,
            now=now,
            due_at=due,
            key=f"request:{row.pk}:{given}",
            exercise=row.exercise,
        )
        row.due_at, row.responsible, row.mode = due, handler.name[:60], Mode.DEADLINE
        row.answered_at, row.answered_by, row.outcome, row.spoken_at = None, None, "", None
        row.save()
        verb = RequestVerb.REDO if again else RequestVerb.GIVE
        _note(row, verb, by=by, now=now, note=f"{handler.name} {note.strip()}".strip())
    return row


def follow_request(*, assignment: Assignment, verb: str, now: datetime) -> None:
    """The duty of settling it has moved, by whichever door: the request follows in the same transaction."""
    row = CitizenRequest.objects.select_for_update(of=("self",)).filter(assignment=assignment).first()
    if row is None or row.closed_at is not None:
        return
    if verb == Verb.EXTEND:
        row.due_at = assignment.due_at
        row.save(update_fields=["due_at", "updated_at"])
        return
    step = _STEPS.get(Verb(verb))
    if step is None:
        return
    said = assignment.events.order_by("-pk").first()
    words = (said.note or said.said) if said else ""
    at = said.occurred_at if said else now
    if step == RequestVerb.ANSWER:
        row.answered_at, row.answered_by, row.outcome = at, assignment.reported_by, words[:500]
    elif step == RequestVerb.PASS_ON:
        row.responsible = assignment.assignee_name[:60]
    row.save()
    by = said.by if said else None
    _note(row, step, by=by, now=now, at=at, note=words, by_name=said.by_name if said else "")


def speak_about_request(
    *, request: CitizenRequest, by: User, now: datetime, note: str = "", occurred_at: datetime | None = None
) -> CitizenRequest:
    """已通话: somebody has told whoever asked what was done. By whoever directs it, took it in or settled it."""
    with act("hazards.request.speak", by=by.actor):
        row = _open(request, by, also=True)
        if row.answered_at is None:
            raise Refused(RequestObjection.NO_RESULT.value, RequestObjection.NO_RESULT.label)
        if row.spoken_at is None:
            row.spoken_at = min(occurred_at or now, now)
            row.save(update_fields=["spoken_at", "updated_at"])
            _note(row, RequestVerb.SPEAK, by=by, now=now, at=row.spoken_at, note=note)
    return row


def close_request(*, request: CitizenRequest, by: User, now: datetime, words: str) -> CitizenRequest:
    """回访办结: by another than who settled it, or after speaking with whoever asked."""
    if not words.strip():
        raise Refused(RequestObjection.OUTCOME_WANTED.value, RequestObjection.OUTCOME_WANTED.label, field="words")
    with act("hazards.request.close", by=by.actor):
        row = _open(request, by, also=True)
        check_closing_request(
            by.pk, row.answered_by_id, answered=row.answered_at is not None, spoken=row.spoken_at is not None
        )
        row.closed_at, row.closed_by, row.closing_words = now, by, words.strip()[:300]
        row.save()
        _note(row, RequestVerb.CLOSE, by=by, now=now, note=row.closing_words)
    return row


def _open(request: CitizenRequest, by: User, *, also: bool = False) -> CitizenRequest:
    """The request held until the transaction ends; `also`: whoever took it in or settled it may act too."""
    rows = CitizenRequest.objects.select_for_update(of=("self",)).select_related("assignment")
    row = rows.get(pk=request.pk)
    own = also and by.pk in (row.recorded_by_id, row.answered_by_id)
    if not own and not by.scope_for("requests.handle").covers(row.area_code):
        raise PermissionDenied("requests.handle")
    if row.closed_at is not None:
        raise Refused(RequestObjection.CLOSED.value, RequestObjection.CLOSED.label)
    return row


def _note(
    row: CitizenRequest,
    verb: RequestVerb,
    *,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    note: str = "",
    by_name: str = "",
) -> None:
    RequestStep.objects.create(
        request=row,
        verb=verb,
        by=by,
        by_name=(by.name if by else by_name)[:60],
        occurred_at=at or now,
        recorded_at=now,
        note=note.strip()[:500],
    )
