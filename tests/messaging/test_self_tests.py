"""The page of the accounts: who carries, switching off, testing one by a press and all of them once a day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from core.rules import SYSTEM, Refused
from messaging import actions, channels, queries, rules
from messaging.enums import Channel, Lane, ReviewState, SelfTestOutcome, State
from messaging.models import (
    AccountState,
    AccountSwitch,
    Delivery,
    GatewayAccount,
    ProviderTemplate,
    SelfTest,
    WebhookBatch,
)
from tests.casts import NIGHT, Cast
from tests.factories import contact_point
from tests.messaging.conftest import Scripted, phones, sent

SignedIn = Callable[[User], Client]
MORNING = datetime(2026, 7, 20, 1, 5, tzinfo=UTC)  # 09:05 in Shanghai
PHONE = "13900000099"
AWAY = rules.RetryAfter(None, "unreachable")

pytestmark = pytest.mark.django_db


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == code


@pytest.fixture(autouse=True)
def room(settings: Settings) -> None:
    settings.SELF_TEST_PHONE, settings.SELF_TEST_EMAIL = PHONE, ""


@pytest.fixture
def two_accounts() -> None:
    for rank, name in ((1, "first"), (2, "second")):
        GatewayAccount.objects.create(name=name, channel=Channel.SMS, rank=rank, url="http://127.0.0.1:9")


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted(name="voice", batch_size=20)
    monkeypatch.setitem(channels.CHANNELS, ("voice", "contract"), scripted)
    return scripted


def pressed(through: str = "first", **more: object) -> SelfTest:
    given = {"by": SYSTEM, "now": NIGHT, "phone": PHONE}
    return actions.self_test(account=through, **{**given, **more})  # type: ignore[arg-type]


def off(account: str, **more: object) -> AccountSwitch:
    given = {"reason": "欠费", "by": SYSTEM, "now": NIGHT}
    return actions.switch_off(account=account, **{**given, **more})  # type: ignore[arg-type]


# -- one test ----------------------------------------------------------------------------------------------------------


def test_a_test_goes_through_exactly_the_account_that_was_pressed(channel: Scripted, two_accounts: None) -> None:
    row = pressed("second")
    assert (channel.accounts, channel.batches[0][0].address) == (["second"], f"+86{PHONE}")
    assert (row.outcome, row.code, row.sent_to) == (SelfTestOutcome.TAKEN, "", "****0099")
    assert AccountState.objects.get(account="second").last_success


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (rules.Rejected("template_unknown"), SelfTestOutcome.REFUSED),
        (AWAY, SelfTestOutcome.AWAY),
        (rules.Unknown(), SelfTestOutcome.UNANSWERED),
    ],
)
def test_what_the_provider_answered_is_kept(
    channel: Scripted, two_accounts: None, answer: rules.Result, outcome: SelfTestOutcome
) -> None:
    channel.answers = [answer]
    assert pressed().outcome == outcome
    assert [row.account for row, _why in queries.failing_tests()] == ["first"]
    assert rules.works(queries.standing(queries.known_accounts()["sms"][0], queries.newest_tests()["first"])) is False


def test_a_second_press_within_the_minute_rings_nobody(channel: Scripted, two_accounts: None) -> None:
    pressed()
    with refused("test_too_soon"):
        pressed(now=NIGHT + timedelta(seconds=59))
    assert pressed(now=NIGHT + timedelta(seconds=60)).outcome == SelfTestOutcome.TAKEN
    assert len(channel.batches) == 2


def test_a_test_that_arrived_is_told_and_is_no_stray_receipt(channel: Scripted, two_accounts: None) -> None:
    row = pressed()
    told = [
        {"id": channel.batches[0][0].id, "status": status, "at": NIGHT.isoformat(), "provider_id": "p"}
        for status in ("read", "delivered", "failed")
    ] + [{"id": "wd-self-99999999", "status": "read", "at": NIGHT.isoformat(), "provider_id": "p"}]
    batch = WebhookBatch.objects.create(kind=WebhookBatch.Kind.RECEIPTS, signature="s", body=told, received_at=NIGHT)
    actions.take_in_receipts(now=NIGHT)
    row.refresh_from_db()
    batch.refresh_from_db()
    assert (row.receipt, row.receipt_at, batch.unmatched) == (State.READ, NIGHT, 1)


def test_nobody_is_rung_for_a_test_more_often_than_a_provider_allows(channel: Scripted, voice: Scripted) -> None:
    GatewayAccount.objects.create(
        name="calls", channel=Channel.VOICE, url="http://127.0.0.1:9", lines=2, options={"per_hour": 2}
    )
    point = contact_point(f"+86{PHONE}")
    for _turn in range(2):
        broadcast = sent([point], channel=Channel.VOICE, lane=Lane.ALARM)
        Delivery.objects.filter(broadcast=broadcast).update(state=State.DELIVERED, accepted_at=MORNING)
    with refused("test_capped"):
        pressed("calls", now=MORNING + timedelta(minutes=5))
    actions.self_test_daily(now=MORNING + timedelta(minutes=5))
    assert not voice.batches
    actions.self_test_daily(now=MORNING + timedelta(minutes=61))
    assert len(voice.batches) == 1
    pressed("calls", now=MORNING + timedelta(minutes=63))
    with refused("test_capped"):
        pressed("calls", now=MORNING + timedelta(minutes=65))


def test_a_landline_takes_no_sms_and_an_unknown_account_no_test(channel: Scripted, two_accounts: None) -> None:
    with refused("test_no_address"):
        pressed(phone="0375-2862000")
    with refused("account_unknown"):
        pressed("third")
    assert not channel.batches


def test_an_account_for_reviewed_texts_is_tested_with_one_for_exercises_first(
    channel: Scripted, two_accounts: None, settings: Settings
) -> None:
    settings.MESSAGE_PURPOSES = ["tests.messaging.test_register.declared"]
    GatewayAccount.objects.update(templates_only=True)
    assert (pressed().outcome, channel.batches) == (SelfTestOutcome.NO_TEXT, [])
    for purpose, text in (("duty", "防汛任务：{title}。"), ("drill", "【演练】{title}。")):
        ProviderTemplate.objects.create(
            account="second", purpose=purpose, text=text, code=f"SMS_{purpose}", state=ReviewState.APPROVED
        )
    assert pressed("second").outcome == SelfTestOutcome.TAKEN
    [[message]] = channel.batches
    assert (message.template, message.params) == ("SMS_drill", {"title": "自检"})


# -- every day ---------------------------------------------------------------------------------------------------------


def test_each_account_is_tested_once_a_day_however_often_the_bell_rings(channel: Scripted, two_accounts: None) -> None:
    assert actions.self_test_daily(now=MORNING - timedelta(minutes=10)) == 0, "not before nine"
    actions.self_test_daily(now=MORNING)
    actions.self_test_daily(now=MORNING + timedelta(minutes=10))
    assert channel.accounts == ["first", "second"]
    actions.self_test_daily(now=MORNING + timedelta(days=1))
    assert channel.accounts == ["first", "second"] * 2
    assert SelfTest.objects.filter(account="first").count() == 2


def test_a_test_whose_worker_died_is_made_by_the_next_one(channel: Scripted, two_accounts: None) -> None:
    SelfTest.objects.create(
        account="first", channel=Channel.SMS, day=MORNING.date(), at=MORNING - timedelta(minutes=11), by_name="系统"
    )
    SelfTest.objects.create(account="second", channel=Channel.SMS, day=MORNING.date(), at=MORNING, by_name="系统")
    actions.self_test_daily(now=MORNING)
    assert channel.accounts == ["first"], "the second is under way at another worker"
    assert SelfTest.objects.get(account="first").outcome == SelfTestOutcome.TAKEN


def test_a_pass_ends_with_its_budget_and_the_next_goes_on(channel: Scripted, two_accounts: None) -> None:
    assert actions.self_test_daily(now=MORNING, budget_seconds=0.0) == 0
    assert actions.self_test_daily(now=MORNING) >= 2


def test_without_a_number_nothing_is_sent_and_nothing_is_called_a_failure(
    channel: Scripted, two_accounts: None, settings: Settings
) -> None:
    settings.SELF_TEST_PHONE = ""
    actions.self_test_daily(now=MORNING)
    assert set(SelfTest.objects.values_list("outcome", flat=True)) == {SelfTestOutcome.NO_ADDRESS}
    assert (channel.batches, queries.failing_tests()) == ([], [])


def test_what_is_switched_off_is_not_tested_and_not_reported(channel: Scripted, two_accounts: None) -> None:
    channel.answers = [AWAY]
    pressed()
    off("first")
    actions.self_test_daily(now=MORNING)
    assert channel.accounts == ["first", "second"]
    assert [row.account for row, _why in queries.failing_tests()] == ["second"]


def test_only_the_last_tests_are_kept(channel: Scripted, two_accounts: None) -> None:
    SelfTest.objects.bulk_create(
        SelfTest(
            account="first", channel="sms", at=NIGHT - timedelta(days=n), by_name="系统", outcome=SelfTestOutcome.TAKEN
        )
        for n in range(1, 40)
    )
    actions.self_test_daily(now=MORNING)
    kept = SelfTest.objects.filter(account="first").order_by("at")
    assert (kept.count(), kept[0].at) == (30, NIGHT - timedelta(days=29))


# -- switching ---------------------------------------------------------------------------------------------------------


def test_what_is_switched_off_sends_nothing_and_the_next_carries(channel: Scripted, two_accounts: None) -> None:
    off("first")
    sent(phones(1))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["second"]
    actions.switch_on(account="first", by=SYSTEM)
    sent(phones(1, start=9))
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["second", "first"]


def test_the_last_working_account_goes_off_only_confirmed_and_with_a_reason(
    channel: Scripted, two_accounts: None
) -> None:
    channel.answers = [AWAY]
    pressed("second")
    with refused("account_last"):
        off("first")
    with refused("account_reason"):
        off("first", reason=" ", confirmed=True)
    assert off("first", confirmed=True).off_since == NIGHT
    assert [one.name for one in queries.accounts("sms")] == ["second"]


def test_rows_wait_while_nobody_carries_them_and_the_channel_says_so(channel: Scripted, two_accounts: None) -> None:
    broadcast = sent(phones(1))
    off("first")
    off("second", confirmed=True)
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert (channel.batches, broadcast.deliveries.get().state) == ([], State.QUEUED)
    [sms] = [one for one in queries.channel_health() if one.channel == "sms"]
    assert sms.fault == "switched_off"
    with refused("gateway_unset"):
        sent(phones(1, start=5))


def test_the_account_of_the_settings_is_switched_off_like_any(channel: Scripted) -> None:
    off("sms", confirmed=True)
    assert queries.accounts("sms") == []


def test_switching_is_in_the_history_with_who_and_why(channel: Scripted, two_accounts: None, cast: Cast) -> None:
    off("first", by=cast.administrator.actor)
    actions.switch_on(account="first", by=cast.administrator.actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.reason, c.metadata->>'verb', c.metadata->>'actor_name' FROM messaging_accountswitchevent e"
            " JOIN pghistory_context c ON c.id = e.pgh_context_id WHERE e.pgh_label = 'update' ORDER BY e.pgh_id"
        )
        assert cursor.fetchall() == [
            ("欠费", "messaging.account.switch_off", "系统管理员"),
            ("", "messaging.account.switch_on", "系统管理员"),
        ]


# -- rules -------------------------------------------------------------------------------------------------------------


def test_the_carrier_is_the_first_that_can_and_a_resting_one_goes_last() -> None:
    first, second = rules.Standing("first"), rules.Standing("second")
    assert rules.carrier([first, second]) == "first"
    assert rules.carrier([rules.Standing("first", rests=True), second]) == "second"
    assert rules.carrier([rules.Standing("first", is_off=True), second]) == "second"
    assert rules.carrier([rules.Standing("first", rests=True)]) == "first", "one that rests beats none"
    assert rules.carrier([rules.Standing("first", fault="gateway_unset")]) == ""


@pytest.mark.parametrize(
    ("changes", "tone"),
    [
        ({}, "ok"),
        ({"is_off": True, "failures": 3}, "off"),
        ({"failures": 1}, "danger"),
        ({"fault": "gateway_unset"}, "danger"),
        ({"outcome": SelfTestOutcome.UNANSWERED}, "danger"),
        ({"tested_at": NIGHT - timedelta(hours=37)}, "unknown"),
        ({"tested_at": None, "outcome": ""}, "unknown"),
        ({"outcome": SelfTestOutcome.NO_ADDRESS}, "unknown"),
    ],
)
def test_unknown_is_never_green(changes: dict[str, object], tone: str) -> None:
    given = {"name": "a", "outcome": SelfTestOutcome.TAKEN, "tested_at": NIGHT}
    one = rules.Standing(**{**given, **changes})  # type: ignore[arg-type]
    assert rules.tone_of(one, failed=0, ended=0, now=NIGHT) == tone


def test_errors_of_the_hour_make_an_account_late_then_red() -> None:
    one = rules.Standing("a", outcome=SelfTestOutcome.TAKEN, tested_at=NIGHT)
    assert [rules.tone_of(one, failed=failed, ended=100, now=NIGHT) for failed in (5, 6, 50, 51)] == [
        "ok", "late", "late", "danger",
    ]  # fmt: skip


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_counts_errors_by_account_in_a_fixed_number_of_statements(
    channel: Scripted, two_accounts: None
) -> None:
    sent(phones(3))
    actions.dispatch(Lane.BULK, now=NIGHT)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_delivery SET state = 50, accepted_at = NULL, settled_at = clock_timestamp()"
            " WHERE id = (SELECT min(id) FROM messaging_delivery)"
        )
        cursor.execute(
            "UPDATE messaging_delivery SET accepted_at = clock_timestamp() - interval '2 hours'"
            " WHERE id = (SELECT max(id) FROM messaging_delivery)"
        )
    sent(phones(1, start=20))
    with CaptureQueriesContext(connection) as few:
        shown = queries.overview(now=NIGHT)
    [sms] = [each for each in shown if each.channel == Channel.SMS]
    first = next(line for line in sms.lines if line.account.name == "first")
    assert (first.hour, first.day, sms.waiting) == (queries.Rate(1, 2), queries.Rate(1, 3), 1)
    assert sms.carried is first
    for rank in range(3, 9):
        GatewayAccount.objects.create(name=f"more-{rank}", channel=Channel.SMS, rank=rank, url="http://127.0.0.1:9")
    sent(phones(5, start=40))
    with CaptureQueriesContext(connection) as many:
        queries.overview(now=NIGHT)
    assert len(many) == len(few)


def test_the_duty_officer_sees_and_tests_and_the_administrator_switches(
    cast: Cast, signed_in: SignedIn, channel: Scripted, two_accounts: None
) -> None:
    AccountState.objects.create(account="second", failures=2, error="unreachable", last_failure=NIGHT)
    officer, page = signed_in(cast.duty_officer), reverse("messaging:accounts")
    shown = officer.get(page).content.decode()
    assert "连接不上" in shown
    assert shown.index("account-second") < shown.index("account-first"), "the worst first"
    answer = officer.post(reverse("messaging:account_test", args=["first"]), follow=True).content.decode()
    assert "已收下测试消息" in answer
    assert channel.batches[0][0].address == cast.duty_officer.phone
    assert officer.get(reverse("messaging:account_off", args=["first"])).status_code == 403
    assert officer.post(reverse("messaging:account_on", args=["first"])).status_code == 403
    assert signed_in(cast.grid_worker).get(page).status_code == 403

    administrator, address = signed_in(cast.administrator), reverse("messaging:account_off", args=["first"])
    assert "当前不通" in administrator.get(address).content.decode()
    assert "请确认" in administrator.post(address, {"reason": "欠费"}).content.decode()
    assert not AccountSwitch.objects.exists()
    administrator.post(address, {"reason": "欠费", "confirmed": "on"})
    assert "系统管理员 停用：欠费" in administrator.get(page).content.decode()
    administrator.post(reverse("messaging:account_on", args=["first"]))
    assert AccountSwitch.objects.get().off_since is None


def test_a_failed_test_is_said_in_words(cast: Cast, signed_in: SignedIn, channel: Scripted, two_accounts: None) -> None:
    channel.answers = [AWAY]
    client = signed_in(cast.duty_officer)
    assert "连接不上" in client.post(reverse("messaging:account_test", args=["first"]), follow=True).content.decode()
    assert Delivery.objects.count() == 0, "a test is no message of the platform's record"
