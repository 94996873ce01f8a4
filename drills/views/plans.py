"""Plans: what is to be rehearsed, and their injects."""

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from drills import actions, queries
from drills.enums import ClockState, PlanState
from drills.forms import InjectForm, PlanForm, SheetForm
from drills.models import DrillPlan, Inject
from drills.views.asking import areas_of, found_plan, person
from territory.models import SheetImport

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("drills.view")
def home(request: HttpRequest) -> HttpResponse:
    """What was rehearsed, what did it find?"""
    user, now = person(request), clock.now()
    scope = user.scope_for("drills.view")
    shown = list(queries.runs(scope)[:30])
    runs = [(run, *queries.clock(run, now)) for run in shown]
    context = {
        "plans": list(queries.plans(scope)[:50]),
        "runs": runs,
        "live": [row for row in runs if row[1] in (ClockState.RUNNING, ClockState.PAUSED)],
        "to_mend": queries.improvements(scope),
        "may_plan": user.can("drills.plan"),
    }
    return render(request, "drills/home.html", context)


@requires("drills.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens when, and what is expected?"""
    plan, user, now = found_plan(request, pk, "drills.view"), person(request), clock.now()
    ran = list(queries.runs(user.scope_for("drills.view")).filter(plan=plan))
    context = {
        "plan": plan,
        "injects": list(plan.injects.select_related("person", "objective").order_by("minute", "number")),
        "objectives": list(plan.objectives.order_by("order", "pk")),
        "runs": [(run, queries.clock(run, now)[0]) for run in ran],
        "may_edit": user.scope_for("drills.plan").covers(plan.area_code) and not ran,
        "may_copy": user.scope_for("drills.plan").covers(plan.area_code),
        "may_run": user.scope_for("drills.run").covers(plan.area_code) and plan.state == PlanState.READY,
    }
    return render(request, "drills/plan.html", context)


@requires("drills.plan")
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new plan, or the head of one."""
    user, plan = person(request), found_plan(request, pk, "drills.plan") if pk else None
    form = PlanForm(request.POST or None, areas=areas_of(user), plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_plan(plan=plan, **form.content(), by=user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved: %(plan)s.") % {"plan": saved.title})
            return redirect("drills:plan", pk=saved.pk)
    return render(request, "drills/plan_form.html", {"form": form, "plan": plan})


@requires("drills.plan")
def inject(request: HttpRequest, pk: int, inject_pk: int | None = None) -> HttpResponse:
    """A new inject, or one to be changed."""
    user, plan = person(request), found_plan(request, pk, "drills.plan")
    row = get_object_or_404(Inject.objects.select_related("objective"), pk=inject_pk, plan=plan) if inject_pk else None
    people = queries.candidates(user.scope_for("drills.plan"), clock.now())
    form = InjectForm(request.POST or None, plan=plan, areas=areas_of(user), people=people, inject=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_inject(plan=plan, inject=row, content=form.content(), by=user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved: %(plan)s.") % {"plan": str(saved)})
            return redirect("drills:plan", pk=plan.pk)
    return render(request, "drills/inject_form.html", {"form": form, "plan": plan, "inject": row})


@requires("drills.plan")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Finishes or copies a plan, or takes an inject out of it."""
    plan, user, verb = found_plan(request, pk, "drills.plan"), person(request), request.POST.get("verb", "")
    try:
        shown = _done(plan, verb, request, user)
        messages.success(request, _("Done: %(plan)s.") % {"plan": shown.title})
    except Refused as refused:
        shown = plan
        messages.error(request, str(refused))
    return redirect("drills:plan", pk=shown.pk)


def _done(plan: DrillPlan, verb: str, request: HttpRequest, user: Any) -> DrillPlan:
    if verb == "finish":
        return actions.finish_plan(plan=plan, by=user)
    if verb == "copy":
        return actions.copy_plan(plan=plan, by=user)
    number = request.POST.get("inject", "")
    actions.remove_inject(inject=get_object_or_404(plan.injects, pk=int(number) if number.isdigit() else 0), by=user)
    return plan


@requires("drills.plan")
def import_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Checks an exercise plan sheet (预检) and shows what storing it would do."""
    plan, user, form = found_plan(request, pk, "drills.plan"), person(request), SheetForm()
    if request.method != "POST":
        return _import_page(request, plan, form)
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            sheet = actions.check_injects(plan=plan, content=content, file_name=file.name, by=user)
            return _import_page(request, plan, SheetForm(), sheet, base64.b64encode(content).decode())
        except Refused as refused:
            form.add_error("file", str(refused))
    return _import_page(request, plan, form)


@requires("drills.plan")
@require_POST
def store_sheet(request: HttpRequest, pk: int, sheet_pk: int) -> HttpResponse:
    """Stores the checked sheet, whose bytes come back with the form."""
    plan, user = found_plan(request, pk, "drills.plan"), person(request)
    sheet = get_object_or_404(SheetImport, pk=sheet_pk, actor_id=user.pk)
    try:
        content = base64.b64decode(request.POST.get("content", ""), validate=True)
        stored = actions.store_injects(plan=plan, sheet=sheet, content=content, by=user, now=clock.now())
    except (Refused, binascii.Error) as refused:
        messages.error(request, str(refused))
        return _import_page(request, plan, SheetForm())
    messages.success(request, _("Stored: %(new)d new, %(changed)d changed, %(same)d unchanged.") % vars(stored))
    return redirect("drills:plan", pk=plan.pk)


@requires("drills.view")
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """导调计划 as xlsx, as the import reads it."""
    plan = found_plan(request, pk, "drills.view")
    answer = HttpResponse(queries.plan_sheet(plan), content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="msel-{plan.pk}.xlsx"'
    return answer


def _import_page(
    request: HttpRequest, plan: DrillPlan, form: SheetForm, sheet: SheetImport | None = None, content: str = ""
) -> HttpResponse:
    context = {"plan": plan, "form": form, "sheet": sheet, "content": content}
    return render(request, "drills/import.html", context)
