"""What may be done with a finding, by whom, and by when it is to be mended. Aware datetimes, whole days and hours."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.rules import Refused
from hazards.enums import TO_MEND, FindingObjection, FindingState, Grade, Step

_GIVEN = tuple(state for state in TO_MEND if state != FindingState.FOUND)
_NEXT: dict[Step, tuple[tuple[FindingState, ...], FindingState | None]] = {
    Step.SEE_AGAIN: ((*TO_MEND, FindingState.SUBMITTED), None),
    Step.GRADE: (TO_MEND, None),
    Step.ASSIGN: ((FindingState.FOUND,), FindingState.ASSIGNED),
    Step.PASS_ON: (_GIVEN, FindingState.ASSIGNED),
    Step.CONTROL: (TO_MEND, None),
    Step.START: (_GIVEN, FindingState.FIXING),
    Step.SUBMIT: (_GIVEN, FindingState.SUBMITTED),
    Step.DECLINE: (_GIVEN, FindingState.RETURNED),
    Step.SEND_BACK: ((FindingState.SUBMITTED,), FindingState.RETURNED),
    Step.CLOSE: ((FindingState.SUBMITTED,), FindingState.CLOSED),
    Step.DEFER: (_GIVEN, FindingState.DEFERRED),
    Step.TAKE_BACK: ((*_GIVEN, FindingState.SUBMITTED), FindingState.FOUND),
    Step.WITHDRAW: (TO_MEND, FindingState.WITHDRAWN),
    Step.LIST: ((*TO_MEND, FindingState.SUBMITTED), None),
    Step.UNLIST: ((*TO_MEND, FindingState.SUBMITTED), None),
}
FINDING_TONES = {
    FindingState.FOUND: "late",
    FindingState.ASSIGNED: "waiting",
    FindingState.CONTROLLED: "working",
    FindingState.FIXING: "working",
    FindingState.SUBMITTED: "working",
    FindingState.RETURNED: "late",
    FindingState.DEFERRED: "waiting",
    FindingState.CLOSED: "ok",
    FindingState.WITHDRAWN: "off",
}
GRADE_TONES = {Grade.GENERAL: "waiting", Grade.CONSIDERABLE: "late", Grade.MAJOR: "danger"}


def finding_may(step: Step, state: str) -> bool:
    """True when the step leads anywhere from this state."""
    return step in _NEXT and state in _NEXT[step][0]


def next_finding_state(step: Step, state: str, *, controlled: bool) -> FindingState:
    """The state after the step. Raises Refused where the step leads nowhere from `state`.

    `controlled`: an interim measure is in force. It shows as a state of its own while nobody has begun to mend.
    """
    if not finding_may(step, state):
        raise _refusal(_objection(step, FindingState(state)))
    after = _NEXT[step][1] or FindingState(state)
    return FindingState.CONTROLLED if controlled and after == FindingState.ASSIGNED else after


def _objection(step: Step, state: FindingState) -> FindingObjection:
    if state in (FindingState.CLOSED, FindingState.WITHDRAWN):
        return FindingObjection.SETTLED
    if step in (Step.CLOSE, Step.SEND_BACK):
        return FindingObjection.NOT_SUBMITTED
    if state == FindingState.SUBMITTED:
        return FindingObjection.WAITS
    return FindingObjection.GIVEN if step == Step.ASSIGN else FindingObjection.NOT_GIVEN


def check_closing(
    closer: int, doers: Collection[int | None], *, photos_after: int, words: str, seen_since: bool = False
) -> None:
    """Refuses a write-off by whoever mended it, and one without a photo of the mended state and without a reason.

    `seen_since`: a visit saw it after it was mended. The photo is older than that; a word is wanted.
    """
    if closer in doers:
        raise _refusal(FindingObjection.OWN_WORK)
    if seen_since and not words.strip():
        raise _refusal(FindingObjection.SEEN_SINCE, "note")
    if not photos_after and not words.strip():
        raise _refusal(FindingObjection.PHOTO_WANTED, "note")


def check_deferral(
    approver: int,
    doers: Collection[int | None],
    *,
    measure: str,
    reason: str,
    due_at: datetime,
    new_due: datetime,
    now: datetime,
) -> None:
    """Refuses to put off what nobody else approves, what nothing keeps safe meanwhile, or without reason and date."""
    if approver in doers:
        raise _refusal(FindingObjection.OWN_DEFERRAL)
    if not measure.strip():
        raise _refusal(FindingObjection.MEASURE_WANTED, "measure")
    if not reason.strip():
        raise _refusal(FindingObjection.REASON_WANTED, "reason")
    if new_due <= max(due_at, now):
        raise _refusal(FindingObjection.LATER_WANTED, "new_due")


def _refusal(objection: FindingObjection, field: str = "") -> Refused:
    return Refused(objection.value, objection.label, field=field)


@dataclass(frozen=True)
class Term:
    """How long a grade may take: `days` to mend, `control_hours` to an interim measure (None: none is asked).

    Found again within `reopen_days` of its write-off it is the same trouble, and linked to the earlier finding.
    """

    days: int
    control_hours: int | None
    reopen_days: int

    def due(self, since: datetime) -> datetime:
        """By when it is to be mended."""
        return since + timedelta(days=self.days)

    def control_by(self, since: datetime) -> datetime | None:
        """By when something must keep people safe."""
        return None if self.control_hours is None else since + timedelta(hours=self.control_hours)


# Example figures until the district sets its own.
TERMS = {
    Grade.GENERAL: Term(7, None, 30),
    Grade.CONSIDERABLE: Term(15, 48, 60),
    Grade.MAJOR: Term(30, 24, 90),
}


def is_same_again(closed_at: datetime | None, found_at: datetime, *, reopen_days: int) -> bool:
    """True when a finding is the earlier one come back."""
    return closed_at is not None and closed_at <= found_at <= closed_at + timedelta(days=reopen_days)


def finding_is_late(
    state: str, due_at: datetime, control_by: datetime | None, *, controlled: bool, now: datetime
) -> bool:
    """True when it is not mended in time, or not made safe in time. What waits for the check is the checker's."""
    if state not in TO_MEND:
        return False
    return due_at < now or (control_by is not None and not controlled and control_by < now)


@dataclass(frozen=True)
class FindingFilter:
    """What the list of findings is narrowed to. `state` is a FindingState, "open" (the default), "late" or "all"."""

    grade: str = ""
    state: str = "open"
    area_code: str = ""
    site: str = ""
    text: str = ""
    listed: bool = False
    round: int | None = None

    def query(self, **changes: str) -> dict[str, str]:
        """The filter as it stands in an address, with some parts changed."""
        own = {
            "grade": self.grade,
            "state": self.state if self.state != "open" else "",
            "area_code": self.area_code,
            "site": self.site,
            "text": self.text,
            "listed": "1" if self.listed else "",
            "round": str(self.round or ""),
        }
        return {name: value for name, value in (own | changes).items() if value}
