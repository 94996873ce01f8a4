"""One account of the gateway: takes calls, plays faults, owes receipts, rings phones and lets them answer."""

import asyncio
import json
import random
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

import aiohttp

from .admission import Admission, Repetition
from .behaviour import Behaviour, Fates
from .contract import Message, Refusal, parts, read_messages, verify
from .ledger import Answer, Desk, Ledger, Reply, Taken, moment
from .outbox import FIRST_WAIT_SECONDS, IN_FLIGHT, Outbox
from .pacing import Pace
from .voice import Call, Switchboard


class Unanswered(Exception):
    """The call gets no answer: its connection is to be broken."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the gateway is and whom it reports to. `sender` is the number that phones answer to."""

    name: str
    webhook_url: str
    sms_secret: bytes
    webhook_secret: bytes
    sender: str = "106900000000"
    first_wait: float = FIRST_WAIT_SECONDS
    clock: Callable[[], float] = time.time
    """Unix time; signatures are always checked against the real one."""


class Gateway:
    """One account with its own book; must be made inside a running event loop."""

    def __init__(self, identity: Identity, behaviour: Behaviour, places: Iterator[int] | None = None) -> None:
        self.identity = identity
        self._now = identity.clock
        self._places = places or count()
        self._resets = 0
        self._calls: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._stopping = asyncio.Event()
        self._rung = asyncio.Event()
        self._pace = Pace(behaviour.rate)
        self._dead_until = time.monotonic() + behaviour.dead_seconds
        self.started = time.time()
        self.ledger = Ledger(identity.name, self._prefix(), self._places)
        self.lines = Switchboard(behaviour, self._called)
        self._repetition = Repetition()
        self.receipts: Outbox[int] = Outbox(
            "receipts",
            f"{identity.webhook_url.rstrip('/')}/receipts/{identity.name}/",
            identity.webhook_secret,
            render=lambda codes, at: self.ledger.receipts(codes, moment(at)),
            done=lambda codes: self.ledger.reported(codes),
            first_wait=identity.first_wait,
            in_flight=IN_FLIGHT,
            clock=self._now,
        )
        self.replies: Outbox[Reply] = Outbox(
            "replies",
            f"{identity.webhook_url.rstrip('/')}/replies/{identity.name}/",
            identity.webhook_secret,
            render=lambda replies, _due: [self._rendered_reply(reply) for reply in replies],
            done=lambda replies: None,
            first_wait=identity.first_wait,
            clock=self._now,
        )
        self._apply(behaviour)

    # -- life ------------------------------------------------------------------------------------------------------

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Hand over receipts and replies and let calls go their way, until cancelled."""
        await asyncio.gather(self.receipts.run(session), self.replies.run(session), self._ring())

    async def _ring(self) -> None:
        """Let what is due at the phones happen when it is due."""
        while True:
            self._rung.clear()
            self.advance()
            due = self.lines.next_due()
            try:
                await asyncio.wait_for(self._rung.wait(), None if due is None else max(0.0, due - self._now()))
            except TimeoutError:
                continue

    def advance(self) -> None:
        """Let everything happen at the phones that is due by now."""
        self.lines.advance(self._now())

    @property
    def version(self) -> int:
        """Grows with everything a page could show of this account."""
        return self.ledger.version + self.lines.changes

    def stop(self) -> None:
        """Let every waiting call go, so that the process can end."""
        self._stopping.set()
        self._pace.let_go()

    def reset(self) -> None:
        """Forget every message, call, count and waiting report; the behaviour stays, its draws start anew."""
        self._resets += 1
        self.receipts.clear()
        self.replies.clear()
        self._calls.clear()
        self._lost.clear()
        version = self.version + 1
        self.ledger = Ledger(self.identity.name, self._prefix(), self._places)
        self.ledger.version = version  # pages ask for what changed since theirs
        self.lines = Switchboard(self.behaviour, self._called)
        self._repetition = Repetition()
        self._apply(self.behaviour)

    def mark(self) -> None:
        """Count from here on; what was taken stays known, what waits stays waiting."""
        self._calls.clear()
        self._lost.clear()
        self.ledger.mark(self._now())
        self.lines.mark()
        self.receipts.mark()
        self.replies.mark()

    def control(self, values: Mapping[str, Any]) -> Behaviour:
        """Change options from now on; raise `Refusal` and change nothing when one is wrong."""
        self._apply(self.behaviour.changed(values))
        if "dead_seconds" in values:
            self._dead_until = time.monotonic() + self.behaviour.dead_seconds
        return self.behaviour

    def _apply(self, behaviour: Behaviour) -> None:
        self.behaviour = self.lines.behaviour = behaviour
        self._desk = Desk(behaviour, Admission(behaviour), self._repetition, self.lines, Fates(behaviour))
        self._call_draws = random.Random(behaviour.seed)
        self._receipt_draws = random.Random(behaviour.seed + 1)
        self._pace.let_go()
        self._pace = Pace(behaviour.rate)

    def _prefix(self) -> str:
        """Provider ids differ between accounts, runs and after a reset, as an operator's would."""
        return f"{self.identity.name[:20]}-{int(self.started):x}-{self._resets}-"

    # -- calls -----------------------------------------------------------------------------------------------------

    async def call(self, headers: Mapping[str, str], body: bytes) -> list[Answer]:
        """Take one `POST /v1/messages`; raise `Refusal` for a refused call, `Unanswered` for one to be cut off."""
        self._calls["calls"] += 1
        if time.monotonic() < self._dead_until:
            self._calls["unanswered"] += 1
            raise Unanswered
        try:
            verify(self.identity.sms_secret, headers, body, time.time())
            messages = read_messages(body)
        except Refusal:
            self._calls["refused"] += 1
            raise
        silent = self._play_faults()
        if self.behaviour.latency:
            await self._wait(self.behaviour.latency)
        answers = await self._pass(messages, headers.get("X-Account", "")[:64])
        if silent:
            await self._wait(self.behaviour.timeout_seconds)
            raise Unanswered
        return answers

    def _play_faults(self) -> bool:
        """Fail or throttle this call by the rates set; return whether its answer is to be lost."""
        behaviour = self.behaviour
        if not (behaviour.fail_rate or behaviour.throttle_rate or behaviour.timeout_rate):
            return False
        drawn = self._call_draws.random()
        if drawn < behaviour.fail_rate:
            self._calls["failed"] += 1
            raise Refusal(503, "out_of_order", "The gateway is out of order (a fault that was asked for); try again.")
        drawn -= behaviour.fail_rate
        if drawn < behaviour.throttle_rate:
            self._calls["throttled"] += 1
            raise Refusal(429, "too_fast", "Too many calls (a fault that was asked for); try again in a second.")
        silent = drawn - behaviour.throttle_rate < behaviour.timeout_rate
        self._calls["unanswered"] += silent
        return silent

    async def _pass(self, messages: list[Message], lane: str) -> list[Answer]:
        """Take messages as fast as the account's rate allows."""
        behaviour = self.behaviour
        if not behaviour.rate:
            return self._take(messages)
        costs = [self._cost(message) for message in messages]
        if behaviour.pace == "block":
            await self._pace.wait(lane, sum(costs))
            return self._take(messages)
        granted, after = self._pace.grant(lane, costs, whole=behaviour.pace == "refuse")
        after = max(after, 0.001)
        if behaviour.pace == "refuse" and not granted:
            self._calls["throttled"] += 1
            raise Refusal(429, "too_fast", f"Over {behaviour.rate:g} parts a second; try again later.", after)
        answers = self._take(messages[:granted]) if granted else []
        if granted < len(messages):
            answers += self.ledger.postpone(messages[granted:], after)
        return answers

    def _cost(self, message: Message) -> int:
        """Return the parts a message costs; a call costs one."""
        return 1 if message.get("kind") == "voice" else parts(self._desk.admission.examine(message)[1]) or 1

    def _take(self, messages: list[Message]) -> list[Answer]:
        now = self._now()
        self.lines.advance(now)
        taken = self.ledger.take(messages, now=now, desk=self._desk)
        self._owe(taken, now)
        self.lines.advance(now)
        self._rung.set()
        return taken.answers

    async def _wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the process."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    # -- what goes back --------------------------------------------------------------------------------------------

    def _called(self, call: Call, now: float) -> None:
        """Report how a telephone call ended, and its key at once: whoever presses one has answered."""
        taken = self.ledger.called(call, now)
        for reply in taken.replies:
            self.ledger.answered(reply)
            self.replies.put([reply], now)
        taken.replies = []
        self._owe(taken, now)

    def _owe(self, taken: Taken, now: float) -> None:
        """Queue a call's receipts, with the losses, doubles and disorder asked for, and its phones' own answers."""
        behaviour, draw = self.behaviour, self._receipt_draws.random
        codes: Sequence[int] = taken.receipts
        if behaviour.receipt_loss:
            codes = array("Q", (code for code in codes if draw() >= behaviour.receipt_loss))
            self._lost["lost"] += len(taken.receipts) - len(codes)
        if behaviour.receipt_shuffle:
            mixed = list(codes)
            self._receipt_draws.shuffle(mixed)
            codes = array("Q", mixed)
        due = now + behaviour.receipt_delay
        if behaviour.receipt_duplicate:
            again = array("Q", (code for code in codes if draw() < behaviour.receipt_duplicate))
            self._lost["duplicated"] += len(again)
            self.receipts.put(again, due + behaviour.receipt_delay)
        if behaviour.receipt_late:
            late = frozenset(code for code in codes if draw() < behaviour.receipt_late)
            self._lost["late"] += len(late)
            self.receipts.put(array("Q", late), due + behaviour.receipt_late_seconds)
            codes = array("Q", (code for code in codes if code not in late))
        self.receipts.put(codes, due)
        if taken.replies:
            at = due + behaviour.auto_reply_delay
            for reply in taken.replies:
                reply.at = at
            self.replies.put(taken.replies, at)

    def _rendered_reply(self, reply: Reply) -> str:
        """Show an answer on its phone and return it as the platform gets it."""
        self.ledger.answered(reply)
        found = {
            "from": reply.number,
            "to": self.identity.sender,
            "text": reply.text,
            "at": moment(reply.at),
            "reply_to": reply.reply_to,
        }
        return json.dumps(found)

    def answer(self, number: str, text: str) -> Reply:
        """Let a phone answer now, to the newest message it got from this account."""
        newest = next(self.ledger.newest(number), None)
        reply = Reply(number, text, self._now(), newest.id if newest else None)
        self.ledger.answered(reply)  # at once, even while the platform is down and the post waits
        self.replies.put([reply], reply.at)
        return reply

    def act(self, number: str, do: str, key: str) -> Call:
        """Let a hand do something at a ringing phone."""
        call = self.lines.act(number, do, key, self._now())
        self._rung.set()
        return call

    # -- counts ----------------------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """Return every count as JSON."""
        self.advance()
        calls = ("calls", "refused", "failed", "throttled", "unanswered")
        return {
            "gateway": self.identity.name,
            "since": moment(self.started),
            "marked": moment(self.ledger.pulse.marked),
            "resets": self._resets,
            "calls": self._calls["calls"],
            "calls_by_fault": {name: self._calls[name] for name in calls[1:]},
            **self.ledger.stats(),
            "voice": self.lines.stats(),
            "receipts": {
                **asdict(self.receipts.counts),
                "pending": self.receipts.pending,
                **{name: self._lost[name] for name in ("lost", "duplicated", "late")},
            },
            "replies": {**asdict(self.replies.counts), "pending": self.replies.pending},
        }
