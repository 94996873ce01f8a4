"""导调台: the clock, injects, stop; and the look back."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Role
from core import clock
from core.rules import Refused
from core.views.permission import requires
from drills import actions, queries
from drills.enums import FindingKind, RunVerb
from drills.forms import FindingForm, ImproveForm, RunForm, in_a_fortnight
from drills.models import DrillRun
from drills.views.asking import areas_of, band, found_plan, found_run, person
from drills.views.plans import SHEET

STEPS = (1, 5, 15)  # minutes by which one press puts the clock forward


@requires("drills.run")
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes part? Nobody else gets a message of this exercise."""
    plan, user, now = found_plan(request, pk, "drills.run"), person(request), clock.now()
    people = queries.candidates(user.scope_for("drills.run"), now)
    roles = {
        one.pk: "、".join(dict.fromkeys(str(Role(held.role).label) for held in one.roles_at(now))) for one in people
    }
    form = RunForm(request.POST or None, people=people, roles=roles, areas=areas_of(user, "drills.run"))
    if request.method == "POST" and form.is_valid():
        try:
            chosen = [*form.cleaned_data["people"], *queries.grid_workers(form.cleaned_data["workers_of"], now)]
            run = actions.make_run(plan=plan, people=list(dict.fromkeys(chosen)), by=user)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            return redirect("drills:run", uuid=run.uuid)
    return render(request, "drills/run_form.html", {"form": form, "plan": plan})


@requires("drills.view")
def console(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where does the exercise stand, and what asks for me?"""
    run = found_run(request, uuid, "drills.view")
    name = "drills/_console.html" if request.headers.get("HX-Request") else "drills/console.html"
    return render(request, name, _console(request, run))


def _console(request: HttpRequest, run: DrillRun) -> dict[str, Any]:
    seen = queries.console(run, clock.now())
    return {
        "run": run,
        "seen": seen,
        "steps": STEPS,
        "may_run": person(request).scope_for("drills.run").covers(run.area_code),
        **band(run),
    }


@requires("drills.run")
@require_POST
def turn(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Start, pause, go on, put forward, stop."""
    run, verb = found_run(request, uuid, "drills.run"), request.POST.get("verb", "")
    minutes = request.POST.get("minutes", "")
    if verb in RunVerb.values:
        try:
            actions.turn_clock(
                run=run,
                verb=RunVerb(verb),
                by=person(request),
                now=clock.now(),
                minutes=int(minutes) if minutes.isdigit() else 0,
            )
        except Refused as refused:
            messages.error(request, str(refused))
    return redirect("drills:review" if verb == RunVerb.STOP else "drills:run", uuid=run.uuid)


@requires("drills.run")
@require_POST
def inject(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """发出 or 跳过."""
    run, user, now = found_run(request, uuid, "drills.run"), person(request), clock.now()
    row = get_object_or_404(run.plan.injects, pk=pk)
    try:
        if request.POST.get("verb") == "skip":
            actions.skip(run=run, inject=row, by=user, now=now, reason=request.POST.get("reason", ""))
        else:
            actions.let_out(run=run, inject=row, by=user, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("drills:run", uuid=run.uuid)


@requires("drills.view")
def review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How long did they take, and what is to be mended?"""
    return _review_page(request, found_run(request, uuid, "drills.view"))


@requires("drills.run")
@require_POST
def finding(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Writes down what was seen."""
    run = found_run(request, uuid, "drills.run")
    form = FindingForm(request.POST, plan=run.plan)
    if not form.is_valid():
        return _review_page(request, run, finding_form=form)
    given = form.cleaned_data
    kind = FindingKind(given["kind"])
    actions.note_finding(run=run, kind=kind, text=given["text"], inject=given["inject"], by=person(request))
    messages.success(request, _("Written down."))
    return redirect("drills:review", uuid=run.uuid)


@requires("drills.run")
@require_POST
def improve(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Makes an improvement item of a finding: a real duty."""
    run, user, now = found_run(request, uuid, "drills.run"), person(request), clock.now()
    form = ImproveForm(request.POST, people=queries.candidates(user.scope_for("drills.run"), now))
    due = _end_of(form.cleaned_data["due_on"]) if form.is_valid() else None
    try:
        actions.order_improvement(
            finding=get_object_or_404(run.findings, pk=pk),
            assignee=form.cleaned_data.get("assignee"),
            due_at=due,
            by=user,
            now=now,
        )
        messages.success(request, _("Told as an improvement item."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("drills:review", uuid=run.uuid)


@requires("drills.view")
def export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Times beside expectations as xlsx."""
    run = found_run(request, uuid, "drills.view")
    answer = HttpResponse(queries.review_sheet(queries.review(run, clock.now())), content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="review-{run.pk}.xlsx"'
    return answer


def _end_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(18, 0)))


def _review_page(request: HttpRequest, run: DrillRun, finding_form: FindingForm | None = None) -> HttpResponse:
    user, now = person(request), clock.now()
    may_run = user.scope_for("drills.run").covers(run.area_code)
    seen = queries.review(run, now)
    people = queries.candidates(user.scope_for("drills.run"), now) if may_run and seen.without_owner else []
    context = {
        "run": run,
        "seen": seen,
        "finding_form": finding_form or FindingForm(plan=run.plan),
        "improve_form": ImproveForm(people=people, initial=in_a_fortnight(now), auto_id=False),
        "may_run": may_run,
        **band(run),
    }
    return render(request, "drills/review.html", context)
