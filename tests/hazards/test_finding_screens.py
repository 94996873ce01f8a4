"""The pages of findings: who may open and press what, what leaves as a sheet or a paper."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.models import User
from core import actions as core
from core import clock
from hazards import actions, queries
from hazards.enums import FindingState, Grade
from hazards.models import Finding, FindingTerm, HazardSite, PaperTemplate
from tests.casts import OTHER_GRID, Cast
from tests.factories import photograph, site
from weidong_ops.resolvers import may_see_photo

pytestmark = pytest.mark.django_db


def found(by: User, place: HazardSite | None = None, what: str = "挡水板缺失", grade: str = Grade.GENERAL) -> Finding:
    media = core.store_photo(data=photograph(what), by_id=None)
    return actions.report_finding(
        uuid=uuid.uuid4(), site=place or site(), what=what, grade=grade, photos=[media], by=by, now=clock.now()
    )


def given(cast: Cast, what: str = "挡水板缺失") -> Finding:
    return actions.assign_finding(
        finding=found(cast.subdistrict_officer, what=what),
        by=cast.duty_officer,
        fixer=cast.grid_worker,
        now=clock.now(),
    )


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{text}.jpg", photograph(text), "image/jpeg")


def test_each_role_opens_what_lies_in_its_area_and_nothing_else(cast: Cast, client: Client) -> None:
    here = found(cast.duty_officer)
    there = found(cast.duty_officer, site(area_code=OTHER_GRID), what="护栏缺失")
    expected = {
        cast.duty_officer: (200, 200),
        cast.subdistrict_officer: (200, 404),
        cast.other_officer: (404, 200),
        cast.grid_worker: (200, 404),
        cast.other_worker: (404, 200),
        cast.auditor: (200, 200),
        cast.storekeeper: (403, 403),
        cast.outsider: (403, 403),
    }
    for person, codes in expected.items():
        client.force_login(person)
        opened = tuple(client.get(reverse("hazards:finding", args=[row.uuid])).status_code for row in (here, there))
        assert opened == codes, person.username
        paper = client.get(reverse("hazards:finding_paper", args=[there.uuid, "notice"]))
        assert paper.status_code == codes[1], person.username
    client.force_login(cast.subdistrict_officer)
    assert [line.finding for line in client.get(reverse("hazards:findings")).context["lines"]] == [here]
    assert may_see_photo(cast.subdistrict_officer, queries.photos_of(here)["before"][0])
    assert not may_see_photo(cast.other_officer, queries.photos_of(here)["before"][0])


def test_who_may_press_what(cast: Cast, client: Client) -> None:
    row = given(cast)
    doors = ("assign", "judge", "defer", "strike", "supervise")
    for person, codes in (
        (cast.grid_worker, {"assign": 403, "judge": 403, "defer": 403, "strike": 403, "supervise": 403}),
        (cast.other_officer, {"assign": 404, "judge": 404, "defer": 404, "strike": 404, "supervise": 403}),
        (cast.auditor, dict.fromkeys(doors, 403)),
    ):
        client.force_login(person)
        told = {name: client.post(reverse(f"hazards:finding_{name}", args=[row.uuid])).status_code for name in doors}
        assert told == codes, person.username


def test_from_the_desk_to_the_phone_and_back(cast: Cast, client: Client) -> None:
    row = found(cast.subdistrict_officer)
    client.force_login(cast.duty_officer)
    page = reverse("hazards:finding", args=[row.uuid])
    assert "fixer" in client.get(page).context["fixer_form"].fields
    asked = {"grade": Grade.MAJOR, "fixer": cast.grid_worker.name, "due_at": ""}
    assert client.post(reverse("hazards:finding_assign", args=[row.uuid]), asked).status_code == 302
    again = client.post(reverse("hazards:finding_assign", args=[row.uuid]), asked)
    assert again.status_code == 409
    assert "已经交办" in again.content.decode()
    client.post(reverse("hazards:finding_supervise", args=[row.uuid]), {"supervisor": "张区长"})
    listed = client.get(reverse("hazards:findings"), {"listed": "1"})
    assert "挂牌督办：张区长" in listed.content.decode()
    client.force_login(cast.grid_worker)
    fix = reverse("hazards:finding_fix", args=[row.uuid])
    assert client.get(fix).status_code == 200
    client.post(fix, {"do": "control", "measure-measure": "设警戒带"})
    client.post(fix, {"do": "start"})
    empty = client.post(fix, {"do": "submit"})
    assert empty.status_code == 400
    assert "附一张照片" in empty.content.decode()
    assert client.post(fix, {"do": "submit", "photos": [upload("甲"), upload("乙")]}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.measure, len(queries.photos_of(row)["after"])) == ("submitted", "设警戒带", 2)
    client.force_login(cast.leader)
    assert [each.pk for each in client.get(reverse("hazards:findings")).context["to_check"]] == [row.pk]
    client.post(reverse("hazards:finding_judge", args=[row.uuid]), {"verdict": "close"})
    row.refresh_from_db()
    assert (row.state, row.closed_by) == (FindingState.CLOSED, cast.leader)
    paper = client.get(reverse("hazards:finding_paper", args=[row.uuid, "closing"]))
    words = "\n".join(cell.text for table in Document(BytesIO(paper.content)).tables for cell in table._cells)
    assert all(part in words for part in ("挡水板缺失", "重大隐患", cast.leader.name))


def test_the_next_visit_and_the_site_show_what_is_open(cast: Cast, client: Client) -> None:
    place = site()
    row = found(cast.subdistrict_officer, place)
    client.force_login(cast.grid_worker)
    for name in ("inspect", "site", "finding_new"):
        assert row.what in client.get(reverse(f"hazards:{name}", args=[place.code])).content.decode()


def test_the_sheet_runs_no_formula(cast: Cast, client: Client) -> None:
    row = found(cast.subdistrict_officer, what="=1+1")
    client.force_login(cast.duty_officer)
    sheet = load_workbook(BytesIO(client.get(reverse("hazards:findings_export")).content)).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    assert (lines[1][0], lines[1][5]) == (row.number, "'=1+1")


def test_a_template_is_tried_before_it_counts(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    page = reverse("hazards:papers")
    changed = Document(BytesIO(client.get(reverse("hazards:paper_template", args=["notice"])).content))
    changed.add_paragraph("{{ site }} 请速办")
    good = BytesIO()
    changed.save(good)
    changed.add_paragraph("{{ nobody_knows }}")
    bad = BytesIO()
    changed.save(bad)
    for content, code in ((b"no docx", 400), (bad.getvalue(), 400), (good.getvalue(), 302)):
        told = client.post(page, {"paper": "notice", "file": SimpleUploadedFile("通知.docx", content)})
        assert told.status_code == code
    assert PaperTemplate.objects.count() == 1
    row = found(cast.duty_officer)
    made = Document(BytesIO(queries.filled_paper(row, "notice", now=clock.now())))
    assert f"{row.site.name} 请速办" in [paragraph.text for paragraph in made.paragraphs]


def test_a_paper_leaves_as_pdf_with_the_words_and_pictures_of_its_template(cast: Cast, client: Client) -> None:
    row = found(cast.duty_officer)
    core.reencode_waiting()
    client.force_login(cast.duty_officer)
    answer = client.get(reverse("hazards:finding_pdf", args=[row.uuid, "notice"]))
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert b"/Image" in answer.content
    client.force_login(cast.other_officer)
    assert client.get(reverse("hazards:finding_pdf", args=[row.uuid, "notice"])).status_code == 404


def test_a_template_reaches_nothing_but_its_facts(cast: Cast) -> None:
    trick = Document()
    trick.add_paragraph("{{ site.__class__.__mro__ }}")
    stream = BytesIO()
    trick.save(stream)
    with pytest.raises(Exception, match="unsafe"):
        queries.filled(stream.getvalue(), queries.sample_facts(), {})


def test_the_list_costs_the_same_for_many(
    cast: Cast, client: Client, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    place = site()
    for number in range(12):
        found(cast.duty_officer, place, what=f"隐患{number}")
    client.force_login(cast.duty_officer)
    client.get(reverse("hazards:findings"))
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        client.get(reverse("hazards:findings"))
    far = clock.now() + timedelta(days=400)
    assert len(queries.finding_open_items(cast.duty_officer.scope, far)) == 12


def test_the_same_steps_over_the_wire(cast: Cast, api: Callable[[User], Client]) -> None:
    place, number = site(), str(uuid.uuid4())
    worker, officer = api(cast.grid_worker), api(cast.subdistrict_officer)
    root = "/api/v1/hazards/findings/"
    said = {"uuid": number, "site": place.code, "what": "井盖缺失", "grade": "major"}
    assert [worker.post(root, said).status_code for _ in range(2)] == [201, 201]
    assert api(cast.other_worker).post(root, said).status_code == 404
    row = Finding.objects.get()
    actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.grid_worker, now=clock.now())
    assert api(cast.other_officer).post(f"{root}{number}/close/", {"words": "好"}).status_code == 404
    assert worker.post(f"{root}{number}/close/", {"words": "好"}).status_code == 403
    assert worker.post(f"{root}{number}/control/", {"measure": "围挡"}).json()["state"] == "controlled"
    assert worker.post(f"{root}{number}/submit/", {}).status_code == 400
    assert worker.post(f"{root}{number}/submit/", {"words": "已补"}).json()["state"] == "submitted"
    assert officer.post(f"{root}{number}/close/", {}).json()["code"] == "finding_photo_wanted"
    assert officer.post(f"{root}{number}/send-back/", {"words": "未盖严"}).json()["state"] == "returned"
    later = (clock.now() + timedelta(days=60)).isoformat()
    put_off = {"words": "等料", "measure": "围挡", "new_due": later}
    assert officer.post(f"{root}{number}/defer/", put_off).json()["state"] == "deferred"
    assert [each["uuid"] for each in officer.get(root, {"grade": "major"}).json()["results"]] == [number]
    assert api(cast.other_officer).get(root).json()["results"] == []


def test_the_grid_worker_hears_over_the_wire_which_of_his_photos_has_not_arrived(
    cast: Cast, api: Callable[[User], Client]
) -> None:
    worker, root = api(cast.grid_worker), "/api/v1/hazards/findings/"
    first, second = (core.store_photo(data=photograph(text), by_id=None).pk for text in "前后")
    away = photograph("路上")
    missing = hashlib.sha256(away).hexdigest()
    said = {"uuid": str(uuid.uuid4()), "site": site().code, "what": "井盖缺失", "photos": [first, missing]}
    mended = {"words": "已补", "photos": [missing, second]}

    def refused(url: str, body: Mapping[str, object]) -> None:
        answer = worker.post(url, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "finding_photos_away")
        assert answer.json()["field"] == "photos"
        assert missing in answer.json()["title"]
        assert first not in answer.json()["title"]

    refused(root, said)
    assert not Finding.objects.exists()
    assert worker.post(root, said | {"photos": [first]}).status_code == 201
    row = Finding.objects.get()
    actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.grid_worker, now=clock.now())
    refused(f"{root}{row.uuid}/submit/", mended)
    core.store_photo(data=away, by_id=None)
    assert worker.post(f"{root}{row.uuid}/submit/", mended).json()["state"] == "submitted"
    shown = {phase: [photo.pk for photo in photos] for phase, photos in queries.photos_of(row).items()}
    assert shown == {"before": [first], "after": [missing, second]}


def test_the_days_of_a_grade_are_set_in_the_set_up_and_hold_for_what_is_found_from_then_on(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    User.objects.filter(pk=cast.administrator.pk).update(is_staff=True, is_superuser=True)
    desk = signed_in(User.objects.get(pk=cast.administrator.pk))
    term, _new = FindingTerm.objects.get_or_create(grade=Grade.MAJOR, defaults={"days": 3, "reopen_days": 3})
    page = f"/admin/hazards/findingterm/{term.pk}/"
    assert desk.post(f"{page}change/", {"days": 10, "control_hours": 6, "reopen_days": 45}).status_code == 302
    row = actions.report_finding(
        uuid=uuid.uuid4(), site=site(), what="堤身渗漏", grade=Grade.MAJOR, by=cast.duty_officer, now=now
    )
    assert (row.due_at, row.control_by) == (now + timedelta(days=10), now + timedelta(hours=6))
    assert desk.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert FindingTerm.objects.filter(pk=term.pk).exists()
