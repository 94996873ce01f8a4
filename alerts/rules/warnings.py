"""What an official warning asks of the duty room: who is called, how fast it meets, and the clocks that are kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from alerts.enums import CONSULTATION_LABEL, WARNING_CALL_LABEL, CapStatus, CapType, NoticeLevel, WarningLeg
from assignments.enums import Until, Way, Who
from assignments.rules import GOT_IT, Kind, Policy, Step, reminding

# Whoever does not answer the SMS is telephoned after a minute, then his deputy; the duty room's superiors after that.
WARNING_CALL = Kind(
    name="warning_call",
    label=WARNING_CALL_LABEL,
    acknowledge_minutes=5,
    due_minutes=5,
    policy=Policy(
        steps=(
            Step(Who.ASSIGNEE, Way.VOICE, 2),
            Step(Who.DEPUTY, Way.VOICE, 2),
            Step(Who.LEADER, Way.VOICE, 3),
            Step(Who.ROOM, Way.SMS, 5),
        ),
        until=Until.ACKNOWLEDGED,
        begins_after=1,
    ),
    needs_verification=False,
    options=(replace(GOT_IT),),
)
# The minutes it takes are a setting; whoever holds it is reminded until the minutes are recorded.
CONSULTATION = Kind(
    name="consultation",
    label=CONSULTATION_LABEL,
    acknowledge_minutes=0,
    due_minutes=30,
    policy=reminding(10, 2, until=Until.REPORTED),
    needs_verification=False,
    page="alerts:warning",
)


@dataclass(frozen=True)
class Standing:
    """What is known of a warning that was just stored. `worst_before`: the gravest level of its chain that was called
    out already, None when nobody was; `is_repeat`: the same text came within the hour.
    """

    status: str
    msg_type: str
    level: int | None
    is_ours: bool
    is_over: bool
    is_superseded: bool = False
    is_repeat: bool = False
    worst_before: int | None = None
    is_drill: bool = False


def calls_out(standing: Standing, *, from_level: int) -> bool:
    """Whether people are called: a grave warning in our area that holds, and graver than what they were called for."""
    meant = standing.status == CapStatus.ACTUAL or standing.is_drill
    if not meant or standing.msg_type not in (CapType.ALERT, CapType.UPDATE) or standing.level is None:
        return False
    if standing.level > from_level or not standing.is_ours:
        return False
    if standing.is_over or standing.is_superseded or standing.is_repeat:
        return False
    return standing.worst_before is None or standing.level < standing.worst_before


def is_over(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a warning has ended by itself; half-open: at its end it is over. Without an end it is not."""
    return expires_at is not None and expires_at <= now


@dataclass(frozen=True)
class Leg:
    """One clock: when it was reached (None: not yet), and how long after the warning was received."""

    leg: WarningLeg
    at: datetime | None
    after: timedelta | None


def legs(received_at: datetime, reached: Mapping[WarningLeg, datetime | None]) -> list[Leg]:
    """Receipt → first answer → decision → first post manned → last household, each against the receipt."""
    found = []
    for leg in WarningLeg:
        at = received_at if leg == WarningLeg.RECEIVED else reached.get(leg)
        # What was done before the warning came (a level raised on a forecast) took no time.
        found.append(Leg(leg, at, max(at - received_at, timedelta(0)) if at else None))
    return found


@dataclass(frozen=True)
class Pasted:
    """What a pasted text of a weather station says; empty where it says nothing."""

    issuer: str = ""
    event: str = ""
    level: int | None = None
    issued_at: datetime | None = None
    hours: int | None = None
    is_lifted: bool = False


_HEAD = re.compile(
    r"(?P<issuer>[\u4e00-\u9fff]{1,20}?(?:气象台|气象局|气象站|水文局|水文中心|水利局|自然资源局|预警中心))"
    r"\D{0,4}(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?:(?P<day>\d{1,2})日)?"
    r"(?:(?P<hour>\d{1,2})[时:：点](?:(?P<minute>\d{1,2})分?)?)?"
)
_EVENT = re.compile(
    r"(?:发布|更新|升级|变更|解除|继续)(?:为|了)?(?P<event>[\u4e00-\u9fff]{2,12}?)(?P<colour>[红橙黄蓝])色预警"
)
_HOURS = re.compile(r"(?:未来|预计)?\s*(\d{1,2})\s*小时")
_COLOURS = {"红": NoticeLevel.RED, "橙": NoticeLevel.ORANGE, "黄": NoticeLevel.YELLOW, "蓝": NoticeLevel.BLUE}


def pasted(text: str, *, now: datetime, zone: tzinfo) -> Pasted:
    """Reads “某某气象台2026年7月19日22时58分发布暴雨红色预警信号：预计未来3小时…”. A date left out is today's."""
    head, event, hours = _HEAD.search(text), _EVENT.search(text), _HOURS.search(text)
    return Pasted(
        issuer=head["issuer"] if head else "",
        event=event["event"] if event else "",
        level=_COLOURS[event["colour"]] if event else None,
        issued_at=_moment(head, now.astimezone(zone)) if head else None,
        hours=int(hours[1]) if hours else None,
        is_lifted="解除" in text,
    )


def _moment(head: re.Match[str], today: datetime) -> datetime | None:
    if head["hour"] is None:
        return None
    given = {name: int(head[name]) for name in ("year", "month", "day", "hour", "minute") if head[name]}
    try:
        return today.replace(**{"minute": 0, **given}, second=0, microsecond=0)  # type: ignore[arg-type]
    except ValueError:
        return None
