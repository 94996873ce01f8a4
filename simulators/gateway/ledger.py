"""What the gateway has taken: every id for ever, whole messages for the newest few thousand, and all counts."""

from array import array
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .admission import Admission, VoiceLines
from .behaviour import Fates
from .contract import Message

KEPT_MESSAGES = 5_000
KEPT_REPLIES = 2_000
EXERCISE_MARK = "【演练】"

# A receipt waits as one number, `sequence << 2 | one of these`: a million waiting receipts cost 8 MB.
DELIVERED, FAILED, READ = 0, 1, 2
STATUS_WORDS = ("delivered", "failed", "read")
UNDELIVERED_CODE = "unreachable"

Answer = dict[str, object]
"""The gateway's answer for one message."""


def moment(seconds: float) -> str:
    """Return Unix time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def is_exercise(text: str) -> bool:
    """Say whether a text begins with the exercise mark, alone or after the sender's 【signature】."""
    return text.startswith(EXERCISE_MARK) or (text[:1] == "【" and text.partition("】")[2].startswith(EXERCISE_MARK))


@dataclass(slots=True)
class Kept:
    """One of the newest messages as its phone shows it; `status` is "accepted" until a receipt was handed over."""

    seq: int
    id: str
    to: str
    text: str
    lane: str
    kind: str
    at: float
    status: str = "accepted"


@dataclass(slots=True)
class Reply:
    """What a phone answered; `reply_to` is the message id it answers, where one is known."""

    number: str
    text: str
    at: float
    reply_to: str | None
    shown: bool = False


@dataclass(slots=True)
class Taken:
    """The outcome of one call: an answer per message, the receipts owed, the phones that answer by themselves."""

    answers: list[Answer] = field(default_factory=list)
    receipts: "array[int]" = field(default_factory=lambda: array("Q"))
    replies: list[Reply] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """What decides about a message: the account's rules, its voice lines, the phones' fates."""

    admission: Admission
    lines: VoiceLines
    fates: Fates
    dedupe: bool


class Ledger:
    """Takes messages and counts them. About 200 bytes a message stay for ever, so a million fit in 200 MB."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._sequence_of: dict[str, int] = {}
        self._ids: list[str] = []
        self.kept: deque[Kept] = deque(maxlen=KEPT_MESSAGES)
        self.replies: deque[Reply] = deque(maxlen=KEPT_REPLIES)
        self.counts: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.groups: Counter[tuple[str, str, bool]] = Counter()
        """Accepted messages by (lane, kind, exercise)."""
        self.version = 0
        """Grows with everything a page could show."""

    def take(self, messages: list[Message], *, now: float, desk: Desk) -> Taken:
        """Take one call's messages. With `desk.dedupe` a known id is answered again but not delivered again."""
        taken = Taken()
        for message in messages:
            number = str(message["id"])
            earlier = self._sequence_of.get(number)
            if earlier is not None and desk.dedupe:
                self.counts["repeats"] += 1
                taken.answers.append(self._accepted(number, earlier))
            else:
                taken.answers.append(self._examined(message, number, earlier is not None, now, desk, taken))
        self.counts["received"] += len(messages)
        self.version += 1
        return taken

    def _accepted(self, number: str, seq: int) -> Answer:
        return {"id": number, "status": "accepted", "provider_id": f"{self._prefix}{seq}"}

    def _examined(self, message: Message, number: str, known: bool, now: float, desk: Desk, taken: Taken) -> Answer:
        """Reject a message, ask for it later, or accept and keep it; return the answer."""
        code, text = desk.admission.examine(message)
        to, kind = str(message.get("to")), str(message.get("kind", "sms"))
        fates, drawn = desk.fates, 0
        if not code and not fates.idle:
            drawn = fates.draw(to)
            code = "number_barred" if fates.is_rejected(drawn) else ""
        if not code and kind == "voice":
            code, after = desk.lines.ring(to, now)
            if code == "busy":
                self.counts["retried"] += 1
                return {"id": number, "status": "retry", "after": round(after, 3)}
        if code:
            self.rejected[code] += 1
            return {"id": number, "status": "rejected", "code": code}
        seq = len(self._ids)
        self._ids.append(number)
        if known:
            self.counts["duplicates"] += 1
        else:
            self._sequence_of[number] = seq
        lane = str(message.get("lane", "bulk"))
        self.groups[lane, kind, is_exercise(text)] += 1
        self.kept.append(Kept(seq, number, to, text, lane, kind, now))
        if fates.idle:
            taken.receipts.append(seq << 2)
        else:
            self._befall(taken, seq, to, number, fates, drawn)
        return self._accepted(number, seq)

    def _befall(self, taken: Taken, seq: int, to: str, number: str, fates: Fates, drawn: int) -> None:
        """Note what this phone does with the message: stay off, show it, read it, answer it."""
        if fates.is_undelivered(drawn):
            self.counts["undelivered"] += 1
            taken.receipts.append(seq << 2 | FAILED)
            return
        taken.receipts.append(seq << 2)
        if fates.is_read(drawn):
            taken.receipts.append(seq << 2 | READ)
        key = fates.answer(drawn)
        if key:
            taken.replies.append(Reply(to, key, 0.0, number))

    def postpone(self, messages: list[Message], after: float) -> list[Answer]:
        """Answer "retry" for messages over the account's rate."""
        self.counts["received"] += len(messages)
        self.counts["retried"] += len(messages)
        return [{"id": message["id"], "status": "retry", "after": round(after, 3)} for message in messages]

    def receipt(self, code: int, at: str) -> dict[str, object]:
        """Return a waiting receipt as the platform gets it."""
        seq, status = code >> 2, code & 3
        receipt: dict[str, object] = {
            "id": self._ids[seq],
            "provider_id": f"{self._prefix}{seq}",
            "status": STATUS_WORDS[status],
            "at": at,
        }
        if status == FAILED:
            receipt["code"] = UNDELIVERED_CODE
        return receipt

    def reported(self, codes: list[int]) -> None:
        """Show on the phones what the platform was told; read stays read when receipts come out of order."""
        if not self.kept:
            return
        oldest = self.kept[0].seq
        for code in codes:
            if code >> 2 >= oldest:
                message = self.kept[(code >> 2) - oldest]
                if message.status != "read":
                    message.status = STATUS_WORDS[code & 3]
        self.version += 1

    def answered(self, reply: Reply) -> None:
        """Show a phone's answer, once."""
        if reply.shown:
            return
        reply.shown = True
        self.replies.append(reply)
        self.version += 1

    def find(self, number: str) -> dict[str, object] | None:
        """Return a message by id; one older than the kept ones has only id and provider id. None if never taken."""
        seq = self._sequence_of.get(number)
        if seq is None:
            return None
        if self.kept and seq >= self.kept[0].seq:
            return self.shown(self.kept[seq - self.kept[0].seq])
        return {"seq": seq, "id": number, "provider_id": f"{self._prefix}{seq}", "kept": False}

    def shown(self, message: Kept) -> dict[str, object]:
        """Return a kept message as JSON."""
        return {
            "seq": message.seq,
            "id": message.id,
            "provider_id": f"{self._prefix}{message.seq}",
            "to": message.to,
            "text": message.text,
            "lane": message.lane,
            "kind": message.kind,
            "exercise": is_exercise(message.text),
            "status": message.status,
            "at": moment(message.at),
            "kept": True,
        }

    def newest(self, to: str = "") -> Iterator[Kept]:
        """Walk the kept messages, newest first, of one phone or of all."""
        return (message for message in reversed(self.kept) if not to or message.to == to)

    def stats(self) -> dict[str, object]:
        """Return the counts. `accepted` are distinct ids, `duplicates` what a plain gateway delivered again."""
        lanes: dict[str, int] = {"alarm": 0, "bulk": 0}
        kinds: dict[str, int] = {"sms": 0, "voice": 0}
        exercise = {"exercise": 0, "live": 0}
        for (lane, kind, marked), count in self.groups.items():
            lanes[lane] += count
            kinds[kind] += count
            exercise["exercise" if marked else "live"] += count
        return {
            "received": self.counts["received"],
            "accepted": len(self._sequence_of),
            "repeats": self.counts["repeats"],
            "duplicates": self.counts["duplicates"],
            "rejected": self.rejected.total(),
            "rejected_by_code": dict(self.rejected),
            "retried": self.counts["retried"],
            "undelivered": self.counts["undelivered"],
            "by_lane": lanes,
            "by_kind": kinds,
            "by_mark": exercise,
        }
