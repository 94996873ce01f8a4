"""The optional appraisal of a month: every page of it, both sizes, by whom it is used."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.enums import Role
from accounts.models import User
from assignments import actions, queries, rules
from assignments.models import Appraisal
from core import clock
from tests.browser.conftest import Looker
from tests.browser.night import Night
from tests.browser.test_pages import sticking_out, unusable
from tests.casts import DISTRICT, GRIDS, OTHER_GRID, OTHER_SUBDISTRICT, SUBDISTRICT, make_person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def month(night: Night) -> dict[str, str]:
    """Last month: confirmed in one sub-district with an appeal that waits, a draft in the other. Addresses by name."""
    now, zone = clock.now(), timezone.get_current_timezone()
    last = (timezone.localdate(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    cast, given = night.cast, rules.month_span(last, zone)[0] + timedelta(days=9)
    second = make_person(
        "reviewer", name="街道复核员", phone="+8613700000091", role=Role.SUBDISTRICT_OFFICER, area_code=SUBDISTRICT
    )
    make_person("idle", name="安静的网格员", phone="+8613700000092", role=Role.GRID_WORKER, area_code=GRIDS[1])
    kind = next(iter(queries.kinds().values()))
    for person, grid in ((cast.grid_worker, GRIDS[0]), (cast.other_worker, OTHER_GRID)):
        actions.assign(
            kind=kind, title="封控新华路下穿桥", area_code=grid, assignee=person, issued_by=cast.duty_officer, now=given
        )
    actions.set_points(area_code=DISTRICT, scheme=rules.Scheme({"overdue": -15}), by=cast.administrator)
    row = _drawn(SUBDISTRICT, last, cast.subdistrict_officer)
    line = row.lines.get(person=cast.grid_worker)
    actions.adjust_score(line=line, score=69, reason="核实未到岗", by=cast.subdistrict_officer, now=now)
    actions.confirm_appraisal(appraisal=row, by=second, now=now)
    draft = _drawn(OTHER_SUBDISTRICT, last, cast.other_officer)
    idle = row.lines.get(person__username="idle")
    actions.appeal_score(line=idle, words="当月参加了巡查，应有任务。", by=idle.person, zone=zone, now=now)
    return {
        "month": f"/assignments/appraisals/{row.pk}/",
        "appealed": f"/assignments/appraisals/lines/{idle.pk}/",
        "draft": f"/assignments/appraisals/lines/{draft.lines.get(person=cast.other_worker).pk}/",
        "own": f"/assignments/appraisals/mine/{line.pk}/",
    }


def _drawn(area_code: str, month: date, by: User) -> Appraisal:
    zone = timezone.get_current_timezone()
    return actions.draw_up_appraisal(area_code=area_code, month=month, by=by, zone=zone, now=clock.now())


PAGES = [
    ("subdistrict_officer", "/assignments/appraisals/"),
    ("subdistrict_officer", "{month}"),
    ("subdistrict_officer", "{appealed}"),
    ("other_officer", "{draft}"),
    ("administrator", "/assignments/appraisals/points/"),
    ("grid_worker", "/assignments/appraisals/mine/"),
    ("grid_worker", "{own}"),
    ("grid_worker", "/assignments/facts/"),
    ("site_keeper", "/assignments/appraisals/mine/"),
]


@pytest.mark.parametrize("screen", ["desk", "phone"])
@pytest.mark.parametrize(("member", "address"), PAGES)
def test_a_page_of_the_appraisal_is_whole_and_usable(
    member: str,
    address: str,
    screen: str,
    night: Night,
    month: dict[str, str],
    look: Callable[..., Looker],
    settings: Settings,
) -> None:
    settings.APPRAISAL = True
    page = look(getattr(night.cast, member), screen).opens(address.format(**month))
    faults = sticking_out(page) + unusable(page)
    assert not faults, "\n".join(faults)
