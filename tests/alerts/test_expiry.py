"""A notice whose time is over asks for its all-clear until it has one."""

from datetime import timedelta

from alerts import actions
from alerts.models import ExpiryReminder, Notice
from assignments.enums import State as Duty
from assignments.models import Assignment
from board.queries.late import AT_ONCE
from messaging.enums import State
from tests.alerts.situations import issued, message_became
from tests.casts import NIGHT, Cast
from tests.factories import household
from weidong_ops.resolvers import assignment_page

OVER = NIGHT + timedelta(hours=6)


def test_at_its_end_somebody_owes_the_all_clear(cast: Cast) -> None:
    household()
    row = issued(cast)
    assert actions.remind_all_clear(now=OVER - timedelta(seconds=1)) == 0
    assert actions.remind_all_clear(now=OVER) == 1
    duty = Assignment.objects.get(kind="all_clear_due")
    assert duty.assignee == cast.duty_officer
    assert str(row.uuid) in assignment_page(duty)
    assert "all_clear_due" in AT_ONCE
    assert actions.remind_all_clear(now=OVER + timedelta(minutes=1)) == 0


def test_the_all_clear_ends_the_reminder(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, State.DELIVERED)
    actions.remind_all_clear(now=OVER)
    clear = actions.all_clear(notice=row, by=cast.duty_officer, now=OVER)
    clear = actions.submit(notice=clear, by=cast.duty_officer, now=OVER)
    actions.approve(notice=clear, version=clear.version, by=cast.commander, now=OVER)
    assert Assignment.objects.get(kind="all_clear_due").state == Duty.VERIFIED
    later = Notice.objects.get(pk=clear.pk).expires_at
    assert actions.remind_all_clear(now=later) == 0


def test_withdrawing_ends_the_reminder_too(cast: Cast) -> None:
    household()
    row = issued(cast)
    actions.remind_all_clear(now=OVER)
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=OVER)
    assert Assignment.objects.get(kind="all_clear_due").state == Duty.VERIFIED


def test_what_was_ended_before_its_time_asks_for_nothing(cast: Cast) -> None:
    household()
    row = issued(cast)
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT)
    assert actions.remind_all_clear(now=OVER) == 0
    assert not ExpiryReminder.objects.exists()
