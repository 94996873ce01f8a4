"""The controller's console (导调台): the clock, what comes next, what asks, what is out and who answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.enums import OPEN
from assignments.models import Assignment
from assignments.rules import tone
from drills import rules
from drills.enums import ClockState, Decision, Outcome, RunVerb
from drills.models import DrillRun, FiredInject, Inject
from drills.queries.clock import clock_events, waiting_injects

OUTCOME_TONES = {Outcome.MET: "ok", Outcome.LATE: "late", Outcome.MISSED: "danger", Outcome.OPEN: "waiting"}


@dataclass(frozen=True)
class Measured:
    """One expectation on screens: what was expected (minutes), how long it took (None: not yet), in words and tone."""

    expected: timedelta
    taken: timedelta | None
    label: object
    tone: str


@dataclass(frozen=True)
class Answer:
    """One receiver of an inject: his duty, how it stands, what was expected of him (None: nothing was)."""

    duty: Assignment
    tone: str
    is_silent: bool
    acknowledged: rules.Step | None
    done: rules.Step | None

    @property
    def steps(self) -> list[Measured | None]:
        """Acknowledged and done, as screens show them."""
        return [
            Measured(one.expected, one.taken, one.outcome.label, OUTCOME_TONES[one.outcome]) if one else None
            for one in (self.acknowledged, self.done)
        ]


@dataclass(frozen=True)
class Waiting:
    """An inject that has not gone out. `away` is how long still, in exercise time; `late` how much overdue."""

    inject: Inject
    away: timedelta
    late: timedelta
    asks: bool


@dataclass(frozen=True)
class Out:
    """An inject that went out or was skipped, at which exercise time, with its receivers: the silent on top."""

    fired: FiredInject
    passed: timedelta
    answers: list[Answer]

    @property
    def answered(self) -> int:
        """How many of the receivers have acknowledged."""
        return sum(one.duty.acknowledged_at is not None for one in self.answers)


@dataclass(frozen=True)
class Console:
    """Everything a controller sees at one moment."""

    run: DrillRun
    state: ClockState
    passed: timedelta
    verbs: list[RunVerb]
    asking: list[Waiting]
    waiting: list[Waiting]
    out: list[Out]
    people: int

    @property
    def live(self) -> bool:
        """True once started and not yet stopped."""
        return self.state in (ClockState.RUNNING, ClockState.PAUSED)

    @property
    def is_running(self) -> bool:
        """True while the clock goes."""
        return self.state == ClockState.RUNNING

    @property
    def total(self) -> int:
        """Injects of the plan."""
        return len(self.asking) + len(self.waiting) + len(self.out)

    @property
    def silent(self) -> int:
        """Open duties of the exercise that nobody has acknowledged."""
        return sum(one.is_silent for out in self.out for one in out.answers)


def console(run: DrillRun, now: datetime) -> Console:
    """The console of a run. A fixed number of statements, however many injects."""
    events = clock_events(run)
    state, passed = rules.clock_state(events, now), rules.exercise_time(events, now)
    rows = [_waiting(inject, passed, state) for inject in waiting_injects(run)]
    return Console(
        run=run,
        state=state,
        passed=passed,
        verbs=rules.verbs_of(state),
        asking=[row for row in rows if row.asks],
        waiting=[row for row in rows if not row.asks],
        out=outs(run, events, now, ended=state == ClockState.STOPPED),
        people=run.participants.count(),
    )


def outs(run: DrillRun, events: Sequence[rules.ClockEvent], now: datetime, *, ended: bool) -> list[Out]:
    """What went out, the newest first, with the answers measured."""
    fired = (
        run.fired.select_related("inject__objective", "inject__person", "by")
        .prefetch_related("duties__assignment")
        .order_by("-at", "-pk")
    )
    return [
        Out(
            one,
            timedelta(seconds=one.exercise_seconds),
            sorted(
                (answer(one.inject, row.assignment, events, now, ended=ended) for row in one.duties.all()),
                key=lambda found: (not found.is_silent, found.duty.pk),
            ),
        )
        for one in fired
    ]


def answer(
    inject: Inject, duty: Assignment, events: Sequence[rules.ClockEvent], now: datetime, *, ended: bool
) -> Answer:
    """What one receiver did with an inject, measured by the times of his duty."""
    is_open = duty.state in OPEN
    acknowledged, done = (
        rules.step(minutes, issued_at=duty.issued_at, done_at=at, events=events, now=now, ended=ended or not is_open)
        for minutes, at in (
            (inject.expect_ack_minutes, duty.acknowledged_at or duty.reported_at),
            (inject.expect_done_minutes, duty.reported_at),
        )
    )
    silent = is_open and duty.acknowledged_at is None
    return Answer(duty, tone(duty.state, late=silent and _over(acknowledged)), silent, acknowledged, done)


def _over(step: rules.Step | None) -> bool:
    return step is not None and step.outcome in (Outcome.LATE, Outcome.MISSED)


def _waiting(inject: Inject, passed: timedelta, state: ClockState) -> Waiting:
    offset = timedelta(minutes=inject.minute)
    decision = rules.decide(offset, passed, state, needs_controller=inject.needs_controller)
    asks = decision == Decision.ASK and state != ClockState.STOPPED
    return Waiting(inject, max(timedelta(0), offset - passed), max(timedelta(0), passed - offset), asks)
