"""A finding on the fixer's phone and on the desk: both photographs beside each other, whole and usable pages."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import expect

from core import actions as core
from core import clock
from hazards import actions
from hazards.enums import Grade
from hazards.models import Finding, HazardSite
from tests.browser.conftest import Looker
from tests.browser.night import Night
from tests.browser.test_pages import sticking_out, unusable
from tests.casts import GRID
from tests.factories import photograph

pytestmark = pytest.mark.browser


@pytest.fixture
def finding(night: Night) -> Finding:
    """A major finding at an underpass, given to the grid's worker."""
    place = HazardSite.objects.create(code="FX-1", kind="underpass", name="光华路下穿桥", area_code=GRID)
    before = core.store_photo(data=photograph("改前"), by_id=None)
    core.reencode_waiting()
    now, cast = clock.now(), night.cast
    with translation.override("zh-hans"):
        row = actions.report_finding(
            uuid=uuid.uuid4(),
            site=place,
            what="挡水板缺失",
            grade=Grade.MAJOR,
            photos=[before],
            by=cast.subdistrict_officer,
            now=now,
        )
        return actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.grid_worker, now=now)


def test_the_fixer_photographs_what_he_mended_and_another_writes_it_off(
    finding: Finding, night: Night, look: Callable[..., Looker], tmp_path: Path
) -> None:
    photo = tmp_path / "after.jpg"
    photo.write_bytes(photograph("改后"))
    phone = look(night.cast.grid_worker, "phone")
    page = phone.opens("/field/")
    page.get_by_role("link", name="挡水板缺失").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("挡水板缺失")
    assert (unusable(page), sticking_out(page)) == ([], [])
    page.get_by_role("button", name="开始整改").click()
    expect(page.get_by_text("已记录：开始整改。")).to_be_visible()
    page.get_by_label("整改后照片").set_input_files(str(photo))
    page.get_by_role("button", name="报整改完成").click()
    expect(page.get_by_text("已保存，接下来由他人验收。")).to_be_visible()
    assert (unusable(page), sticking_out(page)) == ([], [])
    assert phone.faults == []
    core.reencode_waiting()
    desk = look(night.cast.duty_officer, "desk")
    page = desk.opens("/hazards/findings/")
    assert (unusable(page), sticking_out(page)) == ([], [])
    page.get_by_role("link", name="光华路下穿桥: 挡水板缺失").first.click()
    expect(page.locator(".before-after img")).to_have_count(2)
    page.get_by_role("button", name="销号").click()
    expect(page.get_by_text("已销号。", exact=True)).to_be_visible()
    assert (unusable(page), sticking_out(page)) == ([], [])
    assert desk.faults == []
