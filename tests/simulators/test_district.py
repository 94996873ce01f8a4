"""The demo district: the public figures as they are, the rest the same every time."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.models import RoleHeld
from dutyroster.models import CheckIn
from dutyroster.queries import gaps, manned, on_duty
from hazards.models import HazardSite, InspectionRound, Responsibility
from hazards.queries import round_coverage
from simulators.district import loading, sheets, sketch
from simulators.district.households import homes
from simulators.district.people import everybody, workers
from simulators.district.places import dangers, responsible
from simulators.district.plan import communities, grids, spread, subdistricts, workers_by_grid
from territory.models import Area, Household
from territory.rules import normalised_phone, scope_of


def test_the_district_has_the_official_areas_and_the_districts_own_numbers() -> None:
    assert len(subdistricts()) == 12
    assert len(communities()) == 58
    assert len(grids()) == 563
    assert len(workers()) == sum(workers_by_grid().values()) == 833
    assert set(workers_by_grid().values()) == {1, 2}


def test_105_sites_of_six_kinds_are_marked_as_samples() -> None:
    assert Counter(danger.kind for danger in dangers()) == {
        "river": 8,
        "underpass": 12,
        "ug_mall": 5,
        "ug_parking": 51,
        "geo_hazard": 7,
        "waterlog_point": 22,
    }
    assert all(danger.name.endswith("（示例）") for danger in dangers())
    assert len({danger.code for danger in dangers()}) == 105
    assert {danger.kind for danger in dangers() if danger.closing_depth_cm} == {"underpass"}


def test_a_few_sites_lack_a_technician_and_every_site_is_patrolled() -> None:
    without = [danger for danger in dangers() if "tech_resp" not in responsible(danger)]
    assert len(without) == 4
    assert all({"admin_resp", "patrol_resp"} <= responsible(danger).keys() for danger in dangers())


def test_everybody_has_a_number_of_his_own_that_the_importer_takes() -> None:
    numbers = [person.phone for person in everybody()]
    assert len(set(numbers)) == len(numbers)
    assert all(normalised_phone(number) == f"+86{number}" for number in numbers)


def test_the_sketch_divides_the_district_without_gap_or_overlap() -> None:
    cells = sketch.cells()
    whole = cells["410403"].area
    for length in (9, 12, 15):
        assert sum(cell.area for code, cell in cells.items() if len(code) == length) == pytest.approx(whole)
    west, south, east, north = cells["410403"].extent
    assert west >= 113.280
    assert east <= 113.463
    assert south >= 33.715
    assert north <= 33.829


def test_the_roll_has_the_share_of_households_that_matter() -> None:
    found = list(homes(5_000))
    assert len(found) == len({home.code for home in found}) == 5_000
    assert 0.03 < sum(bool(home.must_reach) for home in found) / 5_000 < 0.05
    assert 0.015 < sum(not home.phone for home in found) / 5_000 < 0.025


def test_the_same_roll_comes_out_the_same() -> None:
    assert sheets.roll(1_000) == sheets.roll(1_000)


def test_a_household_keeps_its_number_when_the_roll_grows() -> None:
    small = {home.code: home for home in homes(1_000)}
    large = {home.code: home for home in homes(3_000)}
    kept = small.keys() & large.keys()
    assert len(kept) > 990
    assert all(small[code] == large[code] for code in kept)


@pytest.mark.parametrize(("total", "weights"), [(563, [8, 11, 11]), (0, [1, 2]), (7, [1] * 10)])
def test_spreading_gives_out_exactly_what_there_is(total: int, weights: list[int]) -> None:
    assert sum(spread(total, weights)) == total


@pytest.mark.django_db
def test_loading_it_twice_changes_nothing_the_second_time(now: datetime) -> None:
    first = [step(now) for _name, step in loading.steps(600)]
    assert loading.sign_ins(now)
    assert all(step.changed for step in first)
    assert Area.objects.count() == 1 + 12 + 58 + 563
    assert RoleHeld.objects.filter(role=Role.GRID_WORKER).count() == 833
    assert Household.objects.count() == 600
    assert HazardSite.objects.filter(is_sample=True).count() == 105
    assert Responsibility.objects.count() == 105 * 3 - 4
    opened = InspectionRound.objects.get()
    counted = round_coverage(opened, scope_of("410403"), now=now).whole
    assert (counted.required, counted.inspected, counted.done, counted.late) == (105, 100, 96, 9)
    assert len(gaps(scope_of("410403"), now.date(), now=now)) == 0
    room = manned(scope_of("410403"), now)
    assert (room.required, room.effective, room.in_post) == (15, 15, 14)
    # A demo in which nearly everybody is late teaches that late means nothing.
    late = CheckIn.objects.filter(shift__during__contains=now, is_late=True).count()
    assert late == 2
    assert all(abs(one.occurred_at - one.shift.starts) < timedelta(hours=1) for one in CheckIn.objects.all())
    yesterday = on_duty(scope_of("410403"), now - timedelta(days=1))
    assert len(yesterday) == 15

    again = [step(now) for _name, step in loading.steps(600)]
    assert [step.changed for step in again] == [0] * len(again)
    assert loading.sign_ins(now) == ""
