"""What two people do to one site at the same instant, each over a connection of his own."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from core import actions as core
from core.models import Media
from core.rules import Refused
from hazards import actions
from hazards.enums import FindingState
from hazards.models import Finding, HazardSite, Inspection, RoundMember
from hazards.rules import AnswerGiven, PhotoGiven
from territory.rules import scope_of
from tests import casts
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import checklist, inspection_round, photograph, site
from tests.hazards.beside import Beside

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def photo(text: str) -> Media:
    return core.store_photo(data=photograph(text), by_id=None)


def seen(place: HazardSite, by: User, *, minutes: int = 10, failing: int = 0) -> Inspection:
    """A visit at which all is well, or the first items are not."""
    items = list(checklist(place.kind).items.all())
    return actions.record_inspection(
        client_uuid=uuid.uuid4(),
        site=place,
        answers=[AnswerGiven(item.pk, "fail" if n < failing else "pass") for n, item in enumerate(items)],
        photos=[PhotoGiven(photo("前").pk, item.pk) for item in items[:failing]],
        by=by,
        now=NIGHT + minutes * MINUTE,
    )


@pytest.fixture
def cast() -> Cast:
    casts.make_areas()
    return casts.make_cast()


@pytest.mark.parametrize("added_later", [False, True])
def test_a_visit_of_the_grid_worker_is_kept_though_the_commander_closes_the_round_at_this_instant(
    cast: Cast, added_later: bool
) -> None:
    frozen = site()
    opened = actions.open_round(
        title="雨前", scope=scope_of(DISTRICT), due_at=NIGHT + 60 * MINUTE, by=cast.commander, now=NIGHT
    )
    place = site() if added_later else frozen
    if added_later:
        actions.add_to_round(round=opened, site=place, by=cast.commander, now=NIGHT)
    visit = Beside(lambda: seen(place, cast.grid_worker))
    with transaction.atomic():
        reasons = {frozen.code: "道路中断"}
        actions.close_round(round=opened, by=cast.commander, now=NIGHT + 11 * MINUTE, reasons=reasons)
        visit.begins_and_waits()
    visit.ends()
    assert Inspection.objects.get().site == place
    member = RoundMember.objects.get(site=place)
    assert Assignment.objects.get(round_member=member).state == State.CANCELLED
    if not added_later:  # a round that was signed says what it said
        assert member.inspection is None


def test_a_visit_that_comes_in_while_the_officer_sends_the_first_one_back_counts(cast: Cast) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    first = seen(place, cast.grid_worker)
    visit = Beside(lambda: seen(place, cast.grid_worker, minutes=15))
    with transaction.atomic():
        actions.send_back_inspection(
            inspection=first, reason="不清", by=cast.subdistrict_officer, now=NIGHT + 20 * MINUTE
        )
        visit.begins_and_waits()
    visit.ends()
    member = opened.members.get()
    assert member.inspection == Inspection.objects.exclude(pk=first.pk).get()
    assert Assignment.objects.get(round_member=member).state == State.REPORTED


def test_one_officer_sends_a_visit_back_while_another_verifies_the_other_and_the_site_is_done(cast: Cast) -> None:
    place, late = site(), NIGHT + 20 * MINUTE
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    first, second = seen(place, cast.grid_worker), seen(place, cast.grid_worker, minutes=15)
    verifying = Beside(lambda: actions.verify_inspection(inspection=second, by=cast.duty_officer, now=late))
    with transaction.atomic():
        actions.send_back_inspection(inspection=first, reason="不清", by=cast.subdistrict_officer, now=late)
        verifying.begins_and_waits()
    verifying.ends()
    member = opened.members.get()
    assert (member.inspection, Assignment.objects.get(round_member=member).state) == (second, State.VERIFIED)


def mended(cast: Cast, place: HazardSite) -> Finding:
    """What failed there, reported mended with a photograph."""
    seen(place, cast.grid_worker, minutes=0, failing=1)
    row = actions.assign_finding(finding=Finding.objects.get(), by=cast.duty_officer, fixer=cast.site_keeper, now=NIGHT)
    return actions.submit_finding(
        finding=row, words="已清", photos=[photo("后")], by=cast.site_keeper, now=NIGHT + MINUTE
    )


def test_the_officer_who_writes_off_waits_for_the_inspector_who_sees_it_again(cast: Cast) -> None:
    row = mended(cast, place := site())
    late = NIGHT + 20 * MINUTE
    closing = Beside(lambda: actions.close_finding(finding=row, by=cast.duty_officer, now=late))
    with transaction.atomic():
        seen(place, cast.other_worker, failing=1)
        closing.begins_and_waits()
    with pytest.raises(Refused) as refusal:
        closing.ends()
    assert refusal.value.code == "finding_seen_since"
    row.refresh_from_db()
    assert row.state == FindingState.SUBMITTED


def test_what_is_written_off_while_the_inspector_sees_it_is_found_anew(cast: Cast) -> None:
    row = mended(cast, place := site())
    visit = Beside(lambda: seen(place, cast.other_worker, failing=1))
    with transaction.atomic():
        actions.close_finding(finding=row, by=cast.duty_officer, now=NIGHT + 5 * MINUTE)
        visit.begins_and_waits()
    visit.ends()
    again = Finding.objects.exclude(pk=row.pk).get()
    assert (again.reopens, again.state) == (row, FindingState.FOUND)
