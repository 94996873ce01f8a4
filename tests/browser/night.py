"""The night that the browser tests look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from alerts import actions as alerts
from alerts.enums import NoticeKind, NoticeLevel
from alerts.models import Notice
from alerts.queries import answer_path
from alerts.rules import Content
from assignments.queries import link_path
from core import clock
from tests import factories
from tests.casts import SUBDISTRICT, Cast
from tests.command.danger_night import dangers_of_the_night
from tests.dutyroster.rosters import drafted_night
from tests.dutyroster.shifts import night_at_the_posts
from tests.supplies.counting_night import night_at_the_count

# Member of the cast (empty: nobody has signed in), address; `{site}`, `{round}`, `{notice}` … are those of the night.
PAGES = [
    ("", "/sign-in/"),
    ("", "/sign-in/code/"),
    ("", "{task_link}"),
    ("", "/p/"),
    ("", "{answer}"),
    ("commander", "/"),
    ("commander", "/alerts/"),
    ("commander", "{notice}"),
    ("commander", "{waiting}"),
    ("commander", "/assignments/"),
    ("commander", "{round}"),
    ("commander", "/hazards/rounds/new/"),
    ("duty_officer", "/alerts/new/"),
    ("duty_officer", "{notice}unreached/"),
    ("duty_officer", "{household}"),
    ("duty_officer", "{duty}"),
    ("duty_officer", "/hazards/"),
    ("duty_officer", "{site}"),
    ("subdistrict_officer", "{site}edit/"),
    ("subdistrict_officer", "/hazards/rounds/"),
    ("subdistrict_officer", "{inspection}"),
    ("grid_worker", "/field/"),
    ("grid_worker", "/me/"),
    ("grid_worker", "/assignments/"),
    ("grid_worker", "{duty}"),
    ("grid_worker", "{knock}"),
    ("grid_worker", "{site}inspect/"),
    ("duty_officer", "/roster/"),
    ("duty_officer", "/roster/gaps/"),
    ("duty_officer", "/roster/month/"),
    ("duty_officer", "/roster/plans/"),
    ("duty_officer", "{roster_plan}"),
    ("duty_officer", "/roster/plans/new/"),
    ("duty_officer", "/roster/posts/"),
    ("duty_officer", "{roster_post}"),
    ("duty_officer", "{roster_post}members/"),
    ("duty_officer", "{roster_post}add/"),
    ("duty_officer", "{roster_shift}"),
    ("duty_officer", "/roster/calendars/"),
    ("grid_worker", "/roster/leaves/"),
    ("duty_officer", "/roster/mine/"),
    ("duty_officer", "/roster/attendance/"),
    ("commander", "/roster/roll-calls/"),
    ("commander", "/roster/roll-calls/new/"),
    ("commander", "{roll_call}"),
    ("duty_officer", "/roster/handovers/"),
    ("duty_officer", "/roster/handovers/new/"),
    ("leader", "{handover}"),
    ("duty_officer", "/roster/log/"),
    ("duty_officer", "{log_entry}"),
    ("administrator", "/people/"),
    ("administrator", "/people/new/"),
    ("administrator", "/people/import/"),
    ("commander", "/supplies/readiness/"),
    ("duty_officer", "{store_ready}"),
    ("duty_officer", "/supplies/stocktakes/"),
    ("duty_officer", "/supplies/stocktakes/new/"),
    ("duty_officer", "{to_approve}"),
    ("auditor", "{booked}"),
    ("storekeeper", "{counting}"),
    ("administrator", "/supplies/import/"),
    ("", "/p/danger/"),
    ("commander", "/command/dangers/"),
    ("duty_officer", "{danger}"),
    ("duty_officer", "/command/dangers/new/"),
    ("duty_officer", "/command/help/"),
    ("duty_officer", "{help_request}"),
    ("duty_officer", "/command/help/new/"),
    ("duty_officer", "/command/closures/"),
    ("duty_officer", "{closure}"),
    ("site_keeper", "/command/closures/new/"),
    ("site_keeper", "{water}"),
    ("grid_worker", "/field/danger/"),
    ("grid_worker", "{danger_sent}"),
]


@dataclass(frozen=True)
class Night:
    """Everybody, and the addresses of what there is to see, by name."""

    cast: Cast
    addresses: dict[str, str]


def make_night(cast: Cast) -> Night:
    """A notice out and another waiting, doors to knock at, a late round, duties in time and late."""
    now = clock.now()
    homes = [factories.household(), factories.must_reach_household(), factories.household_without_phone()]
    notice = issued_notice(by=cast.duty_officer, signed_by=cast.commander, now=now)
    waiting = submitted_notice(by=cast.duty_officer, now=now)
    assert alerts.close_waiting(now=now + timedelta(minutes=11)) > 0
    knock = notice.knocks.get()
    place = factories.site()
    factories.site_without_position()
    opened = factories.round_with_one_late_site(
        opened_by=cast.commander, inspector=cast.grid_worker, verifier=cast.subdistrict_officer
    )
    seen = factories.inspection(at=place, by=cast.grid_worker, failed=True, now=now)
    duty = factories.duty(of=cast.grid_worker, issued_by=cast.duty_officer, now=now)
    factories.late_duty(of=cast.grid_worker, now=now)
    audience = notice.households.get(household=homes[0])
    return Night(
        cast,
        {
            "duty": f"/assignments/{duty.uuid}/",
            "task_link": link_path(duty),
            "notice": f"/alerts/{notice.uuid}/",
            "waiting": f"/alerts/{waiting.uuid}/",
            "household": f"/alerts/{notice.uuid}/households/{audience.pk}/",
            "answer": answer_path(audience.pk),
            "knock": f"/alerts/knocks/{knock.assignment.uuid}/",
            "site": f"/hazards/sites/{place.code}/",
            "inspection": f"/hazards/inspections/{seen.client_uuid}/",
            "round": f"/hazards/rounds/{opened.pk}/",
            **drafted_night(by=cast.duty_officer, now=now),
            **dangers_of_the_night(cast, now),
            **night_at_the_posts(cast, now),
            **night_at_the_count(cast, now),
        },
    )


def submitted_notice(*, by: User, now: datetime) -> Notice:
    """A whole notice for the first sub-district that waits for its signature."""
    content = Content(
        kind=NoticeKind.RAINSTORM,
        level=NoticeLevel.ORANGE,
        headline="今夜有大到暴雨",
        starts_at=now,
        expires_at=now + timedelta(hours=6),
        affected_area="东安路街道",
        caution="低洼处可能积水",
        measures="请勿外出",
        issuer="卫东区防汛抗旱指挥部",
    )
    return alerts.submit(notice=alerts.draft(content=content, area_codes=[SUBDISTRICT], by=by, now=now), by=by, now=now)


def issued_notice(*, by: User, signed_by: User, now: datetime) -> Notice:
    """The same, signed: its audience stands and its messages wait for a worker."""
    notice = submitted_notice(by=by, now=now)
    return alerts.approve(notice=notice, version=notice.version, by=signed_by, now=now)
