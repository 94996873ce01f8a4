"""Who is on duty, at any moment of the past, the present or the roster's future."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from assignments.queries import prefixes
from dutyroster.models import DutyPost, PostMember, Shift
from dutyroster.queries.facts import posts_in_use
from territory.models import PlacedQuerySet
from territory.rules import Scope

AHEAD = timedelta(days=3)  # how far “next” looks; further on it is a gap and not somebody next


def serving(at: datetime) -> Q:
    """The condition that a shift counts at a moment. What was superseded later still counts for the time before."""
    return Q(during__contains=at, published_at__isnull=False) & (
        Q(superseded_at__isnull=True) | Q(superseded_at__gt=at)
    )


def on_duty_rows(scope: Scope, at: datetime) -> PlacedQuerySet[Shift]:
    """The shifts that count at a moment, in the order of their posts, each with its post and person."""
    return (
        Shift.objects.in_scope(scope)
        .filter(serving(at))
        .select_related("post", "person")
        .order_by("area_code", "post__order", "post_id", "pk")
    )


def on_duty(scope: Scope, at: datetime) -> list[Shift]:
    """The shifts that count at a moment, in the order of their posts, each with its post and person. One statement."""
    return list(on_duty_rows(scope, at))


def on_duty_people(area_code: str, at: datetime, role: str = "") -> list[User]:
    """Who is on duty for an area at a moment: at its posts and at those of the areas above it, the nearest first.

    `role` narrows to posts whose work is that role's. Closed accounts are left out. One statement.
    """
    shifts = Shift.objects.filter(serving(at), area_code__in=prefixes(area_code), person__is_active=True)
    if role:
        shifts = shifts.filter(post__role=role)
    found = shifts.select_related("person").order_by("-area_code", "post__order", "post_id", "pk")
    return list({shift.person_id: shift.person for shift in found}.values())


def rostered(now: datetime) -> set[int]:
    """Everybody whom a roster counts on: members of posts in use, who has a shift in the next days. Two statements."""
    today = timezone.localdate(now)
    members = PostMember.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), since__lte=today, post__retired_at__isnull=True
    )
    shifts = Shift.objects.filter(
        published_at__isnull=False, superseded_at__isnull=True, during__overlap=(now, now + AHEAD)
    )
    return {*members.values_list("person_id", flat=True), *shifts.values_list("person_id", flat=True)}


def on_duty_shift(person: User, at: datetime) -> Shift | None:
    """The shift that somebody serves at a moment, None when he is off. One statement."""
    return Shift.objects.filter(serving(at), person=person).select_related("post").order_by("pk").first()


@dataclass(frozen=True)
class PostNow:
    """One post: who serves now, and who comes next; `following` share their start."""

    post: DutyPost
    present: list[Shift]
    following: list[Shift]


def now_and_next(scope: Scope, now: datetime) -> list[PostNow]:
    """Every post in use with who serves now and who comes next within three days. Three statements."""
    posts = list(posts_in_use(scope))
    present = on_duty(scope, now)
    coming = list(
        Shift.objects.in_scope(scope)
        .filter(
            published_at__isnull=False,
            superseded_at__isnull=True,
            during__startswith__gt=now,
            during__startswith__lte=now + AHEAD,
        )
        .select_related("post", "person")
        .order_by("during", "pk")
    )
    found = []
    for post in posts:
        later = [shift for shift in coming if shift.post_id == post.pk]
        found.append(
            PostNow(
                post,
                [shift for shift in present if shift.post_id == post.pk],
                [shift for shift in later if shift.starts == later[0].starts],
            )
        )
    return found
