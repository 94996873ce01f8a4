"""Questions about accounts, channels and what was sent."""

from messaging.queries.accounts import accounts, all_accounts, is_gateway
from messaging.queries.health import ChannelHealth, channel_health
from messaging.queries.sending import oldest_open_age, oldest_webhook_age, open_rows, parts, tally

__all__ = [
    "ChannelHealth",
    "accounts",
    "all_accounts",
    "channel_health",
    "is_gateway",
    "oldest_open_age",
    "oldest_webhook_age",
    "open_rows",
    "parts",
    "tally",
]
