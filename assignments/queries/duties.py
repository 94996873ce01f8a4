"""Questions about duties. Each runs a fixed number of statements, whatever the number of duties."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Case, Count, DateTimeField, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from accounts.models import RoleHeld, User
from assignments import rules
from assignments.enums import CLOSED, OPEN, Means, State, Verb, Who
from assignments.models import Assignment, AssignmentEvent, EscalationSent, PastHolding
from core.queries import resolver
from core.rules import OpenItem
from messaging.rules import marked
from territory.models import PlacedQuerySet, within, within_sql
from territory.rules import Scope


def kinds() -> dict[str, rules.Kind]:
    """Every kind of duty that the apps above declare, by name."""
    declared: list[rules.Kind] = [import_string(path) for path in settings.ASSIGNMENT_KINDS]
    return {kind.name: kind for kind in declared}


def kind(name: str) -> rules.Kind:
    """The kind of that name; one that no app declares any more still has a name and hourly reminders."""
    return kinds().get(name) or rules.Kind(name, name, 0, 24 * 60, rules.reminding(60, 2), True)


def token_of(assignment: Assignment) -> str:
    """The secret part of the task link; empty once it is revoked."""
    if not assignment.link_nonce:
        return ""
    return rules.link_token(assignment.pk, assignment.link_nonce, secret=settings.SECRET_KEY)


def link_path(assignment: Assignment) -> str:
    """The address of the task link, without host; empty once it is revoked."""
    token = token_of(assignment)
    return reverse("task_link", args=[token]) if token else ""


def assignment_by_token(token: str) -> Assignment | None:
    """The duty that a task link opens; None when the link is revoked, replaced or made up. One statement."""
    number = rules.number_in(token)
    if number is None:
        return None
    found = Assignment.objects.select_related("assignee", "issued_by").filter(pk=number).first()
    if found is None or not rules.is_genuine(token, number, found.link_nonce, secret=settings.SECRET_KEY):
        return None
    return found


def page_of(assignment: Assignment) -> str:
    """The domain's own page for this duty, empty when it has none."""
    return str(resolver("ASSIGNMENT_PAGE")(assignment) or "")


def subject_of(assignment: Assignment) -> str:
    """The page of what this duty is about, empty when there is none."""
    return str(resolver("ASSIGNMENT_SUBJECT")(assignment) or "")


def visible(user: User) -> PlacedQuerySet[Assignment]:
    """What a person may see: his own duties, those of the areas that he supervises, and those he was asked about."""
    return Assignment.objects.filter(
        Q(assignee=user)
        | within(user.scope_for("assignments.supervise"))
        | Q(pk__in=_asked(user).values("run__assignment_id"))
    )


def handed_on_from(user: User, *, at: datetime) -> QuerySet[PastHolding, int]:
    """The primary keys of the duties that this person held at `at` or before and that were handed on from him.

    He may not have heard of it: what he saw where he had been sent counts as seen, however late the word comes.
    """
    return PastHolding.objects.filter(person=user, since__lte=at).values_list("assignment", flat=True)


def _asked(user: User) -> QuerySet[EscalationSent]:
    """Where an open ladder has told this person to answer in another's place."""
    return EscalationSent.objects.filter(
        person=user, run__stopped_at__isnull=True, who__in=(Who.DEPUTY, Who.SUPERIOR, Who.LEADER, Who.ROOM)
    )


def standing(user: User, assignment: Assignment) -> rules.Standing:
    """What this person is to this duty."""

    def over(capability: str) -> bool:
        return user.scope_for(capability).covers(assignment.area_code)

    return rules.Standing(
        is_assignee=assignment.assignee_id == user.pk and user.can("assignments.act"),
        is_reporter=assignment.reported_by_id == user.pk,
        is_asked=_asked(user).filter(run__assignment=assignment, who=Who.DEPUTY).exists(),
        records_for_others=over("assignments.on_behalf"),
        verifies=over("assignments.verify"),
        assigns=over("assignments.assign"),
    )


def clocks(assignment: Assignment) -> rules.Clocks:
    """The times of a duty, as rules know them."""
    return rules.Clocks(
        issued_at=assignment.issued_at,
        due_at=assignment.due_at,
        acknowledge_by=assignment.acknowledge_by,
        acknowledged_at=assignment.acknowledged_at,
        started_at=assignment.started_at,
        reported_at=assignment.reported_at,
        verified_at=assignment.verified_at,
    )


def is_late(now: datetime) -> Q:
    """Open and out of time: not acknowledged, or not done."""
    return Q(state__in=OPEN, due_at__lt=now) | Q(state=State.ASSIGNED, acknowledge_by__lt=now)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. Empty strings narrow nothing; `state` is a State or "late"."""

    kind: str = ""
    area_code: str = ""
    state: str = ""
    closed: bool = False


def listed(rows: PlacedQuerySet[Assignment], *, now: datetime, filters: Filters) -> PlacedQuerySet[Assignment]:
    """A list: late first, then by the deadline that comes next. Each row knows its assignee, issuer and ladders."""
    rows = rows.filter(state__in=CLOSED) if filters.closed else rows.exclude(state__in=CLOSED)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.area_code:
        rows = rows.filter(area_code__startswith=filters.area_code)
    if filters.state == "late":
        rows = rows.filter(is_late(now))
    elif filters.state:
        rows = rows.filter(state=filters.state)
    rows = rows.select_related("assignee", "issued_by").prefetch_related("runs")
    if filters.closed:
        return rows.order_by("-updated_at", "-pk")
    ordered: PlacedQuerySet[Any] = rows.annotate(
        rank=Case(When(is_late(now), then=Value(0)), When(state__in=OPEN, then=Value(1)), default=Value(2)),
    ).order_by("rank", "due_at", "pk")
    return ordered


def my_duties(user: User, now: datetime, filters: Filters | None = None) -> PlacedQuerySet[Assignment]:
    """What a person owes: late first, then first due. One statement."""
    return listed(Assignment.objects.filter(assignee=user), now=now, filters=filters or Filters())


def supervised(scope: Scope, now: datetime, filters: Filters | None = None) -> PlacedQuerySet[Assignment]:
    """What is owed in these areas, whoever owes it: late first; rehearsals apart. One statement."""
    return listed(
        Assignment.objects.in_scope(scope).filter(exercise__isnull=True), now=now, filters=filters or Filters()
    )


def late(scope: Scope, now: datetime) -> PlacedQuerySet[Assignment]:
    """What is late in these areas, the longest first; each row has `late_since`. Rehearsals apart. One statement."""
    missed = Case(
        When(state=State.ASSIGNED, acknowledge_by__lt=now, then=F("acknowledge_by")),
        default=F("due_at"),
        output_field=DateTimeField(),
    )
    rows: PlacedQuerySet[Any] = (
        Assignment.objects.in_scope(scope)
        .filter(is_late(now), state__in=OPEN, exercise__isnull=True)  # the states again: the index of what is open
        .select_related("assignee")
        .annotate(late_since=missed)
        .order_by("late_since", "pk")
    )
    return rows


def counts(scope: Scope, now: datetime, kind_name: str = "") -> dict[str, int]:
    """How many duties of these areas stand in each state, and how many are "late" or "open"; rehearsals apart."""
    rows = Assignment.objects.in_scope(scope).filter(exercise__isnull=True)
    if kind_name:
        rows = rows.filter(kind=kind_name)
    wanted: dict[str, Any] = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    wanted |= {"late": Count("pk", filter=is_late(now)), "open": Count("pk", filter=Q(state__in=OPEN))}
    return dict(rows.aggregate(**wanted))


def open_counts(scope: Scope, now: datetime) -> dict[str, int]:
    """How many duties of these areas are "open" and (as `is_late` says) "late"; rehearsals apart.

    Of the index of what is open alone: what is settled is not looked at.
    """
    here, prefixes = within_sql(scope, "area_code")
    sql = f"""
        SELECT count(*), count(*) FILTER (WHERE due_at < %(now)s OR state = %(new)s AND acknowledge_by < %(now)s)
          FROM assignments_assignment WHERE state = ANY (%(states)s) AND exercise IS NULL AND {here}
    """  # noqa: S608  (the condition is made of placeholders)
    with connection.cursor() as cursor:
        states = [state.value for state in OPEN]
        cursor.execute(sql, {"now": now, "new": State.ASSIGNED.value, "states": states, **prefixes})
        is_open, late = cursor.fetchone()
    return {"open": is_open, "late": late}


@dataclass(frozen=True)
class Page:
    """One page of a list and the key of the next; an empty key: that is all."""

    rows: list[Assignment]
    after: str


_NEWEST: tuple[str, ...] = ("updated_at", "pk")
_LATE_FIRST: tuple[str, ...] = ("rank", "due_at", "pk")


def paged(rows: PlacedQuerySet[Assignment], *, after: str = "", size: int = 50) -> Page:
    """A page of `listed` rows by key, so that the last page is as quick as the first. One statement."""
    if not rows.query.order_by or rows.query.order_by[0] == "-updated_at":
        columns, descending = _NEWEST, True
    else:
        columns, descending = _LATE_FIRST, False
    if key := _key(after, columns):
        rows = rows.filter(_beyond(columns, key, descending=descending))
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], "~".join(_printed(getattr(last, column)) for column in columns) if last else "")


def _printed(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _key(after: str, columns: tuple[str, ...]) -> list[Any]:
    """The values of a page's key; nothing when somebody has changed the address by hand."""
    parts = after.split("~")
    if len(parts) != len(columns):
        return []
    try:
        return [
            datetime.fromisoformat(part) if column.endswith("_at") else int(part)
            for part, column in zip(parts, columns, strict=True)
        ]
    except ValueError:
        return []


def _beyond(columns: tuple[str, ...], key: list[Any], *, descending: bool) -> Q:
    how = "lt" if descending else "gt"
    beyond = Q(pk__in=())
    for place, column in enumerate(columns):
        same = Q(**dict(zip(columns[:place], key[:place], strict=True)))
        beyond |= same & Q(**{f"{column}__{how}": key[place]})
    return beyond


def history(assignment: Assignment) -> list[AssignmentEvent]:
    """Everything that happened to a duty, oldest first. One statement."""
    return list(assignment.events.select_related("broadcast").order_by("pk"))


def done_before(assignment: Assignment, verb: Verb, *, by: User | None, means: Means) -> bool:
    """True when this person did just this since the duty last came to him: a second tap, not a second act."""
    since = (
        assignment.events.filter(verb__in=(Verb.ASSIGN, Verb.HAND_OVER, Verb.SEND_BACK, Verb.REOPEN))
        .exclude(verb=verb)
        .order_by("-pk")
        .values("pk")[:1]
    )
    return assignment.events.filter(verb=verb, by=by, means=means, pk__gt=Greatest(Value(0), since)).exists()


def successors(user: User, assignment: Assignment, now: datetime) -> list[User]:
    """Who can take a duty over: active people with a role in the giver's areas or over the duty's. Two statements."""
    held = RoleHeld.objects.filter(holding(now)).filter(
        within(user.scope_for("assignments.assign")) | Q(area_code__in=prefixes(assignment.area_code))
    )
    return list(
        User.objects.filter(is_active=True, pk__in=held.values("user_id"))
        .exclude(pk=assignment.assignee_id or 0)
        .order_by("name", "pk")
    )


def holding(now: datetime) -> Q:
    """Roles that are held at this moment."""
    return Q(since__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))


def prefixes(code: str) -> list[str]:
    """An area and everything above it."""
    return [code[:length] for length in (6, 9, 12, 15) if len(code) >= length]


def label_of(name: str) -> str:
    """A kind's name as people read it."""
    return gettext(kind(name).label)


def summary(rows: PlacedQuerySet[Assignment], *, now: datetime) -> dict[str, Any]:
    """How many of these rows are open and late, and which open one is due first. Two statements."""
    figures: dict[str, Any] = rows.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        late=Count("pk", filter=is_late(now)),
        reported=Count("pk", filter=Q(state=State.REPORTED)),
        closed=Count("pk", filter=Q(state__in=CLOSED)),
    )
    figures["first"] = rows.filter(state__in=OPEN).order_by("due_at", "pk").first()
    return figures


def phone_of(assignment: Assignment) -> str:
    """The work telephone of whoever owes it; empty when there is none. At most one statement."""
    if assignment.contact_point_id and assignment.contact_point:
        return assignment.contact_point.address
    return (assignment.assignee.phone if assignment.assignee else "") or ""


def to_copy(assignment: Assignment) -> str:
    """A text for a chat group: what to do, by when, and the personal link; at most 180 characters."""
    path = link_path(assignment)
    due = timezone.localtime(assignment.due_at).strftime("%H:%M")
    head = gettext("%(who)s: %(title)s, by %(due)s.") % {
        "who": assignment.assignee_name,
        "title": assignment.title,
        "due": due,
    }
    link = f"{settings.PUBLIC_URL}{path}" if path else ""
    if assignment.exercise:
        head = marked(head)
    return f"{head[: 178 - len(link)]}\n{link}".strip()


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """What is late in these areas, one item a kind with how many: a night's duties one by one would fill a book.

    One statement.
    """
    rows = (
        Assignment.objects.in_scope(scope)
        .filter(is_late(now), exercise=None)
        .order_by("kind")
        .values("kind")
        .annotate(count=Count("pk"), since=Min("due_at"))
    )
    return [
        OpenItem(
            key=f"assignments.late:{row['kind']}",
            label=gettext("Late duties"),
            title=f"{label_of(row['kind'])} × {row['count']}",
            url=f"{reverse('assignments:mine')}?tab=area&kind={row['kind']}&state=late",
            since=min(row["since"], now),
        )
        for row in rows
    ]
