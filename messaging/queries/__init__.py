"""Questions about accounts, channels and what was sent."""

from messaging.queries.accounts import accounts, all_accounts, is_gateway
from messaging.queries.health import ChannelHealth, channel_health
from messaging.queries.register import (
    Cell,
    Gap,
    Line,
    exercise_purposes,
    gaps_in_words,
    matrix,
    purposes,
    refusal,
    reviewed,
    reviewed_text,
    said,
    season_gaps,
)
from messaging.queries.sending import Cost, cost, oldest_open_age, oldest_webhook_age, open_rows, parts, tally
from messaging.queries.sheet import register_sheet

__all__ = [
    "Cell",
    "ChannelHealth",
    "Cost",
    "Gap",
    "Line",
    "accounts",
    "all_accounts",
    "channel_health",
    "cost",
    "exercise_purposes",
    "gaps_in_words",
    "is_gateway",
    "matrix",
    "oldest_open_age",
    "oldest_webhook_age",
    "open_rows",
    "parts",
    "purposes",
    "refusal",
    "register_sheet",
    "reviewed",
    "reviewed_text",
    "said",
    "season_gaps",
    "tally",
]
