"""Who of those on duty is there, who can stand in, and the roll calls a person may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.queries import workers_of
from dutyroster.enums import Came, Origin, Outcome, PostState
from dutyroster.models import CheckIn, Leave, PostMember, RollCall, RollCallTarget, Shift, StandIn
from dutyroster.queries.on_duty import on_duty_people, serving
from dutyroster.rules.attendance import EARLIEST, POST_STATE_TONES, THERE, WORST_FIRST, Seen, presence
from territory.models import PlacedQuerySet, within
from territory.rules import Scope

AHEAD = timedelta(days=14)
CHECK_IN_FROM = EARLIEST


def valid_at(at: datetime) -> Q:
    """Shifts that count at this moment: published, and not superseded by then."""
    return Q(published_at__isnull=False) & (Q(superseded_at__isnull=True) | Q(superseded_at__gt=at))


def running(at: datetime) -> PlacedQuerySet[Shift]:
    """Every shift that runs at this moment."""
    return Shift.objects.filter(serving(at))


@dataclass(frozen=True)
class Attendance:
    """One shift and whether its person is there. `state` is empty while it has not begun."""

    shift: Shift
    state: PostState | None
    came: CheckIn | None
    left: CheckIn | None
    stand_in: StandIn | None

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return POST_STATE_TONES[self.state] if self.state else "off"

    @property
    def label(self) -> str:
        """The state in words."""
        return str(self.state.label) if self.state else ""

    @property
    def is_there(self) -> bool:
        """True for whoever counts as in post."""
        return self.state in THERE


def _seen(rows: PlacedQuerySet[Shift]) -> PlacedQuerySet[Shift]:
    """With everything that presence is judged by: three statements more."""
    return rows.select_related("post", "person").prefetch_related(
        "check_ins",
        Prefetch("stand_ins", StandIn.objects.select_related("deputy").order_by("pk")),
        Prefetch("roll_call_targets", RollCallTarget.objects.filter(roll_call__exercise=None).order_by("pk")),
    )


def _attendance(shift: Shift, now: datetime) -> Attendance:
    checks = list(shift.check_ins.all())
    came = next((one for one in checks if one.kind == Came.IN), None)
    left = next((one for one in checks if one.kind == Came.OUT), None)
    targets = list(shift.roll_call_targets.all())
    newest = targets[-1].outcome if targets else ""
    seen = Seen(
        starts_at=shift.starts,
        late_minutes=shift.post.late_minutes,
        came_at=came.occurred_at if came else None,
        left_at=left.occurred_at if left else None,
        substitutes=shift.origin == Origin.SUBSTITUTE,
        suspected=newest == Outcome.SUSPECTED,
        confirmed_absent=newest == Outcome.CONFIRMED,
    )
    stand_ins = list(shift.stand_ins.all())
    state = presence(seen, now=now) if shift.starts <= now or came is not None else None
    return Attendance(shift, state, came, left, stand_ins[-1] if stand_ins else None)


def attendance(scope: Scope, at: datetime) -> list[Attendance]:
    """Everybody on duty at this moment, by post, and whether he is there. Four statements."""
    rows = _seen(running(at).filter(within(scope))).order_by("area_code", "post__order", "post_id", "pk")
    return [_attendance(shift, at) for shift in rows]


def worst_first(rows: Iterable[Attendance]) -> list[Attendance]:
    """Whoever is missing before whoever is there; among equals their order stays."""
    return sorted(rows, key=lambda one: WORST_FIRST.index(one.state) if one.state else len(WORST_FIRST))


def in_post(shifts: Iterable[Shift], at: datetime) -> frozenset[int]:
    """The primary keys of those of these shifts whose person is there. Four statements."""
    rows = _seen(Shift.objects.filter(pk__in=[shift.pk for shift in shifts]))
    return frozenset(shift.pk for shift in rows if _attendance(shift, at).is_there)


def attendance_of(shift: Shift, now: datetime) -> Attendance:
    """One shift as `attendance` shows it."""
    return _attendance(_seen(Shift.objects.filter(pk=shift.pk)).get(), now)


def my_shifts(user: User, now: datetime) -> list[Attendance]:
    """What a person has to be at, from the running one to a fortnight ahead. Four statements."""
    rows = _seen(
        Shift.objects.filter(
            valid_at(now), person=user, during__endswith__gt=now, during__startswith__lt=now + AHEAD
        ).order_by("during")
    )
    return [_attendance(shift, now) for shift in rows]


def deputies(shift: Shift, now: datetime) -> list[User]:
    """Who can stand in for the rest of this shift: deputies of the post first, then its other members in their order.

    Only whoever is a member today, has an open account and a verified telephone, is not on leave, has no shift that
    overlaps, and was not called for this shift before. One statement.
    """
    today = timezone.localdate(now)
    until = shift.ends
    busy = Shift.objects.filter(valid_at(now), during__overlap=(now, until)).values("person_id")
    away = Leave.objects.filter(first_day__lte=today, last_day__gte=today).values("person_id")
    members = (
        PostMember.objects.filter(Q(until__isnull=True) | Q(until__gte=today), post=shift.post_id, since__lte=today)
        .filter(person__is_active=True, person__phone__isnull=False, person__phone_verified_at__isnull=False)
        .exclude(person_id__in=busy)
        .exclude(person_id__in=away)
        .exclude(person_id__in=StandIn.objects.filter(shift=shift.pk).values("deputy_id"))
        .exclude(person_id=shift.person_id)
        .select_related("person")
        .order_by("-is_deputy", "order", "pk")
    )
    found: dict[int, User] = {}
    for member in members:
        found.setdefault(member.person_id, member.person)
    return list(found.values())


def leaders(area_code: str, now: datetime, *, besides: int = 0) -> list[User]:
    """Who is told of an empty post: the leaders on duty over the area, else whoever leads, else the duty officers."""
    for role in (Role.LEADER, Role.COMMANDER):
        if people := [one for one in on_duty_people(area_code, now, role) if one.pk != besides]:
            return people
    for role in (Role.LEADER, Role.COMMANDER, Role.DUTY_OFFICER):
        if people := [one for one in workers_of(settings.DISTRICT_CODE, role, now=now) if one.pk != besides]:
            return people
    return []


def could_be_called(user: User, call: RollCall, now: datetime) -> bool:
    """True when this person has a shift in the window of a roll call over its area. One statement."""
    return Shift.objects.filter(
        valid_at(now),
        person=user,
        area_code__startswith=call.area_code,
        during__overlap=(call.window_from, call.window_until),
    ).exists()


@dataclass(frozen=True)
class RollCallSeen:
    """A roll call as one person may see it: `at` is None while the moment is hidden from him."""

    call: RollCall
    at: datetime | None
    targets: list[RollCallTarget]

    @property
    def silent(self) -> list[RollCallTarget]:
        """Those whose silence waits for a person's judgement."""
        return [one for one in self.targets if one.outcome == Outcome.SUSPECTED]

    @property
    def total(self) -> int:
        """How many were called."""
        return len(self.targets)

    @property
    def answered(self) -> int:
        """How many have answered."""
        return sum(1 for one in self.targets if one.answered_at is not None)


def _silent_first(target: RollCallTarget) -> int:
    order = (Outcome.SUSPECTED, Outcome.CONFIRMED, Outcome.WAITING, Outcome.LATE)
    return order.index(Outcome(target.outcome)) if target.outcome in order else len(order)


def roll_calls(user: User, now: datetime, *, pk: int | None = None, limit: int = 50) -> list[RollCallSeen]:
    """Roll calls that this person may see, the newest first.

    Before it starts only holders of the right to order one see it; of these, whoever is on duty in its window sees it
    only if he ordered it, and never its moment. A fixed number of statements.
    """
    ordering = user.scope_for("rollcalls.order")
    waiting = Q(started_at__isnull=True)
    seen = Q(within(user.scope_for("roster.view")), started_at__isnull=False) | (within(ordering) & waiting)
    rows = RollCall.objects.filter(seen)
    if pk is not None:
        rows = rows.filter(pk=pk)
    people = RollCallTarget.objects.select_related("person", "shift__post", "assignment", "confirmed_by").order_by("pk")
    found = list(
        rows.select_related("ordered_by").prefetch_related(Prefetch("targets", people), "posts").order_by("-pk")[:limit]
    )
    own = _own_shifts(user, now, [call for call in found if call.started_at is None])
    answer = []
    for call in found:
        called = call.started_at is None and _meets(own, call)
        if called and call.ordered_by_id != user.pk:
            continue
        answer.append(RollCallSeen(call, None if called else call.at, sorted(call.targets.all(), key=_silent_first)))
    return answer


def _own_shifts(user: User, now: datetime, waiting: list[RollCall]) -> list[Shift]:
    if not waiting:
        return []
    return list(
        Shift.objects.filter(
            valid_at(now),
            person=user,
            during__overlap=(min(one.window_from for one in waiting), max(one.window_until for one in waiting)),
        )
    )


def _meets(own: list[Shift], call: RollCall) -> bool:
    return any(
        shift.area_code.startswith(call.area_code)
        and shift.starts < call.window_until
        and call.window_from < shift.ends
        for shift in own
    )


def suspected(scope: Scope) -> list[RollCallTarget]:
    """Absences that wait for a person's judgement, the oldest first. One statement."""
    return list(
        RollCallTarget.objects.filter(within(scope, "roll_call__area_code"), outcome=Outcome.SUSPECTED)
        .filter(roll_call__exercise=None)
        .select_related("person", "shift__post", "roll_call")
        .order_by("pk")
    )


def judged_in(scope: Scope) -> Q:
    """The people called by roll calls over these areas."""
    return within(scope, "roll_call__area_code")
