"""百分制: whose month is scored, from which figures, and its sheet. By area and name, never by score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.enums import Role
from accounts.models import RoleHeld, User
from accounts.queries import area_names
from assignments import rules
from assignments.enums import AppraisalState, Outcome
from assignments.models import Appraisal, AppraisalAppeal, AppraisalChange, AppraisalLine, AppraisalScheme
from assignments.queries.facts import Period, PersonFacts, held_duties
from territory.models import Area, within
from territory.rules import Scope, scope_of, without_formula


@dataclass(frozen=True)
class LineShown:
    """A line as screens and the sheet show it: `cells` are figure, count and points in the fixed order."""

    line: AppraisalLine
    cells: list[tuple[str, int, int]]
    score: int | None
    outcome: Outcome
    changes: list[AppraisalChange]
    appeal: AppraisalAppeal | None


def figures_of_grid_workers(area_code: str, period: Period, *, now: datetime) -> list[PersonFacts]:
    """Whoever was a grid worker of the area at some time in the period, with his figures of it. Six statements."""
    scope = scope_of(area_code)
    roles = RoleHeld.objects.filter(
        within(scope), Q(until__isnull=True) | Q(until__gt=period.start), role=Role.GRID_WORKER, since__lt=period.end
    )
    found = User.objects.filter(Exists(roles.filter(user=OuterRef("pk")))).order_by("pk")
    codes: dict[int, str] = {}
    for person, code in roles.order_by("area_code", "pk").values_list("user", "area_code"):
        codes.setdefault(person, code)
    by_person: dict[int, list[rules.Held]] = {}
    for row in held_duties(period, scope=scope):
        by_person.setdefault(row.person_id, []).append(row.held)
    names = area_names(set(codes.values()))
    lines = [
        PersonFacts(
            person,
            codes[person.pk],
            names.get(codes[person.pk], codes[person.pk]),
            rules.tally(by_person.get(person.pk, ()), now=now),
        )
        for person in found
    ]
    return sorted(lines, key=lambda line: (line.area_code, line.person.name, line.person.pk))


def subdistricts(scope: Scope) -> list[tuple[str, str]]:
    """The sub-districts that lie whole in a scope, by code."""
    areas = Area.objects.filter(within(scope, "code"), retired_at__isnull=True, level="subdistrict")
    return list(areas.order_by("code").values_list("code", "name"))


def scheme_of(area_code: str) -> AppraisalScheme | None:
    """The points of the district that an area lies in; None before they are set."""
    return AppraisalScheme.objects.filter(area_code=area_code[:6]).select_related("set_by").first()


def appraisals(scope: Scope) -> QuerySet[Any]:
    """Drafts and confirmed appraisals of a scope, the newest month first, then by area; `waiting` counts appeals."""
    return (
        Appraisal.objects.in_scope(scope)
        .exclude(state=AppraisalState.REPLACED)
        .select_related("drawn_up_by", "confirmed_by")
        .annotate(
            people=Count("lines", distinct=True),
            waiting=Count("lines__appeal", filter=Q(lines__appeal__upheld__isnull=True), distinct=True),
        )
        .order_by("-month", "area_code")
    )


def lines_of(appraisal: Appraisal) -> list[LineShown]:
    """Everybody of an appraisal, by area and name. Three statements, whatever the number of people."""
    rows = appraisal.lines.select_related("appeal").prefetch_related("changes__by")
    scheme = rules.scheme_from(appraisal.scheme)
    return [_shown(row, scheme) for row in rows.order_by("area_code", "person_name", "person")]


def line_shown(line: AppraisalLine) -> LineShown:
    """One line."""
    return _shown(line, rules.scheme_from(line.appraisal.scheme))


def own_lines(person: User) -> list[LineShown]:
    """The confirmed months of a person, the newest first."""
    rows = AppraisalLine.objects.filter(person=person, appraisal__state=AppraisalState.CONFIRMED)
    rows = rows.select_related("appraisal", "appeal").prefetch_related("changes__by")
    return [line_shown(row) for row in rows.order_by("-appraisal__month", "appraisal__area_code")]


def appeal_until(appraisal: Appraisal, zone: tzinfo) -> datetime | None:
    """The moment after the last one to appeal; None while nothing is confirmed."""
    return rules.appeal_until(appraisal.confirmed_at, zone) if appraisal.confirmed_at else None


def _shown(line: AppraisalLine, scheme: rules.Scheme) -> LineShown:
    cells = [(name, line.figures.get(name, 0), line.points.get(name, 0)) for name in rules.FIGURES]
    appeal = getattr(line, "appeal", None)
    return LineShown(line, cells, line.present, rules.outcome(line.present, scheme), list(line.changes.all()), appeal)


def appraisal_sheet(appraisal: Appraisal, labels: Mapping[str, str]) -> bytes:
    """A confirmed appraisal as xlsx: figures, points, scores and why they changed; a second page says the points."""
    book = Workbook(write_only=True)
    page = book.create_sheet(f"{appraisal.month:%Y-%m}")
    page.append(
        [
            *(gettext("Area"), gettext("Area code"), gettext("Name")),
            *(labels[name] for name in rules.FIGURES),
            *(gettext("%(figure)s: points") % {"figure": labels[name]} for name in rules.FIGURES),
            *(gettext("Calculated score"), gettext("Score"), gettext("Outcome"), gettext("Changes"), gettext("Appeal")),
        ]
    )
    for shown in lines_of(appraisal):
        line = shown.line
        page.append(
            [
                *map(without_formula, (line.place, line.area_code, line.person_name)),
                *(count for _name, count, _points in shown.cells),
                *(points for _name, _count, points in shown.cells),
                *(line.score, shown.score, str(shown.outcome.label)),
                without_formula("\n".join(_told(change) for change in shown.changes)),
                without_formula(_appeal_told(shown.appeal)),
            ]
        )
    _scheme_page(book, appraisal, labels)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _told(change: AppraisalChange) -> str:
    old = "—" if change.old_score is None else change.old_score
    return f"{old} → {change.new_score} {change.by.name} {timezone.localtime(change.at):%Y-%m-%d %H:%M} {change.reason}"


def _appeal_told(appeal: AppraisalAppeal | None) -> str:
    if appeal is None:
        return ""
    answered = gettext("Waits for an answer")
    if appeal.upheld is not None:
        answered = f"{gettext('Upheld') if appeal.upheld else gettext('Appeal refused')}: {appeal.answer}"
    return f"{appeal.words}\n{answered}"


def _scheme_page(book: Workbook, appraisal: Appraisal, labels: Mapping[str, str]) -> None:
    scheme, page = rules.scheme_from(appraisal.scheme), book.create_sheet(gettext("Points"))
    page.append([gettext("Figure"), gettext("Points each")])
    for name in rules.FIGURES:
        page.append([labels[name], scheme.weights.get(name, 0)])
    page.append([reward_words(scheme)])
    page.append([fail_words(scheme)])
    for label, person, at in (
        (gettext("Drawn up by"), appraisal.drawn_up_by, appraisal.drawn_up_at),
        (gettext("Confirmed by"), appraisal.confirmed_by, appraisal.confirmed_at),
    ):
        if person and at:
            page.append([label, without_formula(person.name), f"{timezone.localtime(at):%Y-%m-%d %H:%M}"])


def reward_words(scheme: rules.Scheme) -> str:
    """The upper border in words, with or without the number itself."""
    words = {True: gettext("Excellent: %(border)d and more"), False: gettext("Excellent: over %(border)d")}
    return words[scheme.reward_inclusive] % {"border": scheme.reward_from}


def fail_words(scheme: rules.Scheme) -> str:
    """The lower border in words, with or without the number itself."""
    words = {True: gettext("Not passed: %(border)d and less"), False: gettext("Not passed: under %(border)d")}
    return words[scheme.fail_inclusive] % {"border": scheme.fail_below}
