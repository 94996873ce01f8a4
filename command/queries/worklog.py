"""Dangers and calls for help for the work logs of those who reported and handled them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.rules import Done
from command.enums.dangers import DangerVerb
from command.models import DangerAct, HelpRequest

# Arriving and bringing under control come by the duty, whose own line tells them.
_OWN = (DangerVerb.REPORT, DangerVerb.ACKNOWLEDGE, DangerVerb.DISPATCH, DangerVerb.CLOSE, DangerVerb.MERGE)


def work_done(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    """What these people reported and decided, whom they spoke with and whose call they closed. Three statements."""
    acts = DangerAct.objects.filter(by__in=who, verb__in=_OWN, at__gte=start, at__lt=end, danger__exercise=None)
    found = [
        Done(
            row.by_id or 0,
            row.at,
            row.recorded_at,
            _("Dangers"),
            f"{row.get_verb_display()}：{row.danger}",
            row.danger.area_code,
            reverse("command:danger", args=[row.danger.uuid]),
        )
        for row in acts.select_related("danger__site").order_by("pk")
    ]
    return found + _spoken(who, start, end) + _closed(who, start, end)


def _spoken(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    # A helper's report is his having spoken: the duty's own line tells it.
    rows = HelpRequest.objects.filter(
        spoken_by__in=who, spoken_at__gte=start, spoken_at__lt=end, exercise=None
    ).exclude(Q(assignment__isnull=False) & Q(assignment__reported_by=F("spoken_by")))
    return [_help(row.spoken_by_id, row.spoken_at, row, _("spoken with")) for row in rows.order_by("pk")]


def _closed(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    rows = HelpRequest.objects.filter(closed_by__in=who, closed_at__gte=start, closed_at__lt=end, exercise=None)
    return [_help(row.closed_by_id, row.closed_at, row, _("closed the call")) for row in rows.order_by("pk")]


def _help(person: int | None, at: datetime | None, row: HelpRequest, verb: str) -> Done:
    moment = at or row.recorded_at
    return Done(
        person or 0,
        moment,
        moment,
        _("Calls for help"),
        f"{verb}：{row.place or row.need}",
        row.area_code,
        reverse("command:help_request", args=[row.uuid]),
    )
