"""SMS over the HTTP gateway contract: signed calls of up to 500 messages, an answer for each."""

from collections.abc import Sequence

from core.http import Unanswered, Unreachable, post_signed
from messaging.rules import Account, Message, Result, RetryAfter, Unknown, read_answer, signed, wire

TIMEOUT = 15.0  # seconds; with the 3 of connecting well within the lease


class Sms:
    """Texts. Alarm and bulk are told apart at the gateway too, each with its own pace."""

    name = "sms"
    provider = "contract"
    batch_size = 500

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def fault(self, account: Account) -> str:
        """Without an address or a secret nothing can be sent."""
        return "" if account.url and account.secret else "gateway_unset"

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """One call for messages of one lane."""
        if not messages:
            return []
        if code := self.fault(account):
            return [RetryAfter(None, code)] * len(messages)
        try:
            answer = post_signed(
                account.url.rstrip("/") + "/v1/messages",
                {"messages": [_wire(account, message) for message in messages]},
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
    return wire(message, text=signed(message.text, account.signature), kind="sms", sign=account.signature)
