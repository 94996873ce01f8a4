"""The engine: takes every ladder whose time has come one step further, by sets from the claim to the history."""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from assignments import queries
from assignments.actions.ladder_rows import Due, Happened, Moved, Sent, advance, claim, note_events, note_sent
from assignments.actions.notify import common_area, lane_of
from assignments.actions.step_texts import others, own, step_note, text_of
from assignments.enums import GAP, State, Verb, Way, Who
from assignments.models import EscalationRun, EscalationSent
from assignments.queries import Owed
from assignments.rules import Kind, Option, after, heard, offered
from core.audit import act
from core.rules import SYSTEM, Refused
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Broadcast

logger = logging.getLogger(__name__)

BATCH = 500
LONGEST = 20.0  # seconds that one round may take; whoever is due then still is taken by the next


def escalate_due(*, now: datetime) -> int:
    """Takes every due ladder one step; returns how many. Each batch is a transaction of its own.

    A ladder moves in the transaction that writes its messages: it is told once, and after a crash before the commit
    the next tick tells it. Rows that another worker or an answer holds are theirs.
    """
    total, until = 0, time.monotonic() + LONGEST
    while True:
        taken = _batch(now)
        total += taken
        if taken < BATCH or time.monotonic() > until:
            return total


@dataclass(slots=True)
class Turn:
    """One ladder at the step that it takes now, and whom that tells: names and telephones by person."""

    due: Due
    step_no: int
    names: dict[int, str] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)
    is_gap: bool = False


class Wave(NamedTuple):
    """What goes out in one message: the same words over the same channel for the same step and loop."""

    who: Who
    way: Way
    text: str
    lane: Lane
    exercise: UUID | None
    step_no: int
    loop: int
    keys: tuple[Option, ...] = ()


def _batch(now: datetime) -> int:
    with act("assignments.assignment.escalate", by=SYSTEM), translation.override(settings.LANGUAGE_CODE):
        taken = claim(BATCH, now=now)
        if not taken:
            return 0
        turns = _placed(taken, now)
        waves = _waves(turns)
        events, sent = [], []
        for wave, some in waves.items():
            broadcast, way = _send(wave, some, now)
            number = broadcast.pk if broadcast else None
            verb = Verb.REMIND if wave.who == Who.ASSIGNEE else Verb.ESCALATE
            for turn in some:
                told = [name for person, name in turn.names.items() if person in turn.points]
                note = step_note(turn.due.fired + 1, wave.who, told, way, wave.way)
                events.append(Happened(turn.due.duty, verb, note, number if turn.points else None))
                if broadcast:
                    sent += _sent(turn, wave, way, broadcast.pk)
        advance([_moved(turn) for turn in turns], now=now)
        note_sent(sent, now=now)
        note_events(events, now=now)
        _tell_of_gaps([turn.due for turn in turns if turn.is_gap and not turn.due.gap_told], now)
    return len(taken)


def _placed(taken: Collection[Due], now: datetime) -> list[Turn]:
    """Each ladder at the first step, from its own on, behind which somebody with a telephone stands."""
    placed: list[Turn] = []
    waiting = [Turn(due, due.step_no) for due in taken]
    silent = _answered([due.run for due in taken if due.policy.everyone_must_answer])
    while waiting:
        _look_up(waiting, silent, now)
        later = []
        for turn in waiting:
            if turn.points or turn.step_no >= len(turn.due.policy.steps):
                turn.is_gap = turn.is_gap or not turn.points
                placed.append(turn)
            else:
                turn.step_no, turn.is_gap = turn.step_no + 1, True
                later.append(turn)
        waiting = later
    return placed


def _look_up(turns: Iterable[Turn], silent: dict[int, set[int]], now: datetime) -> None:
    by_who: dict[Who, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_who[turn.due.policy.steps[turn.step_no - 1].who].append(turn)
    for who, some in by_who.items():
        if who == Who.ASSIGNEE:
            _look_up_assignees(some, silent)
            continue
        owed = [
            Owed(turn.due.run, turn.due.duty, turn.due.area_code, turn.due.assignee, turn.due.assignee_name)
            for turn in some
        ]
        behind = queries.behind(who, owed, now)
        for turn in some:
            done = silent.get(turn.due.run, set())
            turn.names = {person: name for person, name in behind[turn.due.run].items() if person not in done}
        telephones = queries.first_contacts({person for turn in some for person in turn.names if person})
        for turn in some:
            turn.points = {person: telephones[person] for person in turn.names if person in telephones}


def _look_up_assignees(turns: Sequence[Turn], silent: dict[int, set[int]]) -> None:
    telephones = queries.first_contacts({turn.due.assignee for turn in turns if turn.due.assignee})
    for turn in turns:
        person = turn.due.assignee or 0
        if silent and person in silent.get(turn.due.run, ()):
            continue
        turn.names = {person: turn.due.assignee_name}
        if point := turn.due.point or telephones.get(person):
            turn.points = {person: point}


def _answered(runs: Collection[int]) -> dict[int, set[int]]:
    """Who of each run has answered for himself: he is told no more."""
    found: dict[int, set[int]] = defaultdict(set)
    if runs:
        rows = EscalationSent.objects.filter(run__in=runs, answered_at__isnull=False, person__isnull=False)
        for run, person in rows.values_list("run_id", "person_id"):
            found[run].add(person or 0)
    return found


def _waves(turns: Iterable[Turn]) -> dict[Wave, list[Turn]]:
    kinds = queries.kinds()
    lanes = {name: lane_of(kind) for name, kind in kinds.items()}
    alike: dict[tuple[object, ...], list[Turn]] = defaultdict(list)
    for turn in turns:
        due = turn.due
        alike[due.kept, turn.step_no, due.loop, due.kind, due.state, due.exercise].append(turn)
    waves: dict[Wave, list[Turn]] = defaultdict(list)
    for some in alike.values():
        due, step_no = some[0].due, some[0].step_no
        step = due.policy.steps[step_no - 1]
        lane = lanes.get(due.kind, Lane.ALARM)
        text = text_of(step.who, step.way, due.state)
        keys = _keys(kinds.get(due.kind), due.state) if step.way == Way.VOICE else ()
        waves[Wave(step.who, step.way, text, lane, due.exercise, step_no, due.loop, keys)] += some
    return waves


def _keys(kind: Kind | None, state: str) -> tuple[Option, ...]:
    """The answers that a call names; none where it is not the callee who has to act."""
    if kind is None or state == State.REPORTED:
        return ()
    return heard(offered(kind.options, has_page=bool(kind.page)), is_waiting=state == State.ASSIGNED)


def _send(wave: Wave, turns: list[Turn], now: datetime) -> tuple[Broadcast | None, Way]:
    """One message each to everybody behind this step; over SMS where no call can be made."""
    told: dict[int, list[Due]] = defaultdict(list)
    for turn in turns:
        for point in set(turn.points.values()):
            told[point].append(turn.due)
    if not told:
        return None, wave.way
    blanks = own if wave.who == Who.ASSIGNEE else others
    recipients = [messages.Recipient(point, rows[0].area_code, blanks(rows)) for point, rows in told.items()]
    dues = [turn.due for turn in turns]
    for way in dict.fromkeys((wave.way, Way.SMS)):
        text, keys = (wave.text, wave.keys) if way == wave.way else (text_of(wave.who, way, dues[0].state), ())
        try:
            made = messages.send(
                lane=wave.lane,
                channel=Channel(way.value),
                text=queries.with_keys(gettext(text), keys),
                recipients=recipients,
                area_code=common_area(due.area_code for due in dues),
                by=SYSTEM,
                now=now,
                key=f"ladder:{dues[0].run}:{dues[0].fence}:{way.value}:{wave.step_no}",
                origin=f"assignments.assignment:{dues[0].duty}",
                exercise=wave.exercise,
                purpose=queries.purpose_of(text),
            )
        except Refused as refusal:
            # A ladder goes on without its message: the next step may reach somebody.
            logger.warning("step %s of %s ladders by %s: %s", wave.step_no, len(turns), way, refusal.code)
        else:
            return made, way
    return None, Way.SMS


def _sent(turn: Turn, wave: Wave, way: Way, broadcast: int) -> list[Sent]:
    return [
        Sent(turn.due.run, turn.step_no, turn.due.loop, wave.who.value, way.value, person or None, point, broadcast)
        for person, point in turn.points.items()
    ]


def _moved(turn: Turn) -> Moved:
    due = turn.due
    follows = after(due.policy, turn.step_no, due.loop - due.loop_from)
    return Moved(due.run, follows.step_no, due.loop_from + follows.walk, follows.pause)


def _tell_of_gaps(dues: list[Due], now: datetime) -> None:
    """The duty officers hear once of each ladder that has an empty step."""
    grouped: dict[UUID | None, list[Due]] = defaultdict(list)
    for due in dues:
        grouped[due.exercise].append(due)
    for exercise, some in grouped.items():
        rooms = queries.holders_of_room({due.area_code for due in some}, now)
        told: dict[int, list[Due]] = defaultdict(list)
        for due in some:
            for person in rooms.get(due.area_code, {}):
                told[person].append(due)
        points = queries.first_contacts(told)
        recipients = [
            messages.Recipient(points[person], rows[0].area_code, others(rows))
            for person, rows in told.items()
            if person in points
        ]
        if not recipients:
            logger.error("%s ladders have an empty step, and nobody of the duty room can be told", len(some))
            continue
        try:
            messages.send(
                lane=Lane.ALARM,
                channel=Channel.SMS,
                text=gettext(GAP),
                recipients=recipients,
                area_code=common_area(due.area_code for due in some),
                by=SYSTEM,
                now=now,
                key=f"ladder-gap:{some[0].run}:{some[0].fence}",
                origin=f"assignments.assignment:{some[0].duty}",
                exercise=exercise,
                purpose=queries.purpose_of(GAP),
            )
        except Refused as refusal:
            logger.warning("nobody was told of %s empty steps: %s", len(some), refusal.code)
        EscalationRun.objects.filter(pk__in=[due.run for due in some]).update(gap_told_at=now)
