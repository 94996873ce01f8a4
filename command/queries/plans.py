"""Contingency plans and what they ask for at each level."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Prefetch, Q

from assignments.queries import prefixes
from command.enums import ResponseLevel
from command.models import ContingencyPlan, RoundTemplate, TaskTemplate
from command.rules import roman
from territory.models import PlacedQuerySet
from territory.rules import Scope


def plans(scope: Scope) -> PlacedQuerySet[ContingencyPlan]:
    """Plans of these areas and of those above them, drafts first, then the newest, each with its number of tasks."""
    above = Q(area_code__in=[code for own in scope.codes for code in prefixes(own)])
    rows: PlacedQuerySet[ContingencyPlan] = ContingencyPlan.objects.filter(
        Q(pk__in=ContingencyPlan.objects.in_scope(scope).values("pk")) | above
    )
    counted: PlacedQuerySet[Any] = rows.annotate(tasks=Count("templates"))
    return counted.order_by(F("published_at").desc(nulls_first=True), "-pk")


def plan_in_force(area_code: str) -> ContingencyPlan | None:
    """The newest published plan of the area, else of the area above. One statement."""
    found = ContingencyPlan.objects.filter(area_code__in=prefixes(area_code), published_at__isnull=False)
    return found.order_by("-area_code", "-published_at", "-pk").first()


def newest_plan(area_code: str) -> ContingencyPlan | None:
    """The plan in force with its tasks and rounds."""
    found = plan_in_force(area_code)
    return plans_with_tasks(found.pk) if found else None


def plans_with_tasks(pk: int) -> ContingencyPlan | None:
    """One plan with its tasks and rounds. Three statements."""
    tasks = TaskTemplate.objects.select_related("person", "contact_point").order_by("-level", "order", "pk")
    return (
        ContingencyPlan.objects.prefetch_related(Prefetch("templates", tasks), "round_templates").filter(pk=pk).first()
    )


@dataclass(frozen=True)
class LevelOf:
    """One level of a plan and what it adds to the levels below it."""

    level: int
    label: str
    mark: str
    tasks: list[TaskTemplate] = field(default_factory=list)
    rounds: list[RoundTemplate] = field(default_factory=list)


def levels_of(plan: ContingencyPlan) -> list[LevelOf]:
    """The four levels of a plan, IV first: each holds what the levels before it hold, and its own tasks."""
    found = {level.value: LevelOf(level.value, str(level.label), roman(level.value)) for level in ResponseLevel}
    for template in plan.templates.all():
        found[template.level].tasks.append(template)
    for each in plan.round_templates.all():
        found[each.level].rounds.append(each)
    return [found[level] for level in sorted(found, reverse=True)]
