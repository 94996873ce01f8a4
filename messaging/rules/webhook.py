"""What a gateway may post back: checked whole before anything is stored, every fault with the path of its field."""

import json
import re
from datetime import UTC, datetime

MOST_ROWS = 1_000
LONGEST_ID, LONGEST_CODE, LONGEST_NUMBER, LONGEST_TEXT = 64, 40, 20, 500
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # JSON can write a NUL and half a surrogate pair; PostgreSQL keeps none
STATUSES = ("delivered", "failed", "read")
Row = dict[str, str]


class Malformed(ValueError):
    """The body cannot be read: `field` is the path at fault, `code` the rule, `most` its limit where it has one."""

    def __init__(self, field: str, code: str, most: int = 0) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.most = most


def read_receipts(body: bytes) -> list[Row]:
    """`{"receipts": [{"id", "provider_id", "status", "at", "code"}]}` as clean rows; times in UTC."""
    return [
        {
            "id": _text(row, "id", path, LONGEST_ID),
            "provider_id": _text(row, "provider_id", path, LONGEST_ID, required=False),
            "status": _status(row, path),
            "at": _moment(row, path),
            "code": _text(row, "code", path, LONGEST_CODE, required=False),
        }
        for path, row in _rows(body, "receipts")
    ]


def read_replies(body: bytes) -> list[Row]:
    """`{"replies": [{"from", "to", "text", "at", "reply_to"}]}` as clean rows; times in UTC."""
    return [
        {
            "from": _text(row, "from", path, LONGEST_NUMBER),
            "to": _text(row, "to", path, LONGEST_NUMBER, required=False),
            "text": _text(row, "text", path, LONGEST_TEXT),
            "at": _moment(row, path),
            "reply_to": _text(row, "reply_to", path, LONGEST_ID, required=False),
        }
        for path, row in _rows(body, "replies")
    ]


def _rows(body: bytes, name: str) -> list[tuple[str, dict[str, object]]]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("", "not_json") from None
    rows = parsed.get(name) if isinstance(parsed, dict) else None
    if not isinstance(rows, list) or not rows:
        raise Malformed(name, "no_rows")
    if len(rows) > MOST_ROWS:
        raise Malformed(name, "too_many", MOST_ROWS)
    paths = [(f"{name}[{place}]", row) for place, row in enumerate(rows)]
    for path, row in paths:
        if not isinstance(row, dict):
            raise Malformed(path, "not_object")
    return paths


def _text(row: dict[str, object], name: str, path: str, most: int, *, required: bool = True) -> str:
    value = row.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or len(value) > most or (required and not value.strip()):
        raise Malformed(f"{path}.{name}", "bad_text", most)
    if UNSTORABLE.search(value):
        raise Malformed(f"{path}.{name}", "bad_text", most)
    return value


def _status(row: dict[str, object], path: str) -> str:
    status = row.get("status")
    if not isinstance(status, str) or status not in STATUSES:
        raise Malformed(f"{path}.status", "bad_status")
    return status


def _moment(row: dict[str, object], path: str) -> str:
    value = row.get("at")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= LONGEST_CODE else None
        if moment is None or moment.tzinfo is None or not 2000 < moment.year < 2200:
            raise Malformed(f"{path}.at", "bad_time")
        return moment.astimezone(UTC).isoformat()
    except Malformed:
        raise
    except ValueError:
        raise Malformed(f"{path}.at", "bad_time") from None
