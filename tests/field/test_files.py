"""Unsent work that comes as a file: whole or not at all, once, and nobody speaks in another's name without proof."""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from command.models import Closure, Danger
from core import actions as core
from core.models import Media
from field import actions
from field.models import DeviceToken, FileReadIn, SealedRecord
from field.rules import Exported, Saved, Sealed, record_seal, seal_holds
from hazards.enums import FindingState
from hazards.models import HouseholdCheck
from tests import factories
from tests.casts import NIGHT, OTHER_GRID, Cast
from tests.factories import household, photograph
from tests.field.test_intake import phone_of, said, sha
from tests.field.test_reports import given, mended, seen, water
from tests.field.test_visits import asked, safe, there, walk

SignedIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


def entry(record: dict[str, Any] | None, *, of: User, key: str = "", **more: Any) -> dict[str, Any]:
    """One row as a phone saves it, sealed with the hash of a token where one is given."""
    text = json.dumps(record, ensure_ascii=False) if record else ""
    number = record["client_uuid"] if record else str(uuid.uuid4())
    kind = record["kind"] if record else "inspection"
    return {
        "uuid": number, "person": of.pk, "kind": kind, "title": "示例", "state": "sealed",
        "record": record, "sealed": text, "seal": record_seal(text, key=key) if key else "", **more,
    }  # fmt: skip


def saved(of: User, *rows: dict[str, Any], photos: dict[str, bytes] | None = None) -> SimpleUploadedFile:
    """The file."""
    pictures = {
        sha256: {"type": "image/jpeg", "base64": base64.b64encode(data).decode()}
        for sha256, data in (photos or {}).items()
    }
    content = {
        "exported_at": NIGHT.isoformat(),
        "person": {"id": of.pk, "name": of.name},
        "records": rows,
        "photos": pictures,
    }
    return SimpleUploadedFile("weidong.json", json.dumps(content).encode(), "application/json")


def bring(client: Client, file: Any) -> list[tuple[str, str]]:
    """Outcome and words of each record, after the page has shown them."""
    answer = client.post("/field/files/", {"file": file}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    row = FileReadIn.objects.first()
    assert row is not None
    page = answer.content.decode()
    assert all(line["words"] in page for line in row.lines)
    return [(line["outcome"], line["words"]) for line in row.lines]


def key_of(person: User, now: datetime) -> str:
    phone_of(person, now)
    return str(DeviceToken.objects.filter(user=person).latest("pk").token_sha256)


def test_a_worker_reads_in_his_own_file_once_with_its_photos(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    me, data = cast.grid_worker, photograph("文件里的")
    record = seen() | {"photos": [{"sha256": sha(data)}]}
    rows = [entry(record, of=me), entry(None, of=me, state="draft")]
    client = signed_in(me)
    first = bring(client, saved(me, *rows, photos={sha(data): data}))
    again = bring(client, saved(me, *rows, photos={sha(data): data}))
    assert [outcome for outcome, _words in first] == ["taken", "draft"]
    assert [outcome for outcome, _words in again] == ["already", "draft"]
    danger = Danger.objects.get()
    assert (danger.reporter, danger.acts.get().photo_id) == (me, sha(data))
    assert SealedRecord.objects.get().brought_by is None
    assert FileReadIn.objects.count() == 2


def test_the_phone_that_sends_it_afterwards_hears_that_it_is_stored(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    me, record = cast.grid_worker, seen()
    bring(signed_in(me), saved(me, entry(record, of=me)))
    assert phone_of(me, now).post("/api/v1/field/records/", record, format="json").status_code == 200


def test_an_officer_brings_what_the_authors_phone_has_sealed_and_nothing_else(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    me, officer = cast.grid_worker, cast.subdistrict_officer
    key = key_of(me, now)
    good, bare, forged = water(factories.site()), water(factories.site()), water(factories.site())
    rows = [entry(good, of=me, key=key), entry(bare, of=me), entry(forged, of=me, key=key)]
    rows[2]["sealed"] = rows[2]["sealed"].replace('"depth_cm": 40', '"depth_cm": 90')
    found = bring(signed_in(officer), saved(me, *rows))
    assert [outcome for outcome, _words in found] == ["taken", "refused", "refused"]
    row = SealedRecord.objects.get()
    assert (row.by, row.brought_by, str(row.client_uuid)) == (me, officer, good["client_uuid"])
    assert Closure.objects.get().closed_by == me
    assert [outcome for outcome, _words in bring(signed_in(me), saved(me, *rows))] == ["already", "taken", "taken"]


@pytest.mark.parametrize(
    ("captured", "ended", "outcome"),
    [
        (NIGHT - 2 * HOUR, {"revoked_at": NIGHT - HOUR}, "taken"),
        (NIGHT - HOUR / 2, {"revoked_at": NIGHT - HOUR}, "refused"),
        (NIGHT - HOUR / 2, {"expires_at": NIGHT - HOUR}, "refused"),
    ],
)
def test_a_seal_holds_for_what_was_recorded_while_the_phone_was_allowed_to_send(
    cast: Cast, signed_in: SignedIn, now: datetime, captured: datetime, ended: dict[str, Any], outcome: str
) -> None:
    key = key_of(cast.grid_worker, now)
    DeviceToken.objects.update(**ended)
    row = entry(seen() | {"captured_at": captured.isoformat()}, of=cast.grid_worker, key=key)
    assert bring(signed_in(cast.duty_officer), saved(cast.grid_worker, row))[0][0] == outcome


def test_a_seal_of_another_phone_proves_nothing() -> None:
    text, later = '{"a":1}', NIGHT + HOUR
    phones = [("a" * 64, later, None), ("b" * 64, later, None)]
    assert seal_holds(text, record_seal(text, key="b" * 64), NIGHT, phones) is True
    assert seal_holds(text, record_seal(text, key="c" * 64), NIGHT, phones) is None
    assert seal_holds(text, record_seal(text, key="b" * 64), later, phones) is False
    assert seal_holds(text, "", NIGHT, phones) is None


def test_whoever_answers_for_another_area_or_for_nobody_brings_nothing(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    me = cast.grid_worker
    row = entry(water(factories.site()), of=me, key=key_of(me, now))
    assert bring(signed_in(cast.other_officer), saved(me, row))[0][0] == "refused"
    neighbour = signed_in(cast.other_worker).post("/field/files/", {"file": saved(me, row)})
    assert (neighbour.status_code, FileReadIn.objects.count()) == (400, 1)
    assert signed_in(cast.outsider).get("/field/files/").status_code == 403
    User.objects.filter(pk=me.pk).update(is_active=False)
    assert signed_in(cast.subdistrict_officer).post("/field/files/", {"file": saved(me, row)}).status_code == 400
    assert not SealedRecord.objects.exists()
    assert not Closure.objects.exists()


def test_nothing_of_a_refused_record_is_kept_neither_row_nor_photo(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    me, data = cast.grid_worker, photograph("不该留下")
    listed = [{"sha256": sha(data)}]
    foreign = water(factories.site(area_code=OTHER_GRID)) | {"photos": listed}
    without = seen() | {"photos": [{"sha256": "0" * 64}]}
    broken = seen() | {"captured_at": "gestern"}
    rows = [entry(each, of=me) for each in (foreign, without, broken)]
    found = bring(signed_in(me), saved(me, *rows, photos={sha(data): data}))
    assert [outcome for outcome, _words in found] == ["refused"] * 3
    assert "captured_at" in found[2][1]
    assert (SealedRecord.objects.count(), Media.objects.count(), Danger.objects.count()) == (0, 0, 0)
    assert not core.photo_file(Media(sha256=sha(data)), "original").exists()


def test_a_photo_that_was_on_its_way_comes_with_the_file(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    me, data, row = cast.grid_worker, photograph("改好了"), given(cast)
    record = mended(row, photos=[{"sha256": sha(data)}])
    assert phone_of(me, now).post("/api/v1/field/records/", record, format="json").json()["missing"] == [sha(data)]
    found = bring(signed_in(me), saved(me, entry(record, of=me), photos={sha(data): data}))
    assert found == [("already", "")]
    row.refresh_from_db()
    assert (row.state, row.photos.count()) == ("submitted", 1)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"records": 1}', b'{"person":{"id":1},"photos":{},"records":[{"uuid":"x"}]}']
)
def test_another_file_is_refused_with_a_sentence(
    cast: Cast, signed_in: SignedIn, now: datetime, content: bytes
) -> None:
    answer = signed_in(cast.grid_worker).post("/field/files/", {"file": SimpleUploadedFile("a.json", content)})
    assert (answer.status_code, FileReadIn.objects.count()) == (400, 0)


def test_a_report_is_read_by_who_brought_it_whose_it_is_and_who_answers_for_him(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    me = cast.grid_worker
    bring(signed_in(me), saved(me, entry(said("telegram", {}), of=me)))
    row = FileReadIn.objects.get()
    for person, status in (
        (me, 200),
        (cast.subdistrict_officer, 200),
        (cast.other_worker, 404),
        (cast.other_officer, 404),
    ):
        assert signed_in(person).get(f"/field/files/{row.pk}/").status_code == status
    with pytest.raises(Exception, match=r"append_only|Cannot"):
        FileReadIn.objects.filter(pk=row.pk).update(file_name="anders.json")


def test_what_an_officer_brings_names_both_in_the_history(cast: Cast, now: datetime) -> None:
    """The verb's actor is whoever brought it; the row's own person stays its author."""
    me, officer = cast.grid_worker, cast.subdistrict_officer
    key, text = key_of(me, now), "{}"
    sealed = Sealed(uuid.uuid4(), "danger", NIGHT, {"kind": "waterlogging", "place": "桥下"})
    row = Exported(str(sealed.client_uuid), "danger", "内涝", text, record_seal(text, key=key), sealed)
    kept = actions.read_in(file=Saved("a.json", "0" * 64, me.pk, None, [row], {}), by=officer, now=now)
    assert (kept.by, kept.author, kept.lines[0]["outcome"]) == (officer, me, "taken")
    assert Danger.objects.get().reporter == me


@pytest.mark.parametrize("by", ["grid_worker", "subdistrict_officer"])
def test_checks_of_households_check_ins_and_measures_come_out_of_a_file_as_from_the_phone(
    cast: Cast, signed_in: SignedIn, now: datetime, by: str
) -> None:
    me, home, point, row = cast.grid_worker, household(), walk(cast).points.earliest("order"), given(cast)
    door, there_, key = photograph("门口"), photograph("桥下"), key_of(me, now)
    records = [
        asked(home, failing=1, photos=[{"sha256": sha(door)}]),
        there(point, photos=[{"sha256": sha(there_)}]),
        safe(row.uuid),
    ]
    file = [entry(record, of=me, key=key) for record in records]
    photos = {sha(data): data for data in (door, there_)}
    reader = signed_in(getattr(cast, by))
    assert [outcome for outcome, _words in bring(reader, saved(me, *file, photos=photos))] == ["taken"] * 3
    check = HouseholdCheck.objects.get()
    assert (check.checked_by, check.photo_id, check.failed_items) == (me, sha(door), 1)
    point.refresh_from_db()
    row.refresh_from_db()
    assert (point.by, point.photo_id, point.checked_at) == (me, sha(there_), NIGHT - timedelta(minutes=25))
    assert (row.state, row.measure_by) == (FindingState.CONTROLLED, "老王")
    assert {record.brought_by for record in SealedRecord.objects.all()} == {
        None if by == "grid_worker" else cast.subdistrict_officer
    }
    # The list of what became of them stays for good and names nobody's door.
    assert [line["title"] for line in FileReadIn.objects.latest("pk").lines] == ["", "示例", "示例"]
    assert [outcome for outcome, _words in bring(reader, saved(me, *file, photos=photos))] == ["already"] * 3
    short = bring(reader, saved(me, entry(asked(household(), photos=[{"sha256": "0" * 64}]), of=me, key=key)))
    assert [outcome for outcome, _words in short] == ["refused"]
    assert HouseholdCheck.objects.count() == 1
