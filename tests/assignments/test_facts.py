"""Facts of work: what a person was asked, answered and did."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.enums import Role
from accounts.models import User
from assignments import actions, queries, rules
from assignments.models import Assignment, PastHolding
from assignments.queries import Period
from territory.rules import scope_of
from tests.assignments.conftest import ERRAND
from tests.casts import GRID, OTHER_GRID, SUBDISTRICT, Cast, make_person

Give = Callable[..., Assignment]
SignedIn = Callable[[User], Client]
Api = Callable[[User], APIClient]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def period(now: datetime) -> Period:
    return Period(now - DAY, now + DAY)


def counted(person: User, period: Period, now: datetime) -> dict[str, int]:
    return dict(queries.facts_of_person(person, period, now=now).counts)


def held(now: datetime, **changed: object) -> rules.Held:
    return rules.Held(**{"kind": "closing", "since": now, "due_at": now + 60 * MINUTE} | changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "changed", "figures"),
    [
        (60, {}, {"open"}),
        (61, {}, {"overdue"}),
        (5, {"acknowledge_by": 10}, {"open"}),
        (10, {"acknowledge_by": 10}, {"open"}),
        (11, {"acknowledge_by": 10}, {"open", "not_acknowledged"}),
        (20, {"acknowledge_by": 10, "acknowledged_at": 10}, {"open", "acknowledged_in_time"}),
        (20, {"acknowledge_by": 10, "acknowledged_at": 11}, {"open", "acknowledged_late"}),
        (90, {"reported_at": 60}, {"done_in_time"}),
        (90, {"reported_at": 61}, {"done_late"}),
        # Given away before the deadline: nothing that came later is his.
        (90, {"acknowledge_by": 10, "until": 9}, {"handed_on"}),
        (90, {"acknowledge_by": 10, "until": 11}, {"handed_on", "not_acknowledged"}),
    ],
)
def test_each_duty_counts_in_its_figures(now: datetime, after: int, changed: dict[str, int], figures: set[str]) -> None:
    times = {name: now + minutes * MINUTE for name, minutes in changed.items()}
    assert rules.figures_of(held(now, **times), now=now + after * MINUTE) == figures | {"asked"}


def test_minutes_are_medians_and_nothing_where_nothing_was_asked(now: datetime) -> None:
    rows = [held(now, acknowledged_at=now + n * MINUTE, reported_at=now + 2 * n * MINUTE) for n in (1, 3, 50)]
    found = rules.tally(rows, now=now)
    assert (found.minutes_to_acknowledge, found.minutes_to_report, found.kinds["closing"]) == (3, 6, 3)
    nothing = rules.tally([], now=now)
    assert (nothing.minutes_to_acknowledge, nothing.minutes_to_report, nothing.counts.total()) == (None, None, 0)


def test_a_month_is_local_and_half_open() -> None:
    start, end = rules.month_span(date(2026, 12, 31), ZoneInfo("Asia/Shanghai"))
    assert (start.isoformat(), end.isoformat()) == ("2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")


def test_acknowledged_done_and_verified_by_another(give: Give, cast: Cast, now: datetime, period: Period) -> None:
    duty = give()
    actions.acknowledge(assignment=duty, by=cast.grid_worker, now=now + 3 * MINUTE)
    actions.report(assignment=duty, by=cast.grid_worker, now=now + 20 * MINUTE)
    actions.verify(assignment=duty, by=cast.subdistrict_officer, now=now + 30 * MINUTE)
    assert counted(cast.grid_worker, period, now + 40 * MINUTE) == {
        "asked": 1,
        "acknowledged_in_time": 1,
        "done_in_time": 1,
        "verified": 1,
    }


def test_what_is_recorded_on_behalf_and_sent_back_shows(give: Give, cast: Cast, now: datetime, period: Period) -> None:
    duty = give()
    actions.report(assignment=duty, by=cast.subdistrict_officer, now=now + 5 * MINUTE, on_behalf_of="东安路网格员")
    actions.send_back(assignment=duty, by=cast.duty_officer, now=now + 6 * MINUTE, note="照片看不清")
    found = counted(cast.grid_worker, period, now + 7 * MINUTE)
    assert found == {"asked": 1, "acknowledged_in_time": 1, "open": 1, "sent_back": 1, "on_behalf": 1}


def test_a_duty_handed_over_counts_for_each_holder_for_his_own_time(
    give: Give, cast: Cast, now: datetime, period: Period
) -> None:
    duty, successor = (
        give(),
        make_person("second", name="接手人", phone="+8613700000001", role=Role.GRID_WORKER, area_code=GRID),
    )
    actions.acknowledge(assignment=duty, by=cast.grid_worker, now=now + 3 * MINUTE)
    actions.hand_over(assignment=duty, to=successor, by=cast.duty_officer, now=now + 30 * MINUTE)
    actions.report(assignment=duty, by=successor, now=now + 90 * MINUTE)
    later = now + 2 * DAY
    assert counted(cast.grid_worker, period, later) == {"asked": 1, "acknowledged_in_time": 1, "handed_on": 1}
    found = queries.facts_of_person(successor, period, now=later)
    assert found.counts["done_late"] == found.counts["asked"] == 1
    assert found.minutes_to_report == 60
    # The second holder was asked when it became his.
    assert counted(successor, Period(now, now + 30 * MINUTE), later) == {}
    assert counted(cast.grid_worker, Period(now + MINUTE, now + DAY), later) == {}


def test_a_third_holder_begins_where_the_second_ended(give: Give, cast: Cast, now: datetime) -> None:
    duty = give()
    actions.hand_over(assignment=duty, to=cast.subdistrict_officer, by=cast.duty_officer, now=now + 5 * MINUTE)
    duty.refresh_from_db()
    actions.hand_over(assignment=duty, to=cast.grid_worker, by=cast.duty_officer, now=now + 9 * MINUTE)
    spans = list(PastHolding.objects.order_by("pk").values_list("since", "until"))
    assert spans == [(now, now + 5 * MINUTE), (now + 5 * MINUTE, now + 9 * MINUTE)]


def test_what_came_from_somebody_without_account_counts_from_then(give: Give, cast: Cast, now: datetime) -> None:
    point = cast.other_worker.contacts.get().contact_point
    duty = give(assignee=None, contact_point=point, assignee_name="桥头看守")
    actions.hand_over(assignment=duty, to=cast.grid_worker, by=cast.duty_officer, now=now + 30 * MINUTE)
    assert counted(cast.grid_worker, Period(now, now + 30 * MINUTE), now + DAY) == {}
    assert counted(cast.grid_worker, Period(now + 30 * MINUTE, now + DAY), now + 31 * MINUTE)["asked"] == 1


def test_withdrawn_duties_and_exercises_count_for_nobody(give: Give, cast: Cast, now: datetime, period: Period) -> None:
    duty = give()
    actions.hand_over(assignment=duty, to=cast.subdistrict_officer, by=cast.duty_officer, now=now + MINUTE)
    duty.refresh_from_db()
    actions.cancel(assignment=duty, by=cast.duty_officer, now=now + 2 * MINUTE, note="误派")
    rehearsed = give(title="演练封控")
    Assignment.objects.filter(pk=rehearsed.pk).update(exercise=rehearsed.uuid)
    assert counted(cast.grid_worker, period, now + DAY) == counted(cast.subdistrict_officer, period, now + DAY) == {}


def test_the_list_runs_by_area_and_name_and_asks_the_same_number_of_statements(
    give: Give, cast: Cast, now: datetime, period: Period, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scope = scope_of(SUBDISTRICT)
    give()
    with django_assert_num_queries(6):
        queries.facts_of_people(scope, period, now=now)
    for number in range(5):
        person = make_person(
            f"w{number}",
            name=f"网格员{9 - number}",
            phone=f"+861370000{number:04d}",
            role=Role.GRID_WORKER,
            area_code=GRID,
        )
        for _each in range(number):
            give(assignee=person)
    with django_assert_num_queries(6):
        lines = queries.facts_of_people(scope, period, now=now)
    assert [(line.area_code, line.person.name) for line in lines] == sorted(
        (line.area_code, line.person.name) for line in lines
    )
    assert cast.other_worker not in [line.person for line in lines]


DOORS = {
    "facts": {"grid_worker": 200, "subdistrict_officer": 200, "auditor": 200, "outsider": 403},
    "facts_people": {"grid_worker": 403, "subdistrict_officer": 200, "auditor": 200, "leader": 403},
    "facts_export": {"grid_worker": 403, "subdistrict_officer": 200, "auditor": 200, "duty_officer": 403},
    "facts_person": {"grid_worker": 403, "subdistrict_officer": 200, "other_officer": 404, "auditor": 200},
}


@pytest.mark.parametrize("name", DOORS)
def test_figures_are_seen_by_the_person_his_subdistrict_and_the_auditor(
    give: Give, cast: Cast, signed_in: SignedIn, name: str
) -> None:
    give()
    url = reverse(f"assignments:{name}", args=[cast.grid_worker.pk] if name == "facts_person" else [])
    found = {member: signed_in(getattr(cast, member)).get(url).status_code for member in DOORS[name]}
    assert found == DOORS[name]


def test_a_figure_leads_to_its_duties(give: Give, cast: Cast, signed_in: SignedIn) -> None:
    give(title="封控新华路下穿桥")
    give(title="签到", kind=ERRAND)
    url = reverse("assignments:facts_person", args=[cast.grid_worker.pk])
    page = signed_in(cast.subdistrict_officer).get(url, {"figure": "asked"}).content.decode()
    assert "封控新华路下穿桥" in page
    assert "签到" in page
    other = signed_in(cast.subdistrict_officer).get(url, {"figure": "done_late"}).content.decode()
    assert "封控新华路下穿桥" not in other


def test_the_sheet_runs_no_formula(give: Give, cast: Cast, signed_in: SignedIn) -> None:
    give()
    User.objects.filter(pk=cast.grid_worker.pk).update(name="=1+1")
    answer = signed_in(cast.subdistrict_officer).get(reverse("assignments:facts_export"))
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    line = next(row for row in rows if row[2] == "'=1+1")
    assert line[3] == 1


def test_programs_get_ones_own_line_or_that_of_ones_area(give: Give, cast: Cast, api: Api) -> None:
    give()
    give(area_code=OTHER_GRID, assignee=cast.other_worker)
    url = reverse("api_assignments:api_facts")
    own = api(cast.grid_worker).get(url).json()
    assert [(line["name"], line["counts"]["asked"]) for line in own] == [("东安路网格员", 1)]
    names = {line["name"] for line in api(cast.subdistrict_officer).get(url).json()}
    assert "东安路网格员" in names
    assert "优越路网格员" not in names
    assert api(cast.outsider).get(url).status_code == 403
    refused = api(cast.grid_worker).get(url, {"first_day": "2026-07-02", "last_day": "2026-07-01"})
    assert refused.status_code == 400
