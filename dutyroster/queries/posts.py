"""Posts with who takes turns there, and who is away."""

from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import RoleHeld, User
from assignments.queries import prefixes
from dutyroster.models import DutyPost, Leave, PostMember, PostRequirement
from territory.models import PlacedQuerySet, within
from territory.rules import Scope


def posts(scope: Scope) -> PlacedQuerySet[DutyPost]:
    """All posts of these areas, those out of use last, with members and requirements. Three statements."""
    return (
        DutyPost.objects.in_scope(scope)
        .prefetch_related(
            Prefetch("members", PostMember.objects.select_related("person").order_by("order", "pk")),
            Prefetch("requirements", PostRequirement.objects.order_by("response_level", "pk")),
        )
        .order_by("retired_at", "area_code", "order", "pk")
    )


def members_at(post: DutyPost, day: date) -> list[PostMember]:
    """Who takes turns at a post on a day, with the person. One statement."""
    rows = PostMember.objects.filter(post=post, since__lte=day).filter(Q(until__isnull=True) | Q(until__gte=day))
    return list(rows.select_related("person").order_by("order", "pk"))


def eligible(scope: Scope, area_code: str) -> list[User]:
    """Who can be named for a post: active people of the asker's areas with a role over exactly the post's area or one
    above it. One statement."""
    held = RoleHeld.objects.filter(within(scope), area_code__in=prefixes(area_code), until__isnull=True)
    return list(User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("name", "pk"))


def leaves(scope: Scope, first_day: date, days: int = 60) -> QuerySet[Leave]:
    """Who of the posts of these areas is away on coming days. One statement."""
    last_day = first_day + timedelta(days=days)
    members = PostMember.objects.filter(post__in=DutyPost.objects.in_scope(scope)).values("person_id")
    return (
        Leave.objects.filter(person__in=members, last_day__gte=first_day, first_day__lte=last_day)
        .select_related("person")
        .order_by("first_day", "pk")
    )
