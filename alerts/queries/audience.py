"""Whom a notice would reach, before and after the signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from alerts.enums import MessageType, NoticeState
from alerts.models import AudienceHousehold, NoticeAim
from alerts.queries.subscriptions import subscriber_points
from alerts.rules import answer_token, audience_of, card_parts, is_card
from messaging import queries as messages
from messaging.rules import marked
from territory.models import Household

# The living mobile that a household is tried at first. One row a household.
FIRST_MOBILE = """
    SELECT DISTINCT ON (c.household_id) c.household_id, c.contact_point_id
      FROM territory_householdcontact c
      JOIN territory_contactpoint p ON p.id = c.contact_point_id AND p.kind = 'mobile' AND p.dead_since IS NULL
     ORDER BY c.household_id, c.rank
"""

# Leaves out the households `h` that a notice is not for, where its aim narrows its areas. Whoever has no position
# counts as inside unless his grid's border says otherwise.
AIMED = """
   AND NOT EXISTS (
       SELECT FROM alerts_noticeaim t
        WHERE t.notice_id = %(notice)s
          AND ((t.only_must_reach AND h.must_reach = '')
               OR (t.shape IS NOT NULL AND NOT COALESCE(
                       ST_Covers(t.shape, h.position),
                       (SELECT ST_Intersects(t.shape, g.border) FROM territory_area g WHERE g.code = h.area_code),
                       true))))
"""


@dataclass(frozen=True)
class AudiencePreview:
    """What a signature would send: households, those of them who must be spoken to, telephones, SMS parts, minutes."""

    households: int
    must_reach: int
    contact_points: int
    without_phone: int
    text: str
    parts: int
    minutes: int
    cut: int = 0  # characters less that make it one SMS less each
    characters: int = 0  # as they are counted, the signature included
    # Of a correction or an all-clear: households that may have the text before it, those whom that text has not left
    # for and who get this one instead, and whether it went out at all. The rest is told at the door.
    told: int = 0
    waiting: int = 0
    is_out: bool = True
    people: int = 0  # living in these households, by the roll
    # Telephones that subscribed; who of them is no household's first telephone is counted in `contact_points`.
    subscribers: int = 0

    @property
    def units(self) -> int:
        """计费条数: what the provider bills."""
        return self.contact_points * self.parts


def audience_preview(
    area_codes: Sequence[str], text: str, *, exercise: bool = False, notice: int = 0
) -> AudiencePreview:
    """Counts the audience of these areas and what `text` costs, which is as it goes out. A constant number of
    statements. `notice`: the draft whose aim narrows the areas, by primary key.
    """
    households = must_reach = points = without_phone = people = 0
    if area_codes:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT count(*), count(*) FILTER (WHERE h.must_reach <> ''), count(DISTINCT m.contact_point_id),
                       count(*) FILTER (WHERE m.contact_point_id IS NULL), COALESCE(sum(h.persons), 0)
                  FROM territory_household h LEFT JOIN ({FIRST_MOBILE}) m ON m.household_id = h.id
                 WHERE h.retired_at IS NULL AND h.area_code LIKE ANY (%(areas)s) {AIMED}
                """,  # noqa: S608  (constants of this module)
                {"areas": prefixes(area_codes), "notice": notice},
            )
            households, must_reach, points, without_phone, people = cursor.fetchone()
    subscribed, besides = (0, 0) if exercise or is_aimed(notice) else subscribers(area_codes)
    counts = (households, must_reach, points + besides, without_phone)
    return preview_of(counts, text, exercise=exercise, people=people, subscribers=subscribed)


def preview_of(
    counts: tuple[int, int, int, int],
    text: str,
    *,
    exercise: bool,
    told: int = 0,
    waiting: int = 0,
    is_out: bool = True,
    people: int = 0,
    subscribers: int = 0,
) -> AudiencePreview:
    """A preview of these counts (households, must-reach, telephones, without one) with what the text costs."""
    households, must_reach, points, without_phone = counts
    cost = messages.cost(text, exercise=exercise)
    return AudiencePreview(
        households=households,
        must_reach=must_reach,
        contact_points=points,
        without_phone=without_phone,
        text=marked(text) if exercise else text,
        parts=cost.parts,
        minutes=cost.minutes(points),
        cut=cost.cut,
        characters=cost.characters,
        told=told,
        waiting=waiting,
        is_out=is_out,
        people=people,
        subscribers=subscribers,
    )


def is_aimed(*notices: int) -> bool:
    """Whether a notice is for a part of its areas only: nobody knows where a subscriber is, so it is not for them.

    Of a correction the one that its chain began with says so.
    """
    return NoticeAim.objects.filter(notice__in=notices).exists()


def subscribers(area_codes: Sequence[str]) -> tuple[int, int]:
    """How many telephones subscribed to these areas, and how many of them are no household's first one.

    One statement."""
    if not area_codes:
        return 0, 0
    source, values = subscriber_points(area_codes).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM territory_household h JOIN ({FIRST_MOBILE}) m ON m.household_id = h.id
                    WHERE m.contact_point_id = s.contact_point_id AND h.retired_at IS NULL
                      AND h.area_code LIKE ANY (%s)))
              FROM ({source}) AS s (contact_point_id, area_code)
            """,  # noqa: S608  (constants of this module and a queryset's own SQL)
            [prefixes(area_codes), *values],
        )
        whole, besides = cursor.fetchone()
    return int(whole), int(besides)


def households_by_area() -> dict[str, int]:
    """Living households by area code, of every level. One statement."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(area_code, 12), count(*) FROM territory_household WHERE retired_at IS NULL GROUP BY 1"
        )
        for code, count in cursor.fetchall():
            for length in (6, 9, 12):
                found[code[:length]] = found.get(code[:length], 0) + count
    return found


def prefixes(codes: Sequence[str]) -> list[str]:
    """LIKE patterns for these areas with everything below them."""
    return [f"{code}%" for code in codes if code.isdigit()]


def broadcast_text(sms_text: str, language: str | None = None) -> str:
    """The text as it goes out: what was written, how to answer, where to read more. In the district's language."""
    with translation.override(language or settings.LANGUAGE_CODE):
        tail = gettext("Reply 1: all know. 2: I am away, somebody is in. 3: need help. More: %(url)s") % {
            "url": f"{settings.PUBLIC_URL}{reverse('residents:notices')}"
        }
    body = sms_text.strip()
    return f"{body}{'' if body.endswith(('。', '！', '!', '.')) else '。'}{tail}" if body else tail


def answer_path(audience: int) -> str:
    """The path of a household's own page; the number is its audience row's."""
    return reverse("residents:answer", args=[answer_token(audience, secret=settings.SECRET_KEY)])


def audience_by_token(token: str) -> AudienceHousehold | None:
    """The household whose link this is, with its notice; None when nobody made this token."""
    number = audience_of(token, secret=settings.SECRET_KEY)
    return AudienceHousehold.objects.select_related("notice", "household").filter(pk=number).first() if number else None


def audience_by_card(typed: str, now: datetime) -> tuple[Household | None, AudienceHousehold | None]:
    """The household whose card this is, and its row under the newest notice in force that asks it for an answer.

    A drill's notice asks nobody here: what a household says with its card is meant. Two statements.
    """
    parts = card_parts(typed)
    if parts is None or not is_card(*parts, secret=settings.SECRET_KEY):
        return None, None
    home = Household.objects.filter(code__iexact=parts[0], retired_at=None).first()
    if home is None:
        return None, None
    asked = AudienceHousehold.objects.select_related("notice", "household").filter(
        household=home, notice__state=NoticeState.ISSUED, notice__expires_at__gt=now, notice__exercise=None
    )
    return home, asked.exclude(notice__message_type=MessageType.ALL_CLEAR).order_by("-notice_id").first()
