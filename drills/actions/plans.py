"""Writing a plan. One that has been run stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from accounts.models import User
from core.audit import act
from core.rules import Refused
from drills.enums import InjectKind, Objection, PlanState
from drills.models import DrillPlan, DrillRun, Inject, Objective


@dataclass(frozen=True)
class InjectContent:
    """Everything of an inject besides its plan; `objective` is its text, empty for none."""

    number: int
    minute: int
    kind: str
    title: str
    area_code: str
    text: str = ""
    receiver: str = "nobody"
    role: str = ""
    person: User | None = None
    level: int | None = None
    expected: str = ""
    expect_ack_minutes: int | None = None
    expect_done_minutes: int | None = None
    objective: str = ""
    needs_controller: bool = False


PLAIN = tuple(one.name for one in fields(InjectContent) if one.name != "objective")


def save_plan(
    *,
    plan: DrillPlan | None = None,
    title: str,
    scenario: str,
    objectives: Sequence[str],
    area_code: str,
    by: User,
) -> DrillPlan:
    """Writes a plan's head and its objectives in order; one that an inject serves stays though it is left out."""
    with act("drills.plan.save", by=by.actor):
        row = locked_plan(plan) if plan else DrillPlan(author=by)
        row.title, row.scenario, row.area_code = title.strip(), scenario.strip(), area_code
        row.save()
        _write_objectives(row, objectives)
    return row


def _write_objectives(plan: DrillPlan, texts: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(text.strip()[:200] for text in texts if text.strip()))
    Objective.objects.filter(plan=plan, injects__isnull=True).exclude(text__in=wanted).delete()
    known = {row.text: row for row in plan.objectives.all()}
    for order, text in enumerate([*wanted, *(text for text in known if text not in wanted)], start=1):
        if text not in known:
            Objective.objects.create(plan=plan, order=order, text=text)
        elif known[text].order != order:
            Objective.objects.filter(pk=known[text].pk).update(order=order)


def save_inject(*, plan: DrillPlan, inject: Inject | None = None, content: InjectContent, by: User) -> Inject:
    """Writes one inject."""
    with act("drills.inject.save", by=by.actor):
        row = inject or Inject()
        row.plan = locked_plan(plan)
        put(row, content)
        row.save()
    return row


def put(row: Inject, content: InjectContent) -> None:
    """Lays the content over the row, whose plan is set; its objective is made when it is new."""
    for name in PLAIN:
        setattr(row, name, getattr(content, name))
    if content.kind != InjectKind.LEVEL:
        row.level = None
    text = content.objective.strip()[:200]
    row.objective = (
        Objective.objects.get_or_create(plan=row.plan, text=text, defaults={"order": row.plan.objectives.count() + 1})[
            0
        ]
        if text
        else None
    )


def remove_inject(*, inject: Inject, by: User) -> None:
    """Takes an inject out of a plan that has not been run."""
    with act("drills.inject.remove", by=by.actor):
        locked_plan(inject.plan)
        inject.delete()


def finish_plan(*, plan: DrillPlan, by: User) -> DrillPlan:
    """The plan is written and may be run. Refused without an inject."""
    with act("drills.plan.finish", by=by.actor):
        row = locked_plan(plan)
        if not row.injects.exists():
            raise Refused(Objection.NO_INJECTS.value, Objection.NO_INJECTS.label)
        row.state = PlanState.READY
        row.save(update_fields=["state", "updated_at"])
    return row


def copy_plan(*, plan: DrillPlan, by: User) -> DrillPlan:
    """A copy to be changed: objectives and injects, no runs."""
    with act("drills.plan.copy", by=by.actor):
        row = DrillPlan.objects.create(
            title=plan.title, scenario=plan.scenario, area_code=plan.area_code, author=by, copy_of=plan
        )
        _write_objectives(row, [one.text for one in plan.objectives.all()])
        objectives = {one.text: one for one in row.objectives.all()}
        for inject in plan.injects.select_related("objective").order_by("number"):
            copied = Inject(plan=row, **{name: getattr(inject, name) for name in PLAIN if name != "person"})
            copied.person_id = inject.person_id
            copied.objective = objectives[inject.objective.text] if inject.objective else None
            copied.save()
    return row


def locked_plan(plan: DrillPlan) -> DrillPlan:
    """The plan, held until the transaction ends. Refused once it has been run."""
    row = DrillPlan.objects.select_for_update().get(pk=plan.pk)
    if DrillRun.objects.filter(plan=row).exists():
        raise Refused(Objection.PLAN_RAN.value, Objection.PLAN_RAN.label)
    return row
