"""The clocks of a danger and of a call for help. Times are aware; figures are whole minutes."""

from dataclasses import dataclass
from datetime import datetime

from assignments.rules import Kind, reminding
from command.enums.dangers import (
    DANGER_LABEL,
    DANGER_RECEIPT_LABEL,
    HELP_LABEL,
    DangerState,
    DangerStep,
    FieldObjection,
    HelpState,
)
from core.rules import Refused

DANGER = Kind("danger", DANGER_LABEL, 5, 120, reminding(10, 2), False)
# Whoever is on duty says that he has read it; acknowledging the danger ends it.
DANGER_RECEIPT = Kind("danger_receipt", DANGER_RECEIPT_LABEL, 5, 10, reminding(5, 1), False)
HELP = Kind("help", HELP_LABEL, 3, 60, reminding(5, 2), False)

# Minutes that each clock may run from the one before. Examples: every headquarters sets its own.
TARGETS = {
    DangerStep.REPORTED: 10,
    DangerStep.ACKNOWLEDGED: 5,
    DangerStep.DISPATCHED: 10,
    DangerStep.ON_SCENE: 30,
    DangerStep.CONTROLLED: 120,
}
HELPER_MINUTES = 3  # from the call to a named helper

DANGER_TONES = {
    DangerState.NEW: "danger",
    DangerState.ACKNOWLEDGED: "working",
    DangerState.DISPATCHED: "working",
    DangerState.ON_SCENE: "working",
    DangerState.CONTROLLED: "ok",
    DangerState.CLOSED: "off",
    DangerState.DUPLICATE: "off",
}
DANGER_MARKS = {
    "piping": "drop",
    "overtopping": "drop",
    "waterlogging": "drop",
    "landslide": "triangle",
    "power_cut": "flag",
    "trapped": "star",
    "other": "flag",
}
HELP_TONES = {
    HelpState.ALONE: "danger",
    HelpState.NAMED: "working",
    HelpState.SPOKEN: "ok",
    HelpState.CLOSED: "off",
}


@dataclass(frozen=True)
class DangerTimes:
    """When each clock of one danger stopped; None: it runs or was passed over."""

    found_at: datetime
    reported_at: datetime
    acknowledged_at: datetime | None = None
    dispatched_at: datetime | None = None
    on_scene_at: datetime | None = None
    controlled_at: datetime | None = None
    closed_at: datetime | None = None

    def at(self, step: DangerStep) -> datetime | None:
        """The time of one step."""
        found: datetime | None = getattr(self, f"{step.value}_at")
        return found


@dataclass(frozen=True)
class Leg:
    """One clock: when it stopped (`at`), minutes since the step before, its target, and whether it runs still."""

    step: DangerStep
    at: datetime | None
    minutes: int | None
    target: int | None
    running: bool

    @property
    def late(self) -> bool:
        """Over its target, stopped or running."""
        return self.target is not None and self.minutes is not None and self.minutes > self.target

    @property
    def tone(self) -> str:
        """The colour and shape on screens."""
        if self.late:
            return "danger" if self.running else "late"
        if self.running:
            return "waiting"
        return "ok" if self.at else "off"


def legs(times: DangerTimes, *, now: datetime) -> list[Leg]:
    """Every clock in its order. A step that was passed over has no minutes; only the first open one runs."""
    steps = [step for step in DangerStep if step != DangerStep.CLOSED]
    stopped = [step for step in steps if times.at(step)]
    last = steps.index(stopped[-1])
    found = [Leg(DangerStep.FOUND, times.found_at, None, None, running=False)]
    before = times.found_at
    for place, step in enumerate(steps[1:], start=1):
        at = times.at(step)
        running = at is None and place == last + 1 and times.closed_at is None
        until = at or (now if running else None)
        minutes = None if until is None else max(0, int((until - before).total_seconds() // 60))
        found.append(Leg(step, at, minutes, TARGETS.get(step), running))
        before = at or before
    return found


def danger_state(times: DangerTimes, *, is_duplicate: bool) -> DangerState:
    """What a list says of it: the last step that was done."""
    if is_duplicate:
        return DangerState.DUPLICATE
    for step in (
        DangerStep.CLOSED,
        DangerStep.CONTROLLED,
        DangerStep.ON_SCENE,
        DangerStep.DISPATCHED,
        DangerStep.ACKNOWLEDGED,
    ):
        if times.at(step):
            return DangerState(step.value)
    return DangerState.NEW


def happened(occurred_at: datetime, times: DangerTimes, *, now: datetime) -> datetime:
    """When a step happened. Raises Refused for a time in the future or before the danger was found.

    People type whole minutes: within the minute of the finding the finding's own time is meant.
    """
    if occurred_at > now:
        raise Refused(FieldObjection.IN_FUTURE.value, FieldObjection.IN_FUTURE.label, field="occurred_at")
    if times.found_at.replace(second=0, microsecond=0) <= occurred_at < times.found_at:
        return times.found_at
    if occurred_at < times.found_at:
        raise Refused(FieldObjection.BEFORE_FOUND.value, FieldObjection.BEFORE_FOUND.label, field="occurred_at")
    return occurred_at


def help_state(*, closed: bool, spoken: bool, helped: bool) -> HelpState:
    """Where a call for help stands."""
    if closed:
        return HelpState.CLOSED
    if spoken:
        return HelpState.SPOKEN
    return HelpState.NAMED if helped else HelpState.ALONE


def minutes_waiting(received_at: datetime, *, now: datetime) -> int:
    """Whole minutes since somebody asked for help."""
    return max(0, int((now - received_at).total_seconds() // 60))
