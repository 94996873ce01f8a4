"""Findings: what is wrong, who mends it by when, and the check by another."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assignments.enums import OPEN, Verb
from assignments.queries import standing
from assignments.rules import may
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.enums import TO_MEND, UNSETTLED, FindingState, Grade, Paper
from hazards.forms import (
    DeferForm,
    FindingFilterForm,
    FixerForm,
    JudgeForm,
    MeasureForm,
    ReasonForm,
    SupervisorForm,
)
from hazards.models import Finding
from hazards.rules import FINDING_TONES, GRADE_TONES, FindingFilter, is_far
from hazards.views.register import SHEET_TYPE, person

PAGE = 100


@requires("sites.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which findings are open or late, and who owes what?"""
    user, now = person(request), clock.now()
    scope = user.scope_for("sites.view")
    form = FindingFilterForm(request.GET, scope=scope)
    filters = form.filters()
    counts = queries.finding_counts(scope, filters, now=now)
    start = _number(request.GET.get("from", ""))
    found = list(queries.findings(scope, filters, now=now)[start : start + PAGE + 1])
    more = f"?{urlencode({**filters.query(), 'from': start + PAGE})}" if len(found) > PAGE else ""
    context = {
        "form": form,
        "filters": filters,
        "counts": counts["state"],
        "major": counts["grade"].get(Grade.MAJOR, 0),
        "lines": queries.shown(found[:PAGE], now=now),
        "next_url": more,
        "grade_chips": _chips("grade", [("", _("All")), *Grade.choices], counts["grade"], filters),
        "state_chips": _chips("state", _states(), counts["state"], filters),
        "export_url": f"{reverse('hazards:findings_export')}?{urlencode(filters.query())}",
        "filtered": bool(filters.query(state="")),
        "to_check": list(queries.to_check(user.scope_for("assignments.verify"), besides=user)[:20])
        if user.can("assignments.verify")
        else [],
        "may_papers": user.can("findings.papers"),
    }
    return render(request, "hazards/findings.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _states() -> list[tuple[str, Any]]:
    return [("open", _("Open")), ("late", _("Late")), *FindingState.choices, ("all", _("All"))]


def _chips(name: str, shown: Any, counts: dict[str, int], filters: FindingFilter) -> list[dict[str, Any]]:
    own = getattr(filters, name)
    tones: dict[str, str] = {str(key): tone for key, tone in (*FINDING_TONES.items(), *GRADE_TONES.items())}
    return [
        {
            "label": label,
            "url": f"{reverse('hazards:findings')}?{urlencode(filters.query(**{name: value}))}",
            "current": value == own,
            "count": counts.get(value, 0),
            "shape": tones.get(value, "danger" if value == "late" else ""),
        }
        for value, label in shown
    ]


@requires("sites.view")
def export(request: HttpRequest) -> HttpResponse:
    """The filtered findings as xlsx."""
    scope, now = person(request).scope_for("sites.view"), clock.now()
    filters = FindingFilterForm(request.GET, scope=scope).filters()
    response = HttpResponse(queries.findings_sheet(scope, filters, now=now), content_type=SHEET_TYPE)
    response["Content-Disposition"] = f'attachment; filename="findings-{now:%Y%m%d-%H%M}.xlsx"'
    return response


@requires("sites.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is wrong here, how far is it, and is it mended?"""
    return _page(request, _found(request, uuid))


def _found(request: HttpRequest, uuid: UUID, capability: str = "sites.view") -> Finding:
    return get_object_or_404(queries.finding_for(person(request), uuid, capability=capability))


def _page(request: HttpRequest, finding: Finding, *, status: int = 200, **forms: Form) -> HttpResponse:
    user, now = person(request), clock.now()
    duty = finding.assignment
    is_doer = user.pk in queries.doers_of(finding)
    own = duty is not None and duty.assignee_id == user.pk

    def over(capability: str) -> bool:
        return user.scope_for(capability).covers(finding.area_code)

    to_mend, open_state = finding.state in TO_MEND, finding.state in UNSETTLED
    assigns, verifies = over("assignments.assign"), over("assignments.verify")
    given = {
        "fixer_form": FixerForm(scope=user.scope_for("assignments.assign"), now=now, initial={"grade": finding.grade}),
        "measure_form": MeasureForm(prefix="measure"),
        "judge_form": JudgeForm(),
        "defer_form": DeferForm(prefix="defer", initial={"measure": finding.measure, "kept_by": finding.measure_by}),
        "supervisor_form": SupervisorForm(),
        "reason_form": ReasonForm(prefix="strike"),
    } | forms
    far = queries.farthest_after(finding)
    context = {
        "finding": finding,
        "line": queries.shown([finding], now=now)[0],
        "photos": queries.photos_of(finding),
        "far": far if is_far(far, None) else None,
        "steps": list(finding.steps.select_related("by").order_by("-pk")),
        "deferrals": list(finding.deferrals.select_related("approved_by")),
        "again": list(finding.reopened_as.all()),
        "duty": duty,
        "may_fix": own and to_mend,
        "may_assign": assigns and finding.state == FindingState.FOUND,
        "may_control": to_mend and (assigns or own),
        "may_judge": verifies and finding.state == FindingState.SUBMITTED and not is_doer,
        "is_own": is_doer and finding.state == FindingState.SUBMITTED,
        "may_defer": verifies and to_mend and finding.state != FindingState.FOUND and not is_doer,
        "may_list": over("findings.supervise") and open_state and finding.grade == Grade.MAJOR,
        "may_strike": verifies and to_mend and not is_doer,
        "may_pass_on": duty is not None
        and duty.state in OPEN
        and may(Verb.HAND_OVER, standing(user, duty), needs_verification=True),
        "papers": [Paper.NOTICE, *([Paper.CLOSING] if finding.state == FindingState.CLOSED else [])],
        **({"exercise": _("Exercise")} if finding.exercise else {}),
        **given,
    }
    return render(request, "hazards/finding.html", context, status=status)


def _done(
    request: HttpRequest, finding: Finding, name: str, form: Form, act: Callable[[dict[str, Any]], object], said: str
) -> HttpResponse:
    """Does it and goes back to the page; what is refused stands beside its field."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            # Whoever was slower gets a page without that form: the sentence stands above it.
            if refused.field in form.fields:
                form.add_error(refused.field, str(refused))
            else:
                messages.error(request, str(refused))
            finding = _found(request, finding.uuid)
            status = 409 if refused.code.startswith("conflict") else 400
            return _page(request, finding, status=status, **{name: form})
        messages.success(request, said)
        return redirect("hazards:finding", uuid=finding.uuid)
    return _page(request, finding, status=400, **{name: form})


@require_POST
@requires("assignments.assign")
def assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """交办."""
    user, now, finding = person(request), clock.now(), _found(request, uuid, "assignments.assign")
    form = FixerForm(request.POST, scope=user.scope_for("assignments.assign"), now=now)

    def give(_given: dict[str, Any]) -> object:
        return actions.assign_finding(finding=finding, by=user, now=now, **form.given())

    return _done(request, finding, "fixer_form", form, give, _("Given to the fixer, who is told."))


@require_POST
@requires("assignments.act")
def control(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """临时管控."""
    user, now, finding = person(request), clock.now(), _found(request, uuid, "assignments.act")

    def make_safe(given: dict[str, Any]) -> object:
        return actions.control_finding(finding=finding, by=user, now=now, **given)

    form = MeasureForm(request.POST, prefix="measure")
    return _done(request, finding, "measure_form", form, make_safe, _("The interim measure is recorded."))


@require_POST
@requires("assignments.verify")
def judge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """销号 or 退回."""
    user, now, finding = person(request), clock.now(), _found(request, uuid, "assignments.verify")
    passed = request.POST.get("verdict") == "close"

    def decide(given: dict[str, Any]) -> object:
        settle = actions.close_finding if passed else actions.return_finding
        return settle(finding=finding, by=user, now=now, note=given["note"])

    said = _("Written off.") if passed else _("Sent back: the fixer is told.")
    return _done(request, finding, "judge_form", JudgeForm(request.POST), decide, said)


@require_POST
@requires("assignments.verify")
def defer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """延期."""
    user, now, finding = person(request), clock.now(), _found(request, uuid, "assignments.verify")

    def put_off(given: dict[str, Any]) -> object:
        return actions.defer_finding(finding=finding, by=user, now=now, **given)

    form = DeferForm(request.POST, prefix="defer")
    return _done(request, finding, "defer_form", form, put_off, _("Put off, with the measure that holds until then."))


@require_POST
@requires("findings.supervise")
def supervise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """挂牌督办 or 摘牌."""
    user, now, finding = person(request), clock.now(), _found(request, uuid, "findings.supervise")
    if request.POST.get("off"):

        def take_off(given: dict[str, Any]) -> object:
            return actions.unlist_finding(finding=finding, reason=given["reason"], by=user, now=now)

        form: Form = ReasonForm(request.POST)
        return _done(request, finding, "reason_form", form, take_off, _("Taken off supervision."))

    def put_on(given: dict[str, Any]) -> object:
        return actions.list_finding(finding=finding, supervisor=given["supervisor"], by=user, now=now)

    form = SupervisorForm(request.POST)
    return _done(request, finding, "supervisor_form", form, put_on, _("Put under supervision."))


@require_POST
@requires("assignments.verify")
def strike(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """撤销: no finding after all."""
    user, now, finding = person(request), clock.now(), _found(request, uuid, "assignments.verify")

    def withdraw(given: dict[str, Any]) -> object:
        return actions.withdraw_finding(finding=finding, reason=given["reason"], by=user, now=now)

    form = ReasonForm(request.POST, prefix="strike")
    return _done(request, finding, "reason_form", form, withdraw, _("Struck out."))
