"""The check that every site of every open round has been re-inspected."""

from datetime import datetime

from django.db.models import Count, OuterRef, Subquery

from assignments import actions as duties
from assignments.enums import OPEN
from core import actions as core
from core.audit import act
from core.rules import SYSTEM
from hazards.actions.inspections import take_in_photos
from hazards.models import RoundMember, SweepRun
from hazards.queries.rounds import swept
from hazards.rules import Figures, SweepResult, is_news


def sweep(*, now: datetime) -> list[SweepResult]:
    """Counts every open round, reminds whoever is late, keeps what changed and leaves a sign of life.

    The count is one SQL statement whatever the number of rounds and sites. Reminding is the duties' own work (their
    clocks move forward in the transaction that sends), so a sweep repeated at once reminds nobody twice.
    """
    take_in_photos(now=now)
    found = swept(now=now)
    if any(result.counted.late for result in found):
        duties.escalate_due(now=now)
    _keep(found, now=now)
    core.tick("hazards.sweep", now=now)
    return found


def _keep(found: list[SweepResult], *, now: datetime) -> None:
    newest = SweepRun.objects.filter(round=OuterRef("round")).order_by("-at", "-pk").values("pk")[:1]
    known = {
        run.round_id: run
        for run in SweepRun.objects.filter(round__in=[result.round_id for result in found], pk=Subquery(newest)).defer(
            "late_sites"
        )
    }
    news = [result for result in found if _is_news(result, known.get(result.round_id), now)]
    if not news:
        return
    reminded = dict(
        RoundMember.objects.filter(
            round__in=[result.round_id for result in news if result.counted.late],
            assignment__state__in=OPEN,
            assignment__due_at__lt=now,
            assignment__runs__fired__gt=0,
        )
        .order_by()
        .values_list("round_id")
        .annotate(count=Count("pk", distinct=True))
    )
    with act("hazards.sweep.keep", by=SYSTEM):
        SweepRun.objects.bulk_create(
            SweepRun(
                round_id=result.round_id,
                at=now,
                required=result.counted.required,
                inspected=result.counted.inspected,
                done=result.counted.done,
                late=result.counted.late,
                late_sites=result.late_sites,
                reminded=reminded.get(result.round_id, 0),
            )
            for result in news
        )


def _is_news(result: SweepResult, latest: SweepRun | None, now: datetime) -> bool:
    if latest is None:
        return is_news(None, None, result.counted, now=now)
    kept = Figures(latest.required, latest.inspected, latest.done, latest.late)
    return is_news(kept, latest.at, result.counted, now=now)
