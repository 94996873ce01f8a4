"""Facts of work by person: a fixed number of SQL statements, whatever the number of people or duties."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db.models import DateTimeField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.models import User
from accounts.queries import area_names, people
from assignments import rules
from assignments.enums import State, Verb
from assignments.models import Assignment, AssignmentEvent, PastHolding
from assignments.queries.duties import kinds
from territory.models import within
from territory.rules import Scope, without_formula


@dataclass(frozen=True)
class Period:
    """From when to before when people were asked; aware times."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class HeldDuty:
    """A duty with the person who held it, and what counts for him."""

    person_id: int
    duty_id: int
    held: rules.Held


@dataclass(frozen=True)
class PersonFacts:
    """One line: a person, where he works, and his figures."""

    person: User
    area_code: str
    place: str
    tally: rules.Tally

    @property
    def figures(self) -> dict[str, int]:
        """The figures by name, zeros too."""
        return dict(self.cells)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """The figures in their fixed order."""
        return [(name, self.tally.counts[name]) for name in rules.FIGURES]


def held_duties(period: Period, *, scope: Scope | None = None, person: User | None = None) -> list[HeldDuty]:
    """What people were given in the period; withdrawn duties and exercises apart. Three statements."""
    mine = Q(assignee=person) if person else Q(assignee__isnull=False)
    since = Subquery(
        PastHolding.objects.filter(assignment=OuterRef("pk"))
        .values("assignment")
        .annotate(at=Max("until"))
        .values("at"),
        output_field=DateTimeField(),
    )
    real = Q(exercise__isnull=True) & ~Q(state=State.CANCELLED)
    there = Q() if scope is None else within(scope)
    came = PastHolding.objects.filter(until__gte=period.start, until__lt=period.end)
    present = (
        Assignment.objects.filter(
            mine,
            real,
            there,
            Q(issued_at__gte=period.start, issued_at__lt=period.end) | Q(pk__in=came.values("assignment")),
        )
        .annotate(since=Coalesce(since, "issued_at"))
        .filter(since__gte=period.start, since__lt=period.end)
    )
    past = PastHolding.objects.filter(
        Q(person=person) if person else Q(person__isnull=False),
        Q(assignment__exercise__isnull=True) & ~Q(assignment__state=State.CANCELLED),
        Q() if scope is None else within(scope, "assignment__area_code"),
        since__gte=period.start,
        since__lt=period.end,
    ).select_related("assignment")
    now_held: list[Any] = list(present.order_by("pk"))
    before: list[Any] = list(past.order_by("pk"))
    marks = _marks({row.pk for row in now_held} | {row.assignment_id for row in before})
    answer = [
        HeldDuty(row.assignee_id, row.pk, _held(row, marks.get(row.pk, []), row.since, None, row)) for row in now_held
    ]
    answer += [
        HeldDuty(
            row.person_id,
            row.assignment_id,
            _held(row.assignment, marks.get(row.assignment_id, []), row.since, row.until, row),
        )
        for row in before
    ]
    return answer


def _marks(duties: set[int]) -> dict[int, list[tuple[str, datetime]]]:
    """What was sent back or recorded on somebody's behalf, and when it was typed, by duty."""
    found: dict[int, list[tuple[str, datetime]]] = {}
    rows = AssignmentEvent.objects.filter(
        Q(verb=Verb.SEND_BACK) | (Q(verb__in=rules.OWN) & ~Q(on_behalf_of="")), assignment__in=duties
    )
    for duty, verb, at in rows.values_list("assignment", "verb", "recorded_at"):
        found.setdefault(duty, []).append(("sent_back" if verb == Verb.SEND_BACK else "on_behalf", at))
    return found


def _held(
    duty: Assignment,
    marks: list[tuple[str, datetime]],
    since: datetime,
    until: datetime | None,
    clocks: Assignment | PastHolding,
) -> rules.Held:
    own = {name for name, at in marks if since <= at and (until is None or at < until)}
    return rules.Held(
        kind=duty.kind,
        since=since,
        until=until,
        due_at=duty.due_at,
        acknowledge_by=clocks.acknowledge_by,
        acknowledged_at=clocks.acknowledged_at,
        reported_at=None if until else duty.reported_at or duty.verified_at,
        sent_back="sent_back" in own,
        verified=until is None and duty.verified_by_id is not None and duty.verified_by_id != duty.assignee_id,
        on_behalf="on_behalf" in own,
    )


def facts_of_person(person: User, period: Period, *, now: datetime, scope: Scope | None = None) -> rules.Tally:
    """One person's figures; with `scope` only what he held in these areas. Three statements."""
    rows = held_duties(period, scope=scope, person=person)
    return rules.tally((row.held for row in rows), now=now)


def facts_of_people(scope: Scope, period: Period, *, now: datetime) -> list[PersonFacts]:
    """Everybody with a role in these areas now or a duty in the period, by area and name: an order, never a rank.

    Six statements, and two more when somebody has left the areas since.
    """
    by_person: dict[int, list[rules.Held]] = {}
    for row in held_duties(period, scope=scope):
        by_person.setdefault(row.person_id, []).append(row.held)
    everybody = {person.pk: person for person in people(scope, now=now)}
    gone = User.objects.filter(pk__in=set(by_person) - set(everybody)).prefetch_related("roles_held")
    everybody |= {person.pk: person for person in gone}
    codes = {pk: _area(person, scope, now) for pk, person in everybody.items()}
    names = area_names(set(codes.values()))
    lines = [
        PersonFacts(person, codes[pk], names.get(codes[pk], codes[pk]), rules.tally(by_person.get(pk, ()), now=now))
        for pk, person in everybody.items()
    ]
    return sorted(lines, key=lambda line: (line.area_code or "~", line.person.name, line.person.pk))


def own_line(person: User, period: Period, *, now: datetime) -> PersonFacts:
    """The line of a person for himself, wherever his duties lay. Four statements."""
    code = min((held.area_code for held in person.roles_at(now)), default="")
    names = area_names([code])
    return PersonFacts(person, code, names.get(code, code), facts_of_person(person, period, now=now))


def _area(person: User, scope: Scope, now: datetime) -> str:
    codes = [held.area_code for held in person.roles_at(now) if scope.covers(held.area_code)]
    return min(codes, default="")


def duties_behind(
    person: User, period: Period, figure: str, *, now: datetime, scope: Scope | None = None
) -> list[Assignment]:
    """The duties that a figure counts, in the order of their deadlines. Four statements."""
    rows = held_duties(period, scope=scope, person=person)
    wanted = {row.duty_id for row in rows if figure in rules.figures_of(row.held, now=now)}
    return list(Assignment.objects.filter(pk__in=wanted).select_related("assignee").order_by("due_at", "pk"))


def facts_sheet(lines: Iterable[PersonFacts], labels: dict[str, str]) -> bytes:
    """The figures as xlsx, one row a person, one column more for each kind; no cell runs as a formula."""
    rows = list(lines)
    known = {name: gettext(kind.label) for name, kind in kinds().items()}
    used = sorted({kind for row in rows for kind in row.tally.kinds})
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Facts of work"))
    page.append(
        [
            *(gettext("Area"), gettext("Area code"), gettext("Name")),
            *(labels[name] for name in rules.FIGURES),
            *(gettext("Median minutes to acknowledge"), gettext("Median minutes to report")),
            *(without_formula(known.get(kind, kind)) for kind in used),
        ]
    )
    for row in rows:
        page.append(
            [
                *map(without_formula, (row.place, row.area_code, row.person.name)),
                *(count for _name, count in row.cells),
                *(row.tally.minutes_to_acknowledge, row.tally.minutes_to_report),
                *(row.tally.kinds[kind] for kind in used),
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()
