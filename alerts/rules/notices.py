"""What a notice must hold, what an answer is worth, and in which one state a household is."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.enums import (
    DUTY_LABEL,
    Choice,
    Element,
    MessageType,
    NoticeKind,
    NoticeLevel,
    NoticeState,
    Reach,
    VisitOutcome,
)
from assignments.rules import Kind, reminding
from messaging.rules import Reviewed, blanks, fault_of_value
from territory.rules import LENGTHS

# Doors are one duty a grid: half an hour to be seen, two hours to knock at all of them; the visits are the proof, so
# nobody verifies. The figures are a first guess that a district changes after its first storm.
DOOR_KNOCK = Kind(
    name="door_knock",
    label=DUTY_LABEL,
    acknowledge_minutes=10,
    due_minutes=120,
    policy=reminding(15, 2),
    needs_verification=False,
    page="alerts:knock",
)


@dataclass(frozen=True)
class Content:
    """What the author writes. Times are aware; `wait_minutes` is how long receipts are waited for before knocking."""

    kind: str
    level: int | None
    headline: str
    starts_at: datetime | None
    expires_at: datetime | None
    affected_area: str = ""
    caution: str = ""
    measures: str = ""
    issuer: str = ""
    sms_text: str = ""
    wait_minutes: int = 10


def missing_elements(content: Content) -> tuple[Element, ...]:
    """Which of the eight elements of 突发事件应对法 art. 64 are not there yet, in the law's order.

    The time of issue is written by the signature, so it is missing only where the notice would be over before it.
    """
    present = {
        Element.KIND: content.kind in NoticeKind.values,
        Element.LEVEL: content.level in NoticeLevel.values,
        Element.START: content.starts_at is not None,
        Element.AREA: bool(content.affected_area.strip()),
        Element.CAUTION: bool(content.caution.strip()),
        Element.MEASURES: bool(content.measures.strip()),
        Element.ISSUER: bool(content.issuer.strip()),
        Element.TIME: content.expires_at is not None
        and content.starts_at is not None
        and content.expires_at > content.starts_at,
    }
    return tuple(element for element in Element if not present[element])


def composed_text(content: Content) -> str:
    """A text of the written fields, shortest first: what it is, what to do, who says so. At most 300 characters."""
    parts = [content.headline, content.measures, content.issuer]
    return "。".join(part.strip().rstrip("。") for part in parts if part.strip())[:300]


# Which field of a notice fills a blank of a reviewed text. Providers' registers call the same thing by several names.
BLANKS = {
    "headline": "headline",
    "title": "headline",
    "measures": "measures",
    "caution": "caution",
    "issuer": "issuer",
    "kind": "kind",
    "level": "level",
    "area": "affected_area",
    "affected_area": "affected_area",
    "time": "starts_at",
    "start": "starts_at",
    "starts_at": "starts_at",
    "end": "expires_at",
    "expires_at": "expires_at",
}


def blank_values(content: Content, *, kind: str, level: str, starts: str, ends: str) -> dict[str, str]:
    """What each blank of a reviewed text says; `kind`, `level`, `starts` and `ends` as they are printed."""
    printed = {"kind": kind, "level": level, "starts_at": starts, "expires_at": ends}
    return {
        # The text around a blank has its own full stop.
        blank: printed.get(field, str(getattr(content, field) or "")).strip().rstrip("。")
        for blank, field in BLANKS.items()
    }


@dataclass(frozen=True)
class Misfit:
    """Why a value does not fit a blank: the fault as a code, the notice's field (the blank where there is none)."""

    code: str  # "unknown", or as messaging.rules.fault_of_value has it
    field: str
    over: int = 0
    most: int = 0


def misfits(template: Reviewed, values: Mapping[str, str]) -> tuple[Misfit, ...]:
    """What keeps these values from standing in a reviewed text, in the order of its blanks. None: it can be sent."""
    found = []
    for blank in blanks(template.text):
        value, most = values.get(blank), template.limit(blank)
        if value is None:
            found.append(Misfit("unknown", blank))
        elif code := fault_of_value(value, most):
            found.append(Misfit(code, BLANKS.get(blank, blank), max(len(value) - most, 0), most))
    return tuple(found)


def may_follow(message_type: str, state: str, follower: str) -> bool:
    """Whether a notice in this state may be corrected or ended (`follower`: a MessageType).

    A correction is written as early as the notice itself, so that it is ready when it is needed.
    """
    if message_type == MessageType.ALL_CLEAR:
        return False
    if follower == MessageType.ALL_CLEAR:
        return state == NoticeState.ISSUED
    return state in (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.ISSUED, NoticeState.WITHDRAWN)


def after(follower: str, state: str) -> NoticeState:
    """The state of a notice when the one that follows it is signed; a withdrawn one stays so."""
    if state == NoticeState.WITHDRAWN:
        return NoticeState.WITHDRAWN
    return NoticeState.CLEARED if follower == MessageType.ALL_CLEAR else NoticeState.CORRECTED


def next_state(verb: str, state: str) -> NoticeState | None:
    """The state after `submit`, `send_back`, `approve`, `withdraw` or `discard`; None where the verb leads nowhere."""
    return {
        ("submit", NoticeState.DRAFT): NoticeState.SUBMITTED,
        ("send_back", NoticeState.SUBMITTED): NoticeState.DRAFT,
        ("approve", NoticeState.SUBMITTED): NoticeState.ISSUED,
        ("withdraw", NoticeState.ISSUED): NoticeState.WITHDRAWN,
        ("discard", NoticeState.DRAFT): NoticeState.DISCARDED,
    }.get((verb, NoticeState(state)))


def common_area(codes: Iterable[str]) -> str:
    """The smallest area that holds all of these; empty for none or when they share no district."""
    given = list(codes)
    return next(
        (
            given[0][:length]
            for length in reversed(LENGTHS)
            if given and len(given[0]) >= length and len({code[:length] for code in given}) == 1
        ),
        "",
    )


@dataclass(frozen=True)
class Facts:
    """What is known of one household under one notice.

    `arrived`: one of its telephones has the message. `open`: a message is on its way or its receipt still out, of
    whichever wave. Neither: there is no telephone, or every message so far failed or was cancelled.
    """

    answer: str = ""
    help_closed: bool = False
    visited: bool = False
    arrived: bool = False
    open: bool = False
    closed: bool = False
    waited: bool = False


def reach(facts: Facts) -> Reach:
    """The one state of a household: the first that holds. A cry for help hides behind nothing until it is closed."""
    if facts.answer == Choice.NEED_HELP and not facts.help_closed:
        return Reach.NEED_HELP
    if facts.answer:
        return Reach.ANSWERED
    if facts.visited:
        return Reach.VISITED
    if facts.arrived:
        return Reach.DELIVERED
    if facts.closed:
        return Reach.CLOSED_UNREACHABLE
    if facts.waited or not facts.open:
        return Reach.UNREACHED
    return Reach.PENDING


SHORTEST_WAVE = 30  # seconds; providers refuse the same text to the same number sooner than that


def wave_seconds(wait_minutes: int, further: int, longest: int) -> int:
    """How long a telephone may keep silent before the next is tried, in seconds; 0: there is no next one.

    `further` telephones besides the first share the wait with it: the doors never wait for a wave.
    """
    if not further or not longest:
        return 0
    return max(SHORTEST_WAVE, min(longest, wait_minutes * 60 // (further + 1)))


REACHED = (Reach.NEED_HELP, Reach.ANSWERED, Reach.VISITED, Reach.DELIVERED)
SPOKEN = (Reach.NEED_HELP, Reach.ANSWERED, Reach.VISITED)

# Ordinary households that keep a notice below 100 %: those that nothing has reached, or, where answers are its goal,
# those that have not answered; and whoever asks for help, until that is closed.
UNDELIVERED = (Reach.NEED_HELP, Reach.UNREACHED, Reach.PENDING)
UNANSWERED = (*UNDELIVERED, Reach.DELIVERED)

TONES = {
    Reach.NEED_HELP: "danger",
    Reach.ANSWERED: "ok",
    Reach.VISITED: "ok",
    Reach.DELIVERED: "waiting",
    Reach.CLOSED_UNREACHABLE: "off",
    Reach.UNREACHED: "danger",
    Reach.PENDING: "working",
}
OUTCOME_TONES = {
    VisitOutcome.TOLD: "ok",
    VisitOutcome.NOBODY: "late",
    VisitOutcome.REFUSED: "danger",
    VisitOutcome.NEED_HELP: "danger",
}
STATE_TONES = {
    NoticeState.DRAFT: "waiting",
    NoticeState.SUBMITTED: "waiting",
    NoticeState.ISSUED: "ok",
    NoticeState.CORRECTED: "off",
    NoticeState.CLEARED: "off",
    NoticeState.WITHDRAWN: "off",
    NoticeState.DISCARDED: "off",
}
COLOURS = {
    NoticeLevel.RED: "red",
    NoticeLevel.ORANGE: "orange",
    NoticeLevel.YELLOW: "yellow",
    NoticeLevel.BLUE: "blue",
}


def best_answer(known: str, new: str) -> str:
    """What stays of two answers: a cry for help, else the newer one."""
    return Choice.NEED_HELP if Choice.NEED_HELP in (known, new) else new or known


def step_of(reached: int, total: int) -> int:
    """The map's step of a share, 1 worst to 5 best: below 60, 80, 90, 98 percent, and from 98 on."""
    share = reached * 100 / total if total else 100.0
    return 1 + sum(share >= bound for bound in (60, 80, 90, 98))


def parsed_reply(text: str) -> Choice | None:
    """What a reply by SMS means: 1 everybody knows, 2 away but somebody is in, 3 help; None when it says nothing else.

    People type full-width digits, blanks, a full stop behind; whoever writes 救 means 3 whatever the digit.
    """
    if "救" in text:
        return Choice.NEED_HELP
    # int() reads full-width digits too, but also Arabic-Indic ones and the like: only these two rows are meant.
    bare = text.translate(str.maketrans("１２３", "123")).strip(" \t\r\n　。.，,、!！")
    return {"1": Choice.SAFE, "2": Choice.AWAY, "3": Choice.NEED_HELP}.get(bare)


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def answer_token(audience: int, *, secret: str) -> str:
    """The last part of a household's own link: its row's number in base 36, a hyphen, 22 that only we can make."""
    mac = hmac.new(f"alerts.answer:{secret}".encode(), str(audience).encode(), hashlib.sha256).digest()
    return f"{_base36(audience)}-{base64.urlsafe_b64encode(mac[:16]).decode().rstrip('=')}"


def audience_of(token: str, *, secret: str) -> int | None:
    """The row's number in a genuine token, else None."""
    head, _, tail = token.partition("-")
    if len(tail) != 22 or not 0 < len(head) <= 12 or any(digit not in _DIGITS for digit in head):
        return None
    number = int(head, 36)
    return number if hmac.compare_digest(token.encode(), answer_token(number, secret=secret).encode()) else None


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
