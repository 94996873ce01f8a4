"""The gateway stand-in, from outside: signed calls in, receipts and answers out, counts that add up."""

import asyncio
import hashlib
import hmac
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from simulators.gateway.admission import Admission
from simulators.gateway.behaviour import Behaviour, Fates
from simulators.gateway.contract import Refusal, read_messages
from simulators.gateway.service import Identity
from simulators.gateway.web import application

ROOT = Path(__file__).parents[2]
SMS_SECRET = b"what the platform signs its calls with"
WEBHOOK_SECRET = b"what the gateway signs its reports with"
PATIENCE = 10
QUICK = Behaviour(receipt_delay=0, auto_reply_delay=0, undelivered_rate=0)

Json = dict[str, Any]


def signed(secret: bytes, body: bytes, at: float | None = None) -> dict[str, str]:
    """The contract's headers, written out once more so that a mistake in the gateway cannot hide."""
    timestamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Timestamp": timestamp, "X-Signature": f"sha256={mac}"}


def sms(number: int, **changes: Any) -> Json:
    message = {"id": f"d-{number}", "to": f"+86138{number:08d}", "text": "请立即转移", "lane": "bulk", "kind": "sms"}
    return message | changes


@dataclass
class Platform:
    """The other side: stores what is posted, or answers as it is told to first."""

    receipts: list[Json] = field(default_factory=list)
    replies: list[Json] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    stumbles: list[web.Response] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        timestamp = request.headers["X-Timestamp"]
        assert request.headers["X-Signature"] == signed(WEBHOOK_SECRET, body, float(timestamp))["X-Signature"]
        self.paths.append(request.path)
        if self.stumbles:
            return self.stumbles.pop(0)
        content = json.loads(body)
        async with self.changed:
            self.receipts += content.get("receipts", [])
            self.replies += content.get("replies", [])
            self.changed.notify_all()
        return web.json_response({"stored": len(next(iter(content.values())))})

    async def until(self, receipts: int = 0, replies: int = 0) -> None:
        async with self.changed:
            await asyncio.wait_for(
                self.changed.wait_for(lambda: len(self.receipts) >= receipts and len(self.replies) >= replies), PATIENCE
            )


@dataclass
class World:
    """A gateway and its platform."""

    client: "TestClient[web.Request, web.Application]"
    platform: Platform

    async def post(self, *messages: Json, status: int = 200, **headers: str) -> Json:
        body = json.dumps({"messages": messages}).encode()
        answer = await self.client.post("/v1/messages", data=body, headers=signed(SMS_SECRET, body) | headers)
        assert answer.status == status, await answer.text()
        return dict(await answer.json())

    async def send(self, *messages: Json) -> list[Json]:
        return list((await self.post(*messages))["results"])

    async def get(self, path: str) -> Json:
        answer = await self.client.get(path)
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())

    async def press(self, path: str, status: int, **content: Any) -> Json:
        answer = await self.client.post(path, json=content)
        assert answer.status == status, await answer.text()
        return dict(await answer.json())

    async def reported(self, receipts: int) -> Json:
        """The counts once the gateway knows that so many receipts are stored."""
        await self.platform.until(receipts=receipts)
        async with asyncio.timeout(PATIENCE):
            while (stats := await self.get("/stats"))["receipts"]["sent"] < receipts:
                pass
        return stats


@asynccontextmanager
async def world(behaviour: Behaviour = QUICK) -> AsyncIterator[World]:
    platform = Platform()
    hooks = web.Application(client_max_size=2**24)
    hooks.router.add_post("/hooks/{what}/{gateway}/", platform.hook)
    async with TestServer(hooks) as server:
        identity = Identity("sms", str(server.make_url("/hooks")), SMS_SECRET, WEBHOOK_SECRET, first_wait=0.001)
        async with TestClient(TestServer(application(identity, behaviour))) as client:
            yield World(client, platform)


def play(scene: Callable[[World], Coroutine[Any, Any, None]], behaviour: Behaviour = QUICK) -> None:
    async def run() -> None:
        async with world(behaviour) as there:
            await scene(there)

    asyncio.run(run())


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


# -- receipts ----------------------------------------------------------------------------------------------------------


def test_every_message_gets_one_receipt_and_the_same_phones_stay_off_in_every_storm() -> None:
    async def storm() -> list[Json]:
        async with world(QUICK.changed({"undelivered_rate": 0.06})) as there:
            for start in range(0, 3_000, 500):
                await there.send(*(sms(n) for n in range(start, start + 500)))
            stats = await there.reported(3_000)
            failed = [receipt for receipt in there.platform.receipts if receipt["status"] == "failed"]
            assert stats["undelivered"] == len(failed)
            assert {receipt["id"] for receipt in there.platform.receipts} == {f"d-{n}" for n in range(3_000)}
            assert set(there.platform.paths) == {"/hooks/receipts/sms/"}
            return failed

    first, second = asyncio.run(storm()), asyncio.run(storm())
    assert {receipt["id"] for receipt in first} == {receipt["id"] for receipt in second}
    assert 0.045 < len(first) / 3_000 < 0.075
    assert {receipt["code"] for receipt in first} == {"unreachable"}


def test_another_seed_switches_other_phones_off() -> None:
    numbers = [sms(n)["to"] for n in range(2_000)]

    def off(seed: int) -> set[str]:
        fates = Fates(Behaviour(undelivered_rate=0.1, seed=seed))
        return {number for number in numbers if fates.is_undelivered(fates.draw(number))}

    assert off(1) == off(1)
    assert len(off(1) & off(2)) < 0.3 * len(off(1))


def test_receipts_are_tried_until_the_platform_says_stored() -> None:
    async def scene(there: World) -> None:
        there.platform.stumbles = [
            web.Response(status=502),
            web.Response(text="<html>please sign in</html>"),
            web.json_response({"ok": True}),
            web.Response(status=302, headers={"Location": "/elsewhere/"}),
        ]
        await there.send(*(sms(n) for n in range(7)))
        stats = await there.reported(7)
        assert [receipt["id"] for receipt in there.platform.receipts] == [f"d-{n}" for n in range(7)]
        assert stats["receipts"]["failed"] == 4
        assert (stats["receipts"]["pending"], stats["receipts"]["dropped"]) == (0, 0)

    play(scene)


def test_lost_and_doubled_receipts_are_counted() -> None:
    async def scene(there: World) -> None:
        await there.send(*(sms(n) for n in range(400)))
        lost = (await there.get("/stats"))["receipts"]["lost"]
        doubled = (await there.get("/stats"))["receipts"]["duplicated"]
        assert 50 < lost < 150
        assert 50 < doubled < 150
        await there.reported(400 - lost + doubled)
        assert len({receipt["id"] for receipt in there.platform.receipts}) == 400 - lost
        assert len(there.platform.receipts) == 400 - lost + doubled

    play(scene, QUICK.changed({"receipt_loss": 0.25, "receipt_duplicate": 0.3, "receipt_shuffle": True}))


def test_a_delayed_receipt_waits() -> None:
    async def scene(there: World) -> None:
        await there.send(sms(1))
        stats = await there.get("/stats")
        assert (stats["receipts"]["pending"], stats["receipts"]["sent"]) == (1, 0)
        assert (await there.get("/messages/d-1"))["status"] == "accepted"

    play(scene, QUICK.changed({"receipt_delay": 3600}))


def test_read_follows_delivered_on_the_phone() -> None:
    async def scene(there: World) -> None:
        await there.send(sms(1))
        await there.reported(2)
        assert [receipt["status"] for receipt in there.platform.receipts] == ["delivered", "read"]
        assert (await there.get("/messages/d-1"))["status"] == "read"

    play(scene, QUICK.changed({"read_rate": 1}))


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["+8613800000001", "13800000001", "138 0000 0001"])
def test_a_resident_answers_the_newest_message(typed: str) -> None:
    async def scene(there: World) -> None:
        await there.send(sms(1), sms(2), sms(3, to=sms(1)["to"]))
        await there.press(f"/phones/{typed}/reply", 202, text=" 3 ")
        await there.platform.until(replies=1)
        [reply] = there.platform.replies
        assert (reply["from"], reply["text"], reply["reply_to"]) == ("+8613800000001", "3", "d-3")
        assert reply["to"]
        [phone] = (await there.get("/phones?q=3800000001"))["phones"]
        assert [bubble["side"] for bubble in phone["bubbles"]] == ["in", "in", "out"]

    play(scene)


def test_a_phone_that_got_nothing_may_write_too() -> None:
    async def scene(there: World) -> None:
        await there.press("/phones/13800000001/reply", 202, text="家里进水了")
        await there.platform.until(replies=1)
        assert there.platform.replies[0]["reply_to"] is None

    play(scene)


@pytest.mark.parametrize(
    ("number", "text"), [("110", "1"), ("13800000001", " "), ("13800000001", 1), ("x", "汛" * 501)]
)
def test_an_impossible_answer_is_refused(number: str, text: object) -> None:
    async def scene(there: World) -> None:
        await there.press(f"/phones/{number}/reply", 400, text=text)
        assert (await there.get("/stats"))["replies"]["pending"] == 0

    play(scene)


def test_phones_answer_by_themselves_in_the_shares_asked_for() -> None:
    async def scene(there: World) -> None:
        await there.send(*(sms(n) for n in range(500)))
        await there.reported(500)
        fates = Fates(QUICK.changed(shares))
        expected = {sms(n)["id"]: fates.answer(fates.draw(sms(n)["to"])) for n in range(500)}
        expected = {number: key for number, key in expected.items() if key}
        await there.platform.until(replies=len(expected))
        assert {reply["reply_to"]: reply["text"] for reply in there.platform.replies} == expected
        keys = list(expected.values())
        assert 200 < keys.count("1") < 300
        assert 25 < keys.count("3") < 75

    shares = {"auto_reply_safe": 0.5, "auto_reply_help": 0.1}
    play(scene, QUICK.changed(shares))


# -- counts and screens ------------------------------------------------------------------------------------------------


def test_counts_tell_lanes_kinds_and_exercise_apart_until_reset() -> None:
    async def scene(there: World) -> None:
        await there.send(
            sms(1, lane="alarm", kind="voice"),
            sms(2, text="【演练】请转移"),
            sms(3, text="【卫东防汛】【演练】请转移"),
            sms(4, text="明日【演练】通知"),
        )
        stats = await there.get("/stats")
        assert stats["by_lane"] == {"alarm": 1, "bulk": 3}
        assert stats["by_kind"] == {"sms": 3, "voice": 1}
        assert stats["by_mark"] == {"exercise": 2, "live": 2}
        await there.press("/reset", 200)
        stats = await there.get("/stats")
        assert (stats["calls"], stats["received"], stats["accepted"]) == (0, 0, 0)
        assert (await there.get("/messages"))["messages"] == []

    play(scene)


def test_after_a_reset_the_same_id_is_new() -> None:
    async def scene(there: World) -> None:
        [first] = await there.send(sms(1))
        await there.press("/reset", 200)
        [second] = await there.send(sms(1))
        assert first["provider_id"] != second["provider_id"]

    play(scene)


def test_messages_are_listed_newest_first_by_phone_and_since() -> None:
    async def scene(there: World) -> None:
        await there.send(*(sms(n) for n in range(10)))
        listed = await there.get("/messages?limit=3")
        assert [message["id"] for message in listed["messages"]] == ["d-9", "d-8", "d-7"]
        await there.send(sms(10), sms(11))
        newer = await there.get(f"/messages?after={listed['after']}")
        assert [message["id"] for message in newer["messages"]] == ["d-11", "d-10"]
        [one] = (await there.get("/messages?to=13800000004"))["messages"]
        assert one["id"] == "d-4"
        assert (await there.client.get("/messages?limit=many")).status == 400

    play(scene)


def test_an_id_is_known_for_ever_but_only_the_newest_texts_are_kept() -> None:
    async def scene(there: World) -> None:
        for start in range(0, 5_500, 500):
            await there.send(*(sms(n) for n in range(start, start + 500)))
        old, new = await there.get("/messages/d-499"), await there.get("/messages/d-500")
        assert ("text" in old, old["kept"], new["text"]) == (False, False, "请立即转移")
        assert (await there.send(sms(0)))[0]["provider_id"].endswith("-0")
        assert (await there.client.get("/messages/d-5500")).status == 404

    play(scene, QUICK.changed({"receipt_delay": 60}))


def test_phones_are_searched_by_words_and_unchanged_ones_are_not_sent_again() -> None:
    async def scene(there: World) -> None:
        await there.send(sms(1), sms(2, text="建设路桥下封闭"))
        await there.reported(2)
        found = await there.get("/phones?q=建设路")
        assert [phone["number"] for phone in found["phones"]] == [sms(2)["to"]]
        answer = await there.client.get(f"/phones?version={found['version']}")
        assert answer.status == 204

    play(scene)


def test_the_page_loads_nothing_from_elsewhere_and_other_pages_may_not_press_its_buttons() -> None:
    async def scene(there: World) -> None:
        page = await there.client.get("/")
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "//" not in (await page.text()).replace("<!doctype", "")
        for asset in ("/page/phones.js", "/page/phones.css"):
            assert (await there.client.get(asset)).status == 200
        foreign = await there.client.post("/reset", headers={"Origin": "http://evil.example"})
        assert foreign.status == 403

    play(scene)


# -- the process -------------------------------------------------------------------------------------------------------


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "simulators.gateway", *options]


def surroundings(**secrets: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("SMS_GATEWAY_SECRET", "WEBHOOK_SECRET")}
    return kept | secrets


@pytest.mark.parametrize(
    ("secrets", "options", "sentence"),
    [
        ({}, [], "SMS_GATEWAY_SECRET is not set"),
        ({"SMS_GATEWAY_SECRET": "a"}, [], "WEBHOOK_SECRET is not set"),
        (
            {"SMS_GATEWAY_SECRET": "a", "WEBHOOK_SECRET": "b"},
            ["--fail-rate", "2"],
            "fail_rate must be a number from 0 to 1",
        ),
        ({"SMS_GATEWAY_SECRET": "a", "WEBHOOK_SECRET": "b"}, ["--name", "a/b"], "--name must be"),
    ],
)
def test_a_start_that_cannot_work_says_what_to_set(secrets: dict[str, str], options: list[str], sentence: str) -> None:
    ended = subprocess.run(  # noqa: S603  # our own module
        command("--webhook-url", "http://127.0.0.1:9/hooks", *options),
        cwd=ROOT,
        env=surroundings(**secrets),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert sentence in ended.stderr


def test_the_process_serves_and_ends_at_sigterm_though_a_call_is_held() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  # our own module
        command("--port", str(port), "--webhook-url", "http://127.0.0.1:9/hooks", "--rate", "0.01"),
        cwd=ROOT,
        env=surroundings(SMS_GATEWAY_SECRET=SMS_SECRET.decode(), WEBHOOK_SECRET=WEBHOOK_SECRET.decode()),
    )

    async def reach(session: aiohttp.ClientSession, accepted: Callable[[Json], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with session.get("/stats") as answer:
                        if accepted(await answer.json()):
                            return
                except aiohttp.ClientError:
                    assert process.poll() is None

    async def scene() -> None:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            await reach(session, lambda stats: True)
            body = json.dumps({"messages": [sms(1)]}).encode()
            held: Awaitable[aiohttp.ClientResponse] = asyncio.ensure_future(
                session.post("/v1/messages", data=body, headers=signed(SMS_SECRET, body))
            )
            await reach(session, lambda stats: stats["calls"] == 1)
            process.send_signal(signal.SIGTERM)
            assert (await held).status == 200

    try:
        asyncio.run(scene())
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
