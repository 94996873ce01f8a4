"""The desk of the duty room: what came in, what is not handed on, who is silent, who is there."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from assignments import queries as assignments
from assignments.models import Assignment
from board.queries.situation import crying
from command import queries as command
from command.models import CallTarget
from command.queries.danger import DangerCounts, DangerLine, danger_counts, danger_lines, dangers
from command.queries.help import HelpCounts, HelpLine, help_counts
from command.queries.place import site_names
from command.rules.suspicion import Suspicion, suspected
from dutyroster import queries as dutyroster
from dutyroster.models import LogEntry
from territory.rules import Scope

LISTED = 30
MOST_REPLIES = 5  # the rest is one click away
TOLD = 15  # entries of the log that are handed on already


@dataclass(frozen=True)
class Silent:
    """Somebody called who has not answered, and who would be called instead."""

    line: command.CallLine
    deputy: str


@dataclass(frozen=True)
class OpenCalls:
    """An open call-out: its figures and everybody who has not answered, the silent on top."""

    view: command.CallOutView
    waiting: list[Silent] = field(default_factory=list)


@dataclass(frozen=True)
class Note:
    """An entry of the log, and the danger that its words seem to report."""

    entry: LogEntry
    suspicion: Suspicion | None


@dataclass(frozen=True)
class Answers:
    """What people answered that somebody must see to: support wanted, and replies that nobody has claimed."""

    support: list[Assignment] = field(default_factory=list)
    unclaimed: list[assignments.UnclaimedLine] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Desk:
    """The desk at one moment. Rehearsals have no place on it."""

    at: datetime
    waiting: list[Note]  # not handed on yet, the oldest on top
    more_waiting: bool
    told: list[Note]
    answers: Answers
    helping: HelpCounts
    crying: list[HelpLine]
    danger: DangerCounts
    dangers: list[DangerLine]  # the newest
    calls: list[OpenCalls]
    on_duty: list[dutyroster.Attendance]

    @property
    def silent(self) -> int:
        """How many of those called are silent over their time."""
        return sum(len(calls.view.silent) for calls in self.calls)

    @property
    def calling(self) -> int:
        """How many of those called may still answer in time."""
        return sum(len(calls.view.calling) for calls in self.calls)


def desk(scope: Scope, *, now: datetime) -> Desk:
    """Everything the desk shows besides the figures. A fixed number of statements."""
    waiting = list(dutyroster.open_entries(scope)[: LISTED + 1])
    return Desk(
        at=now,
        waiting=notes(waiting[:LISTED], scope),
        more_waiting=len(waiting) > LISTED,
        told=notes(told(scope, but=waiting), scope),
        answers=_answers(scope),
        helping=help_counts(scope, now),
        crying=crying(scope, now=now),
        danger=danger_counts(scope, now),
        dangers=danger_lines(dangers(scope)[:LISTED], now=now),
        calls=_calls(scope, now),
        on_duty=dutyroster.attendance(scope, now),
    )


def notes(entries: list[LogEntry], scope: Scope) -> list[Note]:
    """Entries with what they seem to report that nobody has handed on. One statement."""
    places = site_names(scope) if entries else []
    return [Note(entry, None if entry.follow_ups.all() else suspected(entry.text, places)) for entry in entries]


def _answers(scope: Scope) -> Answers:
    rows = assignments.unclaimed(scope)
    return Answers(
        support=list(assignments.wanting_support(scope)[:LISTED]),
        unclaimed=assignments.unclaimed_lines(rows[:MOST_REPLIES]),
        more=max(0, rows.count() - MOST_REPLIES),
    )


def told(scope: Scope, *, but: list[LogEntry]) -> list[LogEntry]:
    """The newest entries of the log besides those that wait. Three statements."""
    rows = dutyroster.entries(scope).exclude(pk__in=[entry.pk for entry in but])
    return list(rows[:TOLD])


def _calls(scope: Scope, now: datetime) -> list[OpenCalls]:
    views = command.open_call_outs(scope, now=now)
    targets: list[CallTarget] = [line.target for view in views for line in view.waiting]
    instead = command.deputies(targets, now=now)
    return [
        OpenCalls(
            view,
            [Silent(line, instead[line.target.pk].name if line.target.pk in instead else "") for line in view.waiting],
        )
        for view in views
    ]


def desk_question(shown: Desk) -> str:
    """The desk's first sentence: what is not handed on, who cries, who is silent, who is being called."""
    parts = []
    if shown.answers.support:
        parts.append(_("%(count)s want support") % {"count": len(shown.answers.support)})
    if shown.waiting:
        count = f"{len(shown.waiting)}{'+' if shown.more_waiting else ''}"
        parts.append(_("%(count)s not handed on") % {"count": count})
    if shown.helping.open:
        figures = {"open": shown.helping.open, "alone": shown.helping.without_helper}
        parts.append(_("calls for help %(open)s, without helper %(alone)s") % figures)
    if shown.silent:
        parts.append(_("%(count)s called do not answer") % {"count": shown.silent})
    if shown.calling:
        parts.append(_("%(count)s are being called") % {"count": shown.calling})
    sentence = _("; ").join(parts) or _("everything is handed on, nobody is silent")
    return _("%(sentence)s.") % {"sentence": sentence[:1].upper() + sentence[1:]}
