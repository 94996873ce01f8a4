"""Who serves when: by turns, the least burdened first, and what is wrong with a plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dutyroster.enums import Conflict
from dutyroster.rules.calendar import PostFacts, Seat
from dutyroster.rules.gaps import Cover, gaps
from dutyroster.rules.span import Span
from territory.enums import DayKind


@dataclass(frozen=True)
class Turn:
    """Somebody who takes turns at a post, both days included. A deputy is asked when nobody else can."""

    person: int
    order: int
    since: date
    until: date | None = None
    is_deputy: bool = False


@dataclass(frozen=True)
class PersonFacts:
    """What the roster knows of a person. `leaves` are the spans of his days away."""

    pk: int
    is_active: bool = True
    has_phone: bool = True
    leaves: tuple[Span, ...] = ()

    @property
    def is_effective(self) -> bool:
        """May sign in and can be called."""
        return self.is_active and self.has_phone


@dataclass(frozen=True)
class Served:
    """A stretch in which somebody serves at a post, planned, proposed or long since published."""

    post: int
    person: int
    span: Span
    weight: float = 1.0


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a plan; `other` is the post he would be on as well. `missing` counts people."""

    kind: Conflict
    post: int
    span: Span
    person: int | None = None
    other: int | None = None
    missing: int = 0


def rotate(
    seats: Iterable[Seat],
    *,
    turns: Mapping[int, Sequence[Turn]],
    people: Mapping[int, PersonFacts],
    rest: Mapping[int, timedelta],
    busy: Iterable[Served] = (),
    fixed: Iterable[Served] = (),
    loads: Mapping[int, float] | None = None,
) -> list[Served]:
    """Fills seats in the order of time: whoever carried least so far, then whoever rested longest, then by order.

    `busy` is what these people do elsewhere, `fixed` what stands at these posts already and takes up places.
    `loads` is what each carried before, in weighted days; somebody new starts with the least of the others, not with
    nothing, or he would serve every night until he had caught up. A seat that nobody can take stays empty.
    """
    carried = dict(loads or {})
    start = min(carried.values(), default=0.0)
    standing = list(fixed)
    taken: dict[int, list[Served]] = defaultdict(list)
    for served in (*busy, *standing):
        taken[served.person].append(served)
    proposals: list[Served] = []
    for seat in sorted(seats, key=lambda seat: (seat.span, seat.post)):
        there = {one.person for one in standing if one.post == seat.post and one.span.overlaps(seat.span)}
        for _place in range(seat.staff - len(there)):
            able = [
                turn
                for turn in turns.get(seat.post, ())
                if turn.person not in there and _can(turn, seat, people[turn.person], taken[turn.person], rest)
            ]
            if not able:
                break
            chosen = min(able, key=lambda turn: _turn_key(turn, seat, carried.get(turn.person, start), taken))
            served = Served(seat.post, chosen.person, seat.span, seat.weight)
            proposals.append(served)
            taken[chosen.person].append(served)
            there.add(chosen.person)
            carried[chosen.person] = carried.get(chosen.person, start) + seat.weight
    return proposals


def _turn_key(
    turn: Turn, seat: Seat, load: float, taken: Mapping[int, list[Served]]
) -> tuple[bool, float, float, int, int]:
    last = max((one.span.end for one in taken[turn.person] if one.span.end <= seat.span.start), default=None)
    rested = -(seat.span.start - last).total_seconds() if last else float("-inf")
    # Rounded: sums of thirds must not decide who serves.
    return turn.is_deputy, round(load, 6), rested, turn.order, turn.person


def _can(turn: Turn, seat: Seat, facts: PersonFacts, taken: Sequence[Served], rest: Mapping[int, timedelta]) -> bool:
    if not facts.is_effective or seat.day < turn.since or (turn.until is not None and seat.day > turn.until):
        return False
    if any(leave.overlaps(seat.span) for leave in facts.leaves):
        return False
    return not any(too_near(seat.span, seat.post, one, rest) for one in taken)


def too_near(span: Span, post: int, other: Served, rest: Mapping[int, timedelta]) -> bool:
    """True when the two overlap or lie closer to each other than the longer of their posts' rests."""
    if span.overlaps(other.span):
        return True
    return span.apart(other.span) < max(rest.get(post, timedelta()), rest.get(other.post, timedelta()))


def conflicts(
    planned: Sequence[Served],
    *,
    seats: Sequence[Seat],
    people: Mapping[int, PersonFacts],
    rest: Mapping[int, timedelta],
    elsewhere: Sequence[Served] = (),
    fixed: Sequence[Served] = (),
) -> list[Flaw]:
    """Everything that is wrong with a plan, worst kind first, then by time.

    `elsewhere` is what its people do at other posts, `fixed` what stays standing at its own.
    """
    flaws: list[Flaw] = []
    effective = [
        Cover(one.post, one.person, one.span)
        for one in (*planned, *fixed)
        if people[one.person].is_effective and not any(one.span.overlaps(leave) for leave in people[one.person].leaves)
    ]
    flaws += [
        Flaw(Conflict.UNDERSTAFFED, hole.seat.post, hole.span, missing=hole.missing) for hole in gaps(seats, effective)
    ]
    own: dict[int, list[Served]] = defaultdict(list)
    others: dict[int, list[Served]] = defaultdict(list)
    for one in planned:
        own[one.person].append(one)
    for one in (*elsewhere, *fixed):
        others[one.person].append(one)
    for one in planned:
        later = own[one.person]
        later.remove(one)
        facts = people[one.person]
        if any(leave.overlaps(one.span) for leave in facts.leaves):
            flaws.append(Flaw(Conflict.ON_LEAVE, one.post, one.span, one.person))
        if not facts.is_active:
            flaws.append(Flaw(Conflict.INACTIVE, one.post, one.span, one.person))
        elif not facts.has_phone:
            flaws.append(Flaw(Conflict.NO_PHONE, one.post, one.span, one.person))
        # Each pair once: against whatever of the plan comes later, and against everything that stands outside it.
        for other in (*later, *others[one.person]):
            if one.span.overlaps(other.span):
                flaws.append(Flaw(Conflict.DOUBLE, one.post, one.span, one.person, other.post))
            elif too_near(one.span, one.post, other, rest):
                flaws.append(Flaw(Conflict.REST, one.post, one.span, one.person, other.post))
    unknown = {seat.day.year: seat for seat in reversed(seats) if seat.kind == DayKind.UNKNOWN}
    flaws += [Flaw(Conflict.YEAR_UNKNOWN, seat.post, seat.span) for seat in unknown.values()]
    worst_first = list(Conflict)
    return sorted(flaws, key=lambda flaw: (worst_first.index(flaw.kind), flaw.span, flaw.post, flaw.person or 0))


def served_until(span: Span, superseded_at: datetime | None) -> Span | None:
    """The stretch that counts of a published shift: up to the moment it was superseded, nothing if that came first."""
    if superseded_at is None or superseded_at >= span.end:
        return span
    return Span(span.start, superseded_at) if superseded_at > span.start else None


def posts_rest(posts: Iterable[PostFacts]) -> dict[int, timedelta]:
    """The rest between two shifts by post."""
    return {post.pk: post.rest for post in posts}
