"""Call-outs: when somebody counts as silent, and what each call looks like."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from assignments.enums import Until, Way, Who
from assignments.rules import CANNOT, GOT_IT, SUPPORT, Kind, Policy, Step
from command.enums import AT_THE_POST, CALL_OUT_LABEL, CallState

# Whoever does not answer the SMS is telephoned after a minute; within the five minutes his deputy has been called too.
LADDER = Policy(
    steps=(
        Step(Who.ASSIGNEE, Way.VOICE, 2),
        Step(Who.DEPUTY, Way.VOICE, 2),
        Step(Who.SUPERIOR, Way.SMS, 3),
        Step(Who.LEADER, Way.VOICE, 5),
    ),
    until=Until.ACKNOWLEDGED,
    begins_after=1,
)
# Five minutes to answer is the example of one city (2023); no figure is known for this province.
CALL_OUT = Kind(
    name="call_out",
    label=CALL_OUT_LABEL,
    acknowledge_minutes=5,
    due_minutes=5,
    policy=LADDER,
    needs_verification=False,
    options=(replace(GOT_IT, label=AT_THE_POST), SUPPORT, CANNOT),
    purpose="call_out",
)
_TONES = {
    CallState.CALLING: "working",
    CallState.ANSWERED: "ok",
    CallState.BY_HAND: "ok",
    CallState.PASSED_ON: "working",
    CallState.SILENT: "danger",
    CallState.WITHDRAWN: "off",
}


@dataclass(frozen=True)
class Term:
    """One row of a call list: whether a rung is called, and within how many minutes it answers."""

    area_code: str
    tier: str
    is_called: bool
    minutes: int


def terms_in_force(terms: Iterable[Term]) -> dict[str, Term]:
    """Of several areas' rows for a rung the smallest area's, by rung."""
    return {term.tier: term for term in sorted(terms, key=lambda term: len(term.area_code))}


def answering_within(minutes: int) -> Kind:
    """The duty of a call that is to be answered in so many minutes; the ladder climbs as always."""
    return replace(CALL_OUT, acknowledge_minutes=minutes, due_minutes=minutes)


@dataclass(frozen=True)
class Call:
    """What is known of one call: when it is to be answered, when it was."""

    answer_by: datetime | None
    answered_at: datetime | None
    is_withdrawn: bool = False
    is_passed_on: bool = False
    by_hand: bool = False


def call_state(call: Call, *, now: datetime) -> CallState:
    """Where one call stands. Who declines has not answered: somebody must still speak to him."""
    if call.answered_at is not None:
        return CallState.BY_HAND if call.by_hand else CallState.ANSWERED
    if call.is_withdrawn:
        return CallState.WITHDRAWN
    if call.answer_by is not None and call.answer_by < now:
        return CallState.SILENT
    return CallState.PASSED_ON if call.is_passed_on else CallState.CALLING


def call_tone(state: CallState) -> str:
    """The colour and shape of a call on screens."""
    return _TONES[state]


def handled(states: Iterable[CallState]) -> tuple[int, int]:
    """How many have answered, of how many; withdrawn calls count in neither."""
    counted = [state for state in states if state != CallState.WITHDRAWN]
    return sum(state in (CallState.ANSWERED, CallState.BY_HAND) for state in counted), len(counted)
