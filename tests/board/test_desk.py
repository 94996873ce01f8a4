"""The duty desk: a note is stored once, handed on by one press, and the box is never taken away."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assignments.models import Assignment
from board.queries.desk import desk
from command.models import CallTarget, Danger, HelpRequest
from dutyroster.models import LogEntry, LogFollowUp
from tests import factories
from tests.board import scenes
from tests.casts import Cast

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def noted(client: Client, text: str = "3 号楼进水，两位老人", **more: str) -> LogEntry:
    """Something typed into the box and stored."""
    number = str(uuid.uuid4())
    client.post(
        reverse("board:note"), {"client_uuid": number, "text": text, "wants_follow_up": "on", **more}, headers=HTMX
    )
    return LogEntry.objects.get(uuid=number)


def press(client: Client, entry: LogEntry, kind: str) -> int:
    """One press on an entry of the in-tray."""
    return client.post(reverse("board:hand_on", args=[entry.uuid, kind]), headers=HTMX).status_code


def test_a_note_arrives_once_however_often_it_is_sent(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    client, number = signed_in(cast.duty_officer), str(uuid.uuid4())
    words = {"client_uuid": number, "text": "电话：地道桥积水", "kind": "call", "caller_phone": "13800000001"}
    for _time in range(2):
        answer = client.post(reverse("board:note"), words, headers=HTMX)
        assert "weidong:noted" in json.loads(answer["HX-Trigger"])
    entry = LogEntry.objects.get()
    assert (entry.text, entry.kind, entry.by) == ("电话：地道桥积水", "call", cast.duty_officer)


def test_other_words_under_a_stored_number_get_a_number_of_their_own(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    client, number = signed_in(cast.duty_officer), str(uuid.uuid4())
    client.post(reverse("board:note"), {"client_uuid": number, "text": "第一条"}, headers=HTMX)
    answer = client.post(reverse("board:note"), {"client_uuid": number, "text": "第二条"}, headers=HTMX)
    assert json.loads(answer["HX-Trigger"])["weidong:renumber"]["next"] != number
    assert LogEntry.objects.count() == 1


def test_an_empty_note_is_refused_and_nothing_empties_the_box(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(cast.duty_officer)
    answer = client.post(reverse("board:note"), {"client_uuid": str(uuid.uuid4()), "text": " "}, headers=HTMX)
    assert "HX-Trigger" not in answer
    assert "tone-danger" in answer.content.decode()


def test_the_desk_says_how_many_dangers_are_open_and_where_the_older_ones_stand(
    cast: Cast, signed_in: SignedIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(desk.__globals__, "LISTED", 1)
    scenes.danger(by=cast.duty_officer, now=now)
    client, words = signed_in(cast.duty_officer), "更早的险情见险情列表"
    assert words not in client.get(reverse("board:desk")).content.decode()
    newest = scenes.danger(by=cast.duty_officer, now=now)
    answer = client.get(reverse("board:desk"))
    shown = answer.context["desk"]
    assert ([line.danger for line in shown.dangers], shown.danger.open) == ([newest], 2)
    assert words in answer.content.decode()


def test_the_poll_brings_the_lists_and_never_the_box(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(cast.duty_officer)
    page = client.get(reverse("board:desk")).content.decode()
    poll = client.get(reverse("board:desk"), headers=HTMX).content.decode()
    assert "data-quick-note" in page
    assert "<textarea" not in poll
    assert 'id="desk-lists"' in page
    assert 'id="desk-lists"' in poll


def test_one_press_makes_an_entry_a_call_for_help_and_two_make_it_one(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(cast.duty_officer)
    entry = noted(client, caller_name="王大爷", caller_phone="13800000009", place="3 号楼")
    assert {press(client, entry, "help"), press(client, entry, "help")} == {200}
    asked = HelpRequest.objects.get()
    assert (asked.who, asked.phone, asked.log_entry) == ("王大爷", "13800000009", entry)
    assert LogFollowUp.objects.filter(entry=entry, kind="help").count() == 1


def test_one_press_makes_an_entry_a_danger(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(cast.duty_officer)
    press(client, noted(client, "湛河左岸堤脚冒水"), "danger")
    assert Danger.objects.get().description == "湛河左岸堤脚冒水"


def test_told_to_the_leader_and_settled_are_written_once_with_their_words(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(cast.duty_officer)
    entry = noted(client)
    for kind in ("leader", "leader", "done", "done"):
        assert press(client, entry, kind) == 200
    became = {row.kind: row.note for row in LogFollowUp.objects.filter(entry=entry)}
    assert LogFollowUp.objects.filter(entry=entry).count() == 2
    assert cast.leader.name in became["leader"]
    assert became["done"]


def test_what_is_handed_on_leaves_the_top(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(cast.duty_officer)
    entry = noted(client)
    before = client.get(reverse("board:desk")).context["desk"]
    press(client, entry, "done")
    after = client.get(reverse("board:desk")).context["desk"]
    assert ([row.entry.pk for row in before.waiting], before.told) == ([entry.pk], [])
    assert (after.waiting, [row.entry.pk for row in after.told]) == ([], [entry.pk])


def test_the_silent_stand_on_top_and_their_deputy_is_called_by_one_press(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    scenes.call_out(by=cast.duty_officer, now=now - timedelta(minutes=6))
    client = signed_in(cast.duty_officer)
    waiting = client.get(reverse("board:desk")).context["desk"].calls[0].waiting
    assert waiting[0].line.label
    target = CallTarget.objects.get(assignment__assignee=cast.commander)
    client.post(reverse("board:call", args=[target.pk, "by-hand"]), headers=HTMX)
    duty = Assignment.objects.get(call_target=target)
    assert duty.acknowledged_at is not None
    names = [one.line.target.assignment.assignee_name for calls in
             client.get(reverse("board:desk")).context["desk"].calls for one in calls.waiting]  # fmt: skip
    assert cast.commander.name not in names


def test_work_phones_of_those_on_duty_stand_in_full(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    scenes.post_with(cast.duty_officer, cast.leader, staff=2, now=now)
    page = signed_in(cast.duty_officer).get(reverse("board:desk")).content.decode()
    assert f"tel:{cast.leader.phone}" in page


def test_only_the_duty_room_opens_the_desk(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    for outsider in (cast.grid_worker, cast.subdistrict_officer, cast.outsider):
        assert signed_in(outsider).get(reverse("board:desk")).status_code == 403


def test_a_reminder_from_the_board_stays_on_the_board(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    duty = factories.late_duty(of=cast.grid_worker, now=now)
    answer = signed_in(cast.duty_officer).post(reverse("board:remind", args=[duty.uuid]), headers=HTMX)
    assert 'id="board-strip"' in answer.content.decode()
    assert duty.events.filter(verb="remind").exists()
