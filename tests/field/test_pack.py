"""The emergency pack that lies on the duty desk."""

import stat
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from field.actions import write_pack
from field.queries import pack_tables
from territory.rules import scope_of
from tests import factories
from tests.casts import DISTRICT, SUBDISTRICT, Cast


def test_the_pack_names_sites_households_and_people_with_their_numbers(cast: Cast, now: datetime) -> None:
    factories.site(name="示例下穿桥", closing_depth_cm=25)
    factories.must_reach_household(phone="+8615012345678")
    factories.household()
    desk, sites, homes, workers, forms = pack_tables(scope_of(DISTRICT), now=now)
    assert "13900000001" in {row[3] for row in desk.rows}
    assert [row[2] for row in sites.rows] == ["示例下穿桥"]
    assert [row[5] for row in homes.rows] == ["15012345678"]
    assert "13900000006" in homes.rows[0][6]  # the grid's own worker
    assert len(workers.rows) == 2
    assert forms.rows[0][2:] == ("25", "", "", "", "", "", "", "")


def test_a_sub_districts_pack_holds_its_own_people_only(cast: Cast, now: datetime) -> None:
    workers = pack_tables(scope_of(SUBDISTRICT), now=now)[3]
    assert [row[2] for row in workers.rows] == [cast.grid_worker.name]


def test_both_files_are_readable_by_their_owner_alone(cast: Cast, now: datetime, tmp_path: Path) -> None:
    factories.must_reach_household()
    written = write_pack(root=tmp_path / "pack", scope=scope_of(DISTRICT), now=now)
    assert [path.suffix for path in written] == [".pdf", ".xlsx"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert written[0].read_bytes().startswith(b"%PDF")
    assert len(load_workbook(written[1]).sheetnames) == 5


def test_writing_twice_in_a_minute_leaves_one_whole_pack(cast: Cast, now: datetime, tmp_path: Path) -> None:
    first = write_pack(root=tmp_path, scope=scope_of(DISTRICT), now=now)
    assert write_pack(root=tmp_path, scope=scope_of(DISTRICT), now=now) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in first)
