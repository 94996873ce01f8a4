"""Plans of the roster: drafts with what is wrong with them, and what was published."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count

from accounts.models import User
from dutyroster import rules
from dutyroster.enums import Conflict, Origin
from dutyroster.models import DutyPost, RosterPlan, Shift
from dutyroster.queries.facts import (
    as_served,
    kinds_between,
    person_facts,
    post_facts,
    served,
    span_of,
    standing,
    turns_of,
    zone,
)
from dutyroster.rules import Flaw, PersonFacts, PostFacts, Seat, Served, Span, Turn
from territory.enums import DayKind
from territory.models import PlacedQuerySet
from territory.rules import Scope

REMEMBERED = timedelta(days=90)  # how far back burdens are added up


def plans(scope: Scope) -> PlacedQuerySet[RosterPlan]:
    """The plans of these areas, the newest first, each with its number of shifts."""
    rows: PlacedQuerySet[Any] = (
        RosterPlan.objects.in_scope(scope)
        .select_related("made_by", "published_by")
        .annotate(shift_count=Count("shifts"))
        .order_by("-pk")
    )
    return rows


@dataclass(frozen=True)
class Ground:
    """Everything a plan is made from and judged by. `kept` are shifts changed by hand, which a plan leaves alone;
    `elsewhere` what its people do at posts that the plan does not touch."""

    posts: list[DutyPost]
    facts: list[PostFacts]
    seats: list[Seat]
    turns: dict[int, list[Turn]]
    people: dict[int, PersonFacts]
    kept: list[Shift]
    elsewhere: list[Shift]
    window: Span


def ground(posts: Collection[DutyPost], first_day: date, last_day: date, *, now: datetime) -> Ground:
    """Reads what a plan over these posts and days stands on. Shifts that are over by `now` want nobody any more; one
    that runs wants somebody from now on. Eight statements."""
    chosen = list(
        DutyPost.objects.filter(pk__in=[post.pk for post in posts])
        .prefetch_related("requirements")
        .order_by("area_code", "order", "pk")
    )
    facts = [post_facts(post) for post in chosen]
    kinds = kinds_between(first_day, last_day)
    whole = [seat for fact in facts for seat in rules.seats(fact, first_day, last_day, kinds=kinds, zone=zone())]
    ahead = [_from_now(seat, now) for seat in whole if seat.span.end > now]
    window = Span(
        min((seat.span.start for seat in ahead), default=now), max((seat.span.end for seat in ahead), default=now)
    )
    # A day's rest on either side, so that a plan fits to what comes before and after.
    wide = Span(window.start - timedelta(days=3), window.end + timedelta(days=3))
    around = list(Shift.objects.filter(standing(wide)).select_related("post", "person").order_by("during", "pk"))
    own = {post.pk for post in chosen}
    turns = turns_of(chosen)
    kept = [shift for shift in around if shift.post_id in own and not replaced(shift, window, now)]
    people = person_facts(
        {turn.person for those in turns.values() for turn in those} | {shift.person_id for shift in around}, wide
    )
    elsewhere = [shift for shift in around if shift.post_id not in own]
    return Ground(chosen, facts, ahead, turns, people, kept, elsewhere, window)


def replaced(shift: Shift, window: Span, now: datetime) -> bool:
    """True when publishing a plan over the window takes the place of a standing shift of its posts.

    What somebody changed by hand stays, and so does what began before: it is finished by whoever began it.
    """
    return shift.origin == Origin.PLAN and shift.starts >= window.start and shift.starts > now


def key(shift: Shift) -> tuple[int, int, datetime, datetime]:
    """What makes two shifts the same to whoever serves them."""
    return shift.post_id, shift.person_id, shift.starts, shift.ends


def _from_now(seat: Seat, now: datetime) -> Seat:
    if seat.span.start >= now:
        return seat
    return Seat(seat.post, seat.day, Span(now, seat.span.end), seat.staff, seat.kind, seat.weight)


def burdens(people: Collection[int], before: datetime) -> dict[int, float]:
    """What each of these people carried in the ninety days before a moment, in weighted days. Two statements."""
    window = Span(before - REMEMBERED, before)
    shifts = served(
        Shift.objects.filter(
            person__in=people, published_at__isnull=False, during__overlap=(window.start, window.end)
        ).order_by("pk")
    )
    kinds = kinds_between(window.start.date() - timedelta(days=1), window.end.date() + timedelta(days=1))
    carried: dict[int, float] = {}
    for shift, span in shifts:
        kind = kinds.get(span.start.astimezone(zone()).date(), DayKind.UNKNOWN)
        carried[shift.person_id] = carried.get(shift.person_id, 0.0) + rules.weight(kind, span, zone())
    return carried


@dataclass(frozen=True)
class Line:
    """One thing wrong with a plan, in people's words: what, where, when, who."""

    conflict: Conflict
    tone: str
    post: DutyPost
    span: Span
    person: User | None
    other: str
    missing: int


@dataclass(frozen=True)
class Load:
    """What a plan gives to one person: shifts, and of those on weekends and on holidays."""

    person: User
    shifts: int
    weekends: int
    holidays: int
    hours: int


@dataclass(frozen=True)
class Preview:
    """A draft as it would be: what is wrong, who carries what, and how many shifts would begin or end to count."""

    flaws: list[Line]
    loads: list[Load]
    shifts: list[Shift]
    superseded: int


def preview(plan: RosterPlan, *, now: datetime) -> Preview:
    """What publishing a draft would mean, judged by the roster and the people as they are now."""
    shifts = list(plan.shifts.select_related("post", "person").order_by("during", "post__order", "pk"))
    chosen = list(plan.posts.order_by("pk"))
    base = ground(chosen, plan.first_day, plan.last_day, now=now)
    missing = {shift.person_id for shift in shifts} - base.people.keys()
    people = base.people | person_facts(missing, base.window)
    flaws = rules.conflicts(
        [Served(shift.post_id, shift.person_id, span_of(shift)) for shift in shifts if shift.ends > now],
        seats=base.seats,
        people=people,
        rest=rules.posts_rest(base.facts),
        elsewhere=as_served(base.elsewhere),
        fixed=as_served(base.kept),
    )
    same = {key(shift) for shift in shifts}
    gone = Shift.objects.filter(standing(base.window), post__in=chosen).order_by("pk")
    return Preview(
        _lines(flaws, base, shifts),
        _loads(shifts, kinds_between(plan.first_day, plan.last_day)),
        shifts,
        sum(replaced(shift, base.window, now) and key(shift) not in same for shift in gone),
    )


def _lines(flaws: Sequence[Flaw], base: Ground, shifts: Sequence[Shift]) -> list[Line]:
    posts = {post.pk: post for post in base.posts} | {shift.post_id: shift.post for shift in base.elsewhere}
    people = {shift.person_id: shift.person for shift in (*shifts, *base.elsewhere, *base.kept)}
    danger = {Conflict.UNDERSTAFFED, Conflict.DOUBLE, Conflict.INACTIVE, Conflict.NO_PHONE}
    return [
        Line(
            flaw.kind,
            "danger" if flaw.kind in danger else "unknown" if flaw.kind == Conflict.YEAR_UNKNOWN else "late",
            posts[flaw.post],
            flaw.span,
            people.get(flaw.person) if flaw.person else None,
            posts[flaw.other].name if flaw.other else "",
            flaw.missing,
        )
        for flaw in flaws
    ]


def _loads(shifts: Sequence[Shift], kinds: dict[date, DayKind]) -> list[Load]:
    people = {shift.person_id: shift.person for shift in shifts}
    found = []
    for pk, person in people.items():
        own = [shift for shift in shifts if shift.person_id == pk]
        days = [
            kinds.get(rules.duty_day_of(shift.starts, shift.post.starts_at, zone()), DayKind.UNKNOWN) for shift in own
        ]
        found.append(
            Load(
                person,
                len(own),
                days.count(DayKind.WEEKEND),
                days.count(DayKind.HOLIDAY),
                round(sum(span_of(shift).hours for shift in own)),
            )
        )
    return sorted(found, key=lambda load: (-load.hours, load.person.name))


@dataclass(frozen=True)
class PlanDay:
    """One duty day of a plan, a cell a post."""

    day: date
    kind: DayKind
    cells: list[list[Shift]]


@dataclass(frozen=True)
class PlanTable:
    """A plan as a table; what publishing left out or took over from before is not in it."""

    posts: list[DutyPost]
    rows: list[PlanDay]


def plan_days(plan: RosterPlan) -> PlanTable:
    """The shifts of a plan by duty day and post. Three statements."""
    posts = list(plan.posts.order_by("area_code", "order", "pk"))
    kinds = kinds_between(plan.first_day, plan.last_day)
    cells: dict[tuple[date, int], list[Shift]] = {}
    by_pk = {post.pk: post for post in posts}
    for shift in plan.shifts.select_related("person").order_by("during", "pk"):
        day = rules.duty_day_of(shift.starts, by_pk[shift.post_id].starts_at, zone())
        cells.setdefault((day, shift.post_id), []).append(shift)
    rows = [
        PlanDay(day, kinds.get(day, DayKind.UNKNOWN), [cells.get((day, post.pk), []) for post in posts])
        for day in rules.days(plan.first_day, plan.last_day)
    ]
    return PlanTable(posts, rows)
