"""Rounds: what has not been inspected and who owes it, and how far each area and kind has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.queries import area_names
from core.rules import OpenItem
from hazards.enums import UNSETTLED, SiteKind
from hazards.models import Finding, HazardSite, Inspection, InspectionRound, RoundMember, SweepRun
from hazards.rules import Figures, SweepResult
from territory.models import PlacedQuerySet, within, within_sql
from territory.rules import LENGTHS, Scope

COMPLETE = Q(inspection__isnull=False, inspection__missing_photos=[], inspection__sent_back_reason="")
# What was verified after a round closed is worth having and does not change what was signed.
DONE = COMPLETE & (
    Q(inspection__verified_at__isnull=False, round__closed_at__isnull=True)
    | Q(inspection__verified_at__lte=F("round__closed_at"))
)
_COUNTED = """
    count(*) AS required,
    count(*) FILTER (WHERE complete) AS inspected,
    count(*) FILTER (WHERE found.done) AS done,
    count(*) FILTER (WHERE NOT found.done AND due_at < %(now)s) AS late
"""
_MEMBERS = """
    SELECT member.round_id, member.area_code, round.due_at, round.number, round.title,
           member.site_id, member.missing_reason,
           visit.id IS NOT NULL AS complete,
           COALESCE(visit.verified_at <= COALESCE(round.closed_at, 'infinity'), false) AS done
    FROM hazards_roundmember AS member
    JOIN hazards_inspectionround AS round ON round.id = member.round_id
    LEFT JOIN hazards_inspection AS visit
      ON visit.id = member.inspection_id AND visit.missing_photos = '[]' AND visit.sent_back_reason = ''
    WHERE NOT member.is_addendum
"""
# The same while a round is open, told from the few visits that are not done with: an index holds just these.
_OPEN_MEMBERS = """
    SELECT member.round_id, member.area_code, round.due_at, round.number, round.title,
           member.site_id, member.missing_reason,
           member.inspection_id IS NOT NULL
           AND (visit.id IS NULL OR visit.missing_photos = '[]' AND visit.sent_back_reason = '') AS complete,
           member.inspection_id IS NOT NULL AND visit.id IS NULL AS done
    FROM hazards_roundmember AS member
    JOIN hazards_inspectionround AS round ON round.id = member.round_id
    LEFT JOIN hazards_inspection AS visit
      ON visit.id = member.inspection_id
         AND (visit.missing_photos <> '[]' OR visit.sent_back_reason <> '' OR visit.verified_at IS NULL)
    WHERE NOT member.is_addendum
"""


@dataclass(frozen=True)
class Part:
    """One line of a round's coverage: an area or a kind."""

    key: str
    label: str
    counted: Figures


@dataclass(frozen=True)
class Coverage:
    """A round in figures: the whole, each sub-district, each kind, each grid. The parts add up to the whole."""

    whole: Figures
    by_area: list[Part] = field(default_factory=list)
    by_kind: list[Part] = field(default_factory=list)
    by_grid: list[Part] = field(default_factory=list)


def open_findings_of() -> Any:
    """How many findings are open at a member's site, for annotating members."""
    rows = Finding.objects.filter(site=OuterRef("site"), state__in=UNSETTLED, exercise__isnull=True)
    counted = rows.order_by().values("site").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def rounds(scope: Scope) -> PlacedQuerySet[InspectionRound]:
    """Rounds that concern `scope`: opened in it, or over an area that holds it."""
    above = [code[:length] for code in scope.codes for length in LENGTHS if length <= len(code)]
    concerned = within(scope) | Q(area_code__in=above)
    return InspectionRound.objects.filter(concerned).select_related("opened_by", "closed_by")


def round_in_scope(scope: Scope, number: int) -> PlacedQuerySet[InspectionRound]:
    """At most one: the round of that number, when it concerns `scope`."""
    return rounds(scope).filter(pk=number)


def open_rounds() -> PlacedQuerySet[InspectionRound]:
    """Rounds that have not been closed."""
    return InspectionRound.objects.filter(closed_at__isnull=True)


def round_coverage(round: InspectionRound, scope: Scope, *, now: datetime) -> Coverage:
    """How far a round has come in `scope`: one statement for whole and parts, one for their names."""
    here, prefixes = within_sql(scope, "member.area_code")
    near, _prefixes = within_sql(scope, "site.area_code")
    # Nearly every member lies where it lay when the round opened: only of one that was moved the kind is looked up.
    sql = f"""
        SELECT found.area_code, COALESCE(site.kind, (SELECT kind FROM hazards_hazardsite WHERE id = found.site_id)),
               {_COUNTED}
        FROM ({_members([round])} AND member.round_id = %(round)s AND {here}) AS found
        LEFT JOIN hazards_hazardsite AS site ON site.id = found.site_id AND {near}
        GROUP BY 1, 2
        ORDER BY 1
    """  # noqa: S608  (constants of this module)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"round": round.pk, "now": now, **prefixes})
        counted = [(grid, kind, Figures(*numbers)) for grid, kind, *numbers in cursor.fetchall()]
    areas = _summed((grid[:9], each) for grid, _kind, each in counted)
    kinds = _summed((kind, each) for _grid, kind, each in counted)
    grids = _summed((grid, each) for grid, _kind, each in counted)
    names = area_names({*areas, *grids})
    return Coverage(
        sum((each for _grid, _kind, each in counted), Figures()),
        [Part(code, names.get(code, code), each) for code, each in areas.items()],
        [Part(kind.value, str(kind.label), kinds[kind]) for kind in SiteKind if kind in kinds],
        [Part(code, names.get(code, code), each) for code, each in grids.items()],
    )


def _members(rounds: Iterable[InspectionRound]) -> str:
    """The members of rounds as these objects know them: one that was closed since is to be read again."""
    return _MEMBERS if any(one.closed_at for one in rounds) else _OPEN_MEMBERS


def _summed(parts: Iterable[tuple[str, Figures]]) -> dict[str, Figures]:
    sums: dict[str, Figures] = {}
    for key, counted in parts:
        sums[key] = sums.get(key, Figures()) + counted
    return sums


def figures_of(rounds: Sequence[InspectionRound], scope: Scope, *, now: datetime) -> dict[int, Figures]:
    """The figures of several rounds in `scope`, by primary key: one statement; nothing there counts zero."""
    here, prefixes = within_sql(scope, "member.area_code")
    sql = f"""
        SELECT found.round_id, {_COUNTED}
        FROM ({_members(rounds)} AND member.round_id = ANY(%(rounds)s) AND {here}) AS found
        GROUP BY found.round_id
    """  # noqa: S608  (constants of this module)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"rounds": [one.pk for one in rounds], "now": now, **prefixes})
        counted = {pk: Figures(*numbers) for pk, *numbers in cursor.fetchall()}
    return {one.pk: counted.get(one.pk, Figures()) for one in rounds}


def _unseen(round: InspectionRound, scope: Scope) -> PlacedQuerySet[RoundMember]:
    """Members without a complete inspection. One statement at once: which of its inspections are not complete.

    These are few; as a subquery the database takes them for half of all members.
    """
    incomplete = Inspection.objects.filter(~Q(missing_photos=[]) | ~Q(sent_back_reason=""))
    here = incomplete.filter(within(scope, "members__area_code"), members__round=round)
    few = list(here.values_list("pk", flat=True))
    unseen = Q(inspection__isnull=True) | Q(inspection__in=few)
    return RoundMember.objects.in_scope(scope).filter(unseen, round=round)


def missing_members(round: InspectionRound, scope: Scope) -> PlacedQuerySet[Any]:
    """Members nobody has inspected yet, with site and who owes it; those without anybody first, then by due time."""
    rows: PlacedQuerySet[Any] = (
        _unseen(round, scope)
        .select_related("site", "assignment__assignee", "assignment__contact_point", "inspection__inspected_by")
        .prefetch_related("assignment__runs")
        .annotate(open_findings=open_findings_of())
        .order_by(F("assignment__due_at").asc(nulls_first=True), "area_code", "site__code")
    )
    return rows


def unowed_members(round: InspectionRound, scope: Scope) -> PlacedQuerySet[RoundMember]:
    """Of the same those that nobody was told to inspect, with their sites."""
    rows = RoundMember.objects.in_scope(scope).filter(round=round, assignment__isnull=True).exclude(COMPLETE)
    return rows.select_related("site").order_by("area_code", "site__code")


def missing_page(round: InspectionRound, scope: Scope, *, after: str, size: int) -> tuple[list[Any], str]:
    """A page of the same by key, and the key of the next; an empty key: that is all. Three statements."""
    found = list(_beyond(missing_members(round, scope), after)[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    due = last.assignment.due_at.isoformat() if last.assignment else ""
    return found[:size], f"{due}~{last.area_code}~{last.site.code}"


def _beyond(rows: PlacedQuerySet[Any], key: str) -> PlacedQuerySet[Any]:
    """What comes after a page's key; everything when somebody has changed the address by hand."""
    due, _tilde, place = key.partition("~")
    area, _tilde, code = place.partition("~")
    try:
        at = datetime.fromisoformat(due) if due else None
    except ValueError:
        return rows
    if not code or (at and at.tzinfo is None):
        return rows
    later = Q(area_code__gt=area) | Q(area_code=area, site__code__gt=code)
    if at is None:
        return rows.filter(Q(assignment__isnull=False) | later)
    return rows.filter(Q(assignment__due_at__gt=at) | Q(assignment__due_at=at) & later)


def waiting_members(round: InspectionRound, scope: Scope) -> PlacedQuerySet[Any]:
    """Members inspected and not yet verified, oldest visit first."""
    rows: PlacedQuerySet[Any] = (
        RoundMember.objects.in_scope(scope)
        .filter(COMPLETE, round=round, inspection__verified_at__isnull=True)
        .select_related("site", "inspection__inspected_by", "assignment__assignee")
        .annotate(open_findings=open_findings_of())
        .order_by("inspection__occurred_at", "pk")
    )
    return rows


def counted_members(round: InspectionRound) -> PlacedQuerySet[RoundMember]:
    """Frozen members that are not done: what closing must explain. Addenda do not count."""
    return (
        RoundMember.objects.filter(round=round, is_addendum=False)
        .exclude(pk__in=RoundMember.objects.filter(DONE, round=round).values("pk"))
        .select_related("site", "assignment")
        .order_by("site__code")
    )


def sites_not_in(round: InspectionRound) -> PlacedQuerySet[HazardSite]:
    """Sites of the round's area that came onto the register after it opened."""
    return _on_register(round).exclude(Exists(RoundMember.objects.filter(round=round, site=OuterRef("pk"))))


def _on_register(round: InspectionRound) -> PlacedQuerySet[HazardSite]:
    # In the order of areas: by code alone the database walks the whole register to find a handful.
    rows = HazardSite.objects.filter(retired_at__isnull=True, area_code__startswith=round.area_code)
    return rows.order_by("area_code", "code")


def not_in_round(round: InspectionRound, scope: Scope) -> PlacedQuerySet[HazardSite]:
    """The same within `scope`. Over a part of the round each site is looked up, where a set would hold all members."""
    if scope.covers(round.area_code):
        return sites_not_in(round).in_scope(scope)
    member = Subquery(RoundMember.objects.filter(round=round, site=OuterRef("pk")).values("pk")[:1])
    rows: PlacedQuerySet[Any] = _on_register(round).in_scope(scope).annotate(member=member)
    return rows.filter(member__isnull=True)


def sweeps_of(round: InspectionRound, *, limit: int = 12) -> QuerySet[SweepRun]:
    """The newest sweeps kept for a round."""
    return round.sweeps.order_by("-at", "-pk")[:limit]


def swept(*, now: datetime) -> list[SweepResult]:
    """Required, inspected, done and late of every open round, with the codes of its late sites: one statement."""
    sql = f"""
        SELECT round.id, round.number, round.title, COALESCE(required, 0), COALESCE(inspected, 0), COALESCE(done, 0),
               COALESCE(late, 0), ARRAY(SELECT code FROM hazards_hazardsite WHERE id = ANY(late_ids) ORDER BY code)
        FROM hazards_inspectionround AS round
        LEFT JOIN (SELECT found.round_id, {_COUNTED},
                          array_agg(site_id) FILTER (WHERE NOT found.done AND due_at < %(now)s) AS late_ids
                   FROM ({_OPEN_MEMBERS} AND round.closed_at IS NULL) AS found
                   GROUP BY found.round_id) AS counted ON counted.round_id = round.id
        WHERE round.closed_at IS NULL
        ORDER BY round.number
    """  # noqa: S608  (constants of this module)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": now})
        return [
            SweepResult(pk, number, title, Figures(*numbers), late_sites)
            for pk, number, title, *numbers, late_sites in cursor.fetchall()
        ]


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Rounds that concern these areas and miss sites, as the duty room hands them over. Two statements."""
    rows = list(rounds(scope).filter(closed_at__isnull=True, exercise=None).order_by("opened_at", "pk"))
    figures = figures_of(rows, scope, now=now)
    return [
        OpenItem(
            key=f"hazards.round:{row.pk}",
            label=_("Re-inspection round"),
            title=f"{row.title} {figures[row.pk].done}/{figures[row.pk].required}",
            url=reverse("hazards:round", args=[row.pk]),
            since=row.opened_at,
        )
        for row in rows
        if figures[row.pk].done < figures[row.pk].required
    ]
