"""The register of reviewed texts: drafting refused, sending by template, what is missing before the season."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from accounts.models import User
from core.rules import SYSTEM, Refused
from messaging import actions, queries, rules
from messaging.channels.sms import Sms
from messaging.enums import Channel, Lane, ReviewState, State
from messaging.models import Delivery, Enlisted, GatewayAccount, ProviderSignature, ProviderTemplate
from tests.casts import GRID, NIGHT, Cast
from tests.messaging.conftest import Gateway, Scripted, phones, sent, time_passes

SignedIn = Callable[[User], Client]
WORDS = "防汛任务：{title}，限 {due} 前完成。"
OURS = "防汛任务：{title}。限 {due} 完成。链接 {link}"
PARAMS = {"title": "叫应", "due": "23:05", "link": "https://wd.example/t/1"}

pytestmark = pytest.mark.django_db


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == code


def declared() -> list[rules.Purpose]:
    return [
        rules.Purpose("duty", "派发任务", {"zh-hans": WORDS, "en": "Duty: {title}, {due}."}, in_storm_set=True),
        rules.Purpose("notice", "提示", {"zh-hans": "{headline}。远离河道。", "en": "{headline}. Stay away."}),
        rules.Purpose(
            "drill", "演练", {"zh-hans": "【演练】{title}，限 {due}。", "en": "【演练】{title}, {due}."},
            in_storm_set=True, is_exercise=True, spoken={"zh-hans": "演练。{title}", "en": "Exercise. {title}"},
        ),
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def said(settings: Settings) -> None:
    settings.MESSAGE_PURPOSES = ["tests.messaging.test_register.declared"]


def account(name: str, rank: int, *, templates_only: bool = True, **more: Any) -> GatewayAccount:
    return GatewayAccount.objects.create(
        name=name, channel=Channel.SMS, rank=rank, url="http://127.0.0.1:9", templates_only=templates_only, **more
    )


def approved(of: str = "one", purpose: str = "duty", text: str = WORDS, **more: Any) -> ProviderTemplate:
    given = {"account": of, "purpose": purpose, "text": text, "code": f"SMS_{purpose}"}
    return ProviderTemplate.objects.create(**{**given, "state": ReviewState.APPROVED, **more})


def given_duty(**changes: Any) -> Any:
    recipients = [actions.Recipient(point.pk, GRID, PARAMS) for point in phones(1, start=changes.pop("start", 0))]
    return sent([], text=OURS, recipients=recipients, **{"purpose": "duty", **changes})


# -- drafting ----------------------------------------------------------------------------------------------------------


def test_free_text_is_refused_at_drafting_where_no_account_takes_it(channel: Scripted) -> None:
    account("one", 1)
    with pytest.raises(Refused) as refused:
        sent(phones(1), purpose="notice")
    assert (refused.value.code, refused.value.field) == ("template_required", "text")
    with translation.override("zh-hans"):
        assert "“提示”还没有已通过的模板（账号 one）" in str(refused.value)
    with translation.override("en"):
        assert "none for “提示” is approved (one)" in str(refused.value)


def test_the_refusal_names_the_reviewed_text_that_the_words_do_not_fit(channel: Scripted) -> None:
    account("one", 1)
    approved(purpose="notice", text="{headline}。远离河道。")
    assert queries.refusal("sms", "notice", "红色提示。远离河道。") is None
    refused = queries.refusal("sms", "notice", "汛" * 36 + "。远离河道。")
    assert refused is not None
    assert "“{headline}。远离河道。”" in str(refused)
    assert "35" in str(refused)


def test_one_account_that_takes_free_text_is_enough(channel: Scripted) -> None:
    account("one", 1)
    account("two", 2, templates_only=False)
    assert queries.refusal("sms", "notice", "自己写的话") is None


@pytest.mark.parametrize("state", [ReviewState.NOT_FILED, ReviewState.IN_REVIEW, ReviewState.REFUSED])
def test_only_an_approved_template_counts(channel: Scripted, state: ReviewState) -> None:
    account("one", 1)
    approved(state=state)
    with refused("template_required"):
        given_duty()
    assert not Delivery.objects.exists()


def test_a_template_without_an_approved_signature_cannot_be_sent(channel: Scripted) -> None:
    account("one", 1)
    approved()
    ProviderSignature.objects.create(account="one", text="卫东区", state=ReviewState.REFUSED)
    with refused("template_required"):
        given_duty()
    ProviderSignature.objects.create(account="one", text="卫东防汛", state=ReviewState.APPROVED)
    assert given_duty(start=10).purpose == "duty"


# -- sending -----------------------------------------------------------------------------------------------------------


def test_what_is_said_by_template_travels_as_code_and_values(channel: Scripted) -> None:
    account("one", 1)
    approved(names={"title": "code1"})
    broadcast = given_duty()
    actions.dispatch(Lane.BULK, now=NIGHT)
    (message,) = channel.batches[0]
    assert (message.template, dict(message.params)) == ("SMS_duty", {"code1": "叫应", "due": "23:05"})
    assert message.text == "防汛任务：叫应，限 23:05 前完成。"
    assert broadcast.deliveries.get().state == State.ACCEPTED


def test_an_account_for_free_text_gets_the_text_in_full(channel: Scripted) -> None:
    account("one", 1, templates_only=False)
    approved()
    given_duty()
    actions.dispatch(Lane.BULK, now=NIGHT)
    (message,) = channel.batches[0]
    assert (message.template, message.text) == ("", "防汛任务：叫应。限 23:05 完成。链接 https://wd.example/t/1")


def test_what_the_first_account_cannot_carry_goes_through_the_second(channel: Scripted) -> None:
    account("one", 1)
    account("two", 2, templates_only=False)
    approved()
    free, duty = sent(phones(2), text="自己写的话"), given_duty(start=10)
    tally = actions.dispatch(Lane.BULK, now=NIGHT)
    assert tally.accepted == 3
    assert set(free.deliveries.values_list("state", "account")) == {(State.ACCEPTED, "two")}
    assert set(duty.deliveries.values_list("state", "account")) == {(State.ACCEPTED, "one")}


def test_a_detour_keeps_the_pace_of_the_account_it_takes(channel: Scripted) -> None:
    account("one", 1)
    account("two", 2, templates_only=False, bulk_rate=2.0)
    broadcast = sent(phones(5), text="自己写的话")
    actions.dispatch(Lane.BULK, now=NIGHT, budget_seconds=0.0)
    assert [len(batch) for batch in channel.batches] == [2]
    waiting = broadcast.deliveries.filter(state=State.QUEUED)
    assert set(waiting.values_list("account", "attempts", "error")) == {("two", 0, "")}
    assert waiting.count() == 3


def test_a_detour_that_is_away_waits_and_is_not_asked_in_a_circle(channel: Scripted) -> None:
    account("one", 1)
    account("two", 2, templates_only=False)
    channel.answers = [rules.RetryAfter(None, "unreachable")]
    broadcast = sent(phones(1), text="自己写的话")
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.accounts == ["two"]
    assert broadcast.deliveries.get().attempts == 1
    time_passes()
    channel.answers = [rules.Accepted("p")]
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert broadcast.deliveries.get().state == State.ACCEPTED


def test_an_approval_lost_on_the_way_fails_the_row_with_its_reason(channel: Scripted) -> None:
    account("one", 1)
    row = approved()
    broadcast = given_duty()
    actions.file_template(
        account="one", kind="sms", purpose="duty", language="zh-hans", text=row.text, by=SYSTEM, now=NIGHT
    )
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert channel.batches == []
    assert broadcast.deliveries.values_list("state", "error").get() == (State.FAILED, "template_missing")


def test_an_exercise_goes_out_in_its_own_template(channel: Scripted, enlisted: Any) -> None:
    account("one", 1)
    approved()
    exercise, points = enlisted
    recipients = [actions.Recipient(point.pk, GRID, PARAMS) for point in points]
    facts = {"text": OURS, "recipients": recipients, "purpose": "duty", "exercise": exercise}
    with refused("template_required"):
        sent([], **facts)
    approved(purpose="drill", text="【演练】{title}，限 {due}。")
    sent([], **facts)
    actions.dispatch(Lane.BULK, now=NIGHT)
    (message,) = channel.batches[0]
    assert (message.template, message.text) == ("SMS_drill", "【演练】叫应，限 23:05。")


@pytest.fixture
def enlisted() -> Any:
    exercise, points = uuid4(), phones(1)
    Enlisted.objects.create(exercise=exercise, contact_point=points[0])
    return exercise, points


def test_the_wire_carries_template_values_and_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[Any] = []
    monkeypatch.setattr("messaging.channels.sms.post_signed", lambda url, body, **_rest: posted.append(body))
    message = rules.Message("wd-1", "+8615200000000", "全文", "", "alarm", template="SMS_1", params={"title": "叫应"})
    known = rules.Account("one", "sms", "contract", url="http://127.0.0.1:9", secret="s", signature="卫东防汛")
    with pytest.raises(AttributeError):  # no answer to read
        Sms().send(known, [message])
    assert posted[0]["messages"] == [
        {"id": "wd-1", "to": "+8615200000000", "template": "SMS_1", "params": {"title": "叫应"}, "sign": "卫东防汛",
         "lane": "alarm", "kind": "sms"}
    ]  # fmt: skip


def test_a_gateway_that_reviews_takes_what_travels_by_template_only(gateway: Gateway, settings: Settings) -> None:
    gateway.control(
        account="strict",
        templates={"SMS_duty": "防汛任务：${title}，限 ${due} 前完成。"},
        templates_only=True,
        signatures=["卫东防汛"],
    )
    settings.GATEWAY_SECRETS = {"STRICT_GATEWAY_SECRET": settings.SMS_GATEWAY_SECRET}
    account("strict", 1, signature="卫东防汛", secret_name="STRICT_GATEWAY_SECRET")
    GatewayAccount.objects.update(url=f"{gateway.url}/a/strict")
    approved("strict")
    duty = given_duty()
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert duty.deliveries.get().state == State.ACCEPTED
    assert gateway.messages()[0]["text"] == "【卫东防汛】防汛任务：叫应，限 23:05 前完成。"
    GatewayAccount.objects.update(templates_only=False)
    free = sent(phones(1, start=10), text="自己写的话")
    actions.dispatch(Lane.BULK, now=NIGHT)
    assert free.deliveries.values_list("state", "error").get() == (State.FAILED, "free_text_refused")


# -- the register ------------------------------------------------------------------------------------------------------


def filed(**changes: Any) -> ProviderTemplate:
    facts = {"account": "one", "kind": "sms", "purpose": "duty", "language": "zh-hans", "text": WORDS}
    return actions.file_template(**{**facts, "by": SYSTEM, "now": NIGHT, **changes})


def test_a_text_is_filed_decided_and_filed_anew() -> None:
    row = filed()
    assert (row.state, row.filed_at) == (ReviewState.IN_REVIEW, NIGHT)
    with refused("template_code"):
        actions.decide_template(template=row, approved=True, by=SYSTEM, now=NIGHT)
    with refused("template_reason"):
        actions.decide_template(template=row, approved=False, by=SYSTEM, now=NIGHT)
    row = actions.decide_template(template=row, approved=False, reason="缺少主体", by=SYSTEM, now=NIGHT)
    assert (row.state, row.reason) == (ReviewState.REFUSED, "缺少主体")
    row = actions.decide_template(template=row, approved=True, code="SMS_9", by=SYSTEM, now=NIGHT)
    assert (row.state, row.reason, row.code) == (ReviewState.APPROVED, "", "SMS_9")
    again = filed(now=NIGHT + timedelta(days=1))
    assert (again.pk, again.state, again.decided_at) == (row.pk, ReviewState.IN_REVIEW, None)
    history: Any = again
    assert history.events.count() == 5, "every step is kept"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "{title}"}, "template_all_variable"),
        ({"text": "【演练】任务"}, "template_marked"),
        ({"purpose": "drill", "text": "任务{title}"}, "template_unmarked"),
        ({"purpose": "gone"}, "template_purpose"),
        ({"limits": {"title": 0}}, "template_limits"),
    ],
)
def test_what_would_be_refused_is_not_filed(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        filed(**changes)
    assert not ProviderTemplate.objects.exists()


def test_a_real_test_is_kept_when_the_provider_takes_it(channel: Scripted) -> None:
    account("one", 1)
    row = approved()
    channel.answers = [rules.Rejected("bad_template"), rules.Accepted("p")]
    for tested in (None, NIGHT):
        actions.try_template(template=row, phone="152 0000 0000", by=SYSTEM, now=NIGHT)
        row.refresh_from_db()
        assert row.last_real_test == tested
    (message,) = channel.batches[0]
    assert (message.address, message.template, dict(message.params)) == (
        "+8615200000000",
        "SMS_duty",
        {"title": "测试", "due": "测试"},
    )
    with refused("template_phone"):
        actions.try_template(template=row, phone="1520000", by=SYSTEM, now=NIGHT)


def gaps() -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [
        (gap.channel, gap.what, gap.purpose.key if gap.purpose else "", gap.accounts) for gap in queries.season_gaps()
    ]


def test_the_season_asks_for_the_storm_set_on_two_accounts(settings: Settings) -> None:
    settings.SMS_SIGNATURE = ""
    account("one", 1)
    approved()
    assert gaps() == [("sms", "account", "", ()), ("sms", "template", "drill", ("one",))]
    account("two", 2, signature="卫东防汛")
    approved(purpose="drill", text="【演练】{title}，限 {due}。")
    assert gaps() == [
        ("sms", "signature", "", ("two",)),
        ("sms", "template", "duty", ("two",)),
        ("sms", "template", "drill", ("two",)),
    ]
    account("three", 3)
    approved("two")
    approved("two", "drill", "【演练】{title}，限 {due}。")
    ProviderSignature.objects.create(account="two", text="卫东防汛", state=ReviewState.APPROVED)
    assert gaps() == [], "a third account is more than the season asks"


def test_a_text_in_another_language_does_not_fill_the_gap(settings: Settings) -> None:
    settings.SMS_SIGNATURE = ""
    account("one", 1)
    approved(language="en")
    assert ("sms", "template", "duty", ("one",)) in gaps()


def test_what_is_missing_is_said_in_words() -> None:
    account("one", 1, signature="卫东防汛")
    with translation.override("zh-hans"):
        found = queries.season_gaps()
        assert queries.gaps_in_words(found) == "短信 模板 2 项、签名、第二个账号"
        assert found[2].words == "短信：“派发任务”未通过（one）"


# -- screens -----------------------------------------------------------------------------------------------------------


def test_the_page_says_first_what_is_missing_and_the_duty_officer_reads_only(cast: Cast, signed_in: SignedIn) -> None:
    account("one", 1, signature="卫东防汛")
    approved()
    page = signed_in(cast.duty_officer).get(reverse("messaging:templates")).content.decode()
    assert "汛前：暴雨必备模板还缺 3 项" in page
    assert 'href="?kind=voice"' in page
    address = reverse("messaging:template", args=["sms", "one", "duty", "zh-hans"])
    assert address in page
    assert signed_in(cast.duty_officer).get(address).status_code == 200
    assert signed_in(cast.duty_officer).post(address, {"step": "approve", "code": "X"}).status_code == 403
    assert signed_in(cast.grid_worker).get(address).status_code == 403


def test_the_administrator_files_decides_and_tests(cast: Cast, signed_in: SignedIn, channel: Scripted) -> None:
    account("one", 1)
    client, address = (
        signed_in(cast.administrator),
        reverse("messaging:template", args=["sms", "one", "duty", "zh-hans"]),
    )
    assert WORDS in client.get(address).content.decode(), "the declared words are proposed"
    assert "全是变量" in client.post(address, {"step": "file", "text": "{title}"}).content.decode()
    assert not ProviderTemplate.objects.exists()
    client.post(address, {"step": "file", "text": WORDS, "limits": "title=20 code1"})
    row = ProviderTemplate.objects.get()
    assert (row.limits, row.names) == ({"title": 20}, {"title": "code1"})
    client.post(address, {"step": "approve", "code": "SMS_7"})
    client.post(address, {"step": "test", "phone": "15200000000"})
    row.refresh_from_db()
    assert (row.state, row.code) == (ReviewState.APPROVED, "SMS_7")
    assert row.last_real_test is not None
    assert dict(channel.batches[0][0].params) == {"code1": "测试", "due": "测试"}


def test_the_sheet_holds_every_text_to_be_filed(cast: Cast, signed_in: SignedIn) -> None:
    account("one", 1, signature="卫东防汛")
    approved()
    answer = signed_in(cast.duty_officer).get(reverse("messaging:templates_sheet"))
    page = load_workbook(BytesIO(answer.content)).active
    assert page is not None
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert len(rows) == 6
    first = rows[0]
    assert first[:8] == ["短信", "one", "卫东防汛", "派发任务", "是", "zh-hans", WORDS, "title（35），due（35）"]
    assert first[8:11] == [2, "已通过", "SMS_duty"]


def test_a_signature_is_decided(cast: Cast, signed_in: SignedIn) -> None:
    account("one", 1, signature="卫东防汛")
    client, address = signed_in(cast.administrator), reverse("messaging:signature", args=["one"])
    client.post(address, {"text": "卫东防汛", "state": "refused"})
    assert not ProviderSignature.objects.exists(), "a refusal has a reason"
    client.post(address, {"text": "【卫东防汛】", "state": "approved"})
    assert ProviderSignature.objects.values_list("account", "text", "state").get() == ("one", "卫东防汛", "approved")
    assert signed_in(cast.duty_officer).get(address).status_code == 403


def test_everything_the_platform_declares_may_be_filed(settings: Settings) -> None:
    settings.MESSAGE_PURPOSES = [
        "assignments.queries.purposes",
        "alerts.queries.purposes",
        "command.queries.purposes",
    ]
    found = queries.purposes()
    assert {"call_out", "notice_red", "notice_correction", "notice_all_clear"} <= set(found)
    for purpose in found.values():
        for kind in ("sms", "voice"):
            for language, text in purpose.texts_of(kind).items():
                assert rules.fault_of_text(text, kind) == "", (purpose.key, language)
                assert rules.is_marked(text, kind) is purpose.is_exercise, (purpose.key, language)
