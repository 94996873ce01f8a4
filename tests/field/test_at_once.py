"""A record that comes twice at the same instant is one, and what each costs the database does not grow unnoticed."""

import uuid
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from accounts.models import RoleHeld, User
from core.models import Media
from core.rules import Refused
from field import actions
from field.actions import intake
from field.models import SealedRecord
from field.rules import Sealed
from hazards import actions as hazards
from hazards import queries
from hazards.models import HazardSite, Inspection
from tests import factories
from tests.casts import GRID, NIGHT, OTHER_GRID, OTHER_GRIDS, Cast
from tests.factories import photograph
from tests.field.test_intake import RECORDS, checks, inspected, phone_of, put, sha

MINUTE = timedelta(minutes=1)


def sealed(place: HazardSite, **more: object) -> Sealed:
    body = checks(place) | {"note": "", "on_behalf_of": ""} | more
    return Sealed(client_uuid=uuid.uuid4(), kind="inspection", captured_at=NIGHT, body=body)


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record looks new at first: the other one commits just after this one has asked."""
    asked: set[uuid.UUID] = set()

    def look(number: uuid.UUID) -> SealedRecord | None:
        first = number not in asked
        asked.add(number)
        return None if first else SealedRecord.objects.filter(client_uuid=number).first()

    monkeypatch.setattr(intake, "record_by_uuid", look)


def arrived(record: Sealed, by: User) -> SealedRecord:
    """What the faster of two requests has stored."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "record_by_uuid", lambda _number: None)
        return actions.take_in(sealed=record, by=by, now=NIGHT).record


@pytest.mark.parametrize("may_still", [True, False])
def test_the_second_of_two_at_once_hears_what_the_first_has_stored(
    cast: Cast, now: datetime, unseen: None, may_still: bool
) -> None:
    record = sealed(factories.site())
    first = arrived(record, cast.grid_worker)
    if not may_still:  # what it speaks of may have moved with the first: that is no reason to refuse the second
        RoleHeld.objects.filter(user=cast.grid_worker).delete()
    taken = actions.take_in(sealed=record, by=User.objects.get(pk=cast.grid_worker.pk), now=NIGHT)
    assert (taken.record, taken.is_new) == (first, False)
    assert Inspection.objects.count() == 1


def test_the_second_of_two_at_once_that_says_something_else_is_told_so(cast: Cast, now: datetime, unseen: None) -> None:
    record = sealed(place := factories.site())
    arrived(record, cast.grid_worker)
    other = Sealed(record.client_uuid, record.kind, record.captured_at, sealed(place, note="改口").body)
    with pytest.raises(Refused) as refused:
        actions.take_in(sealed=other, by=cast.grid_worker, now=NIGHT)
    assert refused.value.code == "conflict_other_body"


def test_what_is_refused_stays_refused_when_nothing_is_stored(cast: Cast, now: datetime, unseen: None) -> None:
    with pytest.raises(Refused) as refused:
        actions.take_in(sealed=sealed(factories.site(area_code=OTHER_GRID)), by=cast.grid_worker, now=NIGHT)
    assert refused.value.code == "no_site"
    assert not SealedRecord.objects.exists()


def test_an_act_that_breaks_leaves_no_record_behind(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **_more: object) -> None:
        raise Refused("broken", "broken")

    monkeypatch.setattr(hazards, "record_once", broken)
    with pytest.raises(Refused):
        actions.take_in(sealed=sealed(factories.site()), by=cast.grid_worker, now=NIGHT)
    assert not SealedRecord.objects.exists()


def test_one_site_is_open_to_whom_the_list_of_open_sites_names(cast: Cast, now: datetime) -> None:
    own, foreign, left = (factories.site(area_code=code) for code in (GRID, OTHER_GRID, OTHER_GRIDS[1]))
    charged = factories.site(area_code=OTHER_GRID)
    hazards.name_responsible(site=charged, role="patrol_resp", person=cast.grid_worker, by=cast.duty_officer, now=now)
    since, until = now - 60 * MINUTE, now - 10 * MINUTE
    RoleHeld.objects.create(
        user=cast.grid_worker, role=Role.GRID_WORKER, area_code=left.area_code, since=since, until=until
    )
    worker = User.objects.get(pk=cast.grid_worker.pk)
    opened = set()
    for at in (None, now - 30 * MINUTE, now - 5 * MINUTE):
        named = queries.sites_open_to(worker, "sites.inspect", now=now, at=at)
        for name, place in (("own", own), ("foreign", foreign), ("charged", charged), ("left", left)):
            found = queries.site_open_to(worker, "sites.inspect", place.code, now=now, at=at)
            assert found == named.filter(pk=place.pk).first(), (name, at)
            opened |= {(name, at)} if found else set()
    assert {name for name, _at in opened} == {"own", "charged", "left"}
    assert ("left", now - 30 * MINUTE) in opened
    assert queries.site_open_to(worker, "sites.inspect", "nowhere", now=now) is None


@pytest.mark.parametrize(("listed", "statements"), [(False, 17), (True, 19)])
def test_a_record_costs_so_many_statements_and_no_more(
    cast: Cast, now: datetime, listed: bool, statements: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone, photo = phone_of(cast.grid_worker, now), {"sha256": sha(photograph("一"))}
    record = inspected(factories.site(), photos=[photo] if listed else [])
    with django_assert_max_num_queries(statements):
        assert phone.post(RECORDS, record).status_code == 201


@pytest.mark.parametrize(("listed", "statements"), [(False, 8), (True, 19)])
def test_a_photo_costs_so_many_statements_and_no_more(
    cast: Cast, now: datetime, listed: bool, statements: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone, data = phone_of(cast.grid_worker, now), photograph("一")
    if listed:
        phone.post(RECORDS, inspected(factories.site(), photos=[{"sha256": sha(data)}]))
    with django_assert_max_num_queries(statements):
        assert put(phone, data).status_code == 200
    assert Media.objects.count() == 1
