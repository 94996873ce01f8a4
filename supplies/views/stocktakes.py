"""Stock-takes: ordered at the desk, counted blind on a phone, approved at the desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from supplies import actions, queries
from supplies.enums import StocktakeState
from supplies.forms.counting import BookForm, CallOffForm, CountForm, StocktakeForm
from supplies.models import Stocktake, StocktakeLine
from supplies.rules.stocktake import OPEN_STATES, STATE_TONES, fingerprint

SHOWN = 50
# What waits for somebody at the desk comes first, then what runs, then what is done.
ORDER = (
    StocktakeState.REVIEWED,
    StocktakeState.RECOUNTING,
    StocktakeState.COUNTED,
    StocktakeState.COUNTING,
    StocktakeState.BOOKED,
    StocktakeState.CANCELLED,
)


@requires("supplies.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which stock-takes are running, and what did the last ones find?"""
    user: Any = request.user
    found = sorted(queries.stocktakes(user.scope)[:SHOWN], key=lambda one: ORDER.index(StocktakeState(one.state)))
    context = {
        "rows": [(one, STATE_TONES[StocktakeState(one.state)]) for one in found],
        "running": sum(one.state in OPEN_STATES for one in found),
        "waiting": sum(one.state == StocktakeState.REVIEWED for one in found),
        "may_order": user.can("supplies.approve"),
    }
    return render(request, "supplies/stocktakes.html", context)


@requires("supplies.approve")
def new(request: HttpRequest) -> HttpResponse:
    """Orders a stock-take: store, counter, recounter."""
    user: Any = request.user
    now = clock.now()
    form = StocktakeForm(
        request.POST or None,
        scope=user.scope_for("supplies.approve"),
        now=now,
        initial={"store": request.GET.get("store", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_stocktake(**form.cleaned_data, by=user, now=now)
            messages.success(request, _("Ordered: %(person)s has been told.") % {"person": made.counter.name})
            return redirect("supplies:stocktake", made.pk)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return render(request, "supplies/stocktake_new.html", {"form": form})


@requires("supplies.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found, lot by lot; whoever counts is sent to his count."""
    user: Any = request.user
    row = _row(request, pk)
    if queries.is_blind_for(row, user):
        return redirect("supplies:stocktake_count", row.pk)
    return _page(request, row)


@requires("assignments.act")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """The list to count, without the books' figures; POST notes one lot."""
    user: Any = request.user
    row = _mine(request, pk)
    if request.method == "POST":
        return _note(request, row)
    return render(request, "supplies/stocktake_count.html", _counting(row, queries.lines_to_count(row, user), user))


@requires("assignments.act")
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """数完: hands the count on."""
    user: Any = request.user
    try:
        actions.finish_count(stocktake=_mine(request, pk), by=user, now=clock.now())
        messages.success(request, _("Handed on. Thank you."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("supplies:stocktake_count", pk)


@requires("supplies.approve")
@require_POST
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Approves the differences that were shown and books them."""
    user: Any = request.user
    row, form = _row(request, pk), BookForm(request.POST)
    if form.is_valid():
        try:
            actions.book_stocktake(stocktake=row, **form.cleaned_data, by=user, now=clock.now())
            messages.success(request, _("Booked: the ledger agrees with the count."))
            return redirect("supplies:stocktake", row.pk)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return _page(request, row, form)


@requires("supplies.approve")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the disputed lots back to the recounter."""
    user: Any = request.user
    try:
        row = actions.recount_again(stocktake=_row(request, pk), by=user, now=clock.now())
        messages.success(request, _("%(person)s counts again.") % {"person": row.recounter.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("supplies:stocktake", pk)


@requires("supplies.approve")
@require_POST
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls a stock-take off, with a reason."""
    user: Any = request.user
    try:
        actions.cancel_stocktake(
            stocktake=_row(request, pk), reason=request.POST.get("reason", ""), by=user, now=clock.now()
        )
        messages.success(request, _("Called off; what was counted stays on record."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("supplies:stocktake", pk)


def _row(request: HttpRequest, pk: int) -> Stocktake:
    user: Any = request.user
    return get_object_or_404(queries.stocktakes(user.scope), pk=pk)


def _mine(request: HttpRequest, pk: int) -> Stocktake:
    """A stock-take that this person was asked to count."""
    row = get_object_or_404(Stocktake.objects.select_related("store", "counter", "recounter"), pk=pk)
    if request.user.pk not in (row.counter_id, row.recounter_id):
        raise Http404
    return row


def _note(request: HttpRequest, row: Stocktake) -> HttpResponse:
    user: Any = request.user
    line = get_object_or_404(StocktakeLine, stocktake=row, pk=_number(request.POST.get("line", "")))
    form, error = CountForm(request.POST), ""
    try:
        if form.is_valid():
            actions.count_line(line=line, quantity=form.cleaned_data["quantity"], by=user, now=clock.now())
        else:
            error = str(form.errors["quantity"][0])
    except Refused as refused:
        error = str(refused)
    row.refresh_from_db(fields=["state"])
    if not request.headers.get("HX-Request"):
        if error:
            messages.error(request, error)
        return redirect(f"{request.path}#line-{line.pk}")
    context = _counting(row, queries.lines_to_count(row, user), user)
    context["one"] = next(({**one, "error": error} for one in context["lines"] if one["line"].pk == line.pk), None)
    return render(request, "supplies/stocktake_line.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _counting(row: Stocktake, lines: list[StocktakeLine], user: Any) -> dict[str, Any]:
    first = user.pk == row.counter_id
    shown = [
        {
            "line": line,
            "figure": line.counted if first else line.recounted,
            "at": line.counted_at if first else line.recounted_at,
            "error": "",
        }
        for line in lines
    ]
    done = sum(one["figure"] is not None for one in shown)
    return {"row": row, "lines": shown, "done": done, "left": len(shown) - done, "is_first": first, "one": None}


def _page(request: HttpRequest, row: Stocktake, form: BookForm | None = None) -> HttpResponse:
    user: Any = request.user
    lines, found = queries.lines_of(row), queries.tallies(row)
    is_booked = row.state == StocktakeState.BOOKED
    seen = fingerprint(found.values())
    if form is None:
        form = BookForm(initial={"seen": seen})
    elif form.data.get("seen") != seen:
        form.data = {**form.data.dict(), "seen": seen}  # type: ignore[attr-defined]  # a form of POST holds a QueryDict
    shown = [(line, found[line.pk], line.difference if is_booked else found[line.pk].difference) for line in lines]
    differing = sum(bool(difference) for _line, _tally, difference in shown)
    form.fields["reason"].required = bool(differing)
    third = user.pk not in (row.counter_id, row.recounter_id)
    approves = user.scope_for("supplies.approve").covers(row.area_code)
    context = {
        "row": row,
        "tone": STATE_TONES[StocktakeState(row.state)],
        "lines": shown,
        "differing": differing,
        "disputed": sum(tally.is_disputed for _line, tally, _difference in shown),
        "counted": sum(line.counted is not None for line in lines),
        "recounted": sum(line.recounted is not None for line in lines),
        "is_waiting": row.state == StocktakeState.REVIEWED,
        "form": form if third and approves and row.state == StocktakeState.REVIEWED else None,
        "call_off": CallOffForm() if approves and row.state in OPEN_STATES else None,
    }
    return render(request, "supplies/stocktake.html", context)
