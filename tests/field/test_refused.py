"""Records refused after their photographs had come: somebody sees them, knows the mend, and takes them off the list."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions as duties
from core.rules import Refused
from field import actions, queries
from field.models import SealedRecord
from field.queries import RefusedFilter
from field.queries.refused import refused_items
from territory.rules import scope_of
from tests import factories
from tests.casts import DISTRICT, NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import photograph
from tests.field.test_intake import RECORDS, put, said, sha

SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
HERE, THERE, WHOLE = scope_of(SUBDISTRICT), scope_of(OTHER_SUBDISTRICT), scope_of(DISTRICT)


def refused_late(cast: Cast, api: Api, text: str = "来晚了") -> SealedRecord:
    """A duty reported with a photo, withdrawn while the photo was on its way."""
    duty, data = factories.duty(of=cast.grid_worker, kind="order"), photograph(text)
    worker = api(cast.grid_worker)
    record = said("duty_answer", {"duty": str(duty.uuid), "verb": "report"}, photos=[{"sha256": sha(data)}])
    worker.post(RECORDS, record)
    duties.cancel(assignment=duty, by=cast.duty_officer, now=NIGHT)
    put(worker, data)
    return SealedRecord.objects.get(client_uuid=record["client_uuid"])


def test_it_stands_on_the_list_with_who_why_and_what_to_do_until_it_is_dealt_with(
    cast: Cast, api: Api, signed_in: SignedIn, now: datetime
) -> None:
    record = refused_late(cast, api)
    officer = signed_in(cast.subdistrict_officer)
    page = officer.get("/field/refused/").content.decode()
    for words in (cast.grid_worker.name, record.refusal, "13900000006", "再排查示例点"):
        assert words in page
    address = f"/field/refused/{record.client_uuid}/settle/"
    officer.post(address, {"words": ""})
    assert queries.refused_counts(HERE, now=now)["open"] == 1
    officer.post(address, {"words": "电话核实，已代录"})
    record.refresh_from_db()
    assert (record.settled_by, record.settled_words) == (cast.subdistrict_officer, "电话核实，已代录")
    assert queries.refused_counts(HERE, now=now) == {"open": 0, "waiting": 0, "settled": 1}
    assert "电话核实，已代录" in officer.get("/field/refused/?state=settled").content.decode()


def test_only_whoever_answers_for_the_place_sees_and_settles_it(
    cast: Cast, api: Api, signed_in: SignedIn, now: datetime
) -> None:
    record = refused_late(cast, api)
    assert queries.refused_counts(THERE, now=now)["open"] == 0
    assert record.refusal not in signed_in(cast.other_officer).get("/field/refused/").content.decode()
    address = f"/field/refused/{record.client_uuid}/settle/"
    assert signed_in(cast.other_officer).post(address, {"words": "x"}).status_code == 404
    assert signed_in(cast.grid_worker).get("/field/refused/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.settle_record(record=record, words="x", by=cast.other_officer, now=now)
    with pytest.raises(Refused):
        actions.settle_record(record=record, words=" ", by=cast.subdistrict_officer, now=now)


def test_the_worker_reads_the_refusal_as_before(cast: Cast, api: Api, now: datetime) -> None:
    record = refused_late(cast, api)
    receipt: Any = api(cast.grid_worker).get(f"{RECORDS}{record.client_uuid}/").json()
    assert (receipt["refusal"], receipt["news"]) == (record.refusal, None)


def test_filters_narrow_by_kind_area_person_and_reason(cast: Cast, api: Api, now: datetime) -> None:
    record = refused_late(cast, api)

    def found(**filters: str) -> bool:
        return queries.refused_records(WHOLE, RefusedFilter(**filters), now=now).filter(pk=record.pk).exists()

    assert found(kind="duty_answer")
    assert found(area_code=SUBDISTRICT)
    assert found(text=cast.grid_worker.name[:3])
    assert found(text=record.refusal[:4])
    assert not found(kind="fix")
    assert not found(area_code=OTHER_SUBDISTRICT)
    assert not found(text="别人")


def test_an_act_whose_photos_do_not_come_is_somebodys_business_after_an_hour(
    cast: Cast, api: Api, now: datetime
) -> None:
    duty = factories.duty(of=cast.grid_worker, kind="order")
    body = {"duty": str(duty.uuid), "verb": "report"}
    api(cast.grid_worker).post(RECORDS, said("duty_answer", body, photos=[{"sha256": "0" * 64}]))
    hour = timedelta(hours=1)
    assert queries.refused_counts(HERE, now=now + hour)["waiting"] == 0
    assert queries.refused_counts(HERE, now=now + hour + timedelta(seconds=1))["waiting"] == 1
    danger = said("danger", {"kind": "landslide", "place": "河堤"}, photos=[{"sha256": "1" * 64}])
    api(cast.grid_worker).post(RECORDS, danger)
    assert queries.refused_counts(HERE, now=now + 2 * hour)["waiting"] == 1


def test_the_duty_room_hands_it_over_while_it_is_open(cast: Cast, api: Api, now: datetime) -> None:
    record = refused_late(cast, api)
    [item] = refused_items(WHOLE, now)
    assert (item.key, item.since, cast.grid_worker.name in item.title) == (f"field.record:{record.pk}", NIGHT, True)
    actions.settle_record(record=record, words="已代录", by=cast.duty_officer, now=now)
    actions.settle_record(record=record, words="再按一次", by=cast.commander, now=now)
    record.refresh_from_db()
    assert record.settled_words == "已代录"
    assert refused_items(WHOLE, now) == []


def test_the_list_costs_as_many_statements_for_five_as_for_one(cast: Cast, api: Api, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.refused_lines(queries.refused_records(WHOLE, now=now))
        return len(captured)

    refused_late(cast, api)
    few = statements()
    for number in range(4):
        refused_late(cast, api, str(number))
    assert statements() == few
