"""What phones send: once whatever the network does, never without its photographs, flagged and never blocked."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from alerts import actions as alerts
from alerts.models import AudienceHousehold, Visit
from assignments import actions as duties
from assignments.enums import State
from assignments.models import AssignmentEvent
from core import actions as core
from core.models import Media
from core.rules import Refused
from field import actions
from field.models import DeviceToken, SealedRecord
from field.queries import offline_pack
from field.rules import DEVICE_LIFE, DEVICES_EACH, PhotoListed, Sealed
from hazards.models import HazardSite, Inspection
from tests import casts, factories
from tests.alerts.situations import household_of, issued
from tests.casts import NIGHT, OTHER_GRID, Cast
from tests.factories import photograph

RECORDS = "/api/v1/field/records/"
Api = Callable[[User], APIClient]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def checks(place: HazardSite, failing: int = 0) -> dict[str, Any]:
    used = factories.checklist(place.kind)
    items = list(used.items.all())
    answers = [{"item": item.pk, "result": "fail" if at < failing else "pass"} for at, item in enumerate(items)]
    return {"site": place.code, "checklist": used.pk, "answers": answers}


def said(kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "client_uuid": str(uuid.uuid4()),
        "kind": kind,
        "captured_at": (NIGHT - timedelta(minutes=20)).isoformat(),
        "body": body,
        **more,
    }


def inspected(place: HazardSite, **more: Any) -> dict[str, Any]:
    assert place.geometry is not None
    return said("inspection", checks(place), position=list(place.geometry.coords), accuracy_m=8, **more)


def phone_of(person: User, now: datetime) -> APIClient:
    """A phone without session: only its token."""
    token, _device = actions.issue_device(user=person, now=now)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Device {token}")
    return client


def put(client: Any, data: bytes, sha256: str = "") -> Any:
    return client.generic("PUT", f"/api/v1/media/{sha256 or sha(data)}/", data, "image/jpeg")


def test_the_same_record_again_is_the_same_and_another_one_shows_both_versions(
    cast: Cast, api: Api, now: datetime
) -> None:
    worker, record = api(cast.grid_worker), inspected(factories.site())
    first, again = worker.post(RECORDS, record), worker.post(RECORDS, record)
    assert [first.status_code, again.status_code] == [201, 200]
    assert first.json() == again.json()
    assert first.json()["client_uuid"] == record["client_uuid"]
    assert datetime.fromisoformat(first.json()["server_time"]) == now
    changed = record | {"body": record["body"] | {"note": "改口"}}
    other = worker.post(RECORDS, changed)
    assert (other.status_code, other.json()["code"]) == (409, "conflict_other_body")
    assert other.json()["stored"]["body"]["note"] == ""
    assert other.json()["given"]["body"]["note"] == "改口"
    assert Inspection.objects.get().client_uuid == uuid.UUID(record["client_uuid"])


def test_a_phone_may_list_answers_and_photos_in_another_order_and_say_a_time_in_another_zone(
    cast: Cast, api: Api, now: datetime
) -> None:
    place = factories.site()
    listed = [{"sha256": sha(photograph("一"))}, {"sha256": sha(photograph("二"))}]
    record = inspected(place, photos=listed)
    again = record | {
        "photos": listed[::-1],
        "body": record["body"] | {"answers": record["body"]["answers"][::-1]},
        "captured_at": timezone.localtime(NIGHT - timedelta(minutes=20)).isoformat(),
    }
    worker = api(cast.grid_worker)
    assert [worker.post(RECORDS, each).status_code for each in (record, again)] == [201, 200]


def test_another_person_learns_nothing_of_what_stands_under_a_number(cast: Cast, api: Api, now: datetime) -> None:
    record = inspected(factories.site())
    api(cast.grid_worker).post(RECORDS, record)
    answer = api(cast.subdistrict_officer).post(RECORDS, record)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict_other_person")
    assert "stored" not in answer.json()
    assert api(cast.subdistrict_officer).get(f"{RECORDS}{record['client_uuid']}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_record_and_its_photo_sent_by_three_at_once_are_one_and_find_each_other() -> None:
    casts.make_areas()
    worker, place, data = casts.make_cast().grid_worker, factories.site(), photograph("同时")
    sealed = Sealed(
        client_uuid=uuid.uuid4(),
        kind="inspection",
        captured_at=NIGHT,
        body=checks(place) | {"note": ""},
        photos=[PhotoListed(sha(data))],
    )
    together, stored, wrong = threading.Barrier(3), list[int](), list[Exception]()

    def record() -> None:
        stored.append(actions.take_in(sealed=sealed, by=worker, now=NIGHT).record.pk)

    def photo() -> None:
        core.store_photo(data=data, by_id=worker.pk)

    def at_once(act: Callable[[], None]) -> None:
        try:
            together.wait(timeout=10)
            act()
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once, args=(act,)) for act in (record, record, photo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert wrong == []
    assert set(stored) == {SealedRecord.objects.get().pk}
    assert len(stored) == 2
    assert SealedRecord.objects.get().missing_photos == []
    assert Inspection.objects.get().missing_photos == []


def test_a_record_is_incomplete_until_every_listed_photo_has_arrived_whole(cast: Cast, api: Api, now: datetime) -> None:
    place, one, two = factories.site(), photograph("一"), photograph("二")
    worker = api(cast.grid_worker)
    record = inspected(place, photos=[{"sha256": sha(one)}, {"sha256": sha(two)}])
    assert worker.post(RECORDS, record).json()["missing"] == [sha(one), sha(two)]
    cut = put(worker, one[:-20], sha(one))
    assert (cut.status_code, cut.json()["code"]) == (400, "photo_cut_short")
    assert put(worker, one).status_code == 200
    half = worker.get(f"{RECORDS}{record['client_uuid']}/").json()
    assert (half["state"], half["missing"]) == ("incomplete", [sha(two)])
    put(worker, two)
    whole = worker.post(RECORDS, record).json()
    assert (whole["state"], whole["missing"]) == ("complete", [])
    assert Inspection.objects.get().photos.count() == 2


def test_the_server_asks_for_every_item_and_for_the_photo_of_what_failed(cast: Cast, api: Api, now: datetime) -> None:
    place = factories.site()
    worker = api(cast.grid_worker)
    short = said("inspection", checks(place))
    short["body"]["answers"].pop()
    bare = said("inspection", checks(place, failing=1))
    for record, code in ((short, "unanswered"), (bare, "photo_wanted")):
        answer = worker.post(RECORDS, record)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not SealedRecord.objects.exists()


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        ({"position": None, "accuracy_m": None}, "no_position"),
        ({"accuracy_m": 101}, "imprecise"),
        ({"position": [113.45, 33.80]}, "far"),
        ({"captured_at": (NIGHT + timedelta(minutes=6)).isoformat()}, "clock_off"),
        ({"captured_at": (NIGHT - timedelta(hours=25)).isoformat()}, "sent_late"),
        (
            {"photos": [{"sha256": "0" * 64, "taken_at": (NIGHT - timedelta(hours=2)).isoformat()}]},
            "old_photo",
        ),
        ({"photos": [{"sha256": "0" * 64, "position": [113.45, 33.80]}]}, "photo_far"),
    ],
)
def test_what_looks_odd_is_flagged_and_stored(
    given: dict[str, Any], flag: str, cast: Cast, api: Api, now: datetime
) -> None:
    place = factories.site()
    answer = api(cast.grid_worker).post(RECORDS, inspected(place) | given)
    assert answer.status_code == 201
    assert answer.json()["flags"] == [flag]
    assert Inspection.objects.get().occurred_at <= now


def test_a_wrong_clock_at_sending_is_flagged(cast: Cast, api: Api, now: datetime) -> None:
    sent = (NIGHT - timedelta(minutes=6)).isoformat()
    answer = api(cast.grid_worker).post(RECORDS, inspected(factories.site()), HTTP_X_DEVICE_TIME=sent)
    assert answer.json()["flags"] == ["clock_off"]


def test_nothing_odd_is_no_flag_and_the_judge_reads_what_is(
    cast: Cast, api: Api, signed_in: Callable[[User], Any], now: datetime
) -> None:
    fine, odd = inspected(factories.site()), inspected(factories.site()) | {"accuracy_m": 500}
    worker, judge = api(cast.grid_worker), signed_in(cast.subdistrict_officer)
    assert worker.post(RECORDS, fine).json()["flags"] == []
    assert worker.post(RECORDS, odd).json()["flags"] == ["imprecise"]
    pages = [judge.get(f"/hazards/inspections/{each['client_uuid']}/").content.decode() for each in (fine, odd)]
    assert ["精度" in page for page in pages] == [False, True]


def test_happened_and_recorded_stand_beside_each_other(cast: Cast, api: Api, now: datetime) -> None:
    earlier = NIGHT - timedelta(hours=3)
    api(cast.grid_worker).post(RECORDS, inspected(factories.site(), occurred_at=earlier.isoformat()))
    record, visit = SealedRecord.objects.get(), Inspection.objects.get()
    assert (record.occurred_at, record.captured_at, record.recorded_at) == (
        earlier,
        NIGHT - timedelta(minutes=20),
        NIGHT,
    )
    assert (visit.occurred_at, visit.recorded_at) == (earlier, NIGHT)


def test_a_site_that_has_left_the_register_is_gone_and_one_elsewhere_is_not_mine(
    cast: Cast, api: Api, now: datetime
) -> None:
    worker = api(cast.grid_worker)
    left = factories.site(retired_at=NIGHT, retired_reason="已填平")
    answer = worker.post(RECORDS, inspected(left))
    assert (answer.status_code, answer.json()["code"]) == (410, "site_retired")
    assert answer.json()["title"]
    elsewhere = worker.post(RECORDS, inspected(factories.site(area_code=OTHER_GRID)))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "no_site")


def test_what_was_recorded_before_the_site_left_is_still_told_as_stored(cast: Cast, api: Api, now: datetime) -> None:
    place = factories.site()
    record = inspected(place)
    worker = api(cast.grid_worker)
    worker.post(RECORDS, record)
    HazardSite.objects.filter(pk=place.pk).update(retired_at=NIGHT, retired_reason="已填平")
    assert worker.post(RECORDS, record).status_code == 200


def door(cast: Cast) -> AudienceHousehold:
    home = factories.must_reach_household()
    row = issued(cast)
    alerts.send_knocks(notice=row, by=cast.duty_officer, now=NIGHT)
    return household_of(row, home)


def test_a_door_visit_comes_in_once_and_reports_the_grids_duty(cast: Cast, api: Api, now: datetime) -> None:
    audience = door(cast)
    record = said("door_visit", {"audience": audience.pk, "outcome": "told"})
    worker = api(cast.grid_worker)
    assert [worker.post(RECORDS, record).status_code for _ in range(2)] == [201, 200]
    visit = Visit.objects.get()
    assert (visit.client_uuid, visit.by) == (uuid.UUID(record["client_uuid"]), cast.grid_worker)
    stranger = api(cast.other_worker).post(RECORDS, said("door_visit", {"audience": audience.pk, "outcome": "told"}))
    assert (stranger.status_code, stranger.json()["code"]) == (400, "no_door")


def test_a_duty_is_acknowledged_and_reported_from_the_outbox(cast: Cast, api: Api, now: datetime) -> None:
    duty, data = factories.duty(of=cast.grid_worker, kind="order"), photograph("完成")
    worker = api(cast.grid_worker)
    worker.post(RECORDS, said("duty_answer", {"duty": str(duty.uuid), "verb": "acknowledge"}))
    duty.refresh_from_db()
    assert duty.state == State.ACKNOWLEDGED
    done = said("duty_answer", {"duty": str(duty.uuid), "verb": "report"}, photos=[{"sha256": sha(data)}])
    assert worker.post(RECORDS, done).json()["state"] == "incomplete"
    duty.refresh_from_db()
    assert duty.state == State.ACKNOWLEDGED
    put(worker, data)
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    assert AssignmentEvent.objects.get(assignment=duty, verb="report").photo_sha256 == sha(data)


def test_an_answer_to_a_duty_that_moved_meanwhile_is_refused_and_a_withdrawn_one_is_gone(
    cast: Cast, api: Api, now: datetime
) -> None:
    duty = factories.duty(of=cast.grid_worker, kind="order")
    version = offline_pack(cast.grid_worker, now=now)["duties"][0]["version"]
    for person in (cast.other_worker, cast.grid_worker):
        duties.hand_over(assignment=duty, to=person, by=cast.duty_officer, now=now)
    worker = api(cast.grid_worker)
    body = {"duty": str(duty.uuid), "verb": "report"}
    moved = worker.post(RECORDS, said("duty_answer", body | {"base_version": version}))
    assert (moved.status_code, moved.json()["code"]) == (409, "conflict_duty_moved")
    fresh = offline_pack(cast.grid_worker, now=now)["duties"][0]["version"]
    duties.cancel(assignment=duty, by=cast.duty_officer, now=now)
    gone = worker.post(RECORDS, said("duty_answer", body))
    assert (gone.status_code, gone.json()["code"]) == (410, "conflict.withdrawn")
    assert fresh != version
    assert not SealedRecord.objects.exists()


def test_a_phone_sends_without_a_session_for_a_month_and_not_after_it_signed_out(cast: Cast, now: datetime) -> None:
    phone = phone_of(cast.grid_worker, now)
    assert phone.post(RECORDS, inspected(factories.site())).status_code == 201
    assert put(phone, photograph("令牌")).status_code == 200
    assert Media.objects.get().uploaded_by_id == cast.grid_worker.pk
    assert phone.get("/api/v1/field/pack/").status_code == 200
    assert phone.delete("/api/v1/field/devices/").status_code == 204
    ended = phone.post(RECORDS, inspected(factories.site()))
    assert (ended.status_code, ended.json()["code"]) == (403, "device_ended")


def test_a_phones_token_opens_nothing_else_and_ends_with_its_month(cast: Cast, now: datetime) -> None:
    phone = phone_of(cast.grid_worker, now)
    assert phone.get("/api/v1/assignments/").status_code == 403
    assert phone.get("/api/v1/hazards/inspections/").status_code == 403
    assert phone.post("/api/v1/field/devices/").status_code == 403
    DeviceToken.objects.update(expires_at=now)
    assert phone.get("/api/v1/field/pack/").json()["code"] == "device_ended"
    DeviceToken.objects.update(expires_at=now + DEVICE_LIFE)
    User.objects.filter(pk=cast.grid_worker.pk).update(is_active=False)
    assert phone.get("/api/v1/field/pack/").json()["code"] == "device_ended"


def test_a_token_is_kept_as_a_hash_made_up_ones_are_refused_and_the_oldest_phone_gives_way(
    cast: Cast, now: datetime
) -> None:
    first = phone_of(cast.grid_worker, now)
    token, device = actions.issue_device(user=cast.grid_worker, now=now)
    assert device.token_sha256 == sha(token.encode())
    stranger = APIClient()
    for made_up in (f"{token}0", "x.y", "."):
        stranger.credentials(HTTP_AUTHORIZATION=f"Device {made_up}")
        assert stranger.get("/api/v1/field/pack/").status_code == 403
    for _phone in range(DEVICES_EACH - 1):
        actions.issue_device(user=cast.grid_worker, now=now)
    assert first.get("/api/v1/field/pack/").status_code == 403
    assert DeviceToken.objects.filter(revoked_at__isnull=True).count() == DEVICES_EACH


def test_the_pack_holds_what_is_due_the_checklist_and_own_doors_alone(cast: Cast, now: datetime) -> None:
    mine, other = factories.site(), factories.site(area_code=OTHER_GRID)
    factories.inspection_round(opened_by=cast.commander, sites=[mine], inspector=cast.grid_worker)
    audience = door(cast)
    pack = offline_pack(cast.grid_worker, now=now)
    assert [site["code"] for site in pack["sites"]] == [mine.code]
    assert pack["sites"][0]["due_at"]
    assert [item["text"] for item in pack["checklists"][0]["items"]] == list(factories.ITEMS)
    assert [each["audience"] for each in pack["doors"][0]["doors"]] == [audience.pk]
    theirs = offline_pack(cast.other_worker, now=now)
    assert [site["code"] for site in theirs["sites"]] == [other.code]
    assert theirs["doors"] == theirs["duties"] == []


def test_a_kind_nobody_knows_is_refused(cast: Cast, api: Api, now: datetime) -> None:
    answer = api(cast.grid_worker).post(RECORDS, said("telegram", {}))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "kind")
    with pytest.raises(KeyError):
        actions.take_in(
            sealed=Sealed(client_uuid=uuid.uuid4(), kind="telegram", captured_at=NIGHT, body={}),
            by=cast.grid_worker,
            now=now,
        )


def test_a_refused_act_leaves_the_photo_and_says_why_in_the_receipt(cast: Cast, api: Api, now: datetime) -> None:
    duty, data = factories.duty(of=cast.grid_worker, kind="order"), photograph("来晚了")
    worker = api(cast.grid_worker)
    done = said("duty_answer", {"duty": str(duty.uuid), "verb": "report"}, photos=[{"sha256": sha(data)}])
    worker.post(RECORDS, done)
    duties.cancel(assignment=duty, by=cast.duty_officer, now=now)
    assert put(worker, data).status_code == 200
    receipt = worker.post(RECORDS, done).json()
    assert (receipt["state"], bool(receipt["refusal"])) == ("complete", True)
    with pytest.raises(Refused):
        duties.report(assignment=duty, by=cast.grid_worker, now=now)
