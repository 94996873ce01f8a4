"""Contingency plans: what each level asks of whom."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from command import actions, queries
from command.forms import PlanForm, RoundForm, TaskForm, VersionForm
from command.models import ContingencyPlan, RoundTemplate, TaskTemplate
from command.views.asking import put, tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.queries import area_names

SHOWN = 50


@requires("command.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which plan is in force?"""
    user = who(request)
    rows = list(queries.plans(user.scope_for("command.view"))[:SHOWN])
    names = area_names({row.area_code for row in rows})
    in_force = next((row for row in rows if row.published_at), None)
    found = [(row, names.get(row.area_code, row.area_code)) for row in rows]
    return render(
        request, "command/plans.html", {"rows": found, "in_force": in_force, "may_edit": user.can("plans.edit")}
    )


@requires("plans.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A new plan, as a draft."""
    user = who(request)
    form = PlanForm(request.POST or None)
    area = min(user.scope_for("plans.edit").codes, key=len, default="")
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.make_plan(area_code=area, by=user, now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            put(form, refusal)
        else:
            return redirect("command:plan", pk=plan.pk)
    return render(request, "command/plan_form.html", {"form": form})


@requires("command.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What does each level ask of whom? A draft is edited here."""
    user = who(request)
    plan = _found(user, pk)
    return render(request, "command/plan.html", _shown(user, plan, None))


def _found(user: User, pk: int) -> ContingencyPlan:
    plan = queries.plans_with_tasks(pk)
    scope = user.scope_for("command.view")
    if plan is None or not queries.plans(scope).filter(pk=pk).exists():
        raise Http404
    return plan


def _shown(user: User, plan: ContingencyPlan, form: TaskForm | None) -> dict[str, Any]:
    scope = user.scope_for("plans.edit")
    may_edit = scope.covers(plan.area_code)
    return {
        "plan": plan,
        "levels": queries.levels_of(plan),
        "count": len(plan.templates.all()),
        "place": area_names({plan.area_code}).get(plan.area_code, plan.area_code),
        "may_edit": may_edit,
        "is_draft": plan.published_at is None,
        "form": form or TaskForm(scope=scope, now=clock.now()),
        "round_form": RoundForm(),
        "version": VersionForm(),
    }


@require_POST
@requires("plans.edit")
def add_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a task to a draft."""
    user = who(request)
    plan = _found(user, pk)
    form = TaskForm(request.POST, scope=user.scope_for("plans.edit"), now=clock.now())
    if form.is_valid():
        tried(request, lambda: actions.add_task(plan=plan, task=form.task(), by=user), _("Task added."))
        return redirect("command:plan", pk=pk)
    return render(request, "command/plan.html", _shown(user, plan, form))


@require_POST
@requires("plans.edit")
def add_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds to a draft that a level opens a round."""
    user = who(request)
    plan = _found(user, pk)
    form = RoundForm(request.POST)
    if form.is_valid():
        tried(request, lambda: actions.add_round(plan=plan, **form.cleaned_data, by=user), _("Round added."))
        return redirect("command:plan", pk=pk)
    return render(request, "command/plan.html", _shown(user, plan, None) | {"round_form": form})


@require_POST
@requires("plans.edit")
def remove_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a round out of a draft."""
    template = get_object_or_404(RoundTemplate.objects.select_related("plan"), pk=pk)
    tried(request, lambda: actions.remove_round(template=template, by=who(request)), _("Round removed."))
    return redirect("command:plan", pk=template.plan_id)


@require_POST
@requires("plans.edit")
def remove_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a task out of a draft."""
    template = get_object_or_404(TaskTemplate.objects.select_related("plan"), pk=pk)
    tried(request, lambda: actions.remove_task(template=template, by=who(request)), _("Task removed."))
    return redirect("command:plan", pk=template.plan_id)


@require_POST
@requires("plans.edit")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """New responses follow this plan from now on."""
    user = who(request)
    plan = _found(user, pk)
    tried(request, lambda: actions.publish_plan(plan=plan, by=user, now=clock.now()), _("Plan published."))
    return redirect("command:plan", pk=pk)


@require_POST
@requires("plans.edit")
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft of the next version with the same tasks."""
    user, form = who(request), VersionForm(request.POST)
    plan = _found(user, pk)
    if form.is_valid():
        try:
            plan = actions.copy_plan(plan=plan, version=form.cleaned_data["version"], by=user, now=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Draft of the new version."))
    return redirect("command:plan", pk=plan.pk)
