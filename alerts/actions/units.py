"""Key units: the register, calling their receivers under a notice, and calling them back."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.refusals import refuse
from alerts.enums import MessageType, NoticeState, Objection, UnitKind
from alerts.models import KeyUnit, Notice, NoticeCount, UnitCall
from alerts.queries.units import units_of
from alerts.rules import UNIT_CALL
from assignments import actions as duties
from assignments.enums import OPEN as OPEN_DUTIES
from core.audit import act
from core.rules import SYSTEM
from territory.enums import ContactKind
from territory.models import ContactPoint
from territory.rules import is_mobile, normalised_phone


def keep_unit(
    *,
    unit: KeyUnit | None,
    name: str,
    kind: UnitKind,
    area_code: str,
    address: str,
    receiver: str,
    phone: str,
    by: User,
) -> KeyUnit:
    """Writes a key unit into the register, or changes one: who receives for it, and at which telephone."""
    codes = {area_code, unit.area_code} if unit else {area_code}
    if not all(by.scope_for("sites.edit").covers(code) for code in codes):
        raise refuse(Objection.NOT_ALLOWED)
    number = normalised_phone(phone)
    if number is None:
        raise refuse(Objection.NO_PHONE, field="phone")
    if not name.strip() or not receiver.strip():
        raise refuse(Objection.NO_NAME, field="receiver" if name.strip() else "name")
    with act("alerts.unit.keep", by=by.actor):
        row = KeyUnit.objects.select_for_update().get(pk=unit.pk) if unit else KeyUnit()
        point_kind = ContactKind.MOBILE if is_mobile(number) else ContactKind.LANDLINE
        row.contact_point = ContactPoint.objects.get_or_create(kind=point_kind, address=number)[0]
        row.name, row.kind, row.area_code = name.strip()[:80], kind, area_code
        row.address, row.receiver, row.retired_at = address.strip()[:120], receiver.strip()[:40], None
        row.save()
    return row


def retire_unit(*, unit: KeyUnit, by: User, now: datetime) -> KeyUnit:
    """Takes a key unit off the register; what it answered stays."""
    if not by.scope_for("sites.edit").covers(unit.area_code):
        raise refuse(Objection.NOT_ALLOWED)
    with act("alerts.unit.retire", by=by.actor):
        row = KeyUnit.objects.select_for_update().get(pk=unit.pk)
        row.retired_at = row.retired_at or now
        row.save(update_fields=["retired_at", "updated_at"])
    return row


def call_units(*, now: datetime) -> int:
    """Asks the receiver of every key unit that a notice or correction in force is for (`units_of`) for an answer.

    Once for each notice; returns how many units were called. One that somebody is withdrawing or ending now is left
    to him: whom he calls back must all have been called before.
    """
    rows = Notice.objects.filter(
        state=NoticeState.ISSUED,
        message_type__in=(MessageType.ALERT, MessageType.CORRECTION),
        expires_at__gt=now,
        counted__called_at=None,
    )
    called = 0
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with act("alerts.notice.call_units", by=SYSTEM):
            held = Notice.objects.select_for_update(skip_locked=True, no_key=True)
            row = held.filter(pk=pk, state=NoticeState.ISSUED, expires_at__gt=now).first()
            if row is None:
                continue
            NoticeCount.objects.get_or_create(notice_id=pk)
            count = NoticeCount.objects.select_for_update(skip_locked=True).filter(pk=pk, called_at=None).first()
            if count is not None:
                called += _call(row, now)
                count.called_at = now
                count.save(update_fields=["called_at"])
    return called


def end_unit_calls(row: Notice, *, note: str, now: datetime) -> None:
    """No key unit owes an answer to this notice any more, and whoever did is told with `note` as the reason."""
    calls = UnitCall.objects.filter(notice=row, assignment__state__in=OPEN_DUTIES).select_related("assignment")
    duties.cancel_many(assignments=[call.assignment for call in calls], by=None, now=now, note=note)


def _call(row: Notice, now: datetime) -> int:
    units = list(units_of(row).select_related("contact_point").order_by("pk"))
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Answer for %(unit)s: %(headline)s")
        orders = [
            duties.Duty(
                title=(title % {"unit": unit.name, "headline": row.headline})[:120],
                body=f"{row.headline}\n{row.caution}\n{row.measures}",
                area_code=unit.area_code,
                contact_point=unit.contact_point,
                assignee_name=f"{unit.receiver}（{unit.name}）"[:60],
                key=f"notice:{row.pk}:unit:{unit.pk}",
            )
            for unit in units
        ]
    given = duties.assign_many(orders, kind=UNIT_CALL, issued_by=None, now=now, exercise=row.exercise)
    UnitCall.objects.bulk_create(
        (
            UnitCall(notice=row, unit=unit, assignment=duty, area_code=unit.area_code)
            for unit, duty in zip(units, given, strict=True)
        ),
        ignore_conflicts=True,
    )
    return len(units)
