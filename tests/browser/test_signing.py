"""The pages of signing, at both sizes. All of it is an exercise's: other tests look at the same night."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Polygon
from playwright.sync_api import expect

from alerts import actions
from alerts.models import Notice, OralWord, SigningCall
from alerts.rules import Content
from core import clock
from tests.browser.conftest import Looker
from tests.browser.night import Night
from tests.browser.test_pages import BOTH, sticking_out, unusable
from tests.casts import DISTRICT

pytestmark = pytest.mark.browser
PAGES = ["{waiting}", "/alerts/code/", "/alerts/authorisations/", "/alerts/authorisations/new/", "{aim}"]


def content() -> Content:
    now = clock.now()
    return Content(
        kind="rainstorm",
        level=2,
        headline="演练：今夜有大暴雨，请勿前往低洼处",
        starts_at=now,
        expires_at=now + timedelta(hours=6),
        affected_area="卫东区",
        caution="下穿桥和地下空间可能积水",
        measures="请留在室内，切断地下室电源",
        issuer="卫东区防汛抗旱指挥部",
    )


@pytest.fixture(scope="module")
def addresses(night: Night) -> dict[str, str]:
    """A notice whose signer was called and has spoken, a draft that is narrowed, an authorisation to be signed."""
    cast, now = night.cast, clock.now()
    drill = uuid4()
    row = actions.draft(content=content(), area_codes=[DISTRICT], by=cast.duty_officer, now=now, exercise=drill)
    Notice.objects.filter(pk=row.pk).update(state="submitted", submitter=cast.duty_officer, submitted_at=now)
    SigningCall.objects.create(
        notice=row,
        version=row.version,
        signer=cast.leader,
        contact_point=cast.leader.contacts.get(rank=1).contact_point,
        channel="voice",
        read_out=f"{row.headline} 卫东区，12 户",
        households=12,
        asked_by=cast.duty_officer,
        asked_at=now,
        ends_at=now + timedelta(minutes=10),
        wrong=1,
    )
    OralWord.objects.create(
        notice=row,
        version=row.version,
        signer=cast.leader,
        said_at=now,
        words="打到值班室的电话，同意发全区",
        recorded_by=cast.duty_officer,
        recorded_at=now,
    )
    drawn = Polygon.from_bbox((113.30, 33.74, 113.32, 33.75)).geojson
    draft = actions.draft(content=content(), area_codes=[DISTRICT], by=cast.duty_officer, now=now, exercise=drill)
    actions.aim(
        notice=draft,
        version=draft.version,
        drawn=drawn,
        site=None,
        radius_m=0,
        only_must_reach=True,
        by=cast.duty_officer,
        now=now,
    )
    actions.prepare_authorisation(
        area_code=DISTRICT,
        event_code="11B03",
        content=content(),
        lasts_hours=6,
        valid_from=now,
        valid_until=now + timedelta(days=60),
        by=cast.duty_officer,
        now=now,
    )
    return {"waiting": f"/alerts/{row.uuid}/", "aim": f"/alerts/{draft.uuid}/aim/"}


@pytest.mark.parametrize("screen", BOTH)
def test_the_pages_of_signing_are_whole_and_usable(
    screen: str, addresses: dict[str, str], night: Night, glance: Callable[..., Looker]
) -> None:
    looker = glance(night.cast.commander, screen)
    for address in PAGES:
        page = looker.opens(address.format(**addresses))
        faults = sticking_out(page) + (unusable(page) if screen == "desk" else [])
        assert not faults, "\n".join([address, *faults])


def test_a_shape_is_drawn_point_by_point_and_taken_back(
    addresses: dict[str, str], night: Night, glance: Callable[..., Looker]
) -> None:
    page = glance(night.cast.duty_officer, "desk").opens(addresses["aim"])
    field = page.locator("[name=polygon]")
    page.locator("[data-draw-clear]").click()
    expect(field).to_have_value("")
    canvas = page.locator("[data-map-canvas]")
    for x, y in ((200, 150), (300, 150), (300, 250)):
        canvas.click(position={"x": x, "y": y})
    assert field.input_value().count("[") == 6
    page.locator("[data-draw-undo]").click()
    expect(field).to_have_value("")
