"""What may be done with a duty, by whom, when it is late, and what people's words mean, in plain Python."""

from assignments.rules.answers import (
    CANNOT,
    FINISHED,
    GOT_IT,
    ON_THE_SPOT,
    PLAIN,
    SUPPORT,
    Meaning,
    Option,
    Sense,
    offered,
    option_with,
    strongest,
    understood,
)
from assignments.rules.clocks import Clocks, deadlines, happened, late_since, minutes_late, minutes_taken
from assignments.rules.kinds import Kind
from assignments.rules.links import is_genuine, link_token, number_in
from assignments.rules.recognise import Heard, Reading, Receiver, Verdict, answers_of, recognised
from assignments.rules.reminding import Reminder, first_reminder, reminder
from assignments.rules.states import JUDGING, OWN, PROVEN, Standing, allowed, is_doer, may, next_state, tone, verbs

__all__ = [
    "CANNOT",
    "FINISHED",
    "GOT_IT",
    "JUDGING",
    "ON_THE_SPOT",
    "OWN",
    "PLAIN",
    "PROVEN",
    "SUPPORT",
    "Clocks",
    "Heard",
    "Kind",
    "Meaning",
    "Option",
    "Reading",
    "Receiver",
    "Reminder",
    "Sense",
    "Standing",
    "Verdict",
    "allowed",
    "answers_of",
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
    "offered",
    "option_with",
    "recognised",
    "reminder",
    "strongest",
    "tone",
    "understood",
    "verbs",
]
