"""Several accounts of one channel: which goes first, what a pace lets through, where the unknown is asked again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from messaging import actions, queries, rules
from messaging.actions.pace import settle, take
from messaging.enums import Channel, Lane, State
from messaging.models import AccountState, GatewayAccount, PaceBucket
from tests.casts import NIGHT
from tests.messaging.conftest import Scripted, phones, sent, time_passes

AWAY = rules.RetryAfter(None, "unreachable")
ACCOUNT = rules.Account(name="first", channel="sms", provider="contract", bulk_rate=100.0)


@pytest.fixture
def two_accounts() -> None:
    for rank, name in ((1, "first"), (2, "second")):
        GatewayAccount.objects.create(name=name, channel=Channel.SMS, rank=rank, url="http://127.0.0.1:9")


def answering(channel: Scripted, **answers: rules.Result) -> Callable[[], None]:
    """Each account of the channel answers as told; the script is asked with the account of the call."""

    def send(account: rules.Account, messages: list[rules.Message]) -> list[rules.Result]:
        channel.accounts.append(account.name)
        channel.batches.append(list(messages))
        return [answers[account.name]] * len(messages)

    channel.send = send  # type: ignore[method-assign, assignment]  # a script
    return channel.batches.clear


pytestmark = pytest.mark.django_db


def test_the_second_account_goes_on_within_the_pass_that_the_first_fails_in(
    channel: Scripted, two_accounts: None
) -> None:
    answering(channel, first=AWAY, second=rules.Accepted("p"))
    broadcast = sent(phones(3))
    tally = actions.dispatch(Lane.BULK, now=NIGHT)
    assert (channel.accounts, tally.accepted) == (["first", "second"], 3)
    assert set(broadcast.deliveries.values_list("state", "account", "attempts")) == {(State.ACCEPTED, "second", 1)}
    assert AccountState.objects.get(account="first").error == "unreachable"
    sent(phones(2, start=50))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts[2:] == ["second"], "the first rests"


def test_when_both_fail_the_rows_wait_as_with_one(channel: Scripted, two_accounts: None) -> None:
    answering(channel, first=AWAY, second=AWAY)
    broadcast = sent(phones(2))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["first", "second"]
    assert set(broadcast.deliveries.values_list("state", "attempts")) == {(State.QUEUED, 1)}


def test_the_first_account_goes_first_again_once_it_has_rested(channel: Scripted, two_accounts: None) -> None:
    AccountState.objects.create(account="first", failures=2, rests_until=NIGHT.replace(year=2000))
    sent(phones(1))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["first"]
    assert AccountState.objects.get(account="first").failures == 0


def test_an_unknown_outcome_is_asked_again_where_it_was_asked(channel: Scripted, two_accounts: None) -> None:
    answering(channel, first=rules.Unknown(), second=rules.Accepted("p"))
    sent(phones(1))
    actions.dispatch(Lane.BULK, now=NIGHT)
    time_passes()
    answering(channel, first=rules.Accepted("p"), second=rules.Accepted("p"))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["first", "first"], "another account would deliver it twice"


def test_an_alarm_does_not_wait_for_the_account_that_fails(channel: Scripted, two_accounts: None) -> None:
    answering(channel, first=rules.Unknown(), second=rules.Accepted("p"))
    broadcast = sent(phones(1), lane=Lane.ALARM)
    actions.dispatch(Lane.ALARM, now=NIGHT)
    time_passes()
    actions.dispatch(Lane.ALARM, now=NIGHT)
    assert (channel.accounts, broadcast.deliveries.get().state) == (["first", "second"], State.ACCEPTED)


def test_a_retired_account_is_used_no_more(channel: Scripted, two_accounts: None) -> None:
    GatewayAccount.objects.filter(name="first").update(retired_at=NIGHT)
    sent(phones(1))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["second"]


# -- pace --------------------------------------------------------------------------------------------------------------


def empty_bucket(seconds_ago: float = 0.0) -> None:
    """The bucket was last filled so long ago and was empty then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_pacebucket SET tokens = 0, filled_at = clock_timestamp() - make_interval(secs => %s)",
            [seconds_ago],
        )


def test_a_bucket_gives_what_time_has_filled_and_says_how_long_to_wait() -> None:
    assert take(ACCOUNT, "bulk", most=500) == (100, 0.0)
    empty_bucket()
    taken, wait = take(ACCOUNT, "bulk", most=500)
    assert (taken, 0.2 < wait <= 0.25) == (0, True)
    empty_bucket(0.5)
    assert 50 <= take(ACCOUNT, "bulk", most=500)[0] < 90
    empty_bucket(60)
    assert take(ACCOUNT, "bulk", most=500)[0] == 100, "an idle minute is no licence for a minute's burst"


def test_lanes_do_not_share_a_bucket() -> None:
    account = replace(ACCOUNT, alarm_rate=10.0)
    take(account, "bulk", most=500)
    assert take(account, "alarm", most=20)[0] == 10


def test_long_texts_are_paid_for_afterwards() -> None:
    take(ACCOUNT, "bulk", most=10)
    settle(ACCOUNT, "bulk", taken=10, used=30)
    assert PaceBucket.objects.get().tokens == pytest.approx(70, abs=10)


def test_without_a_limit_no_bucket_is_asked() -> None:
    assert take(replace(ACCOUNT, bulk_rate=0.0), "bulk", most=500) == (500, 0.0)
    assert not PaceBucket.objects.exists()


def test_a_paced_channel_sends_by_the_second_and_counts_parts(channel: Scripted) -> None:
    GatewayAccount.objects.create(name="slow", channel=Channel.SMS, url="http://127.0.0.1:9", bulk_rate=40.0)
    sent(phones(100), text="雨" * 100)  # two parts each
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        empty_bucket(1.0)

    actions.dispatch(Lane.BULK, now=NIGHT, sleep=rest, budget_seconds=600)
    assert sum(len(batch) for batch in channel.batches) == 100
    assert max(len(batch) for batch in channel.batches) <= 40
    assert len(rests) >= 2


@given(st.lists(st.sampled_from(["accepted", "unknown", "away", "throttled"]), min_size=1, max_size=20))
def test_an_account_fails_only_when_it_answers_nothing_useful(kinds: list[str]) -> None:
    answers: dict[str, rules.Result] = {
        "accepted": rules.Accepted("p"),
        "unknown": rules.Unknown(),
        "away": AWAY,
        "throttled": rules.RetryAfter(1.0, "throttled"),
    }
    failed = bool(rules.failure_of([answers[kind] for kind in kinds]))
    assert failed == (set(kinds) in ({"unknown"}, {"away"}))


def test_rests_grow_and_end() -> None:
    assert [rules.rest_after(n) for n in (1, 2, 3, 6, 50)] == [15, 30, 60, 300, 300]


def test_a_channel_without_an_account_says_so() -> None:
    assert [one.channel for one in queries.channel_health()] == ["sms", "email"]
