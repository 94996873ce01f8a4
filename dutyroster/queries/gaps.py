"""Where people are missing on the roster, and how the posts are manned now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core import clock
from core.queries import resolver
from dutyroster import rules
from dutyroster.models import DutyPost, Shift
from dutyroster.queries.attendance import attendance
from dutyroster.queries.facts import (
    kinds_between,
    person_facts,
    post_facts,
    posts_in_use,
    published,
    served,
    today,
    zone,
)
from dutyroster.rules import Cover, Hole, Seat, Span, without
from territory.enums import DayKind
from territory.rules import Scope

IN_FORCE = timedelta(hours=24)  # how far ahead the level in force now is reckoned with


@dataclass(frozen=True)
class Gap:
    """A stretch at a post in which `missing` of `required` people are not there. `day` is its duty day."""

    post: DutyPost
    day: date
    during: Span
    required: int
    effective: int
    missing: int
    day_kind: DayKind


@dataclass(frozen=True)
class Manned:
    """How the posts stand at a moment, in people: required, effectively on the roster, checked in; what is missing.

    `in_post` counts nobody beyond what his post requires, so that it never exceeds `required`. `later` are the gaps
    that begin within the duty day that runs now.
    """

    required: int
    effective: int
    in_post: int
    missing: list[Gap]

    @property
    def lacking(self) -> int:
        """How many people the roster lacks at that moment."""
        return self.required - self.effective

    later: list[Gap] = field(default_factory=list)


def gaps(scope: Scope, first_day: date, days: int = 30, *, now: datetime | None = None) -> list[Gap]:
    """What is missing on `days` duty days from `first_day`, by time; stretches that are over are left out.

    Somebody who is on leave, whose account is closed or whose telephone nobody has verified does not count. The
    response level in force counts for the next 24 hours. Statements: seven, and one an area that has numbers of its
    own for a level.
    """
    at = now or clock.now()
    posts = list(posts_in_use(scope))
    last_day = first_day + timedelta(days=days - 1)
    seats = _seats(posts, first_day, last_day, now=at)
    found = _gaps(posts, rules.gaps(seats, covers(posts, first_day, last_day)))
    return [gap for gap in found if gap.during.end > at]


def manned(scope: Scope, now: datetime) -> Manned:
    """How the posts of these areas stand at a moment."""
    posts = list(posts_in_use(scope))
    if not posts:
        return Manned(0, 0, 0, [])
    day = today(now)
    of_today = [seat for seat in _seats(posts, day - timedelta(days=1), day, now=now) if seat.staff]
    seats = [seat for seat in of_today if seat.span.holds(now)]
    all_day = covers(posts, day - timedelta(days=1), day)
    there = [cover for cover in all_day if cover.span.holds(now)]
    came = {(one.shift.post_id, one.shift.person_id) for one in attendance(scope, now) if one.is_there}
    effective = in_post = 0
    for seat in seats:
        people = {cover.person for cover in there if cover.post == seat.post}
        effective += min(seat.staff, len(people))
        in_post += min(seat.staff, len({person for post, person in came if post == seat.post}))
    holes = [hole for hole in rules.gaps(seats, there) if hole.span.holds(now)]
    later = [hole for hole in rules.gaps(of_today, all_day) if hole.span.start > now]
    return Manned(sum(seat.staff for seat in seats), effective, in_post, _gaps(posts, holes), _gaps(posts, later))


def covers(posts: Collection[DutyPost], first_day: date, last_day: date) -> list[Cover]:
    """Who effectively serves at these posts on these days, leaves cut out. Three statements."""
    window = _window(first_day, last_day)
    shifts = served(Shift.objects.filter(published(window), post__in=posts).order_by("pk"))
    people = person_facts({shift.person_id for shift, _span in shifts}, window)
    return [
        Cover(shift.post_id, shift.person_id, part)
        for shift, span in shifts
        if people[shift.person_id].is_effective
        for part in without(span, people[shift.person_id].leaves)
    ]


def _window(first_day: date, last_day: date) -> Span:
    # Duty days begin during a day and end on the next.
    start = datetime.combine(first_day, datetime.min.time(), zone())
    return Span(start, start + (last_day - first_day) + timedelta(days=2))


def _seats(posts: Sequence[DutyPost], first_day: date, last_day: date, *, now: datetime) -> list[Seat]:
    kinds = kinds_between(first_day, last_day)
    levels = _levels(posts, now)
    return [
        seat
        for post in posts
        for seat in rules.seats(
            post_facts(post),
            first_day,
            last_day,
            kinds=kinds,
            zone=zone(),
            level=levels.get(post.area_code),
            under_level=Span(now, now + IN_FORCE),
        )
    ]


def _levels(posts: Sequence[DutyPost], now: datetime) -> dict[str, int | None]:
    # Asked only where a level changes the number.
    areas = {post.area_code for post in posts if any(row.response_level is not None for row in post.requirements.all())}
    ask = resolver("SITUATION")
    return {area: ask(area, now) for area in sorted(areas)}


def _gaps(posts: Sequence[DutyPost], holes: Sequence[Hole]) -> list[Gap]:
    by_pk = {post.pk: post for post in posts}
    place = {post.pk: number for number, post in enumerate(posts)}
    return [
        Gap(
            by_pk[hole.seat.post],
            hole.seat.day,
            hole.span,
            hole.required,
            hole.effective,
            hole.missing,
            hole.seat.kind,
        )
        for hole in sorted(holes, key=lambda hole: (hole.span, place[hole.seat.post]))
    ]
