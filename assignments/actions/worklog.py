"""A remark in one's own work log."""

from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from assignments import rules
from assignments.enums import LogObjection
from assignments.models import WorkLog
from core.audit import act
from core.rules import Refused


def add_remark(*, text: str, day: date, by: User, now: datetime) -> WorkLog:
    """Adds a remark to the log of one's own day. The same words again are the same remark."""
    words = " ".join(text.split())[:500]
    if not words:
        raise Refused(LogObjection.EMPTY.value, LogObjection.EMPTY.label, field="text")
    if not rules.may_remark(day, now=now, zone=timezone.get_current_timezone()):
        raise Refused(LogObjection.DAY_OVER.value, LogObjection.DAY_OVER.label, field="text")
    with act("assignments.log.remark", by=by.actor):
        row, _made = WorkLog.objects.get_or_create(person=by, day=day, text=words, defaults={"written_at": now})
    return row
