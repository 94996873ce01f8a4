"""百分制: points for a month's facts of work, and what a score means. Optional; nothing else depends on it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from assignments.enums import Outcome
from assignments.rules.facts import FIGURES

BASE, LOWEST, HIGHEST = 100, 0, 100
HEAVIEST = 100  # points that one figure may add or take
APPEAL_DAYS = 10


@dataclass(frozen=True)
class Scheme:
    """Points that each duty of a figure adds to (or, below zero, takes from) the base of 100, and the two borders.

    An inclusive border belongs to what it bounds: with `reward_inclusive` the border itself is rewarded, with
    `fail_inclusive` the border itself fails.
    """

    weights: Mapping[str, int]
    reward_from: int = 80
    reward_inclusive: bool = True
    fail_below: int = 70
    fail_inclusive: bool = False

    def as_json(self) -> dict[str, Any]:
        """What an appraisal keeps of it."""
        return asdict(self) | {"weights": {name: self.weights.get(name, 0) for name in FIGURES}}


@dataclass(frozen=True)
class Scored:
    """Points by figure, and the score; no score (None) for whoever was given nothing."""

    points: dict[str, int]
    score: int | None


def scheme_from(kept: Mapping[str, Any]) -> Scheme:
    """The scheme that an appraisal kept."""
    return Scheme(**kept)


def scored(figures: Mapping[str, int], scheme: Scheme) -> Scored:
    """The score of a month's figures, within 0 and 100."""
    points = {name: figures.get(name, 0) * scheme.weights.get(name, 0) for name in FIGURES}
    if not figures.get("asked", 0):
        return Scored(dict.fromkeys(FIGURES, 0), None)
    return Scored(points, min(HIGHEST, max(LOWEST, BASE + sum(points.values()))))


def outcome(score: int | None, scheme: Scheme) -> Outcome:
    """What a score means under a scheme."""
    if score is None:
        return Outcome.NONE
    if score > scheme.reward_from or (scheme.reward_inclusive and score == scheme.reward_from):
        return Outcome.REWARD
    if score < scheme.fail_below or (scheme.fail_inclusive and score == scheme.fail_below):
        return Outcome.FAIL
    return Outcome.PASS


def appeal_until(confirmed_at: datetime, zone: tzinfo) -> datetime:
    """The moment after the last one to appeal: the day of confirmation does not count, the tenth after it does."""
    after = confirmed_at.astimezone(zone) + timedelta(days=APPEAL_DAYS + 1)
    return datetime(after.year, after.month, after.day, tzinfo=zone)
