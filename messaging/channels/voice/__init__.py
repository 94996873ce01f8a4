"""Calls over the HTTP gateway contract: a voice reads the text, keys come back as replies."""

from collections.abc import Sequence

from core.http import Unanswered, Unreachable, post_signed
from messaging.rules import Account, Message, Result, RetryAfter, Unknown, read_answer, spoken, wire

TIMEOUT = 15.0  # seconds; with the 3 of connecting well within the lease


class Voice:
    """Calls. Providers refuse brackets, and nobody hears a link: the text is made for the ear."""

    name = "voice"
    provider = "contract"
    batch_size = 20  # as many calls as may wait behind one slow answer

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def fault(self, account: Account) -> str:
        """Without an address or a secret nobody can be called."""
        return "" if account.url and account.secret else "gateway_unset"

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """One request for calls of one lane."""
        if not messages:
            return []
        if code := self.fault(account):
            return [RetryAfter(None, code)] * len(messages)
        try:
            answer = post_signed(
                account.url.rstrip("/") + "/v1/messages",
                {
                    "messages": [
                        wire(one, text=spoken(one.text), kind="voice", sign=account.signature) for one in messages
                    ]
                },
                secret=account.secret,
                timeout=self.timeout,
                headers={"X-Account": messages[0].lane},
            )
        except Unreachable:
            return [RetryAfter(None, "unreachable")] * len(messages)
        except Unanswered:
            return [Unknown()] * len(messages)
        return read_answer(answer.status, answer.body, answer.retry_after, messages)


def _wire(account: Account, message: Message) -> dict[str, object]:
    return wire(message, text=spoken(message.text), kind="voice", sign=account.signature)
