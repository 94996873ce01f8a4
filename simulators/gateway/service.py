"""The gateway itself: one object that takes calls, plays faults, owes receipts and lets phones answer."""

import asyncio
import random
import time
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp

from .admission import Admission, VoiceLines
from .behaviour import Behaviour, Fates
from .contract import MAX_TEXT, Message, Refusal, full_number, is_number, read_messages, verify
from .ledger import Answer, Desk, Ledger, Reply, Taken, moment
from .outbox import FIRST_WAIT_SECONDS, Outbox
from .pacing import Pace


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


class Gateway:
    """A gateway with one account book; must be made inside a running event loop."""

    def __init__(self, identity: Identity, behaviour: Behaviour) -> None:
        self._identity = identity
        self._resets = 0
        self._calls: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._stopping = asyncio.Event()
        self._pace = Pace(behaviour.rate)
        self._dead_until = time.monotonic() + behaviour.dead_seconds
        self.started = time.time()
        self.ledger = Ledger(self._prefix())
        self.receipts: Outbox[int] = Outbox(
            "receipts",
            f"{identity.webhook_url.rstrip('/')}/receipts/{identity.name}/",
            identity.webhook_secret,
            render=lambda code, at: self.ledger.receipt(code, moment(at)),
            done=lambda codes: self.ledger.reported(codes),
            first_wait=identity.first_wait,
        )
        self.replies: Outbox[Reply] = Outbox(
            "replies",
            f"{identity.webhook_url.rstrip('/')}/replies/{identity.name}/",
            identity.webhook_secret,
            render=self._rendered_reply,
            done=lambda replies: None,
            first_wait=identity.first_wait,
        )
        self._apply(behaviour)

    # -- life ------------------------------------------------------------------------------------------------------

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Hand over receipts and replies until cancelled."""
        await asyncio.gather(self.receipts.run(session), self.replies.run(session))

    def stop(self) -> None:
        """Let every waiting call go, so that the process can end."""
        self._stopping.set()
        self._pace.let_go()

    def reset(self) -> None:
        """Forget every message, count and waiting report; the behaviour stays, its random draws start anew."""
        self._resets += 1
        self.receipts.clear()
        self.replies.clear()
        self._calls.clear()
        self._lost.clear()
        version = self.ledger.version + 1
        self.ledger = Ledger(self._prefix())
        self.ledger.version = version  # pages ask for what changed since theirs
        self._apply(self.behaviour)

    def control(self, values: Mapping[str, Any]) -> Behaviour:
        """Change options from now on; raise `Refusal` and change nothing when one is wrong."""
        self._apply(self.behaviour.changed(values))
        if "dead_seconds" in values:
            self._dead_until = time.monotonic() + self.behaviour.dead_seconds
        return self.behaviour

    def _apply(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._desk = Desk(Admission(behaviour), VoiceLines(behaviour), Fates(behaviour), behaviour.dedupe)
        self._call_draws = random.Random(behaviour.seed)
        self._receipt_draws = random.Random(behaviour.seed + 1)
        self._pace.let_go()
        self._pace = Pace(behaviour.rate)

    def _prefix(self) -> str:
        """Provider ids differ between runs and after a reset, as an operator's would."""
        return f"g{int(self.started):x}-{self._resets}-"

    # -- calls -----------------------------------------------------------------------------------------------------

    async def call(self, headers: Mapping[str, str], body: bytes) -> list[Answer]:
        """Take one `POST /v1/messages`; raise `Refusal` for a refused call, `Unanswered` for one to be cut off."""
        self._calls["calls"] += 1
        if time.monotonic() < self._dead_until:
            self._calls["unanswered"] += 1
            raise Unanswered
        try:
            verify(self._identity.sms_secret, headers, body, time.time())
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

    async def _pass(self, messages: list[Message], account: str) -> list[Answer]:
        """Take messages as fast as the account's rate allows."""
        if self.behaviour.pace == "block":
            await self._pace.wait(account, len(messages))
            return self._take(messages)
        granted, after = self._pace.grant(account, len(messages))
        answers = self._take(messages[:granted]) if granted else []
        if granted < len(messages):
            answers += self.ledger.postpone(messages[granted:], max(after, 0.001))
        return answers

    def _take(self, messages: list[Message]) -> list[Answer]:
        now = time.time()
        taken = self.ledger.take(messages, now=now, desk=self._desk)
        self._owe(taken, now)
        return taken.answers

    async def _wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the process."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    # -- what goes back --------------------------------------------------------------------------------------------

    def _owe(self, taken: Taken, now: float) -> None:
        """Queue a call's receipts, with the losses, doubles and disorder asked for, and its phones' own answers."""
        behaviour = self.behaviour
        codes: Sequence[int] = taken.receipts
        draw = self._receipt_draws.random
        if behaviour.receipt_loss:
            codes = array("Q", (code for code in codes if draw() >= behaviour.receipt_loss))
            self._lost["lost"] += len(taken.receipts) - len(codes)
        if behaviour.receipt_shuffle:
            mixed = list(codes)
            self._receipt_draws.shuffle(mixed)
            codes = array("Q", mixed)
        due = now + behaviour.receipt_delay
        if codes:
            self.receipts.put(codes, due)
        if behaviour.receipt_duplicate:
            again = array("Q", (code for code in codes if draw() < behaviour.receipt_duplicate))
            self._lost["duplicated"] += len(again)
            if again:
                self.receipts.put(again, due + behaviour.receipt_delay)
        if taken.replies:
            at = due + behaviour.auto_reply_delay
            for reply in taken.replies:
                reply.at = at
            self.replies.put(taken.replies, at)

    def _rendered_reply(self, reply: Reply, _due: float) -> dict[str, object]:
        """Show an answer on its phone and return it as the platform gets it."""
        self.ledger.answered(reply)
        return {
            "from": reply.number,
            "to": self._identity.sender,
            "text": reply.text,
            "at": moment(reply.at),
            "reply_to": reply.reply_to,
        }

    def answer(self, number: str, text: object) -> Reply:
        """Let a phone answer now, to the newest message it got; raise `Refusal` 400 for a bad number or text."""
        number = full_number(number)
        if not is_number(number):
            raise Refusal(400, "bad_number", "The number must be a +86 mobile or landline.")
        if not isinstance(text, str) or not 0 < len(text.strip()) <= MAX_TEXT:
            raise Refusal(400, "bad_text", f'"text" must be 1 to {MAX_TEXT} characters.')
        newest = next(self.ledger.newest(number), None)
        reply = Reply(number, text.strip(), time.time(), newest.id if newest else None)
        self.ledger.answered(reply)  # at once, even while the platform is down and the post waits
        self.replies.put([reply], reply.at)
        return reply

    # -- counts ----------------------------------------------------------------------------------------------------

    def stats(self) -> dict[str, object]:
        """Return every count as JSON."""
        calls = ("calls", "refused", "failed", "throttled", "unanswered")
        return {
            "gateway": self._identity.name,
            "since": moment(self.started),
            "resets": self._resets,
            "calls": self._calls["calls"],
            "calls_by_fault": {name: self._calls[name] for name in calls[1:]},
            **self.ledger.stats(),
            "receipts": {
                **asdict(self.receipts.counts),
                "pending": self.receipts.pending,
                "lost": self._lost["lost"],
                "duplicated": self._lost["duplicated"],
            },
            "replies": {**asdict(self.replies.counts), "pending": self.replies.pending},
        }
