"""Corrections and all-clears: by two persons, to whoever had the notice, and nothing of the old text after them."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from alerts import actions, queries
from alerts.enums import Choice, MessageType, NoticeState, Via
from alerts.models import DoorKnock, Notice
from assignments.enums import State as DutyState
from core.rules import Refused
from messaging.enums import OPEN, State
from messaging.models import Broadcast, Delivery, Enlisted, Reply
from territory.models import ContactPoint, Household
from tests.alerts.situations import WHOLE, drafted, household_of, issued, message_became
from tests.casts import DISTRICT, GRID, NIGHT, OTHER_GRID, SUBDISTRICT, Cast
from tests.factories import household, household_without_phone

LATER = NIGHT + timedelta(minutes=11)
RIGHT = {"headline": "雨势减弱，只需避开下穿桥", "measures": "绕行下穿桥，其余照常"}


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def signed(row: Notice, cast: Cast, *, by: User | None = None) -> Notice:
    """Submitted by the duty officer, signed by the leader."""
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    return actions.approve(notice=row, version=row.version, by=by or cast.leader, now=NIGHT)


def corrected(row: Notice, cast: Cast, **changes: Any) -> Notice:
    return signed(actions.correct(notice=row, by=cast.duty_officer, now=NIGHT, changes=RIGHT | changes), cast)


def cleared(row: Notice, cast: Cast) -> Notice:
    return signed(actions.all_clear(notice=row, by=cast.duty_officer, now=NIGHT), cast)


def gets(row: Notice) -> set[int]:
    """The telephones that a notice's messages go to."""
    assert row.broadcast is not None
    return set(row.broadcast.deliveries.values_list("contact_point", flat=True))


def phone_of(home: Household) -> int:
    return home.contacts.get().contact_point_id


def test_a_correction_is_ready_before_the_notice_goes_out_and_waits_for_it(cast: Cast) -> None:
    household()
    row = drafted(cast)
    ready = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    assert ready.sms_text.startswith("更正：" + WHOLE.headline), "its text is there without a word typed"
    assert actions.correct(notice=row, by=cast.leader, now=NIGHT) == ready, "pressing again opens the same"
    handed_in = actions.submit(notice=ready, by=cast.duty_officer, now=NIGHT)
    with pytest.raises(Refused) as too_early:
        actions.approve(notice=handed_in, version=handed_in.version, by=cast.leader, now=NIGHT)
    assert refusal(too_early) == "notice.not_out"
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
    out = actions.approve(notice=handed_in, version=handed_in.version, by=cast.leader, now=NIGHT)
    row.refresh_from_db()
    assert (row.state, out.state) == (NoticeState.CORRECTED, NoticeState.ISSUED)


def test_a_correction_needs_two_persons_like_any_notice(cast: Cast) -> None:
    household()
    row = actions.correct(notice=issued(cast), by=cast.leader, now=NIGHT)
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    with pytest.raises(Refused) as error:
        actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT)
    assert refusal(error) == "notice.same_person"
    for person in (cast.grid_worker, cast.outsider, cast.other_officer):
        with pytest.raises(Refused) as stranger:
            actions.correct(notice=row.refers_to or row, by=person, now=NIGHT)
        assert refusal(stranger) == "notice.not_allowed"


@pytest.mark.parametrize(
    "state", [State.SENDING, State.UNKNOWN, State.ACCEPTED, State.DELIVERED, State.READ, State.FAILED, State.QUEUED]
)
def test_who_may_have_the_notice_or_waits_for_it_gets_the_correction(cast: Cast, state: State) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, state)
    out = corrected(row, cast)
    assert (phone_of(home) in gets(out)) == (state != State.FAILED)
    old = Delivery.objects.get(broadcast=row.broadcast)
    assert old.state == (State.CANCELLED if state == State.QUEUED else state)


def test_a_household_that_answered_gets_it_whatever_became_of_its_message(cast: Cast) -> None:
    home, silent = household(), household()
    row = issued(cast)
    for one in (home, silent):
        message_became(row, one, State.FAILED)
    actions.record_answer(audience=household_of(row, home), choice=Choice.SAFE, via=Via.LINK, now=NIGHT)
    assert gets(corrected(row, cast)) == {phone_of(home)}


def test_nothing_of_the_old_text_is_open_after_the_correction_is_signed(cast: Cast) -> None:
    for _home in range(3):
        household()
    row = issued(cast)
    out = corrected(row, cast)
    assert not Delivery.objects.filter(broadcast=row.broadcast, state__in=OPEN).exists()
    assert out.broadcast is not None
    assert row.broadcast is not None
    row.broadcast.refresh_from_db()
    assert row.broadcast.cancelled_at is not None, "a claimed one does not come back"
    assert Delivery.objects.filter(state__in=OPEN).count() == out.broadcast.deliveries.count() == 3
    assert "绕行下穿桥" in out.broadcast.text
    assert out.broadcast.purpose == "notice_correction"


def test_doors_that_wait_for_somebody_are_knocked_at_with_the_corrected_text(cast: Cast) -> None:
    household(), household_without_phone()
    elsewhere = household_without_phone(area_code=OTHER_GRID)
    row = issued(cast)
    actions.close_waiting(now=LATER)
    actions.close_unreachable(
        audience=household_of(row, elsewhere), reason="外出务工", by=cast.other_officer, now=LATER
    )
    old = DoorKnock.objects.get(notice=row, area_code=GRID).assignment
    out = corrected(row, cast)
    old.refresh_from_db()
    assert old.state == DutyState.CANCELLED
    new = DoorKnock.objects.get(notice=out).assignment
    assert (new.assignee, new.area_code) == (cast.grid_worker, GRID)
    assert RIGHT["measures"] in new.body
    assert out.households.count() == 3, "nobody drops out of the coverage"
    assert household_of(out, elsewhere).closed_reason == "外出务工"
    assert actions.close_waiting(now=LATER + timedelta(minutes=10)) == 0, "the grid has its list already"


def test_an_all_clear_goes_to_whoever_was_told_and_ends_the_knocks(cast: Cast) -> None:
    had, waiting, bare = household(), household(), household_without_phone()
    row = issued(cast)
    message_became(row, had, State.DELIVERED)
    actions.close_waiting(now=LATER)
    assert DoorKnock.objects.filter(notice=row).exists()
    out = cleared(row, cast)
    row.refresh_from_db()
    assert row.state == NoticeState.CLEARED
    assert gets(out) == {phone_of(had)}
    assert {one.household_id for one in out.households.all()} == {had.pk}
    assert {knock.assignment.state for knock in DoorKnock.objects.select_related("assignment")} == {DutyState.CANCELLED}
    assert Delivery.objects.get(broadcast=row.broadcast, contact_point=phone_of(waiting)).state == State.CANCELLED
    assert actions.close_waiting(now=LATER + timedelta(hours=1)) == 0, "nobody walks to say that it is over"
    assert bare.pk not in {one.household_id for one in out.households.all()}


def test_an_all_clear_after_a_correction_reaches_whoever_had_either(cast: Cast) -> None:
    first, second = household(), household()
    row = issued(cast)
    message_became(row, first, State.DELIVERED)
    message_became(row, second, State.FAILED)
    actions.record_answer(audience=household_of(row, second), choice=Choice.SAFE, via=Via.CODE, now=NIGHT)
    middle = corrected(row, cast)
    message_became(middle, first, State.FAILED)
    message_became(middle, second, State.DELIVERED)
    last = cleared(middle, cast)
    assert gets(last) == {phone_of(first), phone_of(second)}
    assert [one.pk for one in queries.chain(last)] == [row.pk, middle.pk, last.pk]
    assert queries.newer(row) == last


def test_an_all_clear_that_nobody_needs_is_refused(cast: Cast) -> None:
    household()
    row = issued(cast)
    with pytest.raises(Refused) as error:
        cleared(row, cast)
    assert refusal(error) == "notice.nobody_told"
    row.refresh_from_db()
    assert row.state == NoticeState.ISSUED, "nothing of the refused signature stays"
    assert Delivery.objects.get().state == State.QUEUED


def test_a_notice_is_followed_once(cast: Cast) -> None:
    home = household()
    row = issued(cast)
    message_became(row, home, State.DELIVERED)
    begun = actions.all_clear(notice=row, by=cast.duty_officer, now=NIGHT)
    out = corrected(row, cast)
    begun.refresh_from_db()
    assert begun.state == NoticeState.DISCARDED, "what can follow it no more is put away"
    for begin in (actions.correct, actions.all_clear):
        with pytest.raises(Refused) as error:
            begin(notice=row, by=cast.duty_officer, now=NIGHT)
        assert refusal(error) == "notice.followed"
    with pytest.raises(Refused) as twice:
        actions.approve(notice=out, version=out.version, by=cast.commander, now=NIGHT)
    assert refusal(twice) == "conflict.state"
    again = corrected(out, cast, headline="再次更正")
    assert gets(again) == {phone_of(home)}
    with pytest.raises(Refused) as over:
        actions.correct(notice=cleared(again, cast), by=cast.duty_officer, now=NIGHT)
    assert refusal(over) == "notice.not_followed"


def test_the_database_knows_one_follower_only(cast: Cast) -> None:
    household()
    row = issued(cast)
    corrected(row, cast)
    second = drafted(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=second.pk).update(message_type=MessageType.CORRECTION)
    Notice.objects.filter(pk=second.pk).update(message_type=MessageType.CORRECTION, refers_to=row, root=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=second.pk).update(
            state="issued", approver=cast.commander, submitter=cast.duty_officer, issued_at=NIGHT
        )


def test_stopping_tells_nobody_and_offers_the_correction(cast: Cast) -> None:
    had, waiting = household(), household()
    row = issued(cast)
    message_became(row, had, State.ACCEPTED)
    row = actions.withdraw(notice=row, reason="级别写错", by=cast.commander, now=NIGHT, tells=False)
    assert Broadcast.objects.count() == 1
    assert queries.may_have(row) == 1
    assert {"correct", "tell_withdrawn"} <= queries.permitted(cast.leader, row)
    assert "all_clear" not in queries.permitted(cast.leader, row)
    out = corrected(row, cast)
    row.refresh_from_db()
    assert row.state == NoticeState.WITHDRAWN
    assert gets(out) == {phone_of(had), phone_of(waiting)}
    assert not queries.permitted(cast.leader, row) & {"correct", "tell_withdrawn"}
    with pytest.raises(Refused) as error:
        actions.tell_withdrawn(notice=row, by=cast.commander, now=NIGHT)
    assert refusal(error) == "notice.followed"


def test_a_stopped_notice_is_taken_back_by_its_fixed_text_once(cast: Cast) -> None:
    had, _waiting = household(), household()
    row = issued(cast)
    message_became(row, had, State.DELIVERED)
    row = actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT, tells=False)
    for _press in range(2):
        actions.tell_withdrawn(notice=row, by=cast.commander, now=NIGHT)
    told = Broadcast.objects.get(key=f"notice:{row.pk}:withdrawn")
    assert [one.contact_point_id for one in told.deliveries.all()] == [phone_of(had)]
    assert "tell_withdrawn" not in queries.permitted(cast.leader, row)


def test_what_is_in_force_is_the_correction_and_after_the_all_clear_nothing(cast: Cast) -> None:
    message_home = household()
    row = issued(cast)
    message_became(row, message_home, State.DELIVERED)
    middle = corrected(row, cast)
    assert list(queries.notices_in_force(NIGHT)) == [middle]
    message_became(middle, message_home, State.DELIVERED)
    last = cleared(middle, cast)
    assert not queries.notices_in_force(NIGHT).exists()
    assert list(queries.all_clears(NIGHT)) == [last]
    assert list(queries.all_clears(NIGHT, SUBDISTRICT)) == [last]
    assert not queries.all_clears(NIGHT + timedelta(hours=7)).exists()


def test_a_drills_notice_is_corrected_in_the_drill_only(cast: Cast) -> None:
    drill, home, other = uuid.uuid4(), household(), household()
    Enlisted.objects.create(exercise=drill, contact_point_id=phone_of(home))
    draft = actions.draft(content=WHOLE, area_codes=[DISTRICT], by=cast.duty_officer, now=NIGHT, exercise=drill)
    row = signed(draft, cast)
    Delivery.objects.filter(broadcast=row.broadcast, contact_point=phone_of(other)).update(
        state=State.CANCELLED, error="not_enlisted"
    )
    out = corrected(row, cast)
    assert out.exercise == drill
    assert out.broadcast is not None
    assert out.broadcast.exercise == drill
    assert not queries.notices_in_force(NIGHT).exists()
    real = actions.correct(notice=out, by=cast.duty_officer, now=NIGHT)
    Notice.objects.filter(pk=real.pk).update(exercise=None)
    with pytest.raises(Refused) as error:
        signed(real, cast)
    assert refusal(error) == "notice.other_exercise"


def test_the_preview_counts_whom_the_signature_reaches(cast: Cast) -> None:
    homes = [household() for _home in range(3)]
    household_without_phone()
    row = issued(cast)
    message_became(row, homes[0], State.DELIVERED)
    message_became(row, homes[1], State.FAILED)
    draft = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
    words = queries.wording(replace(queries.content_of(draft), sms_text=""), draft.message_type)
    seen = queries.follow_preview(draft, words)
    assert (seen.households, seen.told, seen.waiting, seen.contact_points, seen.without_phone) == (4, 1, 1, 2, 2)
    out = signed(draft, cast)
    assert out.broadcast is not None
    assert (out.households.count(), len(gets(out)), out.broadcast.text) == (4, 2, seen.text)


def test_signing_a_correction_takes_as_many_statements_for_one_household_as_for_many(cast: Cast) -> None:
    def statements(homes: int) -> int:
        for _home in range(homes):
            household()
        row = issued(cast)
        draft = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT)
        draft = actions.submit(notice=draft, by=cast.duty_officer, now=NIGHT)
        with CaptureQueriesContext(connection) as seen:
            actions.approve(notice=draft, version=draft.version, by=cast.leader, now=NIGHT)
        return len(seen)

    statements(1)  # what is looked up once and remembered
    assert statements(1) == statements(12)


def test_a_second_telephone_that_has_the_old_text_gets_the_new_one_and_answers_for_its_household(cast: Cast) -> None:
    home = household()
    second = ContactPoint.objects.create(kind="mobile", address="+8615199999999")
    home.contacts.create(contact_point=second, rank=2)
    row = issued(cast)
    message_became(row, home, State.FAILED)
    actions.send_waves(now=NIGHT + timedelta(minutes=5))
    wave = Delivery.objects.get(contact_point=second)
    Delivery.objects.filter(pk=wave.pk).update(state=State.DELIVERED)
    out = corrected(row, cast)
    assert gets(out) == {second.pk}
    assert actions.send_waves(now=NIGHT + timedelta(minutes=5)) == 0
    cry = Delivery.objects.get(broadcast=out.broadcast, contact_point=second)
    Reply.objects.create(delivery=cry, sender=second.address, text="3", at=NIGHT, received_at=NIGHT)
    actions.take_replies(replies=Reply.objects.all())
    assert household_of(out, home).answer == Choice.NEED_HELP


def test_both_telephones_that_have_the_old_text_get_the_new_one(cast: Cast) -> None:
    home = household()
    second = ContactPoint.objects.create(kind="mobile", address="+8615199999999")
    home.contacts.create(contact_point=second, rank=2)
    row = issued(cast)
    first = household_of(row, home).contact_point_id
    message_became(row, home, State.ACCEPTED)
    Delivery.objects.update(accepted_at=NIGHT)
    actions.send_waves(now=NIGHT + timedelta(minutes=8))
    Delivery.objects.filter(contact_point=second).update(state=State.DELIVERED)
    out = corrected(row, cast)
    assert gets(out) == {first, second.pk}
    assert [phone.broadcast_id for phone in out.phones.all()] == [out.broadcast_id], "no wave writes to it again"


def test_a_wave_of_a_correction_says_the_correction(cast: Cast) -> None:
    home = household()
    second = ContactPoint.objects.create(kind="mobile", address="+8615199999999")
    row = issued(cast)
    home.contacts.create(contact_point=second, rank=2)
    out = corrected(row, cast)
    message_became(out, home, State.FAILED)
    assert actions.send_waves(now=NIGHT + timedelta(minutes=5)) == 1
    wave = Delivery.objects.select_related("broadcast").get(contact_point=second).broadcast
    assert (wave.text, wave.purpose) == (out.sms_text, "notice_correction")
