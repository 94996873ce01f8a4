"""What the gateway has taken: every id for ever, whole messages for the newest few thousand, and all counts."""

from array import array
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from .admission import Admission, Repetition
from .behaviour import Behaviour, Fates
from .contract import Message, parts
from .pulse import Pulse
from .voice import BUSY, DONE, HUNG_UP, NO_ANSWER, Call, Switchboard

KEPT_MESSAGES = 5_000
KEPT_REPLIES = 2_000
_kept = tuple.__new__  # a NamedTuple's own constructor takes three times as long
EXERCISE_MARK = "【演练】"

SPOKEN_MARK = "演练"

# A receipt waits as one number, `sequence << 3 | place in this row`: a million waiting receipts cost 8 MB.
STATES = (
    ("delivered", ""),
    ("failed", "unreachable"),
    ("read", ""),
    ("failed", NO_ANSWER),
    ("failed", BUSY),
    ("failed", HUNG_UP),
)
DELIVERED, FAILED, READ = 0, 1, 2
_ENDS = [f',"status":"{word}"' + (f',"code":"{code}"' if code else "") for word, code in STATES]
OUTCOMES = {DONE: DELIVERED, NO_ANSWER: 3, BUSY: 4, HUNG_UP: 5}

Answer = str
"""The gateway's answer for one message, JSON already: half a million a minute would spend most time in the encoder."""


def moment(seconds: float) -> str:
    """Return Unix time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def is_exercise(text: str) -> bool:
    """Say whether a text begins with the exercise mark, alone or after the sender's 【signature】, or speaks it."""
    if text[:1] != "【":
        return text.startswith(SPOKEN_MARK)
    return text.startswith(EXERCISE_MARK) or text.partition("】")[2].startswith(EXERCISE_MARK)


class Kept(NamedTuple):
    """One of the newest messages of an account: `place` orders those of all accounts, `seq` those of one."""

    place: int
    seq: int
    id: str
    to: str
    text: str
    lane: str
    kind: str
    at: float


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

    behaviour: Behaviour
    admission: Admission
    repetition: Repetition
    lines: Switchboard
    fates: Fates


class _Book:
    """The sums of one call. Texts repeat within a call, so runs of equal ones are counted at once."""

    def __init__(self) -> None:
        self.groups: Counter[tuple[str, str, bool]] = Counter()
        self.parts = 0
        self._of = ("", "", "")
        self._run = 0

    def enter(self, lane: str, kind: str, text: str) -> None:
        """Count one accepted message."""
        if self._of != (lane, kind, text):
            self.close()
            self._of = (lane, kind, text)
        self._run += 1

    def close(self) -> None:
        """Add up the run of equal messages under way."""
        lane, kind, text = self._of
        if self._run:
            self.groups[lane, kind, is_exercise(text)] += self._run
            self.parts += self._run * parts(text) if kind == "sms" else 0
        self._run = 0


class Ledger:
    """Takes one account's messages and counts them.

    About 200 bytes a message stay for ever, so a million fit in 200 MB.
    """

    def __init__(self, account: str, prefix: str, places: Iterator[int]) -> None:
        self.account = account
        self._prefix = prefix
        self._places = places
        self._sequence_of: dict[str, int] = {}
        self._ids: list[str] = []
        self._told: dict[int, int] = {}
        self.kept: deque[Kept] = deque(maxlen=KEPT_MESSAGES)
        self.replies: deque[Reply] = deque(maxlen=KEPT_REPLIES)
        self.counts: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.groups: Counter[tuple[str, str, bool]] = Counter()
        """Accepted messages by (lane, kind, exercise)."""
        self.pulse = Pulse()
        self.version = 0
        """Grows with everything a page could show."""

    def take(self, messages: list[Message], *, now: float, desk: Desk) -> Taken:
        """Take one call's messages. Unless the account is plain, a known id is answered again, not delivered again."""
        taken, book = Taken(), _Book()
        known_as, dedupe, answer = self._sequence_of, desk.behaviour.dedupe, taken.answers.append
        examine, fates, free = desk.admission.examine, desk.fates, not desk.behaviour.same_text_seconds
        head, ids, keep, places = self._prefix, self._ids, self.kept.append, self._places
        for message in messages:
            number: str = message["id"]  # type: ignore[assignment]  # read_messages has checked it
            earlier = known_as.get(number)
            if earlier is not None and dedupe:
                self.counts["repeats"] += 1
                answer(f'{{"id":{quoted(number)},"status":"accepted","provider_id":"{head}{earlier}"}}')
                continue
            code, text = examine(message)
            to: str = message.get("to")  # type: ignore[assignment]  # examined, or refused before it is used
            kind: str = message.get("kind", "sms")  # type: ignore[assignment]
            drawn = 0 if code or fates.idle else fates.draw(to)
            if not (free and kind == "sms" and "template" not in message and not fates.rejects) or code:
                refusal = self._refused(message, number, code, text, drawn, now, desk)
                if refusal:
                    answer(refusal)
                    continue
            seq = len(ids)
            ids.append(number)
            if earlier is None:
                known_as[number] = seq
            else:
                self.counts["duplicates"] += 1
            lane: str = message.get("lane", "bulk")  # type: ignore[assignment]
            keep(_kept(Kept, (next(places), seq, number, to, text, lane, kind, now)))
            book.enter(lane, kind, text)
            extra = ""
            if kind == "voice":
                extra = self._dial(seq, number, to, text, lane, drawn, now, desk)
            elif fates.idle:
                taken.receipts.append(seq << 3)
            else:
                self._befall(taken, seq, to, number, fates, drawn)
            answer(f'{{"id":{quoted(number)},"status":"accepted","provider_id":"{head}{seq}"{extra}}}')
        self.counts["received"] += len(messages)
        self._close(book, now)
        return taken

    def _close(self, book: "_Book", now: float) -> None:
        """Add a call's sums to the account's."""
        book.close()
        self.counts["parts"] += book.parts
        for (lane, kind, marked), count in book.groups.items():
            self.groups[lane, kind, marked] += count
            self.pulse.beat(lane, now, count)
        self.version += 1

    def _refused(
        self, message: Message, number: str, code: str, text: str, drawn: int, now: float, desk: Desk
    ) -> Answer:
        """Return the answer for a message that may not go out, or not now; "" for one that may."""
        after = 0.0
        if not code and desk.fates.is_rejected(drawn):
            code = "number_barred"
        if not code and message.get("kind") == "voice":
            code, after = desk.lines.admit(str(message["to"]), now)
        elif not code:
            code = desk.repetition.refuse(desk.behaviour, message, text, now)
        if after:
            self.counts["retried"] += 1
            return f'{{"id":{quoted(number)},"status":"retry","after":{round(after, 3)}}}'
        if code:
            self.rejected[code] += 1
            return f'{{"id":{quoted(number)},"status":"rejected","code":"{code}"}}'
        return ""

    def _dial(self, seq: int, number: str, to: str, text: str, lane: str, drawn: int, now: float, desk: Desk) -> str:
        """Hand a call to the lines; return what the answer says of the time until it rings."""
        wait = desk.lines.wait_seconds()
        desk.lines.offer(self._dialled(seq, number, to, text, desk.fates, drawn), lane, now)
        return f',"starts_in":{round(wait, 3)}' if wait else ""

    def _dialled(self, seq: int, number: str, to: str, text: str, fates: Fates, drawn: int) -> Call:
        """Return the call for a message; a phone that is switched off waits for a hand like any other."""
        if fates.idle or fates.is_undelivered(drawn):
            return Call(seq, number, to, text)
        return Call(seq, number, to, text, plan=fates.call(drawn), press=fates.answer(drawn))

    def _befall(self, taken: Taken, seq: int, to: str, number: str, fates: Fates, drawn: int) -> None:
        """Note what this phone does with the message: stay off, show it, read it, answer it."""
        if fates.is_undelivered(drawn):
            self.counts["undelivered"] += 1
            taken.receipts.append(seq << 3 | FAILED)
            return
        taken.receipts.append(seq << 3)
        if fates.is_read(drawn):
            taken.receipts.append(seq << 3 | READ)
        key = fates.answer(drawn)
        if key:
            taken.replies.append(Reply(to, key, 0.0, number))

    def called(self, call: Call, now: float) -> Taken:
        """Return what a call that is over owes: its receipt, and its key as an answer."""
        taken = Taken(receipts=array("Q", [call.seq << 3 | OUTCOMES[call.outcome]]))
        if call.outcome != DONE:
            self.counts["undelivered"] += 1
        if call.key:
            taken.replies.append(Reply(call.to, call.key, now, call.id))
        self.version += 1
        return taken

    def postpone(self, messages: list[Message], after: float) -> list[Answer]:
        """Answer "retry" for messages over the account's rate."""
        self.counts["received"] += len(messages)
        self.counts["retried"] += len(messages)
        return [
            f'{{"id":{quoted(str(message["id"]))},"status":"retry","after":{round(after, 3)}}}' for message in messages
        ]

    def receipts(self, codes: Sequence[int], at: str) -> list[str]:
        """Return waiting receipts as the platform gets them: JSON objects."""
        head, ids, ends = self._prefix, self._ids, [f'{end},"at":"{at}"}}' for end in _ENDS]
        return [f'{{"id":{quoted(ids[code >> 3])},"provider_id":"{head}{code >> 3}"{ends[code & 7]}' for code in codes]

    def reported(self, codes: Sequence[int]) -> None:
        """Show on the phones what the platform was told; read stays read when receipts come out of order."""
        if not self.kept:
            return
        oldest = self.kept[0].seq
        for code in codes:
            if code >> 3 >= oldest and self._told.get(code >> 3) != READ:
                self._told[code >> 3] = code & 7
        if len(self._told) > 2 * KEPT_MESSAGES:
            self._told = {seq: told for seq, told in self._told.items() if seq >= oldest}
        self.version += 1

    def state(self, message: Kept) -> tuple[str, str]:
        """Return a kept message's status and code: "accepted" until the platform has its receipt."""
        told = self._told.get(message.seq)
        return ("accepted", "") if told is None else STATES[told]

    def answered(self, reply: Reply) -> None:
        """Show a phone's answer, once."""
        if reply.shown:
            return
        reply.shown = True
        self.replies.append(reply)
        self.version += 1

    def mark(self, now: float) -> None:
        """Count from here on; what was taken stays known."""
        self.counts.clear()
        self.rejected.clear()
        self.groups.clear()
        self.pulse = Pulse(now)

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
        status, code = self.state(message)
        return {
            "seq": message.place,
            "account": self.account,
            "id": message.id,
            "provider_id": f"{self._prefix}{message.seq}",
            "to": message.to,
            "text": message.text,
            "lane": message.lane,
            "kind": message.kind,
            "exercise": is_exercise(message.text),
            "status": status,
            "code": code,
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
            "accepted": self.groups.total() - self.counts["duplicates"],
            "repeats": self.counts["repeats"],
            "duplicates": self.counts["duplicates"],
            "rejected": self.rejected.total(),
            "rejected_by_code": dict(self.rejected),
            "retried": self.counts["retried"],
            "undelivered": self.counts["undelivered"],
            "parts": self.counts["parts"],
            "by_lane": lanes,
            "by_kind": kinds,
            "by_mark": exercise,
            "accepted_after": self.pulse.stats(),
        }
