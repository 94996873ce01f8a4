"""What was found at a door."""

from datetime import datetime
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from accounts.models import User
from alerts.actions.answers import record_answer
from alerts.actions.refusals import refuse
from alerts.actions.settle import settle_duty
from alerts.enums import Choice, Objection, Via, VisitOutcome
from alerts.models import AudienceHousehold, Visit
from alerts.queries import may_visit
from core.audit import act


def record_visit(
    *,
    client_uuid: UUID,
    audience: AudienceHousehold,
    outcome: VisitOutcome,
    by: User,
    now: datetime,
    occurred_at: datetime | None = None,
    note: str = "",
    position: tuple[float, float] | None = None,
    accuracy_m: float | None = None,
) -> Visit:
    """已告知 · 无人 · 拒绝 · 需救助, with the device's own id: the same visit twice is one, a different one under
    the same id is refused. The grid's duty is reported when its last door is settled.

    `position` is where the device was (longitude, latitude in WGS-84), where it said so.
    """
    visit = Visit(
        client_uuid=client_uuid,
        audience=audience,
        outcome=outcome,
        note=note.strip()[:200],
        by=by,
        by_name=by.name,
        occurred_at=occurred_at or now,
        recorded_at=now,
        position=Point(*position, srid=4326) if position else None,
        accuracy_m=accuracy_m if position else None,
    )
    return _stored(visit, note, there=by, by=by, now=now)


def record_visit_for(
    *,
    client_uuid: UUID,
    audience: AudienceHousehold,
    outcome: VisitOutcome,
    visitor: User,
    by: User,
    now: datetime,
    occurred_at: datetime,
    told_by: str = "",
    note: str = "",
) -> Visit:
    """代录: what a worker without his phone found at a door, as it was told by telephone. It counts as his visit, with
    who wrote it down and who told it (`told_by`; empty: he himself). The same form twice is one visit.

    Refused to whoever records for nobody in that area, for himself, for somebody who had no business at the door, and
    of a time before the notice went out (to the minute: that is what a form asks).
    """
    if not by.scope_for("assignments.on_behalf").covers(audience.area_code):
        raise refuse(Objection.NOT_MY_DOOR)
    if visitor.pk == by.pk:
        raise refuse(Objection.NO_VISITOR, field="visitor")
    issued_at = audience.notice.issued_at
    if issued_at is not None and occurred_at < issued_at.replace(second=0, microsecond=0):
        raise refuse(Objection.BEFORE_NOTICE, field="occurred_at")
    visit = Visit(
        client_uuid=client_uuid,
        audience=audience,
        outcome=outcome,
        note=note.strip()[:200],
        by=visitor,
        by_name=visitor.name,
        recorded_by=by,
        told_by=(told_by.strip() or visitor.name)[:60],
        occurred_at=occurred_at,
        recorded_at=now,
    )
    return _stored(visit, note, there=visitor, by=by, now=now)


def _stored(visit: Visit, note: str, *, there: User, by: User, now: datetime) -> Visit:
    audience, outcome, happened = visit.audience, visit.outcome, visit.occurred_at
    if happened > now:
        raise refuse(Objection.IN_FUTURE, field="occurred_at")
    if not may_visit(audience, there, at=happened):
        raise refuse(Objection.NOT_MY_DOOR) if there == by else refuse(Objection.NO_VISITOR, field="visitor")
    if known := _known(visit):
        return known
    try:
        with act("alerts.visit.record", by=by.actor):
            row = AudienceHousehold.objects.select_for_update().get(pk=audience.pk)
            visit.audience = row
            visit.save(force_insert=True)
            if outcome in (VisitOutcome.TOLD, VisitOutcome.NEED_HELP):
                row.visited_at = row.visited_at or happened
                row.save(update_fields=["visited_at"])
            if outcome == VisitOutcome.NEED_HELP:
                record_answer(
                    audience=row,
                    choice=Choice.NEED_HELP,
                    via=Via.WORKER,
                    now=now,
                    at=happened,
                    by=by,
                    spoke=there,
                    text=note,
                )
            settle_duty(row, by=by, now=now, on_behalf_of="" if there == by else there.name)
    except IntegrityError:
        # The same visit came twice at once: the other one stored it.
        with transaction.atomic():
            if known := _known(visit):
                return known
        raise
    return visit


def _known(visit: Visit) -> Visit | None:
    known = Visit.objects.filter(client_uuid=visit.client_uuid).first()
    if known and _said(known) != _said(visit):
        raise refuse(Objection.VISIT_DIFFERS, field="client_uuid")
    return known


def _said(visit: Visit) -> tuple[object, ...]:
    """What a visit says. A form that was sent, gone back to and mended says something else than what is stored: nobody
    is to read that it was recorded.
    """
    door = (visit.audience_id, visit.outcome, visit.recorded_by_id)
    if visit.recorded_by_id is None:
        return door
    return (*door, visit.by_id, visit.told_by, visit.note, visit.occurred_at)
