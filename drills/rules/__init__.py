"""What drills decide without a database: the clock, what goes out, what was expected, the sheet."""

from drills.rules.clock import (
    LATE_AFTER,
    ClockEvent,
    admit,
    clock_state,
    decide,
    exercise_time,
    intervals,
    running_between,
    verbs_of,
)
from drills.rules.kinds import DRILL_DUTY, IMPROVEMENT, danger_kind, duty_kind
from drills.rules.measure import Step, percent_met, step, tally
from drills.rules.sheet import (
    COLUMNS,
    KIND_WORDS,
    REQUIRED,
    Fault,
    InjectRow,
    Reading,
    minutes_of,
    read_injects,
    receiver_word,
)

__all__ = [
    "COLUMNS",
    "DRILL_DUTY",
    "IMPROVEMENT",
    "KIND_WORDS",
    "LATE_AFTER",
    "REQUIRED",
    "ClockEvent",
    "Fault",
    "InjectRow",
    "Reading",
    "Step",
    "admit",
    "clock_state",
    "danger_kind",
    "decide",
    "duty_kind",
    "exercise_time",
    "intervals",
    "minutes_of",
    "percent_met",
    "read_injects",
    "receiver_word",
    "running_between",
    "step",
    "tally",
    "verbs_of",
]
