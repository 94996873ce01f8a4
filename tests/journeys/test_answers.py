"""A call-out is answered without account, app or smartphone: by SMS, by link, for somebody, out of a pasted chat."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.enums import Role
from accounts.models import User
from assignments import actions
from assignments.enums import Means, State, Verb
from assignments.models import Assignment
from command import actions as command
from command.models import CallOut, CallTarget
from command.rules import ORDER
from core import clock
from dutyroster import actions as roster
from messaging.enums import Channel
from messaging.models import GatewayAccount, Reply
from tests import casts
from tests.assignments.chats import FORTY_LINES
from tests.casts import DISTRICT, SUBDISTRICT, Cast
from tests.dutyroster.shifts import duty_post
from tests.journeys.pages import form_with
from tests.journeys.processes import Stack, until

pytestmark = pytest.mark.journey


def called(cast: Cast) -> CallOut:
    return command.call_out(area_code=DISTRICT, text="红色预警，立即上岗", by=cast.duty_officer, now=clock.now())


def duty_of(person: User, call_out: CallOut) -> Assignment:
    return Assignment.objects.get(assignee=person, call_target__call_out=call_out)


def message_to(stack: Stack, person: User, words: str = "红色预警") -> str:
    """The newest SMS of a person that speaks of the call-out."""

    def found() -> str:
        return next((str(each["text"]) for each in stack.messages(str(person.phone)) if words in each["text"]), "")

    return str(until(found, of=f"a message to {person.name}"))


def test_the_deputy_of_a_silent_official_wants_support_and_the_duty_outlives_the_shift(
    stack: Stack, cast: Cast
) -> None:
    deputy = casts.make_person(
        "deputy", name="分管领导", phone="+8613900000098", role=Role.SUBDISTRICT_OFFICER, area_code=SUBDISTRICT
    )
    officer = stack.visitor(cast.duty_officer)
    call_out = called(cast)
    message_to(stack, cast.subdistrict_officer)
    duty = duty_of(cast.subdistrict_officer, call_out)
    past = clock.now() - timedelta(minutes=6)
    Assignment.objects.filter(pk=duty.pk).update(issued_at=past, acknowledge_by=past)
    duty.runs.update(next_due_at=past)
    message_to(stack, cast.subdistrict_officer, "催办")

    # The shift changes while he is silent: who comes on finds the call-out among what he takes over.
    post = duty_post(cast.duty_officer, cast.leader, name=f"值班{uuid4().hex[:4]}")
    now = clock.now()
    handover = roster.open_handover(
        post=post, outgoing=cast.duty_officer, incoming=cast.leader, by=cast.duty_officer, now=now
    )
    keys = [item.key for item in handover.items.all()]
    assert any("call" in key or key.startswith("assignments.late") for key in keys), keys
    roster.take_items(handover=handover, keys=keys, by=cast.leader, now=clock.now())
    duty.refresh_from_db()
    assert duty.state == State.ASSIGNED

    target = CallTarget.objects.get(assignment=duty)
    officer.post(f"/command/calls/targets/{target.pk}/deputy/")
    message_to(stack, deputy)
    stack.answers(str(deputy.phone), "2")
    until(lambda: Assignment.objects.get(pk=duty.pk).acknowledged_at, of="the deputy's answer")
    duty.refresh_from_db()
    event = duty.events.get(option="2")
    assert (event.by, event.means, event.said) == (deputy, Means.REPLY, "2")
    assert (duty.state, duty.support_asked_at is not None) == (State.VERIFIED, True)
    page = officer.get(f"/command/calls/{call_out.uuid}/").data.decode()
    assert "需支援" in page
    message_to(stack, cast.duty_officer, "需支援")

    # After the answer nothing more goes to either of them.
    heard = [len(stack.messages(str(person.phone))) for person in (deputy, cast.subdistrict_officer)]
    assert not duty.runs.filter(stopped_at__isnull=True).exists()
    stack.answers(str(deputy.phone), "收到")
    until(lambda: deputy_replies(deputy) == 2, of="the second reply taken in")
    assert [len(stack.messages(str(person.phone))) for person in (deputy, cast.subdistrict_officer)] == heard
    assert duty.events.filter(verb=Verb.ACKNOWLEDGE).count() == 1


def deputy_replies(person: User) -> int:
    return Reply.objects.filter(sender=person.phone).count()


def test_a_silent_official_is_rung_and_his_key_is_his_answer(stack: Stack, cast: Cast) -> None:
    GatewayAccount.objects.create(
        name="calls", channel=Channel.VOICE, url=stack.gateway_url, secret_name="SMS_GATEWAY_SECRET", lines=10
    )
    call_out, official = called(cast), cast.subdistrict_officer
    message_to(stack, official)
    duty = duty_of(official, call_out)
    duty.runs.update(next_due_at=clock.now() - timedelta(seconds=1))
    until(lambda: stack.rings(str(official.phone)), of="his telephone ringing")
    pressed_at = clock.now()
    heard = stack.picks_up(str(official.phone), "2")
    assert "已到岗请按1、需支援请按2" in heard
    assert not set("【】") & set(heard)
    until(lambda: duty_of(official, call_out).acknowledged_at, of="the key taken in")
    duty.refresh_from_db()
    event = duty.events.get(option="2")
    assert (event.by, event.means, event.said) == (official, Means.VOICE_KEY, "2")
    assert pressed_at - timedelta(seconds=2) <= event.occurred_at <= clock.now()
    assert duty.support_asked_at is not None
    assert "需支援" in stack.visitor(cast.duty_officer).get(f"/command/calls/{call_out.uuid}/").data.decode()
    message_to(stack, cast.duty_officer, "需支援")

    # Nothing more goes to him: no ladder of his duty is left, and what the next round sends is for the others.
    assert not duty.runs.filter(stopped_at__isnull=True).exists()
    got = len(stack.messages(str(official.phone)))
    silent = duty_of(cast.leader, call_out)
    silent.runs.update(next_due_at=clock.now() - timedelta(seconds=1))
    until(lambda: stack.rings(str(cast.leader.phone)), of="the other telephone ringing")
    assert len(stack.messages(str(official.phone))) == got
    assert stack.rings(str(official.phone)) is None


def test_one_press_on_the_task_link_without_account(stack: Stack, cast: Cast) -> None:
    call_out = called(cast)
    link = re.search(r"https?://[^/]+(/t/[^/\s]+/)", message_to(stack, cast.leader))
    assert link
    holder = stack.visitor()
    page = holder.get(link[1])
    assert len(page.data) < 50_000
    holder.post(link[1], form_with(page, "option").fields, expect=400)  # a form sent without a choice says nothing
    assert duty_of(cast.leader, call_out).state == State.ASSIGNED
    holder.post(link[1], {"option": "1"}, expect=410)
    duty = duty_of(cast.leader, call_out)
    assert (duty.state, duty.events.get(option="1").means) == (State.VERIFIED, Means.LINK)


def test_several_people_recorded_on_behalf_in_one_form(stack: Stack, cast: Cast) -> None:
    call_out = called(cast)
    officer = stack.visitor(cast.duty_officer)
    address = f"/assignments/answers/?of=call_out:{call_out.pk}"
    waiting = [duty_of(person, call_out) for person in (cast.commander, cast.leader, cast.other_officer)]
    form = form_with(officer.get(address), f"answer-{waiting[0].pk}").fields
    officer.post(address, form | {f"answer-{duty.pk}": "1" for duty in waiting})
    for duty in waiting:
        event = duty.events.get(option="1")
        assert (event.means, event.by, event.on_behalf_of) == (
            Means.PHONE_CALL,
            cast.duty_officer,
            duty.assignee_name,
        )
    assert call_out.targets.filter(by_hand=True).count() == 3


def test_a_pasted_chat_of_forty_lines_is_looked_at_and_then_stored_once(stack: Stack, cast: Cast) -> None:
    for number, name in enumerate(["张三", "李四", "王芳芳", "周涛", "吴敏", "郑凯"], start=1):
        casts.make_person(
            f"leader{number}", name=name, phone=f"+861370000000{number}", role=Role.LEADER, area_code=DISTRICT
        )
    command_people = User.objects.filter(name__in=["张三", "李四", "王芳芳", "周涛", "吴敏", "郑凯"])
    actions.assign_many(
        [
            actions.Duty("到岗待命", DISTRICT, assignee=person, key=f"order:900:{person.pk}")
            for person in command_people
        ],
        kind=ORDER,
        issued_by=cast.duty_officer,
        now=clock.now() - timedelta(hours=25),
    )
    officer, address = stack.visitor(cast.duty_officer), "/assignments/answers/paste/?of=order:900"
    assert len([row for row in FORTY_LINES.splitlines() if row.strip()]) >= 40
    read = officer.post(address, form_with(officer.get(address), "text").fields | {"text": FORTY_LINES})
    assert "认出 5 · 不确定" in " ".join(read.data.decode().split())
    owed = Assignment.objects.filter(key__startswith="order:900:")
    assert not owed.exclude(state=State.ASSIGNED).exists()
    kept = [str(duty.pk) for duty in owed]
    for _press in range(2):
        officer.post(address, {"text": FORTY_LINES, "store": "1", "keep": kept})
    stored = {duty.assignee_name: duty.answer_key for duty in owed.all()}
    assert stored == {"张三": "1", "李四": "1", "王芳芳": "1", "周涛": "2", "吴敏": "", "郑凯": "1"}
    assert all(duty.events.filter(means=Means.GROUP_TEXT).count() <= 1 for duty in owed)
