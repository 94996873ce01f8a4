"""Posts and rosters that the tests of the roster share."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count

from accounts.enums import Role
from accounts.models import User
from dutyroster import actions
from dutyroster.actions import MemberGiven, PostGiven
from dutyroster.models import DutyPost, RosterPlan, Shift
from dutyroster.queries.facts import today
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


def drafted_night(*, by: User, now: datetime) -> dict[str, str]:
    """A post with a roster in force, somebody away, and a draft for the days after; addresses by name."""
    people = [person() for _ in range(3)]
    post = duty_post(by=by, now=now, members=people)
    day = today(now)
    published_plan([post], by=by, now=now, first_day=day, days=3)
    actions.record_leave(person=people[0], first_day=day, last_day=day + timedelta(days=9), by=by, now=now)
    plan = actions.make_plan(
        area_code=DISTRICT,
        posts=[post],
        first_day=day + timedelta(days=3),
        last_day=day + timedelta(days=9),
        by=by,
        now=now,
    )
    shift = Shift.objects.filter(post=post, published_at__isnull=False).order_by("during")[0]
    actions.open_calendar(by=by, now=now, post=post)
    return {
        "roster_plan": f"/roster/plans/{plan.pk}/",
        "roster_post": f"/roster/posts/{post.pk}/",
        "roster_shift": f"/roster/shifts/{shift.uuid}/",
    }
