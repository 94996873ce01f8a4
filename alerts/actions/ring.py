"""Rings the telephones of a household that must be reached, one after the other, until somebody answers for it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.refusals import refuse
from alerts.enums import Answerer, MessageType, NoticeState, Objection
from alerts.models import Notice, RingCall, RingStep
from alerts.queries.ringing import LONGEST, OWN_CALL, OWN_WORDS, PROXY_CALL, PROXY_WORDS, Link, following
from core.audit import act
from core.rules import SYSTEM, Refused
from messaging import actions as messages
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast, Delivery
from territory.enums import ContactKind
from territory.models import ContactPoint, Household
from territory.rules import is_mobile, normalised_phone

logger = logging.getLogger(__name__)

CALL_LASTS = timedelta(seconds=180)  # after that a call whose end nobody reported holds no line


def set_chain(*, household: Household, links: Sequence[Link], by: User) -> list[RingStep]:
    """Writes the chain of a household down afresh, in this order. A number that stands twice counts where it is first.

    Refused where a number is none; nothing is changed then, nor where the chain reads so already.
    """
    if not by.scope_for("households.check").covers(household.area_code):
        raise refuse(Objection.NOT_MY_DOOR)
    numbers: dict[str, Link] = {}
    for place, link in enumerate(links):
        number = normalised_phone(link.phone)
        if number is None:
            raise refuse(Objection.NO_PHONE, field=f"{place}.phone")
        numbers.setdefault(number, link)
    with act("alerts.ring.set_chain", by=by.actor):
        Household.objects.select_for_update().get(pk=household.pk)
        before = list(RingStep.objects.filter(household=household).order_by("rank"))
        steps = [
            RingStep(
                household=household, rank=rank, who=link.who, name=link.name.strip()[:40], contact_point=_point(number)
            )
            for rank, (number, link) in enumerate(numbers.items(), start=1)
        ]
        if [_said(step) for step in steps] == [_said(step) for step in before]:
            return before
        RingStep.objects.filter(household=household).delete()
        return RingStep.objects.bulk_create(steps)


def _said(step: RingStep) -> tuple[int, str, str, int]:
    return step.rank, step.who, step.name, step.contact_point_id


def _point(number: str) -> ContactPoint:
    kind = ContactKind.MOBILE if is_mobile(number) else ContactKind.LANDLINE
    return ContactPoint.objects.get_or_create(kind=kind, address=number)[0]


def ring_chains(*, now: datetime) -> int:
    """Rings the next telephone of every must-reach household that nobody has answered for; returns how many.

    1. Only notices and corrections in force. Another worker's are skipped.
    2. The first telephone at once, the next when the one before failed or the level's seconds have passed since it
       was dialled. A call that waits for a free line is nobody's silence. The next is the first of the chain as it
       stands now that was not rung under this notice, so that a telephone put in meanwhile is rung wherever it stands.
    3. Whoever said that all know or asked for help is rung no more, nor whoever was visited or is named unreachable.
       “I am away” from one telephone tries the next.
    4. A keeper or neighbour of several households is rung for one after the other, each by name: his key answers for
       the one that he heard. A household's own telephone that two households name is theirs together.
    5. Never more at a time than RING_LINES: people who have to act are called over the same lines. What is real comes
       before a drill, the graver level first, then the newest notice; of one notice whoever was not rung yet. One
       worker at a time dials, for two would both count the same lines as free.
    """
    rows = Notice.objects.filter(
        state=NoticeState.ISSUED,
        message_type__in=(MessageType.ALERT, MessageType.CORRECTION),
        expires_at__gt=now,
        broadcast__cancelled_at=None,
        broadcast__isnull=False,
    )
    dialled = 0
    # The graver a level the smaller its number.
    first = rows.annotate(is_drill=Q(exercise__isnull=False)).order_by("is_drill", "level", "-issued_at", "-pk")
    for pk in first.values_list("pk", flat=True):
        try:
            with act("alerts.notice.ring", by=SYSTEM):
                free = settings.RING_LINES - _ringing(now) if _alone() else 0
                if free <= 0:
                    break
                held = Notice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related(
                    "broadcast"
                )
                row = held.filter(pk=pk, state=NoticeState.ISSUED).first()
                if row is not None and row.broadcast is not None:
                    dialled += _ring(row, row.broadcast, free, now)
        except Refused as refused:
            # No account of calls: the doors are knocked at all the same, and the next tick asks again.
            logger.info("notice %s: nobody can be rung (%s)", pk, refused.code)
    return dialled


def _alone() -> bool:
    """Whether no other worker dials until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('alerts.ring_chains'))")
        return bool(cursor.fetchone()[0])


def _ringing(now: datetime) -> int:
    """Calls to households that hold a line or wait for one."""
    calls = Delivery.objects.filter(channel=Channel.VOICE, lane=Lane.BULK)
    under_way = Q(state=State.ACCEPTED, accepted_at__gt=now - CALL_LASTS)
    return calls.filter(Q(is_open=True) | under_way).count()


@dataclass(frozen=True)
class _Due:
    audience: int
    rank: int
    who: str
    name: str
    point: int
    area_code: str
    head: str


def _ring(row: Notice, root: Broadcast, most: int, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            {
                "notice": row.pk,
                "most": most,
                "failed": State.FAILED,
                "silent_since": now - timedelta(seconds=following(row.level).ring_seconds),
                "own": Answerer.OWN,
                "voice": Channel.VOICE,
                "bulk": Lane.BULK,
                "accepted": State.ACCEPTED,
                "on_line_since": now - CALL_LASTS,
            },
        )
        due = [_Due(*found) for found in cursor.fetchall()]
    own = [one for one in due if one.who == Answerer.OWN]
    _dial(row, root, own, OWN_WORDS, OWN_CALL, now)
    _dial(row, root, [one for one in due if one.who != Answerer.OWN], PROXY_WORDS, PROXY_CALL, now)
    return len(due)


def _dial(row: Notice, root: Broadcast, due: list[_Due], words: str, purpose: str, now: datetime) -> None:
    if not due:
        return
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(words)
    headline = row.headline[:LONGEST]
    sent = messages.send(
        lane=Lane.BULK,
        channel=Channel.VOICE,
        text=text,
        recipients=[
            messages.Recipient(
                one.point,
                one.area_code,
                {"headline": headline, "issuer": row.issuer[:LONGEST]}
                if purpose == OWN_CALL
                else {"headline": headline, "who": one.head[:LONGEST]},
            )
            for one in due
        ],
        area_code=row.area_code,
        by=SYSTEM,
        now=now,
        origin=root.origin,
        subject=root.subject,
        exercise=row.exercise,
        expires_at=root.expires_at,
        purpose=purpose,
        follows=root,
    )
    RingCall.objects.bulk_create(
        RingCall(
            audience_id=one.audience,
            rank=one.rank,
            who=one.who,
            name=one.name,
            contact_point_id=one.point,
            broadcast=sent,
            called_at=now,
        )
        for one in due
    )


# last = the newest call to the household, d = what became of it; rank = the place of this call among its calls;
# busy = telephones that ring now, for whichever household; heads = the first of those whom one telephone is due for.
_DUE = """
WITH open AS (
    SELECT a.id, a.household_id, a.area_code FROM alerts_audiencehousehold a
     WHERE a.notice_id = %(notice)s AND a.must_reach <> '' AND a.answer IN ('', 'away')
       AND a.visited_at IS NULL AND a.closed_reason = ''
), steps AS (
    SELECT o.id, o.household_id, o.area_code, s.rank, s.who, s.name, s.contact_point_id
      FROM open o JOIN alerts_ringstep s ON s.household_id = o.household_id
     UNION ALL
    SELECT o.id, o.household_id, o.area_code, c.rank, 'own', '', c.contact_point_id
      FROM open o JOIN territory_householdcontact c ON c.household_id = o.household_id
     WHERE NOT EXISTS (SELECT FROM alerts_ringstep s WHERE s.household_id = o.household_id)
), busy AS (
    SELECT d.contact_point_id FROM messaging_delivery d
     WHERE d.channel = %(voice)s AND d.lane = %(bulk)s
       AND (d.is_open OR (d.state = %(accepted)s AND d.accepted_at > %(on_line_since)s))
), due AS (
SELECT DISTINCT ON (s.id) s.id, COALESCE(last.rank, 0) + 1 AS rank, s.who, s.name, s.contact_point_id, s.area_code,
       COALESCE(NULLIF(h.head_name, ''), h.code) AS head
  FROM steps s
  JOIN territory_contactpoint p
    ON p.id = s.contact_point_id AND p.kind IN ('mobile', 'landline') AND p.dead_since IS NULL
  JOIN territory_household h ON h.id = s.household_id
  LEFT JOIN LATERAL (
       SELECT c.rank, d.state, d.is_open, d.attempts, COALESCE(d.accepted_at, c.called_at) AS since
         FROM alerts_ringcall c
         LEFT JOIN messaging_delivery d ON d.broadcast_id = c.broadcast_id AND d.contact_point_id = c.contact_point_id
        WHERE c.audience_id = s.id ORDER BY c.rank DESC LIMIT 1
  ) last ON true
 WHERE NOT EXISTS (SELECT FROM alerts_ringcall c
                    WHERE c.audience_id = s.id AND c.contact_point_id = s.contact_point_id)
   AND (last.rank IS NULL OR last.state IS NULL OR last.state = %(failed)s
        OR (last.since <= %(silent_since)s AND (NOT last.is_open OR last.attempts > 0)))
 ORDER BY s.id, s.rank
), heads AS (
    SELECT DISTINCT ON (contact_point_id) contact_point_id, id, who FROM due ORDER BY contact_point_id, rank, id
)
SELECT due.* FROM due JOIN heads USING (contact_point_id)
 WHERE (due.id = heads.id OR (due.who = %(own)s AND heads.who = %(own)s))
   AND due.contact_point_id NOT IN (SELECT contact_point_id FROM busy)
 ORDER BY due.rank, due.id LIMIT %(most)s
"""
