"""The log of the process, for a developer's machine only."""

import logging
from collections.abc import Sequence

from django.conf import settings

from messaging.rules import Accepted, Account, Message, Result, RetryAfter

logger = logging.getLogger(__name__)


class Console:
    """Writes messages to the log, the address masked. It reaches nobody: without DEBUG it is out of order."""

    name = "console"
    provider = "console"
    batch_size = 100

    def fault(self, account: Account) -> str:
        """Nobody reads a log at three in the morning."""
        return "" if settings.DEBUG else "debug_only"

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """One line a message."""
        if code := self.fault(account):
            return [RetryAfter(None, code)] * len(messages)
        for message in messages:
            logger.info("%s to %s: %s", message.lane, _masked(message.address), message.text)
        return [Accepted(message.id[:64]) for message in messages]


def _masked(address: str) -> str:
    return f"{address[:-8]}****{address[-4:]}" if len(address) > 8 else "****"
