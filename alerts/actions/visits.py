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
    happened = occurred_at or now
    if happened > now:
        raise refuse(Objection.IN_FUTURE, field="occurred_at")
    if not may_visit(audience, by, at=happened):
        raise refuse(Objection.NOT_MY_DOOR)
    if known := _known(client_uuid, audience, outcome):
        return known
    try:
        with act("alerts.visit.record", by=by.actor):
            row = AudienceHousehold.objects.select_for_update().get(pk=audience.pk)
            visit = Visit.objects.create(
                client_uuid=client_uuid,
                audience=row,
                outcome=outcome,
                note=note.strip()[:200],
                by=by,
                by_name=by.name,
                occurred_at=happened,
                recorded_at=now,
                position=Point(*position, srid=4326) if position else None,
                accuracy_m=accuracy_m if position else None,
            )
            if outcome in (VisitOutcome.TOLD, VisitOutcome.NEED_HELP):
                row.visited_at = row.visited_at or happened
                row.save(update_fields=["visited_at"])
            if outcome == VisitOutcome.NEED_HELP:
                record_answer(
                    audience=row, choice=Choice.NEED_HELP, via=Via.WORKER, now=now, at=happened, by=by, text=note
                )
            settle_duty(row, by=by, now=now)
    except IntegrityError:
        # The same visit came twice at once: the other one stored it.
        with transaction.atomic():
            if known := _known(client_uuid, audience, outcome):
                return known
        raise
    return visit


def _known(client_uuid: UUID, audience: AudienceHousehold, outcome: VisitOutcome) -> Visit | None:
    known = Visit.objects.filter(client_uuid=client_uuid).first()
    if known and (known.audience_id != audience.pk or known.outcome != outcome):
        raise refuse(Objection.VISIT_DIFFERS, field="client_uuid")
    return known
