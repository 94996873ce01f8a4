"""Dangers, closings and mended findings through the one intake: once, late, out of order, from elsewhere."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from command import actions as command
from command.models import Closure, Danger
from core import actions as core
from field.models import DeviceToken, SealedRecord
from field.queries import offline_pack
from field.rules import Sealed
from hazards import actions as hazards
from hazards.enums import FindingState
from hazards.models import Finding, HazardSite
from tests import factories
from tests.casts import NIGHT, OTHER_GRID, Cast
from tests.factories import photograph
from tests.field.test_intake import RECORDS, phone_of, put, said, sha

MINUTE = timedelta(minutes=1)
Api = Callable[[User], APIClient]


def at(minutes: int) -> str:
    """So many minutes before the night's moment."""
    return (NIGHT - minutes * MINUTE).isoformat()


def seen(**body: Any) -> dict[str, Any]:
    return said("danger", {"kind": "waterlogging", "place": "三号桥下", **body}, position=[113.31, 33.74], accuracy_m=9)


def water(place: HazardSite, depth: int = 40, **more: Any) -> dict[str, Any]:
    body = {"site": place.code, "verb": "water", "depth_cm": depth} | more.pop("body", {})
    return said("closure", body, **more)


def given(cast: Cast, *, to: User | None = None) -> Finding:
    earlier = NIGHT - timedelta(days=1)
    row = hazards.report_finding(
        uuid=uuid.uuid4(), site=factories.site(), what="挡水板缺失", by=cast.subdistrict_officer, now=earlier
    )
    return hazards.assign_finding(finding=row, by=cast.duty_officer, fixer=to or cast.grid_worker, now=earlier)


def mended(row: Finding, **more: Any) -> dict[str, Any]:
    body = {"finding": str(row.uuid), "words": "已更换"} | more.pop("body", {})
    return said("fix", body, **more)


def one_of_each(cast: Cast) -> list[dict[str, Any]]:
    return [seen(), water(factories.site()), mended(given(cast))]


def stored() -> tuple[int, int, int]:
    return (
        Danger.objects.count(),
        Closure.objects.filter(closed_at__isnull=False).count(),
        Finding.objects.filter(state=FindingState.SUBMITTED).count(),
    )


# --- what holds for every kind


def test_a_record_of_each_kind_that_comes_twice_is_one(cast: Cast, api: Api, now: datetime) -> None:
    worker = api(cast.grid_worker)
    for record in one_of_each(cast):
        first, again = worker.post(RECORDS, record), worker.post(RECORDS, record)
        assert ([first.status_code, again.status_code], first.json()) == ([201, 200], again.json())
        other = worker.post(RECORDS, record | {"captured_at": at(19)})
        assert (other.status_code, other.json()["code"]) == (409, "conflict_other_body")
    assert stored() == (1, 1, 1)


def test_whatever_comes_late_happened_when_the_phone_says(cast: Cast, api: Api, now: datetime) -> None:
    for record in one_of_each(cast):
        assert api(cast.grid_worker).post(RECORDS, record).status_code == 201
    then = NIGHT - 20 * MINUTE
    assert (Danger.objects.get().found_at, Closure.objects.get().closed_at) == (then, then)
    assert Finding.objects.get().fixed_at == then


@pytest.mark.parametrize("ended", [{"expires_at": NIGHT}, {"revoked_at": NIGHT - MINUTE}])
def test_a_phone_whose_permission_has_ended_brings_nothing(cast: Cast, now: datetime, ended: dict[str, Any]) -> None:
    phone = phone_of(cast.grid_worker, now)
    DeviceToken.objects.update(**ended)
    for record in one_of_each(cast):
        answer = phone.post(RECORDS, record)
        assert (answer.status_code, answer.json()["code"]) == (403, "device_ended")
    assert stored() == (0, 0, 0)
    assert not SealedRecord.objects.exists()


def test_places_and_findings_of_others_are_refused_with_the_mend_and_a_danger_is_taken_from_anywhere(
    cast: Cast, api: Api, now: datetime
) -> None:
    worker = api(cast.grid_worker)
    elsewhere = factories.site(area_code=OTHER_GRID)
    for record, code in (
        (water(elsewhere), "no_road"),
        (mended(given(cast, to=cast.other_worker)), "no_finding"),
    ):
        answer = worker.post(RECORDS, record)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert "。" in answer.json()["title"]
    elsewhere_seen = worker.post(RECORDS, seen() | {"position": [113.9, 33.9]})
    assert elsewhere_seen.status_code == 201
    assert SealedRecord.objects.count() == 1


def test_whoever_lost_his_role_is_refused_and_not_asked_to_sign_in(cast: Cast, api: Api, now: datetime) -> None:
    phone = phone_of(cast.grid_worker, now)
    record = water(factories.site())
    cast.grid_worker.roles_held.update(role="auditor")
    assert phone.post(RECORDS, record).status_code == 403  # the door itself
    cast.grid_worker.roles_held.update(role="storekeeper", area_code=OTHER_GRID)
    assert phone.post(RECORDS, record).json()["code"] == "no_road"


@pytest.mark.parametrize(
    "record",
    [
        said("danger", {"kind": "telegram", "place": "桥下"}),
        said("danger", {"kind": "waterlogging"}),
        said("danger", {"kind": "other", "place": "桥下"}),
        said("closure", {"site": "S1", "verb": "blow_up", "depth_cm": 40}),
        said("closure", {"site": "S1", "verb": "water", "depth_cm": 501}),
        said("closure", {"site": "S1", "verb": "water"}),
        said("fix", {"finding": "twelve"}),
        said("fix", {"finding": str(uuid.uuid4())}),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_of_it_is_kept(
    cast: Cast, api: Api, now: datetime, record: dict[str, Any]
) -> None:
    answer = api(cast.grid_worker).post(RECORDS, record)
    assert answer.status_code == 400
    assert answer.json()["code"]
    assert stored() == (0, 0, 0)
    assert not SealedRecord.objects.exists()


# --- photographs


def test_a_danger_and_a_closing_are_told_at_once_and_their_photos_follow(cast: Cast, api: Api, now: datetime) -> None:
    worker, early, late = api(cast.grid_worker), photograph("先到"), photograph("后到")
    put(worker, early)
    listed = [{"sha256": sha(early)}, {"sha256": sha(late)}]
    for record in (seen() | {"photos": listed}, water(factories.site()) | {"photos": listed}):
        assert worker.post(RECORDS, record).json()["missing"] == [sha(late)]
    danger, closure = Danger.objects.get(), Closure.objects.get()
    assert [act.photo_id for act in danger.acts.all()] == [sha(early)]
    put(worker, late)
    assert [act.photo_id for act in danger.acts.order_by("pk")][-1] == sha(late)
    assert [(act.verb, act.photo_id) for act in closure.acts.order_by("pk")][-1] == ("note", sha(late))
    put(worker, late)
    assert (danger.acts.count(), closure.acts.exclude(photo=None).count()) == (2, 2)


def test_a_mended_finding_waits_for_its_photos_and_goes_to_the_check_with_them(
    cast: Cast, api: Api, now: datetime
) -> None:
    row, data, worker = given(cast), photograph("改后"), api(cast.grid_worker)
    assert worker.post(RECORDS, mended(row, photos=[{"sha256": sha(data)}])).json()["state"] == "incomplete"
    row.refresh_from_db()
    assert row.state == FindingState.ASSIGNED
    put(worker, data)
    row.refresh_from_db()
    assert (row.state, row.fixed_words) == (FindingState.SUBMITTED, "已更换")
    assert [photo.media_id for photo in row.photos.all()] == [sha(data)]


# --- conflicts: both versions


def test_the_second_closing_is_kept_and_its_worker_is_told_who_was_first(cast: Cast, api: Api, now: datetime) -> None:
    place = factories.site()
    command.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=30, by=cast.subdistrict_officer, now=NIGHT - 30 * MINUTE
    )
    answer = api(cast.grid_worker).post(RECORDS, water(place, 45))
    news = answer.json()["news"]
    assert (answer.status_code, news["code"]) == (201, "closed_before")
    assert (cast.subdistrict_officer.name in news["title"], "22:30" in news["title"]) == (True, True)
    assert any("30 厘米" in told for told in news["stored"].values())
    row = Closure.objects.get()
    assert (row.closed_by, row.depth_cm, row.acts.count()) == (cast.subdistrict_officer, 45, 2)


def test_an_older_depth_does_not_displace_a_newer_one(cast: Cast, api: Api, now: datetime) -> None:
    place, worker = factories.site(), api(cast.grid_worker)
    first, second = water(place, 60, captured_at=at(5)), water(place, 40, captured_at=at(25))
    assert worker.post(RECORDS, first).json()["news"] is None
    assert worker.post(RECORDS, second).json()["news"]["code"] == "measured_later"
    assert (Closure.objects.get().depth_cm, Closure.objects.get().acts.count()) == (60, 2)


def opened_again(cast: Cast, place: HazardSite, minutes: int) -> Closure:
    then = NIGHT - minutes * MINUTE
    row, _new = command.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=40, by=cast.site_keeper, now=then - 30 * MINUTE
    )
    return command.reopen(closure=row, by=cast.duty_officer, now=then, depth_cm=0)


def test_a_closing_from_before_the_reopening_closes_nothing_and_shows_what_came_after(
    cast: Cast, api: Api, now: datetime
) -> None:
    place, worker = factories.site(), api(cast.grid_worker)
    opened_again(cast, place, minutes=10)
    answer = worker.post(RECORDS, water(place, captured_at=at(20)))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict.reopened")
    assert any(cast.duty_officer.name in told for told in answer.json()["stored"].values())
    assert not Closure.objects.filter(reopened_at=None).exists()
    assert worker.post(RECORDS, water(place, captured_at=at(5))).status_code == 201
    assert Closure.objects.filter(reopened_at=None).count() == 1


def test_asking_to_reopen_is_overtaken_by_deeper_water_and_not_by_shallower(
    cast: Cast, api: Api, now: datetime
) -> None:
    place, worker = factories.site(), api(cast.grid_worker)
    worker.post(RECORDS, water(place, 40, captured_at=at(60)))
    row = Closure.objects.get()
    ask = {"site": place.code, "verb": "ask", "depth_cm": 3, "closure": str(row.client_uuid)}
    command.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=50, by=cast.site_keeper, now=NIGHT - 10 * MINUTE
    )
    stale = worker.post(RECORDS, said("closure", ask))
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict.measured_later")
    row.refresh_from_db()
    assert (row.reopen_asked_at, row.depth_cm) == (None, 50)
    assert worker.post(RECORDS, said("closure", ask, captured_at=at(2))).status_code == 201
    late_closing = worker.post(RECORDS, water(place, 40, captured_at=at(30)))
    assert late_closing.status_code == 201
    row.refresh_from_db()
    assert (row.reopen_asked_by, row.depth_cm) == (cast.grid_worker, 3)


def test_a_place_is_opened_from_the_outbox_by_another_and_never_below_a_later_measure(
    cast: Cast, api: Api, now: datetime
) -> None:
    place = factories.site()
    row, _new = command.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=40, by=cast.site_keeper, now=NIGHT - 60 * MINUTE
    )
    body = {"site": place.code, "verb": "reopen", "depth_cm": 0, "reason": "pumped", "closure": str(row.client_uuid)}
    assert api(cast.grid_worker).post(RECORDS, said("closure", body)).json()["code"] == "danger.outside_area"
    command.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=50, by=cast.site_keeper, now=NIGHT - 10 * MINUTE
    )
    officer = api(cast.subdistrict_officer)
    assert officer.post(RECORDS, said("closure", body)).json()["code"] == "closure.too_deep"
    assert officer.post(RECORDS, said("closure", body, captured_at=at(1))).status_code == 201
    row.refresh_from_db()
    assert (row.reopened_by, row.reopen_reason) == (cast.subdistrict_officer, "pumped")


def test_a_fix_of_a_finding_that_moved_meanwhile_shows_the_finding_as_it_stands(
    cast: Cast, api: Api, now: datetime
) -> None:
    row, worker = given(cast), api(cast.grid_worker)
    version = offline_pack(cast.grid_worker, now=now)["findings"][0]["version"]
    hazards.submit_finding(finding=row, words="修好", by=cast.grid_worker, now=NIGHT - 40 * MINUTE)
    waits = worker.post(RECORDS, mended(row, body={"base_version": version, "words": "又换了一块"}))
    assert (waits.status_code, waits.json()["news"]["code"]) == (201, "reported_before")
    row.refresh_from_db()
    assert (row.state, row.fixed_words) == (FindingState.SUBMITTED, "修好")
    hazards.return_finding(finding=row, by=cast.duty_officer, now=NIGHT - 30 * MINUTE, note="缝隙仍漏水")
    moved = worker.post(RECORDS, mended(row, body={"base_version": version}))
    assert (moved.status_code, moved.json()["code"]) == (409, "conflict_finding_moved")
    assert any("缝隙仍漏水" in told for told in moved.json()["stored"].values())
    fresh = offline_pack(cast.grid_worker, now=now)["findings"][0]
    assert fresh["returned"] == "缝隙仍漏水"
    assert worker.post(RECORDS, mended(row, body={"base_version": fresh["version"]})).status_code == 201


# --- the pack and the clock


def test_the_pack_carries_roads_with_their_state_and_open_findings_with_their_terms(cast: Cast, now: datetime) -> None:
    row = given(cast)
    hazards.control_finding(finding=row, measure="拉警戒线", by=cast.grid_worker, now=NIGHT)
    command.report_water(client_uuid=uuid.uuid4(), site=row.site, depth_cm=40, by=cast.site_keeper, now=NIGHT)
    factories.site(area_code=OTHER_GRID)
    pack = offline_pack(cast.grid_worker, now=now)
    [road], [finding] = pack["roads"], pack["findings"]
    assert (road["code"], road["water"]["depth_cm"], road["closing"]) == (row.site.code, 40, 27)
    assert [27, True] in road["depths"]
    assert [5, False] in road["depths"]
    assert (road["water"]["may_ask"], road["water"]["may_open"]) == (True, False)
    assert offline_pack(cast.subdistrict_officer, now=now)["roads"][0]["water"]["may_open"] is True
    assert (finding["mine"], finding["measure"], finding["due_at"]) == (True, "拉警戒线", row.due_at.isoformat())
    assert pack["duties"][0]["finding"] == str(row.uuid)
    assert [each["mine"] for each in offline_pack(cast.site_keeper, now=now)["findings"]] == [False]


def test_the_pack_costs_as_many_statements_for_nine_places_as_for_one(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            offline_pack(cast.grid_worker, now=now)
        return len(captured)

    def more() -> None:
        row = given(cast)
        command.report_water(client_uuid=uuid.uuid4(), site=row.site, depth_cm=40, by=cast.site_keeper, now=NIGHT)

    more()
    statements()  # the person's roles are read once
    few = statements()
    for _number in range(8):
        more()
    assert statements() == few


def test_a_clock_that_was_wrong_at_sending_is_put_right(now: datetime) -> None:
    hour = timedelta(hours=1)
    sealed = Sealed(uuid.uuid4(), "closure", NIGHT - 3 * hour, {}, sent_at=NIGHT - 2 * hour)
    assert sealed.happened(NIGHT) == NIGHT - hour
    assert Sealed(uuid.uuid4(), "closure", NIGHT - hour, {}, sent_at=NIGHT - MINUTE).happened(NIGHT) == NIGHT - hour


def test_an_answer_of_the_outbox_says_who_closed_it_in_the_language_of_the_reader(
    cast: Cast, api: Api, now: datetime
) -> None:
    place = factories.site()
    command.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=30, by=cast.site_keeper, now=NIGHT - 30 * MINUTE
    )
    news = api(cast.grid_worker).post(RECORDS, water(place)).json()["news"]
    assert "closed it at" in news["title_en"]
    assert "closed it at" not in news["title"]


def test_a_photo_nobody_stored_leaves_no_bytes_behind(cast: Cast, now: datetime) -> None:
    data = photograph("收回")
    media = core.store_photo(data=data, by_id=None)
    path = core.photo_file(media, "original")
    assert core.drop_strays([media.pk]) == 0
    media.delete()
    assert core.drop_strays([sha(data)]) == 1
    assert not path.exists()


def test_a_duty_of_mending_moved_to_another_is_no_longer_the_first_ones(cast: Cast, api: Api, now: datetime) -> None:
    row = given(cast)
    assert row.assignment is not None
    duties.hand_over(assignment=row.assignment, to=cast.other_worker, by=cast.duty_officer, now=NIGHT - 30 * MINUTE)
    answer = api(cast.grid_worker).post(RECORDS, mended(row))
    # He had not heard of it: what he did is kept for somebody to judge, and reports nothing in the other's name.
    assert (answer.status_code, "改派" in answer.json()["news"]["title"]) == (201, True)
    row.refresh_from_db()
    assert row.state == FindingState.ASSIGNED
