"""Duties on screens, by task link and in the API: who is let in, and what he finds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import User
from assignments import actions, queries, tasks
from assignments.enums import Means, State, Verb
from assignments.models import Assignment
from core.queries import tick_ages
from tests.assignments.conftest import ERRAND
from tests.casts import Cast

Give = Callable[..., Assignment]
SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
MINUTE = timedelta(minutes=1)

EVERYBODY = (
    "grid_worker",
    "subdistrict_officer",
    "other_officer",
    "duty_officer",
    "auditor",
    "storekeeper",
    "outsider",
)
# Status of GET (or POST where marked) for each of EVERYBODY; the grid worker owes the duty of GRID.
TABLE = {
    "mine": (200, 200, 200, 200, 200, 200, 403),
    "export": (403, 200, 200, 200, 200, 403, 403),
    "detail": (200, 200, 404, 200, 200, 404, 403),
    "act": (400, 400, 404, 400, 403, 404, 403),
    "remind": (403, 302, 404, 302, 403, 403, 403),
    "silence": (403, 302, 404, 302, 403, 403, 403),
    "behalf": (403, 400, 404, 400, 403, 403, 403),
    "hand_over": (403, 400, 404, 400, 403, 403, 403),
}


def address(name: str, duty: Assignment) -> str:
    return reverse(f"assignments:{name}", args=[] if name in ("mine", "export") else [duty.uuid])


@pytest.mark.parametrize("name", TABLE)
def test_each_door_opens_to_those_it_is_for(give: Give, cast: Cast, signed_in: SignedIn, name: str) -> None:
    duty = give()
    found = []
    for member in EVERYBODY:
        client = signed_in(getattr(cast, member))
        ask = client.post if name in ("act", "remind", "silence", "behalf", "hand_over") else client.get
        found.append(ask(address(name, duty)).status_code)
    assert tuple(found) == TABLE[name]
    assert Client().get(address("mine", duty)).status_code == 302


def test_the_grid_worker_acknowledges_on_his_page(give: Give, cast: Cast, signed_in: SignedIn) -> None:
    duty, client = give(), signed_in(cast.grid_worker)
    assert "封控新华路下穿桥" in client.get(reverse("assignments:mine")).content.decode()
    answer = client.post(address("act", duty), {"verb": "acknowledge"}, follow=True)
    assert answer.status_code == 200
    duty.refresh_from_db()
    assert duty.state == State.ACKNOWLEDGED


def test_refusals_stand_beside_their_field(give: Give, cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in(cast.grid_worker).post(address("act", give()), {"verb": "decline"})
    assert answer.status_code == 400
    assert answer.context["word"].errors["note"]


def test_a_supervisor_finds_the_late_first_records_for_another_and_replaces_him(
    give: Give, cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    fine, late = give(title="不急"), give(title="封控", due_at=now - 9 * MINUTE)
    client = signed_in(cast.subdistrict_officer)
    page = client.get(reverse("assignments:mine") + "?tab=area").content.decode()
    assert page.index("封控") < page.index("不急")
    only_late = client.get(reverse("assignments:mine") + "?tab=area&state=late").content.decode()
    assert "不急" not in only_late.split("<section", 1)[1]
    client.post(address("behalf", fine), {"option": "4", "on_behalf_of": "老王"})
    fine.refresh_from_db()
    assert (fine.state, fine.events.get(verb=Verb.START).on_behalf_of) == (State.DOING, "老王")
    client.post(address("hand_over", late), {"to": cast.subdistrict_officer.pk, "all_open": "on"})
    assert set(Assignment.objects.values_list("assignee", flat=True)) == {cast.subdistrict_officer.pk}
    client.post(address("act", fine), {"verb": "cancel"})
    fine.refresh_from_db()
    assert fine.state == State.CANCELLED
    assert client.get(address("detail", fine)).status_code == 200


def test_a_long_list_costs_no_more_statements_than_a_short_one(
    give: Give, cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        give(title=f"任务{number}", notify=False)
    client = signed_in(cast.duty_officer)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("assignments:mine") + "?tab=area")
    more = page.context["more_url"]
    rest = client.get(more, headers={"HX-Request": "true", "HX-Target": "duties-more"}).content.decode()
    assert rest.count("late-what") == 10
    assert "<html" not in rest


def test_the_exported_sheet_runs_no_formula(give: Give, cast: Cast, signed_in: SignedIn) -> None:
    give(title="=HYPERLINK(1)")
    answer = signed_in(cast.duty_officer).get(reverse("assignments:export"))
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert rows[1][3:5] == ("410403001001001", "东安路网格员")


def photo() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (8, 8), "blue").save(out, "JPEG")
    out.seek(0)
    out.name = "bridge.jpg"
    return out


def test_the_task_link_needs_no_account_and_reading_changes_nothing(give: Give) -> None:
    duty = give()
    page = Client().get(queries.link_path(duty))
    assert page.status_code == 200
    assert len(page.content) < 50_000
    assert "no-store" in page["Cache-Control"]
    assert [line.verb for line in queries.history(duty)] == [Verb.ASSIGN]
    assert Client().head(queries.link_path(duty)).status_code == 200


def test_whoever_holds_the_link_answers_with_photo_and_sees_what_became_of_it(give: Give, cast: Cast) -> None:
    duty, client = give(), Client()
    answer = client.post(queries.link_path(duty), {"verb": "report", "note": "已封控", "photo": photo()}, follow=True)
    assert answer.status_code == 200
    event = duty.events.get(verb=Verb.REPORT)
    assert (event.means, event.by, len(event.photo_sha256)) == (Means.LINK, cast.grid_worker, 64)
    actions.verify(assignment=duty, by=cast.duty_officer, now=event.recorded_at)
    ended = client.get(queries.link_path(duty))
    assert ended.status_code == 410
    assert "封控新华路下穿桥" in ended.content.decode()


def test_a_link_does_what_its_holder_may_and_nothing_else(give: Give) -> None:
    duty = give()
    for verb in ("verify", "cancel", "hand_over", "nonsense"):
        assert Client().post(queries.link_path(duty), {"verb": verb, "note": "x"}).status_code in (400, 403)
    assert Client().post(queries.link_path(duty), {"verb": "decline"}).status_code == 400
    assert Client().put(queries.link_path(duty)).status_code == 405
    duty.refresh_from_db()
    assert duty.state == State.ASSIGNED


def test_a_link_of_another_handed_over_or_made_up_says_whom_to_call(give: Give, cast: Cast) -> None:
    duty, other = give(), give()
    own = queries.link_path(duty)
    head, tail = own.rstrip("/").rsplit("-", 1)[0], queries.link_path(other).rstrip("/")[-22:]
    for path in (
        f"{head}-{tail}/",
        f"{own[:-2]}{'A' if own[-2] != 'A' else 'B'}/",
        "/t/x/",
        "/t/zzzzzzzzzzzz-" + "a" * 22 + "/",
    ):
        ended = Client().get(path)
        assert ended.status_code == 410
        assert "03752900000" in ended.content.decode()
        assert "封控" not in ended.content.decode()
    actions.hand_over(assignment=duty, to=cast.subdistrict_officer, by=cast.duty_officer, now=duty.issued_at)
    assert Client().post(own, {"verb": "report"}).status_code == 410


def test_the_api_takes_each_verb_as_often_as_the_network_needs(give: Give, cast: Cast, api: Api) -> None:
    duty = give()
    client, base = api(cast.grid_worker), f"/api/v1/assignments/{duty.uuid}/"
    for verb in ("acknowledge", "start", "report"):
        for _again in range(2):
            answer = client.post(f"{base}{verb}/", {})
            assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == "reported"
    assert duty.events.count() == 4
    assert client.post(f"{base}verify/", {}).status_code == 403
    assert api(cast.duty_officer).post(f"{base}verify/", {"note": "好"}).json()["state"] == "verified"
    late = api(cast.subdistrict_officer).post(f"{base}verify/", {})
    assert (late.status_code, late.json()["code"]) == (409, "conflict.closed")


def test_the_api_takes_the_answers_that_link_sms_and_key_take(give: Give, cast: Cast, api: Api) -> None:
    duty = give()
    base, minted = f"/api/v1/assignments/{duty.uuid}/", "7d0cfb6e-1c5f-4f3e-8d0a-0d6f4b4c9a11"
    worker = api(cast.grid_worker)
    assert [one["key"] for one in worker.get(base).json()["answers"]] == [one.key for one in queries.options_of(duty)]
    for _again in range(2):
        given = worker.post(f"{base}answer/", {"option": "2", "note": "水深一米", "client_uuid": minted})
        assert (given.status_code, given.json()["answer"]) == (200, "2"), given.json()
    event = duty.events.exclude(option="").get()
    assert (event.by, event.on_behalf_of, event.note) == (cast.grid_worker, "", "水深一米")
    for language, sentence in (("zh-hans", "请选择"), ("en", "Choose one of the answers")):
        wrong = worker.post(f"{base}answer/", {"option": "8"}, HTTP_ACCEPT_LANGUAGE=language)
        assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (
            400,
            "assignment.no_option",
            "option",
        )
        assert sentence in wrong.content.decode(), wrong.content.decode()
    missing = worker.post(f"{base}answer/", {})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, "option")
    assert api(cast.other_officer).post(f"{base}answer/", {"option": "1"}).status_code == 404


def test_over_the_api_a_superior_records_what_somebody_said_and_both_names_stand(
    give: Give, cast: Cast, api: Api
) -> None:
    duty = give()
    base = f"/api/v1/assignments/{duty.uuid}/"
    assert api(cast.subdistrict_officer).post(f"{base}answer/", {"option": "1"}).status_code == 200
    event = duty.events.exclude(option="").get()
    assert (event.by, event.on_behalf_of) == (cast.subdistrict_officer, cast.grid_worker.name)
    assert event.means == Means.PHONE_CALL


def test_the_api_lists_ones_own_and_ones_areas(give: Give, cast: Cast, api: Api) -> None:
    give()
    give(kind=ERRAND, assignee=cast.subdistrict_officer)

    def listed(person: User, words: str = "") -> int:
        return len(api(person).get(f"/api/v1/assignments/?{words}").json()["results"])

    assert listed(cast.grid_worker) == 1
    assert listed(cast.subdistrict_officer) == 2
    assert listed(cast.subdistrict_officer, "mine=1") == 1
    assert listed(cast.subdistrict_officer, "kind=closing&area_code=410403001") == 1
    assert listed(cast.subdistrict_officer, "late=1") == 0
    assert listed(cast.other_officer) == 0
    assert api(cast.outsider).get("/api/v1/assignments/").status_code == 403


def test_the_api_takes_text_for_text_and_hands_over(give: Give, cast: Cast, api: Api) -> None:
    duty = give()
    base = f"/api/v1/assignments/{duty.uuid}/"
    wrong = api(cast.grid_worker).post(f"{base}decline/", {"note": 7})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "note")
    unknown = api(cast.grid_worker).post(f"{base}report/", {"photo_sha256": "a" * 64})
    assert unknown.json()["code"] == "assignment.no_photo"
    assert api(cast.grid_worker).post(f"{base}handover/", {"to": "duty_officer"}).status_code == 403
    chief = api(cast.subdistrict_officer)
    assert chief.post(f"{base}handover/", {"to": "storekeeper"}).status_code == 200
    assert chief.post(f"{base}handover/", {"to": "nobody"}).json()["field"] == "to"
    assert api(cast.other_officer).post(f"{base}acknowledge/", {}).status_code == 404


def a_page(duty: Assignment) -> str:
    """Where the owner records the work."""
    return "/own-page/"


def test_a_duty_with_a_page_of_its_own_is_reported_there_only(
    give: Give, cast: Cast, signed_in: SignedIn, settings: Settings
) -> None:
    settings.RESOLVERS = settings.RESOLVERS | {"ASSIGNMENT_PAGE": "tests.assignments.test_screens.a_page"}
    duty, client = give(), signed_in(cast.grid_worker)
    page = client.get(address("detail", duty)).content.decode()
    assert 'href="/own-page/"' in page
    assert 'value="1"' in page
    assert 'value="report"' not in page
    assert 'value="5"' not in Client().get(queries.link_path(duty)).content.decode()
    assert client.post(address("act", duty), {"verb": "report"}).status_code == 400
    assert Client().post(queries.link_path(duty), {"verb": "report"}).status_code == 400
    done = actions.fulfil(assignment=duty, by=cast.grid_worker, now=duty.issued_at)
    assert done.state == State.REPORTED
    assert signed_in(cast.duty_officer).post(address("act", duty), {"verb": "verify"}).status_code == 400


def test_the_task_notes_that_it_has_come_round(give: Give, now: datetime) -> None:
    give(due_at=now - MINUTE)
    assert tasks.escalate() == 1
    assert tasks.escalate() == 0
    assert tick_ages(now=now)["assignments.escalate"] == 0
