"""What threatens on the night that the browser tests look at."""

import uuid
from datetime import datetime, timedelta

from command import actions
from command.enums.dangers import DangerSource, HelpSource
from tests.casts import GRID, Cast
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
    return {
        "danger": f"/command/dangers/{danger.uuid}/",
        "danger_sent": f"/field/danger/{danger.uuid}/",
        "help_request": f"/command/help/{call.uuid}/",
        "closure": f"/command/closures/{closure.client_uuid}/",
        "water": f"/command/closures/new/{other.code}/",
    }
