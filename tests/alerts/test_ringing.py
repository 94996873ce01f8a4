"""The chain of an old person's telephones: her own, her daughter's, her keeper's, the neighbour's, then the door."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from alerts import actions, queries
from alerts.enums import Answerer, Choice, NoticeLevel, Reach, Via
from alerts.models import AudienceHousehold, Notice, ReachRule, RingCall, RingStep
from alerts.queries import Link
from alerts.rules import USUAL
from command.models import HelpRequest
from core.rules import Refused
from messaging.enums import Channel, State
from messaging.models import Broadcast, Delivery, Reply
from messaging.signals import replies_stored
from territory.enums import ContactKind
from territory.models import ContactPoint, Household
from territory.rules import scope_of
from tests.alerts.situations import WHOLE, household_of, issued
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import household, must_reach_household

OWN, DAUGHTER, KEEPER, NEIGHBOUR, SON = (f"+861510000000{number}" for number in range(1, 6))
PAUSE = timedelta(seconds=USUAL[NoticeLevel.ORANGE].ring_seconds)
CHAIN = (
    Link(Answerer.OWN, "", OWN),
    Link(Answerer.CHILD, "女儿小芳", DAUGHTER),
    Link(Answerer.KEEPER, "包户干部老李", KEEPER),
    Link(Answerer.NEIGHBOUR, "对门王姐", NEIGHBOUR),
)


@pytest.fixture(autouse=True)
def calls(settings: Settings) -> None:
    """The district has an account for calls."""
    settings.VOICE_GATEWAY_URL, settings.VOICE_GATEWAY_SECRET = "http://127.0.0.1:9", "voice"
    settings.RING_LINES = 20


@pytest.fixture
def elder(cast: Cast) -> Household:
    """An old woman living alone, with a chain of four."""
    home = must_reach_household(phone=OWN)
    actions.set_chain(household=home, links=CHAIN, by=cast.subdistrict_officer)
    return home


def dialled() -> list[str]:
    """The numbers rung so far, in their order."""
    return list(
        Delivery.objects.filter(channel=Channel.VOICE).order_by("pk").values_list("contact_point__address", flat=True)
    )


def became(number: str, state: State) -> None:
    """What the gateway said of the call to this number."""
    Delivery.objects.filter(channel=Channel.VOICE, contact_point__address=number).update(state=state, attempts=1)


def pressed(number: str, key: str) -> None:
    """Somebody at this number presses a key."""
    delivery = Delivery.objects.filter(channel=Channel.VOICE, contact_point__address=number).get()
    reply = Reply(delivery=delivery, text=key, at=NIGHT, received_at=NIGHT, named=True)
    assert actions.take_replies(replies=[reply]) == 1


def test_her_own_telephone_rings_with_the_notice_and_the_others_one_after_the_other(
    elder: Household, cast: Cast
) -> None:
    row = issued(cast)
    at = NIGHT
    rung = []
    for number in (OWN, DAUGHTER, KEEPER, NEIGHBOUR):
        assert actions.ring_chains(now=at) == 1
        assert actions.ring_chains(now=at) == 0
        rung.append(number)
        assert dialled() == rung
        became(number, State.DELIVERED)
        assert actions.ring_chains(now=at + PAUSE - timedelta(seconds=1)) == 0
        at += PAUSE
    assert actions.ring_chains(now=at + PAUSE) == 0, "after the last one somebody goes to the door"
    shown = queries.rung(household_of(row, elder))
    assert [call.name for call in shown] == ["", "女儿小芳", "包户干部老李", "对门王姐"]
    assert [str(call.became) for call in shown] == [str(State.DELIVERED.label)] * 4


def test_a_call_that_failed_gives_way_at_once_and_one_that_waits_for_a_line_does_not(
    elder: Household, cast: Cast
) -> None:
    issued(cast)
    actions.ring_chains(now=NIGHT)
    assert actions.ring_chains(now=NIGHT + PAUSE) == 0, "nobody has dialled yet"
    became(OWN, State.FAILED)
    assert actions.ring_chains(now=NIGHT + timedelta(seconds=1)) == 1


def test_whoever_says_that_all_know_ends_the_chain_as_himself_and_she_is_still_to_be_spoken_to(
    elder: Household, cast: Cast
) -> None:
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    became(OWN, State.FAILED)
    actions.ring_chains(now=NIGHT)
    pressed(DAUGHTER, "1")
    became(DAUGHTER, State.DELIVERED)
    assert actions.ring_chains(now=NIGHT + 9 * PAUSE) == 0
    line = queries.line(household_of(row, elder), row)
    assert (line.reach, line.proxy) == (Reach.ANSWERED, str(Answerer.CHILD.label))
    assert queries.coverage(row, scope_of(DISTRICT)).total.must_unspoken == 1
    answer = line.audience.answers.get()
    assert (answer.via, answer.answered_as, answer.answered_name) == (Via.VOICE, Answerer.CHILD, "女儿小芳")


def test_a_telephone_put_into_the_chain_during_the_notice_is_rung_and_none_is_rung_twice(
    elder: Household, cast: Cast
) -> None:
    row = issued(cast)
    for number in (OWN, DAUGHTER):
        assert actions.ring_chains(now=NIGHT) == 1
        became(number, State.FAILED)
    son = Link(Answerer.CHILD, "儿子小强", SON)
    actions.set_chain(household=elder, links=[son, CHAIN[1], CHAIN[0], CHAIN[3]], by=cast.subdistrict_officer)
    for number in (SON, NEIGHBOUR):
        assert actions.ring_chains(now=NIGHT) == 1
        became(number, State.FAILED)
    assert actions.ring_chains(now=NIGHT + 9 * PAUSE) == 0
    assert dialled() == [OWN, DAUGHTER, SON, NEIGHBOUR]
    assert [call.name for call in queries.rung(household_of(row, elder))] == ["", "女儿小芳", "儿子小强", "对门王姐"]


def test_a_telephone_put_in_during_a_call_waits_until_that_call_had_its_time(elder: Household, cast: Cast) -> None:
    issued(cast)
    actions.ring_chains(now=NIGHT)
    became(OWN, State.DELIVERED)
    actions.set_chain(household=elder, links=[CHAIN[3], CHAIN[0]], by=cast.subdistrict_officer)
    assert actions.ring_chains(now=NIGHT + PAUSE - timedelta(seconds=1)) == 0
    assert actions.ring_chains(now=NIGHT + PAUSE) == 1
    assert dialled() == [OWN, NEIGHBOUR]


@pytest.mark.parametrize("links", [CHAIN[:1], (replace(CHAIN[1], who=Answerer.OWN, name=""),)])
def test_whoever_was_rung_as_a_child_answers_as_one_however_the_chain_reads_by_then(
    elder: Household, cast: Cast, links: tuple[Link, ...]
) -> None:
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    became(OWN, State.FAILED)
    actions.ring_chains(now=NIGHT)
    actions.set_chain(household=elder, links=links, by=cast.subdistrict_officer)
    pressed(DAUGHTER, "1")
    answer = household_of(row, elder).answers.get()
    assert (answer.answered_as, answer.answered_name) == (Answerer.CHILD, "女儿小芳")


def test_being_away_rings_the_next_and_a_cry_of_the_neighbour_is_hers(elder: Household, cast: Cast) -> None:
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    pressed(OWN, "2")
    became(OWN, State.DELIVERED)
    assert actions.ring_chains(now=NIGHT + PAUSE) == 1
    pressed(DAUGHTER, "3")
    assert queries.line(household_of(row, elder), row).reach == Reach.NEED_HELP
    became(DAUGHTER, State.DELIVERED)
    assert actions.ring_chains(now=NIGHT + 9 * PAUSE) == 0


def test_a_neighbour_who_presses_3_asks_for_help_once_and_for_the_elder(elder: Household, cast: Cast) -> None:
    actions.set_chain(household=elder, links=CHAIN[3:], by=cast.subdistrict_officer)
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    call = Delivery.objects.get(channel=Channel.VOICE)
    reply = Reply.objects.create(delivery=call, sender=NEIGHBOUR, text="3", at=NIGHT, received_at=NIGHT, named=True)
    replies_stored.send(sender=Reply, replies=[reply])
    assert HelpRequest.objects.get().audience == household_of(row, elder)


def test_a_household_without_a_chain_is_rung_at_its_own_numbers_a_landline_too(cast: Cast) -> None:
    home = must_reach_household(phone=None)
    point = ContactPoint.objects.create(kind=ContactKind.LANDLINE, address="+863752900021")
    home.contacts.create(contact_point=point, rank=1)
    household()
    issued(cast)
    assert actions.ring_chains(now=NIGHT) == 1
    assert dialled() == ["+863752900021"]
    assert RingCall.objects.get().who == Answerer.OWN


@pytest.mark.parametrize("what", ["visited", "closed", "withdrawn", "over", "safe"])
def test_nobody_is_rung_without_need(elder: Household, cast: Cast, what: str) -> None:
    row = issued(cast)
    audience = household_of(row, elder)
    match what:
        case "visited":
            AudienceHousehold.objects.update(visited_at=NIGHT)
        case "closed":
            AudienceHousehold.objects.update(closed_reason="住院")
        case "withdrawn":
            actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT)
        case "over":
            Notice.objects.update(starts_at=NIGHT - timedelta(hours=1), expires_at=NIGHT)
        case _:
            actions.record_answer(audience=audience, choice=Choice.SAFE, via=Via.SMS, now=NIGHT)
    assert actions.ring_chains(now=NIGHT) == 0
    assert dialled() == []


def test_without_an_account_for_calls_nobody_is_rung_and_nothing_breaks(
    elder: Household, cast: Cast, settings: Settings
) -> None:
    settings.VOICE_GATEWAY_URL = ""
    issued(cast)
    assert actions.ring_chains(now=NIGHT) == 0
    assert not RingCall.objects.exists()


def test_withdrawing_hangs_up_what_waits_for_a_line(elder: Household, cast: Cast) -> None:
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT)
    assert Delivery.objects.get(channel=Channel.VOICE).state == State.CANCELLED


def test_the_pause_between_two_telephones_is_the_districts_own(elder: Household, cast: Cast) -> None:
    ReachRule.objects.create(level=NoticeLevel.ORANGE, wait_minutes=15, ring_seconds=30, goal="units")
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    became(OWN, State.DELIVERED)
    assert actions.ring_chains(now=NIGHT + timedelta(seconds=30)) == 1
    assert queries.goal_of(row) == "units"


def test_calls_are_no_wave_of_texts(elder: Household, cast: Cast) -> None:
    row = issued(cast)
    actions.ring_chains(now=NIGHT)
    assert queries.shown(row, scope_of(DISTRICT), now=NIGHT).waves == []


def test_the_number_of_statements_does_not_grow_with_the_elders(cast: Cast) -> None:
    counts = []
    for homes in (1, 8):
        for _home in range(homes):
            must_reach_household()
        row = issued(cast)
        with CaptureQueriesContext(connection) as asked:
            actions.ring_chains(now=NIGHT)
        counts.append(len(asked))
        actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT)
    assert counts[0] == counts[1]
    assert Broadcast.objects.filter(channel=Channel.VOICE).count() == 2


def test_a_chain_is_written_by_whoever_knows_the_households_there_and_whole_or_not_at_all(
    elder: Household, cast: Cast
) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_chain(household=elder, links=[Link(Answerer.OWN, "", "12345")], by=cast.subdistrict_officer)
    assert (refused.value.code, refused.value.field) == ("ring.phone", "0.phone")
    with pytest.raises(Refused):
        actions.set_chain(household=elder, links=CHAIN[:1], by=cast.other_officer)
    assert RingStep.objects.count() == 4
    twice = [CHAIN[1], CHAIN[0], CHAIN[1]]
    assert [step.rank for step in actions.set_chain(household=elder, links=twice, by=cast.grid_worker)] == [1, 2]
    assert [step.contact_point.address for step in queries.ring_steps(elder)] == [DAUGHTER, OWN]


def test_who_put_a_telephone_into_a_chain_or_took_it_out_is_kept_and_the_same_again_is_no_news(
    elder: Household, cast: Cast
) -> None:
    event = apps.get_model("alerts", "RingStepEvent")
    for _twice in range(2):
        actions.set_chain(household=elder, links=CHAIN[1:2], by=cast.grid_worker)
    lines = event.objects.filter(contact_point__address=OWN).order_by("pgh_id")
    shown = [(line.pgh_label, line.pgh_context.metadata["actor"]) for line in lines]
    assert shown == [("insert", cast.subdistrict_officer.pk), ("delete", cast.grid_worker.pk)]
    assert event.objects.count() == 4 + 4 + 1
    assert "name" not in {field.name for field in event._meta.fields}, "history holds nobody's name"


def test_households_never_take_all_lines_and_whoever_was_not_rung_comes_first(cast: Cast, settings: Settings) -> None:
    settings.RING_LINES = 2
    first, second, third = (must_reach_household() for _number in range(3))
    row = issued(cast)
    assert [actions.ring_chains(now=NIGHT), actions.ring_chains(now=NIGHT)] == [2, 0]
    Delivery.objects.filter(channel=Channel.VOICE).update(state=State.FAILED, attempts=1)
    assert actions.ring_chains(now=NIGHT) == 1
    rung = RingCall.objects.order_by("pk").values_list("audience__household", flat=True)
    assert list(rung) == [first.pk, second.pk, third.pk]
    assert row.pk == RingCall.objects.latest("pk").audience.notice_id


# --- one telephone of several households ------------------------------------------------------------------------------


def kept_by_li(cast: Cast, homes: int) -> list[Household]:
    """Elders without a telephone of their own, all with the same keeper."""
    elders = [must_reach_household(phone=None) for _number in range(homes)]
    for home in elders:
        actions.set_chain(household=home, links=CHAIN[2:3], by=cast.subdistrict_officer)
    return elders


def heard_by_li() -> list[str]:
    """The households that his calls named so far."""
    calls = Delivery.objects.filter(channel=Channel.VOICE, contact_point__address=KEEPER).order_by("pk")
    return [call.params["who"] for call in calls if call.params]


def test_a_keeper_of_several_elders_hears_one_name_a_call_and_answers_for_her_alone(cast: Cast) -> None:
    elders = kept_by_li(cast, 3)
    row = issued(cast)
    for number, home in enumerate(elders, start=1):
        assert actions.ring_chains(now=NIGHT) == 1
        assert actions.ring_chains(now=NIGHT) == 0, "he is on the telephone"
        assert heard_by_li() == [other.head_name for other in elders[:number]]
        call = Delivery.objects.filter(channel=Channel.VOICE).latest("pk")
        Delivery.objects.filter(pk=call.pk).update(state=State.DELIVERED, attempts=1)
        reply = Reply(delivery=call, text="1", at=NIGHT, received_at=NIGHT, named=True)
        assert actions.take_replies(replies=[reply]) == 1
        assert household_of(row, home).answer == Choice.SAFE
        assert row.households.filter(answer="").count() == 3 - number
    assert actions.ring_chains(now=NIGHT + 9 * PAUSE) == 0


def test_a_keeper_who_was_rung_under_one_notice_is_not_rung_at_once_under_another(cast: Cast) -> None:
    kept_by_li(cast, 1)
    issued(cast)
    issued(cast)
    assert [actions.ring_chains(now=NIGHT), actions.ring_chains(now=NIGHT)] == [1, 0]
    became(KEEPER, State.DELIVERED)
    assert actions.ring_chains(now=NIGHT) == 1


def test_two_households_with_one_telephone_of_their_own_hear_one_call(cast: Cast) -> None:
    for _home in range(2):
        must_reach_household(phone=OWN)
    row = issued(cast)
    assert actions.ring_chains(now=NIGHT) == 2
    assert dialled() == [OWN]
    reply = Reply(delivery=Delivery.objects.get(channel=Channel.VOICE), text="1", at=NIGHT, received_at=NIGHT)
    assert actions.take_replies(replies=[reply]) == 2
    assert row.households.filter(answer=Choice.SAFE).count() == 2


# --- few lines --------------------------------------------------------------------------------------------------------


def test_the_lines_go_to_what_is_real_then_to_the_graver_then_to_the_newer(
    elder: Household, cast: Cast, settings: Settings
) -> None:
    settings.RING_LINES = 1
    drill, blue, older, newer = (issued(cast, content=replace(WHOLE, level=level)) for level in (1, 4, 2, 2))
    Notice.objects.filter(pk=drill.pk).update(exercise=uuid4())
    for row in (newer, older, blue, drill):
        assert actions.ring_chains(now=NIGHT) == 1
        assert RingCall.objects.latest("pk").audience.notice_id == row.pk
        became(OWN, State.DELIVERED)
        AudienceHousehold.objects.filter(notice=row).update(visited_at=NIGHT)


def test_two_workers_never_dial_over_the_same_line(elder: Household, cast: Cast) -> None:
    issued(cast)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('alerts.ring_chains'))")
        assert actions.ring_chains(now=NIGHT) == 0
    finally:
        other.close()
    assert actions.ring_chains(now=NIGHT) == 1
