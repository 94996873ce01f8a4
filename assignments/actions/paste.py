"""What people wrote in a chat group, stored as their answers once a person has looked at who was recognised."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assignments import queries, rules
from assignments.actions.answer import answer
from assignments.enums import Means
from assignments.models import Assignment
from assignments.rules import Heard, Option, Reading
from core.audit import act
from core.rules import Refused


@dataclass
class Pasted:
    """What became of a paste: stored now, stored or answered before, and whose answer does not fit any more."""

    stored: list[Assignment] = field(default_factory=list)
    known: list[Assignment] = field(default_factory=list)
    refused: list[tuple[Assignment, str]] = field(default_factory=list)


def read_chat(*, text: str, duties: Sequence[Assignment], now: datetime) -> Reading:
    """A pasted chat against those who owe these duties. Stores nothing. One statement."""
    options = queries.options_for(duties)
    return rules.recognised(text, queries.receivers(duties), options, now=timezone.localtime(now))


def store_chat(
    *,
    text: str,
    duties: Sequence[Assignment],
    by: User,
    now: datetime,
    kept: Collection[int] | None = None,
    chosen: Mapping[int, tuple[int, str]] | None = None,
) -> Pasted:
    """Stores the answers of everybody recognised, and of the doubtful lines that `by` has decided.

    `kept` are the duties whose recognised answers `by` leaves standing (None: all of them).
    `chosen` maps a doubtful line's place to (duty, key of the answer). The same line of the same person is stored once,
    however often it is pasted; the time is the chat's where it has one.
    """
    reading, options = read_chat(text=text, duties=duties, now=now), queries.options_for(duties)
    said = rules.answers_of(reading, options)
    told = [(number, option, lines) for number, (option, lines) in said.items() if kept is None or number in kept]
    told += _decided(reading, options, chosen or {})
    by_number = {duty.pk: duty for duty in duties}
    found = Pasted()
    with act("assignments.assignment.paste", by=by.actor):
        for number, option, lines in told:
            if number in by_number:
                _store(by_number[number], option, lines, by, now, found)
    return found


def _decided(
    reading: Reading, options: Sequence[Option], chosen: Mapping[int, tuple[int, str]]
) -> list[tuple[int, Option, list[Heard]]]:
    found = []
    for line in reading.of(rules.Verdict.UNSURE):
        number, key = chosen.get(line.place, (0, ""))
        option = rules.option_with(key, options)
        if number and option is not None:
            found.append((number, option, [line]))
    return found


def _store(duty: Assignment, option: Option, lines: list[Heard], by: User, now: datetime, found: Pasted) -> None:
    decisive = next((line for line in lines if line.option == option.key), lines[0])
    newest = queries.clocks(duty).newest
    at = min(max(decisive.at or now, newest), now)
    source = f"paste:{hashlib.sha256(f'{duty.assignee_name}:{decisive.key}'.encode()).hexdigest()[:32]}"
    before = duty.events.count()
    try:
        with transaction.atomic():
            after = answer(
                assignment=duty,
                option=option.key,
                means=Means.GROUP_TEXT,
                now=now,
                by=by,
                occurred_at=at,
                said=" / ".join(line.raw for line in lines),
                source=source,
            )
    except Refused as refusal:
        found.refused.append((duty, str(refusal)))
        return
    (found.stored if after.events.count() > before else found.known).append(after)
