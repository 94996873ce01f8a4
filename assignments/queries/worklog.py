"""The work log: read from what people did, whichever app keeps it, and from their own remarks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.models import User
from accounts.queries import area_names, people
from assignments import rules
from assignments.enums import Means, Verb
from assignments.models import AssignmentEvent, WorkLog
from assignments.queries.facts import Period
from assignments.rules import Done
from territory.rules import Scope, without_formula

DONE = (*rules.OWN, *rules.JUDGING, Verb.HAND_OVER)


def work_done(who: Collection[int], period: Period, *, scope: Scope | None = None) -> list[Done]:
    """What these people did, as every app of settings.WORK_LOG_SOURCES tells it; with `scope` only there."""
    found: list[Done] = []
    for path in settings.WORK_LOG_SOURCES:
        found += import_string(path)(who, period.start, period.end)
    return [row for row in found if scope is None or scope.covers(row.area_code)]


def duties_done(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    """Duties acknowledged, reported, verified. What was recorded on somebody's behalf is his, not the recorder's.

    What the platform reports by itself is left out: the record that it reports by tells its own line. One statement.
    """
    own = Q(by__in=who, on_behalf_of="") | (Q(assignment__assignee__in=who) & ~Q(on_behalf_of=""))
    rows = (
        AssignmentEvent.objects.filter(own, verb__in=DONE, occurred_at__gte=start, occurred_at__lt=end)
        .filter(assignment__exercise__isnull=True)
        .exclude(means=Means.SYSTEM)
        .select_related("assignment")
        .order_by("pk")
    )
    what = gettext("Duties")
    return [
        Done(
            person_id=row.assignment.assignee_id if row.on_behalf_of and row.assignment.assignee_id else row.by_id or 0,
            at=row.occurred_at,
            recorded_at=row.recorded_at,
            what=what,
            text=f"{Verb(row.verb).label}：{row.assignment.title}" + (f"（{row.note}）" if row.note else ""),
            area_code=row.assignment.area_code,
            url=reverse("assignments:detail", args=[row.assignment.uuid]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class LogLine:
    """One line of a log; `afterwards`: it was recorded when its day was over."""

    done: Done
    afterwards: bool


@dataclass(frozen=True)
class LogDay:
    """The log of one person on one local day."""

    day: date
    lines: list[LogLine] = field(default_factory=list)
    remarks: list[WorkLog] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many of each kind of thing."""
        return rules.counted(line.done for line in self.lines)

    @property
    def is_empty(self) -> bool:
        """Nothing was done and nothing remarked."""
        return not self.lines and not self.remarks


def work_log(person: User, period: Period, *, scope: Scope | None = None) -> dict[date, LogDay]:
    """The days of a period on which there is something, by day. The number of statements is fixed.

    With `scope` only what lies there; remarks lie nowhere and are shown to whoever may see the person.
    """
    zone = timezone.get_current_timezone()
    done = rules.by_day(work_done([person.pk], period, scope=scope), zone)
    said: dict[date, list[WorkLog]] = {}
    for remark in WorkLog.objects.filter(person=person, day__gte=_local(period.start), day__lt=_local(period.end)):
        said.setdefault(remark.day, []).append(remark)
    return {
        day: LogDay(day, [LogLine(row, rules.is_afterwards(row, zone)) for row in done.get(day, ())], said.get(day, []))
        for day in sorted({*done, *said})
    }


def _local(at: datetime) -> date:
    return timezone.localtime(at).date()


@dataclass(frozen=True)
class PersonDay:
    """One person's day in figures, for whoever answers for the area."""

    person: User
    area_code: str
    place: str
    counts: list[tuple[str, int]]
    last_at: datetime | None
    remarks: int


def logs_of_people(scope: Scope, period: Period, *, now: datetime) -> list[PersonDay]:
    """Everybody with a role in these areas and what he did there, by area and name: an order, never a rank."""
    everybody = list(people(scope, now=now))
    done: dict[int, list[Done]] = {}
    for row in work_done([person.pk for person in everybody], period, scope=scope):
        done.setdefault(row.person_id, []).append(row)
    remarks: dict[int, int] = {}
    for pk in WorkLog.objects.filter(
        person__in=everybody, day__gte=_local(period.start), day__lt=_local(period.end)
    ).values_list("person", flat=True):
        remarks[pk] = remarks.get(pk, 0) + 1
    codes = {person.pk: _area(person, scope, now) for person in everybody}
    names = area_names(set(codes.values()))
    lines = [
        PersonDay(
            person,
            codes[person.pk],
            names.get(codes[person.pk], codes[person.pk]),
            rules.counted(done.get(person.pk, ())),
            max((row.at for row in done.get(person.pk, ())), default=None),
            remarks.get(person.pk, 0),
        )
        for person in everybody
    ]
    return sorted(lines, key=lambda line: (line.area_code or "~", line.person.name, line.person.pk))


def _area(person: User, scope: Scope, now: datetime) -> str:
    return min((held.area_code for held in person.roles_at(now) if scope.covers(held.area_code)), default="")


def work_log_sheet(scope: Scope, period: Period, *, now: datetime) -> bytes:
    """工作日志 of everybody in these areas as xlsx, one line a thing done or remarked; no cell runs as a formula."""
    zone = timezone.get_current_timezone()
    everybody = {person.pk: person for person in people(scope, now=now)}
    codes = {pk: _area(person, scope, now) for pk, person in everybody.items()}
    names = area_names(set(codes.values()))
    rows: list[tuple[tuple[str, str, int], datetime, str, str, str]] = []
    for done in work_done(list(everybody), period, scope=scope):
        if done.person_id in everybody:
            later = timezone.localtime(done.recorded_at).strftime("%Y-%m-%d %H:%M")
            late = later if rules.is_afterwards(done, zone) else ""
            rows.append((_order(everybody, codes, done.person_id), done.at, done.what, done.text, late))
    for remark in WorkLog.objects.filter(
        person__in=everybody, day__gte=_local(period.start), day__lt=_local(period.end)
    ).order_by("pk"):
        order = _order(everybody, codes, remark.person_id)
        rows.append((order, remark.written_at, gettext("Remark in the log"), remark.text, ""))
    return _book(sorted(rows, key=lambda row: (row[0], row[1])), names)


def _order(everybody: dict[int, User], codes: dict[int, str], pk: int) -> tuple[str, str, int]:
    return codes[pk], everybody[pk].name, pk


def _book(rows: Iterable[tuple[tuple[str, str, int], datetime, str, str, str]], names: dict[str, str]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Work log"))
    page.append(
        [
            *(gettext("Day"), gettext("Area"), gettext("Area code"), gettext("Name"), gettext("Time")),
            *(gettext("Kind of work"), gettext("Which"), gettext("Recorded afterwards at")),
        ]
    )
    for (code, name, _pk), at, what, text, late in rows:
        local = timezone.localtime(at)
        place = names.get(code, code)
        texts = (place, code, name)
        page.append(
            [
                local.strftime("%Y-%m-%d"),
                *map(without_formula, texts),
                local.strftime("%H:%M"),
                *map(without_formula, (what, text)),
                late,
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()
