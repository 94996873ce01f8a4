"""Writing what is to be sent, and taking it back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.audit import act
from core.bell import ring
from core.rules import Actor, Refused
from messaging import rules
from messaging.channels import fault_of
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast
from messaging.queries import accounts, refusal
from territory.enums import ContactKind
from territory.models import ContactPoint

BELLS = {Lane.ALARM: "messaging.tasks.send_alarm", Lane.BULK: "messaging.tasks.send_bulk"}
PRIVATE = "private"  # origin of texts that no list shows: sign-in codes, activation links
PRIVATE_LASTS = timedelta(minutes=30)
PRIVATE_LISTS_LAST = timedelta(days=1)
SAMPLE = 20  # recipients whose values are tried in a template before a broadcast is refused

# What a delivery `d` keeps of its blanks when it is out for good: a code or a link that was private, nothing.
PARAMS_KEPT = f"""CASE WHEN d.params IS NOT NULL
       AND EXISTS (SELECT FROM messaging_broadcast b WHERE b.id = d.broadcast_id AND b.origin = '{PRIVATE}')
       THEN NULL ELSE d.params END"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of a broadcast; `params` fill the blanks of its text."""

    contact_point_id: int
    area_code: str
    params: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Ladder:
    """Where a broadcast goes next: `addresses` is a queryset of (first contact point, rank, next one, area code).

    Whoever has not heard within `after` at one address is tried at the next, over `channel`. Ranks begin at 1.
    """

    addresses: "QuerySet[Any, Any]"
    after: timedelta
    channel: Channel = Channel.SMS


def send(
    *,
    lane: Lane,
    channel: Channel,
    text: str,
    recipients: "QuerySet[Any, Any] | Sequence[Recipient]",
    area_code: str,
    by: Actor,
    now: datetime,
    key: str | None = None,
    origin: str = "",
    subject: str = "",
    exercise: UUID | None = None,
    expires_at: datetime | None = None,
    ladder: Ladder | None = None,
    purpose: str | None = None,
    follows: Broadcast | None = None,
    silent_after: timedelta | None = None,
) -> Broadcast:
    """Writes one broadcast and its deliveries in one INSERT, and rings the lane's bell.

    One address a recipient goes out at once; `ladder` names those that are tried when it fails or keeps silent.

    `recipients` is a queryset of two columns (contact point, area code), expanded inside the database, or a sequence.
    The same `key` gives the broadcast there is and writes nothing. `purpose` names the declared text that this is;
    recipients with `params` say with it that the words are the platform's own, and a reviewed wording may replace them.
    Whoever keeps the next addresses himself says with `silent_after` when one gives way, and with `follows` that this
    is a wave of that broadcast, withdrawn with it.
    Raises Refused: gateway_unset, text_empty, text_too_long, template_required.
    """
    of_channel = accounts(channel)
    after = ladder.after if ladder else silent_after or timedelta(0)
    _check(channel, text, exercise, of_channel)
    if all(account.templates_only for account in of_channel):
        _check_template(channel, purpose, text, recipients, exercise, of_channel)
    with act("messaging.broadcast.send", by=by):
        broadcast, is_new = _broadcast(
            key,
            lane=lane,
            channel=channel,
            text=text,
            area_code=area_code,
            by_id=by.id,
            by_name=by.name,
            created_at=now,
            origin=origin,
            subject=subject,
            exercise=exercise,
            expires_at=expires_at,
            fallback_seconds=round(after.total_seconds()),
            purpose=purpose,
            follows=follows,
        )
        if is_new:
            _expand(broadcast, recipients)
            if ladder:
                _note_ladder(broadcast, ladder)
        ring(BELLS[lane])
    return broadcast


def add_recipients(*, broadcast: Broadcast, recipients: "QuerySet[Any, Any]", by: Actor) -> None:
    """More recipients of a broadcast that grows while it lives (a wave), in one INSERT; who has it already is skipped.

    One that is withdrawn takes nobody in.
    """
    with act("messaging.broadcast.add", by=by):
        # The lock that `cancel` takes: whatever is added before it is withdrawn with the rest.
        if Broadcast.objects.select_for_update(no_key=True).get(pk=broadcast.pk).cancelled_at is None:
            _expand(broadcast, recipients)
            ring(BELLS[Lane(broadcast.lane)])


def cancel(*, broadcast: Broadcast, by: Actor, now: datetime) -> int:
    """Withdraws what has not left yet, waves included; returns how many.

    What is on its way or has arrived needs a message of its own.
    """
    with act("messaging.broadcast.cancel", by=by):
        # Locked first: a fall-back that is under way ends before, and its wave is withdrawn with the rest.
        Broadcast.objects.select_for_update(no_key=True).get(pk=broadcast.pk)
        whole = Broadcast.objects.filter(Q(pk=broadcast.pk) | Q(follows=broadcast.pk))
        whole.filter(cancelled_at=None).update(cancelled_at=now)
        broadcast.refresh_from_db(fields=["cancelled_at"])
        numbers = list(whole.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(_CANCEL, {"broadcasts": numbers, "queued": State.QUEUED, "cancelled": State.CANCELLED})
            return int(cursor.rowcount)


def withdraw(parts: Sequence[tuple[int, int]], *, by: Actor) -> int:
    """Withdraws single messages (broadcast id, contact point id) that have not left yet; returns how many.

    For one of many in a broadcast who needs it no more; the others still get theirs.
    """
    if not parts:
        return 0
    with act("messaging.broadcast.withdraw", by=by), connection.cursor() as cursor:
        broadcasts, points = [part[0] for part in parts], [part[1] for part in parts]
        cursor.execute(_WITHDRAW, (broadcasts, points, State.QUEUED, State.CANCELLED))
        return int(cursor.rowcount)


def send_private_text(*, contact_point: ContactPoint, text: str, by: Actor, now: datetime) -> Broadcast:
    """A text for one address only, in the alarm lane; useless and not sent after half an hour.

    It travels in the delivery's `params`, which are emptied once it is out: the broadcast stays and must not tell it.
    """
    channel = Channel.EMAIL if contact_point.kind == ContactKind.EMAIL else Channel.SMS
    _check(channel, text, None, accounts(channel))
    return send(
        lane=Lane.ALARM,
        channel=channel,
        text="{private}",
        recipients=[Recipient(contact_point.pk, settings.DISTRICT_CODE, {"private": text})],
        area_code=settings.DISTRICT_CODE,
        by=by,
        now=now,
        origin=PRIVATE,
        expires_at=now + PRIVATE_LASTS,
    )


def send_private_texts(
    *, text: str, filled: Sequence[tuple[ContactPoint, Mapping[str, str]]], by: Actor, now: datetime
) -> Broadcast:
    """One SMS each to many telephones, `text` with its `{blanks}` filled for everybody; in the bulk lane, for a day."""
    return send(
        lane=Lane.BULK,
        channel=Channel.SMS,
        text=text,
        recipients=[Recipient(point.pk, settings.DISTRICT_CODE, params) for point, params in filled],
        area_code=settings.DISTRICT_CODE,
        by=by,
        now=now,
        origin=PRIVATE,
        expires_at=now + PRIVATE_LISTS_LAST,
    )


def _check(channel: Channel, text: str, exercise: UUID | None, of_channel: Sequence[rules.Account]) -> None:
    if all(fault_of(account) for account in of_channel):
        raise Refused(
            "gateway_unset",
            _("No message can be sent: set SMS_GATEWAY_URL and SMS_GATEWAY_SECRET to those of the gateway.")
            if channel == Channel.SMS
            else _("No message can be sent: set up an account of this channel (%(channel)s)."),
            params={"channel": Channel(channel).label},
        )
    if not text.strip():
        raise Refused("text_empty", _("The text is empty: write what people should do."), field="text")
    if channel == Channel.SMS:
        whole = rules.signed(rules.marked(text) if exercise else text, settings.SMS_SIGNATURE)
        if len(whole) > rules.SMS_MOST:
            raise Refused(
                "text_too_long",
                _("The text is %(over)s characters too long for an SMS: shorten it to %(most)s."),
                field="text",
                params={"over": len(whole) - rules.SMS_MOST, "most": rules.SMS_MOST - len(whole) + len(text)},
            )


def _check_template(
    channel: Channel,
    purpose: str | None,
    text: str,
    recipients: "QuerySet[Any, Any] | Sequence[Recipient]",
    exercise: UUID | None,
    of_channel: Sequence[rules.Account],
) -> None:
    """Refused where accounts take reviewed templates only and none carries this for any of the first recipients."""
    some = [None] if isinstance(recipients, QuerySet) else [one.params for one in recipients[:SAMPLE]] or [None]
    refused = None
    for params in some:
        refused = refusal(channel, purpose, text, params=params, exercise=exercise is not None, of_channel=of_channel)
        if refused is None:
            return
    if refused is not None:
        raise refused


def _broadcast(key: str | None, **fields: Any) -> tuple[Broadcast, bool]:
    if key is None:
        return Broadcast.objects.create(**fields), True
    return Broadcast.objects.get_or_create(key=key, defaults=fields)


def _expand(broadcast: Broadcast, recipients: "QuerySet[Any, Any] | Sequence[Recipient]") -> None:
    """One statement, however many they are. A contact point named twice gets one delivery."""
    values: tuple[Any, ...]
    if isinstance(recipients, QuerySet):
        try:
            source, values = recipients.query.sql_with_params()
        except EmptyResultSet:
            return
        params = "NULL::jsonb"
        source = f"({source}) AS r(contact_point_id, area_code)"
    else:
        values = (
            [r.contact_point_id for r in recipients],
            [r.area_code for r in recipients],
            [None if r.params is None else json.dumps(dict(r.params), ensure_ascii=False) for r in recipients],
        )
        params = "r.params::jsonb"
        source = "unnest(%s::bigint[], %s::varchar[], %s::text[]) AS r(contact_point_id, area_code, params)"
    # The pieces are the queryset's own SQL and two constants; every value travels as a parameter.
    statement = _EXPAND.format(params=params, source=source)
    with connection.cursor() as cursor:
        cursor.execute(statement, (broadcast.pk, broadcast.lane, broadcast.channel, State.QUEUED, *values))


def _note_ladder(broadcast: Broadcast, ladder: Ladder) -> None:
    """One statement. Only addresses whose first one the broadcast goes to: nobody else waits for anything."""
    try:
        source, values = ladder.addresses.query.sql_with_params()
    except EmptyResultSet:
        return
    statement = _LADDER.format(source=source)
    with connection.cursor() as cursor:
        cursor.execute(statement, (broadcast.pk, ladder.channel, *values, broadcast.pk))


_LADDER = """
INSERT INTO messaging_fallback (area_code, broadcast_id, contact_point_id, rank, next_point_id, channel)
SELECT r.area_code, %s, r.contact_point_id, r.rank, r.next_point_id, %s
  FROM ({source}) AS r(contact_point_id, rank, next_point_id, area_code)
  JOIN messaging_delivery d ON d.broadcast_id = %s AND d.contact_point_id = r.contact_point_id
    ON CONFLICT DO NOTHING
"""

_EXPAND = """
INSERT INTO messaging_delivery
    (area_code, broadcast_id, contact_point_id, lane, channel, state, due_at,
     attempts, fence, address, params, provider_id, error)
SELECT r.area_code, %s, r.contact_point_id, %s, %s, %s, clock_timestamp(), 0, 0, '', {params}, '', ''
  FROM {source}
    ON CONFLICT DO NOTHING
"""

# Locked in order of id, as receipts and results do, so that no two of them wait for each other.
_CANCEL = """
WITH mine AS (
    SELECT id FROM messaging_delivery
     WHERE broadcast_id = ANY(%(broadcasts)s) AND state = %(queued)s
     ORDER BY id FOR NO KEY UPDATE
)
UPDATE messaging_delivery d
   SET state = %(cancelled)s, error = 'withdrawn', settled_at = clock_timestamp()
  FROM mine WHERE d.id = mine.id
"""

_WITHDRAW = """
WITH mine AS (
    SELECT d.id FROM unnest(%s::bigint[], %s::bigint[]) AS part(broadcast, point)
      JOIN messaging_delivery d ON d.broadcast_id = part.broadcast AND d.contact_point_id = part.point
     WHERE d.state = %s
     ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE messaging_delivery d
   SET state = %s, error = 'withdrawn', settled_at = clock_timestamp()
  FROM mine WHERE d.id = mine.id
"""
