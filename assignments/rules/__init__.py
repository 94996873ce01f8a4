"""What may be done with a duty, by whom, and when it is late, in plain Python."""

from assignments.rules.clocks import Clocks, deadlines, happened, late_since, minutes_late, minutes_taken
from assignments.rules.kinds import Kind
from assignments.rules.links import is_genuine, link_token, number_in
from assignments.rules.reminding import Reminder, first_reminder, reminder
from assignments.rules.states import JUDGING, OWN, PROVEN, Standing, allowed, is_doer, may, next_state, tone, verbs

__all__ = [
    "JUDGING",
    "OWN",
    "PROVEN",
    "Clocks",
    "Kind",
    "Reminder",
    "Standing",
    "allowed",
    "deadlines",
    "first_reminder",
    "happened",
    "is_doer",
    "is_genuine",
    "late_since",
    "link_token",
    "may",
    "minutes_late",
    "minutes_taken",
    "next_state",
    "number_in",
    "reminder",
    "tone",
    "verbs",
]
