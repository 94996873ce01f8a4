"""After the drill: what was seen, and who mends it."""

from datetime import datetime

from django.utils.translation import gettext

from accounts.models import User
from assignments import actions as duties
from core.audit import act
from core.rules import Refused
from drills import rules
from drills.enums import FindingKind, Objection
from drills.models import DrillRun, Finding, Inject


def note_finding(*, run: DrillRun, kind: FindingKind, text: str, by: User, inject: Inject | None = None) -> Finding:
    """Writes down what somebody saw, during the drill or after it."""
    if not text.strip():
        raise Refused(Objection.NO_FINDING.value, Objection.NO_FINDING.label, field="text")
    with act("drills.finding.note", by=by.actor):
        return Finding.objects.create(run=run, kind=kind, text=text.strip()[:500], inject=inject, by=by)


def order_improvement(
    *, finding: Finding, assignee: User | None, due_at: datetime | None, by: User, now: datetime
) -> Finding:
    """Makes an improvement item of a finding: a real duty, outside the exercise, that another person verifies."""
    if assignee is None or due_at is None or due_at <= now:
        raise Refused(
            Objection.NO_PERSON.value, Objection.NO_PERSON.label, field="assignee" if not assignee else "due_at"
        )
    with act("drills.finding.improve", by=by.actor):
        row = Finding.objects.select_for_update(of=("self",)).select_related("run__plan").get(pk=finding.pk)
        if row.kind != FindingKind.MEND:
            raise Refused(Objection.GOOD_FINDING.value, Objection.GOOD_FINDING.label)
        if row.assignment_id is not None:
            raise Refused(Objection.ITEM_GIVEN.value, Objection.ITEM_GIVEN.label)
        row.assignment = duties.assign(
            kind=rules.IMPROVEMENT,
            title=row.text[:120],
            body=gettext("Found in the drill “%(drill)s”.") % {"drill": str(row.run)},
            area_code=row.run.area_code,
            assignee=assignee,
            issued_by=by,
            now=now,
            due_at=due_at,
            key=f"drill-finding:{row.pk}",
        )
        row.save(update_fields=["assignment", "updated_at"])
    return row
