"""What an exercise must leave as it was: balances, the level in force, the roster, the public pages, real figures."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from alerts import queries as alerts
from command import queries as command
from command.models import Closure, Danger, HelpRequest, TimelineEntry
from dutyroster.models import LogEntry, Shift
from supplies.models import Balance

WORDS = {
    "balances": "库存结存",
    "levels": "生效的响应级别",
    "shifts": "值班表",
    "notices": "公众页的提示",
    "closures": "公众页的断行",
    "records": "真实的险情、求助、断行、日志、时间线",
}


@dataclass(frozen=True)
class Real:
    """The real state at a moment, as screens and public pages read it."""

    balances: dict[tuple[int, int], Decimal]
    levels: tuple[int | None, int | None]
    shifts: tuple[int, int]
    notices: list[tuple[int, int]]
    closures: list[tuple[int, int, str]]
    records: tuple[int, ...]


def real(area_code: str, now: datetime) -> Real:
    """Reads it."""
    return Real(
        balances={(store, lot): held for store, lot, held in Balance.objects.values_list("store", "lot", "quantity")},
        levels=(command.level_in_force(settings.DISTRICT_CODE, now), command.level_in_force(area_code, now)),
        shifts=(Shift.objects.count(), Shift.objects.filter(superseded_at__isnull=False).count()),
        notices=list(alerts.notices_in_force(now, "").values_list("pk", "version")),
        closures=[(row.pk, row.depth_cm, command.state_of(row).value) for row in command.public_closures(now)],
        records=tuple(
            model.objects.filter(exercise__isnull=True).count()
            for model in (Danger, HelpRequest, Closure, LogEntry, TimelineEntry)
        ),
    )


def changed(before: Real, after: Real) -> list[str]:
    """What is not as it was, in words."""
    return [
        f"演练改动了{WORDS[one.name]}" for one in fields(Real) if getattr(before, one.name) != getattr(after, one.name)
    ]
