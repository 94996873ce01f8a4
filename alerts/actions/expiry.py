"""强制解除提醒: a notice whose time is over asks somebody by name for its all-clear, until it has one."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.enums import MessageType, NoticeState
from alerts.models import ExpiryReminder, Notice
from alerts.queries.answering import people_to_call
from alerts.rules.signing import ALL_CLEAR_DUE, ALL_CLEAR_SEARCHED
from assignments import actions as duties
from assignments.enums import OPEN
from core.audit import act
from core.rules import SYSTEM


def remind_all_clear(*, now: datetime) -> int:
    """Gives the duty of the all-clear for each notice that ran out without one; returns how many. Repeatable.

    To the officer on duty where the notice lies, else to whoever wrote it.
    """
    over = Notice.objects.filter(
        state=NoticeState.ISSUED, expires_at__lte=now, expires_at__gt=now - ALL_CLEAR_SEARCHED, expiry_reminder=None
    ).exclude(message_type=MessageType.ALL_CLEAR)
    given = 0
    for pk in list(over.order_by("expires_at", "pk").values_list("pk", flat=True)[:100]):
        with act("alerts.notice.remind_all_clear", by=SYSTEM), translation.override(settings.LANGUAGE_CODE):
            row = Notice.objects.select_for_update(of=("self",), no_key=True).select_related("author").get(pk=pk)
            if row.state != NoticeState.ISSUED or ExpiryReminder.objects.filter(notice=row).exists():
                continue
            called = people_to_call(row.area_code, now)
            duty = duties.assign(
                kind=ALL_CLEAR_DUE,
                title=(gettext("Over since its end: give the all-clear or go on: %(headline)s") % {"headline": row})[
                    :120
                ],
                area_code=row.area_code,
                assignee=called[0].person if called else row.author,
                issued_by=None,
                now=now,
                key=f"all_clear_due:{row.pk}",
                exercise=row.exercise,
            )
            ExpiryReminder.objects.create(notice=row, assignment=duty, at=now)
            given += 1
    return given


def end_reminder(row: Notice, by: User, now: datetime) -> None:
    """The notice was ended, corrected or withdrawn: nobody is reminded of it any more."""
    found = ExpiryReminder.objects.filter(notice=row, assignment__state__in=OPEN).select_related("assignment").first()
    if found:
        duties.fulfil(assignment=found.assignment, by=by, now=now)
