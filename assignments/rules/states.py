"""What may be done with a duty, and by whom."""

from dataclasses import dataclass

from assignments.enums import CLOSED, OPEN, Objection, State, Verb
from core.rules import Refused

_NEXT: dict[Verb, tuple[tuple[State, ...], State]] = {
    Verb.ACKNOWLEDGE: ((State.ASSIGNED, State.RETURNED), State.ACKNOWLEDGED),
    Verb.START: ((State.ASSIGNED, State.ACKNOWLEDGED, State.RETURNED), State.DOING),
    Verb.REPORT: (OPEN, State.REPORTED),
    Verb.DECLINE: ((State.ASSIGNED, State.ACKNOWLEDGED, State.DOING), State.RETURNED),
    Verb.VERIFY: ((State.REPORTED,), State.VERIFIED),
    Verb.SEND_BACK: ((State.REPORTED,), State.RETURNED),
    Verb.CANCEL: ((*OPEN, State.REPORTED), State.CANCELLED),
    Verb.HAND_OVER: (OPEN, State.ASSIGNED),
    Verb.REOPEN: ((State.REPORTED, State.VERIFIED), State.DOING),
}
OWN = frozenset({Verb.ACKNOWLEDGE, Verb.START, Verb.REPORT, Verb.DECLINE})
JUDGING = frozenset({Verb.VERIFY, Verb.SEND_BACK})
PROVEN = JUDGING | {Verb.REPORT}


def allowed(verb: Verb, state: str) -> bool:
    """True when the verb leads anywhere from this state."""
    return verb in _NEXT and state in _NEXT[verb][0]


def next_state(verb: Verb, state: str, needs_verification: bool) -> State:
    """The state after the verb. Raises Refused with a code in "conflict." where the verb leads nowhere from `state`."""
    if not allowed(verb, state):
        raise Refused(*_objection(verb, state))
    after = _NEXT[verb][1]
    if verb == Verb.REPORT and not needs_verification:
        return State.VERIFIED
    return after


def _objection(verb: Verb, state: str) -> tuple[str, object]:
    if state == State.CANCELLED:
        found = Objection.WITHDRAWN
    elif state in CLOSED:
        found = Objection.CLOSED
    elif verb in JUDGING:
        found = Objection.NOT_REPORTED
    elif state == State.REPORTED:
        found = Objection.REPORTED
    else:
        found = Objection.ALREADY
    return found.value, found.label


@dataclass(frozen=True)
class Standing:
    """What a person is to one duty. Supervising, verifying and assigning are meant within his own areas."""

    is_assignee: bool = False
    is_reporter: bool = False
    is_asked: bool = False  # the ladder has asked him, as deputy, to answer in the assignee's place
    records_for_others: bool = False
    verifies: bool = False
    assigns: bool = False


def may(verb: Verb, standing: Standing, *, needs_verification: bool) -> bool:
    """True when somebody of this standing may use the verb, whatever the state."""
    if verb in OWN:
        in_his_place = standing.is_asked and verb == Verb.ACKNOWLEDGE
        return standing.is_assignee or standing.records_for_others or in_his_place
    if verb in JUDGING:
        return standing.verifies and not (needs_verification and is_doer(standing))
    return verb in (Verb.CANCEL, Verb.HAND_OVER) and standing.assigns


def is_doer(standing: Standing) -> bool:
    """True for whoever did the work or said that it is done: he does not judge it."""
    return standing.is_assignee or standing.is_reporter


def verbs(state: str, standing: Standing, *, needs_verification: bool, has_page: bool = False) -> list[Verb]:
    """The verbs that lead somewhere for this person now, in the order of the buttons.

    A duty with a page of its own (`has_page`) is reported and judged there, where the proof is.
    """
    return [
        verb
        for verb in _NEXT
        if allowed(verb, state)
        and may(verb, standing, needs_verification=needs_verification)
        and not (has_page and verb in PROVEN)
    ]


def tone(state: str, *, late: bool) -> str:
    """The colour and shape of a state on screens."""
    if late:
        return "danger"
    return {
        State.ASSIGNED: "waiting",
        State.ACKNOWLEDGED: "working",
        State.DOING: "working",
        State.REPORTED: "working",
        State.VERIFIED: "ok",
        State.RETURNED: "late",
        State.CANCELLED: "off",
    }[State(state)]
