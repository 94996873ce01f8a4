"""What a round's further pages say: the calendar's rounds, the comparison with the round before, the evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from hazards.enums import Change, FindingState, SiteKind
from hazards.models import Finding, HazardSite, InspectionRound, RoundMember, SeasonRound
from hazards.queries.rounds import COMPLETE, open_findings_of
from hazards.rules.rounds import Comparison, compared, opening_day
from territory.models import PlacedQuerySet, Season, within
from territory.queries import area_names
from territory.rules import Scope, without_formula


@dataclass(frozen=True)
class Planned:
    """A round of the calendar: on which day of the running or next season it opens, and the round it opened then."""

    row: SeasonRound
    place: str
    day: date | None
    opened: InspectionRound | None


def planned_rounds(scope: Scope, *, now: datetime) -> list[Planned]:
    """The calendar's rounds that concern these areas, in the order of their days. Four statements."""
    today = timezone.localdate(now)
    season = Season.objects.filter(ends__gte=today).order_by("starts", "pk").first()
    last = season or Season.objects.order_by("-ends").first()
    above = [code[:length] for code in scope.codes for length in (6, 9) if length <= len(code)]
    rows = list(
        SeasonRound.objects.filter(within(scope) | Q(area_code__in=above), stopped_at__isnull=True).order_by("pk")
    )
    opened = {one.planned_id: one for one in InspectionRound.objects.filter(season=last, planned__in=rows)}
    names = area_names({row.area_code for row in rows})
    found = [
        Planned(
            row,
            names.get(row.area_code, row.area_code),
            opening_day(row.phase, row.offset_days, starts=last.starts, ends=last.ends) if last else None,
            opened.get(row.pk),
        )
        for row in rows
    ]
    return sorted(found, key=lambda planned: (planned.day or date.max, planned.row.pk))


def round_before(round: InspectionRound) -> InspectionRound | None:
    """The round before over the same area or one that holds it. One statement."""
    holding = [round.area_code[:length] for length in (0, 6, 9, 12, 15) if length <= len(round.area_code)]
    rows = InspectionRound.objects.filter(
        number__lt=round.number, area_code__in=holding, exercise=round.exercise
    ).order_by("-number")
    return rows.first()


@dataclass(frozen=True)
class Between:
    """A round beside the one before it: its sites by what became of them, findings found and settled between."""

    before: InspectionRound
    compared: Comparison
    sites: dict[int, HazardSite]
    found: int
    settled: int

    def lines(self) -> list[tuple[Change, list[HazardSite]]]:
        """What became of which sites; empty ones are left out."""
        return [(change, [self.sites[pk] for pk in self.compared.by_change[change]]) for change in Change]


def between_rounds(round: InspectionRound, scope: Scope) -> Between | None:
    """The comparison with the round before in these areas; None for a first round. Five statements."""
    before = round_before(round)
    if before is None:
        return None
    own = RoundMember.objects.in_scope(scope).filter(area_code__startswith=round.area_code)
    result = compared(_failed(own.filter(round=before)), _failed(own.filter(round=round)))
    wanted = {pk for pks in result.by_change.values() for pk in pks}
    here = Finding.objects.in_scope(scope).filter(area_code__startswith=round.area_code, exercise=round.exercise)
    span = (before.opened_at, round.opened_at)
    counts = here.aggregate(
        found=Count("pk", filter=Q(found_at__gte=span[0], found_at__lt=span[1])),
        settled=Count("pk", filter=Q(closed_at__gte=span[0], closed_at__lt=span[1], state=FindingState.CLOSED)),
    )
    return Between(before, result, HazardSite.objects.in_bulk(wanted), counts["found"], counts["settled"])


def _failed(members: PlacedQuerySet[RoundMember]) -> dict[int, int | None]:
    seen = dict(members.filter(COMPLETE).values_list("site_id", "inspection__failed_items"))
    return {site: seen.get(site) for site in members.values_list("site_id", flat=True)}


def evidence(round: InspectionRound, scope: Scope) -> PlacedQuerySet[Any]:
    """Every member with its visit: who inspected and who verified it, when, with how many photographs."""
    rows = RoundMember.objects.in_scope(scope).filter(round=round)
    counted: PlacedQuerySet[Any] = rows.annotate(
        photo_count=Count("inspection__photos", distinct=True), open_findings=open_findings_of()
    )
    return counted.select_related("site", "inspection__inspected_by", "inspection__verified_by").order_by("site__code")


def with_streets(rows: Iterable[Any]) -> list[Any]:
    """The members with the name of their sub-district. One statement for the names."""
    found = list(rows)
    names = area_names({row.area_code[:9] for row in found})
    for row in found:
        row.street = names.get(row.area_code[:9], row.area_code)
    return found


def evidence_sheet(round: InspectionRound, scope: Scope) -> bytes:
    """The same as xlsx, one member a row, times local, no cell that a spreadsheet would run."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Evidence"))
    sheet.append(_heads())
    for row in with_streets(evidence(round, scope)):
        visit = row.inspection
        texts: Sequence[Any] = [
            row.site.code, row.site.name, str(SiteKind(row.site.kind).label), row.street,
            visit.inspected_by.name if visit else "", visit.on_behalf_of if visit else "",
            _local(visit.occurred_at) if visit else "", _local(visit.recorded_at) if visit else "",
            visit.verified_by.name if visit and visit.verified_by else "",
            _local(visit.verified_at) if visit else "", _("added later") if row.is_addendum else "",
            row.missing_reason,
        ]  # fmt: skip
        distance = round_metres(visit.distance_m) if visit else None
        numbers = [row.photo_count, visit.failed_items if visit else "", row.open_findings, distance]
        sheet.append([*map(without_formula, texts), *numbers])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def round_metres(metres: float | None) -> int | None:
    """Whole metres; None stays None."""
    return None if metres is None else int(metres + 0.5)


def _heads() -> list[Any]:
    return [
        _("Site code"), _("Site name"), _("Kind"), _("Sub-district"), _("Inspected by"), _("Recorded for"),
        _("Inspected at"), _("Recorded at"), _("Verified by"), _("Verification time"), _("Remark"),
        _("Why it was not inspected"), _("Photos"), _("Failed items"), _("Open findings"), _("Distance (m)"),
    ]  # fmt: skip


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
