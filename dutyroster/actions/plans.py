"""Plans are made, looked at and published as a whole; single shifts are changed by rows that supersede.

Nothing here touches who was on duty before `now`: publishing supersedes what has not begun, a change takes over what
runs from this moment on.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from core.audit import act
from core.rules import SYSTEM, Refused
from dutyroster import rules
from dutyroster.actions.posts import locked_post, refusal
from dutyroster.enums import Objection, Origin, PlanState
from dutyroster.models import DutyPost, RosterPlan, Shift
from dutyroster.queries import burdens, ground, replaced
from dutyroster.queries.facts import as_served, standing, today
from dutyroster.queries.plans import Ground, key
from dutyroster.rules import Span

LONGEST = 92  # days; further ahead nobody knows the holidays or who will still be there


def make_plan(
    *, area_code: str, posts: Collection[DutyPost], first_day: date, last_day: date, by: User, now: datetime
) -> RosterPlan:
    """Makes a draft over these posts (of the area or below it) and duty days: everybody in turn, by what he carried.

    What somebody changed by hand and what runs already stays and takes up its place. Seats that nobody can take stay
    empty: the preview names them.
    """
    _plannable(area_code, posts, first_day, last_day, by=by, now=now)
    with act("dutyroster.plan.make", by=by.actor):
        _lock_area(area_code)
        base = ground(posts, first_day, last_day, now=now)
        for post in base.posts:
            if not base.turns.get(post.pk):
                raise refusal(Objection.NO_MEMBERS, field="posts", post=post.name)
        proposals = rules.rotate(
            base.seats,
            turns=base.turns,
            people=base.people,
            rest=rules.posts_rest(base.facts),
            busy=as_served(base.elsewhere),
            fixed=as_served(base.kept),
            loads=burdens({turn.person for turns in base.turns.values() for turn in turns}, base.window.start),
        )
        newest = RosterPlan.objects.filter(area_code=area_code).aggregate(newest=Max("version"))["newest"] or 0
        plan = RosterPlan.objects.create(
            area_code=area_code, version=newest + 1, first_day=first_day, last_day=last_day, made_by=by, made_at=now
        )
        plan.posts.set(base.posts)
        areas = {post.pk: post.area_code for post in base.posts}
        Shift.objects.bulk_create(
            Shift(
                plan=plan,
                area_code=areas[one.post],
                post_id=one.post,
                person_id=one.person,
                during=DateTimeTZRange(one.span.start, one.span.end),
            )
            for one in proposals
        )
    return plan


def publish(*, plan: RosterPlan, by: User, now: datetime) -> RosterPlan:
    """Puts a draft into force as a whole. What has not begun of the roster before it is superseded; a shift that stays
    the same stays the same row. Raises Refused when somebody would be on two posts, or when a shift was changed by
    hand since the draft was made."""
    with act("dutyroster.plan.publish", by=by.actor):
        row = _own_draft(plan, by=by)
        posts = list(row.posts.order_by("pk"))
        base = ground(posts, row.first_day, row.last_day, now=now)
        if not base.seats:
            raise refusal(Objection.DAYS_PAST)
        if any(shift.origin != Origin.PLAN and shift.published_at and shift.published_at > row.made_at
               for shift in base.kept):  # fmt: skip
            raise refusal(Objection.ROSTER_CHANGED)
        drafts = _still_wanted(row, base, now=now)
        _supersede_coming(row, posts, drafts, base.window, now=now)
        _nobody_twice(drafts)
        try:
            with transaction.atomic():
                row.shifts.filter(published_at__isnull=True).update(published_at=now, updated_at=now)
        except IntegrityError as error:  # two plans of different areas, published at once, share somebody
            raise refusal(Objection.SHIFT_CHANGED) from error
        row.state, row.published_by, row.published_at = PlanState.PUBLISHED, by, now
        row.save(update_fields=["state", "published_by", "published_at", "updated_at"])
    return row


def discard(*, plan: RosterPlan, by: User, now: datetime) -> RosterPlan:
    """Puts a draft aside; nothing of it was ever in force."""
    with act("dutyroster.plan.discard", by=by.actor):
        row = _own_draft(plan, by=by)
        row.state = PlanState.DISCARDED
        row.save(update_fields=["state", "updated_at"])
    return row


def override(
    *,
    shift: Shift,
    person: User,
    by: User | None,
    now: datetime,
    reason: str = "",
    origin: Origin = Origin.OVERRIDE,
) -> Shift:
    """Puts somebody else on a shift, from now if it runs, else from its start; returns his shift.

    With the origin SUBSTITUTE nobody has to keep the area: a deputy who comes takes over by coming.
    """
    verb = "dutyroster.shift.substitute" if origin == Origin.SUBSTITUTE else "dutyroster.shift.override"
    with act(verb, by=by.actor if by else SYSTEM):
        post = locked_post(shift.post, by=by if origin == Origin.OVERRIDE else None)
        old = Shift.objects.select_for_update().get(pk=shift.pk)
        if old.published_at is None or old.superseded_at is not None:
            raise refusal(Objection.SHIFT_CHANGED)
        if old.ends <= now:
            raise refusal(Objection.SHIFT_OVER)
        if old.person_id == person.pk:
            raise refusal(Objection.SAME_PERSON, field="person")
        new = _put(
            post, person, Span(max(now, old.starts), old.ends), plan=old.plan, origin=origin, reason=reason, now=now
        )
        old.superseded_at, old.superseded_by, old.sequence = now, new, old.sequence + 1
        old.save(update_fields=["superseded_at", "superseded_by", "sequence", "updated_at"])
    return new


def put_on_duty(
    *, post: DutyPost, person: User, start: datetime, end: datetime, by: User, now: datetime, reason: str = ""
) -> Shift:
    """Puts one more person on a post: fills a gap, or strengthens it. Begins now at the earliest."""
    if end <= max(start, now):
        raise refusal(Objection.SHIFT_OVER, field="end")
    if end - start > timedelta(days=7):
        raise refusal(Objection.SHIFT_LONG, field="end")
    with act("dutyroster.shift.add", by=by.actor):
        row = locked_post(post, by=by)
        return _put(row, person, Span(max(now, start), end), plan=None, origin=Origin.OVERRIDE, reason=reason, now=now)


def _put(
    post: DutyPost,
    person: User,
    span: Span,
    *,
    plan: RosterPlan | None,
    origin: Origin,
    reason: str,
    now: datetime,
) -> Shift:
    if not person.is_active:
        raise refusal(Objection.PERSON_INACTIVE, field="person")
    busy = Shift.objects.filter(standing(span), person=person).select_related("post").order_by("during").first()
    if busy is not None:
        raise refusal(Objection.BUSY, field="person", person=person.name, post=busy.post.name)
    try:
        with transaction.atomic():
            return Shift.objects.create(
                plan=plan,
                area_code=post.area_code,
                post=post,
                person=person,
                during=DateTimeTZRange(span.start, span.end),
                origin=origin,
                published_at=now,
                reason=reason.strip()[:200],
            )
    except IntegrityError as error:  # put on another post at the same moment
        raise refusal(Objection.SHIFT_CHANGED) from error


def _plannable(
    area_code: str, posts: Collection[DutyPost], first_day: date, last_day: date, *, by: User, now: datetime
) -> None:
    if not by.scope_for("roster.edit").covers(area_code):
        raise refusal(Objection.OUTSIDE, field="area_code")
    if not posts or any(not post.area_code.startswith(area_code) for post in posts):
        raise refusal(Objection.NO_POSTS, field="posts")
    if any(post.retired_at is not None for post in posts):
        raise refusal(Objection.POST_RETIRED, field="posts")
    if last_day < first_day:
        raise refusal(Objection.DAYS_WRONG, field="last_day")
    if first_day < today(now):
        raise refusal(Objection.DAYS_PAST, field="first_day")
    if (last_day - first_day).days >= LONGEST:
        raise refusal(Objection.DAYS_MANY, field="last_day")


def _lock_area(area_code: str) -> None:
    # Versions count by area, and a plan reads what others publish: one at a time.
    list(DutyPost.objects.select_for_update().filter(area_code__startswith=area_code).order_by("pk"))


def _own_draft(plan: RosterPlan, *, by: User) -> RosterPlan:
    _lock_area(plan.area_code)
    row = RosterPlan.objects.select_for_update().get(pk=plan.pk)
    if not by.scope_for("roster.edit").covers(row.area_code):
        raise refusal(Objection.OUTSIDE)
    if row.state != PlanState.DRAFT:
        raise refusal(Objection.NOT_A_DRAFT)
    return row


def _still_wanted(plan: RosterPlan, base: Ground, *, now: datetime) -> list[Shift]:
    """The draft's shifts that still begin or go on, the running ones from now: as many as their seats have left."""
    wanted = []
    dropped = []
    seats = {seat.post: seat for seat in base.seats if seat.span.start == now}
    places = {
        post: seat.staff - sum(shift.post_id == post for shift in base.kept if shift.starts <= now < shift.ends)
        for post, seat in seats.items()
    }
    for shift in plan.shifts.select_related("post", "person").order_by("during", "pk"):
        if shift.starts >= now:
            wanted.append(shift)
        elif shift.ends <= now or places.get(shift.post_id, 0) <= 0:
            dropped.append(shift.pk)
        else:
            places[shift.post_id] -= 1
            shift.during = DateTimeTZRange(now, shift.ends)
            shift.save(update_fields=["during", "updated_at"])
            wanted.append(shift)
    Shift.objects.filter(pk__in=dropped).delete()
    return wanted


def _supersede_coming(
    plan: RosterPlan, posts: Collection[DutyPost], drafts: list[Shift], window: Span, *, now: datetime
) -> None:
    coming = [
        shift
        for shift in Shift.objects.select_for_update().filter(standing(window), post__in=posts).order_by("pk")
        if replaced(shift, window, now)
    ]
    again = {key(shift): shift for shift in drafts}
    same = [shift for shift in coming if key(shift) in again]
    Shift.objects.filter(pk__in=[again[key(shift)].pk for shift in same]).delete()
    Shift.objects.filter(pk__in=[shift.pk for shift in same]).update(plan=plan, updated_at=now)
    drafts[:] = [shift for shift in drafts if key(shift) not in {key(one) for one in same}]
    gone = [shift.pk for shift in coming if key(shift) not in again]
    Shift.objects.filter(pk__in=gone).update(superseded_at=now, sequence=F("sequence") + 1, updated_at=now)


def _nobody_twice(drafts: list[Shift]) -> None:
    if not drafts:
        return
    whole = Span(min(shift.starts for shift in drafts), max(shift.ends for shift in drafts))
    people = {shift.person_id for shift in drafts}
    others = list(Shift.objects.filter(standing(whole), person__in=people).order_by("pk"))
    for number, shift in enumerate(drafts):
        for other in (*others, *drafts[number + 1 :]):
            if other.person_id == shift.person_id and other.starts < shift.ends and shift.starts < other.ends:
                raise _twice(shift)


def _twice(shift: Shift) -> Refused:
    at = date_format(timezone.localtime(shift.starts), "n-j H:i")
    return refusal(Objection.PLAN_CONFLICTS, person=shift.person.name, at=at)
