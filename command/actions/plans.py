"""Contingency plans: written as a draft, published as a version, then left as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from command.actions.refusals import ask_leave, refuse
from command.enums import Objection, Receives
from command.models import ContingencyPlan, RoundTemplate, TaskTemplate
from core.audit import act
from territory.models import ContactPoint


@dataclass(frozen=True)
class TaskGiven:
    """One task as it is written into a plan."""

    level: int
    title: str
    receives: str = Receives.ROLE
    body: str = ""
    role: str = ""
    post_ref: str = ""
    person: User | None = None
    contact_point: ContactPoint | None = None
    contact_name: str = ""
    area_code: str = ""
    each_subdistrict: bool = False
    due_minutes: int = 60


def make_plan(
    *,
    area_code: str,
    version: str,
    title: str,
    by: User,
    now: datetime,
    basis: str = "",
    tasks: Sequence[TaskGiven] = (),
    is_sample: bool = False,
) -> ContingencyPlan:
    """A draft of the area's plan with its tasks. The same version of the same area is refused by the database."""
    ask_leave(by, area_code, "plans.edit")
    if not title.strip() or not version.strip():
        raise refuse(Objection.NO_TITLE, field="title" if not title.strip() else "version")
    with act("command.plan.make", by=by.actor):
        if ContingencyPlan.objects.filter(area_code=area_code, version=version.strip()).exists():
            raise refuse(Objection.VERSION_TAKEN, field="version")
        plan = ContingencyPlan.objects.create(
            area_code=area_code,
            version=version.strip(),
            title=title.strip(),
            basis=basis.strip(),
            is_sample=is_sample,
        )
        for place, task in enumerate(tasks, start=1):
            _write(plan, task, place)
    return plan


def copy_plan(*, plan: ContingencyPlan, version: str, by: User, now: datetime) -> ContingencyPlan:
    """A draft of a new version with the same tasks: the way in which a published plan is changed."""
    with act("command.plan.copy", by=by.actor):
        copy = make_plan(area_code=plan.area_code, version=version, title=plan.title, basis=plan.basis, by=by, now=now)
        rows = list(plan.templates.all())
        for row in rows:
            row.pk, row.plan = None, copy
        TaskTemplate.objects.bulk_create(rows)
        rounds = list(plan.round_templates.all())
        for each in rounds:
            each.pk, each.plan = None, copy
        RoundTemplate.objects.bulk_create(rounds)
    return copy


def add_task(*, plan: ContingencyPlan, task: TaskGiven, by: User) -> TaskTemplate:
    """Adds a task to a draft."""
    with act("command.plan.add_task", by=by.actor):
        row = _draft(plan, by)
        if not task.title.strip():
            raise refuse(Objection.NO_TITLE, field="title")
        last = row.templates.order_by("-order").values_list("order", flat=True).first() or 0
        return _write(row, task, last + 1)


def remove_task(*, template: TaskTemplate, by: User) -> None:
    """Takes a task out of a draft."""
    with act("command.plan.remove_task", by=by.actor):
        _draft(template.plan, by)
        template.delete()


def add_round(*, plan: ContingencyPlan, level: int, title: str, due_hours: int, by: User) -> RoundTemplate:
    """Adds to a draft that its responses from this level up open a round of re-inspection."""
    with act("command.plan.add_round", by=by.actor):
        row = _draft(plan, by)
        if not title.strip():
            raise refuse(Objection.NO_TITLE, field="title")
        return RoundTemplate.objects.create(plan=row, level=level, title=title.strip()[:60], due_hours=due_hours)


def remove_round(*, template: RoundTemplate, by: User) -> None:
    """Takes a round out of a draft."""
    with act("command.plan.remove_round", by=by.actor):
        _draft(template.plan, by)
        template.delete()


def publish_plan(*, plan: ContingencyPlan, by: User, now: datetime) -> ContingencyPlan:
    """From now on new responses follow this plan; those in force keep the one they were started with."""
    ask_leave(by, plan.area_code, "plans.edit")
    with act("command.plan.publish", by=by.actor):
        row = ContingencyPlan.objects.select_for_update().get(pk=plan.pk)
        if row.published_at is not None:
            return row
        if not row.templates.exists():
            raise refuse(Objection.PLAN_EMPTY)
        row.published_at, row.published_by = now, by
        row.save(update_fields=["published_at", "published_by", "updated_at"])
    return row


def _draft(plan: ContingencyPlan, by: User) -> ContingencyPlan:
    ask_leave(by, plan.area_code, "plans.edit")
    row = ContingencyPlan.objects.select_for_update().get(pk=plan.pk)
    if row.published_at is not None:
        raise refuse(Objection.PLAN_FROZEN)
    return row


def _write(plan: ContingencyPlan, task: TaskGiven, place: int) -> TaskTemplate:
    return TaskTemplate.objects.create(
        plan=plan,
        order=place,
        level=task.level,
        title=task.title.strip()[:100],
        body=task.body.strip(),
        receives=task.receives,
        role=task.role,
        post_ref=task.post_ref,
        person=task.person,
        contact_point=task.contact_point,
        contact_name=task.contact_name,
        area_code=task.area_code,
        each_subdistrict=task.each_subdistrict,
        due_minutes=task.due_minutes,
    )
