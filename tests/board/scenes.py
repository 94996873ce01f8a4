"""What the night brings, said in words."""

import uuid
from datetime import datetime, timedelta

from psycopg2.extras import DateTimeTZRange

from accounts.models import User
from command import actions as command
from command.actions.closure import report_water
from command.actions.danger import report_danger
from command.actions.help import name_helper, request_help
from command.enums.dangers import DangerKind, DangerSource, HelpSource
from command.models import CallOut, Closure, Danger, HelpRequest, Response
from dutyroster.models import DutyPost, PostRequirement, Shift
from hazards.models import HazardSite
from territory.enums import DayKind
from tests.casts import DISTRICT


def response(level: int, *, by: User, now: datetime, exercise: uuid.UUID | None = None) -> Response:
    """A response at this level, started now."""
    return command.start(area_code=DISTRICT, level=level, basis="暴雨红色预警", by=by, now=now, exercise=exercise)


def cry(*, by: User, now: datetime, helper: User | None = None, exercise: uuid.UUID | None = None) -> HelpRequest:
    """Somebody who asks for help by telephone."""
    row, _new = request_help(
        client_uuid=uuid.uuid4(), source=HelpSource.PHONE, by=by, now=now, who="王大爷", phone="13800000009",
        place="东安路 3 号楼", need="水进屋了", exercise=exercise,
    )  # fmt: skip
    return name_helper(request=row, helper=helper, by=by, now=now) if helper else row


def danger(*, by: User, now: datetime, exercise: uuid.UUID | None = None) -> Danger:
    """A danger reported to the desk."""
    row, _new = report_danger(
        client_uuid=uuid.uuid4(), kind=DangerKind.PIPING, source=DangerSource.DESK, by=by, now=now,
        area_code=DISTRICT, place="湛河左岸", description="堤脚冒水", exercise=exercise,
    )  # fmt: skip
    return row


def closed(site: HazardSite, *, by: User, now: datetime, exercise: uuid.UUID | None = None) -> Closure:
    """An underpass closed at 40 cm."""
    row, _new = report_water(client_uuid=uuid.uuid4(), site=site, depth_cm=40, by=by, now=now, exercise=exercise)
    return row


def call_out(*, by: User, now: datetime, exercise: uuid.UUID | None = None) -> CallOut:
    """Everybody is called out."""
    return command.call_out(area_code=DISTRICT, text="立即到岗", by=by, now=now, exercise=exercise)


def post_with(*people: User, staff: int, now: datetime, name: str = "区级值班室") -> DutyPost:
    """A post that needs `staff`, with these people on duty since an hour ago."""
    post = DutyPost.objects.create(area_code=DISTRICT, name=name, role="duty_officer", phone="0375-3000000")
    for kind in (DayKind.WORKDAY, DayKind.WEEKEND, DayKind.HOLIDAY):
        PostRequirement.objects.create(post=post, day_kind=kind, staff=staff)
    for person in people:
        Shift.objects.create(
            area_code=DISTRICT, post=post, person=person, published_at=now - timedelta(days=1),
            during=DateTimeTZRange(now - timedelta(hours=1), now + timedelta(hours=9)),
        )  # fmt: skip
    return post
