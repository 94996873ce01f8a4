"""A notice with what corrected or ended it: the chain, and who the next one of it goes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from alerts.enums import MessageType, NoticeKind, NoticeState
from alerts.models import Notice, WarningRelay
from alerts.queries.audience import AudiencePreview, is_aimed, preview_of
from alerts.queries.subscriptions import subscriber_points
from alerts.queries.units import unit_points
from alerts.queries.warnings import warnings_in_force
from alerts.queries.wording import Wording
from messaging.enums import State as DeliveryState
from messaging.models import Broadcast, Delivery
from territory.enums import ContactKind
from territory.rules import scope_of

# Handed over or on its way: it may be read whatever the receipts say.
MAY_HAVE = (
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
    DeliveryState.READ,
)
NOT_ENLISTED = "not_enlisted"  # why a message of an exercise did not leave
# Not left yet, or stopped before it left.
NOT_LEFT = (DeliveryState.QUEUED, DeliveryState.CANCELLED)

# The households of the head's audience with what the whole chain did for each, and the telephone that the next notice
# goes to: the one that may have the text, else the first one. Further telephones not tried yet count as not left.
# One pass over the audiences of the chain, however many households they hold.
WHO = """
WITH notices AS (
    SELECT id, broadcast_id FROM alerts_notice WHERE id = ANY (%(chain)s)
), further AS (
    SELECT p.audience_id,
           (array_agg(p.contact_point_id ORDER BY d.state DESC, p.rank) FILTER (WHERE d.state = ANY (%(may_have)s)))[1]
               AS told,
           (array_agg(p.contact_point_id ORDER BY p.rank)
               FILTER (WHERE p.broadcast_id IS NULL OR d.state = ANY (%(not_left)s)))[1] AS waiting
      FROM alerts_audiencephone p
      LEFT JOIN messaging_delivery d ON d.broadcast_id = p.broadcast_id AND d.contact_point_id = p.contact_point_id
     WHERE p.notice_id = ANY (%(chain)s)
     GROUP BY 1
), known AS (
    SELECT a.household_id,
           COALESCE(bool_or(a.answer <> '' OR a.visited_at IS NOT NULL OR d.state = ANY (%(may_have)s)
                            OR w.told IS NOT NULL), false) AS told,
           (array_agg(CASE WHEN d.state = ANY (%(may_have)s) THEN a.contact_point_id ELSE w.told END
                      ORDER BY a.notice_id DESC)
               FILTER (WHERE d.state = ANY (%(may_have)s) OR w.told IS NOT NULL))[1] AS told_at,
           (array_agg(CASE WHEN d.state = ANY (%(not_left)s) THEN a.contact_point_id ELSE w.waiting END
                      ORDER BY a.notice_id DESC)
               FILTER (WHERE d.state = ANY (%(not_left)s) OR w.waiting IS NOT NULL))[1] AS waiting_at,
           (array_agg(a.contact_point_id ORDER BY a.notice_id DESC) FILTER (WHERE a.contact_point_id IS NOT NULL))[1]
               AS tried_at
      FROM alerts_audiencehousehold a
      JOIN notices n ON n.id = a.notice_id
      LEFT JOIN messaging_delivery d ON d.broadcast_id = n.broadcast_id AND d.contact_point_id = a.contact_point_id
      LEFT JOIN further w ON w.audience_id = a.id
     GROUP BY 1
), who AS (
    SELECT a.area_code, a.household_id, a.must_reach, k.told,
           CASE WHEN k.told THEN '' ELSE a.closed_reason END AS closed_reason,
           CASE WHEN k.told THEN COALESCE(k.told_at, k.tried_at) ELSE k.waiting_at END AS contact_point_id
      FROM alerts_audiencehousehold a
      JOIN known k ON k.household_id = a.household_id
     WHERE a.notice_id = %(head)s AND (k.told OR %(everybody)s)
)
"""
_COUNTED = f"""
{WHO}
SELECT count(*), count(*) FILTER (WHERE must_reach <> ''), count(*) FILTER (WHERE contact_point_id IS NULL),
       count(*) FILTER (WHERE told), count(*) FILTER (WHERE NOT told AND contact_point_id IS NOT NULL),
       (SELECT count(*) FROM (
            SELECT contact_point_id FROM who WHERE contact_point_id IS NOT NULL
             UNION
            SELECT d.contact_point_id FROM messaging_delivery d
              JOIN messaging_broadcast b ON b.id = d.broadcast_id
              JOIN notices n ON n.broadcast_id IN (b.id, b.follows_id)
              JOIN territory_contactpoint p ON p.id = d.contact_point_id AND p.kind = 'mobile'
             WHERE d.state = ANY (%(may_have)s)
             UNION
            SELECT unnest(%(besides)s::bigint[])
        ) points),
       (SELECT COALESCE(sum(h.persons), 0) FROM who JOIN territory_household h ON h.id = who.household_id)
  FROM who
"""  # noqa: S608  (a constant of this module)


def chain(row: Notice) -> list[Notice]:
    """The notice that it began with and everything that corrects or ends it, drafts included; oldest first. One
    statement.
    """
    root = row.root_id or row.pk
    found = Notice.objects.filter(Q(pk=root) | Q(root=root)).exclude(state=NoticeState.DISCARDED)
    return list(found.select_related("approver", "last_editor").order_by("pk"))


def newer(row: Notice) -> Notice | None:
    """What went out last in its chain, where that is not this one. One statement."""
    root = row.root_id or row.pk
    later = Notice.objects.filter(root=root, issued_at__isnull=False, pk__gt=row.pk)
    return later.order_by("-pk").first() if row.issued_at else None


def told_before(row: Notice) -> list[int]:
    """The notices of its chain that went out before this one, by primary key."""
    root = row.root_id or row.pk
    earlier = Notice.objects.filter(Q(pk=root) | Q(root=root), issued_at__isnull=False).exclude(pk=row.pk)
    return list(earlier.order_by("pk").values_list("pk", flat=True))


def who_parameters(row: Notice) -> dict[str, Any]:
    """What WHO asks for: a correction is for everybody whom the one before was for, an all-clear for who was told."""
    return {
        "chain": told_before(row),
        "head": row.refers_to_id,
        "everybody": row.message_type == MessageType.CORRECTION,
        "may_have": [int(state) for state in MAY_HAVE],
        "not_left": [int(state) for state in NOT_LEFT],
    }


def told_points(row: Notice) -> QuerySet[Delivery, tuple[int, str]]:
    """(contact point, area) of every telephone that may have a text of its chain, second telephones included."""
    sent = Broadcast.objects.filter(pk__in=Notice.objects.filter(pk__in=told_before(row)).values("broadcast"))
    whole = Delivery.objects.filter(Q(broadcast__in=sent) | Q(broadcast__follows__in=sent), state__in=MAY_HAVE)
    return whole.filter(contact_point__kind=ContactKind.MOBILE).values_list("contact_point_id", "area_code")


def follow_preview(row: Notice, words: Wording) -> AudiencePreview:
    """Counts whom a correction or an all-clear would reach as things stand now. A constant number of statements."""
    asked = who_parameters(row)
    joining = _subscribers_of(row)
    ends = row.message_type == MessageType.ALL_CLEAR
    units = [point for point, _area in unit_points(asked["chain"])] if ends else []
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, asked | {"besides": joining + units})
        households, must_reach, without_phone, told, waiting, points, people = cursor.fetchone()
    return preview_of(
        (households, must_reach, points, without_phone),
        words.text,
        exercise=row.exercise is not None,
        told=told,
        waiting=waiting,
        is_out=bool(asked["chain"]),
        people=people,
        subscribers=len(joining),
    )


def _subscribers_of(row: Notice) -> list[int]:
    """The telephones that a correction goes to besides, as the signature has it; of an all-clear none but the told."""
    if row.exercise or row.message_type != MessageType.CORRECTION or is_aimed(row.pk, row.root_id or 0):
        return []
    codes = sorted(row.areas.values_list("area_code", flat=True))
    return [point for point, _area in subscriber_points(codes)]


def may_have(row: Notice) -> int:
    """How many telephones may have a notice's text. One statement."""
    if row.broadcast_id is None:
        return 0
    mine = Q(broadcast=row.broadcast_id) | Q(broadcast__follows=row.broadcast_id)
    return Delivery.objects.filter(mine, state__in=MAY_HAVE).values("contact_point").distinct().count()


def barred(row: Notice) -> int:
    """How many telephones an exercise's notice was not sent to because nobody enlisted them. One statement."""
    if row.broadcast_id is None or row.exercise is None:
        return 0
    mine = Q(broadcast=row.broadcast_id) | Q(broadcast__follows=row.broadcast_id)
    return Delivery.objects.filter(mine, error=NOT_ENLISTED).values("contact_point").distinct().count()


def was_told_withdrawn(row: Notice) -> bool:
    """Whether whoever may have a withdrawn notice was told that it no longer holds."""
    return Broadcast.objects.filter(key=withdrawn_key(row)).exists()


def withdrawn_key(row: Notice) -> str:
    """The key of the message that takes a notice back."""
    return f"notice:{row.pk}:withdrawn"


def without_follower(rows: Iterable[Notice]) -> frozenset[int]:
    """Which of these notices nothing that went out corrects or ends, by primary key. One statement."""
    followed = Notice.objects.filter(refers_to=OuterRef("pk"), issued_at__isnull=False)
    found = Notice.objects.filter(~Exists(followed), pk__in=[row.pk for row in rows])
    return frozenset(found.values_list("pk", flat=True))


@dataclass(frozen=True)
class Ending:
    """Which of the three acts an all-clear of this notice is: "evacuation" (people may return), "warning" (the official
    warning that it relays is lifted) or "notice". `is_over`: its time has run out; `still_holds`: that warning has not.
    """

    act: str
    is_over: bool = False
    still_holds: bool = False


def ending(row: Notice, now: datetime) -> Ending:
    """What ending this notice means. Two statements at most."""
    is_over = row.state == NoticeState.ISSUED and row.expires_at <= now
    if row.kind == NoticeKind.EVACUATION:
        return Ending("evacuation", is_over)
    relay = WarningRelay.objects.filter(notice=row.root_id or row.pk).select_related("warning").first()
    if relay is None:
        return Ending("notice", is_over)
    holding = warnings_in_force(now, scope_of(settings.DISTRICT_CODE), exercise=relay.warning.exercise)
    return Ending("warning", is_over, holding.filter(pk=relay.warning_id).exists())


def open_follower(row: Notice, message_type: str) -> Notice | None:
    """The correction or all-clear of a notice that somebody began and nobody signed."""
    unsigned = (NoticeState.DRAFT, NoticeState.SUBMITTED)
    return Notice.objects.filter(refers_to=row, message_type=message_type, state__in=unsigned).first()
