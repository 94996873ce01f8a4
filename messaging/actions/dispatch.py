"""Handing deliveries over: claim, decide, send, record.

1. Claim: due rows of one lane and channel, skipping what others hold. The row becomes SENDING, its fence rises, and it
   is free again when the lease ends: a worker that dies leaves rows that the next claim takes up by itself.
2. Commit. Rows that may not go out are settled; the rest is rendered and sent with no transaction open.
3. Record, in one statement under the fence of the claim: a worker that lost its lease changes nothing. A receipt that
   was quicker than the record stays: states of sent rows only rise.
"""

import json
import logging
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from core.bell import ring
from messaging import queries, rules
from messaging.actions.account import note_failure, note_success
from messaging.actions.broadcast import BELLS
from messaging.actions.carriage import Carriage, note_account
from messaging.actions.delivery_rows import Claimed, claim, due, mark_dead, record
from messaging.actions.hold import held_back, lines_free
from messaging.actions.pace import settle, take
from messaging.channels import channel_of, fault_of
from messaging.enums import Channel, Lane, State
from messaging.models import Broadcast

logger = logging.getLogger(__name__)

LINES_AGAIN = 2.0  # seconds until a voice account is asked again for a free line
LOOK_AGAIN = 1.0  # seconds after which a busy pass sees what has become due in other channels
# The same while nothing can be claimed: an account that rests or hangs must not cost the other channels more than this.
LOOK_WHILE_IDLE = 0.05


@dataclass(slots=True)
class Tally:
    """What one pass did, in messages. `lost`: results that came after the lease had gone to another worker."""

    claimed: int = 0
    accepted: int = 0
    rejected: int = 0
    retried: int = 0
    unknown: int = 0
    settled: int = 0
    lost: int = 0


def dispatch(
    lane: Lane,
    *,
    now: datetime,
    budget_seconds: float = 20.0,
    sleep: Callable[[float], None] = time.sleep,
    calls: int = 1,
) -> Tally:
    """Sends whatever is due in a lane until nothing is left or the budget is spent; then rings again.

    `now` is the moment by which expiry and age are judged; leases and due times go by the database's clock. `calls`:
    how many calls of a channel are out at once; with one, each batch is recorded before the next is claimed. No channel
    waits for a call of another. Several workers at once are safe. Must not be called inside a transaction.
    """
    ends = time.monotonic() + budget_seconds
    with ThreadPoolExecutor(calls * len(Channel)) as threads:
        work = _Pass(lane, now, threads, calls)
        while True:
            worked = work.turns()
            if time.monotonic() >= ends:
                work.close()
                ring(BELLS[lane])
                return work.tally
            if worked or work.await_one():
                continue
            if work.rested_until == rules.REST_OF_PASS:
                return work.tally
            sleep(max(0.0, min(work.rested_until - time.monotonic(), LOOK_WHILE_IDLE)))


@dataclass(slots=True)
class _Batch:
    """Rows of one claim and account on their way: `answers` come from the call."""

    channel: str
    account: rules.Account
    going: list[Claimed]
    outcomes: list[tuple[Claimed, rules.Outcome]]
    answers: Future[list[rules.Result]]
    is_detour: bool = False  # the account that goes first could not carry it


class _Pass:
    """One pass over a lane: channels take turns batch by batch, so that none waits behind another's thousands.

    With several calls out at once the next batch is claimed while the one before is with the gateway, and the other
    channels go on while a slow gateway thinks. Calls touch no database; everything else happens here, in one thread.
    """

    def __init__(self, lane: Lane, now: datetime, threads: ThreadPoolExecutor, calls: int) -> None:
        self.lane, self.now, self.tally = lane, now, Tally()
        self.threads, self.calls = threads, calls
        self.out: list[_Batch] = []
        self.word = "alarm" if lane == Lane.ALARM else "bulk"
        self.accounts = queries.all_accounts()
        self.carriage = Carriage(self.accounts)
        self.rests: dict[str, float] = {}  # until when a channel rests, by the monotonic clock
        self.waiting: set[str] = set()
        self.since: dict[str, str] = {}  # the latest due time that this pass has claimed of a channel
        self.looked = float("-inf")

    @property
    def rested_until(self) -> float:
        """When the first channel goes on: 0 at once, infinite when none does within this pass."""
        at_once = [0.0 for name in self.waiting if name not in self.rests]
        return min(at_once + list(self.rests.values()), default=rules.REST_OF_PASS)

    def turns(self, *, besides: Collection[str] = ()) -> bool:
        """One batch of each channel that has something due and a call free; False when there was none."""
        now = time.monotonic()
        over = [name for name, until in self.rests.items() if until <= now]
        for name in over:
            del self.rests[name]
        ready = self._ready(besides)
        # Whoever has rested is looked at before the pass may end: its rows fell due while it did.
        if over or now - self.looked >= (LOOK_AGAIN if ready else LOOK_WHILE_IDLE) or not self.waiting:
            self.looked = now
            self.waiting |= due(self.lane)
            ready = self._ready(besides)
        worked = [self._turn(name) for name in ready]
        return any(worked)

    def _ready(self, besides: Collection[str]) -> list[str]:
        """The channels that have something due, do not rest and have a call free."""
        out = [batch.channel for batch in self.out]
        return sorted(
            name for name in self.waiting.difference(besides) if name not in self.rests and out.count(name) < self.calls
        )

    def await_one(self) -> bool:
        """Waits a moment for the first of the calls that are out; False when none is."""
        if not self.out:
            return False
        wait_for([batch.answers for batch in self.out], timeout=LOOK_WHILE_IDLE, return_when=FIRST_COMPLETED)
        self._collect()
        return True

    def close(self) -> None:
        """Records everything that is out. Channels that have nothing out go on until the last of it is answered."""
        last = list(self.out)
        names = {batch.channel for batch in last}
        while any(not batch.answers.done() for batch in last):
            if not self.turns(besides=names):
                self.await_one()
        wait_for([batch.answers for batch in self.out])
        self._collect()

    def _collect(self) -> None:
        """Records whatever has been answered, the oldest first."""
        answered = [batch.answers.done() for batch in self.out]
        done = [batch for batch, is_done in zip(self.out, answered, strict=True) if is_done]
        self.out = [batch for batch, is_done in zip(self.out, answered, strict=True) if not is_done]
        for batch in done:
            self._record(batch)

    def _turn(self, name: str) -> bool:
        """One batch of one channel through the account that goes first; False when nothing could be claimed."""
        account = next(iter(self.accounts[name]), rules.Account(name=name, channel=name, provider=""))
        wire = channel_of(account)
        most = min(wire.batch_size if wire else rules.BATCH[Lane.BULK], rules.BATCH[self.lane])
        if account.lines and name == Channel.VOICE and not (most := min(most, lines_free(account))):
            self.rests[name] = time.monotonic() + LINES_AGAIN
            return False
        granted, wait = take(account, self.word, most=most)
        if not granted:
            self.rests[name] = time.monotonic() + wait
            return False
        claimed = claim(self.lane, name, account.name, granted, since=self.since.get(name, ""))
        if len(claimed) == granted:
            self.since[name] = claimed[0].newest
        elif not self.since.pop(name, ""):  # else from the beginning: what committed late may be due since earlier
            self.waiting.discard(name)
        used = 0
        for rows, through in self._routes(claimed, account):
            if through.name == account.name:
                used += self._hand_over(rows, through, name)
            else:
                self._hand_over_elsewhere(rows, through, name)
        settle(account, self.word, taken=granted, used=used)
        self._collect()
        return bool(claimed)

    def _hand_over_elsewhere(self, claimed: list[Claimed], account: rules.Account, name: str) -> None:
        """Rows that another account must take go at that one's pace; what it does not grant now falls due again."""
        note_account([row.id for row in claimed], account)
        wire = channel_of(account)
        most = min(len(claimed), wire.batch_size if wire else len(claimed))
        granted, wait = take(account, self.word, most=most)
        if granted:
            used = self._hand_over(claimed[:granted], account, name, is_detour=True)
            settle(account, self.word, taken=granted, used=used)
        record(
            [
                (
                    row,
                    rules.Outcome(
                        State.QUEUED if row.prior == State.QUEUED else State.UNKNOWN, wait=wait, attempts=row.attempts
                    ),
                )
                for row in claimed[granted:]
            ]
        )

    def _routes(self, claimed: list[Claimed], account: rules.Account) -> list[tuple[list[Claimed], rules.Account]]:
        """Which account each row goes through.

        What may have arrived through another account is asked again there, where its id stops a second delivery. An
        alarm does not wait for an account that fails: a second call beats none. What an account for reviewed templates
        cannot carry goes through the first that can.
        """
        others = {one.name: one for one in self.accounts[account.channel] if one.name != account.name}
        routes: dict[str, tuple[list[Claimed], rules.Account]] = {}
        for row in claimed:
            own = others.get(row.account) if row.prior != State.QUEUED else None
            through = own if own and not (own.rests and self.lane == Lane.ALARM) else account
            if through.templates_only and through is account:
                through = self._able(row, account)
            routes.setdefault(through.name, ([], through))[0].append(row)
        return list(routes.values())

    def _able(self, row: Claimed, account: rules.Account) -> rules.Account:
        """The account itself or the next of its channel that can carry a row; itself when none can."""
        broadcast = self.carriage.broadcast(row.broadcast_id)
        message, params = _rendered([row], {broadcast.pk: broadcast}, self.word)[0], _params(row)
        for one in (account, *(each for each in self.accounts[account.channel] if each is not account)):
            if not fault_of(one) and self.carriage.message(one, broadcast, message, params) is not None:
                return one
        return account

    def _hand_over(self, claimed: list[Claimed], account: rules.Account, name: str, *, is_detour: bool = False) -> int:
        """Decides and gives to the gateway rows of one account; returns how many parts it uses."""
        # Read after the claim, so that a withdrawal is seen.
        broadcasts = Broadcast.objects.in_bulk({row.broadcast_id for row in claimed})
        going: list[Claimed] = []
        outcomes: list[tuple[Claimed, rules.Outcome]] = []
        for row in claimed:
            facts = _facts(row, broadcasts[row.broadcast_id], self.lane, account)
            if (settled := rules.decide(facts, row.attempts, now=self.now)) is None:
                going.append(row)
            else:
                outcomes.append((row, settled))
        going, held = held_back(going, account)
        outcomes += held
        going, messages, barred = self._taken(going, broadcasts, account)
        outcomes += barred
        self.tally.claimed += len(claimed)
        self.tally.settled += len(outcomes)
        answers: Future[list[rules.Result]]
        if self.calls > 1 and messages:
            answers = self.threads.submit(_sent, account, messages)
        else:
            answers = Future()
            answers.set_result(_sent(account, messages))
        self.out.append(_Batch(name, account, going, outcomes, answers, is_detour))
        return rules.parts_of(messages, account) if rules.rate_of(account, self.word) else 0

    def _record(self, batch: _Batch) -> None:
        """Waits for the gateway's answers and writes down what becomes of each row."""
        results, outcomes = batch.answers.result(), batch.outcomes
        elsewhere = self._note(batch.account, results, batch.channel, is_detour=batch.is_detour)
        scale, idempotent = settings.RETRY_SCALE, batch.account.idempotent
        for row, result in zip(batch.going, results, strict=True):
            outcome = rules.outcome_of(
                result, row.attempts, lane=self.lane, idempotent=idempotent, scale=scale, elsewhere=elsewhere
            )
            outcomes.append((row, outcome))
            _count(self.tally, result)
        recorded = record(outcomes)
        if dead := [batch.going[place].id for place in rules.dead_numbers(results)]:
            mark_dead(dead, self.now)
        if late := len(outcomes) - recorded:
            self.tally.lost += late
            logger.warning("%s of %s results came after their lease and were not recorded", late, len(outcomes))

    def _taken(
        self, going: list[Claimed], broadcasts: dict[int, Broadcast], account: rules.Account
    ) -> tuple[list[Claimed], list[rules.Message], list[tuple[Claimed, rules.Outcome]]]:
        """The rows that an account takes, as it takes them, and what becomes of those that no template carries."""
        messages = _rendered(going, broadcasts, self.word)
        if not account.templates_only:
            return going, messages, []
        taken: list[tuple[Claimed, rules.Message]] = []
        barred: list[tuple[Claimed, rules.Outcome]] = []
        for row, message in zip(going, messages, strict=True):
            carried = self.carriage.message(account, broadcasts[row.broadcast_id], message, _params(row))
            if carried is None:
                barred.append((row, rules.Outcome(State.FAILED, "template_missing", attempts=row.attempts)))
            else:
                taken.append((row, carried))
        return [row for row, _message in taken], [message for _row, message in taken], barred

    def _note(
        self, account: rules.Account, results: Sequence[rules.Result], name: str, *, is_detour: bool = False
    ) -> bool:
        """Writes down how the account does and lets the channel rest; True when another account goes on at once."""
        if not results:
            return False
        if not (code := rules.failure_of(results)):
            note_success(account)
            if account.failures:
                self.accounts = queries.all_accounts()
        else:
            note_failure(account, code)
            self.accounts = queries.all_accounts()
            first = self.accounts[name][0] if self.accounts[name] else account
            if is_detour:  # the others cannot carry it: it waits, and holds up none of theirs
                return False
            if first.name != account.name and not first.rests and not fault_of(first):
                logger.warning("account %s failed (%s); %s goes on", account.name, code, first.name)
                self.waiting.add(name)
                return True
        if not is_detour and (pause := rules.pause_after(results)):
            self.rests[name] = time.monotonic() + pause
        return False


def _sent(account: rules.Account, messages: Sequence[rules.Message]) -> list[rules.Result]:
    if not messages:
        return []
    wire = channel_of(account)
    return wire.send(account, messages) if wire else [rules.RetryAfter(None, "gateway_unset")] * len(messages)


def _facts(row: Claimed, broadcast: Broadcast, lane: Lane, account: rules.Account) -> rules.Claim:
    return rules.Claim(
        prior=State(row.prior),
        lane=lane,
        idempotent=account.idempotent and row.account in ("", account.name),
        created_at=broadcast.created_at,
        cancelled_at=broadcast.cancelled_at,
        expires_at=broadcast.expires_at,
        enlisted=row.enlisted,
        dead=row.dead,
    )


def _rendered(going: Sequence[Claimed], broadcasts: dict[int, Broadcast], word: str) -> list[rules.Message]:
    """Each broadcast's text is taken apart once; only personal blanks are filled row by row."""
    templates: dict[int, rules.Template] = {}
    subjects: dict[int, str] = {}
    for number in {row.broadcast_id for row in going}:
        broadcast = broadcasts[number]
        templates[number] = rules.Template(rules.marked(broadcast.text) if broadcast.exercise else broadcast.text)
        subjects[number] = _subject(broadcast)
    installation = settings.INSTALLATION
    return [
        rules.Message(
            id=f"{installation}-{row.id}",
            address=row.address,
            text=templates[row.broadcast_id].filled(_params(row)),
            subject=subjects[row.broadcast_id],
            lane=word,
        )
        for row in going
    ]


def _params(row: Claimed) -> dict[str, object] | None:
    return json.loads(row.params) if row.params else None


def _subject(broadcast: Broadcast) -> str:
    return rules.marked(broadcast.subject) if broadcast.exercise and broadcast.subject else broadcast.subject


def _count(tally: Tally, result: rules.Result) -> None:
    match result:
        case rules.Accepted():
            tally.accepted += 1
        case rules.Rejected():
            tally.rejected += 1
        case rules.RetryAfter():
            tally.retried += 1
        case rules.Unknown():
            tally.unknown += 1
