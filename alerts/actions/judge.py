"""What the community makes of visits that nobody could have made that fast."""

from datetime import datetime

from django.db.models import Min

from accounts.models import User
from alerts.actions.knock import knock_again
from alerts.actions.refusals import refuse
from alerts.actions.take_counts import drop_count
from alerts.enums import Objection, VisitOutcome
from alerts.models import AudienceHousehold, Notice, Visit, VisitCheck
from alerts.queries.doubts import doubts
from core.audit import act

SEEN = (VisitOutcome.TOLD, VisitOutcome.NEED_HELP)


def judge_visits(*, notice: Notice, worker: int, holds: bool, note: str, by: User, now: datetime) -> int:
    """Says of the doubted visits of one person that they hold, or that they do not: then nobody was there, and somebody
    else is sent to those doors where his duty was done with them. Returns how many. Nobody judges his own.
    """
    scope = by.scope_for("knocks.send")
    if not holds and not note.strip():
        raise refuse(Objection.REASON, field="note")
    if by.pk == worker:
        raise refuse(Objection.NOT_ALLOWED)
    with act("alerts.visit.judge", by=by.actor):
        row = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
        found = [doubt for doubt in doubts(notice, scope) if doubt.by == worker]
        if not found:
            raise refuse(Objection.NOT_DOUBTED)
        numbers = found[0].visits
        VisitCheck.objects.bulk_create(
            VisitCheck(visit_id=number, holds=holds, note=note.strip()[:200], by=by, at=now) for number in numbers
        )
        drop_count(notice=row)
        if not holds:
            grids = _take_back(numbers)
            knock_again(row, grids, but=worker, issued_by=by, now=now)
    return len(numbers)


def _take_back(numbers: list[int]) -> set[str]:
    """Returns the grids of these doors."""
    homes = Visit.objects.filter(pk__in=numbers).values("audience")
    rows = list(AudienceHousehold.objects.select_for_update().filter(pk__in=homes).order_by("pk"))
    left = Visit.objects.filter(audience__in=[row.pk for row in rows], outcome__in=SEEN).exclude(check_of__holds=False)
    first = dict(left.order_by().values_list("audience").annotate(at=Min("occurred_at")))
    for row in rows:
        row.visited_at = first.get(row.pk)
    AudienceHousehold.objects.bulk_update(rows, ["visited_at"], batch_size=500)
    return {row.area_code for row in rows}
