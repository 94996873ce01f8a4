"""Turns, gaps and the month's table, without a database."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyroster import rules
from dutyroster.enums import Conflict
from dutyroster.rules import Cover, Entry, PersonFacts, PostFacts, Seat, Served, Span, Turn
from territory.enums import DayKind

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 9, 28)  # a Monday; 1 to 7 October are holidays
MORNING = datetime(2026, 9, 28, 8, tzinfo=ZONE)


def post(pk: int = 1, *, hours: int = 24, rest: int = 24, staff: int = 1) -> PostFacts:
    return PostFacts(
        pk, time(8), hours, timedelta(hours=rest), {(kind, None): staff for kind in rules.ORDINARY}, order=pk
    )


def kinds(days: int = 14) -> dict[date, DayKind]:
    known = {}
    for day in rules.days(FIRST, FIRST + timedelta(days=days - 1)):
        ordinary = DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKDAY
        known[day] = DayKind.HOLIDAY if date(2026, 10, 1) <= day <= date(2026, 10, 7) else ordinary
    return known


def hours(first: float, last: float) -> Span:
    return Span(MORNING + timedelta(hours=first), MORNING + timedelta(hours=last))


@st.composite
def districts(draw: st.DrawFn) -> tuple[list[PostFacts], list[Seat], dict[int, list[Turn]], dict[int, PersonFacts]]:
    posts = [
        post(pk, hours=draw(st.sampled_from((8, 12, 24))), rest=draw(st.sampled_from((0, 8, 24))),
             staff=draw(st.integers(0, 3)))
        for pk in range(1, draw(st.integers(1, 4)) + 1)
    ]  # fmt: skip
    count = draw(st.integers(1, 7))
    people = {
        person: PersonFacts(
            person,
            is_active=draw(st.booleans()) or draw(st.booleans()),
            leaves=(hours(away, away + draw(st.integers(1, 60))),) if (away := draw(st.integers(-40, 200))) > 0 else (),
        )
        for person in range(1, count + 1)
    }
    turns = {
        one.pk: [
            Turn(person, order, FIRST, is_deputy=draw(st.booleans()))
            for order, person in enumerate(draw(st.lists(st.integers(1, count), unique=True)), start=1)
        ]
        for one in posts
    }
    last = FIRST + timedelta(days=draw(st.integers(0, 9)))
    found = [seat for one in posts for seat in rules.seats(one, FIRST, last, kinds=kinds(), zone=ZONE)]
    return posts, found, turns, people


@given(districts())
def test_nobody_is_on_two_posts_and_everybody_rests(
    district: tuple[list[PostFacts], list[Seat], dict[int, list[Turn]], dict[int, PersonFacts]],
) -> None:
    posts, seats, turns, people = district
    rest = rules.posts_rest(posts)
    planned = rules.rotate(seats, turns=turns, people=people, rest=rest)
    for one, other in combinations(planned, 2):
        if one.person == other.person:
            assert not one.span.overlaps(other.span)
            assert one.span.apart(other.span) >= max(rest[one.post], rest[other.post])
    for one in planned:
        assert people[one.person].is_effective
        assert not any(leave.overlaps(one.span) for leave in people[one.person].leaves)
    flaws = {flaw.kind for flaw in rules.conflicts(planned, seats=seats, people=people, rest=rest)}
    assert flaws <= {Conflict.UNDERSTAFFED}


@given(districts(), st.lists(st.tuples(st.integers(1, 4), st.integers(1, 7), st.integers(-9, 260), st.integers(1, 70))))
def test_cover_and_gaps_make_the_requirement_at_every_instant(
    district: tuple[list[PostFacts], list[Seat], dict[int, list[Turn]], dict[int, PersonFacts]],
    stretches: list[tuple[int, int, int, int]],
) -> None:
    _posts, seats, _turns, _people = district
    covers = [Cover(at, person, hours(start, start + length)) for at, person, start, length in stretches]
    holes = rules.gaps(seats, covers)
    for seat in seats:
        for quarter in range(int(seat.span.hours * 2)):
            instant = seat.span.start + timedelta(minutes=30 * quarter)
            there = len({one.person for one in covers if one.post == seat.post and one.span.holds(instant)})
            missing = [hole.missing for hole in holes if hole.seat == seat and hole.span.holds(instant)]
            assert min(there, seat.staff) + sum(missing) == seat.staff
            assert len(missing) <= 1


def test_an_empty_roster_is_one_gap_a_shift() -> None:
    seats = rules.seats(post(hours=12), FIRST, FIRST + timedelta(days=1), kinds=kinds(), zone=ZONE)
    assert [(hole.span, hole.missing) for hole in rules.gaps(seats, [])] == [(seat.span, 1) for seat in seats]


def test_a_hole_of_one_minute_is_a_gap() -> None:
    seats = rules.seats(post(), FIRST, FIRST, kinds=kinds(), zone=ZONE)
    covers = [Cover(1, 1, hours(0, 12)), Cover(1, 2, Span(MORNING + timedelta(hours=12, minutes=1), seats[0].span.end))]
    assert [hole.span for hole in rules.gaps(seats, covers)] == [
        Span(MORNING + timedelta(hours=12), MORNING + timedelta(hours=12, minutes=1))
    ]


def test_turns_are_fair_by_weighted_days_and_deputies_only_step_in() -> None:
    seats = rules.seats(post(), FIRST, FIRST + timedelta(days=13), kinds=kinds(), zone=ZONE)
    turns = {1: [Turn(1, 1, FIRST), Turn(2, 2, FIRST), Turn(3, 3, FIRST), Turn(9, 4, FIRST, is_deputy=True)]}
    people = {person: PersonFacts(person) for person in (1, 2, 3, 9)}
    planned = rules.rotate(seats, turns=turns, people=people, rest={1: timedelta(hours=24)})
    carried = {person: sum(one.weight for one in planned if one.person == person) for person in (1, 2, 3, 9)}
    assert carried[9] == 0
    assert max(carried[person] for person in (1, 2, 3)) - min(carried[person] for person in (1, 2, 3)) <= 2
    away = {**people, **{person: PersonFacts(person, leaves=(hours(0, 24),)) for person in (1, 2, 3)}}
    assert rules.rotate(seats[:1], turns=turns, people=away, rest={})[0].person == 9


def test_somebody_new_does_not_have_to_catch_up() -> None:
    seats = rules.seats(post(), FIRST, FIRST + timedelta(days=5), kinds=kinds(), zone=ZONE)
    turns = {1: [Turn(1, 1, FIRST), Turn(2, 2, FIRST)]}
    people = {person: PersonFacts(person) for person in (1, 2)}
    planned = rules.rotate(seats, turns=turns, people=people, rest={1: timedelta(hours=24)}, loads={1: 30.0})
    assert [one.person for one in planned] == [1, 2, 1, 2, 1, 2]


def test_whoever_stands_there_already_takes_up_a_place() -> None:
    seats = rules.seats(post(staff=2), FIRST, FIRST, kinds=kinds(), zone=ZONE)
    turns = {1: [Turn(1, 1, FIRST), Turn(2, 2, FIRST)]}
    people = {person: PersonFacts(person) for person in (1, 2, 3)}
    planned = rules.rotate(seats, turns=turns, people=people, rest={}, fixed=[Served(1, 3, seats[0].span)])
    assert [one.person for one in planned] == [1]


@pytest.mark.parametrize(
    ("kind", "level", "wanted"),
    [
        (DayKind.WORKDAY, None, 1),
        (DayKind.HOLIDAY, None, 2),
        (DayKind.WORKDAY, 4, 1),  # no row so mild: the ordinary number
        (DayKind.WORKDAY, 3, 3),
        (DayKind.WORKDAY, 1, 4),  # no row of its own: that of level 2
        (DayKind.UNKNOWN, None, 2),  # the highest of the three
    ],
)
def test_required_staff_follows_the_day_and_the_level(kind: DayKind, level: int | None, wanted: int) -> None:
    rows: dict[tuple[str, int | None], int] = {
        (DayKind.WORKDAY, None): 1,
        (DayKind.WEEKEND, None): 1,
        (DayKind.HOLIDAY, None): 2,
        (DayKind.WORKDAY, 3): 3,
        (DayKind.WORKDAY, 2): 4,
    }
    assert rules.required_staff(rows, kind, level) == wanted


def test_a_year_that_is_not_loaded_is_said_once() -> None:
    seats = rules.seats(post(), date(2027, 1, 1), date(2027, 1, 3), kinds={}, zone=ZONE)
    assert {seat.kind for seat in seats} == {DayKind.UNKNOWN}
    flaws = rules.conflicts([], seats=seats, people={}, rest={})
    assert [flaw.kind for flaw in flaws].count(Conflict.YEAR_UNKNOWN) == 1


def test_the_night_belongs_to_the_day_before() -> None:
    early = datetime(2026, 9, 28, 18, tzinfo=UTC)  # 02:00 on the 29th in the district
    assert rules.duty_day_of(early, time(8), ZONE) == FIRST
    assert rules.duty_day_of(early + timedelta(hours=6), time(8), ZONE) == FIRST + timedelta(days=1)


def test_conflicts_name_double_duty_leave_and_rest() -> None:
    seats = rules.seats(post(), FIRST, FIRST + timedelta(days=1), kinds=kinds(), zone=ZONE)
    planned = [Served(1, 1, seat.span) for seat in seats]
    people = {1: PersonFacts(1, leaves=(hours(30, 40),))}
    flaws = rules.conflicts(
        planned, seats=seats, people=people, rest={1: timedelta(hours=24)}, elsewhere=[Served(2, 1, hours(4, 6))]
    )
    assert [flaw.kind for flaw in flaws] == [
        Conflict.UNDERSTAFFED, Conflict.DOUBLE, Conflict.ON_LEAVE, Conflict.REST, Conflict.REST,
    ]  # fmt: skip


def test_a_superseded_shift_counts_up_to_that_moment() -> None:
    span = hours(0, 24)
    assert rules.served_until(span, None) == span
    assert rules.served_until(span, MORNING - timedelta(days=1)) is None
    assert rules.served_until(span, MORNING + timedelta(hours=2)) == hours(0, 2)


def test_leave_cuts_a_hole() -> None:
    assert rules.without(hours(0, 24), [hours(-5, 2), hours(10, 12)]) == [hours(2, 10), hours(12, 24)]
    assert rules.without(hours(0, 24), [hours(-1, 25)]) == []


def test_the_month_puts_the_early_hours_under_the_day_before() -> None:
    entries = [Entry(1, "甲", hours(0, 24)), Entry(1, "乙", hours(42, 48), is_changed=True)]
    rows = rules.month_rows(2026, 9, posts=[post()], entries=entries, kinds=kinds(), zone=ZONE)
    assert len(rows) == 30
    assert [(one.person, one.times) for one in rows[27].cells[0]] == [("甲", "")]
    assert [(one.person, one.times) for one in rows[28].cells[0]] == [("乙", "02:00–08:00")]
    assert rows[26].cells == [[]]
