"""交接班: every open item, taken one by one, on the desk and on the phone."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from dutyroster import actions, queries
from dutyroster.forms.attendance import HandoverForm
from dutyroster.models import Handover
from dutyroster.views.presence import tried, who
from territory.models import PlacedQuerySet

SHOWN = 50


def _visible(request: HttpRequest) -> PlacedQuerySet[Handover]:
    user = who(request)
    own = Q(outgoing=user) | Q(incoming=user)
    seen = Handover.objects.in_scope(user.scope_for("roster.view")).values("pk")
    return Handover.objects.filter(own | Q(pk__in=seen)).select_related("post", "outgoing", "incoming")


@requires("roster.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which handovers are not signed?"""
    user = who(request)
    rows = list(queries.handovers(user.scope_for("roster.view"))[:SHOWN])
    context = {
        "rows": rows,
        "unsigned": [row for row in rows if row.taken_over_at is None],
        "may_open": user.can("log.write"),
    }
    return render(request, "dutyroster/handovers.html", context)


@requires("log.write")
def new(request: HttpRequest) -> HttpResponse:
    """Opens the handover of a post and collects what is open."""
    user, now = who(request), clock.now()
    scope = user.scope_for("log.write")
    form = HandoverForm(request.POST or None, scope=scope, initial=queries.handover_proposal(user, scope, now))
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.open_handover(**form.cleaned_data, by=user, now=now)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("dutyroster:handover", pk=row.pk)
    return render(request, "dutyroster/handover_form.html", {"form": form})


@requires("roster.own")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What do I take over?"""
    user, row = who(request), get_object_or_404(_visible(request), pk=pk)
    items = queries.items(row)
    context = {
        "handover": row,
        "items": items,
        "left": [one for one in items if one.taken_at is None and one.closed_at is None],
        "takes": row.incoming_id == user.pk and row.taken_over_at is None,
    }
    return render(request, "dutyroster/handover.html", context)


@require_POST
@requires("roster.own")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one item, or all those that stood on the page."""
    row, user, now = get_object_or_404(_visible(request), pk=pk), who(request), clock.now()
    keys = request.POST.getlist("key")[:500]
    count = len(keys)
    done = ngettext("%(count)s item taken.", "%(count)s items taken.", count) % {"count": count}
    tried(request, lambda: actions.take_items(handover=row, keys=keys, by=user, now=now), done)
    return redirect("dutyroster:handover", pk=pk)


@require_POST
@requires("roster.own")
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """接班."""
    row, user, now = get_object_or_404(_visible(request), pk=pk), who(request), clock.now()
    done = _("Signed: the post is yours.")
    tried(request, lambda: actions.sign_handover(handover=row, by=user, now=now), done)
    return redirect("dutyroster:handover", pk=pk)
