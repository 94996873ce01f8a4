"""The command's timeline, on screen and as a sheet."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from command import actions, queries
from command.enums import EntryKind
from command.forms import NoteForm, TimelineFilter
from command.queries.timeline import MOST_ROWS
from command.views.asking import who
from core import clock
from core.views.permission import requires

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("command.view")
def page(request: HttpRequest) -> HttpResponse:
    """What happened, in which order?"""
    user = who(request)
    form = TimelineFilter(request.GET)
    filters = form.filters()
    rows = queries.timeline(user.scope_for("command.view"), **filters)
    after = queries.after_key(rows, request.GET.get("after", ""))
    found = list(after[: PAGE + 1])
    kept = {name: str(value) for name, value in filters.items()}
    more = kept | {"after": queries.key_of(found[PAGE - 1])} if len(found) > PAGE else {}
    context = {
        "rows": found[:PAGE],
        "form": form,
        "note": NoteForm(),
        "more_url": f"?{urlencode(more)}" if more else "",
        "export_query": urlencode(kept),
        "may_note": user.can("orders.give"),
    }
    return render(request, "command/timeline.html", context)


@requires("command.view")
def export(request: HttpRequest) -> HttpResponse:
    """The same lines as xlsx."""
    filters = TimelineFilter(request.GET).filters()
    rows = queries.timeline(who(request).scope_for("command.view"), **filters)[:MOST_ROWS]
    answer = HttpResponse(queries.timeline_sheet(rows), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="timeline.xlsx"'
    return answer


@require_POST
@requires("orders.give")
def note(request: HttpRequest) -> HttpResponse:
    """A line by hand."""
    user, form = who(request), NoteForm(request.POST)
    area = min(user.scope_for("orders.give").codes, key=len, default="")
    if form.is_valid() and area:
        actions.record(kind=EntryKind.NOTE, text=form.cleaned_data["text"], area_code=area, by=user, now=clock.now())
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Write the note before you add it."))
    return redirect("command:timeline")
