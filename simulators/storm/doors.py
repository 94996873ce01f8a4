"""What workers find at doors: drawn from the household's number, so that a storm played twice is the same storm."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from alerts import actions as alerts
from alerts.enums import Reach, VisitOutcome
from alerts.models import AudienceHousehold, DoorKnock, Notice
from alerts.queries import doors as doors_of
from alerts.queries import with_reach
from assignments import actions as duties
from assignments.enums import OPEN
from command import actions as command
from command.models import HelpRequest
from core import clock
from core.rules import Refused
from simulators.storm.scene import workers_of

NAMESPACE = uuid.UUID("9d1e1c1b-4d3c-4f0e-8c2b-2f1f5a104030")
MOST_HELPED = 100
OUTCOMES = (
    (80, VisitOutcome.TOLD),
    (94, VisitOutcome.NOBODY),
    (98, VisitOutcome.REFUSED),
    (100, VisitOutcome.NEED_HELP),
)
REASONS = {
    VisitOutcome.NOBODY: "两次上门家中无人，邻居称外出务工（示例）",
    VisitOutcome.REFUSED: "拒绝开门，已在门上张贴告知单（示例）",
}


def drawn(code: str, salt: str) -> int:
    """0–99, by household and question alone."""
    return uuid.uuid5(NAMESPACE, f"{salt}:{code}").int % 100


def outcome_at(code: str) -> VisitOutcome:
    """What is found at this household's door."""
    luck = drawn(code, "outcome")
    return next(outcome for bound, outcome in OUTCOMES if luck < bound)


@dataclass
class Walked:
    """What a walk came to."""

    lists: int = 0
    doors: int = 0
    visits: int = 0
    nobody: int = 0
    refused: int = 0
    help: int = 0


def walk(notice: Notice, *, share: float, time_left: Callable[[], float], say: Callable[[str], None]) -> Walked:
    """Every worker goes to `share` of the doors on his lists, a list at a time; stops when the time is over."""
    walked = Walked()
    knocks = DoorKnock.objects.filter(notice=notice, assignment__state__in=OPEN).select_related(
        "assignment__assignee", "notice"
    )
    for knock in knocks.order_by("area_code"):
        worker = knock.assignment.assignee
        if worker is None:
            continue
        if time_left() <= 0:
            say(f"    时间已到：还有网格未上门，留作待入户（已走 {walked.lists} 张清单）")
            break
        _go(knock, worker, share, walked)
        if walked.lists % 100 == 0:
            say(f"    已走 {walked.lists} 张清单，入户 {walked.visits:,} 次")
    return walked


def _go(knock: DoorKnock, worker: User, share: float, walked: Walked) -> None:
    duties.start(assignment=knock.assignment, by=worker, now=clock.now())
    walked.lists += 1
    for door in doors_of(knock.assignment):
        walked.doors += 1
        code = door.audience.household.code
        if door.settled or drawn(code, "visit") >= share * 100:
            continue
        outcome = outcome_at(code)
        now = clock.now()
        alerts.record_visit(
            client_uuid=uuid.uuid5(NAMESPACE, f"{knock.notice.uuid}:{code}"),
            audience=door.audience,
            outcome=outcome,
            by=worker,
            now=now,
            occurred_at=now,
        )
        walked.visits += 1
        walked.nobody += outcome == VisitOutcome.NOBODY
        walked.refused += outcome == VisitOutcome.REFUSED
        walked.help += outcome == VisitOutcome.NEED_HELP


def name_helpers(notice: Notice, officers: dict[str, User]) -> int:
    """The officer of each sub-district sends somebody to those who asked for help; every sixth still waits.

    The worker who stood at the door, else the first one of the grid. Returns how many have a helper now.
    """
    waiting = HelpRequest.objects.filter(audience__notice=notice, assignment__isnull=True, closed_at__isnull=True)
    named = 0
    for number, request in enumerate(waiting.select_related("recorded_by").order_by("pk")[:MOST_HELPED], start=1):
        helper = request.recorded_by or next(iter(workers_of(request.area_code)), None)
        if helper is None or number % 6 == 0:
            continue
        command.name_helper(request=request, helper=helper, by=officers[request.area_code[:9]], now=clock.now())
        named += 1
    return named


def name_unreachable(notice: Notice, officers: dict[str, User]) -> int:
    """The officer of each sub-district closes, with the reason, the doors where nobody opened; returns how many."""
    rows = with_reach(AudienceHousehold.objects.filter(notice=notice), notice).filter(
        reach=Reach.UNREACHED, last_outcome__in=list(REASONS)
    )
    closed = 0
    for row in rows.select_related("notice", "household").order_by("pk"):
        found = VisitOutcome(row.last_outcome)
        try:
            alerts.close_unreachable(
                audience=row, reason=REASONS[found], by=officers[row.area_code[:9]], now=clock.now()
            )
        except Refused:
            continue  # a receipt came in between: reached after all
        closed += 1
    return closed
