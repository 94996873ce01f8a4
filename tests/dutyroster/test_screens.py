"""The roster on the desk, in the API, in a calendar and as a sheet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO

import icalendar
import openpyxl
import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from dutyroster import actions, queries
from dutyroster.enums import Origin, PlanState
from dutyroster.models import CalendarLink, DutyPost, RosterPlan, Shift
from territory.rules import scope_of
from tests.casts import DISTRICT, Cast
from tests.dutyroster.rosters import duty_post, person, published_plan

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)
TODAY = date(2026, 7, 19)
SignedIn = Callable[[User], Client]


@pytest.fixture
def post(cast: Cast, now: datetime) -> DutyPost:
    people = [person() for _ in range(3)]
    return duty_post(by=cast.duty_officer, now=now, members=people, name="区防办值班室")


def test_the_duty_officer_makes_a_month_and_publishes_it(
    cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime
) -> None:
    desk = signed_in(cast.duty_officer)
    made = desk.post("/roster/plans/new/", {"area_code": DISTRICT, "first_day": "2026-07-19", "last_day": "2026-08-18"})
    plan = RosterPlan.objects.get()
    assert made.headers["Location"] == f"/roster/plans/{plan.pk}/"
    assert "31" in desk.get(f"/roster/plans/{plan.pk}/").content.decode()
    desk.post(f"/roster/plans/{plan.pk}/publish/")
    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED
    on_duty = queries.on_duty(WHOLE, now)[0].person
    assert on_duty.name in desk.get("/roster/").content.decode()
    month = desk.get("/roster/month/?month=2026-08").content.decode()
    assert month.count(on_duty.name) >= 5
    sheet = openpyxl.load_workbook(BytesIO(desk.get("/roster/month/sheet/?month=2026-08").content)).worksheets[0]
    assert sheet.max_row == 2 + 31
    assert sheet.cell(2, 3).value == "区防办值班室"
    assert sheet.page_setup.orientation == "landscape"


def test_one_press_replaces_whoever_is_on_duty(cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    shift = queries.on_duty(WHOLE, now)[0]
    answer = signed_in(cast.duty_officer).post(
        f"/roster/shifts/{shift.uuid}/", {"person": cast.leader.pk, "reason": "临时外出"}
    )
    assert answer.status_code == 302
    after = queries.on_duty(WHOLE, now)[0]
    assert (after.person, after.origin, after.reason) == (cast.leader, Origin.OVERRIDE, "临时外出")


def test_a_gap_is_filled_from_the_list(cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime) -> None:
    desk = signed_in(cast.duty_officer)
    assert "?start=2026-07-19T08%3A00" in desk.get("/roster/gaps/").content.decode()
    desk.post(
        f"/roster/posts/{post.pk}/add/",
        {"person": cast.leader.pk, "start": "2026-07-19T08:00", "end": "2026-07-20T08:00"},
    )
    shift = Shift.objects.get()
    assert (shift.starts, shift.person) == (now, cast.leader)
    assert queries.manned(WHOLE, now).missing == []


def test_members_are_set_in_their_order(cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime) -> None:
    desk = signed_in(cast.duty_officer)
    given = {f"turn_{cast.leader.pk}": "2", f"turn_{cast.duty_officer.pk}": "1", f"deputy_{cast.leader.pk}": "on"}
    assert desk.post(f"/roster/posts/{post.pk}/members/", given).status_code == 302
    rows = [(row.person, row.is_deputy) for row in queries.members_at(post, TODAY)]
    assert rows == [(cast.duty_officer, False), (cast.leader, True)]


def test_a_post_is_set_up_with_more_people_from_a_level(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    given = {
        "area_code": DISTRICT, "name": "抢险值班", "role": "duty_officer", "presence": "on_site", "starts_at": "08:00",
        "shift_hours": "12", "rest_hours": "24", "late_minutes": "10", "order": "3", "staff_workday": "1",
        "staff_weekend": "1", "staff_holiday": "2", "staff_level_2": "4",
    }  # fmt: skip
    desk = signed_in(cast.duty_officer)
    assert desk.post("/roster/posts/new/", given).status_code == 302
    again = desk.post("/roster/posts/new/", given)
    assert again.status_code == 200
    assert "抢险值班" in again.content.decode()
    row = DutyPost.objects.get()
    assert {(one.day_kind, one.response_level): one.staff for one in row.requirements.all()} == {
        ("workday", None): 1, ("weekend", None): 1, ("holiday", None): 2, ("workday", 2): 4, ("weekend", 2): 4,
        ("holiday", 2): 4,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["", "gaps/", "month/", "plans/", "posts/", "plans/new/", "posts/new/"])
def test_a_grid_worker_sees_no_roster_but_his_own(cast: Cast, signed_in: SignedIn, path: str) -> None:
    worker = signed_in(cast.grid_worker)
    assert worker.get(f"/roster/{path}").status_code == 403
    assert worker.get("/roster/leaves/").status_code == 200
    assert signed_in(cast.duty_officer).get(f"/roster/{path}").status_code == 200


def test_a_street_sees_its_own_posts(cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    street = signed_in(cast.subdistrict_officer)
    assert "区防办值班室" not in street.get("/roster/posts/").content.decode()
    shift = queries.on_duty(WHOLE, now)[0]
    assert street.post(f"/roster/shifts/{shift.uuid}/", {"person": cast.leader.pk}).status_code == 404


def test_a_calendar_keeps_its_uids_and_says_what_was_cancelled(
    cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime
) -> None:
    published_plan([post], by=cast.leader, now=now, first_day=TODAY)
    link = actions.open_calendar(by=cast.duty_officer, now=now, post=post)
    stranger = Client()
    address = queries.calendar_path(link)

    def events() -> dict[str, tuple[str, int]]:
        calendar = icalendar.Calendar.from_ical(stranger.get(address).content)
        return {str(one["UID"]): (str(one["STATUS"]), int(str(one["SEQUENCE"]))) for one in calendar.walk("VEVENT")}

    before = events()
    assert set(before.values()) == {("CONFIRMED", 0)}
    coming = Shift.objects.filter(during__startswith__gt=now).order_by("during").first()
    assert coming is not None
    actions.override(shift=coming, person=cast.leader, by=cast.leader, now=now)
    after = events()
    changed = [uid for uid in before if after[uid] != before[uid]]
    assert changed == [uid for uid in before if str(coming.uuid) in uid]
    assert after[changed[0]] == ("CANCELLED", 1)
    assert len(after) == len(before) + 1
    actions.close_calendar(link=link, by=cast.duty_officer, now=now)
    assert stranger.get(address).status_code == 404


def test_nobody_opens_a_calendar_of_a_post_that_he_does_not_keep(
    cast: Cast, signed_in: SignedIn, post: DutyPost, now: datetime
) -> None:
    signed_in(cast.grid_worker).post("/roster/calendars/open/", {"post": post.pk})
    assert not CalendarLink.objects.exists()
    signed_in(cast.grid_worker).post("/roster/calendars/open/")
    assert CalendarLink.objects.get().person == cast.grid_worker


def test_the_api_answers_for_any_moment(
    cast: Cast, api: Callable[[User], APIClient], post: DutyPost, now: datetime
) -> None:
    desk = api(cast.duty_officer)
    given = {"area_code": DISTRICT, "posts": [post.pk], "first_day": "2026-07-19", "last_day": "2026-07-25"}
    plan = desk.post("/api/v1/dutyroster/plans/", given, format="json")
    assert plan.status_code == 201
    assert desk.post(f"/api/v1/dutyroster/plans/{plan.json()['id']}/publish/").json()["state"] == "published"
    (row,) = desk.get("/api/v1/dutyroster/on-duty/").json()
    later = (now + timedelta(days=1)).isoformat()
    assert desk.get("/api/v1/dutyroster/on-duty/", {"at": later}).json()[0]["person"] != row["person"]
    gaps = desk.get("/api/v1/dutyroster/gaps/", {"days": 10}).json()["results"]
    assert [gap["day"] for gap in gaps] == ["2026-07-26", "2026-07-27", "2026-07-28"]
    made = desk.post(f"/api/v1/dutyroster/shifts/{row['uuid']}/override/", {"person": cast.leader.pk}, format="json")
    assert (made.status_code, made.json()["person"]) == (201, cast.leader.name)
    same = desk.post(f"/api/v1/dutyroster/shifts/{row['uuid']}/override/", {"person": cast.leader.pk}, format="json")
    assert same.json()["code"] == "shift_changed"
    assert len(desk.get("/api/v1/dutyroster/month/", {"month": "2026-07"}).json()["days"]) == 31
