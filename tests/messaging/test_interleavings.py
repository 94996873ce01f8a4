"""Claims, deaths, receipts, answers and withdrawals in any order: nothing is lost or counted twice, none sinks."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from core.rules import SYSTEM
from messaging import actions, channels, queries, rules
from messaging.enums import OPEN, Lane, State
from messaging.models import AccountState, Broadcast, Delivery, Reply, WebhookBatch
from tests.casts import NIGHT
from tests.messaging.conftest import phones, sent, time_passes

pytestmark = pytest.mark.django_db
PEOPLE = 4
ANSWERS: dict[str, rules.Result] = {
    "accepted": rules.Accepted("p"),
    "accepted, but the line broke": rules.Unknown(),
    "lost on the way": rules.Unknown(),
    "away": rules.RetryAfter(None, "unreachable"),
    "busy": rules.RetryAfter(1.0, "throttled"),
    "refused": rules.Rejected("bad_text"),
}
TAKES = {"accepted", "accepted, but the line broke"}


class Killed(BaseException):
    """The worker is gone: nothing after it is done."""


@dataclass
class Provider:
    """A gateway that knows what it took: `rang` counts per message how often a telephone rang."""

    dedupe: bool
    mood: str = "accepted"
    rang: Counter[int] = field(default_factory=Counter)
    during: Callable[[], None] | None = None
    name: str = "sms"
    provider: str = "contract"
    batch_size: int = 3

    def fault(self, account: rules.Account) -> str:
        return ""

    def send(self, account: rules.Account, messages: Sequence[rules.Message]) -> list[rules.Result]:
        meanwhile, self.during = self.during, None
        mood = self.mood
        if mood == "killed before":
            raise Killed
        if mood == "killed after" or mood in TAKES:
            for message in messages:
                number = int(message.id.removeprefix("wd-"))
                self.rang[number] = 1 if self.dedupe else self.rang[number] + 1
        if meanwhile:
            meanwhile()
        if mood == "killed after":
            raise Killed
        return [ANSWERS[mood]] * len(messages)


@dataclass
class Night:
    """One broadcast, its gateway, and what has been seen of it so far."""

    provider: Provider
    lane: Lane
    broadcast: Broadcast
    signatures: Iterator[int] = field(default_factory=count)
    states: dict[int, State] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    undelivered: set[int] = field(default_factory=set)

    def work(self, mood: str) -> None:
        """A worker's pass; some do not live to its end."""
        self.provider.mood = mood
        with suppress(Killed):
            actions.dispatch(self.lane, now=NIGHT, budget_seconds=0)

    def overtaken(self, mood: str) -> None:
        """A worker loses its lease while its batch is out; another takes the rows."""

        def another() -> None:
            time_passes()
            self.work("accepted")
            self.look()

        self.provider.during = another
        self.work(mood)

    def outrun(self, status: str, mood: str) -> None:
        """The receipt is quicker than the worker's record."""

        def quicker() -> None:
            self.receipt(status, 0)
            self.look()

        self.provider.during = quicker
        self.work(mood)

    def receipt(self, status: str, which: int) -> None:
        """The gateway reports, twice, what it has taken."""
        if taken := sorted(self.provider.rang):
            number = taken[which % len(taken)]
            self.undelivered |= {number} if status == "failed" else set()
            row = {"id": f"wd-{number}", "provider_id": "g", "status": status, "at": NIGHT.isoformat()}
            self._hook(WebhookBatch.Kind.RECEIPTS, {"receipts": [row, row]})

    def reply(self, which: int) -> None:
        """Somebody answers, and the gateway says so twice."""
        if taken := sorted(self.provider.rang):
            number = taken[which % len(taken)]
            self.answered.add(number)
            phone = Delivery.objects.get(pk=number).contact_point.address
            row = {"from": phone, "to": "1069", "text": "1", "at": NIGHT.isoformat(), "reply_to": f"wd-{number}"}
            self._hook(WebhookBatch.Kind.REPLIES, {"replies": [row]})
            self._hook(WebhookBatch.Kind.REPLIES, {"replies": [row]})

    def _hook(self, kind: WebhookBatch.Kind, body: object) -> None:
        signature = f"{self.broadcast.pk}-{next(self.signatures)}"
        for _twice in range(2):
            actions.store_webhook(
                gateway="sms", kind=kind, signature=signature, body=json.dumps(body).encode(), now=NIGHT
            )
        actions.take_in_receipts(now=NIGHT)

    def look(self) -> None:
        """What holds at every moment."""
        assert sum(queries.tally(self.broadcast).values()) == PEOPLE
        for number, state in self.broadcast.deliveries.values_list("pk", "state"):
            before = self.states.get(number, State.QUEUED)
            if before not in OPEN:
                assert state >= before, f"{before!r} sank to {State(state)!r}"
            if before == State.ACCEPTED and state == State.FAILED:
                assert number in self.undelivered, "only its receipt says that an accepted message did not arrive"
            self.states[number] = State(state)

    def morning(self) -> None:
        """The gateway is well again and everything is sent; what holds then."""
        for _again in range(12):
            time_passes()
            AccountState.objects.all().delete()
            self.work("accepted")
            self.look()
        rang = self.provider.rang
        for row in self.broadcast.deliveries.all():
            assert row.state not in OPEN, "everything is accounted for"
            if row.pk in rang:
                assert row.state != State.CANCELLED, "who was reached is not counted as withdrawn"
            else:
                assert row.state in (State.CANCELLED, State.FAILED), "nobody is counted as reached who was not"
        if self.provider.dedupe or self.lane == Lane.BULK:
            assert all(times == 1 for times in rang.values()), "no telephone rings twice"


moods = st.sampled_from([*ANSWERS, "killed before", "killed after"])
steps = st.one_of(
    st.tuples(st.just("work"), moods),
    st.tuples(st.just("overtaken"), moods),
    st.tuples(st.just("receipt"), st.sampled_from(["delivered", "failed", "read"]), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("outrun"), st.sampled_from(["delivered", "failed", "read"]), moods),
    st.tuples(st.just("reply"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("time passes")),
)


@contextmanager
def a_night(*, dedupe: bool, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    provider = Provider(dedupe)
    with monkeypatch.context() as patch, transaction.atomic():
        patch.setitem(channels.CHANNELS, ("sms", "contract"), provider)
        yield Night(provider, lane, sent(phones(PEOPLE), lane=lane))
        transaction.set_rollback(True)


@pytest.mark.parametrize("lane", [Lane.BULK, Lane.ALARM])
@pytest.mark.parametrize("dedupe", [True, False], ids=["same id once", "plain"])
@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(steps, min_size=1, max_size=12))
def test_whatever_happens_in_whatever_order_every_message_is_accounted_for_and_none_sinks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, lane: Lane, dedupe: bool, story: list[tuple[object, ...]]
) -> None:
    settings.SMS_GATEWAY_IDEMPOTENT = dedupe
    with a_night(dedupe=dedupe, lane=lane, monkeypatch=monkeypatch) as night:
        for step, *details in story:
            match step:
                case "cancel":
                    actions.cancel(broadcast=night.broadcast, by=SYSTEM, now=NIGHT)
                case "time passes":
                    time_passes()
                    AccountState.objects.all().delete()
                case _:
                    getattr(night, str(step))(*details)
            night.look()
        assert Reply.objects.filter(delivery__broadcast=night.broadcast).count() == len(night.answered)
        night.morning()
