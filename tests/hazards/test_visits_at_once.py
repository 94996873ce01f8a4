"""What two people do to one site at the same instant, each over a connection of his own."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from hazards import actions
from hazards.models import HazardSite, Inspection, RoundMember
from hazards.rules import AnswerGiven
from territory.rules import scope_of
from tests import casts
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import checklist, site
from tests.hazards.beside import Beside

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def seen(place: HazardSite, by: User) -> Inspection:
    """A visit at which all is well."""
    answers = [AnswerGiven(item.pk, "pass") for item in checklist(place.kind).items.all()]
    return actions.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=answers, by=by, now=NIGHT + 10 * MINUTE
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
