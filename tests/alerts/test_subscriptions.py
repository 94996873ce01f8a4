"""Subscribing by telephone: nothing is told of a number, three wrong tries end a code, TD ends everything."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from alerts import actions, queries
from alerts.actions import subscriptions as subscribing
from alerts.enums.subscriptions import Ended
from alerts.models import NoticeAim, Subscription, SubscriptionCode
from alerts.rules.subscriptions import CODE_LIFE, CODES_A_DAY, may_send_code, parsed_stop
from command.models import HelpRequest
from core.models import Destruction
from core.rules import Refused
from messaging import actions as messages
from messaging.enums import State
from messaging.models import Broadcast, Delivery, Reply
from messaging.queries import purposes
from messaging.signals import replies_stored
from territory.models import ContactPoint
from tests.alerts.situations import WHOLE, drafted, issued, submitted
from tests.casts import DISTRICT, GRID, NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import contact_point, household

PHONE = "13812345678"
E164 = "+8613812345678"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code is 000042."""
    monkeypatch.setattr("secrets.randbelow", lambda _most: 42)


def asked(phone: str = PHONE, area: str = DISTRICT, *, ends: bool = False, minutes: int = 0) -> UUID:
    return actions.request_code(phone=phone, area_code=area, ends=ends, now=NIGHT + minutes * MINUTE)


def subscribed(phone: str = E164, area: str = DISTRICT) -> Subscription:
    """Somebody who confirmed."""
    return Subscription.objects.create(contact_point=contact_point(phone), area_code=area, begun_at=NIGHT)


def texts() -> list[str]:
    return [(row.params or {})["private"] for row in Delivery.objects.order_by("pk")]


def told(notice: Any) -> set[str]:
    """The telephones that a notice goes to."""
    return set(Delivery.objects.filter(broadcast=notice.broadcast).values_list("contact_point__address", flat=True))


@pytest.mark.parametrize(
    ("sent", "may"),
    [
        ([], True),
        ([timedelta(seconds=59)], False),
        ([timedelta(seconds=60)], True),
        ([timedelta(hours=hour) for hour in range(1, CODES_A_DAY + 1)], False),
        ([timedelta(hours=hour) for hour in range(1, CODES_A_DAY)] + [timedelta(days=1)], True),
    ],
)
def test_a_telephone_gets_one_code_a_minute_and_five_a_day(sent: list[timedelta], may: bool) -> None:
    assert may_send_code([NIGHT - ago for ago in sent], now=NIGHT) == may


@pytest.mark.parametrize(
    "text", ["TD", "td。", " ＴＤ ", "T", "R", "退订", "退订！", "取消订阅", "STOP", "unsubscribe"]
)
def test_what_people_write_to_be_left_alone(text: str) -> None:
    assert parsed_stop(text)


@pytest.mark.parametrize("text", ["", "1", "3", "退房", "TD123", "不要退订", "救"])
def test_what_is_no_farewell(text: str) -> None:
    assert not parsed_stop(text)


def test_a_code_begins_a_subscription_and_only_its_hash_is_kept(areas: Any) -> None:
    page = asked(area=SUBDISTRICT)
    row = SubscriptionCode.objects.get()
    assert (row.uuid, row.expires_at) == (page, NIGHT + CODE_LIFE)
    assert "000042" in texts()[0]
    assert "000042" not in str(vars(row))
    done = actions.confirm_code(uuid=page, code=" 000042 ", now=NIGHT)
    assert done.begun is not None
    assert (done.begun.area_code, done.begun.contact_point.address) == (SUBDISTRICT, E164)
    assert done.begun.contact_point.verified_at == NIGHT
    with pytest.raises(Refused):
        actions.confirm_code(uuid=page, code="000042", now=NIGHT)


def test_three_wrong_tries_are_the_last(areas: Any) -> None:
    page = asked()
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            actions.confirm_code(uuid=page, code="111111", now=NIGHT)
        assert refused.value.code == "subscription.code_wrong"
    with pytest.raises(Refused) as refused:
        actions.confirm_code(uuid=page, code="000042", now=NIGHT)
    assert refused.value.code == "subscription.code_wrong"
    assert not Subscription.objects.exists()


def test_two_wrong_tries_leave_the_third(areas: Any) -> None:
    page = asked()
    for _ in range(2):
        with pytest.raises(Refused):
            actions.confirm_code(uuid=page, code="1", now=NIGHT)
    assert actions.confirm_code(uuid=page, code="000042", now=NIGHT).begun


def test_a_code_is_good_for_ten_minutes(areas: Any) -> None:
    page = asked()
    with pytest.raises(Refused):
        actions.confirm_code(uuid=page, code="000042", now=NIGHT + CODE_LIFE)
    assert actions.confirm_code(uuid=page, code="000042", now=NIGHT + CODE_LIFE - timedelta(seconds=1)).begun


def test_nothing_tells_a_subscriber_from_a_stranger(areas: Any) -> None:
    subscribed()
    known, unknown, held_back = asked(), asked("13800000000"), asked("13800000000", SUBDISTRICT)
    assert len({known, unknown, held_back}) == 3
    assert len(texts()) == 2, "a second code within a minute is not sent, and nobody is told so"
    for page in (held_back, uuid4()):
        with pytest.raises(Refused) as refused:
            actions.confirm_code(uuid=page, code="000042", now=NIGHT)
        assert refused.value.code == "subscription.code_wrong"


def test_pressing_twice_leads_to_the_code_that_is_on_its_way(areas: Any) -> None:
    assert asked() == asked()
    assert len(texts()) == 1


def test_a_newer_code_makes_the_older_one_useless(areas: Any) -> None:
    old = asked()
    new = asked(minutes=1)
    with pytest.raises(Refused):
        actions.confirm_code(uuid=old, code="000042", now=NIGHT + MINUTE)
    assert actions.confirm_code(uuid=new, code="000042", now=NIGHT + MINUTE).begun


def test_codes_to_everybody_together_are_bounded(areas: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "CODES_AN_HOUR", 2)
    for number in range(3):
        asked(f"1380000000{number}")
    assert len(texts()) == 2
    asked("13800000009", minutes=61)
    assert len(texts()) == 3


@pytest.mark.parametrize(
    ("phone", "area", "code"),
    [
        ("0375-2900001", DISTRICT, "subscription.phone_wrong"),
        ("138", DISTRICT, "subscription.phone_wrong"),
        (PHONE, "410499", "subscription.area_wrong"),
        (PHONE, GRID, "subscription.area_wrong"),
    ],
)
def test_only_what_is_no_number_or_no_area_is_refused(areas: Any, phone: str, area: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        asked(phone, area)
    assert refused.value.code == code
    assert not SubscriptionCode.objects.exists()


@pytest.mark.parametrize(
    ("of", "notice", "hears"),
    [
        (DISTRICT, DISTRICT, True),
        (DISTRICT, SUBDISTRICT, True),
        (SUBDISTRICT, DISTRICT, True),
        (SUBDISTRICT, SUBDISTRICT, True),
        (SUBDISTRICT, SUBDISTRICT + "001", True),
        (OTHER_SUBDISTRICT, SUBDISTRICT, False),
    ],
)
def test_a_notice_goes_to_whoever_subscribed_to_its_area(cast: Cast, of: str, notice: str, hears: bool) -> None:
    household()
    subscribed(area=of)
    assert (E164 in told(issued(cast, areas=(notice,)))) == hears


def test_what_is_counted_before_the_signature_is_sent_and_nobody_twice(cast: Cast) -> None:
    home = household(phone=E164)
    household()
    subscribed()  # the household's own telephone
    subscribed(area=SUBDISTRICT)
    subscribed("+8613800000001")
    dead = subscribed("+8613800000002")
    ContactPoint.objects.filter(pk=dead.contact_point_id).update(dead_since=NIGHT)
    seen = queries.audience_preview([DISTRICT], queries.broadcast_text(WHOLE.sms_text))
    assert (seen.households, seen.subscribers, seen.contact_points) == (2, 2, 3)
    row = issued(cast)
    assert Delivery.objects.filter(broadcast=row.broadcast).count() == seen.contact_points
    assert row.households.filter(household=home).count() == 1, "a subscriber is no second household"
    assert row.households.count() == 2


def test_an_exercise_is_not_for_subscribers(cast: Cast) -> None:
    household()
    subscribed()
    row = submitted(cast)
    row.exercise = uuid4()
    row.save()
    row = actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
    assert E164 not in told(row)
    assert queries.audience_preview([DISTRICT], "x", exercise=True).subscribers == 0


def test_a_subscriber_who_was_told_hears_the_correction_and_the_all_clear(cast: Cast) -> None:
    household()
    subscribed()
    row = issued(cast)
    Delivery.objects.filter(broadcast=row.broadcast).update(state=State.DELIVERED)
    late = subscribed("+8613800000001")
    for minute, (begin, newcomer) in enumerate(((actions.correct, True), (actions.all_clear, False)), start=1):
        at = NIGHT + minute * MINUTE
        if not newcomer:
            Subscription.objects.filter(pk=late.pk).update(contact_point=contact_point("+8613800000002"))
        draft = actions.submit(notice=begin(notice=row, by=cast.duty_officer, now=at), by=cast.duty_officer, now=at)
        row = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=at)
        Delivery.objects.filter(broadcast=row.broadcast).update(state=State.DELIVERED)
        assert E164 in told(row)
        assert ("+8613800000002" in told(row)) is False
        assert "+8613800000001" in told(row), "in force for the newcomer too, and then over for him"


def replied(delivery: Delivery, text: str) -> None:
    """What messaging does when a telephone answers."""
    sender = delivery.contact_point.address
    reply = Reply.objects.create(sender=sender, text=text, at=NIGHT, received_at=NIGHT + MINUTE, delivery=delivery)
    replies_stored.send(sender=Reply, replies=[reply])


def test_td_ends_every_subscription_of_the_telephone_and_of_no_other(cast: Cast) -> None:
    household()
    mine, also, other = subscribed(), subscribed(area=SUBDISTRICT), subscribed("+8613800000001")
    row = issued(cast)
    replied(Delivery.objects.get(broadcast=row.broadcast, contact_point=mine.contact_point), "td")
    for one in (mine, also, other):
        one.refresh_from_db()
    assert [(one.ended_at, one.ended_how) for one in (mine, also)] == [(NIGHT + MINUTE, Ended.SMS)] * 2
    assert other.ended_at is None
    assert E164 not in told(issued(cast))


def test_a_subscriber_who_answers_3_is_a_call_for_help_and_a_household_is_only_one(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    own = Delivery.objects.get(broadcast=row.broadcast)
    subscribed()
    row = issued(cast)
    replied(Delivery.objects.get(broadcast=row.broadcast, contact_point__address=E164), "3")
    request = HelpRequest.objects.get()
    assert (request.phone, request.area_code, request.audience) == (E164, DISTRICT, None)
    replied(Delivery.objects.get(pk=own.pk), "3")
    assert [one.audience.household for one in HelpRequest.objects.exclude(audience=None) if one.audience] == [home]
    assert HelpRequest.objects.count() == 2


def test_the_link_ends_one_and_a_code_ends_all(areas: Any) -> None:
    first, second = subscribed(), subscribed(area=SUBDISTRICT)
    actions.end_subscription(subscription=first, now=NIGHT)
    actions.end_subscription(subscription=first, now=NIGHT + MINUTE)
    assert (first.ended_at, first.ended_how) == (NIGHT, Ended.LINK)
    done = actions.confirm_code(uuid=asked(ends=True), code="000042", now=NIGHT)
    assert (done.begun, done.ended) == (None, 1)
    second.refresh_from_db()
    assert second.ended_how == Ended.CODE


def test_ended_ones_are_destroyed_and_counted(cast: Cast, settings: Any) -> None:
    household(phone="+8613800000003")
    limit = NIGHT - timedelta(days=settings.KEEP_SUBSCRIPTIONS_DAYS)
    for number, at in enumerate((limit - MINUTE, limit, limit - MINUTE, None)):
        row = subscribed(f"+861380000000{number + 1}")
        Subscription.objects.filter(pk=row.pk).update(ended_at=at, ended_how=Ended.SMS if at else "")
    asked("13800000007", minutes=-3 * 24 * 60)
    assert actions.forget_subscriptions(now=NIGHT) == 3
    kept = set(ContactPoint.objects.filter(address__startswith="+86138").values_list("address", flat=True))
    assert kept == {f"+861380000000{number}" for number in (2, 3, 4, 7)}, "a household's stays, and one just texted"
    assert dict(Destruction.objects.values_list("what", "count")) == {
        "alerts.subscription": 2,
        "alerts.subscriptioncode": 1,
        "territory.contactpoint": 1,
    }


def test_a_number_goes_when_the_record_of_what_was_sent_to_it_has_gone(cast: Cast, settings: Any) -> None:
    row = actions.confirm_code(uuid=asked(), code="000042", now=NIGHT).begun
    assert row is not None
    actions.end_subscription(subscription=row, now=NIGHT)
    Delivery.objects.update(state=State.DELIVERED)
    later = NIGHT + timedelta(days=settings.KEEP_SUBSCRIPTIONS_DAYS, minutes=1)
    for days_old, stays in ((0, True), (settings.KEEP_MESSAGES_DAYS + 1, False)):
        Broadcast.objects.update(created_at=later - timedelta(days=days_old))
        messages.purge_old(now=later)
        actions.forget_subscriptions(now=later)
        assert not Subscription.objects.exists()
        assert ContactPoint.objects.filter(address=E164).exists() == stays


def test_nothing_is_kept_of_a_stranger_whose_code_was_held_back(areas: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "CODES_AN_HOUR", 0)
    asked()
    assert not ContactPoint.objects.filter(address=E164).exists()


def test_a_number_dead_for_a_month_has_ended(areas: Any) -> None:
    row, young = subscribed(), subscribed("+8613800000001")
    for one, days in ((row, 31), (young, 29)):
        ContactPoint.objects.filter(pk=one.contact_point_id).update(dead_since=NIGHT - timedelta(days=days))
    actions.forget_subscriptions(now=NIGHT)
    assert list(Subscription.objects.filter(ended_at=None)) == [young]
    assert Subscription.objects.get(pk=row.pk).ended_how == Ended.DEAD


def test_the_code_is_among_the_texts_to_be_filed() -> None:
    said = purposes()["subscription_code"].texts
    assert all("{code}" in text for text in said.values())
    assert len(said["zh-hans"]) <= 60, "one SMS with the signature"


def test_a_notice_for_a_part_of_its_areas_is_not_for_subscribers(cast: Cast) -> None:
    household(must_reach="alone")
    subscribed()
    row = drafted(cast)
    NoticeAim.objects.create(notice=row, only_must_reach=True)
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    seen = queries.audience_preview([DISTRICT], "x", notice=row.pk)
    row = actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
    assert (E164 in told(row), seen.subscribers, seen.contact_points) == (False, 0, 1)
    draft = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    draft = actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
    assert queries.follow_preview(draft, queries.Wording("x", True)).subscribers == 0
    correction = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=NIGHT + MINUTE)
    assert E164 not in told(correction), "whoever had nothing is not corrected"


def test_a_correction_is_counted_with_its_subscribers_as_it_is_sent(cast: Cast) -> None:
    household()
    subscribed()
    row = issued(cast)
    Delivery.objects.filter(broadcast=row.broadcast).update(state=State.DELIVERED)
    subscribed("+8613800000001")
    draft = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    draft = actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
    seen = queries.follow_preview(draft, queries.Wording("x", True))
    assert (seen.subscribers, seen.contact_points) == (2, 3)
    correction = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=NIGHT + MINUTE)
    assert len(told(correction)) == 3
