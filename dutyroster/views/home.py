"""Who is on duty now, who comes next, where is nobody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import clock
from core.views.permission import requires
from dutyroster import queries
from dutyroster.queries.facts import today
from dutyroster.views.presence import who
from territory.queries import area_names

SHOWN = 8
LINKS = (
    ("dutyroster:mine", "roster.own", "calendar-event"),
    ("dutyroster:log", "roster.view", "note"),
    ("dutyroster:handovers", "roster.view", "arrows-exchange"),
    ("dutyroster:roll_calls", "rollcalls.order", "phone-call"),
    ("dutyroster:month", "roster.view", "calendar"),
    ("dutyroster:plans", "roster.edit", "list-check"),
    ("dutyroster:posts", "roster.view", "users"),
    ("dutyroster:leaves", "roster.own", "door"),
    ("dutyroster:calendars", "roster.own", "download"),
)


@requires("roster.view")
def home(request: HttpRequest) -> HttpResponse:
    """值班值守: now and next at each post, with the gaps of thirty days."""
    user, now = who(request), clock.now()
    scope = user.scope_for("roster.view")
    posts = queries.now_and_next(scope, now)
    there = {one.shift.pk: one for one in queries.attendance(scope, now)}
    names = area_names({one.post.area_code for one in posts})
    rows = [
        (one, names.get(one.post.area_code, one.post.area_code), [there.get(shift.pk) for shift in one.present])
        for one in posts
    ]
    rows.sort(key=lambda row: bool(row[0].present))  # a post with nobody stands first
    found = queries.gaps(scope, today(now), now=now)
    context = {
        "rows": rows,
        "manned": queries.manned(scope, now),
        "gaps": [(gap, names.get(gap.post.area_code, "")) for gap in found[:SHOWN]],
        "gap_count": len(found),
        "shown": SHOWN,
        "may_edit": user.can("roster.edit"),
        "links": [(route, _link(route), icon) for route, capability, icon in LINKS if user.can(capability)],
    }
    return render(request, "dutyroster/home.html", context)


def _link(route: str) -> str:
    return {
        "dutyroster:mine": _("My shifts"),
        "dutyroster:log": _("Duty log"),
        "dutyroster:handovers": _("Handovers"),
        "dutyroster:roll_calls": _("Roll calls"),
        "dutyroster:month": _("Month table"),
        "dutyroster:plans": _("Roster plans"),
        "dutyroster:posts": _("Posts and members"),
        "dutyroster:leaves": _("Leave"),
        "dutyroster:calendars": _("Calendar links"),
    }[route]


@requires("roster.view")
def gaps(request: HttpRequest) -> HttpResponse:
    """Where is nobody in the next thirty days?"""
    user, now = who(request), clock.now()
    found = queries.gaps(user.scope_for("roster.view"), today(now), now=now)
    names = area_names({gap.post.area_code for gap in found})
    context = {
        "gaps": [(gap, names.get(gap.post.area_code, "")) for gap in found[:200]],
        "gap_count": len(found),
        "may_edit": user.can("roster.edit"),
    }
    return render(request, "dutyroster/gaps.html", context)
