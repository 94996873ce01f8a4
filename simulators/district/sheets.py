"""The demo district as the files that a real district would upload."""

import csv
import io
from collections.abc import Iterable, Sequence

from simulators.district.households import homes
from simulators.district.people import everybody
from simulators.district.plan import grids, official_areas
from territory.rules import COLUMNS

AREA_HEADS = ("编码", "名称", "级别")
LEVEL_WORDS = {"district": "区", "subdistrict": "街道", "community": "社区", "village": "村", "grid": "网格"}
PEOPLE_HEADS = ("姓名", "手机", "角色", "区域编码", "登录名", "起")
SINCE = "2026-01-01"
ROLE_WORDS = {
    "commander": "指挥长",
    "leader": "带班领导",
    "duty_officer": "值班员",
    "subdistrict_officer": "街道防汛专干",
    "grid_worker": "网格员",
    "storekeeper": "仓库管理员",
    "agency_liaison": "成员单位联络员",
    "site_keeper": "点位责任人",
    "auditor": "审计员",
    "administrator": "系统管理员",
}
REASON_WORDS = {"": "", "alone": "独居", "bedridden": "卧床或残疾", "near_danger": "临险", "basement": "地下室"}


def _csv(heads: Iterable[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def areas() -> bytes:
    """All 634 areas."""
    return _csv(
        AREA_HEADS, ((place.code, place.name, LEVEL_WORDS[place.level]) for place in (*official_areas(), *grids()))
    )


def people() -> bytes:
    """Everybody with a role."""
    return _csv(
        PEOPLE_HEADS,
        (
            (person.name, person.phone, ROLE_WORDS[person.role], person.area_code, person.username, SINCE)
            for person in everybody()
        ),
    )


def roll(count: int) -> bytes:
    """The household roll."""
    return _csv(
        COLUMNS,
        (
            (
                home.code,
                home.grid,
                home.building,
                home.unit,
                home.floor,
                home.room,
                home.address,
                home.head,
                home.persons,
                home.phone,
                home.second_phone,
                REASON_WORDS[home.must_reach],
                home.east,
                home.north,
                home.verified,
            )
            for home in homes(count)
        ),
    )
