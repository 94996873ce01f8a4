"""Setting up posts: what they need, who takes turns there, who is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.models import User
from core.audit import act
from core.rules import Refused
from dutyroster.enums import Objection, Presence
from dutyroster.models import DutyPost, Leave, PostMember, PostRequirement, Shift
from dutyroster.queries.facts import today

DAY_HOURS = (8, 12, 24)
MOST_STAFF = 20


@dataclass(frozen=True)
class PostGiven:
    """A post as somebody describes it. `staff` by kind of day and response level (None: no response)."""

    area_code: str
    name: str
    role: str
    staff: Mapping[tuple[str, int | None], int]
    presence: str = Presence.ON_SITE
    starts_at: time = time(8)
    shift_hours: int = 24
    rest_hours: int = 24
    late_minutes: int = 15
    phone: str = ""
    order: int = 1


@dataclass(frozen=True)
class MemberGiven:
    """Somebody who takes turns at a post; the order of the list is the order of the turns."""

    person: User
    is_deputy: bool = False


def save_post(*, given: PostGiven, by: User, now: datetime, post: DutyPost | None = None) -> DutyPost:
    """Sets up a post, or changes one. Shifts that exist already stay as they are: a new plan follows the new hours."""
    _own_area(by, given.area_code)
    if given.shift_hours not in DAY_HOURS:
        raise refusal(Objection.HOURS, field="shift_hours")
    if any(not 0 <= number <= MOST_STAFF for number in given.staff.values()):
        raise refusal(Objection.STAFF_WRONG, field="staff")
    with act("dutyroster.post.save", by=by.actor):
        row = DutyPost() if post is None else locked_post(post, by=by)
        for name in (
            "area_code", "name", "role", "presence", "starts_at", "shift_hours", "rest_hours", "late_minutes", "phone",
            "order",
        ):  # fmt: skip
            setattr(row, name, getattr(given, name))
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise refusal(Objection.NAME_TAKEN, field="name", post=given.name) from error
        _require(row, given.staff)
    return row


def set_members(*, post: DutyPost, members: Sequence[MemberGiven], by: User, now: datetime) -> list[PostMember]:
    """Says who takes turns at a post from today on. Whoever is no longer named took turns until yesterday."""
    people = [given.person.pk for given in members]
    if len(set(people)) != len(people):
        raise refusal(Objection.PERSON_TWICE, field="members")
    if any(not given.person.is_active for given in members):
        raise refusal(Objection.PERSON_INACTIVE, field="members")
    day = today(now)
    with act("dutyroster.post.members", by=by.actor):
        row = locked_post(post, by=by)
        current = PostMember.objects.filter(post=row).filter(Q(until__isnull=True) | Q(until__gte=day))
        known = {member.person_id: member for member in current.order_by("pk")}
        gone = [member for pk, member in known.items() if pk not in people]
        # Who was a member before today stays one for the days that are over.
        PostMember.objects.filter(pk__in=[member.pk for member in gone if member.since >= day]).delete()
        for member in gone:
            if member.since < day:
                member.until = day - timedelta(days=1)
                member.save(update_fields=["until"])
        kept = []
        for order, given in enumerate(members, start=1):
            member = known.get(given.person.pk) or PostMember(post=row, person=given.person, since=day)
            member.order, member.is_deputy = order, given.is_deputy
            member.save()
            kept.append(member)
    return kept


def record_leave(*, person: User, first_day: date, last_day: date, by: User, now: datetime, reason: str = "") -> Leave:
    """Notes that somebody is away, both days included. His shifts stay his until somebody changes them, and count as
    gaps meanwhile. One records his own, or that of people of one's own areas."""
    if last_day < first_day:
        raise refusal(Objection.DAYS_WRONG, field="last_day")
    if last_day < today(now):
        raise refusal(Objection.DAYS_PAST, field="last_day")
    if person != by:
        _own_person(by, person)
    with act("dutyroster.leave.record", by=by.actor):
        return Leave.objects.create(
            person=person, first_day=first_day, last_day=last_day, reason=reason.strip()[:100], recorded_by=by
        )


def withdraw_leave(*, leave: Leave, by: User, now: datetime) -> None:
    """Somebody is not away after all: leave that has begun ends yesterday, other leave never was."""
    if leave.person != by:
        _own_person(by, leave.person)
    with act("dutyroster.leave.withdraw", by=by.actor):
        row = Leave.objects.select_for_update().get(pk=leave.pk)
        day = today(now)
        if row.first_day >= day:
            row.delete()
        else:
            row.last_day = min(row.last_day, day - timedelta(days=1))
            row.save(update_fields=["last_day", "updated_at"])


def retire(*, post: DutyPost, by: User, now: datetime) -> DutyPost:
    """Takes a post out of use: coming shifts are superseded, the one that runs ends now."""
    with act("dutyroster.post.retire", by=by.actor):
        row = locked_post(post, by=by)
        row.retired_at = now
        row.save(update_fields=["retired_at", "updated_at"])
        coming = Shift.objects.filter(post=row, published_at__isnull=False, superseded_at__isnull=True)
        coming.filter(during__endswith__gt=now).update(superseded_at=now, sequence=F("sequence") + 1, updated_at=now)
    return row


def locked_post(post: DutyPost, *, by: User | None) -> DutyPost:
    """The post's row, locked: whatever changes its roster waits here. `by` must keep its area, if anybody is named."""
    row = DutyPost.objects.select_for_update().get(pk=post.pk)
    if by is not None:
        _own_area(by, row.area_code)
    if row.retired_at is not None:
        raise refusal(Objection.POST_RETIRED)
    return row


def refusal(objection: Objection, *, field: str = "", **params: object) -> Refused:
    """The refusal that the objection names."""
    return Refused(objection.value, objection.label, field=field, params=params)


def _own_area(by: User, area_code: str) -> None:
    if not by.scope_for("roster.edit").covers(area_code):
        raise refusal(Objection.OUTSIDE, field="area_code")


def _own_person(by: User, person: User) -> None:
    own = by.scope_for("roster.edit")
    areas = {role.area_code for role in person.roles_held.all()}
    areas |= set(PostMember.objects.filter(person=person).values_list("post__area_code", flat=True))
    if not any(own.covers(code) for code in areas):
        raise refusal(Objection.PERSON_OUTSIDE, field="person")


def _require(post: DutyPost, staff: Mapping[tuple[str, int | None], int]) -> None:
    PostRequirement.objects.filter(post=post).exclude(
        pk__in=[
            row.pk for row in PostRequirement.objects.filter(post=post).order_by("pk")
            if (row.day_kind, row.response_level) in staff
        ]
    ).delete()  # fmt: skip
    for (kind, level), number in staff.items():
        PostRequirement.objects.update_or_create(
            post=post, day_kind=kind, response_level=level, defaults={"staff": number}
        )
