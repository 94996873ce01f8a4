"""Rows as the rules know them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import User
from dutyroster.models import DutyPost, Leave, PostMember, PostRequirement, Shift
from dutyroster.rules import PersonFacts, PostFacts, Served, Span, Turn, served_until
from territory.enums import DayKind
from territory.models import CalendarDay, PlacedQuerySet
from territory.rules import Scope


def zone() -> tzinfo:
    """The district's time zone."""
    return timezone.get_default_timezone()


def today(now: datetime) -> date:
    """The district's date at a moment."""
    return timezone.localtime(now, zone()).date()


def posts_in_use(scope: Scope) -> PlacedQuerySet[DutyPost]:
    """The posts of these areas that are in use, district first, with what they require. Two statements."""
    rows = DutyPost.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("area_code", "order", "pk")
    return rows.prefetch_related(Prefetch("requirements", PostRequirement.objects.order_by("pk")))


def post_facts(post: DutyPost) -> PostFacts:
    """A post; its requirements should have been prefetched."""
    return PostFacts(
        pk=post.pk,
        starts_at=post.starts_at,
        shift_hours=post.shift_hours,
        rest=timedelta(hours=post.rest_hours),
        staff={(row.day_kind, row.response_level): row.staff for row in post.requirements.all()},
        order=post.order,
    )


def kinds_between(first_day: date, last_day: date) -> dict[date, DayKind]:
    """What kind of day each loaded date is; dates of a year that nobody has loaded are missing. One statement."""
    rows = CalendarDay.objects.filter(date__range=(first_day, last_day)).values_list("date", "kind")
    return {day: DayKind(kind) for day, kind in rows}


def turns_of(posts: Collection[DutyPost]) -> dict[int, list[Turn]]:
    """Who takes turns at each post, by post. One statement."""
    found: dict[int, list[Turn]] = defaultdict(list)
    for row in PostMember.objects.filter(post__in=posts).order_by("post", "order", "pk"):
        found[row.post_id].append(Turn(row.person_id, row.order, row.since, row.until, row.is_deputy))
    return found


def person_facts(people: Iterable[int], window: Span) -> dict[int, PersonFacts]:
    """Who can be called, and when he is away in the window. Two statements."""
    wanted = set(people)
    away: dict[int, list[Span]] = defaultdict(list)
    leaves = Leave.objects.filter(
        person__in=wanted, last_day__gte=today(window.start) - timedelta(days=1), first_day__lte=today(window.end)
    )
    for leave in leaves.order_by("first_day", "pk"):
        away[leave.person_id].append(days_off(leave.first_day, leave.last_day))
    return {
        user.pk: PersonFacts(user.pk, user.is_active, bool(user.phone and user.phone_verified_at), tuple(away[user.pk]))
        for user in User.objects.filter(pk__in=wanted).order_by("pk")
    }


def days_off(first_day: date, last_day: date) -> Span:
    """Whole days of the district, both included, as a stretch of time."""
    start = datetime.combine(first_day, time(), zone())
    return Span(start, datetime.combine(last_day + timedelta(days=1), time(), zone()))


def published(window: Span) -> Q:
    """Shifts that were published and touch the window. Whether they still count, `served` says."""
    return Q(published_at__isnull=False, during__overlap=(window.start, window.end))


def standing(window: Span) -> Q:
    """Published shifts of the window that nothing has superseded."""
    return published(window) & Q(superseded_at__isnull=True)


def span_of(shift: Shift) -> Span:
    """The shift's time."""
    return Span(shift.starts, shift.ends)


def served(shifts: Iterable[Shift]) -> list[tuple[Shift, Span]]:
    """Published shifts with the stretch of each that counts: none of one superseded before it began."""
    found = []
    for shift in shifts:
        counted = served_until(span_of(shift), shift.superseded_at)
        if counted is not None:
            found.append((shift, counted))
    return found


def as_served(shifts: Iterable[Shift]) -> list[Served]:
    """Standing or planned shifts as the rules know them."""
    return [Served(shift.post_id, shift.person_id, span_of(shift)) for shift in shifts]
