"""What the command centre looks at, joined from the apps below; a fixed number of statements whatever is late.

Everything is limited to `scope`, and nothing of a rehearsal counts. Figures come from the apps that own them, so that
no two screens disagree; the strip, the first sentence, the text read aloud and the phone all read this one object.
"""

from dataclasses import dataclass
from datetime import datetime

from alerts import queries as alerts
from alerts.enums import MessageType, NoticeLevel, NoticeState
from alerts.models import Notice
from alerts.rules import COLOURS
from assignments import queries as assignments
from board.queries.late import LateLine, late_lines
from board.queries.signing import ToSign, to_sign
from board.queries.stirring import stirring
from command import queries as command
from command.models import Closure, Response
from command.queries.closure import closures_in_force, parties_missing
from command.queries.danger import DangerCounts, DangerLine, danger_counts, danger_lines, dangers
from command.queries.help import HelpCounts, HelpLine, alone_first, help_counts, help_lines, help_requests
from command.queries.underground import UndergroundCounts, underground_counts
from core.queries import late_ticks, tick_ages
from dutyroster import queries as dutyroster
from hazards import queries as hazards
from hazards.enums import SiteKind
from hazards.models import HazardSite, InspectionRound, RoundMember
from hazards.rules import Figures
from messaging.models import SelfTest
from messaging.queries import Gap, channel_health, failing_tests, known_accounts, season_gaps
from supplies import queries as supplies
from territory.rules import Scope

MOST_FAILS = 0.5  # of what ended within the hour
LISTED = 30  # rows of a list on the board; the rest is one click away
WAR_LEVEL = 3  # from this response level on, and everything more serious (1 is the highest)


@dataclass(frozen=True)
class InForce:
    """A notice in force, with the colour of its level."""

    notice: Notice
    colour: str


@dataclass(frozen=True)
class Situation:
    """The whole board at one moment."""

    at: datetime
    response: Response | None
    level_since: datetime | None
    round: InspectionRound | None  # of the open ones that with the most left to do here
    counted: Figures
    unowed: list[RoundMember]  # sites of the round that nobody was told to inspect
    in_force: list[InForce]
    official: list[alerts.InForceWarning]  # warnings of the authorities that hold
    ailing_feeds: list[alerts.FeedLine]  # of the authorities: silent, or with a message that could not be taken in
    newest: Notice | None
    counted_at: datetime  # of which moment `coverage` is: a long one is counted once for everybody who looks
    coverage: alerts.Coverage | None
    helping: HelpCounts
    crying: list[HelpLine]  # who waits for help, those without a helper on top
    danger: DangerCounts
    dangers: list[DangerLine]
    closures: list[Closure]
    unticked: list[str]  # of the closed places without all three ticks: the parties that are missing, the worst first
    underground: UndergroundCounts
    underpasses: int
    calls: command.CallOutView | None  # in war: the newest call-out with somebody silent, else the newest open one
    manned: dutyroster.Manned
    stores: supplies.Readiness | None  # asked for in peace only
    to_sign: list[ToSign]
    duties: dict[str, int]
    late: list[LateLine]
    stopped: list[str]  # workers that have not come round in time
    working: int
    faulty: list[str]  # channels that cannot send, or of which most fails
    failing_accounts: list[tuple[SelfTest, str]]  # whose last self-test failed, and why
    unready_texts: list[Gap]  # what the register of reviewed texts lacks; asked for on a quiet day only

    @property
    def is_war(self) -> bool:
        """True from a response of level III on, or while an orange or red notice is in force."""
        return is_war(self.response, [row.notice for row in self.in_force])

    @property
    def late_count(self) -> int:
        """How many duties are late, listed or not."""
        return self.duties.get("late", 0)

    @property
    def as_of(self) -> datetime:
        """The moment of its oldest figure."""
        return min(self.at, self.counted_at)

    @property
    def must_total(self) -> int:
        """Households that must be reached."""
        return self.coverage.total.must_total if self.coverage else 0

    @property
    def must_answered(self) -> int:
        """Households that must be reached and were spoken to."""
        return self.coverage.total.must_answered if self.coverage else 0

    @property
    def must_open(self) -> int:
        """未应答: households that must be reached and were not spoken to yet."""
        return self.must_total - self.must_answered

    @property
    def must_percent(self) -> str:
        """必达户应答率, rounded down so that 100 means all; a dash of nothing."""
        return percent(self.must_answered, self.must_total)

    @property
    def ordinary_total(self) -> int:
        """Ordinary households."""
        return self.coverage.total.ordinary_total if self.coverage else 0

    @property
    def ordinary_delivered(self) -> int:
        """Ordinary households that have the message."""
        return self.coverage.total.ordinary_delivered if self.coverage else 0

    @property
    def ordinary_open(self) -> int:
        """未送达: ordinary households that no message and nobody has reached."""
        return self.ordinary_total - self.ordinary_delivered

    @property
    def underpasses_closed(self) -> int:
        """Underpasses closed to traffic, those that wait for re-opening included."""
        return sum(row.closed_at is not None and row.site.kind == SiteKind.UNDERPASS for row in self.closures)

    @property
    def others_closed(self) -> int:
        """Other places closed."""
        return sum(row.closed_at is not None for row in self.closures) - self.underpasses_closed

    @property
    def slow(self) -> int:
        """Places with water where people drive slowly."""
        return sum(row.closed_at is None for row in self.closures)

    @property
    def called(self) -> int:
        """How many were called out."""
        return self.calls.total if self.calls else 0

    @property
    def answered(self) -> int:
        """How many of them have answered."""
        return self.calls.answered if self.calls else 0

    @property
    def silent(self) -> int:
        """How many of them have not answered yet."""
        return self.called - self.answered


def is_war(response: Response | None, in_force: list[Notice]) -> bool:
    """The one rule by which the board, the desk and the phone change their form."""
    by_level = response is not None and response.level <= WAR_LEVEL
    return by_level or any(row.level <= NoticeLevel.ORANGE for row in in_force)


def percent(part: int, whole: int) -> str:
    """“96.1 %”, rounded down; a dash of nothing."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "—"


def situation(scope: Scope, *, now: datetime) -> Situation:
    """Everything the board shows."""
    some = stirring()
    rounds = hazards.rounds(scope).filter(closed_at__isnull=True, exercise__isnull=True).select_related(None)
    opened, counted = _unfinished(list(rounds.order_by("-number")), scope, now=now)
    notices = alerts.in_hand(scope, now)
    issued = [row for row in notices if row.state == NoticeState.ISSUED and row.message_type != MessageType.ALL_CLEAR]
    newest = max(issued, key=lambda row: row.issued_at or now, default=None)
    response = command.current_response(scope)
    war = is_war(response, issued)  # each form asks for what it shows
    ages = tick_ages(now=now)
    open_dangers = dangers(scope).select_related("assignment__assignee").order_by("reported_at", "pk")[:LISTED]
    listed_dangers = danger_lines(open_dangers, now=now) if "dangers" in some else []
    manned = dutyroster.manned(scope, now)
    closures = closures_in_force(scope, now) if "closures" in some else []
    replies = assignments.unclaimed(scope)[:LISTED] if "replies" in some else []
    accounts = known_accounts()
    counted_at, coverage = alerts.shown_coverage(newest, scope, now=now) if newest else (now, None)
    return Situation(
        at=now,
        response=response,
        level_since=_level_since(response),
        round=opened,
        counted=counted,
        unowed=list(hazards.unowed_members(opened, scope)[:LISTED]) if opened else [],
        in_force=[InForce(row, COLOURS[NoticeLevel(row.level)]) for row in sorted(issued, key=lambda row: row.level)],
        official=alerts.shown_in_force(now, scope),
        ailing_feeds=alerts.ailing_feeds(now) if "feeds" in some else [],
        newest=newest,
        counted_at=counted_at,
        coverage=coverage,
        helping=help_counts(scope, now) if "help" in some else HelpCounts(),
        crying=crying(scope, now=now) if "help" in some else [],
        danger=danger_counts(scope, now) if "dangers" in some else DangerCounts(),
        dangers=listed_dangers,
        closures=closures,
        unticked=parties_missing(closures),
        underground=underground_counts(scope) if "underground" in some else UndergroundCounts(),
        underpasses=_underpasses(scope),
        calls=call_out_that_counts(scope, now=now) if war else None,
        manned=manned,
        stores=None if war else supplies.readiness(scope, now, response.level if response else None),
        to_sign=to_sign(notices, scope, some),
        duties=assignments.open_counts(scope, now),
        late=late_lines(scope, now=now, dangers=listed_dangers, manned=manned, replies=replies),
        stopped=late_ticks(now=now, ages=ages),
        working=len(ages),
        faulty=[one.channel for one in channel_health(accounts) if one.fault or one.error_rate > MOST_FAILS],
        failing_accounts=failing_tests(),
        unready_texts=[] if war or response else season_gaps(accounts),
    )


def _unfinished(
    newest_first: list[InspectionRound], scope: Scope, *, now: datetime
) -> tuple[InspectionRound | None, Figures]:
    """Of the open rounds the one with the most left to do here, of equal ones the newest. One statement."""
    if not newest_first:
        return None, Figures()
    counted = hazards.figures_of(newest_first, scope, now=now)
    found = max(newest_first, key=lambda row: counted[row.pk].required - counted[row.pk].done)
    return found, counted[found.pk]


def call_out_that_counts(scope: Scope, *, now: datetime) -> "command.CallOutView | None":
    """The newest open call-out with somebody silent, else the newest open one. At most eight statements."""
    if waiting := command.open_call_outs(scope, now=now, limit=1):
        return waiting[0]
    newest = command.call_outs(scope).filter(closed_at__isnull=True).values_list("uuid", flat=True).first()
    return command.call_out(scope, newest, now=now) if newest else None


def _level_since(response: Response | None) -> datetime | None:
    steps = command.steps(response)[:1] if response else []
    return steps[0].decided_at if steps else (response.opened_at if response else None)


def crying(scope: Scope, *, now: datetime) -> list[HelpLine]:
    """Open calls for help: those without a helper on top, then who has waited longest. Two statements."""
    rows = alone_first(help_requests(scope).select_related("assignment__assignee"))
    return help_lines(rows[:LISTED], now=now)


def _underpasses(scope: Scope) -> int:
    found = HazardSite.objects.in_scope(scope).filter(kind=SiteKind.UNDERPASS, retired_at__isnull=True)
    return found.count()
