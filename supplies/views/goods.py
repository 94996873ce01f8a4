"""Goods come in, are handed out, sent and reversed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from supplies import actions, queries
from supplies.enums import IssueState
from supplies.forms.goods import (
    BackForm,
    EmergencyForm,
    GoodsForm,
    PapersForm,
    ReasonForm,
    ReceiveForm,
    RequestForm,
    attempt,
)
from supplies.models import Issue, Lot, Store, Transfer
from supplies.rules import printed
from supplies.views.stores import PAGE, person, with_tones


def store_at(request: HttpRequest, capability: str, code: str) -> Store:
    """The store at which the person may use the capability, or 404."""
    return get_object_or_404(queries.stores_for(person(request), capability), code=code)


@requires("supplies.keep")
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """入库."""
    store, user = store_at(request, "supplies.keep", code), person(request)
    form = ReceiveForm(request.POST or None)
    if request.method == "POST":
        row = attempt(form, lambda: actions.receive(store=store, by=user, now=clock.now(), **form.cleaned_data))
        if row:
            words = {"item": row.lot.item.name, "quantity": printed(row.quantity), "unit": row.lot.item.unit}
            messages.success(request, _("Received: %(item)s %(quantity)s %(unit)s.") % words)
            return redirect("supplies:store", code)
    return render(request, "supplies/receive.html", {"form": form, "store": store})


@requires("supplies.issue")
def emergency(request: HttpRequest, code: str) -> HttpResponse:
    """先出库后补单: out first, the papers within twelve hours."""
    title = _("Issue first, papers later")
    return _handed_out(request, code, EmergencyForm, actions.issue_now, title)


@requires("supplies.issue")
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """领用申请: another person approves before anything leaves."""
    return _handed_out(request, code, RequestForm, actions.request_issue, _("Ask for goods"))


def _handed_out(
    request: HttpRequest, code: str, kind: type[GoodsForm], deed: Callable[..., Issue], title: str
) -> HttpResponse:
    store, user = store_at(request, "supplies.issue", code), person(request)
    form = kind(request.POST or None, request.FILES or None, at_hand=queries.items_at(store))
    if request.method == "POST":
        issue = attempt(
            form,
            lambda: deed(store=store, quantities=form.quantities(), by=user, now=clock.now(), **form.values()),
        )
        if issue:
            messages.success(request, _("Stored: %(store)s.") % {"store": store.name})
            return redirect("supplies:issue", issue.uuid)
    context = {"form": form, "store": store, "title": title, "is_emergency": kind is EmergencyForm}
    return render(request, "supplies/goods_form.html", context)


@requires("supplies.view")
def issues(request: HttpRequest) -> HttpResponse:
    """Who got what, what waits for approval, whose papers are owed."""
    scope = person(request).scope_for("supplies.view")
    state = request.GET.get("state", "")
    states = {"papers": _("Papers owed"), **{str(one.value): str(one.label) for one in IssueState}}
    rows = queries.issues(scope, state=state if state in states else "")
    if (before := request.GET.get("before", "")).isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = with_tones(rows[: PAGE + 1])
    context = {
        "issues": found[:PAGE],
        "next_url": f"?state={state}&before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "figures": queries.figures(scope),
        "chips": chips("supplies:issues", states, state),
    }
    return render(request, "supplies/issues.html", context)


def chips(route: str, states: dict[str, str], own: str) -> list[dict[str, Any]]:
    """The states of a list as chips."""
    return [
        {"label": label, "url": f"{reverse(route)}?state={value}" if value else reverse(route), "current": own == value}
        for value, label in [("", _("All")), *states.items()]
    ]


def _issue_at(request: HttpRequest, capability: str, uuid: UUID) -> Issue:
    rows = Issue.objects.in_scope(person(request).scope_for(capability)).select_related(
        "store", "requested_by", "approved_by", "issued_by", "papers_by"
    )
    return get_object_or_404(rows, uuid=uuid)


@requires("supplies.view")
def issue(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One issue: what, to whom, and what is still owed on it."""
    found = _issue_at(request, "supplies.view", uuid)
    return render(request, "supplies/issue.html", _issue(request, found))


def _issue(request: HttpRequest, found: Issue, **forms: Any) -> dict[str, Any]:
    user = person(request)
    (shown,) = with_tones([found])
    out = queries.still_out(issue=found) if found.state == IssueState.ISSUED else {}
    may_issue = user.scope_for("supplies.issue").covers(found.area_code)
    may_decide = user.scope_for("supplies.approve").covers(found.area_code) and found.requested_by_id != user.pk
    return {
        "issue": shown,
        "lines": list(found.lines.select_related("lot__item").order_by("lot__item__code", "pk")),
        "out": out_choices(out),
        "papers_form": PapersForm() if found.is_emergency and not found.papers_at and may_issue else None,
        "back_form": BackForm(out=out_choices(out))
        if out and user.scope_for("supplies.keep").covers(found.area_code)
        else None,
        "refuse_form": ReasonForm() if may_decide and found.state == IssueState.REQUESTED else None,
        "may_hand_out": may_issue and found.state == IssueState.APPROVED,
    } | forms


def out_choices(out: dict[int, Any]) -> list[tuple[int, str]]:
    """What is still out, as people choose it."""
    lots = Lot.objects.select_related("item").in_bulk(out)
    return [
        (pk, f"{lots[pk].item.name} · {lots[pk].number} · {printed(quantity)} {lots[pk].item.unit}")
        for pk, quantity in sorted(out.items())
    ]


def answered(request: HttpRequest, deed: Callable[[], object], done: str) -> None:
    """Does it and says so, or says why not."""
    try:
        deed()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)


@requires("supplies.approve")
@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Approved: it may leave."""
    found = _issue_at(request, "supplies.approve", uuid)
    answered(request, lambda: actions.approve_issue(issue=found, by=person(request), now=clock.now()), _("Approved."))
    return redirect("supplies:issue", uuid)


@requires("supplies.approve")
@require_POST
def refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Refused, with the reason."""
    found, form = _issue_at(request, "supplies.approve", uuid), ReasonForm(request.POST)
    if attempt(
        form, lambda: actions.refuse_issue(issue=found, by=person(request), now=clock.now(), **form.cleaned_data)
    ):
        return redirect("supplies:issue", uuid)
    return render(request, "supplies/issue.html", _issue(request, found, refuse_form=form))


@requires("supplies.issue")
@require_POST
def hand_out(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """出库 of what was approved."""
    found = _issue_at(request, "supplies.issue", uuid)
    answered(request, lambda: actions.hand_out(issue=found, by=person(request), now=clock.now()), _("Handed out."))
    return redirect("supplies:issue", uuid)


@requires("supplies.issue")
@require_POST
def papers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """补单."""
    found, form = _issue_at(request, "supplies.issue", uuid), PapersForm(request.POST)
    if attempt(
        form, lambda: actions.hand_in_papers(issue=found, by=person(request), now=clock.now(), **form.cleaned_data)
    ):
        messages.success(request, _("The papers are handed in."))
        return redirect("supplies:issue", uuid)
    return render(request, "supplies/issue.html", _issue(request, found, papers_form=form))


@requires("supplies.keep")
@require_POST
def back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """归还 into the store it came from."""
    found = _issue_at(request, "supplies.keep", uuid)
    form = BackForm(request.POST, out=out_choices(queries.still_out(issue=found)))
    if brought_back(request, form, found.store, issue=found):
        return redirect("supplies:issue", uuid)
    return render(request, "supplies/issue.html", _issue(request, found, back_form=form))


def brought_back(
    request: HttpRequest, form: BackForm, store: Store, *, issue: Issue | None = None, transfer: Transfer | None = None
) -> bool:
    """Books what came back; False where the form says why not."""

    def deed() -> object:
        lot = Lot.objects.select_related("item").get(pk=form.cleaned_data["lot"])
        return actions.take_back(
            store=store,
            lot=lot,
            quantity=form.cleaned_data["quantity"],
            by=person(request),
            now=clock.now(),
            issue=issue,
            transfer=transfer,
        )

    done = attempt(form, deed) is not None
    if done:
        messages.success(request, _("Brought back."))
    return done


@requires("supplies.approve")
def reverse_row(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """冲销 of one row of the ledger, with the reason."""
    user, form = person(request), ReasonForm(request.POST or None)
    row = get_object_or_404(queries.movements(user.scope_for("supplies.approve")), uuid=uuid)
    if request.method == "POST":
        done = attempt(form, lambda: actions.reverse(movement=row, by=user, now=clock.now(), **form.cleaned_data))
        if done is None:
            return render(request, "supplies/reverse.html", {"form": form, "row": row})
        messages.success(request, _("Reversed."))
        return redirect("supplies:movements")
    return render(request, "supplies/reverse.html", {"form": form, "row": row})
