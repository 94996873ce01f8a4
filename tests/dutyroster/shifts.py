"""Situations at the posts, said in words."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.enums import Role
from accounts.models import User
from assignments.models import Assignment
from dutyroster.models import DutyPost, PostMember, RollCall, Shift
from dutyroster.queries import roll_calls
from tests.casts import DISTRICT, NIGHT


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
