"""The figures of a storm, and whether they agree with each other."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef

from alerts import queries as alerts
from alerts.enums import Reach
from alerts.models import AudienceHousehold, Notice
from alerts.rules import REACHED
from assignments.enums import OPEN
from hazards import queries as hazards
from hazards.models import InspectionRound
from hazards.rules import Figures
from messaging.models import Delivery
from territory.rules import Scope


@dataclass(frozen=True)
class Gateway:
    """What the phone simulator says it took: distinct messages, the same id again, the same message delivered again."""

    accepted: int
    repeats: int
    duplicates: int

    def since(self, before: "Gateway") -> "Gateway":
        """What came after `before`."""
        return Gateway(
            self.accepted - before.accepted, self.repeats - before.repeats, self.duplicates - before.duplicates
        )


def gateway(url: str) -> Gateway:
    """The simulator's own count. Raises OSError when it is away, ValueError when something else answers there."""
    with urllib.request.urlopen(f"{url.rstrip('/')}/stats", timeout=10) as answer:  # noqa: S310  (an address of ours)
        stats: Mapping[str, int] = json.load(answer)
    try:
        return Gateway(stats["accepted"], stats["repeats"], stats["duplicates"])
    except KeyError as error:
        raise ValueError(f"{url} is no phone simulator: it does not count {error}") from error


def accepted_by_us() -> int:
    """Deliveries that our rows call handed over, of all time."""
    return Delivery.objects.filter(accepted_at__isnull=False).count()


@dataclass
class Account:
    """Everything a storm is held to; `faults` are the sums that do not hold."""

    households: int = 0
    reached: int = 0
    knocked: int = 0
    unreachable: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    ours: int = 0
    theirs: Gateway | None = None
    grids: int = 0
    of_grids: int = 0
    sites: Figures = field(default_factory=Figures)
    sums: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything asked inside sees the same rows, while workers and telephones go on outside."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def account(
    notice: Notice, opened: InspectionRound | None, scope: Scope, *, ours: int, theirs: Gateway | None, now: datetime
) -> Account:
    """Counts the notice's households, the messages on both sides and the round's sites, and compares."""
    coverage = alerts.coverage(notice, scope)
    counts = _counts(notice)
    found = Account(
        households=sum(counts.values()),
        reached=sum(count for (state, _knocked), count in counts.items() if state in REACHED),
        knocked=counts.get((Reach.UNREACHED, True), 0),
        unreachable=sum(count for (state, _knocked), count in counts.items() if state == Reach.CLOSED_UNREACHABLE),
        by_state={
            str(state.label): sum(count for (own, _knocked), count in counts.items() if own == state) for state in Reach
        },
        ours=ours,
        theirs=theirs,
        grids=len(coverage.grids),
        of_grids=sum(grid.total for grid in coverage.grids),
        sites=hazards.round_coverage(opened, scope, now=now).whole if opened else Figures(),
    )
    audience = notice.households.count()
    if audience != found.households:
        found.faults.append(f"审计：受众 {audience} 户，统计 {found.households} 户")
    if found.reached + found.knocked + found.unreachable != found.households:
        rest = found.households - found.reached - found.knocked - found.unreachable
        found.faults.append(f"有 {rest} 户既未触达，也无人上门，也没有注明原因")
    if found.of_grids != found.households:
        found.faults.append(f"各网格合计 {found.of_grids} 户，与全区 {found.households} 户不符")
    if theirs is None:
        found.faults.append("短信网关没有给出计数，无法核对")
    elif theirs.accepted != ours:
        found.faults.append(f"我方记为已发送 {ours} 条，网关收下 {theirs.accepted} 条")
    if theirs is not None and theirs.duplicates:
        found.faults.append(f"网关重复下发 {theirs.duplicates} 条")
    return found


def _counts(notice: Notice) -> dict[tuple[Reach, bool], int]:
    """Households by state, and by whether somebody's duty to knock in their grid is open: one statement, one moment."""
    walking = notice.knocks.filter(assignment__state__in=OPEN, area_code=OuterRef("area_code"))
    rows = alerts.with_reach(AudienceHousehold.objects.filter(notice=notice), notice)
    found = rows.annotate(walked=Exists(walking)).order_by().values_list("reach", "walked").annotate(count=Count("pk"))
    return {(Reach(state), walked): count for state, walked, count in found}
