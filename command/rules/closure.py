"""When a place is closed to traffic, and who may open it again. Depths are whole centimetres of water."""

from dataclasses import replace

from assignments.enums import Until, Way, Who
from assignments.rules import CANNOT, FINISHED, SUPPORT, Kind, Option, Policy, Step, reminding
from command.enums.closing import (
    DRAINAGE_DONE,
    DRAINAGE_LABEL,
    TRAFFIC_DONE,
    TRAFFIC_LABEL,
    WATCH_DONE,
    WATCH_LABEL,
    BackReason,
    Party,
)
from command.enums.dangers import CLOSURE_LABEL, FieldObjection, RoadState
from core.rules import Refused

CLOSURE = Kind("closure", CLOSURE_LABEL, 10, 30, reminding(10, 2), False)

# Whoever owes a tick is telephoned after five minutes; then his sub-district and the duty room hear of it.
_TICK_LADDER = Policy(
    (Step(Who.ASSIGNEE, Way.VOICE, 5), Step(Who.SUPERIOR, Way.SMS, 5), Step(Who.ROOM, Way.SMS, 10)),
    until=Until.REPORTED,
    begins_after=5,
)


def _tick(name: str, label: str, done: str, words: tuple[str, ...]) -> Kind:
    option: Option = replace(FINISHED, key="1", label=done, words=words)
    return Kind(name, label, 5, 15, _TICK_LADDER, False, options=(option, SUPPORT, CANNOT))


CLOSE_TRAFFIC = _tick("close_traffic", TRAFFIC_LABEL, TRAFFIC_DONE, ("已断行", "已封路", "已封闭", "断行"))
CLOSE_DRAINAGE = _tick(
    "close_drainage", DRAINAGE_LABEL, DRAINAGE_DONE, ("已抽排", "正在抽", "泵已开", "已开泵", "抽排")
)
CLOSE_WATCH = _tick("close_watch", WATCH_LABEL, WATCH_DONE, ("已值守", "有人值守", "已到位", "值守"))
TICK_KINDS = {Party.TRAFFIC: CLOSE_TRAFFIC, Party.DRAINAGE: CLOSE_DRAINAGE, Party.WATCH: CLOSE_WATCH}
TICKED = "1"  # the key of the answer that makes the tick

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


def limit_of(closing_depth_cm: int | None, kind_limit_cm: int | None = None) -> int:
    """The depth from which this place is closed: its own, else its kind's, else the example."""
    return closing_depth_cm or kind_limit_cm or CLOSING_DEPTH_CM


def opens_below(limit_cm: int, kind_opens_below_cm: int | None = None) -> int:
    """The depth below which the place may be opened: its kind's, never above the depth that closes it."""
    return min(limit_cm, kind_opens_below_cm or limit_cm)


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


TICK_BACK = (BackReason.MISTAKE, BackReason.UNDONE)  # why one of the three ticks may be taken back


def check_reopening(
    *, was_closed: bool, closed_by: int | None, asked_by: int | None, by: int, depth_cm: int, limit_cm: int
) -> None:
    """Raises Refused unless the water is below the limit and somebody else opens than closed or asked.

    Whoever closed may have no account (`closed_by` None); where people only drove slowly (`was_closed` false) nobody
    stands in the way.
    """
    if was_closed and by in (closed_by, asked_by):
        raise Refused(FieldObjection.TWO_PERSONS.value, FieldObjection.TWO_PERSONS.label)
    if closes(depth_cm, limit_cm):
        params: dict[str, object] = {"depth": depth_cm, "limit": limit_cm}
        raise Refused(FieldObjection.TOO_DEEP.value, FieldObjection.TOO_DEEP.label, field="depth_cm", params=params)
