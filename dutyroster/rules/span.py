"""Stretches of time: half-open, aware."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Span:
    """From `start` until `end`, which is no longer part of it."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """How long it lasts."""
        return (self.end - self.start).total_seconds() / 3600

    def overlaps(self, other: "Span") -> bool:
        """True when both share a moment; touching ends do not."""
        return self.start < other.end and other.start < self.end

    def holds(self, moment: datetime) -> bool:
        """True from the start, no longer true at the end."""
        return self.start <= moment < self.end

    def within(self, other: "Span") -> "Span | None":
        """The part that lies in `other`, if any."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def apart(self, other: "Span") -> timedelta:
        """The time that lies between the two; nothing when they touch or overlap."""
        return max(other.start - self.end, self.start - other.end, timedelta())


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span when the holes are cut out, in order."""
    left = [span]
    for hole in sorted(holes):
        left = (
            [
                part
                for whole in left
                for part in (
                    Span(whole.start, min(whole.end, hole.start)),
                    Span(max(whole.start, hole.end), whole.end),
                )
                if part.start < part.end
            ]
            if any(part.overlaps(hole) for part in left)
            else left
        )
    return left
