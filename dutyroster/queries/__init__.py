"""Who is on duty, who is there, and what was written down."""

from dutyroster.queries.attendance import (
    Attendance,
    RollCallSeen,
    attendance,
    attendance_of,
    deputies,
    in_post,
    leaders,
    my_shifts,
    roll_calls,
    suspected,
)
from dutyroster.queries.calendars import calendar_path, calendar_text, link_by_secret, links_of
from dutyroster.queries.gaps import Gap, Manned, gaps, manned
from dutyroster.queries.handover import handovers, items, open_items, states
from dutyroster.queries.log import LogFilter, entries, log, log_page, log_sheet, open_entries
from dutyroster.queries.month import Month, day_words, month, month_of, month_sheet
from dutyroster.queries.on_duty import PostNow, now_and_next, on_duty, on_duty_people, on_duty_rows, on_duty_shift
from dutyroster.queries.plans import Preview, burdens, ground, plans, preview, replaced
from dutyroster.queries.posts import eligible, leaves, members_at, posts

__all__ = [
    "Attendance",
    "Gap",
    "LogFilter",
    "Manned",
    "Month",
    "PostNow",
    "Preview",
    "RollCallSeen",
    "attendance",
    "attendance_of",
    "burdens",
    "calendar_path",
    "calendar_text",
    "day_words",
    "deputies",
    "eligible",
    "entries",
    "gaps",
    "ground",
    "handovers",
    "in_post",
    "items",
    "leaders",
    "leaves",
    "link_by_secret",
    "links_of",
    "log",
    "log_page",
    "log_sheet",
    "manned",
    "members_at",
    "month",
    "month_of",
    "month_sheet",
    "my_shifts",
    "now_and_next",
    "on_duty",
    "on_duty_people",
    "on_duty_rows",
    "on_duty_shift",
    "open_entries",
    "open_items",
    "plans",
    "posts",
    "preview",
    "replaced",
    "roll_calls",
    "states",
    "suspected",
]
