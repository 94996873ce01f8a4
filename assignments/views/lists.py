"""我的待办, and what is owed in one's areas."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from assignments import queries
from assignments.forms import ListForm
from assignments.models import Assignment
from core import clock
from core.views.permission import requires
from territory.models import PlacedQuerySet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = ("mine", "area", "closed")
LONGEST_SHEET = 20_000


@requires("assignments.view")
def mine(request: HttpRequest) -> HttpResponse:
    """What do I owe, by when? With `?tab=area` what others owe, with `?tab=closed` what is done."""
    now, tab = clock.now(), _tab(request)
    form = ListForm(request.GET, scope=_who(request).scope_for("assignments.supervise"), closed=tab == "closed")
    rows = queries.listed(_rows(request, tab), now=now, filters=form.filters())
    page = queries.paged(rows, after=request.GET.get("after", ""))
    context = {"lines": queries.lines(page.rows, now=now), "more_url": _more(request, page.after), "tab": tab}
    if request.headers.get("HX-Target") == "duties-more":
        return render(request, "assignments/_rows.html", context)
    return render(request, "assignments/mine.html", context | _frame(request, tab, form))


@requires("assignments.supervise")
def export(request: HttpRequest) -> HttpResponse:
    """The list of one's areas as xlsx, narrowed as on screen."""
    now, closed = clock.now(), request.GET.get("tab") == "closed"
    form = ListForm(request.GET, scope=_who(request).scope_for("assignments.supervise"), closed=closed)
    rows = queries.listed(_rows(request, "closed" if closed else "area"), now=now, filters=form.filters())
    answer = HttpResponse(queries.sheet(rows[:LONGEST_SHEET], now=now), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="duties-{now:%Y%m%d-%H%M}.xlsx"'
    return answer


def _who(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in TABS and (asked != "area" or _who(request).can("assignments.supervise")) else "mine"


def _rows(request: HttpRequest, tab: str) -> PlacedQuerySet[Assignment]:
    user = _who(request)
    if tab == "mine":
        return Assignment.objects.filter(assignee=user)
    if tab == "area":
        return Assignment.objects.in_scope(user.scope_for("assignments.supervise")).filter(exercise__isnull=True)
    # What others did in an exercise is looked back upon by the drill; one's own past is whole.
    return queries.visible(user).filter(Q(exercise__isnull=True) | Q(assignee=user))


def _more(request: HttpRequest, after: str) -> str:
    if not after:
        return ""
    asked = request.GET.copy()
    asked["after"] = after
    return f"{request.path}?{asked.urlencode()}"


def _frame(request: HttpRequest, tab: str, form: ListForm) -> dict[str, Any]:
    user, url = _who(request), reverse("assignments:mine")
    supervises = user.can("assignments.supervise")
    tabs = [
        {"label": gettext("To do"), "url": url, "current": tab == "mine"},
        *([{"label": gettext("My areas"), "url": f"{url}?tab=area", "current": tab == "area"}] if supervises else []),
        {"label": gettext("Closed"), "url": f"{url}?tab=closed", "current": tab == "closed"},
        {"label": gettext("Record of work"), "url": reverse("assignments:facts"), "current": False},
    ]
    return {
        "tabs": tabs,
        "form": form,
        "records_for_others": tab == "area" and user.can("assignments.on_behalf"),
        "unclaimed": queries.unclaimed(user.scope_for("assignments.on_behalf")).count() if tab == "area" else 0,
        "summary": queries.summary(_rows(request, tab), now=clock.now()),
        "export_url": f"{reverse('assignments:export')}?{request.GET.urlencode()}"
        if supervises and tab != "mine"
        else "",
    }
