"""百分制: points for facts, two people, a frozen month, an appeal, and nobody ranked."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from accounts.enums import Role
from accounts.models import User
from assignments import actions, queries, rules
from assignments.enums import AppraisalState, Outcome
from assignments.models import Appraisal, AppraisalAppeal, AppraisalChange, AppraisalLine, AppraisalScheme, Assignment
from core.rules import Refused
from territory.rules import scope_of
from tests.casts import COMMUNITY, DISTRICT, GRID, GRIDS, OTHER_SUBDISTRICT, SUBDISTRICT, Cast, make_person

Give = Callable[..., Assignment]
SignedIn = Callable[[User], Client]
ZONE = ZoneInfo("Asia/Shanghai")
JULY = date(2026, 7, 1)
LATER = timedelta(days=20)  # in August: July is over
SCHEME = rules.Scheme({"overdue": -15, "done_in_time": 2})

figures = st.dictionaries(st.sampled_from(rules.FIGURES), st.integers(0, 50))
# Other work on a busy machine is no fault of a strategy.
QUIET = hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
weights = st.dictionaries(st.sampled_from(rules.FIGURES), st.integers(-rules.HEAVIEST, rules.HEAVIEST))


@QUIET
@given(figures, weights)
def test_a_score_stays_within_0_and_100_and_nobody_without_duties_has_one(
    counts: dict[str, int], each: dict[str, int]
) -> None:
    found = rules.scored(counts, rules.Scheme(each)).score
    if counts.get("asked", 0):
        assert found is not None
        assert 0 <= found <= 100
    else:
        assert found is None


@QUIET
@given(figures, weights, st.sampled_from(rules.FIGURES), st.integers(0, 20))
def test_a_higher_weight_never_lowers_a_score(
    counts: dict[str, int], each: dict[str, int], name: str, more: int
) -> None:
    counts = counts | {"asked": counts.get("asked", 0) + 1}
    before = rules.scored(counts, rules.Scheme(each)).score
    after = rules.scored(counts, rules.Scheme(each | {name: each.get(name, 0) + more})).score
    assert before is not None
    assert after is not None
    assert before <= after


@QUIET
@given(st.integers(0, 100), st.booleans(), st.booleans())
def test_each_number_has_the_outcome_that_its_side_of_the_border_says(score: int, reward: bool, fail: bool) -> None:
    scheme = rules.Scheme({}, 80, reward, 70, fail)
    expected = Outcome.PASS
    if score >= (80 if reward else 81):
        expected = Outcome.REWARD
    elif score <= (70 if fail else 69):
        expected = Outcome.FAIL
    assert rules.outcome(score, scheme) == expected


@pytest.mark.parametrize(
    ("score", "inclusive", "found"),
    [
        (80, True, Outcome.REWARD),
        (80, False, Outcome.PASS),
        (81, False, Outcome.REWARD),
        (79, True, Outcome.PASS),
        (70, True, Outcome.FAIL),
        (70, False, Outcome.PASS),
        (69, False, Outcome.FAIL),
        (71, True, Outcome.PASS),
        (None, True, Outcome.NONE),
    ],
)
def test_the_borders_themselves(score: int | None, inclusive: bool, found: Outcome) -> None:
    assert rules.outcome(score, rules.Scheme({}, 80, inclusive, 70, inclusive)) == found


def test_points_are_count_times_weight_added_to_100() -> None:
    found = rules.scored({"asked": 4, "overdue": 2, "done_in_time": 2}, SCHEME)
    assert (found.points["overdue"], found.points["done_in_time"], found.score) == (-30, 4, 74)


def test_the_day_of_confirmation_does_not_count_and_the_tenth_after_it_does() -> None:
    late_evening = datetime(2026, 8, 1, 23, 50, tzinfo=ZONE)
    assert rules.appeal_until(late_evening, ZONE) == datetime(2026, 8, 12, tzinfo=ZONE)


@pytest.fixture
def second(cast: Cast) -> User:
    """Another officer of the same sub-district."""
    return make_person(
        "second", name="街道复核员", phone="+8613700000002", role=Role.SUBDISTRICT_OFFICER, area_code=SUBDISTRICT
    )


@pytest.fixture
def points(cast: Cast, now: datetime) -> AppraisalScheme:
    return actions.set_points(area_code=DISTRICT, scheme=SCHEME, by=cast.administrator)


@pytest.fixture
def drawn(give: Give, cast: Cast, now: datetime, points: AppraisalScheme) -> Appraisal:
    """July of the sub-district: the grid worker left one duty undone; his colleague was given nothing."""
    make_person("idle", name="安静的网格员", phone="+8613700000003", role=Role.GRID_WORKER, area_code=GRIDS[1])
    give()
    return draw(cast.subdistrict_officer, now)


def draw(by: User, now: datetime, *, at: datetime | None = None, area_code: str = SUBDISTRICT) -> Appraisal:
    return actions.draw_up_appraisal(area_code=area_code, month=JULY, by=by, zone=ZONE, now=at or now + LATER)


def line_of(appraisal: Appraisal, person: User) -> AppraisalLine:
    return appraisal.lines.get(person=person)


@pytest.fixture
def confirmed(drawn: Appraisal, second: User, now: datetime) -> Appraisal:
    return actions.confirm_appraisal(appraisal=drawn, by=second, now=now + LATER)


def test_a_month_scores_the_grid_workers_of_the_subdistrict_and_nobody_else(drawn: Appraisal, cast: Cast) -> None:
    assert {line.person_name: line.score for line in drawn.lines.all()} == {"东安路网格员": 85, "安静的网格员": None}


def test_exercises_count_for_nobody(give: Give, cast: Cast, now: datetime, points: AppraisalScheme) -> None:
    rehearsed = give(title="演练封控")
    Assignment.objects.filter(pk=rehearsed.pk).update(exercise=rehearsed.uuid)
    assert line_of(draw(cast.subdistrict_officer, now), cast.grid_worker).score is None


def test_whoever_left_during_the_month_is_still_scored(
    give: Give, cast: Cast, now: datetime, points: AppraisalScheme
) -> None:
    give()
    cast.grid_worker.roles_held.update(until=now + timedelta(hours=1))
    assert line_of(draw(cast.subdistrict_officer, now), cast.grid_worker).area_code == GRID
    cast.grid_worker.roles_held.update(until=datetime(2026, 7, 1, tzinfo=ZONE))
    with pytest.raises(Refused) as nobody:
        draw(cast.subdistrict_officer, now)
    assert nobody.value.code == "appraisal.nobody"


def test_what_was_copied_stays_when_duties_and_points_change(
    drawn: Appraisal, cast: Cast, now: datetime, give: Give
) -> None:
    actions.set_points(area_code=DISTRICT, scheme=rules.Scheme({"overdue": -50}, 95), by=cast.administrator)
    duty = Assignment.objects.get()
    actions.report(assignment=duty, by=cast.grid_worker, now=now + LATER)
    give(title="后来的任务")
    shown = queries.line_shown(AppraisalLine.objects.get(appraisal=drawn, person=cast.grid_worker))
    assert (shown.score, shown.outcome, shown.line.figures["overdue"]) == (85, Outcome.REWARD, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppraisalLine.objects.update(score=100)


def test_a_draft_is_replaced_by_the_newer_one_and_kept(drawn: Appraisal, cast: Cast, now: datetime) -> None:
    actions.set_points(area_code=DISTRICT, scheme=rules.Scheme({"overdue": -50}), by=cast.administrator)
    newer = draw(cast.subdistrict_officer, now)
    drawn.refresh_from_db()
    assert drawn.state == AppraisalState.REPLACED
    assert (line_of(drawn, cast.grid_worker).score, line_of(newer, cast.grid_worker).score) == (85, 50)
    assert [row.pk for row in queries.appraisals(scope_of(SUBDISTRICT))] == [newer.pk]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"at": datetime(2026, 7, 31, 23, 59, tzinfo=ZONE)}, "appraisal.not_over"),
        ({"area_code": OTHER_SUBDISTRICT}, "appraisal.no_subdistrict"),
        ({"area_code": COMMUNITY}, "appraisal.no_subdistrict"),
    ],
)
def test_a_month_is_drawn_up_when_it_is_over_by_its_own_subdistrict(
    cast: Cast, now: datetime, points: AppraisalScheme, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        draw(cast.subdistrict_officer, now, **changed)
    assert refusal.value.code == code


def test_without_points_of_the_district_nothing_is_drawn_up(cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        draw(cast.subdistrict_officer, now)
    assert refusal.value.code == "appraisal.no_scheme"


def test_points_are_set_by_the_administrator_and_their_past_is_kept(cast: Cast, points: AppraisalScheme) -> None:
    with pytest.raises(PermissionDenied):
        actions.set_points(area_code=DISTRICT, scheme=SCHEME, by=cast.subdistrict_officer)
    with pytest.raises(Refused):
        actions.set_points(area_code=DISTRICT, scheme=rules.Scheme({}, 70, True, 70), by=cast.administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        AppraisalScheme.objects.update(fail_below=80)
    actions.set_points(area_code=DISTRICT, scheme=rules.Scheme({"overdue": -1}), by=cast.administrator)
    history = apps.get_model("assignments", "AppraisalSchemeEvent")
    past = history.objects.order_by("pgh_id").values_list("weights__overdue", "pgh_context__metadata__actor_name")
    assert list(past) == [(-15, "系统管理员"), (-1, "系统管理员")]


def test_another_person_confirms_and_then_nothing_changes(
    drawn: Appraisal, cast: Cast, second: User, now: datetime
) -> None:
    with pytest.raises(Refused) as alone:
        actions.confirm_appraisal(appraisal=drawn, by=cast.subdistrict_officer, now=now + LATER)
    assert alone.value.code == "appraisal.same_person"
    with pytest.raises(PermissionDenied):
        actions.confirm_appraisal(appraisal=drawn, by=cast.other_officer, now=now + LATER)
    with pytest.raises(IntegrityError, match="appraisal_confirmed_by_another"), transaction.atomic():
        Appraisal.objects.update(state="confirmed", confirmed_by=cast.subdistrict_officer, confirmed_at=now)
    actions.confirm_appraisal(appraisal=drawn, by=second, now=now + LATER)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Appraisal.objects.update(place="别处")
    for again in (
        lambda: actions.confirm_appraisal(appraisal=drawn, by=second, now=now + LATER),
        lambda: draw(cast.subdistrict_officer, now),
        lambda: actions.adjust_score(
            line=line_of(drawn, cast.grid_worker), score=90, reason="补", by=second, now=now + LATER
        ),
    ):
        with pytest.raises(Refused) as refusal:
            again()
        assert refusal.value.code == "conflict.appraisal_confirmed"


def test_a_changed_score_keeps_old_new_reason_and_who(drawn: Appraisal, cast: Cast, now: datetime) -> None:
    line, by = line_of(drawn, cast.grid_worker), cast.subdistrict_officer
    actions.adjust_score(line=line, score=88, reason="当晚断网", by=by, now=now + LATER)
    actions.adjust_score(line=line, score=69, reason="核实后更正", by=by, now=now + LATER)
    changes = AppraisalChange.objects.values_list("old_score", "new_score", "reason", "by__name")
    assert list(changes) == [(85, 88, "当晚断网", "东安路防汛专干"), (88, 69, "核实后更正", "东安路防汛专干")]
    shown = queries.line_shown(AppraisalLine.objects.get(pk=line.pk))
    assert (shown.line.score, shown.score, shown.outcome) == (85, 69, Outcome.FAIL)
    with pytest.raises(DatabaseError), transaction.atomic():
        AppraisalChange.objects.update(new_score=100)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"score": 101}, "appraisal.out_of_bounds"),
        ({"score": -1}, "appraisal.out_of_bounds"),
        ({"score": 85}, "appraisal.same_score"),
        ({"reason": "  "}, "appraisal.reason_wanted"),
    ],
)
def test_a_change_needs_another_score_in_bounds_and_a_reason(
    drawn: Appraisal, cast: Cast, now: datetime, changed: dict[str, object], code: str
) -> None:
    wanted: dict[str, object] = {"score": 90, "reason": "断网", "by": cast.subdistrict_officer, "now": now + LATER}
    with pytest.raises(Refused) as refusal:
        actions.adjust_score(line=line_of(drawn, cast.grid_worker), **wanted | changed)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_whoever_was_given_nothing_cannot_be_given_a_score(drawn: Appraisal, cast: Cast, now: datetime) -> None:
    idle = drawn.lines.get(person__username="idle")
    with pytest.raises(Refused) as refusal:
        actions.adjust_score(line=idle, score=100, reason="人好", by=cast.subdistrict_officer, now=now + LATER)
    assert refusal.value.code == "appraisal.no_score"


def test_nobody_decides_on_his_own_line(give: Give, cast: Cast, now: datetime, points: AppraisalScheme) -> None:
    cast.subdistrict_officer.roles_held.create(role=Role.GRID_WORKER, area_code=GRID, since=now - LATER)
    give(assignee=cast.subdistrict_officer)
    line = line_of(draw(cast.subdistrict_officer, now), cast.subdistrict_officer)
    with pytest.raises(Refused) as refusal:
        actions.adjust_score(line=line, score=100, reason="自己", by=cast.subdistrict_officer, now=now + LATER)
    assert refusal.value.code == "appraisal.own_line"


def appealing(line: AppraisalLine, by: User, at: datetime) -> AppraisalAppeal:
    return actions.appeal_score(line=line, words="那天封路了", by=by, zone=ZONE, now=at)


def test_the_person_appeals_once_until_the_tenth_day_is_over(confirmed: Appraisal, cast: Cast) -> None:
    line, last = line_of(confirmed, cast.grid_worker), datetime(2026, 8, 19, tzinfo=ZONE)
    with pytest.raises(PermissionDenied):
        appealing(line, cast.subdistrict_officer, last - timedelta(days=1))
    with pytest.raises(Refused) as late:
        appealing(line, cast.grid_worker, last)
    assert late.value.code == "appraisal.too_late"
    appealing(line, cast.grid_worker, last - timedelta(seconds=1))
    with pytest.raises(Refused) as twice:
        appealing(line, cast.grid_worker, last - timedelta(seconds=1))
    assert twice.value.code == "conflict.appealed"


def test_nobody_appeals_against_a_draft(drawn: Appraisal, cast: Cast, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        appealing(line_of(drawn, cast.grid_worker), cast.grid_worker, now + LATER)
    assert refusal.value.code == "conflict.appraisal_not_confirmed"


def test_an_upheld_appeal_adds_a_correction_and_a_refused_one_a_reason(
    confirmed: Appraisal, cast: Cast, second: User, now: datetime
) -> None:
    at, line = now + LATER, line_of(confirmed, cast.grid_worker)
    note = appealing(line, cast.grid_worker, at)
    with pytest.raises(PermissionDenied):
        actions.uphold_appeal(appeal=note, score=100, reason="属实", by=cast.other_officer, now=at)
    actions.uphold_appeal(appeal=note, score=100, reason="属实", by=second, now=at)
    shown = queries.line_shown(AppraisalLine.objects.get(pk=line.pk))
    assert (shown.line.score, shown.score, shown.changes[0].appeal_id) == (85, 100, note.pk)
    with pytest.raises(Refused) as twice:
        actions.refuse_appeal(appeal=note, reason="不属实", by=second, now=at)
    assert twice.value.code == "conflict.appeal_answered"
    idle = confirmed.lines.get(person__username="idle")
    refused = actions.refuse_appeal(appeal=appealing(idle, idle.person, at), reason="当月无任务", by=second, now=at)
    assert (refused.upheld, refused.answer, AppraisalChange.objects.count()) == (False, "当月无任务", 1)


# Addresses, and who opens them: the line is the grid worker's own.
DOORS: dict[str, dict[str, int]] = {
    "appraisals": {"grid_worker": 403, "subdistrict_officer": 200, "auditor": 200, "administrator": 403, "leader": 403},
    "appraisal": {"grid_worker": 403, "subdistrict_officer": 200, "other_officer": 404, "auditor": 200},
    "appraisal_line": {"grid_worker": 403, "subdistrict_officer": 200, "other_officer": 404, "auditor": 200},
    "appraisal_export": {"grid_worker": 403, "subdistrict_officer": 200, "other_officer": 404, "auditor": 200},
    "appraisal_points": {"administrator": 200, "subdistrict_officer": 403, "auditor": 403, "grid_worker": 403},
    "appraisals_mine": {"grid_worker": 200, "subdistrict_officer": 200, "outsider": 403},
    "appraisal_own": {"grid_worker": 200, "subdistrict_officer": 404, "other_worker": 404, "outsider": 403},
}
OF_LINE = {"appraisal_line", "appraisal_own"}


def address(name: str, appraisal: Appraisal, person: User) -> str:
    if name in {"appraisals", "appraisal_points", "appraisals_mine"}:
        return reverse(f"assignments:{name}")
    return reverse(f"assignments:{name}", args=[line_of(appraisal, person).pk if name in OF_LINE else appraisal.pk])


@pytest.fixture
def switched_on(settings: Settings) -> None:
    settings.APPRAISAL = True


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.usefixtures("switched_on")
def test_a_person_sees_his_own_line_and_the_subdistrict_and_the_auditor_all(
    confirmed: Appraisal, cast: Cast, signed_in: SignedIn, name: str
) -> None:
    url = address(name, confirmed, cast.grid_worker)
    assert {who: signed_in(getattr(cast, who)).get(url).status_code for who in DOORS[name]} == DOORS[name]


@pytest.mark.usefixtures("switched_on")
def test_the_auditor_and_a_grid_worker_store_nothing(drawn: Appraisal, cast: Cast, signed_in: SignedIn) -> None:
    confirm = reverse("assignments:appraisal_confirm", args=[drawn.pk])
    line = address("appraisal_line", drawn, cast.grid_worker)
    assert signed_in(cast.auditor).post(confirm).status_code == 403
    assert signed_in(cast.auditor).post(line, {"score": 1, "reason": "改"}).status_code == 404
    assert signed_in(cast.grid_worker).post(line, {"score": 100, "reason": "改"}).status_code == 403
    assert not AppraisalChange.objects.exists()


@pytest.mark.parametrize("name", [*DOORS, "appraisal_confirm"])
def test_while_the_module_is_off_there_is_no_page_for_anybody(
    confirmed: Appraisal, cast: Cast, signed_in: SignedIn, settings: Settings, name: str
) -> None:
    settings.APPRAISAL = False
    url = address(name, confirmed, cast.grid_worker)
    clients = [Client(), *map(signed_in, (cast.grid_worker, cast.subdistrict_officer, cast.administrator))]
    answers = [client.post(url) if name == "appraisal_confirm" else client.get(url) for client in clients]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("on", [True, False])
def test_links_show_only_while_the_module_is_on(cast: Cast, signed_in: SignedIn, settings: Settings, on: bool) -> None:
    settings.APPRAISAL = on
    wanted = {
        ("facts", "grid_worker"): "appraisals_mine",
        ("facts_people", "subdistrict_officer"): "appraisals",
        ("facts", "administrator"): "appraisal_points",
    }
    for (page, who), link in wanted.items():
        words = signed_in(getattr(cast, who)).get(reverse(f"assignments:{page}")).content.decode()
        assert (f'href="{reverse(f"assignments:{link}")}"' in words) == on
        assert on or "appraisals" not in words


@pytest.mark.usefixtures("switched_on")
def test_the_list_runs_by_area_and_name_whatever_the_scores_and_cannot_be_sorted(
    give: Give, cast: Cast, now: datetime, points: AppraisalScheme, signed_in: SignedIn
) -> None:
    for number, grid in enumerate((GRIDS[2], GRIDS[0], GRIDS[1], GRIDS[0])):
        person = make_person(
            f"w{number}",
            name=f"组员{9 - number}",
            phone=f"+861370000{number:04d}",
            role=Role.GRID_WORKER,
            area_code=grid,
        )
        for each in range(number):
            give(assignee=person, area_code=grid, title=f"封控{number}{each}")
    row = draw(cast.subdistrict_officer, now)
    shown = queries.lines_of(row)
    places = [(each.line.area_code, each.line.person_name) for each in shown]
    assert places == sorted(places)
    scores = [each.score for each in shown if each.score is not None]
    assert scores not in (sorted(scores), sorted(scores, reverse=True))
    url = address("appraisal", row, cast.grid_worker)
    client = signed_in(cast.subdistrict_officer)
    page = client.get(url).content.decode()
    head = re.search(r"<thead>.*?</thead>", page, re.S)
    assert head is not None
    assert "<a" not in head[0]
    assert "aria-sort" not in page
    assert "<tfoot" not in page
    # Asking for another order changes nothing.
    names = re.findall(r"lines/(\d+)/", page)
    assert re.findall(r"lines/(\d+)/", client.get(url, {"sort": "score", "order": "-score"}).content.decode()) == names
    assert names == [str(each.line.pk) for each in shown]


@pytest.mark.usefixtures("switched_on")
def test_the_month_from_drawing_up_to_the_answered_appeal(
    give: Give, cast: Cast, second: User, now: datetime, signed_in: SignedIn
) -> None:
    give()
    admin, officer, other, worker = map(
        signed_in, (cast.administrator, cast.subdistrict_officer, second, cast.grid_worker)
    )
    given = {f"points_{name}": 0 for name in rules.FIGURES} | {"points_overdue": -15}
    borders = {"reward_from": 80, "reward_inclusive": "on", "fail_below": 70}
    assert admin.post(reverse("assignments:appraisal_points"), given | borders).status_code == 302
    months = reverse("assignments:appraisals")
    assert officer.post(months, {"month": "2026-07", "area": SUBDISTRICT}).status_code == 400  # July runs
    Assignment.objects.update(issued_at=now - LATER - LATER, due_at=now - LATER - LATER)
    officer.post(months, {"month": "2026-06", "area": SUBDISTRICT})
    row = Appraisal.objects.get()
    line = address("appraisal_line", row, cast.grid_worker)
    own = address("appraisal_own", row, cast.grid_worker)
    assert officer.post(line, {"score": 60, "reason": "未到岗"}).status_code == 302
    assert worker.get(own).status_code == 404  # a draft is nobody's result
    confirm = reverse("assignments:appraisal_confirm", args=[row.pk])
    officer.post(confirm)
    row.refresh_from_db()
    assert row.state == AppraisalState.DRAFT
    other.post(confirm)
    page = worker.get(own).content.decode()
    assert "未到岗" in page
    assert "60" in page
    assert worker.post(own, {"words": "我在岗"}).status_code == 302
    assert other.post(line, {"upheld": "yes", "reason": "属实"}).status_code == 400  # upheld to what?
    assert other.post(line, {"upheld": "yes", "score": 85, "reason": "属实"}).status_code == 302
    assert "属实" in worker.get(own).content.decode()
    assert AppraisalChange.objects.filter(appeal__isnull=False).values_list("old_score", "new_score").get() == (60, 85)


@pytest.mark.usefixtures("switched_on")
def test_the_sheet_has_every_figure_and_runs_no_formula_and_a_draft_has_none(
    drawn: Appraisal, cast: Cast, second: User, now: datetime, signed_in: SignedIn
) -> None:
    client, url = signed_in(cast.subdistrict_officer), reverse("assignments:appraisal_export", args=[drawn.pk])
    assert client.get(url).status_code == 404
    line = line_of(drawn, cast.grid_worker)
    actions.adjust_score(line=line, score=79, reason="=1+1", by=cast.subdistrict_officer, now=now + LATER)
    actions.confirm_appraisal(appraisal=drawn, by=second, now=now + LATER)
    actions.appeal_score(line=line, words="=2+2", by=cast.grid_worker, zone=ZONE, now=now + LATER)
    book = load_workbook(BytesIO(client.get(url).content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    found = next(row for row in rows if row[2] == "东安路网格员")
    count = len(rules.FIGURES)
    assert found[3 : 3 + count] == tuple(line.figures[name] for name in rules.FIGURES)
    assert found[3 + count : 3 + 2 * count] == tuple(line.points[name] for name in rules.FIGURES)
    assert found[3 + 2 * count : 5 + 2 * count] == (85, 79)
    assert str(found[-1]).startswith("'=2+2")
    assert "=1+1" in str(found[-2])
    said = [row[:2] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert -15 in [row[1] for row in said if len(row) > 1]
