"""Gives orders to several receivers and takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import Verb
from assignments.models import Assignment
from command import rules
from command.actions.refusals import ask_leave, refuse, wait_turn
from command.actions.timeline import record
from command.enums import EntryKind, Objection
from command.models import Order, OrderReceiver, PlanTask
from command.queries.people import home_of
from command.queries.responses import open_response
from core.audit import act
from dutyroster import actions as log
from dutyroster.enums import FollowUp
from dutyroster.models import LogEntry
from territory.models import ContactPoint
from territory.rules import is_mobile, normalised_phone


@dataclass(frozen=True)
class Receiver:
    """Who receives an order: a person, or a name with a contact point or telephone. `area_code` empty: the order's."""

    person: User | None = None
    contact_point: ContactPoint | None = None
    phone: str = ""
    name: str = ""
    area_code: str = ""


Owed = tuple[User | None, ContactPoint | None, str, str]  # a receiver as duties want him: person, telephone, name, area


def give_order(
    *,
    title: str,
    text: str,
    receivers: Sequence[Receiver],
    due_at: datetime,
    by: User,
    now: datetime,
    area_code: str = "",
    ref: str = "",
    exercise: UUID | None = None,
    client_uuid: UUID | None = None,
) -> Order:
    """下达指令: one order, one duty for each receiver, by account or by task link. Same `client_uuid`, same order.

    `area_code` empty: the first area over which `by` may give orders. Raises Refused when nobody receives, somebody
    twice, the time is over, or a receiver answers for areas that are not `by`'s.
    """
    scope = by.scope_for("orders.give")
    place = area_code or min(scope.codes, key=len, default="")
    ask_leave(by, place, "orders.give", exercise=exercise)
    _check(title, text, receivers, due_at, now)
    with act("command.order.give", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        year = timezone.localtime(now).year
        wait_turn("command.order", year, exercise)
        if client_uuid and (same := Order.objects.filter(uuid=client_uuid).first()):
            return same
        owed = [_duty(each, place, by, now) for each in receivers]
        newest = Order.objects.filter(year=year, exercise=exercise).aggregate(newest=Max("number"))["newest"] or 0
        order = Order(
            year=year,
            number=newest + 1,
            title=title.strip()[:100],
            text=text.strip()[:1000],
            area_code=place,
            issuer=by,
            issued_at=now,
            due_at=due_at,
            response=open_response(place, exercise=exercise),
            ref=ref,
            exercise=exercise,
        )
        if client_uuid:
            order.uuid = client_uuid
        order.save(force_insert=True)
        _give_duties(order, owed, by, now)
        names = "、".join(name for _p, _c, name, _a in owed[:4]) + ("…" if len(owed) > 4 else "")
        _note(order, _("Order to %(names)s: %(title)s") % {"names": names, "title": order.title}, by, now)
        _tell_log(order, names, by, now)
    return order


def _give_duties(order: Order, owed: Sequence[Owed], by: User, now: datetime) -> None:
    body = _("Order %(number)s of %(who)s: %(text)s") % {
        "number": f"〔{order.year}〕{order.number}号",
        "who": by.name,
        "text": order.text,
    }
    given = duties.assign_many(
        [
            duties.Duty(order.title, area, body, person, point, name, order.due_at, f"order:{order.pk}:{index}")
            for index, (person, point, name, area) in enumerate(owed)
        ],
        kind=rules.ORDER,
        issued_by=by,
        now=now,
        exercise=order.exercise,
    )
    OrderReceiver.objects.bulk_create(
        OrderReceiver(order=order, assignment=duty, name=name[:60])
        for duty, (_person, _point, name, _area) in zip(given, owed, strict=True)
    )


def _tell_log(order: Order, names: str, by: User, now: datetime) -> None:
    """转指令: the line of the duty log that an order came from ("log:<uuid>") knows what became of it."""
    kind, _colon, number = order.ref.partition(":")
    entry = (
        LogEntry.objects.in_scope(by.scope).filter(uuid=number).first() if kind == "log" and _is_uuid(number) else None
    )
    if entry is not None:
        url = reverse("command:order", args=[order.uuid])
        log.follow_up(entry=entry, kind=FollowUp.ORDER, ref=f"order:{order.pk}", url=url, note=names, by=by, now=now)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def withdraw_order(*, order: Order, by: User, now: datetime, reason: str) -> Order:
    """撤回: nothing more is to be done by whoever has not done it; they are told. The reason stays with the order."""
    ask_leave(by, order.area_code, "orders.give", exercise=order.exercise)
    if not reason.strip():
        raise refuse(Objection.REASON, field="reason")
    with act("command.order.withdraw", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        row = Order.objects.select_for_update().get(pk=order.pk)
        if row.withdrawn_at is not None:
            raise refuse(Objection.WITHDRAWN)
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason.strip()[:200]
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "updated_at"])
        open_ones = list(Assignment.objects.filter(order_receiver__order=row))
        duties.cancel_many(assignments=open_ones, by=by, now=now, note=row.withdrawn_reason)
        _note(row, _("Order withdrawn: %(reason)s") % {"reason": row.withdrawn_reason}, by, now)
    return row


def note_result(*, assignment: Assignment, verb: Verb, by: User | None, now: datetime) -> None:
    """Writes on the timeline that an order or a task of the plan was done, or cannot be done."""
    if verb not in (Verb.REPORT, Verb.DECLINE):
        return
    found = OrderReceiver.objects.filter(assignment=assignment).select_related("order").first()
    task = None if found else PlanTask.objects.filter(assignment=assignment).select_related("response").first()
    if found is None and task is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = {Verb.REPORT: _("%(who)s has done: %(title)s"), Verb.DECLINE: _("%(who)s cannot do: %(title)s")}
        text = words[verb] % {"who": assignment.assignee_name, "title": assignment.title}
    if found:
        _note(found.order, text, by, now, by_name=assignment.assignee_name)
    elif task:
        record(
            kind=EntryKind.RESPONSE,
            text=text,
            area_code=assignment.area_code,
            by=by,
            now=now,
            ref=f"response:{task.response_id}",
            url=reverse("command:response", args=[task.response.uuid]),
            by_name="" if by else assignment.assignee_name,
            exercise=assignment.exercise,
        )


def _check(title: str, text: str, receivers: Sequence[Receiver], due_at: datetime, now: datetime) -> None:
    if not title.strip():
        raise refuse(Objection.NO_TITLE, field="title")
    if not text.strip():
        raise refuse(Objection.NO_TEXT, field="text")
    if not receivers:
        raise refuse(Objection.NO_RECEIVER, field="receivers")
    if due_at <= now:
        raise refuse(Objection.DUE_PAST, field="due_at")
    seen: set[object] = set()
    for each in receivers:
        key = each.person or each.contact_point or each.phone
        if key in seen:
            raise refuse(Objection.RECEIVER_TWICE, field="receivers", name=each.name or str(each.person))
        seen.add(key)


def _duty(receiver: Receiver, area_code: str, by: User, now: datetime) -> Owed:
    if receiver.person is not None:
        home = receiver.area_code or home_of(receiver.person, by.scope_for("orders.give"), now=now)
        if not receiver.person.is_active or not home:
            raise refuse(Objection.RECEIVER_OUTSIDE, field="receivers", name=receiver.person.name)
        return receiver.person, None, receiver.person.name, home
    point = receiver.contact_point
    if point is None:
        number = normalised_phone(receiver.phone)
        if number is None or not is_mobile(number):
            raise refuse(Objection.BAD_PHONE, field="receivers")
        point, _made = ContactPoint.objects.get_or_create(kind="mobile", address=number)
    return None, point, receiver.name or point.address, receiver.area_code or area_code


def _note(order: Order, text: str, by: User | None, now: datetime, by_name: str = "") -> None:
    record(
        kind=EntryKind.ORDER,
        text=f"〔{order.year}〕{order.number}号 {text}",
        area_code=order.area_code,
        by=by,
        now=now,
        ref=f"order:{order.pk}",
        url=reverse("command:order", args=[order.uuid]),
        by_name="" if by else by_name,
        exercise=order.exercise,
    )
