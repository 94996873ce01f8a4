"""Where people are missing: what is required minus who effectively serves, at every instant."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from dutyroster.rules.calendar import Seat
from dutyroster.rules.span import Span


@dataclass(frozen=True)
class Cover:
    """Somebody who effectively serves at a post for a time: whoever is on leave, out of office or out of reach
    does not and has no cover."""

    post: int
    person: int
    span: Span


@dataclass(frozen=True)
class Hole:
    """A stretch of a seat in which `missing` of `required` are not there."""

    seat: Seat
    span: Span
    required: int
    effective: int

    @property
    def missing(self) -> int:
        """How many more are needed."""
        return self.required - self.effective


def gaps(seats: Iterable[Seat], covers: Iterable[Cover]) -> list[Hole]:
    """Every stretch in which fewer serve than are required; a seat nobody was ever put on is one as well.

    For each seat and instant: the smaller of cover and requirement, plus what is missing, is the requirement. The same
    person twice counts once.
    """
    by_post: dict[int, list[Cover]] = defaultdict(list)
    for cover in covers:
        by_post[cover.post].append(cover)
    found = []
    for seat in seats:
        if seat.staff:
            found += _holes(seat, [one for one in by_post[seat.post] if one.span.overlaps(seat.span)])
    return found


def _holes(seat: Seat, covers: list[Cover]) -> list[Hole]:
    ends = {seat.span.start, seat.span.end}
    for cover in covers:
        ends |= {moment for moment in (cover.span.start, cover.span.end) if seat.span.holds(moment)}
    marks = sorted(ends)
    holes: list[Hole] = []
    for start, end in pairwise(marks):
        there = len({cover.person for cover in covers if cover.span.holds(start)})
        if there >= seat.staff:
            continue
        if holes and holes[-1].span.end == start and holes[-1].effective == there:
            start = holes.pop().span.start
        holes.append(Hole(seat, Span(start, end), seat.staff, there))
    return holes
