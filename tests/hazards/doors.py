"""What is said at households' doors, for the tests of checks."""

import uuid
from datetime import datetime
from typing import Any

from accounts.models import User
from hazards import actions
from hazards.enums import HOUSEHOLD, CheckOutcome
from hazards.models import Checklist, ChecklistItem, HouseholdCheck
from hazards.queries import items_of
from hazards.rules import AnswerGiven, Visit
from territory.models import Household
from tests.casts import GRID, LONG_AGO, Cast
from tests.factories import household

ASKED = (("房屋是否安全", "house"), ("电话是否打得通", "phone"))


def door_questions() -> Checklist:
    """The checklist of the door in use, with two questions; made once."""
    known = Checklist.objects.filter(kind=HOUSEHOLD).order_by("-version").first()
    if known is not None:
        return known
    made = Checklist.objects.create(kind=HOUSEHOLD, version=1, published_at=LONG_AGO)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=made, order=order, text=text, topic=topic, photo_when_failed=False)
        for order, (text, topic) in enumerate(ASKED, start=1)
    )
    return made


def said(failing: int = 0, **more: Any) -> Visit:
    """Every question answered, the first `failing` of them with “failed”."""
    items = items_of(door_questions())
    answers = [AnswerGiven(item.item, "fail" if at < failing else "pass") for at, item in enumerate(items)]
    return Visit(uuid.uuid4(), answers, **more)


def checked(home: Household, *, by: User, now: datetime, failing: int = 0, **more: Any) -> HouseholdCheck:
    """A household that was checked."""
    outcome = more.pop("outcome", CheckOutcome.CHECKED)
    visit = said(failing) if outcome == CheckOutcome.CHECKED else Visit(uuid.uuid4(), ())
    return actions.check_household(visit=visit, household=home, outcome=outcome, by=by, now=now, **more)[0]


def night_in_the_grid(cast: Cast, now: datetime) -> dict[str, str]:
    """A household checked with a failure and a proposal for the roll, and a request in somebody's hands."""
    home = household()
    checked(home, by=cast.grid_worker, now=now, failing=1, must_reach="alone")
    row, _new = actions.take_request(
        uuid=uuid.uuid4(),
        area_code=GRID,
        what="楼前雨水口堵塞",
        category="排水不畅、积水",
        mode="deadline",
        who="王小明",
        phone="13800000001",
        by=cast.grid_worker,
        now=now,
    )
    actions.give_request(request=row, handler=cast.grid_worker, by=cast.subdistrict_officer, now=now)
    return {"home": f"/hazards/households/{home.pk}/", "request": f"/hazards/requests/{row.uuid}/"}
