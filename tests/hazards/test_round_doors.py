"""Every door of routines, rounds and patrols for every role: whoever lacks the permission is turned away."""

from collections.abc import Callable
from dataclasses import fields

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User
from hazards.models import InspectionRound
from tests.casts import Cast
from tests.factories import inspection_round, site

pytestmark = pytest.mark.django_db

# Address, permission, whether it is pressed. Where the row is missing, whoever may come in finds nothing there (404).
DOORS = [
    ("/hazards/routine/", "rounds.view", False),
    ("/hazards/routine/export/", "rounds.view", False),
    ("/hazards/routine/terms/", "sites.edit", False),
    ("/hazards/routine/terms/set/", "plans.edit", True),
    ("/hazards/routine/terms/river/level1/drop/", "plans.edit", True),
    ("/hazards/routine/start/", "sites.edit", True),
    ("/hazards/sites/none/routine/", "sites.edit", True),
    ("/hazards/rounds/calendar/", "rounds.view", False),
    ("/hazards/rounds/calendar/plan/", "rounds.open", True),
    ("/hazards/rounds/calendar/examples/", "rounds.open", True),
    ("/hazards/rounds/calendar/0/stop/", "rounds.open", True),
    ("/hazards/rounds/{round}/compare/", "rounds.view", False),
    ("/hazards/rounds/{round}/evidence/", "rounds.view", False),
    ("/hazards/rounds/{round}/evidence.xlsx", "rounds.view", False),
    ("/hazards/patrols/", "rounds.view", False),
    ("/hazards/patrols/press/", "assignments.assign", True),
    ("/hazards/patrols/watches/0/end/", "assignments.assign", True),
    ("/hazards/patrols/0/", "rounds.view", False),
    ("/hazards/patrols/0/stop/", "assignments.assign", True),
    ("/hazards/patrols/0/points/0/", "assignments.on_behalf", True),
    ("/hazards/patrols/routes/new/", "sites.edit", False),
    ("/hazards/patrols/routes/0/", "sites.edit", False),
    ("/hazards/patrols/routes/0/points/", "sites.edit", True),
    ("/hazards/patrols/routes/0/term/", "sites.edit", True),
    ("/hazards/patrols/routes/0/retire/", "sites.edit", True),
    ("/command/plans/0/rounds/", "plans.edit", True),
    ("/command/plans/rounds/0/remove/", "plans.edit", True),
    ("/api/v1/hazards/routine/", "rounds.view", False),
    ("/api/v1/hazards/patrols/", "rounds.view", False),
    ("/api/v1/hazards/patrols/missed/", "rounds.view", False),
    ("/api/v1/hazards/patrols/0/", "rounds.view", False),
    ("/api/v1/hazards/rounds/{round}/evidence/", "rounds.view", False),
    ("/api/v1/hazards/rounds/{round}/compare/", "rounds.view", False),
]


def test_each_door_lets_in_whoever_holds_its_permission(cast: Cast, client: Client) -> None:
    round = inspection_round(opened_by=cast.commander, sites=[site()], inspector=cast.grid_worker)
    faults = []
    for member in fields(cast):
        user: User = getattr(cast, member.name)
        client.force_login(user)
        for address, permission, pressed in DOORS:
            path = address.format(round=round.pk)
            status = (client.post if pressed else client.get)(path).status_code
            welcome = user.can(permission)
            if (status == 403) == welcome or (welcome and status not in (200, 302, 404)):
                faults.append(f"{member.name} {path}: {status}")
    assert faults == []
    client.logout()
    for address, _permission, pressed in DOORS:
        path = address.format(round=round.pk)
        answer = (client.post if pressed else client.get)(path)
        assert answer.status_code in (302, 401, 403), path
        assert answer.status_code != 302 or "/sign-in/" in answer["Location"], path


def test_the_list_of_doors_is_whole() -> None:
    names = {resolve(address.format(round=1)).url_name for address, _permission, _pressed in DOORS}
    assert len(names) > 20
    assert {"routine", "patrols", "round_compare", "round_evidence", "plan_add_round"} <= names


def test_a_sub_district_opens_no_page_of_another_districts_round(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    round = inspection_round(opened_by=cast.commander, sites=[], inspector=cast.grid_worker)
    InspectionRound.objects.update(area_code="410402")
    for page in ("compare", "evidence"):
        assert signed_in(cast.subdistrict_officer).get(f"/hazards/rounds/{round.pk}/{page}/").status_code == 404
