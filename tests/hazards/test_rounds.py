"""Rounds: frozen lists, who owes what, the sweep, and closing with reasons."""

import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment, AssignmentEvent
from core.models import Tick
from core.rules import Refused
from hazards import actions, queries, rules
from hazards.models import HazardSite, Inspection, InspectionRound, RoundMember, SweepRun
from hazards.queries.rounds import swept
from territory.rules import scope_of
from tests.casts import COMMUNITY, DISTRICT, GRID, GRIDS, OTHER_GRID, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import checklist, inspection, inspection_round, round_with_one_late_site, site

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)


def opened(cast: Cast, now: datetime, code: str = DISTRICT) -> InspectionRound:
    return actions.open_round(
        title="主汛期再排查", scope=scope_of(code), due_at=now + timedelta(hours=24), by=cast.commander, now=now
    )


def test_the_list_is_frozen_when_the_round_opens(cast: Cast, now: datetime) -> None:
    early, gone = site(), site()
    actions.retire_site(site=gone, reason="已填埋", by=cast.duty_officer, now=now)
    round = opened(cast, now)
    later = site()
    assert [member.site for member in round.members.all()] == [early]
    assert list(queries.sites_not_in(round)) == [later]
    actions.add_to_round(round=round, site=later, by=cast.commander, now=now)
    actions.retire_site(site=early, reason="已拆除", by=cast.duty_officer, now=now)
    assert queries.round_coverage(round, WHOLE, now=now).whole == rules.Figures(1, 0, 0, 0)
    assert round.members.count() == 2


def test_the_patrol_owes_it_else_the_grid_else_the_street(cast: Cast, now: datetime) -> None:
    patrolled, in_grid, in_street, nobodys = site(), site(), site(area_code=SUBDISTRICT), site(area_code=DISTRICT)
    actions.name_responsible(site=patrolled, role="patrol_resp", person=cast.site_keeper, by=cast.duty_officer, now=now)
    round = opened(cast, now)
    owed = {
        member.site: member.assignment.assignee if member.assignment else None
        for member in round.members.select_related("assignment__assignee")
    }
    assert owed == {
        patrolled: cast.site_keeper,
        in_grid: cast.grid_worker,
        in_street: cast.subdistrict_officer,
        nobodys: None,
    }
    assert queries.missing_members(round, WHOLE)[0].site == nobodys


def test_opening_asks_as_often_for_many_sites_as_for_few(cast: Cast, now: datetime) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            opened(cast, now)
        return len(asked)

    site()
    statements()  # the commander's roles are read once
    few = statements()
    for _number in range(20):
        site()
    assert statements() == few


def test_a_round_is_opened_only_over_ones_own_area_and_into_the_future(cast: Cast, now: datetime) -> None:
    site()
    with pytest.raises(Refused) as outside:
        actions.open_round(
            title="越界", scope=scope_of("410402"), due_at=now + timedelta(1), by=cast.commander, now=now
        )
    assert outside.value.code == "outside_area"
    with pytest.raises(Refused) as past:
        actions.open_round(title="迟了", scope=WHOLE, due_at=now, by=cast.commander, now=now)
    assert past.value.field == "due_at"
    with pytest.raises(Refused) as empty:
        actions.open_round(
            title="无点", scope=scope_of(OTHER_SUBDISTRICT), due_at=now + timedelta(1), by=cast.commander, now=now
        )
    assert empty.value.code == "no_sites"


def test_the_sweep_counts_what_a_plain_count_counts(cast: Cast, now: datetime) -> None:
    chance = random.Random(7)
    places = [site(area_code=chance.choice([*GRIDS, OTHER_GRID, COMMUNITY])) for _number in range(40)]
    round = inspection_round(opened_by=cast.duty_officer, sites=places, inspector=cast.grid_worker, late=True)
    states = []
    for member in round.members.select_related("site"):
        fate = chance.choice(["missing", "waiting", "done", "sent back", "photo missing"])
        if fate != "missing":
            visit = inspection(
                at=member.site, by=cast.grid_worker, verified_by=cast.duty_officer if fate == "done" else None
            )
            visit.sent_back_reason = "不清" if fate == "sent back" else ""
            visit.missing_photos = [{"sha256": "a" * 64, "item": None}] if fate == "photo missing" else []
            visit.save()
            member.inspection = visit
            member.save()
        states.append(rules.member_state(is_complete=fate in ("waiting", "done"), is_verified=fate == "done"))
    late = RoundMember.objects.create(round=round, site=site(), area_code=GRID, is_addendum=True)
    wanted = rules.figures(states, due_at=round.due_at, now=now)
    (found,) = swept(now=now)
    assert found.counted == wanted
    assert len(found.late_sites) == wanted.late
    assert late.site.code not in found.late_sites
    coverage = queries.round_coverage(round, WHOLE, now=now)
    assert coverage.whole == wanted
    assert queries.figures_of([round], WHOLE, now=now) == {round.pk: wanted}
    for parts in (coverage.by_area, coverage.by_kind):
        assert sum(part.counted.required for part in parts) == wanted.required
        assert sum(part.counted.done for part in parts) == wanted.done
        assert sum(part.counted.late for part in parts) == wanted.late
    assert queries.missing_members(round, WHOLE).filter(is_addendum=False).count() == wanted.missing
    assert queries.waiting_members(round, WHOLE).count() == wanted.waiting


def test_a_sweep_asks_as_often_for_many_sites_as_for_few(cast: Cast, now: datetime) -> None:
    def statements(count: int) -> int:
        inspection_round(opened_by=cast.duty_officer, sites=[site() for _ in range(count)], inspector=cast.grid_worker)
        with CaptureQueriesContext(connection) as asked:
            actions.sweep(now=now)
        return len(asked)

    statements(1)  # the first sign of life is an insert
    assert statements(2) == statements(30)


def test_the_sweep_keeps_news_reminds_the_late_and_leaves_a_sign_of_life(cast: Cast, now: datetime) -> None:
    round = round_with_one_late_site(
        opened_by=cast.duty_officer, inspector=cast.grid_worker, verifier=cast.subdistrict_officer
    )
    (found,) = actions.sweep(now=now)
    assert found.counted == rules.Figures(2, 1, 1, 1)
    kept = SweepRun.objects.get()
    assert kept.reminded == 1
    assert kept.late_sites == found.late_sites
    actions.sweep(now=now + timedelta(minutes=5))
    assert SweepRun.objects.count() == 1
    actions.sweep(now=now + timedelta(minutes=10))
    assert SweepRun.objects.count() == 2
    assert Tick.objects.get(name="hazards.sweep").at == now + timedelta(minutes=10)
    assert Assignment.objects.get(round_member__round=round, round_member__inspection=None).reminders == 1


def test_the_command_prints_what_the_sweep_found(cast: Cast, now: datetime) -> None:
    said = StringIO()
    call_command("sweep_reinspection", stdout=said)
    assert "no open round" in said.getvalue()
    round_with_one_late_site(opened_by=cast.duty_officer, inspector=cast.grid_worker, verifier=cast.subdistrict_officer)
    call_command("sweep_reinspection", stdout=said)
    assert "required 2 inspected 1 done 1 late 1" in said.getvalue()


def test_closing_below_100_wants_a_reason_for_each_and_withdraws_what_is_owed(cast: Cast, now: datetime) -> None:
    seen, left = site(), site()
    round = opened(cast, now)
    visit = inspection(at=seen, by=cast.grid_worker, verified_by=cast.subdistrict_officer)
    round.members.filter(site=seen).update(inspection=visit)
    with pytest.raises(Refused) as caught:
        actions.close_round(round=round, by=cast.commander, now=now)
    assert caught.value.field == f"reasons.{left.code}"
    actions.close_round(round=round, by=cast.commander, now=now, reasons={left.code: "道路中断，改由航拍"})
    member = round.members.get(site=left)
    round.refresh_from_db()
    assert round.closed_by == cast.commander
    assert (member.missing_reason, Assignment.objects.get(round_member=member).state) == (
        "道路中断，改由航拍",
        State.CANCELLED,
    )
    with pytest.raises(Refused):
        actions.close_round(round=round, by=cast.leader, now=now)


def test_of_105_sites_the_last_one_keeps_the_round_open_and_is_named_with_who_owes_it(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    places = [site() for _number in range(105)]
    round, last = opened(cast, now), places[-1]
    used = checklist(places[0].kind)
    seen = Inspection.objects.bulk_create(
        Inspection(
            client_uuid=uuid.uuid4(), body_sha256=f"{place.pk:064x}", site=place, area_code=place.area_code,
            checklist=used, inspected_by=cast.grid_worker, occurred_at=now, recorded_at=now,
            verified_by=cast.subdistrict_officer, verified_at=now,
        )
        for place in places[:-1]
    )  # fmt: skip
    visit_of = {visit.site_id: visit for visit in seen}
    members = list(round.members.all())
    for member in members:
        member.inspection = visit_of.get(member.site_id)
    RoundMember.objects.bulk_update(members, ["inspection"])

    commander = signed_in(cast.commander)
    page = commander.get(f"/hazards/rounds/{round.pk}/")
    assert page.context["whole"] == rules.Figures(105, 104, 104, 0)
    assert [(each.site.name, each.assignment.assignee) for each in page.context["missing"]] == [
        (last.name, cast.grid_worker)
    ]
    assert last.name in page.content.decode()
    assert str(cast.grid_worker.phone) in page.content.decode()
    close = f"/hazards/rounds/{round.pk}/close/"
    assert commander.post(close, {"common": " "}).status_code == 200
    round.refresh_from_db()
    assert round.closed_at is None
    with pytest.raises(Refused) as caught:
        actions.close_round(round=round, by=cast.commander, now=now)
    assert (caught.value.code, caught.value.field) == ("reasons_missing", f"reasons.{last.code}")

    visit = inspection(at=last, by=cast.grid_worker, verified_by=cast.subdistrict_officer)
    round.members.filter(site=last).update(inspection=visit)
    listed = load_workbook(BytesIO(commander.get(f"/hazards/rounds/{round.pk}/evidence.xlsx").content)).worksheets[0]
    evidence = {str(value) for row in listed.iter_rows(values_only=True) for value in row}
    assert {place.name for place in places} <= evidence
    assert commander.post(close, {"common": ""}).status_code == 302
    round.refresh_from_db()
    assert (round.closed_by, round.members.exclude(missing_reason="").count()) == (cast.commander, 0)


def test_closing_withdraws_all_that_is_owed_at_once_each_with_its_own_reason(cast: Cast, now: datetime) -> None:
    counts = []
    for more in (1, 6):
        for _ in range(more):
            site()
        round = opened(cast, now)
        reasons = {code: f"原因 {code}" for code in round.members.values_list("site__code", flat=True)}
        with CaptureQueriesContext(connection) as asked:
            actions.close_round(round=round, by=cast.commander, now=now, reasons=reasons)
        counts.append(len(asked))
    assert counts[1] == counts[0]
    withdrawn = AssignmentEvent.objects.filter(verb="cancel", assignment__round_member__round=round)
    assert dict(withdrawn.values_list("assignment__round_member__site__code", "note")) == reasons
    assert withdrawn.values("broadcast").distinct().count() == 1


def test_what_is_verified_after_closing_does_not_change_what_was_signed(cast: Cast, now: datetime) -> None:
    place = site()
    round = opened(cast, now)
    visit = inspection(at=place, by=cast.grid_worker)
    round.members.update(inspection=visit)
    round = actions.close_round(round=round, by=cast.commander, now=now, reasons={place.code: "待核"})
    actions.verify_inspection(inspection=visit, by=cast.subdistrict_officer, now=now + timedelta(hours=1))
    assert queries.round_coverage(round, WHOLE, now=now).whole.done == 0
    assert queries.figures_of([round], WHOLE, now=now) == {round.pk: rules.Figures(1, 1, 0, 0)}


def test_the_round_page_says_first_what_is_missing_and_who_owes_it(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    round_with_one_late_site(opened_by=cast.duty_officer, inspector=cast.grid_worker, verifier=cast.subdistrict_officer)
    round = InspectionRound.objects.get()
    page = signed_in(cast.subdistrict_officer).get(f"/hazards/rounds/{round.pk}/").content.decode()
    forgotten = round.members.get(inspection=None).site
    assert forgotten.name in page
    assert str(cast.grid_worker.phone) in page
    empty = signed_in(cast.other_officer).get(f"/hazards/rounds/{round.pk}/").content.decode()
    assert forgotten.name not in empty
    assert signed_in(cast.grid_worker).get(f"/hazards/rounds/{round.pk}/").status_code == 403


def test_the_commander_opens_and_closes_a_round_on_screen(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    place, later = site(), None
    commander = signed_in(cast.commander)
    wrong = commander.post(
        "/hazards/rounds/new/", {"title": "雨前", "area_code": DISTRICT, "due_at": "2020-01-01T00:00"}
    )
    assert wrong.status_code == 200
    right = {"title": "雨前", "area_code": DISTRICT, "due_at": "2099-01-01T00:00"}
    answer = commander.post("/hazards/rounds/new/", right)
    round = InspectionRound.objects.get()
    assert answer["Location"] == f"/hazards/rounds/{round.pk}/"
    later = site()
    commander.post(f"/hazards/rounds/{round.pk}/add/", {"site": later.code})
    assert round.members.get(site=later).is_addendum
    close = f"/hazards/rounds/{round.pk}/close/"
    assert commander.post(close, {}).status_code == 200
    assert commander.post(close, {f"reason_{place.pk}": "封闭"}).status_code == 302
    assert signed_in(cast.duty_officer).get(close).status_code == 403


def test_the_commander_closes_a_round_of_very_many_sites_with_one_reason_for_those_without_a_field(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazards.forms.rounds.ASKED", 1)
    first, left, gone = site(), site(), site()
    round, commander = opened(cast, now), signed_in(cast.commander)
    actions.retire_site(site=gone, reason="已填埋", by=cast.duty_officer, now=now)
    close = f"/hazards/rounds/{round.pk}/close/"
    page = commander.get(close)
    assert [name for name in page.context["form"].fields if name != "common"] == [f"reason_{first.pk}"]
    assert "另有 2 处" in page.content.decode()
    assert commander.post(close, {f"reason_{first.pk}": "封闭"}).status_code == 200
    assert commander.post(close, {f"reason_{first.pk}": "封闭", "common": "道路中断"}).status_code == 302
    reasons = dict(round.members.values_list("site", "missing_reason"))
    assert reasons == {first.pk: "封闭", left.pk: "道路中断", gone.pk: "已填埋"}


def test_the_api_tells_figures_missing_and_closes(cast: Cast, api: Callable[[User], Client], now: datetime) -> None:
    place = site()
    round = opened(cast, now)
    url = f"/api/v1/hazards/rounds/{round.pk}/"
    officer = api(cast.subdistrict_officer)
    assert officer.get("/api/v1/hazards/rounds/").json()["results"][0]["id"] == round.pk
    assert officer.get(url).json()["coverage"]["whole"]["required"] == 1
    (missing,) = officer.get(f"{url}missing/").json()["results"]
    assert (missing["site"], missing["phone"]) == (place.code, cast.grid_worker.phone)
    assert api(cast.other_officer).get(f"{url}missing/").json()["results"] == []
    assert officer.post(f"{url}close/").status_code == 403
    refused = api(cast.commander).post(f"{url}close/", {"reasons": {}})
    assert (refused.status_code, refused.json()["field"]) == (400, f"reasons.{place.code}")
    assert api(cast.commander).post(f"{url}close/", {"reasons": {place.code: "封闭"}}).json()["closed_at"]


def test_a_visit_counts_in_every_open_round_of_the_site(cast: Cast, now: datetime) -> None:
    place = site()
    first, second = opened(cast, now), opened(cast, now)
    items = checklist(place.kind).items.all()
    visit = actions.record_inspection(
        client_uuid=uuid.uuid4(),
        site=HazardSite.objects.get(pk=place.pk),
        answers=[rules.AnswerGiven(item.pk, "pass") for item in items],
        by=cast.grid_worker,
        now=now,
    )
    assert {member.round_id for member in visit.members.all()} == {first.pk, second.pk}
    assert first.number + 1 == second.number
