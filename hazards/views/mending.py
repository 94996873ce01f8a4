"""On a phone: what is wrong here is reported, and what was mended is photographed. And the papers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assignments import actions as duties
from core import clock
from core.rules import Refused
from core.views.permission import requires
from hazards import actions, queries
from hazards.enums import TO_MEND, FindingState, Paper
from hazards.forms import FindingForm, MeasureForm, MendedForm, TemplateForm, stored
from hazards.models import Finding, HazardSite
from hazards.queries.paper_pdf import as_pdf
from hazards.views.register import person

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@requires("sites.inspect")
def new(request: HttpRequest, code: str) -> HttpResponse:
    """What is wrong here, besides what the checklist asks?"""
    user, now = person(request), clock.now()
    site: HazardSite = get_object_or_404(
        queries.site_for(user, "sites.inspect", now=now).filter(retired_at__isnull=True), code=code
    )
    earlier = [row for row in queries.settled_at(site) if row.state == FindingState.CLOSED]
    form = FindingForm(request.POST or None, request.FILES or None, earlier=earlier)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.report_finding(
                uuid=given["uuid"],
                site=site,
                what=given["what"],
                grade=given["grade"],
                photos=stored(given["photos"], by=user),
                reopens=given.get("reopens"),
                by=user,
                now=now,
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Stored: it stands on the list until another person has written it off."))
            return redirect("hazards:finding", uuid=row.uuid)
    context = {"form": form, "site": site, "open": queries.open_at(site)}
    return render(request, "hazards/finding_new.html", context, status=400 if form.errors else 200)


@requires("assignments.act")
def fix(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What am I to mend, and what does it look like now? For the fixer's phone."""
    user, now = person(request), clock.now()
    finding = get_object_or_404(queries.finding_for(user, uuid, capability="assignments.act"))
    duty = finding.assignment
    if duty is None or duty.assignee_id != user.pk:
        return redirect("hazards:finding", uuid=uuid)
    form, measure = MendedForm(), MeasureForm(prefix="measure")
    pressed = request.POST.get("do", "")
    if request.method == "POST":
        try:
            if pressed == "start":
                duties.start(assignment=duty, by=user, now=now)
                messages.success(request, _("Recorded: mending has begun."))
                return redirect("hazards:finding_fix", uuid=uuid)
            if pressed == "control":
                measure = MeasureForm(request.POST, prefix="measure")
                if measure.is_valid():
                    actions.control_finding(finding=finding, by=user, now=now, **measure.cleaned_data)
                    messages.success(request, _("The interim measure is recorded."))
                    return redirect("hazards:finding_fix", uuid=uuid)
            else:
                form = MendedForm(request.POST, request.FILES)
                if form.is_valid():
                    _submit(form, finding, request)
                    messages.success(request, _("Stored. Another person checks it now."))
                    return redirect("hazards:finding", uuid=uuid)
        except Refused as refused:
            field = {"note": "words", "photo": "photos"}.get(refused.field, refused.field)
            form.is_bound = True
            form.full_clean()
            form.add_error(field if field in form.fields else None, str(refused))
    context: dict[str, Any] = {
        "finding": finding,
        "line": queries.shown([finding], now=now)[0],
        "photos": queries.photos_of(finding),
        "duty": duty,
        "form": form,
        "measure_form": measure,
        "to_mend": finding.state in TO_MEND,
        "may_start": finding.state in TO_MEND and finding.state != FindingState.FIXING,
        "returned": finding.steps.filter(step="send_back").order_by("-pk").first()
        if finding.state == FindingState.RETURNED
        else None,
        **({"exercise": _("Exercise")} if finding.exercise else {}),
    }
    return render(request, "hazards/finding_fix.html", context, status=400 if form.errors or measure.errors else 200)


def _submit(form: MendedForm, finding: Finding, request: HttpRequest) -> None:
    user = person(request)
    actions.submit_finding(
        finding=finding,
        words=form.cleaned_data["words"],
        photos=stored(form.cleaned_data["photos"], by=user),
        position=form.position,
        by=user,
        now=clock.now(),
    )


@requires("sites.view")
def paper(request: HttpRequest, uuid: UUID, paper: str, ending: str) -> HttpResponse:
    """整改通知单 or 销号单 as docx, to be changed, or as PDF, to be handed over."""
    finding = get_object_or_404(queries.finding_for(person(request), uuid))
    if paper not in Paper.values or (paper == Paper.CLOSING and finding.state != FindingState.CLOSED):
        raise Http404
    content, name = queries.filled_paper(finding, paper, now=clock.now()), f"{paper}-{finding.number}"
    if ending == "pdf":
        content = as_pdf(content, title=f"{Paper(paper).label} {finding.number}")
    response = HttpResponse(content, content_type=DOCX_TYPE if ending == "docx" else "application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


@requires("findings.papers")
def papers(request: HttpRequest) -> HttpResponse:
    """Which words stand on our papers? The templates, to take away, change in Word and bring back."""
    user = person(request)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            actions.change_template(
                paper=form.cleaned_data["paper"], name=upload.name, content=upload.read(), by=user, now=clock.now()
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("Stored: the next paper is made of it."))
            return redirect("hazards:papers")
    rows = [(each, queries.template_row(each)) for each in Paper]
    context = {"form": form, "rows": rows, "words": queries.paper_words()}
    return render(request, "hazards/papers.html", context, status=400 if form.errors else 200)


@requires("findings.papers")
def template(request: HttpRequest, paper: str) -> HttpResponse:
    """The template in force, as a Word file."""
    if paper not in Paper.values:
        raise Http404
    response = HttpResponse(queries.template_bytes(paper), content_type=DOCX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="template-{paper}.docx"'
    return response
