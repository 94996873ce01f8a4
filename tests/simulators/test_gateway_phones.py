"""The gateway's phones, from outside: receipts and answers out, counts that add up."""

import asyncio

import pytest
from aiohttp import web

from simulators.gateway.behaviour import Behaviour, Fates
from tests.simulators.gateway_world import (
    QUICK,
    Json,
    World,
    play,
    sms,
    world,
)

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
