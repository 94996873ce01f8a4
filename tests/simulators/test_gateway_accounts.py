"""Accounts of the gateway stand-in: own addresses, secrets, rates, templates and counts."""

import json
from typing import Any

import pytest

from simulators.gateway.admission import Admission, Repetition
from simulators.gateway.behaviour import Behaviour
from simulators.gateway.contract import Refusal, parts
from simulators.gateway.pacing import Pace
from tests.simulators.gateway_world import QUICK, SMS_SECRET, World, play, signed, sms

REGISTER = {
    "RED": {"text": "${place}积水${depth}厘米，请绕行"},
    "NEW": {"text": "请到${place}", "status": "pending"},
    "CALL": {"text": "${place}有险情，收到请按一", "kind": "voice"},
}


async def post(there: World, path: str, *messages: Any, secret: bytes = SMS_SECRET, account: str = "") -> Any:
    body = json.dumps({"messages": messages}).encode()
    named = {"X-Gateway-Account": account} if account else {}
    return await there.client.post(path, data=body, headers=signed(secret, body) | named)


def test_an_account_has_its_own_address_book_and_webhook() -> None:
    async def scene(there: World) -> None:
        await there.press("/control", 200, account="second", undelivered_rate=1.0)
        assert (await post(there, "/a/second/v1/messages", sms(1))).status == 200
        assert (await post(there, "/v1/messages", sms(1), account="second")).status == 200
        assert (await post(there, "/v1/messages", sms(2))).status == 200
        await there.platform.until(receipts=2)
        assert set(there.platform.paths) == {"/hooks/receipts/second/", "/hooks/receipts/sms/"}
        stats = await there.get("/stats")
        assert (stats["accepted"], stats["repeats"]) == (2, 1)
        assert stats["accounts"]["second"]["accepted"] == stats["accounts"]["sms"]["accepted"] == 1
        assert (await there.get("/a/second/stats"))["undelivered"] == 1
        assert {message["account"] for message in (await there.get("/messages"))["messages"]} == {"sms", "second"}

    play(scene)


def test_a_stranger_among_accounts_is_named() -> None:
    async def scene(there: World) -> None:
        answer = await post(there, "/a/nobody/v1/messages", sms(1))
        assert (answer.status, (await answer.json())["code"]) == (404, "unknown_account")
        await there.press("/control", 400, account="a/b")
        await there.press("/control", 400, account="b", speed=1)
        assert list((await there.get("/stats"))["accounts"]) == ["sms"]

    play(scene)


def test_an_account_may_have_its_own_secret() -> None:
    async def scene(there: World) -> None:
        await there.press("/control", 200, account="second", secret="another")
        assert (await post(there, "/a/second/v1/messages", sms(1))).status == 401
        assert (await post(there, "/a/second/v1/messages", sms(1), secret=b"another")).status == 200

    play(scene)


def test_over_its_rate_a_refusing_account_says_when_to_come_again() -> None:
    async def scene(there: World) -> None:
        long = "汛" * 135  # three parts
        assert (await post(there, "/v1/messages", *(sms(n, text=long) for n in range(10)))).status == 200
        answer = await post(there, "/v1/messages", *(sms(n, text=long) for n in range(10, 20)))
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        stats = await there.get("/stats")
        assert (stats["accepted"], stats["parts"], stats["calls_by_fault"]["throttled"]) == (10, 30, 1)

    play(scene, QUICK.changed({"rate": 10, "pace": "refuse"}))


def test_a_bucket_counts_parts_and_lets_the_first_messages_through() -> None:
    granted, after = Pace(10).grant("", [3, 3, 3, 3])
    assert granted == 3
    assert after == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (500, 8)])
def test_parts_are_counted_as_operators_do(length: int, count: int) -> None:
    assert parts("汛" * length) == count


def test_a_mark_counts_anew_but_knows_every_id() -> None:
    async def scene(there: World) -> None:
        await there.send(sms(1), sms(2, lane="alarm"))
        await there.reported(2)
        assert (await there.get("/stats"))["accepted_after"]["alarm"]["count"] == 1
        await there.press("/control", 200, mark=True)
        stats = await there.get("/stats")
        assert (stats["calls"], stats["accepted"], stats["parts"], stats["receipts"]["sent"]) == (0, 0, 0, 0)
        await there.send(sms(1), *(sms(n) for n in range(10, 15)))
        stats = await there.get("/stats")
        bulk = stats["accepted_after"]["bulk"]
        assert (stats["accepted"], stats["repeats"], bulk["count"], stats["by_lane"]["alarm"]) == (5, 1, 5, 0)
        assert 0 <= bulk["first"] == bulk["p50"] == bulk["p95"] == bulk["last"] < 10
        await there.press("/control", 400, mark="now")

    play(scene)


def test_late_receipts_come_after_the_others() -> None:
    async def scene(there: World) -> None:
        await there.send(*(sms(n) for n in range(100)))
        stats = await there.get("/stats")
        late = stats["receipts"]["late"]
        assert 20 < late < 80
        assert (await there.reported(100 - late))["receipts"]["pending"] == late

    play(scene, QUICK.changed({"receipt_late": 0.5, "receipt_late_seconds": 600}))


# -- templates and signatures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"template": "RED", "params": {"place": "建设路", "depth": "30"}, "sign": "卫东防汛"}, ""),
        ({"text": "【卫东防汛】今夜有雨"}, "free_text_refused"),
        ({"template": "RED", "params": {"place": "建设路"}, "sign": "卫东防汛"}, "variable_missing"),
        ({"template": "RED", "params": {"place": "路" * 36, "depth": "30"}, "sign": "卫东防汛"}, "variable_too_long"),
        ({"template": "RED", "params": {"place": "路" * 35, "depth": "30"}, "sign": "卫东防汛"}, ""),
        (
            {"template": "RED", "params": {"place": "http://a.cn/x", "depth": "3"}, "sign": "卫东防汛"},
            "link_in_variable",
        ),
        ({"template": "RED", "params": {"place": "t.cn/x", "depth": "3"}, "sign": "卫东防汛"}, "link_in_variable"),
        ({"template": "RED", "params": {"place": "建设路", "depth": "30"}, "sign": "东卫防汛"}, "signature_unknown"),
        ({"template": "RED", "params": {"place": "建设路", "depth": "30"}}, "signature_unknown"),
        ({"template": "NEW", "params": {"place": "学校"}, "sign": "卫东防汛"}, "template_not_approved"),
        ({"template": "CALL", "params": {"place": "桥下"}, "sign": "卫东防汛"}, "unknown_template"),
        ({"template": "CALL", "params": {"place": "桥下"}, "kind": "voice"}, ""),
        ({"template": "CALL", "params": {"a": "1", "b": "2", "c": "3"}, "kind": "voice"}, "too_many_variables"),
        ({"template": "CALL", "params": {"place": "【桥下】"}, "kind": "voice"}, "voice_text_refused"),
    ],
)
def test_only_what_was_reviewed_goes_out(message: dict[str, Any], code: str) -> None:
    admission = Admission(Behaviour(templates=REGISTER, templates_only=True, signatures=("卫东防汛",)))
    assert admission.examine(sms(1) | message)[0] == code


def test_a_free_text_bears_a_known_signature_where_signatures_are_registered() -> None:
    admission = Admission(Behaviour(signatures=("卫东防汛",)))
    assert admission.examine(sms(1, text="【卫东防汛】【演练】有雨"))[0] == ""
    assert admission.examine(sms(1, text="【演练】有雨"))[0] == "signature_unknown"
    assert admission.examine(sms(1, text="卫东防汛】有雨"))[0] == "signature_unknown"


def test_brackets_are_spoken_only_where_that_is_allowed() -> None:
    message = sms(1, text="【演练】有雨", kind="voice")
    assert Admission(Behaviour()).examine(message)[0] == "voice_text_refused"
    assert Admission(Behaviour(voice_brackets=True)).examine(message)[0] == ""


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({"text": "${a}"}, "nothing but variables"),
        ({"text": ""}, "1 to 500"),
        ({"text": "请${a}", "kind": "fax"}, "kind"),
        ({"text": "请${a}", "status": "fine"}, "status"),
        ({"text": "请${a}", "limit": 3}, "limit"),
        ({"text": "【演练】请${a}", "kind": "voice"}, "【】"),
        ({"text": "请${a}${b}${c}", "kind": "voice"}, "2 variables"),
    ],
)
def test_a_register_that_no_provider_would_have_is_refused(entry: dict[str, str], word: str) -> None:
    with pytest.raises(Refusal) as refused:
        Behaviour().changed({"templates": {"T": entry}})
    assert word in refused.value.sentence


def test_the_same_template_reaches_a_number_fifty_times_a_day() -> None:
    repetition, message = Repetition(), sms(1, template="RED", params={})
    for _ in range(50):
        assert not repetition.refuse(Behaviour(), message, "", 1_000_000)
    assert repetition.refuse(Behaviour(), message, "", 1_000_000) == "template_cap_day"
    assert not repetition.refuse(Behaviour(), sms(2, template="RED"), "", 1_000_000)
    assert not repetition.refuse(Behaviour(), message, "", 1_086_400)


def test_the_same_words_wait_where_the_account_says_so() -> None:
    repetition, spaced = Repetition(), Behaviour(same_text_seconds=30)
    assert not repetition.refuse(spaced, sms(1), "有雨", 100)
    assert repetition.refuse(spaced, sms(1), "有雨", 129) == "same_text_too_soon"
    assert not repetition.refuse(spaced, sms(1), "有大雨", 129)
    assert not repetition.refuse(spaced, sms(1), "有雨", 130)
