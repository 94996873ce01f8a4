"""The wire of the HTTP gateway contract: what a call carries, and what its answer means."""

from collections.abc import Sequence

from messaging.rules.channel import Accepted, Message, Rejected, Result, RetryAfter, Unknown

# What a refused call means. Anything else that is not 200 (500, a proxy's 502 or 504) may have been taken.
NOT_TAKEN = {400, 401, 403, 404, 413, 503}
THROTTLED = 429


def wire(message: Message, *, text: str, kind: str, sign: str) -> dict[str, object]:
    """One message as the contract writes it: a reviewed template with its values, else `text`.

    `kind` is "sms" or "voice"; `sign` goes beside a template, a text carries it already.
    """
    said: dict[str, object] = {"text": text}
    if message.template:
        said = {"template": message.template, "params": dict(message.params), "sign": sign}
    return {"id": message.id, "to": message.address, **said, "lane": message.lane, "kind": kind}


def read_answer(status: int, body: object, after: float | None, messages: Sequence[Message]) -> list[Result]:
    """One result a message, in order. `after`: seconds of the answer's Retry-After, None without one.

    A message that the answer does not name may have been taken.
    """
    if status == THROTTLED:
        return [RetryAfter(after or 1.0, "throttled")] * len(messages)
    if status in NOT_TAKEN:
        return [RetryAfter(None, f"refused_{status}")] * len(messages)
    rows = body.get("results") if status == 200 and isinstance(body, dict) else None
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
