"""我的工作记录, and the facts of work of one's area for the sub-district's own appraisal."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments import queries, rules
from core import clock
from core.views.permission import requires
from territory.rules import Scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {
    "asked": _("Given to the person"),
    "acknowledged_in_time": _("Acknowledged in time"),
    "acknowledged_late": _("Acknowledged late"),
    "not_acknowledged": _("Not acknowledged by the deadline"),
    "done_in_time": _("Done in time"),
    "done_late": _("Done late"),
    "open": _("Still running"),
    "overdue": _("Not done by the deadline"),
    "handed_on": _("Handed over to others"),
    "sent_back": _("Sent back"),
    "verified": _("Verified by another person"),
    "on_behalf": _("Recorded on behalf"),
}


@requires("assignments.view")
def my_facts(request: HttpRequest) -> HttpResponse:
    """What was I asked in a month, what did I answer and do?"""
    return _person_page(request, _who(request), None)


@requires("facts.view")
def people_facts(request: HttpRequest) -> HttpResponse:
    """The figures of everybody in one's areas, by area and name."""
    now, (month, period) = clock.now(), _month(request)
    lines = queries.facts_of_people(_who(request).scope_for("facts.view"), period, now=now)
    context = {
        "lines": lines,
        "month": month,
        "labels": [str(LABELS[name]) for name in rules.FIGURES],
        "export_url": f"{reverse('assignments:facts_export')}?month={month}",
        "appraisals_url": appraisals_url(_who(request)),
    }
    return render(request, "assignments/facts_people.html", context)


@requires("facts.view")
def person_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's figures, as far as they lie in one's areas."""
    return _person_page(request, _visible(request, pk), _who(request).scope_for("facts.view"))


@requires("facts.view")
def export(request: HttpRequest) -> HttpResponse:
    """The list of one's areas as xlsx."""
    month, period = _month(request)
    lines = queries.facts_of_people(_who(request).scope_for("facts.view"), period, now=clock.now())
    labels = {name: str(label) for name, label in LABELS.items()}
    answer = HttpResponse(queries.facts_sheet(lines, labels), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="facts-{month}.xlsx"'
    return answer


def _who(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def _visible(request: HttpRequest, pk: int) -> User:
    """A person with a role in the reader's areas, or with a duty there in the month asked for."""
    person = get_object_or_404(User.objects.prefetch_related("roles_held"), pk=pk)
    scope = _who(request).scope_for("facts.view")
    if any(scope.covers(held.area_code) for held in person.roles_at(clock.now())):
        return person
    if queries.held_duties(_month(request)[1], scope=scope, person=person):
        return person
    raise Http404


def _month(request: HttpRequest) -> tuple[str, queries.Period]:
    """The month asked for as "2026-07", else the present one."""
    try:
        first = datetime.strptime(request.GET.get("month", ""), "%Y-%m").date()  # noqa: DTZ007  (only its month)
    except ValueError:
        first = timezone.localdate(clock.now())
    first = min(max(first, date(2000, 1, 1)), date(2099, 12, 1))
    return f"{first:%Y-%m}", queries.Period(*rules.month_span(first, timezone.get_current_timezone()))


def _person_page(request: HttpRequest, person: User, scope: Scope | None) -> HttpResponse:
    now, (month, period) = clock.now(), _month(request)
    facts = queries.facts_of_person(person, period, now=now, scope=scope)
    figure = request.GET.get("figure", "")
    duties = queries.duties_behind(person, period, figure, now=now, scope=scope) if figure in LABELS else []
    kinds = {name: gettext(kind.label) for name, kind in queries.kinds().items()}
    context: dict[str, Any] = {
        "person": person,
        "own": scope is None,
        "month": month,
        "facts": facts,
        "figures": [(name, LABELS[name], facts.counts[name]) for name in rules.FIGURES],
        "kinds": sorted((kinds.get(name, name), count) for name, count in facts.kinds.items()),
        "figure": LABELS.get(figure, ""),
        "lines": queries.lines(duties, now=now),
        "people_url": reverse("assignments:facts_people") if _who(request).can("facts.view") else "",
        "appraisal_links": _appraisal_links(_who(request), own=scope is None),
        "shell": "base.html" if _who(request).can("board.view") else "phone.html",
    }
    return render(request, "assignments/facts.html", context)


def appraisals_url(user: User) -> str:
    """Where this person finds the appraisals of his areas; empty while the module is off, or not his."""
    return reverse("assignments:appraisals") if settings.APPRAISAL and user.can("appraisals.view") else ""


def _appraisal_links(user: User, *, own: bool) -> list[tuple[str, str]]:
    if not settings.APPRAISAL or not own:
        return []
    links = [(gettext("My appraisals"), reverse("assignments:appraisals_mine"))]
    if user.can("appraisals.view"):
        links.append((gettext("Appraisals of my areas"), appraisals_url(user)))
    if user.can("appraisals.set_points"):
        links.append((gettext("Points of the appraisal"), reverse("assignments:appraisal_points")))
    return links
