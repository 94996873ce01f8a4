"""A household is checked with one thumb, and what is wrong in the roll changes only when somebody else presses."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from hazards.queries import roll_says
from tests.browser.conftest import Looker
from tests.browser.night import Night
from tests.casts import GRID
from tests.factories import household

pytestmark = pytest.mark.browser


def test_a_household_is_checked_at_its_door_and_the_roll_is_corrected_by_another(
    night: Night, look: Callable[..., Looker]
) -> None:
    home = household(phone="+8613900000777", building="九号楼")
    phone = look(night.cast.grid_worker, "phone").opens(f"/field/grids/{GRID}/")
    phone.get_by_role("link", name="去入户排查").tap()
    phone.get_by_label("门牌或户编号").fill("九号楼")
    phone.get_by_role("button", name="筛选").tap()
    phone.get_by_role("link", name="排查", exact=True).tap()
    expect(phone.get_by_role("button", name="保存排查结果")).to_be_visible()  # the form is there before it is counted
    for answer in phone.locator(".item-pass").all():
        answer.tap()
    phone.get_by_label("登记电话不对的，写正确的号码").fill("13900000778")
    phone.get_by_role("button", name="保存排查结果").tap()
    expect(phone.locator("h1")).to_contain_text("不合格 0 项")
    assert roll_says(home)[0] == "+8613900000777"
    desk = look(night.cast.subdistrict_officer).opens(f"/hazards/households/{home.pk}/")
    desk.get_by_role("button", name="采纳", exact=True).click()
    expect(desk.get_by_text("户册已更正。")).to_be_visible()
    assert roll_says(home)[0] == "+8613900000778"
