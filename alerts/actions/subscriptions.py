"""订阅 · 退订: by a code to the telephone, by a link, by SMS; and what is forgotten of it."""

import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, ProtectedError, QuerySet
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext

from accounts.rules.signin import mobile_of
from alerts.enums import Choice
from alerts.enums.subscriptions import Ended, SubscriptionObjection
from alerts.models import Subscription, SubscriptionCode
from alerts.queries.ringing import speakers
from alerts.queries.subscriptions import CODE_WORDS
from alerts.rules import parsed_reply
from alerts.rules.subscriptions import (
    CODE_LIFE,
    CODE_TRIES,
    CODES_AN_HOUR,
    CODES_KEPT,
    may_send_code,
    parsed_stop,
)
from alerts.signals import subscriber_cried
from core.actions import note_destroyed
from core.audit import act
from core.rules import SYSTEM, Refused
from messaging import actions as messages
from messaging.models import Reply
from territory.enums import ContactKind
from territory.models import Area, ContactPoint

logger = logging.getLogger(__name__)

DEAD_FOR = timedelta(days=30)  # a number that came back to life within a month keeps its subscription
MOST, SECONDS = 1000, 20.0  # numbers looked at in one pass, and how long it may take


@dataclass(frozen=True)
class Confirmed:
    """What a code did: the subscription that holds now, or how many ended."""

    begun: Subscription | None
    ended: int


def request_code(*, phone: str, area_code: str, ends: bool, now: datetime) -> UUID:
    """Sends a code to a telephone and returns what the page for typing it is called.

    The answer is the same whether or not the number is known, and whether or not a code went out: within a minute of
    the last one and after five in a day none does. Refuses only what is no mobile number or no area.
    """
    number = mobile_of(phone)
    if number is None:
        raise _refuse(SubscriptionObjection.PHONE, "phone")
    if not Area.objects.filter(code=area_code, retired_at=None).exists() or len(area_code) > 12:
        raise _refuse(SubscriptionObjection.AREA, "area_code")
    try:
        return _send_code(number, area_code, ends, now)
    except Refused as refused:
        logger.error("no subscription code could be sent: %s", refused)
        return uuid4()


def _send_code(number: str, area_code: str, ends: bool, now: datetime) -> UUID:
    with act("alerts.subscription.request", by=SYSTEM):
        full = SubscriptionCode.objects.filter(sent_at__gt=now - timedelta(hours=1)).count() >= CODES_AN_HOUR
        if full and not ContactPoint.objects.filter(kind=ContactKind.MOBILE, address=number).exists():
            # Nothing is kept of a number to which nothing is sent.
            logger.error("subscription codes are held back: more than %s in an hour", CODES_AN_HOUR)
            return uuid4()
        point, _new = ContactPoint.objects.get_or_create(kind=ContactKind.MOBILE, address=number)
        ContactPoint.objects.select_for_update().get(pk=point.pk)
        rows = SubscriptionCode.objects.filter(contact_point=point, sent_at__gt=now - timedelta(days=1))
        known = list(rows.order_by("-sent_at")[:20])
        if not may_send_code([row.sent_at for row in known], now=now):
            # Pressed twice: the code that is on its way is the one for this page.
            newest = known[0]
            same = (newest.area_code, newest.ends) == (area_code, ends) and newest.expires_at > now
            return newest.uuid if same and newest.used_at is None else uuid4()
        if full:
            logger.error("subscription codes are held back: more than %s in an hour", CODES_AN_HOUR)
            return uuid4()
        # The newest code is the only good one.
        rows.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        code = f"{secrets.randbelow(1_000_000):06d}"
        row = SubscriptionCode(contact_point=point, area_code=area_code, ends=ends)
        row.sent_at, row.expires_at, row.tries_left = now, now + CODE_LIFE, CODE_TRIES
        row.code_hash = _hashed(row, code)
        row.save()
        with translation.override(settings.LANGUAGE_CODE):
            text = gettext(CODE_WORDS) % {"code": code}
        messages.send_private_text(contact_point=point, text=text, by=SYSTEM, now=now)
    return row.uuid


def confirm_code(*, uuid: UUID, code: str, now: datetime) -> Confirmed:
    """Begins or ends what the code was asked for. Every refusal is the same sentence, and three
    wrong tries are the last."""
    row = _taken(uuid, code.strip(), now)
    if row is None:
        raise _refuse(SubscriptionObjection.CODE, "code")
    with act("alerts.subscription.confirm", by=SYSTEM):
        if row.ends:
            return Confirmed(None, _end(row.contact_point_id, Ended.CODE, now))
        ContactPoint.objects.filter(pk=row.contact_point_id).update(verified_at=now, dead_since=None)
        begun, _new = Subscription.objects.get_or_create(
            contact_point_id=row.contact_point_id, area_code=row.area_code, ended_at=None, defaults={"begun_at": now}
        )
    return Confirmed(begun, 0)


def _taken(uuid: UUID, code: str, now: datetime) -> SubscriptionCode | None:
    # A wrong try must be counted, so the transaction ends before anything is refused.
    with transaction.atomic():
        open_codes = SubscriptionCode.objects.filter(used_at=None, expires_at__gt=now, tries_left__gt=0)
        row = open_codes.select_for_update().filter(uuid=uuid).first()
        if row is None:
            return None
        if not constant_time_compare(row.code_hash, _hashed(row, code)):
            row.tries_left -= 1
            row.save(update_fields=["tries_left"])
            return None
        row.used_at = now
        row.save(update_fields=["used_at"])
        return row


def end_subscription(*, subscription: Subscription, now: datetime) -> None:
    """退订 by its link: this area only. Once more changes nothing."""
    with act("alerts.subscription.end", by=SYSTEM):
        open_one = Subscription.objects.filter(pk=subscription.pk, ended_at=None)
        open_one.update(ended_at=now, ended_how=Ended.LINK)
        subscription.refresh_from_db()


def take_stops(*, replies: Iterable[Reply]) -> int:
    """退订 by SMS: every subscription of the telephone that wrote so ends. Returns how many.

    A household of the roll is no subscriber: it goes on hearing what concerns its door.
    """
    ended = 0
    for reply in replies:
        if parsed_stop(reply.text):
            point = ContactPoint.objects.filter(kind=ContactKind.MOBILE, address=reply.sender).first()
            known = reply.delivery.contact_point_id if reply.delivery else point.pk if point else 0
            with act("alerts.subscription.end", by=SYSTEM):
                ended += _end(known, Ended.SMS, reply.received_at)
    return ended


def take_cries(*, replies: Iterable[Reply]) -> int:
    """A subscriber who answers a notice with 3 asks for help like a household. Returns how many did."""
    cried = 0
    for reply in replies:
        delivery = reply.delivery
        if delivery is None or parsed_reply(reply.text) != Choice.NEED_HELP:
            continue
        if not delivery.broadcast.origin.startswith("alerts.notice:"):
            continue
        if speakers({(delivery.broadcast_id, delivery.contact_point_id)}):
            continue  # the household's own answer was taken from it
        subscriber_cried.send(
            Subscription,
            key=f"reply:{reply.pk}",
            phone=reply.sender,
            area_code=delivery.area_code,
            text=reply.text,
            at=reply.said_at,
            now=reply.received_at,
            exercise=delivery.broadcast.exercise,
        )
        cried += 1
    return cried


def forget_subscriptions(*, now: datetime) -> int:
    """Ends those of dead numbers, and destroys codes after two days and subscriptions KEEP_SUBSCRIPTIONS_DAYS after
    their end; then telephone numbers that nothing points to any more, the record of what was sent to them neither.
    Returns how many codes and subscriptions were destroyed.
    """
    total, before = 0, now - timedelta(days=settings.KEEP_SUBSCRIPTIONS_DAYS)
    with act("alerts.subscription.forget", by=SYSTEM):
        dead = Subscription.objects.filter(ended_at=None, contact_point__dead_since__lt=now - DEAD_FOR)
        dead.update(ended_at=now, ended_how=Ended.DEAD)
        gone = {
            "alerts.subscription": (Subscription.objects.filter(ended_at__lt=before), before),
            "alerts.subscriptioncode": (
                SubscriptionCode.objects.filter(sent_at__lt=now - CODES_KEPT),
                now - CODES_KEPT,
            ),
        }
        for what, (rows, limit) in gone.items():
            count, _each = rows.delete()
            note_destroyed(what=what, count=count, before=limit, by=SYSTEM, now=now)
            total += count
    _forget_numbers(now)
    return total


def _forget_numbers(now: datetime) -> None:
    """Those that are on no roll and nobody's, as many as a pass manages: the next goes on.

    The code alone leaves a record of a text sent, which messaging keeps far longer than an ended subscription.
    """
    unused = ContactPoint.objects.filter(kind=ContactKind.MOBILE).order_by("pk")
    for relation in ContactPoint._meta.get_fields(include_hidden=True):  # noqa: SLF001  (documented by Django)
        if isinstance(relation, ForeignObjectRel):
            rows: QuerySet[Any] = QuerySet(relation.related_model).filter(**{relation.field.name: OuterRef("pk")})
            unused = unused.exclude(Exists(rows))
    count, ends = 0, time.monotonic() + SECONDS
    for point in unused[:MOST]:
        if time.monotonic() >= ends:
            break
        try:
            with act("alerts.subscription.forget_number", by=SYSTEM):
                point.delete()
                count += 1
        except (ProtectedError, IntegrityError):
            continue  # somebody began to use it meanwhile
    note_destroyed(what="territory.contactpoint", count=count, before=now, by=SYSTEM, now=now)


def _end(contact_point: int, how: Ended, now: datetime) -> int:
    return Subscription.objects.filter(contact_point=contact_point, ended_at=None).update(ended_at=now, ended_how=how)


def _hashed(row: SubscriptionCode, code: str) -> str:
    return salted_hmac("alerts.subscription_code", f"{row.uuid}:{code}", algorithm="sha256").hexdigest()


def _refuse(objection: SubscriptionObjection, field: str) -> Refused:
    return Refused(objection.value, objection.label, field=field)
