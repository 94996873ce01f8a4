"""Three-part readiness (备得足 · 调得出 · 用得上): the least of three, each with the date of its proof.

What nobody has proven is unknown, and unknown is never ready. Quantities are Decimal in the item's unit.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from supplies.enums import Part, Standing, Why

# Example limits: how old a proof may be. The district's own plan decides.
PROOF_LASTS = {
    Part.SUFFICIENT: timedelta(days=90),
    Part.MOVABLE: timedelta(days=90),
    Part.USABLE: timedelta(days=90),
}
RUN_TEST_LASTS = timedelta(days=31)  # pumps and generators are run once a month
EXPIRES_SOON = timedelta(days=30)
REPEATED_AFTER = timedelta(days=7)  # an unchanged list is said again after a week, not every morning
TOLD_FROM_HOUR = 8  # local time
NOTICES_LATE = timedelta(hours=26)  # a day, and two hours in which somebody restarts the workers
SILENT_FROM_LEVEL = 3  # while a response of this level or a graver one runs, routine messages rest

RANK = {Standing.NOT_READY: 0, Standing.UNKNOWN: 1, Standing.READY: 2}
STANDING_TONES = {Standing.READY: "ok", Standing.UNKNOWN: "unknown", Standing.NOT_READY: "danger"}


@dataclass(frozen=True)
class Evidence:
    """One proof. `minutes`: what a timed load-out took; None when it was not timed."""

    is_good: bool
    at: datetime
    minutes: int | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of one item in one store.

    `held` by the ledger and `in_date` of it; `counted` is the last booked stock-take; for moving and using, what was
    proven of the item itself (`own_…`) and of the store as a whole (`common_…`). `timed` is the newest proof of moving
    that was timed. `load_minutes`: the longest that loading may take, None when nobody has set it. `needs_run`: only
    a run-test of the item itself proves it.
    """

    required: Decimal
    held: Decimal
    in_date: Decimal
    has_keeper: bool
    has_vehicle: bool
    counted: Evidence | None = None
    own_moved: Evidence | None = None
    common_moved: Evidence | None = None
    timed: Evidence | None = None
    own_used: Evidence | None = None
    common_used: Evidence | None = None
    load_minutes: int | None = None
    needs_run: bool = False


@dataclass(frozen=True)
class Found:
    """One part: how it stands, since when it is proven, and why."""

    part: Part
    standing: Standing
    at: datetime | None
    why: Why


def least(standings: Iterable[Standing]) -> Standing:
    """The worst of these; of nothing, unknown."""
    return min(standings, key=lambda standing: RANK[standing], default=Standing.UNKNOWN)


def parts_of(facts: Facts, *, now: datetime) -> tuple[Found, Found, Found]:
    """The three parts, in the order sufficient, movable, usable."""
    return sufficient(facts, now=now), movable(facts, now=now), usable(facts, now=now)


def sufficient(facts: Facts, *, now: datetime) -> Found:
    """备得足: the quota is held, and a booked stock-take of the last 90 days says that the ledger is right."""
    at = facts.counted.at if facts.counted else None
    if facts.held < facts.required:
        return Found(Part.SUFFICIENT, Standing.NOT_READY, at, Why.TOO_LITTLE)
    return _proven(Part.SUFFICIENT, facts.counted, PROOF_LASTS[Part.SUFFICIENT], now)


def movable(facts: Facts, *, now: datetime) -> Found:
    """调得出: keeper and vehicle are named and confirmed, and loading was timed within its limit."""
    proof = governing(facts.own_moved, facts.common_moved)
    at = proof.at if proof else None
    if not facts.has_keeper:
        return Found(Part.MOVABLE, Standing.NOT_READY, at, Why.NO_KEEPER)
    if not facts.has_vehicle:
        return Found(Part.MOVABLE, Standing.NOT_READY, at, Why.NO_VEHICLE)
    confirmed = _proven(Part.MOVABLE, proof, PROOF_LASTS[Part.MOVABLE], now)
    if confirmed.standing != Standing.READY or proof is None:
        return confirmed
    timed = facts.timed
    if timed is None or timed.minutes is None:
        return Found(Part.MOVABLE, Standing.UNKNOWN, proof.at, Why.NOT_TIMED)
    if not timed.is_good or (facts.load_minutes is not None and timed.minutes > facts.load_minutes):
        return Found(Part.MOVABLE, Standing.NOT_READY, timed.at, Why.TOO_SLOW)
    if now - timed.at > PROOF_LASTS[Part.MOVABLE]:
        return Found(Part.MOVABLE, Standing.UNKNOWN, timed.at, Why.TOO_OLD)
    return Found(Part.MOVABLE, Standing.READY, min(proof.at, timed.at), Why.PROVEN)


def usable(facts: Facts, *, now: datetime) -> Found:
    """用得上: of what is held, up to the quota, all is in date, and it was run or looked through.

    Too little of it is the other part's finding: here it would hide the pump that does not start.
    """
    proof = facts.own_used if facts.needs_run else governing(facts.own_used, facts.common_used)
    if facts.in_date < min(facts.held, facts.required):
        return Found(Part.USABLE, Standing.NOT_READY, proof.at if proof else None, Why.OUT_OF_DATE)
    return _proven(Part.USABLE, proof, RUN_TEST_LASTS if facts.needs_run else PROOF_LASTS[Part.USABLE], now)


def governing(own: Evidence | None, common: Evidence | None) -> Evidence | None:
    """The proof that counts: what failed by itself stays failed until it passes by itself; else the newer one.

    A walk through the store must not hide the one pump that did not start.
    """
    if own is None or common is None:
        return own or common
    if not own.is_good:
        return own
    return max(own, common, key=lambda proof: proof.at)


def _proven(part: Part, proof: Evidence | None, lasts: timedelta, now: datetime) -> Found:
    if proof is None:
        return Found(part, Standing.UNKNOWN, None, Why.NEVER_PROVEN)
    if not proof.is_good:
        return Found(part, Standing.NOT_READY, proof.at, Why.FAILED)
    if now - proof.at > lasts:
        return Found(part, Standing.UNKNOWN, proof.at, Why.TOO_OLD)
    return Found(part, Standing.READY, proof.at, Why.PROVEN)


def applies(quota_level: int | None, level: int | None) -> bool:
    """Whether a quota is asked for at a response level: everyday ones always, those of a level at it and above it.

    Levels are integers, 1 the gravest; `level` None is an ordinary day.
    """
    return quota_level is None or (level is not None and quota_level >= level)


def percent(ready: int, total: int) -> int:
    """Whole percent, rounded down: 99.9 % is not everything. Nothing asked for is 0 %."""
    return ready * 100 // total if total else 0


@dataclass(frozen=True)
class LotHeld:
    """A lot in a store, as the ledger has it."""

    store: int
    item: int
    quantity: Decimal
    expires_on: date | None
    number: str = ""
    item_name: str = ""


def expiring(lots: Sequence[LotHeld], *, today: date) -> tuple[list[LotHeld], list[LotHeld]]:
    """What has expired, and what expires within 30 days; the day printed on it is the last good one."""
    there = [lot for lot in lots if lot.quantity > 0 and lot.expires_on is not None]
    gone = [lot for lot in there if lot.expires_on is not None and lot.expires_on < today]
    soon = [lot for lot in there if lot.expires_on is not None and today <= lot.expires_on <= today + EXPIRES_SOON]
    return gone, soon


def news_of(lines: Iterable[str]) -> str:
    """Names a keeper's list: another line gives another name."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


def is_silent(level: int | None) -> bool:
    """True while a response is grave enough that nobody is to be rung for a date of expiry."""
    return level is not None and level <= SILENT_FROM_LEVEL


def is_told_again(*, last_news: str, last_at: datetime | None, news: str, now: datetime) -> bool:
    """True for a list that is new, or that was last said a week ago."""
    return last_at is None or last_news != news or now - last_at >= REPEATED_AFTER
