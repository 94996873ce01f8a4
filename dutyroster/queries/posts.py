"""Posts with who takes turns there, and who is away."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import RoleHeld, User
from assignments.queries import prefixes
from dutyroster.models import DutyPost, Leave, PostMember, PostRequirement
from dutyroster.queries.facts import today
from territory.models import PlacedQuerySet, within
from territory.queries import area_names
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


def takers(post: DutyPost, scope: Scope, now: datetime) -> list[User]:
    """Who can take over at a post: its members first thought of, and whoever could be named for it. Two statements."""
    members = [member.person for member in members_at(post, today(now))]
    known = {person.pk: person for person in (*members, *eligible(scope, post.area_code))}
    return list(known.values())


def areas_with_posts(scope: Scope) -> list[tuple[str, str]]:
    """Code and name of each area of the scope that has posts, the district first. Two statements."""
    codes = DutyPost.objects.in_scope(scope).order_by("area_code").values_list("area_code", flat=True).distinct()
    names = area_names(codes)
    return [(code, names.get(code, code)) for code in codes]


def leaves_seen(user: User, keeps: Scope, first_day: date, days: int = 60) -> QuerySet[Leave]:
    """One's own leave, and that of the people at the posts one keeps, on coming days. One statement."""
    members = PostMember.objects.filter(post__in=DutyPost.objects.in_scope(keeps)).values("person_id")
    return (
        Leave.objects.filter(Q(person=user) | Q(person__in=members))
        .filter(last_day__gte=first_day, first_day__lte=first_day + timedelta(days=days))
        .select_related("person")
        .order_by("first_day", "pk")
    )


def named(found: Iterable[DutyPost]) -> list[tuple[DutyPost, str]]:
    """Posts with their area before their name: a dozen of them may be called the same. One statement."""
    rows = list(found)
    names = area_names({post.area_code for post in rows})
    return [(post, f"{names.get(post.area_code, post.area_code)} {post.name}") for post in rows]
