"""Rounds: what has not been inspected and who owes it, and how far each area and kind has come."""

from collections.abc import Sequence
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
from hazards.models import Finding, HazardSite, InspectionRound, RoundMember, SweepRun
from hazards.rules import Figures, SweepResult
from territory.models import PlacedQuerySet
from territory.rules import Scope

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
    above = Q(pk__in=())
    for code in scope.codes:
        above |= Q(area_code__in=[code[:length] for length in (6, 9, 12, 15) if length <= len(code)])
    own = InspectionRound.objects.in_scope(scope).values("pk")
    return InspectionRound.objects.filter(Q(pk__in=own) | above).select_related("opened_by", "closed_by")


def round_in_scope(scope: Scope, number: int) -> PlacedQuerySet[InspectionRound]:
    """At most one: the round of that number, when it concerns `scope`."""
    return rounds(scope).filter(pk=number)


def open_rounds() -> PlacedQuerySet[InspectionRound]:
    """Rounds that have not been closed."""
    return InspectionRound.objects.filter(closed_at__isnull=True)


def round_coverage(round: InspectionRound, scope: Scope, *, now: datetime) -> Coverage:
    """How far a round has come in `scope`: one statement for whole and parts, one for their names."""
    sql = f"""
        SELECT GROUPING(area, kind, grid), area, kind, grid, {_COUNTED}
        FROM (SELECT left(member.area_code, 9) AS area, site.kind, member.area_code AS grid,
                     member.complete, member.done, member.due_at
              FROM ({_MEMBERS} AND member.round_id = %(round)s AND member.area_code LIKE ANY(%(prefixes)s)) AS member
              JOIN hazards_hazardsite AS site ON site.id = member.site_id) AS found
        GROUP BY GROUPING SETS ((), (area), (kind), (grid))
        ORDER BY 1, 2, 3, 4
    """  # noqa: S608  (constants of this module)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"round": round.pk, "now": now, "prefixes": [f"{code}%" for code in sorted(scope.codes)]})
        rows = cursor.fetchall()
    whole = Figures()
    areas: dict[str, Figures] = {}
    kinds: dict[str, Figures] = {}
    grids: dict[str, Figures] = {}
    for grouping, area, kind, grid, *numbers in rows:
        counted = Figures(*numbers)
        if grouping == 7:
            whole = counted
        elif grouping == 3:
            areas[area] = counted
        elif grouping == 5:
            kinds[kind] = counted
        else:
            grids[grid] = counted
    names = area_names({*areas, *grids})
    return Coverage(
        whole,
        [Part(code, names.get(code, code), counted) for code, counted in areas.items()],
        [Part(kind.value, str(kind.label), kinds[kind]) for kind in SiteKind if kind in kinds],
        [Part(code, names.get(code, code), counted) for code, counted in grids.items()],
    )


def figures_of(rounds: Sequence[InspectionRound], scope: Scope, *, now: datetime) -> dict[int, Figures]:
    """The figures of several rounds in `scope`, by primary key: one statement; nothing there counts zero."""
    sql = f"""
        SELECT found.round_id, {_COUNTED}
        FROM ({_MEMBERS} AND member.round_id = ANY(%(rounds)s) AND member.area_code LIKE ANY(%(prefixes)s)) AS found
        GROUP BY found.round_id
    """  # noqa: S608  (constants of this module)
    prefixes = [f"{code}%" for code in sorted(scope.codes)]
    with connection.cursor() as cursor:
        cursor.execute(sql, {"rounds": [one.pk for one in rounds], "now": now, "prefixes": prefixes})
        counted = {pk: Figures(*numbers) for pk, *numbers in cursor.fetchall()}
    return {one.pk: counted.get(one.pk, Figures()) for one in rounds}


def missing_members(round: InspectionRound, scope: Scope) -> PlacedQuerySet[Any]:
    """Members nobody has inspected yet, with site and who owes it; those without anybody first, then by due time."""
    rows: PlacedQuerySet[Any] = (
        RoundMember.objects.in_scope(scope)
        .filter(round=round)
        .exclude(COMPLETE)
        .select_related("site", "assignment__assignee", "assignment__contact_point", "inspection__inspected_by")
        .prefetch_related("assignment__runs")
        .annotate(open_findings=open_findings_of())
        .order_by(F("assignment__due_at").asc(nulls_first=True), "area_code", "site__code")
    )
    return rows


def waiting_members(round: InspectionRound, scope: Scope) -> PlacedQuerySet[Any]:
    """Members inspected and not yet verified, oldest visit first."""
    rows: PlacedQuerySet[Any] = (
        RoundMember.objects.in_scope(scope)
        .filter(COMPLETE, round=round, inspection__verified_at__isnull=True)
        .select_related("site", "inspection__inspected_by", "assignment__assignee")
        .annotate(open_findings=open_findings_of())
        .order_by("inspection__occurred_at")
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
    return (
        HazardSite.objects.filter(retired_at__isnull=True, area_code__startswith=round.area_code)
        .exclude(Exists(RoundMember.objects.filter(round=round, site=OuterRef("pk"))))
        .order_by("code")
    )


def not_in_round(round: InspectionRound, scope: Scope) -> PlacedQuerySet[HazardSite]:
    """The same within `scope`."""
    return sites_not_in(round).in_scope(scope)


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
                   FROM ({_MEMBERS} AND round.closed_at IS NULL) AS found
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
