"""A car park below ground and an underpass, closed from two telephones by people who never signed in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import User
from assignments.queries import link_path
from command import actions
from command.models import Closure, UndergroundSpace
from core import clock
from hazards.enums import SiteKind, SiteRole
from hazards.models import Responsibility
from tests.browser.conftest import PATIENCE, Looker
from tests.browser.hands import Hands
from tests.browser.night import Night
from tests.casts import LONG_AGO, OTHER_SUBDISTRICT, make_person
from tests.factories import duty, site

pytestmark = pytest.mark.browser
OWN_GRID = f"{OTHER_SUBDISTRICT}001002"


Sit = Callable[..., Hands]


@pytest.fixture
def sit(look: Callable[..., Looker]) -> Iterator[Sit]:
    """`sit(person, screen)`: somebody before the desk or with a phone. None of them has to read English."""
    seated: list[Hands] = []

    def sit(person: User | None = None, screen: str = "desk") -> Hands:
        seated.append(Hands(look(person, screen)))
        return seated[-1]

    yield sit
    assert [words for hands in seated for words in hands.english] == []


def ticked(phone: Hands, words: str) -> None:
    """The tick stands on the page with its time."""
    expect(phone.page.get_by_text(f"✓ {words}")).to_be_visible(timeout=PATIENCE)


def test_the_keeper_ticks_five_by_his_link_and_the_desk_sees_nobody_below(night: Night, sit: Sit) -> None:
    keeper = make_person(
        "garage", name="车库管理人", phone="+8613400000001", role=Role.SITE_KEEPER, area_code=OWN_GRID, password=""
    )
    place = site(kind=SiteKind.UG_PARKING, area_code=OWN_GRID, name="和平广场地下停车场")
    Responsibility.objects.create(site=place, role=SiteRole.PATROL_RESP, person=keeper, during=(LONG_AGO, None))
    call = actions.open_underground(area_code=OWN_GRID, by=night.cast.duty_officer, now=clock.now()).call
    space = UndergroundSpace.objects.get(call=call)
    phone = sit(None, "phone")
    phone.opens(link_path(space.assignment))
    phone.reads("立即关闭，5 项还差 5 项", "请勿下地库取车")
    phone.counts_anew()
    for words in ("挡水板已装", "停止驶入", "已断电", "已通知业主"):
        phone.taps_on(words)
        ticked(phone, words)
    phone.page.locator("summary.btn").click()
    phone.taps_on("我已查看，地下没有人")
    ticked(phone, "人员清空")
    assert phone.taps <= 6
    phone.reads("五项已齐")
    desk = sit(night.cast.duty_officer)
    desk.opens(f"/command/underground/{call.uuid}/")
    desk.reads("1 处地下空间人员均已清空")
    actions.end_underground(call=call, by=night.cast.leader, now=clock.now())


def test_a_place_is_closed_by_two_taps_and_a_depth_from_a_task_link(night: Night, sit: Sit) -> None:
    place = site(area_code=OWN_GRID, name="光明路铁路下穿桥")
    owed = duty(of=night.cast.other_worker, area_code=OWN_GRID, now=clock.now(), title="看守光明路下穿桥")
    Responsibility.objects.create(
        site=place, role=SiteRole.PATROL_RESP, person=night.cast.other_worker, during=(LONG_AGO, None)
    )
    phone = sit(None, "phone")
    phone.opens(link_path(owed))
    phone.counts_anew()
    phone.taps_on("断行")
    phone.taps_on(place.name)
    phone.taps_on("40 厘米 · 断行")
    assert phone.taps == 3
    phone.reads(f"{place.name}已断行，水深 40 cm。")
    row = Closure.objects.get(site=place)
    resident = sit(None, "phone")
    resident.opens("/p/")
    resident.reads(place.name)
    desk = sit(night.cast.duty_officer)
    desk.opens(f"/command/closures/{row.client_uuid}/")
    desk.reads("断行（交警）", "抽排（住建）", "值守（街道）")
    actions.reopen(closure=row, by=night.cast.duty_officer, now=clock.now(), depth_cm=0)
