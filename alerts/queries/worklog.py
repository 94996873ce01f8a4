"""Door visits for the work logs of those who knocked."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from alerts.models import Visit
from assignments.rules import Done


def work_done(who: Collection[int], start: datetime, end: datetime) -> list[Done]:
    """At which doors these people were because of a notice. One statement."""
    rows = Visit.objects.filter(
        by__in=who, occurred_at__gte=start, occurred_at__lt=end, audience__notice__exercise__isnull=True
    ).select_related("audience__household")
    return [
        Done(
            row.by_id or 0,
            row.occurred_at,
            row.recorded_at,
            _("Door visits"),
            f"{row.audience.household.door}：{row.get_outcome_display()}",
            row.audience.area_code,
        )
        for row in rows.order_by("pk")
    ]
