"""What is done with the roster, with presence, handover and the log."""

from dutyroster.actions.answers import heard
from dutyroster.actions.calendars import close_calendar, open_calendar
from dutyroster.actions.check_in import check_in
from dutyroster.actions.handover import collect, open_handover, sign_handover, take_items, write_summary
from dutyroster.actions.log import correct, follow_up, note
from dutyroster.actions.plans import discard, make_plan, override, publish, put_on_duty
from dutyroster.actions.posts import (
    MemberGiven,
    PostGiven,
    record_leave,
    retire,
    save_post,
    set_members,
    withdraw_leave,
)
from dutyroster.actions.roll_call import call_off, call_roll, confirm_absence, excuse, order_roll_call
from dutyroster.actions.stand_in import call_deputy, open_shifts, take_over, watch_shifts

__all__ = [
    "MemberGiven",
    "PostGiven",
    "call_deputy",
    "call_off",
    "call_roll",
    "check_in",
    "close_calendar",
    "collect",
    "confirm_absence",
    "correct",
    "discard",
    "excuse",
    "follow_up",
    "heard",
    "make_plan",
    "note",
    "open_calendar",
    "open_handover",
    "open_shifts",
    "order_roll_call",
    "override",
    "publish",
    "put_on_duty",
    "record_leave",
    "retire",
    "save_post",
    "set_members",
    "sign_handover",
    "take_items",
    "take_over",
    "watch_shifts",
    "withdraw_leave",
    "write_summary",
]
