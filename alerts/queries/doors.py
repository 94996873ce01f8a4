"""The doors of one grid: at which to knock, in which order, and what was found."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.enums import Role
from accounts.models import User
from accounts.queries import workers_of
from alerts.enums import Choice, Reach
from alerts.models import AudienceHousehold, DoorKnock, Notice
from alerts.queries.lists import Line, lines, with_reach
from assignments.models import Assignment, PastHolding
from assignments.queries import handed_on_from
from territory.models import PlacedQuerySet


@dataclass(frozen=True)
class Door(Line):
    """A door of the list."""

    @property
    def settled(self) -> bool:
        """Nobody needs to go there any more: somebody was there, or the household spoke for itself in time.

        Whoever must be reached is settled only by a visit or a signed reason; a cry for help only by a visit.
        """
        if self.outcome or self.audience.closed_reason:
            return True
        if self.reach == Reach.NEED_HELP or self.audience.must_reach:
            return False
        return self.reach not in (Reach.UNREACHED, Reach.PENDING)


def doors(assignment: Assignment) -> list[Door]:
    """The doors of a knocking duty, open ones first: calls for help, must-reach, then by building and floor."""
    knock = knock_of(assignment)
    if knock is None:
        return []
    found = [Door(line.audience, line.area, line.reach, line.outcome) for line in lines(on_list(knock))]
    return sorted(found, key=lambda door: (door.settled, door.reach != Reach.NEED_HELP))


def on_list(knock: DoorKnock) -> QuerySet[AudienceHousehold]:
    """Households of the grid to which somebody has to go or had to: never shrinks while the worker walks."""
    rows = with_reach(knock.notice.households.filter(area_code=knock.area_code), knock.notice)
    first = Case(When(must_reach="", then=Value(1)), default=Value(0), output_field=IntegerField())
    return rows.filter(
        Q(unreached_at__isnull=False)
        | ~Q(must_reach="")
        | Q(answer=Choice.NEED_HELP)
        | Q(reach=Reach.UNREACHED)
        | Q(last_outcome__isnull=False)
    ).order_by(first, "household__building", "household__unit", "household__floor", "household__room", "pk")


def knock_of(assignment: Assignment) -> DoorKnock | None:
    """What a knocking duty is about; None when the duty is of another kind."""
    return DoorKnock.objects.select_related("notice", "assignment").filter(assignment=assignment).first()


def may_visit(audience: AudienceHousehold, user: User, *, at: datetime) -> bool:
    """In his own area, and wherever he was sent: a neighbour stands in where a grid has no worker.

    Who was there at `at`, while the grid was his or he had been sent, tells of it however late.
    """
    held = user.scope_at("doors.visit", at)
    if user.scope_for("doors.visit").covers(audience.area_code) or held.covers(audience.area_code):
        return True
    here = DoorKnock.objects.filter(notice_id=audience.notice_id, area_code=audience.area_code)
    mine = Q(assignment__assignee=user) | Q(assignment__in=handed_on_from(user, at=at))
    return (user.can("doors.visit") or bool(held.codes)) and here.filter(mine).exists()


@dataclass(frozen=True)
class Visitors:
    """Who may have been at a door: whoever was sent there, also if it was handed on from him, and the other workers."""

    sent: list[User]
    others: list[User]

    @property
    def people(self) -> list[User]:
        """All of them, who was sent first."""
        return [*self.sent, *self.others]

    @property
    def likely(self) -> User | None:
        """The only one who was sent; None where it may have been one or another."""
        return self.sent[0] if len(self.sent) == 1 else None


def visitors(audience: AudienceHousehold, *, but: User, now: datetime) -> Visitors:
    """Who may have been at a door according to somebody else (`but`). Four statements."""
    here = DoorKnock.objects.filter(notice_id=audience.notice_id, area_code=audience.area_code)
    now_sent = here.select_related("assignment__assignee").order_by("-pk")
    sent_before = PastHolding.objects.filter(assignment__door_knock__in=here).select_related("person").order_by("-pk")
    sent = [knock.assignment.assignee for knock in now_sent] + [held.person for held in sent_before]
    # Who holds the whole community stands in for each of its grids.
    grid, community = audience.area_code, audience.area_code[:12]
    workers = [person for code in (grid, community) for person in workers_of(code, Role.GRID_WORKER, now=now)]
    first = {person.pk: person for person in sent if person is not None and person != but}
    others = {person.pk: person for person in workers if person != but and person.pk not in first}
    return Visitors(list(first.values()), list(others.values()))


def knocks(notice: Notice) -> PlacedQuerySet[DoorKnock]:
    """The knocking duties of a notice, by grid."""
    return (
        DoorKnock.objects.filter(notice=notice)
        .select_related("assignment", "assignment__assignee")
        .order_by("area_code")
    )
