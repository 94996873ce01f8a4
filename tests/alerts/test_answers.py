"""What households answer, by every way, who speaks for them, and what nobody's machine may answer."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from alerts import actions, queries
from alerts.enums import Answerer, Choice, Reach, Via, VisitOutcome
from alerts.models import Answer, AudienceHousehold, Notice, RingStep
from alerts.rules import card_parts, card_pin, is_card, stands_beside
from command import actions as command
from command import queries as dangers
from command.models import HelpRequest
from messaging.enums import Channel
from messaging.models import Delivery, Reply
from messaging.signals import replies_stored
from residents.views import card as card_page
from territory.models import Household, HouseholdContact
from territory.rules import scope_of
from tests.alerts.situations import household_of, issued
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import contact_point, household, must_reach_household

LATER = NIGHT + timedelta(minutes=5)
EVERYWHERE = scope_of(DISTRICT)
DAUGHTER = "+8615100000077"


def reach_of(audience: AudienceHousehold) -> Reach:
    return queries.line(audience, Notice.objects.get(pk=audience.notice_id)).reach


def replied(row: Notice, audience: AudienceHousehold, text: str, at: datetime = LATER) -> None:
    """What messaging does when the household's first telephone answers."""
    delivery = Delivery.objects.get(broadcast=row.broadcast, contact_point=audience.contact_point)
    reply = Reply.objects.create(
        sender=str(delivery.contact_point.address), text=text, at=at, received_at=at, delivery=delivery
    )
    replies_stored.send(sender=Reply, replies=[reply])


def test_a_cry_by_a_gateway_whose_clock_is_ahead_is_heard_as_of_now(cast: Cast) -> None:
    must_reach_household()
    row = issued(cast)
    audience = row.households.get()
    delivery = Delivery.objects.get(broadcast=row.broadcast, contact_point=audience.contact_point)
    ahead = Reply.objects.create(
        sender="+8613900000099", text="3", at=LATER + timedelta(seconds=2), received_at=LATER, delivery=delivery
    )
    replies_stored.send(sender=Reply, replies=[ahead])
    assert HelpRequest.objects.get().received_at == LATER
    assert reach_of(row.households.get()) == Reach.NEED_HELP


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", Choice.SAFE),
        ("２。", Choice.AWAY),
        (" 3 ", Choice.NEED_HELP),
        ("救命1", Choice.NEED_HELP),
        ("4", None),
        ("谢谢", None),
        ("", None),
    ],
)
def test_a_digit_by_sms_says_where_people_are_and_nothing_else_is_guessed(
    cast: Cast, text: str, choice: Choice | None
) -> None:
    household()
    row = issued(cast)
    audience = row.households.get()
    replied(row, audience, text)
    audience.refresh_from_db()
    assert audience.answer == (choice or "")


def test_somebody_away_leaves_a_must_reach_household_open_until_a_person_has_spoken_to_it(cast: Cast) -> None:
    elder, family = must_reach_household(), household()
    row = issued(cast)
    for home in (elder, family):
        replied(row, household_of(row, home), "2")
    total = queries.coverage(row, EVERYWHERE).total
    assert (total.must_answered, total.must_away, total.must_unspoken) == (0, 1, 1)
    assert total.ordinary_answered == 1
    actions.record_visit(
        client_uuid=uuid.uuid4(),
        audience=household_of(row, elder),
        outcome=VisitOutcome.TOLD,
        by=cast.grid_worker,
        now=LATER,
    )
    total = queries.coverage(row, EVERYWHERE).total
    assert (total.must_answered, total.must_spoken, total.must_unspoken) == (1, 1, 0)


def test_need_help_stays_whatever_is_answered_after_it_until_a_worker_closes_it(cast: Cast) -> None:
    household()
    row = issued(cast)
    audience = row.households.get()
    replied(row, audience, "3")
    for minute, text in enumerate(("1", "2", "1"), start=6):
        replied(row, audience, text, NIGHT + timedelta(minutes=minute))
    actions.record_answer(audience=audience, choice=Choice.SAFE, via=Via.LINK, now=LATER + timedelta(minutes=9))
    audience.refresh_from_db()
    assert (audience.answer, audience.answered_at, reach_of(audience)) == (Choice.NEED_HELP, LATER, Reach.NEED_HELP)
    assert [one.choice for one in audience.answers.order_by("at")] == ["need_help", "safe", "away", "safe"]
    actions.close_help(audience=audience, note="已送安置点", by=cast.subdistrict_officer, now=LATER)
    assert reach_of(audience) == Reach.ANSWERED


def test_a_correction_hides_nobodys_cry(cast: Cast) -> None:
    household()
    row = issued(cast)
    replied(row, row.households.get(), "3")
    draft = actions.correct(notice=row, by=cast.duty_officer, now=LATER, changes={"measures": "绕行下穿桥"})
    draft = actions.submit(notice=draft, by=cast.duty_officer, now=LATER)
    second = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=LATER)
    crying = queries.calls_for_help(second, EVERYWHERE)
    assert [line.audience.notice_id for line in crying] == [row.pk]


def test_need_help_is_somebodys_duty_at_once_and_the_duty_room_may_name_another(cast: Cast) -> None:
    household()
    row = issued(cast)
    replied(row, row.households.get(), "3")
    request = HelpRequest.objects.get()
    assert request.assignment is not None
    assert (request.assignment.kind, request.assignment.assignee) == ("help", cast.grid_worker)
    assert request.helper_named_at == LATER


@pytest.mark.parametrize(
    ("known", "known_as", "new", "new_as", "beside"),
    [
        ("", "", Choice.SAFE, Answerer.CHILD, False),
        (Choice.AWAY, Answerer.OWN, Choice.SAFE, Answerer.CHILD, True),
        (Choice.AWAY, Answerer.OWN, Choice.NEED_HELP, Answerer.NEIGHBOUR, False),
        (Choice.SAFE, Answerer.CHILD, Choice.AWAY, Answerer.KEEPER, False),
        (Choice.SAFE, Answerer.CHILD, Choice.AWAY, Answerer.OWN, False),
    ],
)
def test_a_proxy_never_takes_the_households_own_word_back(
    known: str, known_as: str, new: str, new_as: str, beside: bool
) -> None:
    assert stands_beside(known, known_as, new, new_as) is beside


def test_what_the_daughter_answers_is_shown_as_hers(cast: Cast) -> None:
    elder = must_reach_household(phone=DAUGHTER)
    RingStep.objects.create(
        household=elder, rank=1, who=Answerer.CHILD, name="女儿小芳", contact_point=contact_point(DAUGHTER)
    )
    row = issued(cast)
    audience = household_of(row, elder)
    replied(row, audience, "1")
    line = queries.line(audience, row)
    assert (line.reach, line.proxy) == (Reach.ANSWERED, str(Answerer.CHILD.label))
    assert any("女儿小芳" in event.by for event in queries.household_events(audience))
    actions.record_answer(audience=audience, choice=Choice.SAFE, via=Via.LINK, now=LATER + timedelta(minutes=1))
    assert queries.line(audience, row).proxy == ""
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("older", ["1", "3"])
def test_an_answer_that_comes_late_does_not_undo_the_one_given_after_it_unless_it_is_a_cry(
    cast: Cast, older: str
) -> None:
    home = must_reach_household()
    row = issued(cast)
    audience = household_of(row, home)
    actions.record_answer(audience=audience, choice=Choice.AWAY, via=Via.LINK, now=LATER)
    replied(row, audience, older, at=LATER - timedelta(minutes=1))
    audience.refresh_from_db()
    kept = (Choice.AWAY, LATER) if older == "1" else (Choice.NEED_HELP, LATER - timedelta(minutes=1))
    assert (audience.answer, audience.answered_at) == kept
    assert Answer.objects.count() == 2


def test_a_key_in_a_call_is_an_answer_by_voice(cast: Cast) -> None:
    household()
    row = issued(cast)
    Delivery.objects.filter(broadcast=row.broadcast).update(channel=Channel.VOICE)
    replied(row, row.households.get(), "1")
    assert Answer.objects.get().via == Via.VOICE


# --- the personal link ------------------------------------------------------------------------------------------------


def test_a_scanner_that_opens_heads_or_posts_a_link_answers_for_nobody(cast: Cast, now: datetime) -> None:
    household()
    row = issued(cast)
    link = queries.answer_path(row.households.get().pk)
    scanner = Client(enforce_csrf_checks=True)
    assert scanner.get(link).status_code == 200
    assert scanner.head(link).status_code == 200
    assert scanner.post(link).status_code == 403
    assert scanner.post(link, {"choice": "safe"}).status_code == 403
    token = scanner.cookies["csrftoken"].value
    scanner.post(link, {"csrfmiddlewaretoken": token})  # the form sent off as it stands, no button pressed
    assert not Answer.objects.exists()
    scanner.post(link, {"csrfmiddlewaretoken": token, "choice": "safe"})
    assert Answer.objects.get().via == Via.LINK


# --- the card ---------------------------------------------------------------------------------------------------------


def test_a_cards_code_is_read_as_people_type_it_and_guessed_by_nobody() -> None:
    pin = card_pin("DA-0012", secret="s")
    for typed in (f"DA-0012 {pin}", f" da-0012{pin} ", f"DA-0012-{pin}", f"ＤＡ-0012　{pin}"):
        parts = card_parts(typed)
        assert parts == ("DA-0012", pin)
        assert is_card(*parts, secret="s")
    assert card_parts("1234") is None
    assert card_parts("DA-0012") == ("DA", "0012")
    assert not is_card("DA-0013", pin, secret="s") or card_pin("DA-0013", secret="s") == pin


@pytest.fixture
def card(cast: Cast, now: datetime) -> str:
    """The code on the card of the one household that a notice is for."""
    home = household(code="DA0012")
    issued(cast)
    return f"{home.code} {card_pin(home.code, secret=settings.SECRET_KEY)}"


def test_a_household_answers_with_the_code_of_its_card(card: str) -> None:
    address = reverse("residents:card")
    assert Client().get(address).status_code == 200
    assert Client().head(address).status_code == 200
    page = Client().post(address, {"code": card, "choice": "away"})
    assert page.status_code == 200
    answer = Answer.objects.get()
    assert (answer.choice, answer.via) == (Choice.AWAY, Via.CODE)
    assert "住户" not in page.content.decode(), "whoever types a code learns no name"


@pytest.mark.parametrize(
    ("code", "choice"), [("DA0012 0000", "safe"), ("DA9999 1234", "safe"), ("", "safe"), (None, "nonsense"), (None, "")]
)
def test_a_wrong_code_or_no_button_stores_nothing(card: str, code: str | None, choice: str) -> None:
    if code == card:
        code = "DA0012 0001"
    page = Client().post(reverse("residents:card"), {"code": card if code is None else code, "choice": choice})
    assert page.status_code == 400
    assert not Answer.objects.exists()
    assert (
        Client(enforce_csrf_checks=True).post(reverse("residents:card"), {"code": card, "choice": "safe"}).status_code
        == 403
    )


def test_a_right_code_without_a_notice_is_thanked_and_stores_nothing(card: str, cast: Cast) -> None:
    Notice.objects.update(expires_at=NIGHT + timedelta(seconds=1), starts_at=NIGHT - timedelta(hours=1))
    Notice.objects.update(expires_at=NIGHT)
    page = Client().post(reverse("residents:card"), {"code": card, "choice": "safe"})
    assert (page.status_code, Answer.objects.count()) == (200, 0)


def test_a_cry_by_card_reaches_the_duty_room_with_no_notice_in_force(card: str, cast: Cast) -> None:
    Notice.objects.update(starts_at=NIGHT - timedelta(hours=1), expires_at=NIGHT)
    for _ in range(2):
        page = Client().post(reverse("residents:card"), {"code": card, "choice": "need_help"})
    assert page.context["asks_for_help"]
    request = HelpRequest.objects.get()
    home = Household.objects.get()
    assert (request.area_code, request.place, request.audience) == (home.area_code, home.door, None)
    assert request.phone == home.contacts.get().contact_point.address
    assert request.assignment is not None
    assert request.assignment.assignee == cast.grid_worker
    command.record_spoken(request=request, by=cast.duty_officer, now=NIGHT)
    command.close_help_request(request=request, outcome="helped", by=cast.duty_officer, now=NIGHT)
    Client().post(reverse("residents:card"), {"code": card, "choice": "need_help"})
    assert HelpRequest.objects.filter(closed_at=None).count() == 1, "a second cry after the first was closed"


def test_a_cry_by_card_under_a_notice_that_ran_out_is_still_the_same_call(card: str) -> None:
    Client().post(reverse("residents:card"), {"code": card, "choice": "need_help"})
    Notice.objects.update(starts_at=NIGHT - timedelta(hours=1), expires_at=NIGHT)
    Client().post(reverse("residents:card"), {"code": card, "choice": "need_help"})
    assert HelpRequest.objects.get().audience is not None


@pytest.mark.parametrize("real_holds", [True, False])
def test_a_cry_by_card_during_a_drill_is_a_real_one(card: str, cast: Cast, real_holds: bool) -> None:
    if not real_holds:
        Notice.objects.update(starts_at=NIGHT - timedelta(hours=1), expires_at=NIGHT)
    drill = issued(cast)
    Notice.objects.filter(pk=drill.pk).update(exercise=uuid.uuid4())
    Client().post(reverse("residents:card"), {"code": card, "choice": "need_help"})
    assert dangers.help_counts(cast.commander.scope, NIGHT).open == 1
    assert not Answer.objects.filter(audience__notice=drill).exists()


def press(code: str, choice: str, address: str = "10.0.0.1") -> int:
    return Client(REMOTE_ADDR=address).post(reverse("residents:card"), {"code": code, "choice": choice}).status_code


def test_whoever_guesses_at_a_card_from_many_addresses_is_stopped_and_a_cry_is_not(card: str) -> None:
    code, pin = card.split()
    wrong = [f"{code} {(int(pin) + number) % 10_000:04d}" for number in range(1, card_page.WRONG_OF_A_CODE + 2)]
    answers = [press(one, "safe", f"10.0.0.{number}") for number, one in enumerate(wrong)]
    assert answers == [400] * card_page.WRONG_OF_A_CODE + [429]
    assert (press(card, "safe", "10.0.1.1"), Answer.objects.count()) == (429, 0)
    assert press(wrong[0], "need_help") == 429
    assert not HelpRequest.objects.exists()
    assert (press(card, "need_help"), HelpRequest.objects.count()) == (429, 1)


def test_behind_one_address_right_codes_are_never_counted_and_no_cry_is_refused(
    card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_page, "WRONG", 2)
    assert [press(card, choice) for choice in ("safe", "away", "safe")] == [200] * 3
    assert [press(f"DA{number} 0000", "safe") for number in (7001, 7002, 7003)] == [400, 400, 429]
    assert press(card, "safe") == 429
    assert (press(card, "need_help"), HelpRequest.objects.count()) == (200, 1)


def test_a_second_telephone_of_the_roll_is_the_households_own(cast: Cast) -> None:
    elder = must_reach_household()
    HouseholdContact.objects.create(household=elder, contact_point=contact_point(DAUGHTER), rank=2)
    row = issued(cast)
    replied(row, household_of(row, elder), "1")
    assert Answer.objects.get().answered_as == Answerer.OWN
