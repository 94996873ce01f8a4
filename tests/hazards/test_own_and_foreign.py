"""Every page, export and interface of hazards and the field: a sub-district sees its own and no neighbour's."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import RoleHeld, User
from field import urls as field_urls
from field.models import SealedRecord
from hazards import urls as hazards_urls
from hazards.models import (
    CitizenRequest,
    Finding,
    HazardSite,
    HouseholdCheck,
    Inspection,
    InspectionRound,
    PatrolPoint,
    PatrolRoute,
    PatrolRun,
    PatrolWatch,
    RollProposal,
)
from territory.models import Household, SheetImport
from tests import factories
from tests.casts import GRID, LONG_AGO, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.field.test_refused import refused_late
from tests.hazards.doors import night_in_the_grid
from tests.hazards.ledger_night import checked_ledger
from tests.hazards.patrol_night import rounds_of_the_night
from tests.hazards.test_finding_screens import found

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]
# What belongs to the whole district, and what this night has no row of: those have tests of their own.
EVERYBODYS = {"paper_template", "routine_drop", "round_unplan", "file", "ledger_drop", "danger_sent"}
MODELS: dict[str, Any] = {
    "inspection": Inspection,
    "verify": Inspection,
    "send_back": Inspection,
    "finding": Finding,
    "household_answers": HouseholdCheck,
    "household": Household,
    "proposal": RollProposal,
    "roll_proposal": RollProposal,
    "request": CitizenRequest,
    "patrol_end": PatrolWatch,
    "patrol_route": PatrolRoute,
    "patrol_points": PatrolRoute,
    "patrol_term": PatrolRoute,
    "patrol_retire": PatrolRoute,
    "patrol": PatrolRun,
    "round": InspectionRound,
    "ledger": SheetImport,
    "settle": SealedRecord,
    "record": SealedRecord,
}
WANTS_MORE = {"round_add", "record"}  # asks for a site to add; answers the author alone
UUIDS = {Inspection: "client_uuid", SealedRecord: "client_uuid", HouseholdCheck: "client_uuid"}


@pytest.fixture
def night(cast: Cast, api: Any, now: datetime) -> list[str]:
    """Something of everything in the first sub-district; returns words and numbers that belong to it alone."""
    place = factories.site(name="甲街涵洞")
    factories.site(name="甲街旧涵洞", retired_at=now, retired_reason="已改建")
    visit = factories.inspection(at=place, by=cast.grid_worker, failed=True, now=now)
    found(cast.subdistrict_officer, place, "甲街挡水板缺失")
    opened = factories.inspection_round(opened_by=cast.commander, sites=[place], inspector=cast.grid_worker)
    InspectionRound.objects.filter(pk=opened.pk).update(area_code=SUBDISTRICT, title="甲街轮次")
    checked_ledger(cast, now)
    night_in_the_grid(cast, now)
    rounds_of_the_night(cast, now)
    refused_late(cast, api)
    assert visit.area_code == GRID
    return [
        "甲街涵洞", "甲街旧涵洞", "甲街挡水板缺失", "甲街轮次", "楼前雨水口堵塞", "东安路河堤线", "示例桥下",
        *HazardSite.objects.values_list("code", flat=True), *Household.objects.values_list("code", flat=True),
        *Household.objects.values_list("head_name", flat=True),
    ]  # fmt: skip


def everything(person: User, area_code: str) -> User:
    """Somebody who may do whatever there is to do, over one sub-district only."""
    RoleHeld.objects.bulk_create(
        RoleHeld(user=person, role=role, area_code=area_code, since=LONG_AGO)
        for role in Role
        if not RoleHeld.objects.filter(user=person, role=role).exists()
    )
    return User.objects.get(pk=person.pk)


def doors() -> Iterator[tuple[str, str, str]]:
    """Name, address as it is written, address filled in with what stands in the first sub-district."""
    for patterns, prefix in (
        (hazards_urls.urlpatterns, "/"),
        (hazards_urls.api_urlpatterns, "/api/v1/"),
        (field_urls.urlpatterns, "/"),
        (field_urls.api_urlpatterns, "/api/v1/field/"),
    ):
        for pattern in patterns:
            name, route = str(pattern.name), prefix + str(pattern.pattern)
            yield name, route, PLACES.sub(partial(_filled, name), route)


PLACES = re.compile(r"<(?:\w+:)?(\w+)>")
NONE = "00000000-0000-0000-0000-000000000000"
FIXED = {"paper": "notice", "verb": "take", "token": "none", "kind": "river", "circumstance": "level1"}


def _filled(name: str, place: re.Match[str]) -> str:
    key = place[1]
    if key in FIXED:
        return FIXED[key]
    if key == "code":
        kept = HazardSite.objects.filter(retired_at__isnull=name != "site_restore", name__startswith="甲街").earliest(
            "pk"
        )
        return GRID if name == "grid" else kept.code
    if key == "point":
        return str(PatrolPoint.objects.earliest("pk").pk)
    model = next((MODELS[part] for part in _beginnings(name) if part in MODELS), None)
    row = model.objects.order_by("pk").first() if model else None
    if row is None:
        assert name in EVERYBODYS, f"{name}: no row to ask for"
        return "0" if key == "pk" else NONE
    return str(getattr(row, UUIDS.get(type(row), "uuid")) if key == "uuid" else row.pk)


def _beginnings(name: str) -> list[str]:
    """A name and its beginnings by word, the longest first."""
    words = name.split("_")
    return ["_".join(words[:count]) for count in range(len(words), 0, -1)]


def text_of(answer: Any) -> str:
    """What an answer says, whatever its form."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not data.startswith(b"PK"):
        return str(data.decode("utf-8", "replace"))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist() if name.endswith(".xml"))


def test_the_neighbour_opens_nothing_and_his_lists_and_exports_name_nothing(
    cast: Cast, signed_in: SignedIn, night: list[str]
) -> None:
    client = signed_in(everything(cast.other_officer, OTHER_SUBDISTRICT))
    opened, named = [], []
    for name, route, address in doors():
        answer = client.get(address)
        if answer.status_code == 405:
            if "<" not in route:
                continue  # a press on the whole: nothing of anybody's stands in its address
            answer = client.post(address, {})
        if "<" in route and name not in EVERYBODYS and answer.status_code not in (403, 404):
            opened.append(f"{name} {address}: {answer.status_code}")
        if answer.status_code == 200:
            said = text_of(answer)
            named += [f"{name} {address}: {mark}" for mark in night if mark in said]
    assert (opened, named) == ([], [])


def test_whoever_holds_the_sub_district_opens_all_of_it(cast: Cast, signed_in: SignedIn, night: list[str]) -> None:
    client = signed_in(everything(cast.subdistrict_officer, SUBDISTRICT))
    closed, seen = [], set[str]()
    for name, route, address in doors():
        answer = client.get(address)
        if answer.status_code not in (200, 302, 405) and name not in EVERYBODYS | WANTS_MORE and "token" not in route:
            closed.append(f"{name} {route}: {answer.status_code}")
        if answer.status_code == 200:
            said = text_of(answer)
            seen |= {mark for mark in night if mark in said}
    assert closed == []
    assert {"甲街涵洞", "甲街旧涵洞", "甲街挡水板缺失", "甲街轮次", "楼前雨水口堵塞", "东安路河堤线"} <= seen
