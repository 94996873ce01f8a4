"""Telephone calls of the gateway stand-in: lines, the queue before them, caps of a callee, hands at the phones."""

from collections.abc import Iterator
from typing import Any

import pytest

from simulators.gateway.behaviour import Behaviour
from simulators.gateway.contract import Refusal
from simulators.gateway.voice import Call, Callees, Switchboard
from tests.simulators.gateway_world import QUICK, World, play, sms

FIRST, SECOND = sms(1)["to"], sms(2)["to"]
SLOW = Behaviour(voice_lines=2, voice_seconds=30, voice_ring_seconds=25, voice_pickup_seconds=4, voice_queue=2)


class Board:
    """A switchboard that remembers which call ended how, and when."""

    def __init__(self, behaviour: Behaviour = SLOW) -> None:
        self.over: list[tuple[int, str, float]] = []
        self.lines = Switchboard(behaviour, lambda call, now: self.over.append((call.seq, call.outcome, now)))
        self._seqs: Iterator[int] = iter(range(10_000))

    def ring(self, number: str, now: float, *, lane: str = "bulk", plan: str = "", press: str = "") -> Call:
        call = Call(next(self._seqs), "d", number, "请回话", plan=plan, press=press)
        self.lines.offer(call, lane, now)
        self.lines.advance(now)
        return call


def test_who_answers_and_hears_the_text_to_its_end_was_told() -> None:
    board = Board()
    board.ring(FIRST, 100)
    board.lines.act(FIRST, "answer", "", 110)
    board.lines.advance(139.9)
    assert board.over == []
    board.lines.advance(200)
    assert board.over == [(0, "done", 140)]


def test_a_key_ends_the_call_and_is_kept() -> None:
    board = Board()
    call = board.ring(FIRST, 100)
    board.lines.act(FIRST, "answer", "", 101)
    board.lines.act(FIRST, "press", "2", 103)
    assert (call.key, board.over) == ("2", [(0, "done", 103)])
    assert board.lines.stats()["keys"] == {"2": 1}


def test_a_phone_that_nobody_touches_rings_out() -> None:
    board = Board()
    board.ring(FIRST, 100)
    board.lines.advance(124.9)
    assert not board.over
    board.lines.advance(125)
    assert board.over == [(0, "no_answer", 125)]


@pytest.mark.parametrize(("do", "outcome"), [("busy", "busy"), ("hang_up", "busy")])
def test_a_ringing_phone_is_declined(do: str, outcome: str) -> None:
    board = Board()
    board.ring(FIRST, 100)
    board.lines.act(FIRST, do, "", 101)
    assert board.over == [(0, outcome, 101)]


def test_hanging_up_in_the_middle_is_not_an_answer() -> None:
    board = Board()
    board.ring(FIRST, 100)
    board.lines.act(FIRST, "answer", "", 101)
    board.lines.act(FIRST, "hang_up", "", 102)
    assert board.over == [(0, "hung_up", 102)]


@pytest.mark.parametrize(
    ("do", "key", "code"),
    [("press", "2", "wrong_moment"), ("dance", "", "bad_act")],
)
def test_what_a_ringing_phone_cannot_do_is_refused(do: str, key: str, code: str) -> None:
    board = Board()
    board.ring(FIRST, 100)
    with pytest.raises(Refusal) as refused:
        board.lines.act(FIRST, do, key, 101)
    assert refused.value.code == code


def test_an_answer_with_its_code_is_one_answer_and_the_code_is_not_counted() -> None:
    board = Board()
    call = board.ring(FIRST, 100)
    board.lines.act(FIRST, "answer", "", 101)
    board.lines.act(FIRST, "press", "1204816#", 103)
    assert (call.key, board.over) == ("1204816#", [(0, "done", 103)])
    assert board.lines.stats()["keys"] == {"1": 1}


@pytest.mark.parametrize("keys", ["", "A", "2 2", "1" * 13])
def test_a_key_must_be_on_the_phone(keys: str) -> None:
    board = Board()
    board.ring(FIRST, 100)
    board.lines.act(FIRST, "answer", "", 101)
    with pytest.raises(Refusal, match="key"):
        board.lines.act(FIRST, "press", keys, 102)


def test_two_lines_carry_two_calls_and_the_next_begins_when_one_ends() -> None:
    board = Board()
    calls = [board.ring(sms(n)["to"], 100) for n in range(3)]
    assert [call.state for call in calls] == ["ringing", "ringing", "queued"]
    board.lines.act(sms(0)["to"], "busy", "", 107)
    assert (calls[2].state, calls[2].since, board.lines.in_use) == ("ringing", 107, 2)


def test_an_alarm_waits_behind_no_notice() -> None:
    board = Board()
    for n in range(3):
        board.ring(sms(n)["to"], 100)
    alarm = board.ring(sms(9)["to"], 101, lane="alarm")
    board.lines.act(sms(0)["to"], "busy", "", 102)
    assert alarm.state == "ringing"


def test_a_full_queue_says_how_long_it_takes() -> None:
    board = Board()
    for n in range(6):
        assert board.lines.admit(sms(n)["to"], 100) == ("", 0)
        board.ring(sms(n)["to"], 100)
    # Four wait, two ring: five more before a new one's turn, two at a time, 34 s each.
    assert board.lines.admit(sms(7)["to"], 100) == ("retry", 85)


def test_833_people_on_ten_lines_take_their_time() -> None:
    board = Board(SLOW.changed({"voice_lines": 10, "voice_seconds": 36, "voice_queue": 100, "voice_answered": 1.0}))
    for n in range(833):
        board.ring(sms(n)["to"], 0, plan="answered")
    board.lines.advance(3_600)
    assert len(board.over) == 833
    assert board.over[-1][2] == 84 * 40
    assert board.lines.most_in_use == 10


def test_phones_answer_press_decline_and_hang_up_by_themselves() -> None:
    board = Board(SLOW.changed({"voice_lines": 4}))
    board.ring(sms(0)["to"], 100, plan="answered", press="1")
    board.ring(sms(1)["to"], 100, plan="busy")
    board.ring(sms(2)["to"], 100, plan="hung_up")
    board.lines.advance(200)
    assert board.over == [(1, "busy", 100), (2, "hung_up", 119), (0, "done", 134)]
    assert board.lines.stats()["keys"] == {"1": 1}


def test_a_phone_that_talks_already_is_busy_for_the_next_call() -> None:
    board = Board()
    board.ring(FIRST, 100)
    second = board.ring(FIRST, 101)
    assert second.outcome == "busy"


def test_telephones_live_as_much_faster_as_asked() -> None:
    board = Board(SLOW.changed({"voice_speed": 100}))
    board.ring(FIRST, 100)
    board.lines.advance(101)
    assert board.over == [(0, "no_answer", 100.25)]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "callee_cap_minute"),
        (61, ""),
        (4 * 120 + 61, "callee_cap_hour"),
        (3_601, ""),
    ],
)
def test_a_callee_is_spared(at: float, code: str) -> None:
    callees = Callees()
    for call in range(5):
        if call * 120 <= at:
            callees.note(FIRST, call * 120)
    assert callees.refuse(FIRST, SLOW, at) == code
    assert callees.refuse(SECOND, SLOW, at) == ""


def test_twenty_calls_a_day_are_enough() -> None:
    callees = Callees()
    for call in range(20):
        assert not callees.refuse(FIRST, SLOW, call * 3_600)
        callees.note(FIRST, call * 3_600)
    assert callees.refuse(FIRST, SLOW, 20 * 3_600) == "callee_cap_day"
    assert callees.refuse(FIRST, SLOW, 24 * 3_600 + 1) == ""


# -- over HTTP ---------------------------------------------------------------------------------------------------------


def voice(number: int, **changes: Any) -> dict[str, Any]:
    return sms(number, kind="voice", lane="alarm", text="演练，请回话") | changes


def test_a_hand_at_the_phone_answers_with_a_key_and_the_platform_hears_both() -> None:
    async def scene(there: World) -> None:
        await there.send(voice(1))
        [phone] = (await there.get("/phones"))["phones"]
        assert (phone["call"]["state"], phone["call"]["text"], phone["call"]["exercise"]) == ("ringing", "", True)
        assert phone["bubbles"] == []
        await there.press(f"/phones/{FIRST}/call", 200, do="answer")
        [phone] = (await there.get("/phones"))["phones"]
        assert phone["call"]["text"] == "演练，请回话"
        await there.press(f"/phones/{FIRST}/call", 200, do="press", key="2")
        await there.platform.until(receipts=1, replies=1)
        assert there.platform.receipts[0]["status"] == "delivered"
        reply = there.platform.replies[0]
        assert (reply["from"], reply["text"], reply["reply_to"]) == (FIRST, "2", "d-1")
        await there.press(f"/phones/{FIRST}/call", 409, do="press", key="2")

    play(scene)


def test_who_does_not_answer_is_reported_with_the_reason() -> None:
    async def scene(there: World) -> None:
        await there.send(voice(1))
        await there.platform.until(receipts=1)
        assert (there.platform.receipts[0]["status"], there.platform.receipts[0]["code"]) == ("failed", "no_answer")
        [again] = await there.send(voice(2, to=FIRST))
        assert again["code"] == "callee_cap_minute"
        assert (await there.get("/stats"))["voice"]["outcomes"] == {"no_answer": 1}

    play(scene, QUICK.changed({"voice_speed": 100_000}))


def test_a_call_that_waits_for_a_line_is_accepted_and_told_when_it_rings() -> None:
    async def scene(there: World) -> None:
        first, second, third = await there.send(voice(1), voice(2), voice(3))
        assert "starts_in" not in first
        assert (second["status"], second["starts_in"], third["status"]) == ("accepted", 34, "retry")
        assert third["after"] == 68
        voices = (await there.get("/stats"))["voice"]
        assert (voices["lines"], voices["in_use"], voices["waiting"]) == (1, 1, 1)

    play(scene, QUICK.changed({"voice_lines": 1, "voice_queue": 1}))


def test_everybody_who_answers_by_himself_presses_the_key_asked_for() -> None:
    async def scene(there: World) -> None:
        await there.send(*(voice(n) for n in range(30)))
        await there.platform.until(receipts=30, replies=30)
        assert {reply["text"] for reply in there.platform.replies} == {"1"}
        assert {receipt["status"] for receipt in there.platform.receipts} == {"delivered"}

    play(scene, QUICK.changed({"voice_answered": 1.0, "auto_reply_safe": 1.0, "voice_speed": 100_000}))
