"""Where a resident's request stands, when it is late, and who may close it. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignments.rules import Kind, reminding
from core.rules import Refused
from hazards.enums import REQUEST_LABEL, RequestObjection, RequestState

# Days before the date somebody is reminded of; the request brings its own date.
CITIZEN_REQUEST = Kind(
    name="citizen_request",
    label=REQUEST_LABEL,
    acknowledge_minutes=24 * 60,
    due_minutes=3 * 24 * 60,
    policy=reminding(24 * 60, 2),
    needs_verification=False,
    urgent=False,
    needs_proof=True,
)

REQUEST_TONES = {
    RequestState.TAKEN: "waiting",
    RequestState.GIVEN: "working",
    RequestState.ANSWERED: "working",
    RequestState.CLOSED: "off",
}


@dataclass(frozen=True)
class Category:
    """A category of requests and the days that it may take."""

    name: str
    days: int


def request_state(*, closed: bool, answered: bool, in_hand: bool) -> RequestState:
    """The last thing that was done; a duty that was sent back or withdrawn is in nobody's hands."""
    if closed:
        return RequestState.CLOSED
    if answered:
        return RequestState.ANSWERED
    return RequestState.GIVEN if in_hand else RequestState.TAKEN


def request_is_late(due_at: datetime, *, answered: bool, closed: bool, now: datetime) -> bool:
    """No result by its date. Asking back has no date of its own."""
    return not answered and not closed and due_at < now


def category_named(name: str, known: Sequence[Category]) -> Category:
    """The category of that name. Raises Refused for a strange one."""
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise _refused(RequestObjection.CATEGORY, "category")
    return found


def due_of(category: Category, *, received_at: datetime) -> datetime:
    """When a request of this category is to be settled, unless a date is named."""
    return received_at + timedelta(days=category.days)


def check_taking(*, what: str, area_code: str, on_spot: bool, outcome: str) -> None:
    """Refuses a request of nothing, of no grid, or settled on the spot without a word on how."""
    if not what.strip():
        raise _refused(RequestObjection.WHAT_WANTED, "what")
    if len(area_code) != 15:
        raise _refused(RequestObjection.NOT_A_GRID, "area_code")
    if on_spot and not outcome.strip():
        raise _refused(RequestObjection.OUTCOME_WANTED, "outcome")


def check_closing_request(closer: int, settler: int | None, *, answered: bool, spoken: bool) -> None:
    """回访: refuses closing without a result, and closing one's own work unspoken."""
    if not answered:
        raise _refused(RequestObjection.NO_RESULT)
    if closer == settler and not spoken:
        raise _refused(RequestObjection.UNSPOKEN)


def _refused(objection: RequestObjection, field: str = "") -> Refused:
    return Refused(objection.value, objection.label, field=field)
