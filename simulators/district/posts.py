"""Posts of the command room and the twelve sub-districts, with rosters made and published as anybody would."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from core.rules import Refused
from dutyroster import actions
from dutyroster.actions import MemberGiven, PostGiven
from dutyroster.enums import Presence
from dutyroster.models import DutyPost, RosterPlan, Shift
from dutyroster.rules import ORDINARY
from simulators.district.people import BASE, headquarters, officers
from simulators.district.plan import DISTRICT, subdistricts

AROUND = timedelta(days=30)  # either side of today
LEADERS, ROOM = "带班领导", "值班员"
LATE_AT = subdistricts()[-1].code
LATE_EVERY = 6  # every sixth who came was late


def load(*, now: datetime) -> tuple[int, str]:
    """Sets up what is missing and publishes rosters as far as they do not reach; how many rows it wrote, and a line.

    The first roster is made as it would have been a month ago: who was on duty yesterday is then a fact like any other.
    """
    began = now - AROUND
    known = {(post.area_code, post.name): post for post in DutyPost.objects.filter(retired_at__isnull=True)}
    wanted = [one.username for one in (*headquarters(), *officers())]
    people = {user.username: user for user in User.objects.filter(username__in=wanted)}
    by = people["duty"]
    made = 0
    for given, members in _posts():
        if (given.area_code, given.name) in known:
            continue
        post = actions.save_post(given=given, by=by, now=began)
        actions.set_members(post=post, members=[MemberGiven(people[one]) for one in members], by=by, now=began)
        made += 1
    # Demo people answer their demo telephones: unverified ones would leave every post empty.
    turns = User.objects.filter(pk__in=[user.pk for user in people.values()], phone_verified_at__isnull=True)
    turns.update(phone_verified_at=began)
    before = Shift.objects.count()
    for area_code in (DISTRICT, *(place.code for place in subdistricts())):
        _publish(area_code, by=by, now=now)
    came = _check_in(now=now)
    shifts = Shift.objects.count() - before
    in_use = DutyPost.objects.filter(retired_at__isnull=True).count()
    return made + shifts + came, f"{in_use} 个岗位，前后各 30 天的值班表已发布"


def _posts() -> list[tuple[PostGiven, list[str]]]:
    leaders = [one.username for one in headquarters() if one.role in ("leader", "commander")]
    room = [one.username for one in headquarters() if one.role == "duty_officer"]
    found = [
        (_given(DISTRICT, LEADERS, "leader", presence=Presence.REACHABLE, rest=0, order=1), leaders),
        (_given(DISTRICT, ROOM, "duty_officer", people=2, order=2), room),
    ]
    for place in subdistricts():
        own = [one.username for one in officers() if one.area_code == place.code]
        found.append((_given(place.code, "街道值班", "subdistrict_officer"), own))
    return found


def _given(
    area_code: str,
    name: str,
    role: str,
    *,
    presence: Presence = Presence.ON_SITE,
    people: int = 1,
    rest: int = 24,
    order: int = 1,
) -> PostGiven:
    staff: dict[tuple[str, int | None], int] = {(kind.value, None): people for kind in ORDINARY}
    if people > 1:
        # Example: one more in the duty room from level II.
        staff |= {(kind.value, 2): people + 1 for kind in ORDINARY}
    phone = str(BASE + 1_090) if area_code == DISTRICT else ""
    return PostGiven(
        area_code=area_code,
        name=name,
        role=role,
        staff=staff,
        presence=presence,
        rest_hours=rest,
        phone=phone,
        order=order,
    )


def _publish(area_code: str, *, by: User, now: datetime) -> None:
    posts = list(DutyPost.objects.filter(area_code=area_code, retired_at__isnull=True).order_by("order", "pk"))
    today = timezone.localdate(now)
    newest = RosterPlan.objects.filter(area_code=area_code, state="published").order_by("-last_day").first()
    if newest is None:
        _plan(area_code, posts, today - AROUND, today, by=by, now=now - AROUND)
        newest_day = today
    else:
        newest_day = newest.last_day
    if newest_day < today + timedelta(days=7):
        _plan(area_code, posts, max(today, newest_day + timedelta(days=1)), today + AROUND, by=by, now=now)


def _plan(
    area_code: str, posts: Sequence[DutyPost], first_day: date, last_day: date, *, by: User, now: datetime
) -> None:
    plan = actions.make_plan(area_code=area_code, posts=posts, first_day=first_day, last_day=last_day, by=by, now=now)
    actions.publish(plan=plan, by=by, now=now)


def _check_in(*, now: datetime) -> int:
    """Who is on duty came around his own shift's beginning: most in time, a few late, the one at LATE_AT not at all.

    An empty post and a late one are what a desk must show beside those who are there.
    """
    shifts = Shift.objects.filter(
        during__contains=now, published_at__isnull=False, superseded_at__isnull=True, check_ins__isnull=True
    ).select_related("person", "post")
    done = 0
    for place, shift in enumerate(shifts.exclude(area_code=LATE_AT).order_by("area_code", "post__order", "pk")):
        came = min(now, shift.starts + _around(place, shift.post.late_minutes))
        try:
            actions.check_in(shift=shift, by=shift.person, now=came)
            done += 1
        except Refused:
            continue  # has left already: stays as it is
    return done


def _around(place: int, late_minutes: int) -> timedelta:
    """When the person at a place of the list came, counted from his shift's beginning: 4 to 18 minutes before it."""
    if place % LATE_EVERY == LATE_EVERY - 1:
        return timedelta(minutes=late_minutes + 3 + place)
    return -timedelta(minutes=4 + place * 5 % 15)
