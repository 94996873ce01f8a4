"""Answers by SMS, by key, by link, for somebody and out of a pasted chat: who, when, how, and once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from assignments import actions, queries
from assignments.enums import Means, State, Stray, Verb
from assignments.models import Assignment, AssignmentEvent, UnclaimedReply
from core.rules import Refused
from messaging.models import Broadcast, Delivery, Reply
from messaging.signals import replies_stored
from tests import casts
from tests.casts import GRID, OTHER_GRID, Cast

pytestmark = pytest.mark.django_db
Give = Callable[..., Assignment]
MINUTE = timedelta(minutes=1)


def newest_message(phone: str) -> Delivery:
    return Delivery.objects.filter(contact_point__address=phone).select_related("broadcast").order_by("-pk")[0]


def replied(phone: str | None, text: str, at: datetime, *, to: Delivery | None = None, named: bool = True) -> Reply:
    """A phone answers its newest message (or `to`), and the platform takes the reply in."""
    assert phone
    delivery = to or newest_message(phone)
    reply = Reply.objects.create(
        sender=phone, text=text, at=at, received_at=at + timedelta(seconds=2), delivery=delivery, named=named
    )
    replies_stored.send(Reply, replies=[reply])
    return reply


def again(duty: Assignment) -> Assignment:
    return Assignment.objects.get(pk=duty.pk)


def last(duty: Assignment) -> AssignmentEvent:
    return duty.events.order_by("-pk")[0]


def test_a_reply_is_the_answer_of_whoever_holds_the_phone(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    replied(cast.grid_worker.phone, "收到，马上到", now + 2 * MINUTE)
    duty, event = again(duty), last(duty)
    assert (duty.state, duty.acknowledged_at, duty.answer_key) == (State.ACKNOWLEDGED, now + 2 * MINUTE, "1")
    assert (event.by, event.means, event.said, event.on_behalf_of) == (
        cast.grid_worker,
        Means.REPLY,
        "收到，马上到",
        "",
    )
    assert not UnclaimedReply.objects.exists()


def test_a_key_in_a_call_is_an_answer_by_key(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    delivery = newest_message(str(cast.grid_worker.phone))
    Delivery.objects.filter(pk=delivery.pk).update(channel="voice")
    delivery.refresh_from_db()
    replied(cast.grid_worker.phone, "2", now + MINUTE, to=delivery)
    assert (last(duty).means, last(duty).option) == (Means.VOICE_KEY, "2")


def test_whoever_wants_support_has_answered_and_the_duty_room_hears_of_it(
    give: Give, cast: Cast, now: datetime
) -> None:
    duty = give()
    before = Broadcast.objects.count()
    replied(cast.grid_worker.phone, "2 桥头缺人", now + MINUTE)
    duty = again(duty)
    assert (duty.state, duty.support_asked_at) == (State.ACKNOWLEDGED, now + MINUTE)
    assert Broadcast.objects.count() == before + 1
    assert newest_message(str(cast.duty_officer.phone)).broadcast_id == Broadcast.objects.latest("pk").pk
    assert list(queries.wanting_support(cast.duty_officer.scope)) == [duty]
    actions.send_support(assignment=duty, by=cast.duty_officer, now=now + 3 * MINUTE)
    assert not queries.wanting_support(cast.duty_officer.scope).exists()
    assert (again(duty).answer_key, last(duty).verb) == ("2", Verb.SUPPORT_SENT)


def test_support_may_be_asked_for_after_the_answer_and_the_same_answer_again_is_nothing(
    give: Give, cast: Cast, now: datetime
) -> None:
    duty = give()
    replied(cast.grid_worker.phone, "1", now + MINUTE)
    replied(cast.grid_worker.phone, "收到", now + 2 * MINUTE)
    assert duty.events.count() == 2
    replied(cast.grid_worker.phone, "需要支援", now + 3 * MINUTE)
    assert (last(duty).verb, again(duty).support_asked_at) == (Verb.ASK_SUPPORT, now + 3 * MINUTE)
    replied(cast.grid_worker.phone, "2", now + 4 * MINUTE)
    assert duty.events.count() == 3


def test_whoever_cannot_says_so_without_typing_a_reason(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    replied(cast.grid_worker.phone, "3", now + MINUTE)
    assert (again(duty).state, last(duty).note) == (State.RETURNED, "3")


@pytest.mark.parametrize("text", ["几点到？", "没收到", "水进来了", "9", "收到，来不了"])
def test_what_matches_no_answer_waits_to_be_claimed(give: Give, cast: Cast, now: datetime, text: str) -> None:
    duty = give()
    replied(cast.grid_worker.phone, text, now + MINUTE)
    stray = UnclaimedReply.objects.get()
    assert (stray.why, stray.person, stray.area_code) == (Stray.NO_OPTION, cast.grid_worker, GRID)
    assert again(duty).state == State.ASSIGNED
    assert [item.key for item in queries.unclaimed_items(cast.duty_officer.scope, now + 2 * MINUTE)] == [
        "assignments.unclaimed"
    ]


def test_a_phone_that_owes_several_answers_is_never_guessed(give: Give, cast: Cast, now: datetime) -> None:
    first, second = give(), give(title="巡查河堤")
    replied(cast.grid_worker.phone, "1", now + MINUTE, named=False)
    assert (again(first).state, again(second).state) == (State.ASSIGNED, State.ASSIGNED)
    stray = UnclaimedReply.objects.get()
    assert stray.why == Stray.SEVERAL
    assert {claim.duty.pk for claim in queries.claims_of(stray)} == {first.pk, second.pk}

    actions.claim_reply(unclaimed=stray, assignment=first, option="1", by=cast.duty_officer, now=now + 3 * MINUTE)
    event = last(first)
    assert (event.by, event.on_behalf_of, event.means) == (cast.duty_officer, "东安路网格员", Means.REPLY)
    assert (event.occurred_at, event.said) == (now + MINUTE, "1")
    assert again(second).state == State.ASSIGNED
    with pytest.raises(Refused):
        actions.claim_reply(unclaimed=stray, assignment=second, option="1", by=cast.duty_officer, now=now + 4 * MINUTE)


def test_a_duty_given_after_the_reply_was_here_is_not_what_it_means(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    sent = newest_message(str(cast.grid_worker.phone))
    later = give(title="巡查河堤", now=now + MINUTE)
    replied(cast.grid_worker.phone, "1", now + MINUTE - timedelta(seconds=2), to=sent, named=False)
    assert (again(duty).state, again(later).state) == (State.ACKNOWLEDGED, State.ASSIGNED)
    assert not UnclaimedReply.objects.exists()


def test_whoever_spoke_before_his_duty_was_given_has_not_acknowledged_it(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    later = give(title="去救人", now=now + MINUTE)
    replied(cast.grid_worker.phone, "1", now + MINUTE - timedelta(seconds=2), named=False)
    assert (again(duty).state, again(later).state) == (State.ASSIGNED, State.ASSIGNED)
    assert UnclaimedReply.objects.get().why == Stray.SEVERAL


def test_a_reply_that_names_its_message_needs_no_guess(give: Give, cast: Cast, now: datetime) -> None:
    first, second = give(), give(title="巡查河堤")
    replied(cast.grid_worker.phone, "1", now + MINUTE)
    assert (again(first).state, again(second).state) == (State.ASSIGNED, State.ACKNOWLEDGED)


def test_one_message_about_two_duties_is_a_doubt_even_when_it_is_named(cast: Cast, now: datetime, give: Give) -> None:
    actions.assign_many(
        [actions.Duty(title, GRID, assignee=cast.grid_worker) for title in ("甲", "乙")],
        kind=queries.kind("closing"),
        issued_by=cast.duty_officer,
        now=now,
    )
    replied(cast.grid_worker.phone, "1", now + MINUTE)
    assert UnclaimedReply.objects.get().why == Stray.SEVERAL


def test_a_superior_who_was_told_answers_in_the_others_place_and_is_named(
    give: Give, cast: Cast, now: datetime
) -> None:
    duty = give()
    for minutes in (10, 25, 40):
        actions.escalate_due(now=now + minutes * MINUTE)
    assert AssignmentEvent.objects.filter(assignment=duty, verb=Verb.ESCALATE).exists()
    replied(cast.subdistrict_officer.phone, "1", now + 41 * MINUTE)
    duty, event = again(duty), last(duty)
    assert (duty.state, duty.answered_by) == (State.ACKNOWLEDGED, "东安路防汛专干")
    assert (event.by, event.on_behalf_of) == (cast.subdistrict_officer, "东安路网格员")


def test_whoever_handed_it_over_does_not_answer_for_the_next(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    old = newest_message(str(cast.grid_worker.phone))
    actions.hand_over(assignment=duty, to=cast.other_worker, by=cast.duty_officer, now=now + MINUTE)
    replied(cast.grid_worker.phone, "收到", now + 2 * MINUTE, to=old)
    assert again(duty).state == State.ASSIGNED
    assert UnclaimedReply.objects.get().why == Stray.PASSED_ON


def test_got_it_to_a_withdrawal_is_nobodys_business(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    actions.cancel(assignment=duty, by=cast.duty_officer, now=now + MINUTE)
    replied(cast.grid_worker.phone, "收到", now + 2 * MINUTE)
    assert not UnclaimedReply.objects.exists()


def test_got_it_to_a_withdrawal_beside_a_call_that_waits_is_for_a_person_to_read(
    give: Give, cast: Cast, now: datetime
) -> None:
    before, graver = give(), give(title="红色预警叫应")
    actions.cancel(assignment=before, by=cast.duty_officer, now=now + MINUTE)
    replied(cast.grid_worker.phone, "1", now + 2 * MINUTE, named=False)
    assert again(graver).state == State.ASSIGNED
    assert UnclaimedReply.objects.get().why == Stray.SEVERAL


def test_after_the_answer_nothing_more_is_sent(give: Give, cast: Cast, now: datetime) -> None:
    give()
    replied(cast.grid_worker.phone, "1", now + MINUTE)
    sent = Delivery.objects.count()
    actions.escalate_due(now=now + 11 * MINUTE)
    assert Delivery.objects.count() == sent


def test_a_receiver_without_account_answers_by_sms(give: Give, cast: Cast, now: datetime) -> None:
    point = cast.outsider.contacts.get().contact_point
    cast.outsider.contacts.all().delete()
    duty = give(assignee=None, contact_point=point, assignee_name="车库业主")
    replied(point.address, "收到", now + MINUTE)
    event = last(duty)
    assert (event.by, event.by_name, again(duty).state) == (None, "车库业主", State.ACKNOWLEDGED)


def test_by_task_link_with_a_chosen_answer_and_by_nothing_else(give: Give, cast: Cast) -> None:
    duty = give()
    client, link = Client(), queries.link_path(duty)
    page = client.get(link).content
    assert len(page) < 50_000
    assert b"<script" not in page
    for key in ("1", "2", "3", "4", "5"):
        assert f'value="{key}"' in page.decode()
    client.head(link)
    assert client.post(link).status_code == 400
    assert client.post(link, {"option": "8"}).status_code == 400
    assert again(duty).state == State.ASSIGNED
    client.post(link, {"option": "2"})
    assert (again(duty).answer_key, last(duty).means, last(duty).by) == ("2", Means.LINK, cast.grid_worker)


# --- for others ------------------------------------------------------------------------------------------------------


def six_workers(cast: Cast, give: Give) -> list[Assignment]:
    people = [
        casts.make_person(f"w{n}", name=name, phone=f"+861380000000{n}", role=Role.GRID_WORKER, area_code=GRID)
        for n, name in enumerate(["张三", "李四", "王芳", "王芳芳", "赵六", "刘建国"])
    ]
    return [give(assignee=person, key=f"order:77:{place}") for place, person in enumerate(people)]


def test_six_workers_are_recorded_with_seven_taps_at_one_time(
    give: Give, cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    duties = six_workers(cast, give)
    client = signed_in(cast.subdistrict_officer)
    address = reverse("assignments:record") + "?of=order:77"
    page = client.get(address).content.decode()
    assert page.count('type="radio"') == 6 * 4
    given = {f"answer-{duty.pk}": "2" if duty == duties[5] else "1" for duty in duties}
    assert client.post(address, given | {"occurred_at": ""}).status_code == 302
    for duty in duties:
        event = last(duty)
        assert (event.means, event.by, event.on_behalf_of) == (
            Means.PHONE_CALL,
            cast.subdistrict_officer,
            duty.assignee_name,
        )
    assert again(duties[5]).support_asked_at
    assert client.get(address).context["waiting"] == []
    assert client.post(address, given).status_code == 400


def test_one_time_for_all_is_marked_as_recorded_later(give: Give, cast: Cast, now: datetime) -> None:
    duties = six_workers(cast, give)[:2]
    done = actions.answer_many(
        given=[(duty, "1") for duty in duties],
        by=cast.subdistrict_officer,
        now=now + 20 * MINUTE,
        occurred_at=now + 5 * MINUTE,
    )
    assert [row.acknowledged_at for row in done] == [now + 5 * MINUTE] * 2
    assert next(told for told in queries.told(done[0]) if told.event.verb == Verb.ACKNOWLEDGE).typed_later
    assert not actions.answer_many(given=[(duties[0], "3")], by=cast.subdistrict_officer, now=now + 21 * MINUTE)


@pytest.mark.parametrize("page", ["record", "paste", "replies"])
@pytest.mark.parametrize(
    ("member", "status"), [("grid_worker", 403), ("auditor", 403), ("subdistrict_officer", 200), ("duty_officer", 200)]
)
def test_who_may_record_for_others(
    cast: Cast, signed_in: Callable[[User], Client], page: str, member: str, status: int
) -> None:
    assert signed_in(getattr(cast, member)).get(reverse(f"assignments:{page}")).status_code == status


def test_an_officer_finds_only_those_of_his_areas(give: Give, cast: Cast, signed_in: Callable[[User], Client]) -> None:
    give(key="order:5:0")
    give(key="order:5:1", assignee=cast.other_worker, area_code=OTHER_GRID)
    page = signed_in(cast.other_officer).get(reverse("assignments:record") + "?of=order:5").content.decode()
    assert ("优越路网格员" in page, "东安路网格员" in page) == (True, False)


CHAT = """东安路-张三 23:02
收到
李四：几点到？
王芳: 收到
王芳芳：2
小赵: 收到
刘建国：收不到
"""


def test_a_pasted_chat_is_looked_at_before_it_is_stored_and_stored_once(
    give: Give, cast: Cast, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    duties = six_workers(cast, give)
    client, address = signed_in(cast.subdistrict_officer), reverse("assignments:paste") + "?of=order:77"
    events = AssignmentEvent.objects.count()
    read = client.post(address, {"text": CHAT})
    names = [duty.assignee_name for duty, *_ in read.context["recognised"]]
    assert names == ["张三", "王芳", "王芳芳"]
    assert [line.speaker for line, _likely in read.context["unsure"]] == ["小赵", "刘建国"]
    assert [duty.assignee_name for duty in read.context["missing"]] == ["李四"]
    assert AssignmentEvent.objects.count() == events

    place = read.context["unsure"][0][0].place
    chosen: dict[str, Any] = {f"who-{place}": str(duties[4].pk), f"what-{place}": "1"}
    kept = [str(duty.pk) for duty, *_ in read.context["recognised"]]
    for _press in range(2):
        client.post(address, {"text": CHAT, "store": "1", "keep": kept} | chosen)
        assert AssignmentEvent.objects.count() == events + 4
    event = last(duties[3])
    assert (event.means, event.option, event.said) == (Means.GROUP_TEXT, "2", "王芳芳：2")
    assert (event.by, event.on_behalf_of) == (cast.subdistrict_officer, "王芳芳")
    assert again(duties[4]).answer_key == "1"
    assert [again(duty).state for duty in (duties[1], duties[5])] == [State.ASSIGNED] * 2


def test_whom_the_officer_unticks_is_not_stored(give: Give, cast: Cast, now: datetime) -> None:
    duties = six_workers(cast, give)
    done = actions.store_chat(
        text=CHAT, duties=duties, by=cast.subdistrict_officer, now=now + 5 * MINUTE, kept={duties[0].pk}
    )
    assert done.stored == [duties[0]]
    assert last(duties[0]).occurred_at == now + 2 * MINUTE


def test_the_text_for_the_group_fits_and_says_how_to_answer(give: Give, cast: Cast, settings: Any) -> None:
    settings.PUBLIC_URL = "https://fx.weidong.example"
    duties = six_workers(cast, give)
    text = queries.group_text(duties, queries.options_for(duties))
    assert len(text) <= 180
    assert text.splitlines()[0].startswith("封控新华路下穿桥")
    assert "张三" in text
    assert "1 收到" in text
    assert text.endswith("/assignments/")
    many = duties * 30
    assert len(queries.group_text(many, queries.options_for(many))) <= 180
