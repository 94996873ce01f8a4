"""Posts and rosters that the tests of the roster share."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count

from accounts.enums import Role
from accounts.models import User
from dutyroster import actions
from dutyroster.actions import MemberGiven, PostGiven
from dutyroster.models import DutyPost, RosterPlan
from dutyroster.rules import ORDINARY
from tests.casts import DISTRICT, make_person

_numbers = count(1)


def person(name: str = "", *, role: Role = Role.DUTY_OFFICER, area_code: str = DISTRICT) -> User:
    """Somebody else who can take turns."""
    number = next(_numbers)
    return make_person(f"turn{number}", name=name or f"轮值{number}", phone=f"+86138{number:08d}", role=role,
                       area_code=area_code, password="")  # fmt: skip


def duty_post(*, by: User, now: datetime, members: Sequence[User] = (), staff: int = 1, **fields: object) -> DutyPost:
    """A post of the district with one shift a day from 08:00 and its members, in turn."""
    given = {
        "area_code": DISTRICT,
        "name": f"值班室{next(_numbers)}",
        "role": Role.DUTY_OFFICER,
        "staff": {(kind.value, None): staff for kind in ORDINARY},
        **fields,
    }
    post = actions.save_post(given=PostGiven(**given), by=by, now=now)  # type: ignore[arg-type]  # filled in above
    actions.set_members(post=post, members=[MemberGiven(one) for one in members], by=by, now=now)
    return post


def published_plan(
    posts: Sequence[DutyPost], *, by: User, now: datetime, first_day: date, days: int = 7, area_code: str = DISTRICT
) -> RosterPlan:
    """A roster in force."""
    last_day = first_day + timedelta(days=days - 1)
    plan = actions.make_plan(area_code=area_code, posts=posts, first_day=first_day, last_day=last_day, by=by, now=now)
    return actions.publish(plan=plan, by=by, now=now)
