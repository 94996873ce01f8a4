"""Check-ins and the duty log for the work logs of those who made them."""

from collections.abc import Collection
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.rules import Done
from dutyroster.models import CheckIn, LogEntry


def work_done(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    """Who came to his post, left it, or wrote into the duty log. Two statements."""
    came = CheckIn.objects.filter(by__in=who, on_behalf_of="", occurred_at__gte=start, occurred_at__lt=end)
    wrote = LogEntry.objects.filter(by__in=who, occurred_at__gte=start, occurred_at__lt=end, exercise__isnull=True)
    found = [
        Done(
            row.by_id or 0,
            row.occurred_at,
            row.recorded_at,
            _("Duty post"),
            f"{row.get_kind_display()}：{row.shift.post.name}",
            row.shift.post.area_code,
        )
        for row in came.select_related("shift__post").order_by("pk")
    ]
    return found + [
        Done(
            row.by_id or 0,
            row.occurred_at,
            row.recorded_at,
            _("Duty log"),
            row.text if len(row.text) <= 80 else f"{row.text[:79]}…",
            row.area_code,
            reverse("dutyroster:log_entry", args=[row.uuid]),
        )
        for row in wrote.order_by("pk")
    ]
