"""Visits: once whatever the network does, complete with their photos, judged by another person."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import RoleHeld, User
from assignments.enums import State
from assignments.models import Assignment
from core import actions as core
from core.rules import SYSTEM, Refused
from hazards import actions, queries
from hazards.enums import HOUSEHOLD, SiteKind
from hazards.models import HazardSite, Inspection, InspectionRound
from hazards.rules import AnswerGiven, ItemGiven, PhotoGiven
from tests import casts
from tests.casts import NIGHT, OTHER_GRID, Cast
from tests.factories import checklist, inspection, inspection_round, photograph, site, site_without_position
from weidong_ops.resolvers import may_see_photo

pytestmark = pytest.mark.django_db


def duty_of(opened: InspectionRound) -> Assignment:
    return Assignment.objects.get(round_member__round=opened)


def answers(of: HazardSite, failing: int = 0) -> list[AnswerGiven]:
    items = list(checklist(of.kind).items.all())
    return [AnswerGiven(item.pk, "fail" if at < failing else "pass") for at, item in enumerate(items)]


def body(of: HazardSite, **more: Any) -> dict[str, Any]:
    given = [{"item": answer.item, "result": answer.result} for answer in answers(of)]
    return {"client_uuid": str(uuid.uuid4()), "site": of.code, "answers": given, **more}


def test_a_device_may_repeat_itself_and_may_not_contradict_itself(cast: Cast, api: Callable[[User], Client]) -> None:
    said = body(site())
    worker = api(cast.grid_worker)
    first = worker.post("/api/v1/hazards/inspections/", said)
    again = worker.post("/api/v1/hazards/inspections/", said)
    other = worker.post("/api/v1/hazards/inspections/", said | {"note": "改口"})
    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert first.json()["client_uuid"] == again.json()["client_uuid"] == said["client_uuid"]
    assert other.json()["code"] == "conflict_other_body"
    assert Inspection.objects.count() == 1


def test_a_device_that_repeats_itself_late_or_wrongly_hears_what_is_stored(cast: Cast, now: datetime) -> None:
    place, number = site(), uuid.uuid4()
    told: dict[str, Any] = {"client_uuid": number, "by": cast.grid_worker, "now": now, "answers": answers(place)}
    first = actions.record_inspection(site=place, **told)
    with pytest.raises(Refused) as refused:
        actions.record_inspection(site=place, **told | {"answers": told["answers"][:-1]})
    assert refused.value.code == "conflict_other_body"
    place.retired_at = now
    assert actions.record_inspection(site=place, **told) == first
    with pytest.raises(Refused) as refused:
        actions.record_inspection(site=place, **told | {"client_uuid": uuid.uuid4()})
    assert (refused.value.code, Inspection.objects.count()) == ("site_retired", 1)


def test_what_is_left_open_is_named_and_nothing_is_stored(cast: Cast, api: Callable[[User], Client]) -> None:
    said = body(site())
    left = said["answers"].pop()
    answer = api(cast.grid_worker).post("/api/v1/hazards/inspections/", said)
    assert (answer.status_code, answer.json()["field"]) == (400, f"answers.{left['item']}")
    assert not Inspection.objects.exists()


def test_a_site_outside_the_area_is_not_found(cast: Cast, api: Callable[[User], Client]) -> None:
    said = body(site(area_code=OTHER_GRID))
    assert api(cast.grid_worker).post("/api/v1/hazards/inspections/", said).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_one_visit_at_once_store_one() -> None:
    casts.make_areas()
    worker, place = casts.make_cast().grid_worker, site()
    number, given = uuid.uuid4(), answers(place)
    together, stored, wrong = threading.Barrier(2), [], []

    def upload() -> None:
        try:
            together.wait(timeout=10)
            done = actions.record_inspection(client_uuid=number, site=place, answers=given, by=worker, now=NIGHT)
            stored.append(done.pk)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not wrong
    assert len(stored) == 2
    assert set(stored) == {Inspection.objects.get().pk}


def test_photos_travel_apart_and_the_last_one_reports_the_duty(cast: Cast, now: datetime) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    duty = duty_of(opened)
    here, coming = core.store_photo(data=photograph("一"), by_id=None), photograph("二")
    given = answers(place, failing=1)
    photos = [PhotoGiven(here.pk, given[0].item), PhotoGiven(hashlib.sha256(coming).hexdigest())]
    visit = actions.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=given, photos=photos, by=cast.grid_worker, now=now
    )
    assert [photo["sha256"] for photo in visit.missing_photos] == [photos[1].sha256]
    duty.refresh_from_db()
    assert duty.state == State.ASSIGNED
    core.store_photo(data=coming, by_id=cast.grid_worker.pk)
    visit.refresh_from_db()
    duty.refresh_from_db()
    assert visit.missing_photos == []
    assert visit.photos.count() == 2
    assert (duty.state, duty.reported_by) == (State.REPORTED, cast.grid_worker)


def test_a_photo_nobody_announced_changes_nothing(cast: Cast, now: datetime) -> None:
    visit = inspection(at=site(), by=cast.grid_worker)
    actions.attach_photo(inspection=visit, media=core.store_photo(data=photograph(), by_id=None), now=now)
    assert visit.photos.count() == 0


def test_another_person_verifies_and_the_duty_is_done(cast: Cast, now: datetime) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    visit = actions.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=answers(place), by=cast.grid_worker, now=now
    )
    with pytest.raises(Refused) as caught:
        actions.verify_inspection(inspection=visit, by=cast.other_officer, now=now)
    assert caught.value.code == "outside_area"
    actions.verify_inspection(inspection=visit, by=cast.subdistrict_officer, now=now)
    assert duty_of(opened).state == State.VERIFIED


def test_nobody_verifies_his_own_visit(cast: Cast, now: datetime) -> None:
    visit = inspection(at=site(), by=cast.subdistrict_officer)
    with pytest.raises(Refused) as caught:
        actions.verify_inspection(inspection=visit, by=cast.subdistrict_officer, now=now)
    assert caught.value.code == "own_inspection"
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.filter(pk=visit.pk).update(verified_by=cast.subdistrict_officer, verified_at=now)


def test_sent_back_the_duty_is_open_again_and_a_new_visit_counts(cast: Cast, now: datetime) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)

    def visit() -> Inspection:
        return actions.record_inspection(
            client_uuid=uuid.uuid4(), site=place, answers=answers(place), by=cast.grid_worker, now=now
        )

    first = visit()
    actions.send_back_inspection(inspection=first, reason="照片不清", by=cast.subdistrict_officer, now=now)
    assert duty_of(opened).state == State.RETURNED
    with pytest.raises(Refused):
        actions.verify_inspection(inspection=first, by=cast.duty_officer, now=now)
    second = visit()
    member = opened.members.get()
    assert (member.inspection, duty_of(opened).state) == (second, State.REPORTED)


@pytest.mark.parametrize("verified_first", [True, False])
def test_when_a_visit_is_sent_back_the_other_one_of_the_grid_worker_counts(
    cast: Cast, now: datetime, verified_first: bool
) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    first, second = (
        actions.record_inspection(
            client_uuid=uuid.uuid4(), site=place, answers=answers(place), by=by, now=now + timedelta(minutes=minutes)
        )
        for by, minutes in ((cast.site_keeper, 0), (cast.grid_worker, 10))
    )
    assert opened.members.get().inspection == first
    later = now + timedelta(minutes=20)
    if verified_first:
        actions.verify_inspection(inspection=second, by=cast.subdistrict_officer, now=later)
    assert duty_of(opened).state == State.REPORTED
    actions.send_back_inspection(inspection=first, reason="拍错了点", by=cast.subdistrict_officer, now=later)
    assert opened.members.get().inspection == second
    if not verified_first:
        assert duty_of(opened).state == State.REPORTED
        actions.verify_inspection(inspection=second, by=cast.subdistrict_officer, now=later)
    duty = duty_of(opened)
    assert (duty.state, duty.reported_by, duty.verified_by) == (
        State.VERIFIED,
        cast.grid_worker,
        cast.subdistrict_officer,
    )


@pytest.mark.parametrize("why", ["sent back too", "photo missing"])
def test_a_visit_that_is_not_complete_takes_no_others_place(cast: Cast, now: datetime, why: str) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    first = actions.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=answers(place), by=cast.grid_worker, now=now
    )
    second = inspection(at=place, by=cast.grid_worker, now=now)
    if why == "photo missing":
        second.missing_photos = [{"sha256": "a" * 64, "item": None}]
    else:
        second.sent_back_reason = "不清"
    second.save()
    actions.send_back_inspection(inspection=first, reason="不清", by=cast.subdistrict_officer, now=now)
    assert (opened.members.get().inspection, duty_of(opened).state) == (first, State.RETURNED)


def test_who_verified_the_other_visit_and_has_left_since_stops_nobody(cast: Cast, now: datetime) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    first, second = (
        actions.record_inspection(
            client_uuid=uuid.uuid4(), site=place, answers=answers(place), by=cast.grid_worker, now=now
        )
        for _ in range(2)
    )
    actions.verify_inspection(inspection=second, by=cast.subdistrict_officer, now=now)
    RoleHeld.objects.filter(user=cast.subdistrict_officer).delete()
    actions.send_back_inspection(inspection=first, reason="不清", by=cast.duty_officer, now=now)
    assert (opened.members.get().inspection, duty_of(opened).state) == (second, State.REPORTED)


def test_whoever_inspects_the_duty_counts_as_done(cast: Cast, now: datetime) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    actions.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=answers(place), by=cast.subdistrict_officer, now=now
    )
    assert duty_of(opened).state == State.REPORTED


def test_what_was_seen_before_the_round_opened_proves_nothing_for_it(cast: Cast, now: datetime) -> None:
    place = site()
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    actions.record_inspection(
        client_uuid=uuid.uuid4(),
        site=place,
        answers=answers(place),
        by=cast.grid_worker,
        now=now,
        occurred_at=now - timedelta(days=3),
    )
    assert opened.members.get().inspection is None


def test_the_first_visit_places_a_site_and_later_ones_are_measured(cast: Cast, now: datetime) -> None:
    place = site_without_position()
    checklist(place.kind)

    def visit(longitude: float) -> Inspection:
        place.refresh_from_db()
        return actions.record_inspection(
            client_uuid=uuid.uuid4(),
            site=place,
            answers=answers(place),
            by=cast.grid_worker,
            now=now,
            position=(longitude, 33.75),
        )

    assert visit(113.35).distance_m is None
    place.refresh_from_db()
    assert place.geometry == Point(113.35, 33.75, srid=4326)
    # 0.01 degrees of longitude at 33.75 degrees north on WGS-84
    assert visit(113.36).distance_m == pytest.approx(926.2, abs=1)


def test_a_phone_whose_clock_runs_ahead_does_not_hide_later_visits(cast: Cast, now: datetime) -> None:
    place = site()
    visit = actions.record_inspection(
        client_uuid=uuid.uuid4(),
        site=place,
        answers=answers(place),
        by=cast.grid_worker,
        now=now,
        occurred_at=now + timedelta(days=400),
    )
    assert visit.occurred_at == now


def form_of(place: HazardSite, **more: object) -> dict[str, object]:
    given = {f"result_{answer.item}": answer.result for answer in answers(place)}
    return {"client_uuid": str(uuid.uuid4()), **given, **more}


def test_the_form_stores_a_visit_with_photo_and_without_script(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    place = site()
    item = checklist(place.kind).items.first()
    assert item is not None
    worker = signed_in(cast.grid_worker)
    picture = SimpleUploadedFile("1.jpg", photograph(), content_type="image/jpeg")
    url = f"/hazards/sites/{place.code}/inspect/"
    said = form_of(place, **{f"result_{item.pk}": "fail"})
    refused = worker.post(url, said)
    assert refused.status_code == 200
    assert refused.context["form"].errors[f"photo_{item.pk}"]
    answer = worker.post(url, said | {f"photo_{item.pk}": picture, "longitude": "113.31", "latitude": "33.75"})
    visit = Inspection.objects.get()
    assert answer["Location"] == f"/hazards/inspections/{visit.client_uuid}/"
    assert (visit.failed_items, visit.photos.count()) == (1, 1)
    assert worker.get(answer["Location"]).status_code == 200
    assert (
        worker.post(
            url, said | {f"kept_{item.pk}": visit.photos.get().media_id, "longitude": "113.31", "latitude": "33.75"}
        ).status_code
        == 302
    )
    assert Inspection.objects.count() == 1


def test_a_photo_survives_a_form_that_comes_back(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    place = site()
    items = list(checklist(place.kind).items.all())
    said = form_of(
        place, **{f"result_{items[0].pk}": "fail", f"photo_{items[0].pk}": SimpleUploadedFile("1.jpg", photograph())}
    )
    del said[f"result_{items[1].pk}"]
    page = signed_in(cast.grid_worker).post(f"/hazards/sites/{place.code}/inspect/", said)
    assert page.context["form"][f"kept_{items[0].pk}"].value()
    assert not Inspection.objects.exists()


def test_the_officer_judges_on_the_page(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    visit = inspection(at=site(), by=cast.grid_worker)
    url = f"/hazards/inspections/{visit.client_uuid}/"
    officer = signed_in(cast.subdistrict_officer)
    assert f"{url}verify/" in officer.get(url).content.decode()
    assert f"{url}verify/" not in signed_in(cast.grid_worker).get(url).content.decode()
    assert signed_in(cast.other_officer).get(url).status_code == 404
    assert signed_in(cast.other_officer).post(f"{url}verify/").status_code == 404
    officer.post(f"{url}verify/")
    visit.refresh_from_db()
    assert visit.verified_by == cast.subdistrict_officer


def test_the_api_judges_too(cast: Cast, api: Callable[[User], Client]) -> None:
    visit = inspection(at=site(), by=cast.grid_worker)
    url = f"/api/v1/hazards/inspections/{visit.client_uuid}/"
    assert api(cast.grid_worker).post(f"{url}verify/").status_code == 403
    assert api(cast.other_officer).post(f"{url}verify/").status_code == 404
    assert api(cast.subdistrict_officer).post(f"{url}send-back/", {"reason": ""}).json()["field"] == "reason"
    assert api(cast.subdistrict_officer).post(f"{url}verify/").json()["verified_at"]


def test_photos_are_seen_where_the_visit_is_seen(cast: Cast, now: datetime) -> None:
    place = site()
    media = core.store_photo(data=photograph(), by_id=None)
    actions.record_inspection(
        client_uuid=uuid.uuid4(),
        site=place,
        answers=answers(place),
        photos=[PhotoGiven(media.pk)],
        by=cast.grid_worker,
        now=now,
    )
    assert may_see_photo(cast.subdistrict_officer, media)
    assert may_see_photo(cast.grid_worker, media)
    assert not may_see_photo(cast.other_officer, media)
    assert not may_see_photo(cast.outsider, media)


def test_every_kind_has_a_shipped_checklist_and_loading_again_adds_none(now: datetime, db: None) -> None:
    made = actions.load_checklists(now=now)
    assert {one.kind for one in made} == {*SiteKind.values, HOUSEHOLD}
    assert all(queries.items_of(one) for one in made)
    assert actions.load_checklists(now=now) == []


def test_a_phone_may_finish_with_the_version_it_holds(cast: Cast, now: datetime) -> None:
    place = site()
    old = checklist(place.kind)
    newer = actions.publish_checklist(kind=place.kind, items=[ItemGiven("备用电源")], by=SYSTEM, now=now)
    visit = actions.record_inspection(
        client_uuid=uuid.uuid4(), site=place, answers=answers_of(old), by=cast.grid_worker, now=now, checklist=old
    )
    assert visit.checklist == old
    assert queries.current_checklist(place.kind) == newer


def answers_of(used: Any) -> list[AnswerGiven]:
    return [AnswerGiven(item.pk, "pass") for item in used.items.all()]
