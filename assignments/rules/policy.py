"""Ladders: who is told of a duty that nobody answers, how, and when. Waits are whole minutes, times aware."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from assignments.enums import Until, Way, Who

LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True)
class Step:
    """One rung: who is told, how, and how many minutes pass before the next one."""

    who: Who
    way: Way = Way.SMS
    wait: int = 5


@dataclass(frozen=True)
class Policy:
    """A ladder. It is walked `loops` times; then its last step is repeated, ever more rarely, without end.

    `begins_after` is in minutes from the giving; None: when the first clock of the duty has run out. `until` says what
    ends it. With `everyone_must_answer` an answer silences only whoever gave it, and the ladder goes on until everybody
    whom it has asked has answered for himself.
    """

    steps: tuple[Step, ...]
    loops: int = 1
    everyone_must_answer: bool = False
    until: Until = Until.REPORTED
    begins_after: int | None = None

    @property
    def first_above(self) -> int:
        """The number of the first step that tells somebody else than the assignee; the last when none does."""
        others = (number for number, step in enumerate(self.steps, 1) if step.who != Who.ASSIGNEE)
        return next(others, len(self.steps))

    @property
    def first_wait(self) -> timedelta:
        """The pause of the first step: the least that lies between an answer and the next word."""
        return minutes(self.steps[0].wait)


def minutes(wait: int) -> timedelta:
    """A wait as a duration. A minute is the least, or a step that names none would be repeated at every tick."""
    return timedelta(minutes=max(1, wait))


def reminding(every: int, before_superior: int, **more: Any) -> Policy:
    """The usual ladder: so many reminders, then the sub-district, then the duty room, `every` minutes apart."""
    own = [Step(Who.ASSIGNEE, Way.SMS, every)] * before_superior
    return Policy((*own, Step(Who.SUPERIOR, Way.SMS, every), Step(Who.ROOM, Way.SMS, every)), **more)


def frozen(policy: Policy) -> dict[str, Any]:
    """The policy as a run keeps it, so that a later change of the kind leaves running ladders alone."""
    return asdict(policy)


def thawed(kept: Mapping[str, Any]) -> Policy:
    """The policy that a run keeps."""
    steps = tuple(Step(Who(step["who"]), Way(step["way"]), step["wait"]) for step in kept["steps"])
    return Policy(
        steps, kept["loops"], kept["everyone_must_answer"], Until(kept["until"]), begins_after=kept["begins_after"]
    )


@dataclass(frozen=True)
class Next:
    """Where a ladder goes after a step: the step's number, which walk it is, and how long until then."""

    step_no: int
    walk: int
    pause: timedelta


def after(policy: Policy, step_no: int, walk: int) -> Next:
    """What follows step `step_no` (from 1) of walk `walk` (from 0). There is always something."""
    pause = minutes(policy.steps[step_no - 1].wait)
    if step_no < len(policy.steps):
        return Next(step_no + 1, walk, pause)
    if walk + 1 < policy.loops:
        return Next(1, walk + 1, pause)
    widened = pause * 2 ** min(max(0, walk + 1 - policy.loops), 20)
    return Next(step_no, walk + 1, max(pause, min(widened, LONGEST_PAUSE)))


def begins(policy: Policy, acknowledge_by: datetime | None, due_at: datetime, *, now: datetime) -> datetime:
    """When the ladder of a duty given now takes its first step: never after its first deadline."""
    deadline = acknowledge_by or due_at
    if policy.begins_after is None:
        return deadline
    return min(deadline, now + timedelta(minutes=policy.begins_after))


def rechecks(policy: Policy, due_at: datetime, *, now: datetime) -> datetime:
    """When it is looked whether answered work is done: when it is due, and not at once when it is late already."""
    return max(due_at, now + policy.first_wait)
