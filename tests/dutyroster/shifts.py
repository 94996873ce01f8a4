"""Situations at the posts, said in words."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.enums import Role
from accounts.models import User
from assignments.models import Assignment
from dutyroster import actions
from dutyroster.enums import FollowUp, LogKind
from dutyroster.models import DutyPost, PostMember, RollCall, Shift
from dutyroster.queries import roll_calls
from tests.casts import DISTRICT, NIGHT, Cast, make_person


def duty_post(*members: User, name: str = "区防办值班", area_code: str = DISTRICT, **fields: object) -> DutyPost:
    """The duty room: late after a quarter of an hour, its members in this order."""
    post = DutyPost.objects.create(
        **{"name": name, "area_code": area_code, "role": Role.DUTY_OFFICER, "late_minutes": 15, **fields}
    )
    for order, person in enumerate(members, start=1):
        PostMember.objects.create(post=post, person=person, order=order, since=date(2026, 1, 1))
    return post


def shift(
    person: User, post: DutyPost, *, starts: datetime = NIGHT, hours: float = 9, published_at: datetime | None = None
) -> Shift:
    """A published shift, from the night's beginning until eight unless said otherwise."""
    row = Shift.objects.create(
        area_code=post.area_code,
        post=post,
        person=person,
        during=(starts, starts + timedelta(hours=hours)),
        published_at=published_at or starts - timedelta(days=7),
    )
    return Shift.objects.select_related("post", "person").get(pk=row.pk)


def owed(person: User, kind: str) -> Assignment | None:
    """The newest duty of a kind that this person was given."""
    return Assignment.objects.filter(assignee=person, kind=kind).order_by("-pk").first()


def on_duty_at(at: datetime) -> list[str]:
    """Who was, is or will be on duty, by name."""
    rows = Shift.objects.filter(during__contains=at, published_at__isnull=False)
    rows = rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=at))
    return sorted(rows.values_list("person__name", flat=True))


def sees(person: User, call: RollCall, now: datetime) -> bool:
    """True when this person sees the roll call at all."""
    return any(one.call.pk == call.pk for one in roll_calls(person, now))


def night_at_the_posts(cast: Cast, now: datetime) -> dict[str, str]:
    """One in post, one silent at a roll call, a deputy called, another roll call drawn, a handover under way, a log
    with something open. May be told again: everything comes with a post of its own. Gives the addresses of the pages.
    """
    number = Shift.objects.count()
    keeper = make_person(f"keeper{number}", name=f"值守员{number}", phone=f"+86137{number:08d}", role=Role.DUTY_OFFICER)
    post = duty_post(keeper, cast.leader, name=f"区防办值班室{number}")
    early = now - timedelta(hours=2)
    shift(keeper, post, starts=early, hours=9)
    if not Shift.objects.filter(person=cast.duty_officer).exists():
        shift(cast.duty_officer, duty_post(cast.duty_officer, name="主班"), starts=early, hours=9)
    first = actions.note(
        text="东环路桥下积水约 20 厘米，有车熄火",
        by=cast.duty_officer,
        now=now,
        kind=LogKind.CALL,
        caller_name="王女士",
        caller_phone="+8613700000021",
        place="东环路桥",
        wants_follow_up=True,
    )
    actions.note(text="气象台：未来三小时有强降水", by=cast.duty_officer, now=now, kind=LogKind.WEATHER)
    actions.correct(
        entry=actions.note(text="风力 4 级", by=cast.duty_officer, now=now), text="风力 6 级", by=cast.leader, now=now
    )
    done = actions.note(text="水利局来电询问闸门", by=cast.duty_officer, now=now, kind=LogKind.CALL)
    actions.follow_up(entry=done, kind=FollowUp.LEADER, ref="", url="", note="已报带班领导", by=cast.leader, now=now)
    held = actions.order_roll_call(
        area_code=DISTRICT,
        window_from=now - timedelta(minutes=30),
        window_until=now - timedelta(minutes=29),
        answer_minutes=5,
        by=cast.commander,
        now=now - timedelta(minutes=30),
        posts=[post],
    )
    for minutes in (29, 24, 19):
        actions.call_roll(now=now - timedelta(minutes=minutes))
    actions.order_roll_call(
        area_code=DISTRICT,
        window_from=now,
        window_until=now + timedelta(hours=6),
        answer_minutes=5,
        by=cast.commander,
        now=now,
    )
    row = actions.open_handover(post=post, outgoing=keeper, incoming=cast.leader, by=cast.leader, now=now)
    item = row.items.order_by("pk").first()
    if item is not None:
        actions.take_items(handover=row, keys=[item.key], by=cast.leader, now=now)
    return {
        "roll_call": f"/roster/roll-calls/{held.pk}/",
        "handover": f"/roster/handovers/{row.pk}/",
        "log_entry": f"/roster/log/{first.uuid}/",
    }
