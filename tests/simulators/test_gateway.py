"""The gateway stand-in, from outside: signed calls in, what is taken, refused and held."""

import asyncio
import io
import json
import time
from collections.abc import Callable

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.gateway.admission import Admission
from simulators.gateway.behaviour import Behaviour
from simulators.gateway.contract import Refusal, read_messages
from tests.simulators.gateway_world import (
    PATIENCE,
    QUICK,
    SMS_SECRET,
    Json,
    World,
    play,
    signed,
    sms,
)

# -- calls -------------------------------------------------------------------------------------------------------------


def test_a_signed_call_is_accepted_and_every_message_gets_its_own_provider_id() -> None:
    async def scene(there: World) -> None:
        first, second = await there.send(sms(1), sms(2))
        assert (first["id"], first["status"], second["status"]) == ("d-1", "accepted", "accepted")
        assert first["provider_id"] != second["provider_id"]

    play(scene)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (dict, "unsigned"),
        (lambda: {"X-Signature": "sha256=00"}, "unsigned"),
        (lambda: {"X-Timestamp": "gestern", "X-Signature": "sha256=00"}, "bad_timestamp"),
        (lambda: {"X-Timestamp": "1" * 40, "X-Signature": "sha256=00"}, "bad_timestamp"),
        (lambda: signed(SMS_SECRET, b"{}", time.time() - 400), "stale_timestamp"),
        (lambda: signed(SMS_SECRET, b"{}", time.time() + 400), "stale_timestamp"),
        (lambda: signed(b"another secret", b"{}"), "bad_signature"),
        (lambda: signed(SMS_SECRET, b"{ }"), "bad_signature"),
    ],
)
def test_an_outsider_is_refused_with_a_sentence(headers: Callable[[], dict[str, str]], code: str) -> None:
    async def scene(there: World) -> None:
        answer = await there.client.post("/v1/messages", data=b"{}", headers=headers())
        refusal = await answer.json()
        assert (answer.status, refusal["code"]) == (401, code)
        assert refusal["error"].endswith(".")

    play(scene)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"\xff", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b"{}", 400, "no_messages"),
        (b'{"messages": []}', 400, "no_messages"),
        (b'{"messages": [1]}', 400, "bad_id"),
        (b'{"messages": [{"id": 7}]}', 400, "bad_id"),
        (json.dumps({"messages": [sms(1, id="x" * 65)]}).encode(), 400, "bad_id"),
        (json.dumps({"messages": [sms(n) for n in range(501)]}).encode(), 413, "too_many"),
        (b" " * (4 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_a_malformed_call_is_refused_whole(body: bytes, status: int, code: str) -> None:
    async def scene(there: World) -> None:
        answer = await there.client.post("/v1/messages", data=io.BytesIO(body), headers=signed(SMS_SECRET, body))
        assert (answer.status, (await answer.json())["code"]) == (status, code)
        assert (await there.get("/stats"))["received"] == 0

    play(scene)


def test_five_hundred_messages_fit_in_a_call() -> None:
    async def scene(there: World) -> None:
        answers = await there.send(*(sms(n) for n in range(500)))
        assert {answer["status"] for answer in answers} == {"accepted"}
        assert len({answer["provider_id"] for answer in answers}) == 500

    play(scene)


def test_the_same_id_twice_rings_the_phone_once() -> None:
    async def scene(there: World) -> None:
        [first] = await there.send(sms(1))
        again = await there.send(sms(1), sms(1))
        assert again == [first, first]
        stats = await there.reported(1)
        assert (stats["received"], stats["accepted"], stats["repeats"], stats["duplicates"]) == (3, 1, 2, 0)
        assert len((await there.get("/messages"))["messages"]) == len(there.platform.receipts) == 1

    play(scene)


def test_a_plain_gateway_rings_twice_and_counts_the_duplicate() -> None:
    async def scene(there: World) -> None:
        [first] = await there.send(sms(1))
        [second] = await there.send(sms(1))
        assert first["provider_id"] != second["provider_id"]
        stats = await there.get("/stats")
        assert (stats["accepted"], stats["repeats"], stats["duplicates"]) == (1, 0, 1)
        assert len((await there.get("/messages"))["messages"]) == 2

    play(scene, QUICK.changed({"dedupe": False}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "13800000001"}, "bad_number"),
        ({"to": "+8613800000"}, "bad_number"),
        ({"to": "+86138000000011"}, "bad_number"),
        ({"to": "+8613800000001\n"}, "bad_number"),
        ({"to": "+861380000000１"}, "bad_number"),
        ({"to": "+4915112345678"}, "bad_number"),
        ({"to": "+863752345678"}, "bad_number"),
        ({"to": None}, "bad_number"),
        ({"to": "+86010", "kind": "voice"}, "bad_number"),
        ({"kind": "fax"}, "bad_kind"),
        ({"kind": []}, "bad_kind"),
        ({"lane": "slow"}, "bad_lane"),
        ({"text": ""}, "no_text"),
        ({"text": 5}, "no_text"),
        ({"text": "汛" * 501}, "text_too_long"),
        ({"template": ""}, "bad_template"),
        ({"template": "T1", "params": ["a"]}, "bad_params"),
        ({"template": "T1", "params": {"a": 1}}, "bad_params"),
    ],
)
def test_a_bad_message_is_rejected_alone(changes: Json, code: str) -> None:
    async def scene(there: World) -> None:
        bad, good = await there.send(sms(1, **changes), sms(2))
        assert bad == {"id": "d-1", "status": "rejected", "code": code}
        assert good["status"] == "accepted"
        assert (await there.get("/stats"))["rejected_by_code"] == {code: 1}

    play(scene)


def test_the_duty_room_landline_can_be_rung() -> None:
    async def scene(there: World) -> None:
        [answer] = await there.send(sms(1, to="+863752345678", kind="voice"))
        assert answer["status"] == "accepted"

    play(scene)


_WORDS = st.sampled_from(["", "a", "T", "sms", "voice", "alarm", "+8613800000001", "100%", "${a}", "%(b)s", "【", "\0"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | _WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_WORDS, inner, max_size=2),
    max_leaves=4,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("id", "to", "text", "kind", "lane", "template", "params", "sign"), _JSON)
    )
)
def test_no_message_whatever_it_holds_breaks_the_gateway(strange: Json) -> None:
    message = sms(1) | strange
    try:
        [message] = read_messages(json.dumps({"messages": [message]}).encode())
    except Refusal:
        assert message["id"] != "d-1"
    code, text = Admission(Behaviour(templates={"T": "100% ${a}"})).examine(message)
    assert bool(code) != bool(text)


# -- templates, voice --------------------------------------------------------------------------------------------------


def test_a_templates_only_account_fills_what_is_registered_and_rejects_the_rest() -> None:
    async def scene(there: World) -> None:
        params = {"place": "建设路"}
        answers = await there.send(
            sms(1, template="FLOOD", params=params, sign="卫东防汛"),
            sms(2, template="OTHER", params=params),
            sms(3, template="FLOOD", params={}),
            sms(4, template="FLOOD", params={"place": "很长" * 4}),
            sms(5),
        )
        assert [answer.get("code") for answer in answers] == [
            None,
            "unknown_template",
            "variable_missing",
            "variable_too_long",
            "free_text_refused",
        ]
        assert (await there.get("/messages/d-1"))["text"] == "【卫东防汛】建设路积水，涨幅 50%，请绕行"

    templates = {"FLOOD": "${place}积水，涨幅 50%，请绕行"}
    play(scene, QUICK.changed({"templates": templates, "templates_only": True, "variable_limit": 6}))


# -- pace and faults ---------------------------------------------------------------------------------------------------


def test_a_blocking_gateway_holds_a_call_as_long_as_its_messages_take() -> None:
    async def scene(there: World) -> None:
        began = time.monotonic()
        await asyncio.gather(there.send(*(sms(n) for n in range(20))), there.send(*(sms(n) for n in range(20, 40))))
        assert time.monotonic() - began >= 40 / 400

    play(scene, QUICK.changed({"rate": 400}))


def test_a_held_call_is_let_go_when_the_rate_is_lifted() -> None:
    async def scene(there: World) -> None:
        held = asyncio.create_task(there.send(*(sms(n) for n in range(500))))
        async with asyncio.timeout(PATIENCE):
            while not (await there.get("/stats"))["calls"]:
                pass
            await there.press("/control", 200, rate=0)
            assert len(await held) == 500

    play(scene, QUICK.changed({"rate": 0.01}))


def test_over_the_rate_a_retrying_gateway_says_when_to_come_again() -> None:
    async def scene(there: World) -> None:
        answers = await there.send(*(sms(n) for n in range(15)))
        assert [answer["status"] for answer in answers] == ["accepted"] * 10 + ["retry"] * 5
        assert 0 < answers[-1]["after"] <= 0.5
        assert (await there.get("/stats"))["retried"] == 5

    play(scene, QUICK.changed({"rate": 10, "pace": "retry"}))


@pytest.mark.parametrize(
    ("fault", "status", "count"), [("fail_rate", 503, "failed"), ("throttle_rate", 429, "throttled")]
)
def test_a_failing_call_takes_nothing(fault: str, status: int, count: str) -> None:
    async def scene(there: World) -> None:
        await there.post(sms(1), status=status)
        stats = await there.get("/stats")
        assert (stats["accepted"], stats["calls_by_fault"][count]) == (0, 1)
        await there.press("/control", 200, **{fault: 0})
        assert (await there.send(sms(1)))[0]["status"] == "accepted"

    play(scene, QUICK.changed({fault: 1}))


def test_a_timed_out_call_was_taken_and_its_receipt_tells_so() -> None:
    async def scene(there: World) -> None:
        with pytest.raises(aiohttp.ClientError):
            await there.send(sms(1))
        await there.platform.until(receipts=1)
        assert there.platform.receipts[0]["id"] == "d-1"

    play(scene, QUICK.changed({"timeout_rate": 1, "timeout_seconds": 0}))


def test_a_dead_gateway_breaks_every_call_until_it_is_raised() -> None:
    async def scene(there: World) -> None:
        await there.press("/control", 200, dead_seconds=3600)
        await there.press("/control", 200, rate=0)
        with pytest.raises(aiohttp.ClientError):
            await there.send(sms(1))
        await there.press("/control", 200, dead_seconds=0)
        assert (await there.send(sms(1)))[0]["status"] == "accepted"

    play(scene)


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 1},
        {"rate": -1},
        {"rate": "fast"},
        {"rate": True},
        {"fail_rate": 1.01},
        {"fail_rate": 0.6, "timeout_rate": 0.6},
        {"pace": "slow"},
        {"dedupe": "no"},
        {"seed": 1.5},
        {"receipt_delay": None},
        {"templates": {"T": 1}},
    ],
)
def test_a_wrong_option_is_named_and_changes_nothing(wrong: Json) -> None:
    async def scene(there: World) -> None:
        before = await there.get("/control")
        refusal = await there.press("/control", 400, **({"latency": 9} | wrong))
        assert next(iter(wrong)) in refusal["error"]
        assert await there.get("/control") == before

    play(scene)
