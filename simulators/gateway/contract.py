"""The wire contract: signatures, limits, the shape of a call."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping

MAX_MESSAGES = 500
"""Messages in one call; more are refused with 413."""

MAX_BODY = 4 * 1024 * 1024
"""Bytes of one call: 500 messages of 500 escaped Chinese characters with room to spare."""

MAX_REPORTS = 1_000
"""Receipts or replies in one call to the platform."""

MAX_TEXT = 500
"""Characters of one message."""

MAX_ID = 64
WINDOW_SECONDS = 300

LANES = ("alarm", "bulk")
KINDS = ("sms", "voice")

# Any 1xxxxxxxxxx is a mobile here: demo rolls use prefixes that no operator has handed out.
_MOBILE = re.compile(r"\+861[0-9]{10}")
_LANDLINE = re.compile(r"\+86[2-9][0-9]{8,10}")

ONE_PART, PART_OF_MORE = 70, 67
"""Characters of a text that goes out alone, and of each part of a longer one."""

Message = dict[str, object]
"""One message as it came; `id` is a checked string, nothing else is."""


class Refusal(Exception):
    """A call that is refused whole: HTTP status, stable code, and a sentence for the caller."""

    def __init__(self, status: int, code: str, sentence: str, after: float = 1.0) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.after = after
        """Seconds until another try makes sense, where the status is 429 or 503."""


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the `X-Signature` value for a body sent at `timestamp` (Unix seconds as text)."""
    return "sha256=" + hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256).hex()


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check `X-Timestamp` and `X-Signature`; raise `Refusal` 401 with the mend otherwise."""
    timestamp = headers.get("X-Timestamp", "")
    given = headers.get("X-Signature", "")
    if not timestamp or not given:
        raise Refusal(401, "unsigned", "Send the headers X-Timestamp and X-Signature.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Refusal(401, "bad_timestamp", "X-Timestamp must be Unix time in whole seconds.")
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        raise Refusal(
            401, "stale_timestamp", f"X-Timestamp is more than {WINDOW_SECONDS} seconds away from now: check the clock."
        )
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), given.encode("utf-8", "replace")):
        raise Refusal(
            401,
            "bad_signature",
            'X-Signature must be sha256=hex(HMAC(secret, timestamp + "." + raw body)): check SMS_GATEWAY_SECRET.',
        )


def read_object(body: bytes) -> dict[str, object]:
    """Parse a JSON object; raise `Refusal` 400 for anything else."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "bad_json", "The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise Refusal(400, "bad_json", "The body must be a JSON object.")
    return parsed


def read_messages(body: bytes) -> list[Message]:
    """Parse a call's messages and check what every later step relies on: their number and their ids."""
    messages = read_object(body).get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refusal(400, "no_messages", '"messages" must be a list with at least one message.')
    if len(messages) > MAX_MESSAGES:
        raise Refusal(
            413, "too_many", f"{len(messages)} messages in one call; send at most {MAX_MESSAGES} and call again."
        )
    for place, message in enumerate(messages):
        number = message.get("id") if isinstance(message, dict) else None
        if not isinstance(number, str) or not 0 < len(number) <= MAX_ID:
            raise Refusal(400, "bad_id", f"messages[{place}].id must be text of 1 to {MAX_ID} characters.")
    return messages


def is_number(number: object, kind: object = "voice") -> bool:
    """Say whether a number can be reached: +86 mobiles by both kinds, +86 landlines by voice."""
    if not isinstance(number, str):
        return False
    if _MOBILE.fullmatch(number):
        return True
    return kind == "voice" and _LANDLINE.fullmatch(number) is not None


def parts(text: str) -> int:
    """Return how many short messages the operator counts for a text."""
    return 1 if len(text) <= ONE_PART else -(-len(text) // PART_OF_MORE)


def full_number(number: str) -> str:
    """Give a number as a person types it (spaces, no country code) its +86 form; the result is not checked."""
    digits = number.replace(" ", "").replace("-", "")
    return digits if digits.startswith("+") else "+86" + digits.removeprefix("86").removeprefix("0")
