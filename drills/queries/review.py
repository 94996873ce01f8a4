"""After the drill: times beside expectations, by inject and by objective, and what is to be mended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from assignments.enums import CLOSED
from drills import rules
from drills.enums import ClockState, FindingKind, Outcome
from drills.models import DrillRun, Finding
from drills.queries.clock import clock_events, waiting_injects
from drills.queries.console import Out, outs
from territory.models import within
from territory.rules import Scope


@dataclass(frozen=True)
class Goal:
    """One objective and how the expectations that serve it were met; `percent` None: nothing was measured."""

    text: str
    met: int
    measured: int

    @property
    def percent(self) -> int | None:
        """Share met in time, rounded down."""
        return self.met * 100 // self.measured if self.measured else None


@dataclass(frozen=True)
class Review:
    """A run looked back upon."""

    run: DrillRun
    state: ClockState
    lasted: timedelta
    out: list[Out]
    never: int
    goals: list[Goal]
    counted: dict[Outcome, int]
    percent: int | None
    findings: list[Finding]

    @property
    def late(self) -> int:
        """Expectations met too late or not at all."""
        return self.counted[Outcome.LATE] + self.counted[Outcome.MISSED]

    @property
    def met(self) -> int:
        """Expectations met in time."""
        return self.counted[Outcome.MET]

    @property
    def measured(self) -> int:
        """Expectations that have ended one way or the other."""
        return self.met + self.late

    @property
    def to_mend(self) -> list[Finding]:
        """What is to be improved."""
        return [one for one in self.findings if one.kind == FindingKind.MEND]

    @property
    def without_owner(self) -> int:
        """Findings to be improved that nobody has been told of."""
        return sum(one.assignment_id is None for one in self.to_mend)


def review(run: DrillRun, now: datetime) -> Review:
    """Times beside expectations. A fixed number of statements, however many injects and answers."""
    events = clock_events(run)
    state = rules.clock_state(events, now)
    found = list(reversed(outs(run, events, now, ended=state == ClockState.STOPPED)))
    counted = rules.tally(_steps(found))
    return Review(
        run=run,
        state=state,
        lasted=rules.exercise_time(events, now),
        out=found,
        never=len(waiting_injects(run)),
        goals=_goals(run, found),
        counted=counted,
        percent=rules.percent_met(counted),
        findings=list(run.findings.select_related("inject", "by", "assignment__assignee").order_by("kind", "pk")),
    )


def _steps(found: list[Out]) -> list[rules.Step | None]:
    return [step for out in found for one in out.answers for step in (one.acknowledged, one.done)]


def _goals(run: DrillRun, found: list[Out]) -> list[Goal]:
    goals = [(goal.text, goal.pk) for goal in run.plan.objectives.order_by("order", "pk")]
    by_goal: dict[int | None, list[Out]] = {}
    for out in found:
        by_goal.setdefault(out.fired.inject.objective_id, []).append(out)
    if None in by_goal:
        goals.append((gettext("Without an objective"), 0))
        by_goal[0] = by_goal.pop(None)
    answer = []
    for text, pk in goals:
        counted = rules.tally(_steps(by_goal.get(pk, [])))
        ended = sum(number for outcome, number in counted.items() if outcome != Outcome.OPEN)
        answer.append(Goal(text, counted[Outcome.MET], ended))
    return answer


def improvements(scope: Scope) -> list[Finding]:
    """Improvement items of these areas that are not done yet, first due first; at most fifty. One statement."""
    return list(
        Finding.objects.filter(within(scope, "run__area_code"), assignment__isnull=False)
        .exclude(assignment__state__in=CLOSED)
        .select_related("assignment", "run__plan")
        .order_by("assignment__due_at", "pk")[:50]
    )
