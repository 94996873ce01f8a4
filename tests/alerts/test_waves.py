"""One telephone a household first; the next one when it fails or keeps silent. A household counts once."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts import actions, queries
from alerts.enums import Choice, Reach, Via
from alerts.models import AudienceHousehold, AudiencePhone, Notice
from alerts.rules import wave_seconds
from messaging.enums import State
from messaging.models import Broadcast, Delivery, Reply
from territory.models import ContactPoint, Household, HouseholdContact
from territory.rules import scope_of
from tests.alerts.situations import household_of, issued
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import contact_point, household, must_reach_household

EVERYWHERE = scope_of(DISTRICT)
LATER = NIGHT + timedelta(minutes=4)


def with_phones(*numbers: str, home: Household | None = None) -> Household:
    """A household with these telephones in this order, after the one it may have."""
    home = home or household(phone=None)
    for number in numbers:
        HouseholdContact.objects.create(
            household=home, contact_point=contact_point(number), rank=home.contacts.count() + 1
        )
    return home


def became(number: str, state: State, *, at: datetime = NIGHT) -> None:
    """What the gateway said of every message to this number."""
    taken = at if state == State.ACCEPTED else None
    Delivery.objects.filter(contact_point__address=number).update(state=state, accepted_at=taken)


def numbers_of(broadcast: Broadcast | None) -> list[str]:
    assert broadcast is not None
    return sorted(broadcast.deliveries.values_list("contact_point__address", flat=True))


def wave(row: Notice, number: int) -> Broadcast:
    return Broadcast.objects.get(key=f"notice:{row.pk}:wave:{number}")


def reaches(row: Notice) -> dict[int, Reach]:
    """Each household's state by the list; the count agrees, or this fails."""
    listed = {one.household_id: Reach(one.reach) for one in queries.with_reach(row.households.all(), row)}
    total = queries.coverage(row, EVERYWHERE).total
    assert {state: total.count(state) for state in Reach} == {
        state: list(listed.values()).count(state) for state in Reach
    }
    assert queries.totals([row], EVERYWHERE)[row.pk].reached == total.reached
    return listed


@pytest.mark.parametrize(
    ("wait", "further", "longest", "seconds"),
    [(10, 0, 180, 0), (10, 1, 180, 180), (10, 2, 180, 180), (6, 2, 180, 120), (1, 4, 180, 30), (10, 2, 0, 0)],
)
def test_all_telephones_share_the_wait_for_the_door(wait: int, further: int, longest: int, seconds: int) -> None:
    assert wave_seconds(wait, further, longest) == seconds


def test_the_signature_writes_to_one_telephone_a_household_and_freezes_the_others(cast: Cast) -> None:
    with_phones("+8615100000001", "+8615100000002", "+8615100000003")
    with_phones("+8615100000004", "+8615100000005")
    ContactPoint.objects.filter(address="+8615100000005").update(dead_since=NIGHT)
    row = issued(cast)
    assert numbers_of(row.broadcast) == ["+8615100000001", "+8615100000004"]
    assert list(AudiencePhone.objects.order_by("rank").values_list("contact_point__address", "rank")) == [
        ("+8615100000002", 1),
        ("+8615100000003", 2),
    ]
    assert row.broadcast is not None
    assert row.broadcast.fallback_seconds == 180
    assert actions.send_waves(now=LATER) == 0, "nothing was handed over: that is nobody's failure"


def test_whoever_is_silent_or_failed_gets_the_next_telephone_once_and_the_reached_get_nothing(cast: Cast) -> None:
    homes = [with_phones(f"+861510000001{n}", f"+861510000002{n}") for n in range(4)]
    row = issued(cast)
    became("+8615100000010", State.DELIVERED)
    became("+8615100000011", State.ACCEPTED)
    became("+8615100000012", State.ACCEPTED, at=NIGHT + timedelta(minutes=3))
    became("+8615100000013", State.FAILED)
    assert actions.send_waves(now=NIGHT + timedelta(seconds=10)) == 1
    assert numbers_of(wave(row, 2)) == ["+8615100000023"], "a failed number gives way at once"
    assert [actions.send_waves(now=LATER), actions.send_waves(now=LATER)] == [1, 0]
    assert numbers_of(wave(row, 2)) == ["+8615100000021", "+8615100000023"]
    second = wave(row, 2)
    assert row.broadcast is not None
    assert (second.follows_id, second.text, second.origin, second.expires_at) == (
        row.broadcast.pk,
        row.broadcast.text,
        row.broadcast.origin,
        row.expires_at,
    )
    became("+8615100000021", State.DELIVERED)
    became("+8615100000023", State.FAILED)
    assert reaches(row) == {
        homes[0].pk: Reach.DELIVERED,
        homes[1].pk: Reach.DELIVERED,
        homes[2].pk: Reach.PENDING,
        homes[3].pk: Reach.UNREACHED,
    }
    assert len(queries.household_events(household_of(row, homes[1]))) == 2


def test_a_late_receipt_of_the_first_telephone_counts_the_household_once(cast: Cast) -> None:
    home = with_phones("+8615100000001", "+8615100000002")
    row = issued(cast)
    became("+8615100000001", State.ACCEPTED)
    actions.send_waves(now=LATER)
    became("+8615100000002", State.DELIVERED)
    became("+8615100000001", State.DELIVERED)
    assert reaches(row) == {home.pk: Reach.DELIVERED}


def test_the_third_telephone_waits_for_the_second(cast: Cast) -> None:
    with_phones("+8615100000001", "+8615100000002", "+8615100000003")
    row = issued(cast)
    became("+8615100000001", State.ACCEPTED)
    assert [actions.send_waves(now=LATER), actions.send_waves(now=LATER)] == [1, 0]
    became("+8615100000002", State.ACCEPTED, at=LATER)
    assert actions.send_waves(now=LATER + timedelta(seconds=179)) == 0
    assert actions.send_waves(now=LATER + timedelta(seconds=180)) == 1
    assert numbers_of(wave(row, 3)) == ["+8615100000003"]
    became("+8615100000003", State.READ)
    assert set(reaches(row).values()) == {Reach.DELIVERED}


def test_whoever_spoke_was_visited_or_is_known_unreachable_is_written_to_no_more(cast: Cast) -> None:
    answered, visited, gone = (with_phones(f"+861510000001{n}", f"+861510000002{n}") for n in range(3))
    row = issued(cast)
    for n in range(3):
        became(f"+861510000001{n}", State.FAILED)
    actions.record_answer(audience=household_of(row, answered), choice=Choice.SAFE, via=Via.LINK, now=NIGHT)
    AudienceHousehold.objects.filter(household=visited).update(visited_at=NIGHT)
    officer = cast.subdistrict_officer
    actions.close_unreachable(audience=household_of(row, gone), reason="全家在外地", by=officer, now=NIGHT)
    assert actions.send_waves(now=LATER) == 0


def test_a_number_that_has_the_notice_already_is_not_written_to_twice_and_speaks_for_both(cast: Cast) -> None:
    daughter = with_phones("+8615100000009")
    mother, aunt = (with_phones(f"+861510000001{n}", "+8615100000009") for n in range(2))
    row = issued(cast)
    for n in range(2):
        became(f"+861510000001{n}", State.FAILED)
    became("+8615100000009", State.DELIVERED)
    assert actions.send_waves(now=LATER) == 2
    assert Delivery.objects.filter(contact_point__address="+8615100000009").count() == 1
    assert reaches(row) == dict.fromkeys([daughter.pk, mother.pk, aunt.pk], Reach.DELIVERED)


def test_two_households_with_one_second_telephone_make_it_ring_once(cast: Cast) -> None:
    for n in range(2):
        with_phones(f"+861510000001{n}", "+8615100000009")
    row = issued(cast)
    for n in range(2):
        became(f"+861510000001{n}", State.FAILED)
    assert actions.send_waves(now=LATER) == 2
    assert numbers_of(wave(row, 2)) == ["+8615100000009"]
    became("+8615100000009", State.DELIVERED)
    assert queries.coverage(row, EVERYWHERE).total.reached == 2


def test_an_answer_from_the_second_telephone_is_the_households(cast: Cast) -> None:
    home = with_phones("+8615100000001", "+8615100000002")
    row = issued(cast)
    became("+8615100000001", State.FAILED)
    actions.send_waves(now=LATER)
    delivery = wave(row, 2).deliveries.get()
    reply = Reply(delivery=delivery, text="３", at=LATER, received_at=LATER)
    assert actions.take_replies(replies=[reply]) == 1
    assert reaches(row) == {home.pk: Reach.NEED_HELP}


def test_withdrawing_stops_every_wave_and_tells_whoever_any_of_them_reached(cast: Cast) -> None:
    with_phones("+8615100000001", "+8615100000002", "+8615100000003")
    with_phones("+8615100000004", "+8615100000005")
    row = issued(cast)
    became("+8615100000001", State.FAILED)
    became("+8615100000004", State.FAILED)
    actions.send_waves(now=LATER)
    became("+8615100000002", State.ACCEPTED, at=LATER)
    gone = actions.withdraw(notice=row, reason="发错了", by=cast.commander, now=LATER)
    assert Delivery.objects.get(contact_point__address="+8615100000005").state == State.CANCELLED
    assert numbers_of(Broadcast.objects.get(key=f"notice:{gone.pk}:withdrawn")) == ["+8615100000002"]
    assert actions.send_waves(now=LATER + timedelta(hours=1)) == 0


def test_a_second_telephone_never_delays_the_door(cast: Cast) -> None:
    home = with_phones("+8615100000002", home=must_reach_household())
    row = issued(cast)
    first = home.contacts.get(rank=1).contact_point.address
    became(first, State.ACCEPTED)
    late = NIGHT + timedelta(minutes=9)
    actions.send_waves(now=late)
    became("+8615100000002", State.ACCEPTED, at=late)
    assert actions.close_waiting(now=NIGHT + timedelta(minutes=10)) == 1
    assert reaches(row) == {home.pk: Reach.UNREACHED}
    became("+8615100000002", State.DELIVERED)
    assert reaches(row) == {home.pk: Reach.DELIVERED}


def test_the_number_of_statements_does_not_grow_with_the_households(cast: Cast) -> None:
    for n in range(12):
        with_phones(f"+86151000001{n:02d}", f"+86151000002{n:02d}")
    issued(cast)
    first = AudiencePhone.objects.order_by("pk")[:1].get()
    Delivery.objects.filter(contact_point=first.audience.contact_point).update(state=State.FAILED)
    actions.send_waves(now=NIGHT)  # makes the wave
    counts: list[int] = []
    for most in (1, 10):
        points = AudiencePhone.objects.filter(broadcast=None).values_list("audience__contact_point", flat=True)[:most]
        Delivery.objects.filter(contact_point__in=list(points)).update(state=State.FAILED)
        with CaptureQueriesContext(connection) as asked:
            assert actions.send_waves(now=NIGHT) == most
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_tells_what_each_wave_brought(cast: Cast) -> None:
    for n in range(3):
        with_phones(f"+861510000001{n}", f"+861510000002{n}")
    row = issued(cast)
    became("+8615100000010", State.DELIVERED)
    became("+8615100000011", State.FAILED)
    actions.send_waves(now=LATER)
    became("+8615100000021", State.DELIVERED)
    found = queries.shown(row, EVERYWHERE, now=NIGHT)
    first, second = found.waves
    assert (first.number, first.sent, first.arrived, first.failed, first.open) == (1, 3, 1, 1, 1)
    assert (second.number, second.sent, second.arrived, second.failed, second.open) == (2, 1, 1, 0, 0)
    assert found.phones_waiting == 2
