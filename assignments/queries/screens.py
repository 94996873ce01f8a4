"""Duties as people read them: on screens and in the exported sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from openpyxl import Workbook

from accounts.queries import area_names
from assignments import rules
from assignments.enums import Means, State, Verb
from assignments.models import Assignment, AssignmentEvent
from assignments.queries.duties import history, kind, kinds
from territory.rules import without_formula

# A record typed this long after the fact is marked as made up later.
TYPED_LATER = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """One duty with everything that a list or page says about it."""

    duty: Assignment
    kind: str
    place: str
    state: str
    tone: str
    minutes_late: int

    @property
    def deadline(self) -> datetime:
        """What comes next: to acknowledge, then to be done."""
        duty = self.duty
        waits = duty.state == State.ASSIGNED and duty.acknowledge_by is not None
        return duty.acknowledge_by if waits and duty.acknowledge_by else duty.due_at

    @property
    def done_at(self) -> datetime | None:
        """When the work ended, for the clock bar."""
        return self.duty.reported_at or self.duty.verified_at

    @property
    def runs(self) -> bool:
        """False for what was withdrawn: its clock means nothing any more."""
        return self.duty.state != State.CANCELLED


def lines(duties: Iterable[Assignment], *, now: datetime) -> list[Line]:
    """Duties as a list shows them. One statement for the names of all areas."""
    rows = list(duties)
    names = area_names({row.area_code for row in rows})
    labels = {name: gettext(kind.label) for name, kind in kinds().items()}
    return [_line(row, names, labels, now) for row in rows]


def line(duty: Assignment, *, now: datetime) -> Line:
    """One duty as its page shows it. One statement."""
    return lines([duty], now=now)[0]


def _line(row: Assignment, names: dict[str, str], labels: dict[str, str], now: datetime) -> Line:
    minutes = rules.minutes_late(row.state, row.acknowledge_by, row.due_at, now=now)
    return Line(
        duty=row,
        kind=labels.get(row.kind, row.kind),
        place=names.get(row.area_code, row.area_code),
        state=f"{State(row.state).label} · {_late_words(minutes)}" if minutes else str(State(row.state).label),
        tone=rules.tone(row.state, late=bool(minutes)),
        minutes_late=minutes,
    )


def _late_words(minutes: int) -> str:
    if minutes < 120:
        return ngettext("Overdue by %(count)d minute", "Overdue by %(count)d minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    return ngettext("Overdue by %(count)d hour", "Overdue by %(count)d hours", hours) % {"count": hours}


@dataclass(frozen=True)
class Told:
    """One line of a duty's history."""

    event: AssignmentEvent
    what: str
    how: str
    note: str
    typed_later: bool
    on_behalf: bool
    answer: str = ""


def told(duty: Assignment) -> list[Told]:
    """The history as its page shows it, newest first. One statement."""
    known = kind(duty.kind).options
    return [
        Told(
            event=event,
            what=str(Verb(event.verb).label),
            how=str(Means(event.means).label),
            note=_note(event),
            typed_later=event.recorded_at - event.occurred_at > TYPED_LATER,
            on_behalf=bool(event.on_behalf_of),
            answer=_answer(event, known),
        )
        for event in reversed(history(duty))
    ]


def _answer(event: AssignmentEvent, known: tuple[rules.Option, ...]) -> str:
    given = rules.option_with(event.option, known)
    return gettext(given.label) if given else ""


def _note(event: AssignmentEvent) -> str:
    if event.verb not in (Verb.REMIND, Verb.ESCALATE):
        return event.note
    number, _space, names = event.note.partition(" ")
    if not number:
        return ""
    return (gettext("No. %(number)s") % {"number": number} + f" {names}").strip()


def sheet(duties: Iterable[Assignment], *, now: datetime) -> bytes:
    """The list as xlsx: one row a duty, times local, and no cell that a spreadsheet would run as a formula."""
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Duties"))
    page.append(
        [
            gettext("Kind"),
            gettext("Duty"),
            gettext("Area"),
            gettext("Area code"),
            gettext("Who"),
            gettext("State"),
            gettext("Given"),
            gettext("Acknowledge by"),
            gettext("Due"),
            gettext("Acknowledged at"),
            gettext("On the spot at"),
            gettext("Reported at"),
            gettext("Verified at"),
            gettext("Minutes late"),
        ]
    )
    for row in lines(duties, now=now):
        duty = row.duty
        times = (
            duty.issued_at, duty.acknowledge_by, duty.due_at,
            duty.acknowledged_at, duty.started_at, duty.reported_at, duty.verified_at,
        )  # fmt: skip
        texts = (row.kind, duty.title, row.place, duty.area_code, duty.assignee_name, str(State(duty.state).label))
        page.append([*map(without_formula, texts), *map(_local, times), row.minutes_late])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _local(at: datetime | None) -> Any:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
