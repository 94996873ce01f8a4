"""SMS over the HTTP gateway contract: signed calls of up to 500 messages, an answer for each."""

from collections.abc import Sequence

from core.http import Answer, Unanswered, Unreachable, post_signed
from messaging.rules import Accepted, Account, Message, Rejected, Result, RetryAfter, Unknown, signed

TIMEOUT = 15.0  # seconds; with the 3 of connecting well within the lease
# What a refused call means. Anything else that is not 200 (500, a proxy's 502 or 504) may have been taken.
NOT_TAKEN = {400, 401, 403, 404, 413, 503}
THROTTLED = 429


class Sms:
    """Texts. Alarm and bulk are told apart at the gateway too, each with its own pace."""

    name = "sms"
    provider = "contract"
    batch_size = 500

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
                timeout=TIMEOUT,
                headers={"X-Account": messages[0].lane},
            )
        except Unreachable:
            return [RetryAfter(None, "unreachable")] * len(messages)
        except Unanswered:
            return [Unknown()] * len(messages)
        return _read(answer, messages)


def _wire(account: Account, message: Message) -> dict[str, object]:
    said: dict[str, object] = {"text": signed(message.text, account.signature)}
    if message.template:
        said = {"template": message.template, "params": dict(message.params), "sign": account.signature}
    return {"id": message.id, "to": message.address, **said, "lane": message.lane, "kind": "sms"}


def _read(answer: Answer, messages: Sequence[Message]) -> list[Result]:
    if answer.status == THROTTLED:
        return [RetryAfter(1.0, "throttled")] * len(messages)
    if answer.status in NOT_TAKEN:
        return [RetryAfter(None, f"refused_{answer.status}")] * len(messages)
    rows = answer.body.get("results") if answer.status == 200 and isinstance(answer.body, dict) else None
    if not isinstance(rows, list):
        return [Unknown()] * len(messages)
    by_id = {row.get("id"): row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)}
    return [_result(by_id.get(message.id, {})) for message in messages]


def _result(row: dict[str, object]) -> Result:
    status, after = row.get("status"), row.get("after")
    if status == "accepted":
        return Accepted(str(row.get("provider_id") or "")[:64])
    if status == "rejected":
        return Rejected(str(row.get("code") or "rejected")[:40])
    if status == "retry":
        seconds = float(after) if isinstance(after, int | float) and not isinstance(after, bool) else 1.0
        return RetryAfter(seconds, "throttled")
    return Unknown()
