"""Telephone calls: a few lines, a queue before them, phones that ring until a hand or their own nature answers.

Everything happens at moments that are passed in, so that an hour of calls needs no hour.
"""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .behaviour import Behaviour
from .contract import Refusal

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
MOST_CALLEES = 100_000
KEYS = frozenset("0123456789*#")
MOST_KEYS = 12  # pressed in one call: an answer with its code

QUEUED, RINGING, TALKING, ENDED = "queued", "ringing", "talking", "ended"
DONE, NO_ANSWER, BUSY, HUNG_UP = "done", "no_answer", "busy", "hung_up"


@dataclass(slots=True)
class Call:
    """One call; `plan` is what its phone does by itself, `until` when its present state ends by itself."""

    seq: int
    id: str
    to: str
    text: str
    plan: str = ""
    press: str = ""
    """The key this phone presses by itself at the end of the text."""

    state: str = QUEUED
    since: float = 0.0
    until: float = 0.0
    outcome: str = ""
    key: str = ""


class Callees:
    """How often each number was rung in the last day."""

    def __init__(self) -> None:
        self._rung: dict[str, deque[float]] = {}

    def refuse(self, number: str, behaviour: Behaviour, now: float) -> str:
        """Return "" or the code of the first cap that one more call would break."""
        rung = self._rung.get(number)
        if not rung:
            return ""
        while rung and rung[0] <= now - DAY:
            rung.popleft()
        for name, most, span in (
            ("minute", behaviour.voice_per_minute, MINUTE),
            ("hour", behaviour.voice_per_hour, HOUR),
            ("day", behaviour.voice_per_day, DAY),
        ):
            if most and sum(at > now - span for at in rung) >= most:
                return f"callee_cap_{name}"
        return ""

    def note(self, number: str, now: float) -> None:
        """Remember a call; beyond the bound those who were not rung today are forgotten."""
        if len(self._rung) >= MOST_CALLEES:
            self._rung = {each: rung for each, rung in self._rung.items() if rung and rung[-1] > now - DAY}
        self._rung.setdefault(number, deque(maxlen=1_000)).append(now)


class Switchboard:
    """The lines of one account. `ended` hears every call that is over, with the moment it ended."""

    def __init__(self, behaviour: Behaviour, ended: Callable[[Call, float], None]) -> None:
        self.behaviour = behaviour
        self._ended = ended
        self._callees = Callees()
        self._waiting: dict[str, deque[Call]] = {"alarm": deque(), "bulk": deque()}
        self._live: dict[int, Call] = {}
        self._engaged: dict[str, Call] = {}
        self._due: list[tuple[float, int, Call]] = []
        self._order = 0
        self.outcomes: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.most_in_use = 0
        self.changes = 0
        """Grows with everything that happens at a phone."""

    @property
    def waiting(self) -> int:
        """Calls without a line yet."""
        return sum(map(len, self._waiting.values()))

    @property
    def in_use(self) -> int:
        """Lines that ring or talk."""
        return len(self._live)

    def call_seconds(self) -> float:
        """How long one answered call holds a line."""
        return (self.behaviour.voice_pickup_seconds + self.behaviour.voice_seconds) / self.behaviour.voice_speed

    def wait_seconds(self) -> float:
        """How long a call offered now would wait for a line, if all before it are answered."""
        lines = self.behaviour.voice_lines
        ahead = self.waiting + self.in_use - lines + 1
        return max(0.0, ahead / lines * self.call_seconds()) if lines else 0.0

    def admit(self, number: str, now: float) -> tuple[str, float]:
        """Return ("", 0), (a callee cap's code, 0), or ("retry", seconds) when too many calls wait already."""
        if code := self._callees.refuse(number, self.behaviour, now):
            return code, 0.0
        lines = self.behaviour.voice_lines
        if lines and self.waiting >= lines * self.behaviour.voice_queue:
            return "retry", max(0.001, self.wait_seconds())
        return "", 0.0

    def offer(self, call: Call, lane: str, now: float) -> None:
        """Take an admitted call: it rings at once or waits for a line, alarms first."""
        self._callees.note(call.to, now)
        call.since = now
        self._waiting[lane].append(call)
        self._start(now)

    def advance(self, now: float) -> None:
        """Let everything happen that is due by `now`, in its order and at its own moment."""
        while self._due and self._due[0][0] <= now:
            due, _, call = heapq.heappop(self._due)
            if call.state == ENDED or call.until != due:
                continue
            if call.state == RINGING and call.plan in ("answered", "hung_up"):
                self._talk(call, due)
            elif call.state == RINGING:
                self._end(call, call.plan or NO_ANSWER, due)
            elif call.plan == HUNG_UP:
                self._end(call, HUNG_UP, due)
            else:
                call.key = call.press
                self._end(call, DONE, due)

    def next_due(self) -> float | None:
        """When something happens by itself, or None."""
        return self._due[0][0] if self._due else None

    def at(self, number: str) -> Call | None:
        """The call that this phone rings or talks with."""
        return self._engaged.get(number)

    def live(self) -> Iterator[Call]:
        """The calls that ring or talk, first rung first."""
        return iter(self._live.values())

    def act(self, number: str, do: str, key: str, now: float) -> Call:
        """A hand at a phone: "answer", "press" (with a key), "hang_up" or "busy"; raise `Refusal` when it cannot."""
        self.advance(now)
        call = self.at(number)
        if call is None:
            raise Refusal(409, "no_call", f"{number} does not ring.")
        if do == "answer" and call.state == RINGING:
            call.plan = call.press = ""
            self._talk(call, now)
        elif do == "press" and call.state == TALKING:
            if not key or len(key) > MOST_KEYS or set(key) - KEYS:
                raise Refusal(400, "bad_key", 'key must be one of 0 to 9, "*" or "#", or up to twelve of them.')
            call.key = key
            self._end(call, DONE, now)
        elif do == "hang_up" and call.state == TALKING:
            self._end(call, HUNG_UP, now)
        elif do in ("busy", "hang_up") and call.state == RINGING:
            self._end(call, BUSY, now)
        elif do in ("answer", "press", "busy"):
            raise Refusal(409, "wrong_moment", f"{number} is {call.state}: {do} is not possible now.")
        else:
            raise Refusal(400, "bad_act", "do must be one of: answer, press, hang_up, busy.")
        return call

    def stats(self) -> dict[str, object]:
        """Return the lines and how calls ended, as JSON."""
        return {
            "lines": self.behaviour.voice_lines,
            "in_use": self.in_use,
            "most_in_use": self.most_in_use,
            "waiting": self.waiting,
            "wait_seconds": round(self.wait_seconds(), 3),
            "outcomes": dict(self.outcomes),
            "keys": dict(self.keys),
        }

    def mark(self) -> None:
        """Count from here on."""
        self.outcomes.clear()
        self.keys.clear()
        self.most_in_use = self.in_use

    def _start(self, now: float) -> None:
        """Give free lines to who waits."""
        lines = self.behaviour.voice_lines
        while not lines or self.in_use < lines:
            queue = self._waiting["alarm"] or self._waiting["bulk"]
            if not queue:
                return
            call = queue.popleft()
            if call.to in self._engaged:
                self._over(call, BUSY, now)  # its phone is on another call
                continue
            self._live[call.seq] = self._engaged[call.to] = call
            self.most_in_use = max(self.most_in_use, self.in_use)
            call.state, call.since = RINGING, now
            by_itself = {"": self.behaviour.voice_ring_seconds, BUSY: 0.0}
            seconds = by_itself.get(call.plan, self.behaviour.voice_pickup_seconds)
            self._until(call, now + seconds / self.behaviour.voice_speed)

    def _talk(self, call: Call, now: float) -> None:
        call.state, call.since = TALKING, now
        seconds = self.behaviour.voice_seconds / self.behaviour.voice_speed
        self._until(call, now + (seconds / 2 if call.plan == HUNG_UP else seconds))

    def _until(self, call: Call, due: float) -> None:
        call.until = due
        self._order += 1
        self.changes += 1
        heapq.heappush(self._due, (due, self._order, call))

    def _end(self, call: Call, outcome: str, now: float) -> None:
        del self._live[call.seq], self._engaged[call.to]
        self._over(call, outcome, now)
        self._start(now)

    def _over(self, call: Call, outcome: str, now: float) -> None:
        call.state, call.outcome, call.since = ENDED, outcome, now
        self.outcomes[outcome] += 1
        self.changes += 1
        if call.key:
            self.keys[call.key[0]] += 1  # what follows is a code, and nobody counts codes
        self._ended(call, now)
