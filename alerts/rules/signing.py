"""Signing from afar: what a signer's answer means, which codes are too easy, what a signature leaves to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from alerts.enums import ALL_CLEAR_LABEL, AUTHORISED_USE_LABEL, COUNTERSIGN_LABEL
from assignments.enums import Until, Way, Who
from assignments.rules import GOT_IT, Kind, Policy, Step, reminding
from messaging.rules import CODE_DIGITS, coded

AGREE, RETURN = "1", "2"
CALL_LASTS = timedelta(minutes=10)
CODE_MAY_COME = timedelta(days=1)  # after a call: how long six digits in an answer are taken for the code
LATE_TOLD = timedelta(hours=1)  # after a call: how long a code is told why it did nothing
ALL_CLEAR_SEARCHED = timedelta(days=3)  # how far back a notice may have run out and still ask for its all-clear

# 补签: on the notice's page, by the signer himself. It is owed from the first minute; the reminders are for the day.
COUNTERSIGN = Kind(
    name="countersign",
    label=COUNTERSIGN_LABEL,
    acknowledge_minutes=0,
    due_minutes=12 * 60,
    policy=reminding(4 * 60, 2, until=Until.REPORTED),
    needs_verification=False,
    page="alerts:notice",
    urgent=False,
    options=(GOT_IT,),
)
# The signer of an authorisation hears of each use: by SMS at once, by telephone after a minute, then his deputy.
AUTHORISED_USE = Kind(
    name="authorised_use",
    label=AUTHORISED_USE_LABEL,
    acknowledge_minutes=5,
    due_minutes=5,
    policy=Policy(
        steps=(
            Step(Who.ASSIGNEE, Way.VOICE, 3),
            Step(Who.ASSIGNEE, Way.VOICE, 3),
            Step(Who.DEPUTY, Way.VOICE, 5),
            Step(Who.ROOM, Way.SMS, 10),
        ),
        until=Until.ACKNOWLEDGED,
        begins_after=1,
    ),
    needs_verification=False,
    options=(GOT_IT,),
)
# A notice whose time is over: the all-clear, or a correction that lets it go on. Half an hour, then the superiors.
ALL_CLEAR_DUE = Kind(
    name="all_clear_due",
    label=ALL_CLEAR_LABEL,
    acknowledge_minutes=0,
    due_minutes=30,
    policy=reminding(10, 2, until=Until.REPORTED),
    needs_verification=False,
    page="alerts:notice",
    options=(GOT_IT,),
)


@dataclass(frozen=True)
class Said:
    """What a signer answered: `agrees` None where he pressed neither key; the digest of his code, empty without one."""

    agrees: bool | None
    digest: str
    words: str = ""


def said(text: str) -> Said | None:
    """The answer to a call for a signature, as messaging keeps it. None: it is no answer to one.

    A code alone says nothing of yes or no; a key alone is an answer without a code.
    """
    found = coded(text)
    if found is not None:
        return Said({AGREE: True, RETURN: False}.get(found.key), found.digest, found.words)
    bare = text.translate(str.maketrans("１２＃", "12#")).strip(" \t\r\n　。.，,、#")
    return Said(bare == AGREE, "") if bare in (AGREE, RETURN) else None


def is_code(code: str) -> bool:
    """Six plain digits."""
    return len(code) == CODE_DIGITS and code.isascii() and code.isdecimal()


def is_weak(code: str, phone: str) -> bool:
    """Whether a code is guessed in three tries: a run, one or two digits only, halves alike, part of the number."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    halves = CODE_DIGITS // 2
    return len(set(code)) < halves or steps in ({1}, {9}) or code[:halves] == code[halves:] or code in phone


def is_open(ends_at: datetime, settled_at: datetime | None, now: datetime) -> bool:
    """Whether a call to a signer may still be answered; half-open."""
    return settled_at is None and now < ends_at


def holds(valid_from: datetime, valid_until: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a signed authorisation may be used now; half-open."""
    return revoked_at is None and valid_from <= now < valid_until
