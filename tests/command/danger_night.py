"""What threatens on the night that the browser tests look at."""

import uuid
from datetime import datetime, timedelta

from assignments.queries import token_of
from command import actions
from command.enums.dangers import DangerSource, HelpSource
from command.models import UndergroundSpace
from hazards.enums import SiteKind, SiteRole
from hazards.models import Responsibility
from tests.casts import GRID, LONG_AGO, SUBDISTRICT, Cast
from tests.factories import site


def dangers_of_the_night(cast: Cast, now: datetime) -> dict[str, str]:
    """Two dangers, a call for help with a helper and one without, a closed underpass and one with shallow water."""
    place, other = site(name="建设路铁路下穿桥", closing_depth_cm=27), site(name="平安大道下穿桥")
    danger, _new = actions.report_danger(
        client_uuid=uuid.uuid4(), kind="waterlogging", source=DangerSource.FIELD, by=cast.grid_worker,
        now=now - timedelta(minutes=18), site=place, description="积水约 40 厘米，两辆车熄火，正在上涨",
    )  # fmt: skip
    actions.report_danger(
        client_uuid=uuid.uuid4(), kind="trapped", source=DangerSource.RESIDENT, by=None,
        now=now - timedelta(minutes=7), area_code=GRID, place="东安路 9 号院 2 号楼地下室",
        reporter_phone="13800000009",
    )  # fmt: skip
    actions.dispatch(danger=danger, to=cast.subdistrict_officer, by=cast.duty_officer, now=now)
    call, _new = actions.request_help(
        client_uuid=uuid.uuid4(), source=HelpSource.PHONE, by=cast.duty_officer, now=now, area_code=GRID, who="王奶奶",
        phone="13700000001", persons=2, place="东安路 9 号院 1 号楼 101", need="卧床，水已进屋",
        received_at=now - timedelta(minutes=5),
    )  # fmt: skip
    actions.request_help(
        client_uuid=uuid.uuid4(), source=HelpSource.DESK, by=cast.duty_officer, now=now, area_code=GRID, who="李先生",
        place="下穿桥北口，车内",
    )  # fmt: skip
    actions.name_helper(request=call, helper=cast.grid_worker, by=cast.duty_officer, now=now)
    actions.record_spoken(request=call, by=cast.duty_officer, now=now)
    closure, _new = actions.report_water(
        client_uuid=uuid.uuid4(), site=place, depth_cm=40, by=cast.site_keeper, now=now
    )
    actions.report_water(client_uuid=uuid.uuid4(), site=other, depth_cm=10, by=cast.site_keeper, now=now)
    watch = closure.ticks.select_related("assignment").get(party="watch")
    actions.tick(tick=watch, by=cast.subdistrict_officer, now=now)
    owed = closure.ticks.select_related("assignment").get(party="traffic").assignment
    token, space = token_of(owed), _underground(cast, now)
    return {
        "underground": f"/command/underground/{space.call.uuid}/",
        "keeper": f"/command/underground/by-link/{token_of(space.assignment)}/",
        "link_roads": f"/command/closures/by-link/{token}/",
        "link_water": f"/command/closures/by-link/{token}/{other.code}/",
        "danger": f"/command/dangers/{danger.uuid}/",
        "danger_sent": f"/field/danger/{danger.uuid}/",
        "help_request": f"/command/help/{call.uuid}/",
        "closure": f"/command/closures/{closure.client_uuid}/",
        "water": f"/command/closures/new/{other.code}/",
    }


def _underground(cast: Cast, now: datetime) -> UndergroundSpace:
    """A car park with two ticks of its keeper, and one that nobody keeps."""
    place = site(kind=SiteKind.UG_PARKING, name="建设路人防地下停车场")
    site(kind=SiteKind.UG_MALL, name="地质社区地下商超")
    Responsibility.objects.create(
        site=place, role=SiteRole.PATROL_RESP, person=cast.site_keeper, during=(LONG_AGO, None)
    )
    call = actions.open_underground(area_code=SUBDISTRICT, by=cast.duty_officer, now=now).call
    space = call.spaces.select_related("call", "assignment").get(site=place)
    for step in ("boards", "no_entry"):
        actions.tick_step(space=space, step=step, now=now)
    return space
