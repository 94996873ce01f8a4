"""Responses: the level in force, every decision about it, and what it asked of whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.models import User
from accounts.queries import area_names
from assignments.enums import CLOSED, OPEN, State
from assignments.queries import Line, is_late, lines, prefixes
from command import rules
from command.enums import Receives, TaskStand
from command.models import PlanTask, Response, ResponseStep, TaskTemplate
from command.queries import people
from command.queries.plans import plan_in_force
from territory.models import ContactPoint, PlacedQuerySet, within
from territory.rules import Scope


def level_in_force(area_code: str, now: datetime) -> int | None:
    """The most serious level in force over an area, by its own response or one above it; None: no response.

    Exercises do not count. One statement.
    """
    in_force = Response.objects.filter(
        area_code__in=prefixes(area_code), opened_at__lte=now, ended_at__isnull=True, exercise__isnull=True
    )
    worst: int | None = in_force.aggregate(level=Min("level"))["level"]
    return worst


def _touching(scope: Scope) -> Q:
    """Responses of these areas, and of the areas that hold them."""
    return within(scope) | Q(area_code__in=[code for own in scope.codes for code in prefixes(own)])


def responses(scope: Scope, *, exercise: UUID | None = None) -> PlacedQuerySet[Response]:
    """Responses that concern these areas, open ones first, the most serious and widest before the others."""
    rows: PlacedQuerySet[Response] = Response.objects.filter(_touching(scope), exercise=exercise)
    return rows.select_related("plan").order_by(F("ended_at").desc(nulls_first=True), "level", "area_code", "-pk")


def current_response(scope: Scope, *, exercise: UUID | None = None) -> Response | None:
    """The most serious response in force that concerns these areas, None when there is none. One statement."""
    return responses(scope, exercise=exercise).filter(ended_at__isnull=True).first()


def open_response(area_code: str, *, exercise: UUID | None = None) -> Response | None:
    """The response in force over an area or the area above it, the nearest first. One statement."""
    found = Response.objects.filter(area_code__in=prefixes(area_code), ended_at__isnull=True, exercise=exercise)
    return found.order_by("-area_code").first()


def response(scope: Scope, uuid: UUID) -> Response | None:
    """The response of that id, when it concerns these areas; of an exercise too. One statement."""
    return Response.objects.filter(_touching(scope), uuid=uuid).select_related("plan").first()


def steps(response: Response) -> list[ResponseStep]:
    """Every decision about a response, the newest first. One statement."""
    return list(response.steps.select_related("notice").order_by("-pk"))


def given_tasks(response: Response) -> list[PlanTask]:
    """What the response has given, with its duties. One statement."""
    rows = PlanTask.objects.filter(response=response).select_related("template", "assignment__assignee")
    return list(rows.order_by("-template__level", "template__order", "template_id", "area_code"))


@dataclass(frozen=True)
class TaskLine:
    """One task of the plan as a list shows it; `duty` is None where nobody was found for it."""

    task: PlanTask
    place: str
    duty: Line | None

    @property
    def level(self) -> str:
        """The level that asks for it."""
        return rules.roman(self.task.template.level)

    @property
    def is_open(self) -> bool:
        """True while something is still to be done about it."""
        if self.task.withdrawn_at is not None:
            return False
        return self.duty is None or self.duty.duty.state not in CLOSED

    @property
    def stand(self) -> TaskStand:
        """The group in which it stands; what is overdue and merely reported is overdue no more."""
        if self.task.withdrawn_at is not None:
            return TaskStand.WITHDRAWN
        if self.duty is None:
            return TaskStand.NOBODY
        state = self.duty.duty.state
        if state == State.CANCELLED:
            return TaskStand.WITHDRAWN
        if state in (State.REPORTED, State.VERIFIED):
            return TaskStand.DONE
        if self.duty.minutes_late:
            return TaskStand.LATE
        return TaskStand.WAITING if state == State.ASSIGNED else TaskStand.IN_HAND


def task_lines(response: Response, *, now: datetime) -> list[TaskLine]:
    """What the response has given: nobody's first, then late, then open, then done. Three statements."""
    tasks = given_tasks(response)
    duties = {line.duty.pk: line for line in lines([t.assignment for t in tasks if t.assignment], now=now)}
    names = area_names({task.area_code for task in tasks})
    found = [
        TaskLine(task, names.get(task.area_code, task.area_code), duties.get(task.assignment_id or 0)) for task in tasks
    ]
    return sorted(found, key=_urgency)


@dataclass(frozen=True)
class TaskGroup:
    """Tasks that stand alike: the first `limit` of `count`."""

    stand: TaskStand
    lines: list[TaskLine]
    count: int

    @property
    def is_urgent(self) -> bool:
        """True where somebody has to act now: nobody answers for it, or its time is over."""
        return self.stand in (TaskStand.NOBODY, TaskStand.LATE)

    @property
    def more(self) -> int:
        """How many are not among the lines."""
        return self.count - len(self.lines)


def task_groups(found: Sequence[TaskLine], *, limit: int) -> list[TaskGroup]:
    """The same lines by how they stand, worst group first, no empty one, at most `limit` lines each."""
    groups = [(stand, [line for line in found if line.stand == stand]) for stand in TaskStand]
    return [TaskGroup(stand, held[:limit], len(held)) for stand, held in groups if held]


def _urgency(line: TaskLine) -> tuple[int, int]:
    if not line.is_open:
        return (4, 0)
    if line.duty is None:
        return (0, 0)
    if line.duty.minutes_late:
        return (1, -line.duty.minutes_late)
    return (2 if line.duty.duty.state == State.ASSIGNED else 3, 0)


def task_figures(response: Response, *, now: datetime) -> dict[str, int]:
    """How many tasks stand: total (without withdrawn ones), acknowledged, done, late, nobody. One statement."""
    mine = Q(withdrawn_at__isnull=True) & ~Q(assignment__state=State.CANCELLED)
    late = is_late(now)
    return PlanTask.objects.filter(response=response).aggregate(
        total=Count("pk", filter=mine),
        acknowledged=Count("pk", filter=mine & Q(assignment__acknowledged_at__isnull=False)),
        done=Count("pk", filter=mine & Q(assignment__state__in=(State.REPORTED, State.VERIFIED))),
        late=Count("pk", filter=mine & _through(late)),
        nobody=Count("pk", filter=mine & Q(assignment__isnull=True)),
    )


def _through(condition: Q) -> Q:
    """The same condition on a duty, asked of the task that points at it."""
    moved = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        named: Any = child
        moved.children.append(_through(child) if isinstance(child, Q) else (f"assignment__{named[0]}", named[1]))
    return moved


@dataclass(frozen=True)
class Wanted:
    """A task that nobody has been given yet, and who would get it."""

    template: TaskTemplate
    area_code: str
    person: User | None = None
    contact_point: ContactPoint | None = None
    name: str = ""

    @property
    def nobody(self) -> bool:
        """True when no receiver is found: the task is shown, and given to nobody."""
        return self.person is None and self.contact_point is None


def wanted_tasks(
    templates: Sequence[TaskTemplate],
    given: Sequence[PlanTask],
    *,
    level: int,
    area_code: str,
    now: datetime,
) -> list[Wanted]:
    """What a level asks for and this response has not given, or had to take back, or found nobody for.

    The number of statements does not depend on the number of tasks: one for the sub-districts, one for the people,
    and one for each role that the plan asks of those on duty.
    """
    by_key = {template.pk: template for template in templates}
    asked = [rules.Asked(t.pk, t.level, t.area_code, t.each_subdistrict) for t in templates]
    below = people.subdistricts(area_code) if any(each.each_subdistrict for each in asked) else []
    held = {rules.Task(t.template_id, t.area_code) for t in given if t.assignment_id and t.withdrawn_at is None}
    tasks = rules.missing(rules.tasks_of(asked, level=level, area_code=area_code, subdistricts=below), given=held)
    return _with_receivers([(by_key[task.template], task.area_code) for task in tasks], area_code, now=now)


def _with_receivers(tasks: list[tuple[TaskTemplate, str]], area_code: str, *, now: datetime) -> list[Wanted]:
    roles = {t.role for t, _ in tasks if t.role}
    codes = {prefix for _, place in tasks for prefix in prefixes(place)}
    held = people.holders(roles, codes, now=now) if roles else {}
    posts = {t.role for t, _ in tasks if t.receives == Receives.POST}
    duty = {role: people.on_duty(area_code, now, role) for role in sorted(posts)}
    shared: Counter[tuple[str, str]] = Counter()
    found = []
    for template, place in tasks:
        if template.receives == Receives.CONTACT:
            found.append(Wanted(template, place, None, template.contact_point, template.contact_name))
            continue
        if template.receives == Receives.PERSON:
            person = template.person if template.person and template.person.is_active else None
        elif template.receives == Receives.POST and duty[template.role]:
            person = duty[template.role][0]
        else:
            holders = next(filter(None, (held.get((template.role, code)) for code in reversed(prefixes(place)))), [])
            # Several hold the role there: the tasks are spread, not heaped on the first.
            person = holders[shared[template.role, place] % len(holders)] if holders else None
            shared[template.role, place] += 1
        found.append(Wanted(template, place, person, None, person.name if person else ""))
    return found


@dataclass(frozen=True)
class Preview:
    """What pressing will do, in numbers."""

    tasks: int = 0
    people: int = 0
    messages: int = 0
    nobody: tuple[str, ...] = ()
    withdrawn: int = 0
    called: int = 0


def preview(
    area_code: str, level: int | None, *, now: datetime, response: Response | None = None, but: User | None = None
) -> Preview:
    """What starting, raising, lowering or ending (`level` None) would do. A fixed number of statements."""
    given = given_tasks(response) if response else []
    gone = [
        task for task in given
        if rules.given_up(task.template.level, level) and task.assignment and task.assignment.state in OPEN
    ]  # fmt: skip
    called = len(people.callees(area_code, now=now, but=but, level=level))
    if level is None:
        return Preview(withdrawn=len(gone), called=called)
    plan = (response.plan if response else None) or plan_in_force(area_code)
    templates = list(plan.templates.select_related("person", "contact_point")) if plan else []
    wanted = wanted_tasks(templates, given, level=level, area_code=area_code, now=now)
    told = [each for each in wanted if not each.nobody]
    people_told = {(each.person or each.contact_point) for each in told}
    return Preview(
        tasks=len(wanted),
        people=len(people_told),
        messages=len(people_told),
        nobody=tuple(f"{each.template.title}（{_role_words(each.template)}）" for each in wanted if each.nobody),
        withdrawn=len(gone),
        called=called,
    )


def _role_words(template: TaskTemplate) -> str:
    if template.role:
        return str(Role(template.role).label)
    return template.post_ref or template.contact_name or gettext("nobody named")
