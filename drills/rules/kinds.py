"""The kinds of duty that drills give."""

from dataclasses import replace

from assignments.rules import Kind, reminding
from drills.enums import DRILL_DUTY_LABEL, IMPROVEMENT_LABEL

# Answered on its own page or by link, as everybody's duties are: that is what is rehearsed.
DRILL_DUTY = Kind(
    name="drill_duty",
    label=DRILL_DUTY_LABEL,
    acknowledge_minutes=10,
    due_minutes=60,
    policy=reminding(15, 2),
    needs_verification=False,
)
# Real work that a drill has shown to be needed: never part of the exercise, and another person looks at it.
IMPROVEMENT = Kind(
    name="improvement",
    label=IMPROVEMENT_LABEL,
    acknowledge_minutes=24 * 60,
    due_minutes=14 * 24 * 60,
    policy=reminding(24 * 60, 2),
    needs_verification=True,
    urgent=False,
)


def duty_kind(acknowledge_minutes: int | None, done_minutes: int | None) -> Kind:
    """The exercise duty with the minutes that its inject expects."""
    done = done_minutes or max(DRILL_DUTY.due_minutes, acknowledge_minutes or 0)
    return replace(
        DRILL_DUTY,
        acknowledge_minutes=acknowledge_minutes or min(DRILL_DUTY.acknowledge_minutes, done),
        due_minutes=done,
    )


# What an inject says → what the platform calls it (the values of the dangers' own list).
DANGER_WORDS = (
    ("被困", "trapped"),
    ("管涌", "piping"),
    ("漫堤", "overtopping"),
    ("漫溢", "overtopping"),
    ("滑坡", "landslide"),
    ("停电", "power_cut"),
    ("断电", "power_cut"),
    ("积水", "waterlogging"),
    ("内涝", "waterlogging"),
)


def danger_kind(text: str) -> str:
    """The kind of danger that a text speaks of, people before water; "other" where it names none."""
    return next((kind for word, kind in DANGER_WORDS if word in text), "other")
