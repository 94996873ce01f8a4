"""What is wrong, who mends it by when, and what waits to be checked. A fixed number of statements each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Prefetch, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.queries import handed_on_from
from core.models import Media
from core.rules import OpenItem
from hazards.enums import TO_MEND, UNSETTLED, FindingState, Grade, Phase
from hazards.models import Finding, FindingPhoto, FindingTerm, HazardSite, InspectionPhoto, InspectionRound, Sighting
from hazards.rules import FINDING_TONES, GRADE_TONES, TERMS, FindingFilter, Term, finding_is_late
from territory.models import PlacedQuerySet, within
from territory.queries import area_names
from territory.rules import Scope

OPEN_FINDINGS = FindingFilter()
CARRIED = 100  # listed on the page of a round: the rest is one click away


def term_of(grade: str) -> Term:
    """The time limit of a grade as the district has set it, else the example figure."""
    row = FindingTerm.objects.filter(grade=grade).first()
    return Term(row.days, row.control_hours, row.reopen_days) if row else TERMS[Grade(grade)]


def doers_of(finding: Finding) -> Collection[int | None]:
    """Whoever mends it or has reported it mended: not one of them may judge it. Nobody's account is left out."""
    duty = finding.assignment
    return {finding.fixed_by_id, duty.assignee_id if duty else None, duty.reported_by_id if duty else None} - {None}


def is_late_finding(now: datetime) -> Q:
    """Not mended in time, or not made safe in time; the same as rules.finding_is_late."""
    return Q(state__in=TO_MEND) & (Q(due_at__lt=now) | Q(control_by__lt=now, measure_at__isnull=True))


def findings(scope: Scope, filters: FindingFilter = OPEN_FINDINGS, *, now: datetime) -> PlacedQuerySet[Finding]:
    """Real findings in these areas: the gravest that are late first, then by their date; settled ones newest first."""
    rows = Finding.objects.in_scope(scope).filter(exercise__isnull=True)
    if filters.grade:
        rows = rows.filter(grade=filters.grade)
    if filters.area_code:
        rows = rows.filter(area_code__startswith=filters.area_code)
    if filters.site:
        rows = rows.filter(site__code=filters.site)
    if filters.text:
        rows = rows.filter(
            Q(what__icontains=filters.text) | Q(site__name__icontains=filters.text) | Q(fixer_name=filters.text)
        )
    if filters.listed:
        rows = rows.filter(listed_at__isnull=False)
    if filters.round:
        sites = InspectionRound.objects.filter(pk=filters.round).values("members__site")
        rows = rows.filter(site__in=sites)
    rows = _in_state(rows, filters.state, now).select_related("site", "assignment", "found_by")
    return _ranked(rows, now)


def _in_state(rows: PlacedQuerySet[Finding], state: str, now: datetime) -> PlacedQuerySet[Finding]:
    if state == "late":
        return rows.filter(is_late_finding(now))
    if state == "open":
        return rows.filter(state__in=UNSETTLED)
    return rows.filter(state=state) if state in FindingState.values else rows


def _ranked(rows: PlacedQuerySet[Finding], now: datetime) -> PlacedQuerySet[Any]:
    grave: dict[str, Any] = {
        "rank": Case(
            When(~Q(state__in=UNSETTLED), then=Value(9)),
            When(is_late_finding(now) & Q(grade=Grade.MAJOR), then=Value(0)),
            When(is_late_finding(now), then=Value(1)),
            When(grade=Grade.MAJOR, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
    }
    ranked: PlacedQuerySet[Any] = rows.annotate(**grave)
    return ranked.order_by("rank", "due_at", "pk")


def finding_for(
    user: User, uuid: UUID, *, capability: str = "sites.view", at: datetime | None = None
) -> PlacedQuerySet[Finding]:
    """At most one: where the person holds `capability`, and what he himself found or is to mend.

    `at`: also what he was to mend then and another mends by now, for word of it that comes late.
    """
    own = Q(pk__in=())
    if capability in ("sites.view", "assignments.act"):
        own = Q(assignment__assignee=user) | Q(found_by=user)
    if at is not None:
        own |= Q(assignment__in=handed_on_from(user, at=at))
    return Finding.objects.filter(within(user.scope_for(capability)) | own, uuid=uuid).select_related(
        "site", "assignment__assignee", "assignment__contact_point", "found_by", "fixed_by", "closed_by", "reopens"
    )


def to_mend_by(user: User, *, now: datetime) -> list[Finding]:
    """What a person has to mend, the first date first."""
    rows = Finding.objects.filter(assignment__assignee=user, state__in=TO_MEND).select_related("site", "assignment")
    return list(rows.order_by("due_at", "pk"))


def to_check(scope: Scope, *, besides: User) -> PlacedQuerySet[Finding]:
    """Reported mended and to be checked by somebody else than `besides`, the longest waiting first."""
    rows = Finding.objects.in_scope(scope).filter(state=FindingState.SUBMITTED, exercise__isnull=True)
    return (
        rows.exclude(assignment__assignee=besides)
        .exclude(fixed_by=besides)
        .select_related("site", "assignment")
        .order_by("fixed_at", "pk")
    )


def open_at(site: HazardSite) -> list[Finding]:
    """What the next visit must look at again: the open findings of a site, the gravest first. One statement."""
    weight = Case(
        When(grade=Grade.MAJOR, then=Value(0)),
        When(grade=Grade.CONSIDERABLE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Finding.objects.filter(site=site, state__in=UNSETTLED, exercise__isnull=True)
    return list(rows.select_related("item", "assignment").order_by(weight, "due_at", "pk"))


def settled_at(site: HazardSite, *, limit: int = 20) -> list[Finding]:
    """What was written off or struck out at a site, the newest first."""
    rows = Finding.objects.filter(site=site, exercise__isnull=True).exclude(state__in=UNSETTLED)
    return list(rows.order_by("-updated_at")[:limit])


@dataclass(frozen=True)
class Carried:
    """An open finding at a site of a round, and when the round's own visit saw it again (None: not yet)."""

    finding: Finding
    is_older: bool
    seen_at: datetime | None


def _at_sites_of(round: InspectionRound, scope: Scope) -> PlacedQuerySet[Finding]:
    here = Finding.objects.in_scope(scope)
    return here.filter(site__memberships__round=round, state__in=UNSETTLED, exercise=round.exercise)


def carried(round: InspectionRound, scope: Scope) -> list[Carried]:
    """Open findings at the sites of a round, those carried forward from before it first. Two statements."""
    rows = (
        _at_sites_of(round, scope)
        .select_related("site", "assignment")
        .prefetch_related(
            Prefetch(
                "sightings",
                Sighting.objects.filter(inspection__members__round=round).select_related("inspection"),
                to_attr="in_round",
            )
        )
        .order_by("found_at", "pk")[:CARRIED]
    )
    return [
        Carried(
            row,
            row.found_at < round.opened_at,
            next((seen.inspection.occurred_at for seen in row.in_round), None),
        )
        for row in rows
    ]


def carried_count(round: InspectionRound, scope: Scope, listed: Sequence[Carried]) -> int:
    """How many there are in all, of which `listed` are the first. One statement where the list was cut."""
    return len(listed) if len(listed) < CARRIED else _at_sites_of(round, scope).count()


@dataclass(frozen=True)
class Shown:
    """A finding as lists and pages show it."""

    finding: Finding
    place: str
    state: str
    tone: str
    grade: str
    grade_tone: str
    late: bool


def shown(rows: Iterable[Finding], *, now: datetime) -> list[Shown]:
    """Findings with the words and colours of a list. One statement for the names of the areas."""
    found = list(rows)
    names = area_names({row.area_code[:9] for row in found})
    return [
        Shown(
            row,
            names.get(row.area_code[:9], row.area_code),
            str(FindingState(row.state).label),
            "danger" if late else FINDING_TONES[FindingState(row.state)],
            str(Grade(row.grade).label),
            GRADE_TONES[Grade(row.grade)],
            late,
        )
        for row in found
        for late in [
            finding_is_late(row.state, row.due_at, row.control_by, controlled=row.measure_at is not None, now=now)
        ]
    ]


def finding_counts(scope: Scope, filters: FindingFilter, *, now: datetime) -> dict[str, dict[str, int]]:
    """How many findings each grade and each state would show: {"grade": {...}, "state": {...}}. Two statements."""
    by_grade = findings(scope, FindingFilter(**_besides(filters, grade="")), now=now)
    by_state = findings(scope, FindingFilter(**_besides(filters, state="all")), now=now)
    wanted: dict[str, Any] = {grade.value: Count("pk", filter=Q(grade=grade)) for grade in Grade}
    states: dict[str, Any] = {state.value: Count("pk", filter=Q(state=state)) for state in FindingState}
    states |= {
        "open": Count("pk", filter=Q(state__in=UNSETTLED)),
        "late": Count("pk", filter=is_late_finding(now)),
        "all": Count("pk"),
    }
    return {
        "grade": _whole(by_grade.order_by().aggregate(**wanted)),
        "state": dict(by_state.order_by().aggregate(**states)),
    }


def _whole(counts: dict[str, int]) -> dict[str, int]:
    return {"": sum(counts.values())} | counts


def _besides(filters: FindingFilter, **changes: Any) -> dict[str, Any]:
    own = {
        "grade": filters.grade,
        "state": filters.state,
        "area_code": filters.area_code,
        "site": filters.site,
        "text": filters.text,
        "listed": filters.listed,
        "round": filters.round,
    }
    return own | changes


def photos_of(finding: Finding) -> dict[str, list[Media]]:
    """The photographs of a finding, "before" (the inspections' own among them) and "after". Two statements."""
    own = list(FindingPhoto.objects.filter(finding=finding).select_related("media").order_by("pk"))
    seen = InspectionPhoto.objects.filter(
        inspection__sightings__finding=finding, item__in=finding.sightings.values("answer__item")
    ).select_related("media")
    before = [photo.media for photo in own if photo.phase == Phase.BEFORE]
    before += [photo.media for photo in seen.order_by("pk") if photo.media not in before]
    return {"before": before, "after": [photo.media for photo in own if photo.phase == Phase.AFTER]}


def farthest_after(finding: Finding) -> float | None:
    """How far from the site the photographs of the mended state were taken, in metres; None where no phone said."""
    known = [
        photo.distance_m
        for photo in finding.photos.all()
        if photo.phase == Phase.AFTER and photo.distance_m is not None
    ]
    return max(known, default=None)


def finding_open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Open major findings and late ones, as the duty room hands them over; the gravest thirty. One statement."""
    rows = findings(scope, now=now).filter(Q(grade=Grade.MAJOR) | is_late_finding(now))[:30]
    return [
        OpenItem(
            key=f"hazards.finding:{row.pk}",
            label=_("Major finding") if row.grade == Grade.MAJOR else _("Late finding"),
            title=f"{row.site.name}: {row.what}"[:120],
            url=reverse("hazards:finding", args=[row.uuid]),
            since=row.found_at,
        )
        for row in rows
    ]
