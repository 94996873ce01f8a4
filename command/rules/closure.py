"""When a place is closed to traffic, and who may open it again. Depths are whole centimetres of water."""

from assignments.rules import Kind, reminding
from command.enums.dangers import CLOSURE_LABEL, FieldObjection, RoadState
from core.rules import Refused

CLOSURE = Kind("closure", CLOSURE_LABEL, 10, 30, reminding(10, 2), False)

# Example: cities close underpasses between 25 and 30 cm; the site's own figure goes first.
CLOSING_DEPTH_CM = 27
DEEPEST_CM = 500
DEPTH_BUTTONS = (5, 15, 27, 40, 60)

ROAD_TONES = {
    RoadState.NORMAL: "ok",
    RoadState.SLOW: "late",
    RoadState.CLOSED: "danger",
    RoadState.REOPENING: "waiting",
    RoadState.REOPENED: "ok",
}


def limit_of(closing_depth_cm: int | None) -> int:
    """The depth from which this place is closed."""
    return closing_depth_cm or CLOSING_DEPTH_CM


def closes(depth_cm: int, limit_cm: int) -> bool:
    """True when water of this depth closes the place."""
    return depth_cm >= limit_cm


def checked_depth(depth_cm: int | None) -> int:
    """A depth that water can have. Raises Refused otherwise."""
    if depth_cm is None or not 0 <= depth_cm <= DEEPEST_CM:
        raise Refused(FieldObjection.DEPTH.value, FieldObjection.DEPTH.label, field="depth_cm")
    return depth_cm


def road_state(*, closed: bool, asked: bool, reopened: bool) -> RoadState:
    """What people read of one episode of water at a place."""
    if reopened:
        return RoadState.REOPENED
    if not closed:
        return RoadState.SLOW
    return RoadState.REOPENING if asked else RoadState.CLOSED


def check_reopening(*, closed_by: int | None, asked_by: int | None, by: int, depth_cm: int, limit_cm: int) -> None:
    """Raises Refused unless the water is below the limit and somebody else opens than closed or asked."""
    if closed_by is not None and by in (closed_by, asked_by):
        raise Refused(FieldObjection.TWO_PERSONS.value, FieldObjection.TWO_PERSONS.label)
    if closes(depth_cm, limit_cm):
        params: dict[str, object] = {"depth": depth_cm, "limit": limit_cm}
        raise Refused(FieldObjection.TOO_DEEP.value, FieldObjection.TOO_DEEP.label, field="depth_cm", params=params)
