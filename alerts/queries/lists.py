"""Households of a notice one by one, each with its state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import CharField
from django.utils.timezone import localtime
from django.utils.translation import gettext
from openpyxl import Workbook

from alerts.enums import Answerer, Choice, Message, Reach, VisitOutcome
from alerts.models import AudienceHousehold, AudiencePhone, Notice, Visit
from alerts.queries.chain import NOT_ENLISTED, told_before
from alerts.queries.counting import FROM, FROM_FEW, IN_FLIGHT, REACH, parameters
from alerts.queries.coverage import Tally
from alerts.rules import OUTCOME_TONES, TONES
from messaging.enums import ARRIVED
from messaging.models import Delivery
from territory import queries as territory
from territory.models import within
from territory.rules import Scope, masked_phone, without_formula

PAGE = 100
# What `Line` and the lists of lines print.
PRINTED = (
    "area_code", "answer", "answered_at", "answered_as", "must_reach", "notice",
    *(f"household__{column}" for column in ("code", "head_name", "building", "unit", "room", "address", "persons")),
)  # fmt: skip


def with_reach(rows: QuerySet[AudienceHousehold], notice: Notice) -> QuerySet[Any]:
    """The rows with `delivery_state`, `reach`, `last_outcome` and `last_visit_at`.

    `reach` is rules.reach in SQL; a test holds the two and the sum in coverage.py against each other.
    """
    delivery = Delivery.objects.filter(
        broadcast_id=notice.broadcast_id or 0, contact_point_id=OuterRef("contact_point_id")
    )
    later = Delivery.objects.filter(
        broadcast_id=OuterRef("broadcast_id"), contact_point_id=OuterRef("contact_point_id")
    )
    phones = AudiencePhone.objects.filter(audience_id=OuterRef("pk"), broadcast__isnull=False)
    return rows.annotate(
        delivery_state=Subquery(delivery.values("state")[:1], output_field=IntegerField(null=True)),
        later_arrived=Exists(phones.filter(Exists(later.filter(state__in=ARRIVED)))),
        later_open=Exists(phones.filter(Exists(later.filter(state__in=IN_FLIGHT)))),
        last_outcome=_of_last_visit("outcome"),
        last_visit_at=_of_last_visit("occurred_at"),
    ).annotate(
        reach=Case(
            When(answer=Choice.NEED_HELP, help_closed_at=None, then=Value(Reach.NEED_HELP)),
            When(~Q(answer=""), then=Value(Reach.ANSWERED)),
            When(visited_at__isnull=False, then=Value(Reach.VISITED)),
            When(
                Q(delivery_state__in=ARRIVED) | Q(later_arrived=True) | Q(message=Message.ARRIVED),
                then=Value(Reach.DELIVERED),
            ),
            When(~Q(closed_reason=""), then=Value(Reach.CLOSED_UNREACHABLE)),
            When(unreached_at__isnull=False, then=Value(Reach.UNREACHED)),
            When(
                Q(delivery_state__in=IN_FLIGHT) | Q(later_open=True) | Q(message=Message.OPEN),
                then=Value(Reach.PENDING),
            ),
            default=Value(Reach.UNREACHED),
            output_field=CharField(),
        )
    )


def _of_last_visit(column: str) -> Subquery:
    held = Visit.objects.filter(~Q(check_of__holds=False), audience_id=OuterRef("pk"))
    return Subquery(held.order_by("-occurred_at", "-pk").values(column)[:1])


@dataclass(frozen=True)
class Line:
    """One household in a list: printed place and person, its state, and what the last visit found."""

    audience: AudienceHousehold
    area: str
    reach: Reach
    outcome: VisitOutcome | None

    @property
    def tone(self) -> str:
        """The colour and shape of its state."""
        return TONES[self.reach]

    @property
    def outcome_tone(self) -> str:
        """The colour and shape of what the last visit found."""
        return OUTCOME_TONES[self.outcome] if self.outcome else "unknown"

    @property
    def proxy(self) -> str:
        """Who spoke for the household, empty where it spoke itself."""
        as_whom = self.audience.answered_as
        return str(Answerer(as_whom).label) if as_whom and as_whom != Answerer.OWN else ""

    @property
    def place(self) -> str:
        """Where the door is."""
        home = self.audience.household
        stairs = " ".join(part for part in (home.building, home.unit, home.room) if part)
        return stairs or home.address


@dataclass(frozen=True)
class Lines:
    """A page of a list, and the cursor of the next one (None: that is all)."""

    rows: list[Line]
    after: int | None

    @property
    def cursor(self) -> str:
        """`after` as an address carries it."""
        return str(self.after or "")


def calls_for_help(notice: Notice, scope: Scope, *, size: int | None = None) -> list[Line]:
    """Households that ask for help and were not helped yet, who has waited longest on top: all, or the first so many.

    A correction or an all-clear ends nobody's cry: those under the notices before it stand here too.
    """
    return _cries(_crying(notice, scope), size)


def first_cries(notice: Notice, scope: Scope, *, size: int) -> tuple[int, list[Line]]:
    """How many households `calls_for_help` has in all, and the first so many of them. Four statements at most."""
    crying = _crying(notice, scope)
    found = _cries(crying, size)
    return (len(found) if len(found) < size else crying.count()), found


def _crying(notice: Notice, scope: Scope) -> QuerySet[AudienceHousehold]:
    under = [notice.pk, *told_before(notice)]
    return AudienceHousehold.objects.filter(
        within(scope), notice__in=under, answer=Choice.NEED_HELP, help_closed_at=None
    )


def _cries(crying: QuerySet[AudienceHousehold], size: int | None) -> list[Line]:
    rows = _printed(crying).select_related("notice").only(*PRINTED, "notice__uuid").order_by("answered_at", "pk")[:size]
    names = territory.area_names({row.area_code for row in rows})
    return [Line(row, names.get(row.area_code, row.area_code), Reach.NEED_HELP, None) for row in rows]


def _printed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with no more of them and their households than a list prints: a notice has sixty columns."""
    return rows.select_related("household").only(*PRINTED)


def unreached(notice: Notice, scope: Scope, *, after: int = 0, size: int = PAGE) -> Lines:
    """Households not reached, must-reach first, then by grid. `after` is the row the last page ended at."""
    last = notice.households.filter(pk=after).first() if after else None
    ids = unreached_ids(notice, scope, last=last, size=size + 1)
    page = _in_order(notice, ids)
    return Lines(page[:size], page[size - 1].audience.pk if len(page) > size else None)


def first_unreached(notice: Notice, grids: Iterable[Tally], *, size: int) -> list[Line]:
    """The first rows of `unreached`, from the grids alone that a count says they lie in. Two statements."""
    codes = _first_grids(sorted(grids, key=lambda grid: grid.code), size)
    if not codes:
        return []
    asked = {"notice": notice.pk, "broadcast": notice.broadcast_id, "codes": codes, "size": size}
    return _in_order(notice, _unreached_ids(FROM_FEW, asked))


def _first_grids(grids: list[Tally], size: int) -> list[str]:
    """The grids of the first so many households not reached: those who must be reached come before all others."""
    codes, found = list[str](), 0
    for is_ordinary in (False, True):
        for grid in grids:
            if found >= size:
                return codes
            count = grid.unreached - grid.must_unreached if is_ordinary else grid.must_unreached
            if count:
                codes.append(grid.code)
                found += count
    return codes


def unreached_ids(
    notice: Notice, scope: Scope, *, last: AudienceHousehold | None = None, size: int | None = None
) -> list[int]:
    """The rows of the unreached in the order of the list, from behind `last`. One hash join: 100,000 rows one by one
    would take seconds.
    """
    after: dict[str, Any] = {}
    if last is not None:
        after = {"ordinary": not last.must_reach, "code": last.area_code, "id": last.pk}
    return _unreached_ids(FROM, {**parameters(notice, scope), **after, "size": size})


def _unreached_ids(source: str, asked: dict[str, Any]) -> list[int]:
    start: dict[str, Any] = {"ordinary": False, "code": "", "id": 0, "unreached": Reach.UNREACHED.value}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.id FROM (
                SELECT a.id, a.area_code, a.must_reach = '' AS ordinary, {REACH} AS reach {source}
                   AND a.answer = '' AND a.visited_at IS NULL AND a.closed_reason = ''
            ) s
            WHERE s.reach = %(unreached)s AND (s.ordinary, s.area_code, s.id) > (%(ordinary)s, %(code)s, %(id)s)
            ORDER BY s.ordinary, s.area_code, s.id LIMIT %(size)s
            """,  # noqa: S608  (constants of ours)
            {**start, **asked},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _in_order(notice: Notice, ids: list[int]) -> list[Line]:
    rows = _printed(notice.households.filter(pk__in=ids)).annotate(
        reach=Value(Reach.UNREACHED), last_outcome=_of_last_visit("outcome")
    )
    found = {line.audience.pk: line for line in lines(rows)}
    return [found[pk] for pk in ids]


def unreached_sheet(notice: Notice, scope: Scope) -> bytes:
    """All households not reached as xlsx; no telephone numbers and no names: who needs them opens the door's page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Households to be visited"))
    heads = [
        gettext("Grid"),
        gettext("Grid code"),
        gettext("Household code"),
        gettext("Door"),
        gettext("Address"),
        gettext("Persons"),
        gettext("Must be reached because"),
        gettext("Last visit"),
    ]
    sheet.append(heads)
    for line in _in_order(notice, unreached_ids(notice, scope)):
        home = line.audience.household
        sheet.append(
            [
                without_formula(str(value))
                for value in (
                    line.area,
                    line.audience.area_code,
                    home.code,
                    line.place,
                    home.address,
                    home.persons,
                    line.audience.get_must_reach_display() if line.audience.must_reach else "",
                    line.outcome.label if line.outcome else "",
                )
            ]
        )
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def lines(rows: Iterable[Any] | QuerySet[Any]) -> list[Line]:
    """The rows of `with_reach` as they are printed. Two statements."""
    found = list(rows.select_related("household") if isinstance(rows, QuerySet) else rows)
    names = territory.area_names({row.area_code for row in found})
    return [
        Line(
            row,
            names.get(row.area_code, row.area_code),
            Reach(row.reach),
            VisitOutcome(row.last_outcome) if row.last_outcome else None,
        )
        for row in found
    ]


def line(audience: AudienceHousehold, notice: Notice) -> Line:
    """One household as it is printed."""
    return lines(with_reach(AudienceHousehold.objects.filter(pk=audience.pk), notice))[0]


@dataclass(frozen=True)
class HouseholdEvent:
    """Something that reached a household or came from it."""

    at: datetime | None
    what: object
    by: str
    words: str = ""


def household_events(audience: AudienceHousehold) -> list[HouseholdEvent]:
    """The proof: message, answers, visits, closing, oldest first. Three statements."""
    events = []
    later = AudiencePhone.objects.filter(
        audience=audience, broadcast=OuterRef("broadcast_id"), contact_point=OuterRef("contact_point_id")
    )
    first = Q(broadcast_id=audience.notice.broadcast_id or 0, contact_point_id=audience.contact_point_id)
    for delivery in Delivery.objects.filter(first | Exists(later)).order_by("pk"):
        at = delivery.settled_at or delivery.accepted_at
        words = gettext("not on the list of this exercise") if delivery.error == NOT_ENLISTED else ""
        number = masked_phone(delivery.address)
        events.append(HouseholdEvent(at, delivery.get_state_display(), "", f"{number} {words}".strip()))
    for answer in audience.answers.select_related("by").order_by("at", "pk"):
        who = answer.by.name if answer.by else f"{answer.get_answered_as_display()} {answer.answered_name}".strip()
        words = f"{answer.get_via_display()} {answer.text}".strip()
        events.append(HouseholdEvent(answer.at, answer.get_choice_display(), who, words))
    events += [
        HouseholdEvent(visit.occurred_at, visit.get_outcome_display(), visit.by_name, _proof(visit))
        for visit in audience.visits.select_related("check_of", "recorded_by").order_by("occurred_at", "pk")
    ]
    if audience.closed_reason:
        events.append(HouseholdEvent(None, Reach.CLOSED_UNREACHABLE.label, "", audience.closed_reason))
    return sorted(events, key=lambda event: (event.at is None, event.at or audience.notice.created_at))


def _proof(visit: Visit) -> str:
    """What was noted at a door, where the device was, and what the community made of it."""
    parts = [visit.note]
    if visit.recorded_by is not None:
        words = gettext("told by %(who)s, recorded by %(by)s at %(at)s")
        at = localtime(visit.recorded_at).strftime("%m-%d %H:%M")
        parts.append(words % {"who": visit.told_by, "by": visit.recorded_by.name, "at": at})
    if visit.position is not None:
        place = f"{visit.position.y:.5f}, {visit.position.x:.5f}"
        parts.append(gettext("at %(place)s") % {"place": place})
        if visit.accuracy_m is not None:
            parts.append(gettext("± %(metres)s m") % {"metres": round(visit.accuracy_m)})
    check = getattr(visit, "check_of", None)
    if check is not None:
        judged = gettext("looked at: holds") if check.holds else gettext("looked at: nobody was there")
        parts.append(f"{judged} {check.note}")
    return " ".join(part for part in parts if part).strip()
