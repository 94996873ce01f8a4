"""What the roster decides without a database: duty days, turns, gaps, the month's table."""

from dutyroster.rules.calendar import (
    ORDINARY,
    PostFacts,
    Seat,
    days,
    duty_day,
    duty_day_of,
    required_staff,
    seats,
    weight,
)
from dutyroster.rules.gaps import Cover, Hole, gaps
from dutyroster.rules.rotation import (
    Flaw,
    PersonFacts,
    Served,
    Turn,
    conflicts,
    posts_rest,
    rotate,
    served_until,
)
from dutyroster.rules.sheet import Entry, MonthRow, bounds, month_rows
from dutyroster.rules.span import Span, without

__all__ = [
    "ORDINARY",
    "Cover",
    "Entry",
    "Flaw",
    "Hole",
    "MonthRow",
    "PersonFacts",
    "PostFacts",
    "Seat",
    "Served",
    "Span",
    "Turn",
    "bounds",
    "conflicts",
    "days",
    "duty_day",
    "duty_day_of",
    "gaps",
    "month_rows",
    "posts_rest",
    "required_staff",
    "rotate",
    "seats",
    "served_until",
    "weight",
    "without",
]
