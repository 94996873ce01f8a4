"""Inspections, household checks, findings and requests for the work logs of those who made them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.rules import Done
from hazards.enums import CheckOutcome, RequestVerb, Step
from hazards.models import FindingStep, HouseholdCheck, Inspection, PatrolPoint, RequestStep

# What a duty of mending tells already is left to the duty's own line.
_SEEN = (Step.FIND, Step.CONTROL, Step.GRADE, Step.ASSIGN, Step.DEFER, Step.WITHDRAW)
_SAID = (RequestVerb.TAKE, RequestVerb.GIVE, RequestVerb.REDO, RequestVerb.SPEAK, RequestVerb.CLOSE)


def work_done(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    """What these people inspected, walked by, checked, found and took in. Five statements."""
    return [
        *_inspections(who, start, end),
        *_walks(who, start, end),
        *_checks(who, start, end),
        *_findings(who, start, end),
        *_requests(who, start, end),
    ]


def _inspections(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    rows = Inspection.objects.filter(
        inspected_by__in=who, occurred_at__gte=start, occurred_at__lt=end, exercise__isnull=True
    ).select_related("site")
    return [
        Done(
            row.inspected_by_id,
            row.occurred_at,
            row.recorded_at,
            _("Inspections"),
            f"{row.site.name}："
            + (_("%(count)s failed") % {"count": row.failed_items} if row.failed_items else _("Passed")),
            row.area_code,
            reverse("hazards:inspection", args=[row.client_uuid]),
        )
        for row in rows.order_by("pk")
    ]


def _walks(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    # Over the link of the duty nobody has signed in: it was whoever owes the walk.
    theirs = Q(by__in=who) | Q(by__isnull=True, run__assignment__assignee__in=who)
    rows = PatrolPoint.objects.filter(
        theirs, checked_at__gte=start, checked_at__lt=end, run__exercise__isnull=True
    ).select_related("site", "run__assignment")
    return [
        Done(
            row.by_id or row.run.assignment.assignee_id or 0,
            row.checked_at,
            row.recorded_at or row.checked_at,
            _("Points of patrols"),
            f"{row.site.name}：{row.note}" if row.note else row.site.name,
            row.area_code,
        )
        for row in rows.order_by("pk")
        if row.checked_at
    ]


def _checks(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    rows = HouseholdCheck.objects.filter(checked_by__in=who, occurred_at__gte=start, occurred_at__lt=end)
    return [
        Done(
            row.checked_by_id,
            row.occurred_at,
            row.recorded_at,
            _("Household checks"),
            f"{row.household.door}：{_outcome(row)}",
            row.area_code,
            reverse("hazards:household_answers", args=[row.client_uuid]),
        )
        for row in rows.select_related("household").order_by("pk")
    ]


def _outcome(row: HouseholdCheck) -> str:
    if row.outcome != CheckOutcome.CHECKED:
        return str(row.get_outcome_display())
    return _("%(count)s failed") % {"count": row.failed_items} if row.failed_items else _("Passed")


def _findings(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    rows = FindingStep.objects.filter(
        by__in=who, step__in=_SEEN, occurred_at__gte=start, occurred_at__lt=end, finding__exercise__isnull=True
    ).select_related("finding__site")
    return [
        Done(
            row.by_id or 0,
            row.occurred_at,
            row.recorded_at,
            _("Hazard findings"),
            f"{row.get_step_display()}：{row.finding.site.name} {row.finding.what}",
            row.finding.area_code,
            reverse("hazards:finding", args=[row.finding.uuid]),
        )
        for row in rows.order_by("pk")
    ]


def _requests(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    rows = RequestStep.objects.filter(
        by__in=who, verb__in=_SAID, occurred_at__gte=start, occurred_at__lt=end, request__exercise__isnull=True
    ).select_related("request")
    return [
        Done(
            row.by_id or 0,
            row.occurred_at,
            row.recorded_at,
            _("Requests"),
            f"{row.get_verb_display()}：{row.request.what}",
            row.request.area_code,
            reverse("hazards:request", args=[row.request.uuid]),
        )
        for row in rows.order_by("pk")
    ]
