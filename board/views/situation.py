"""The situation board: what is late, and one press to remind whoever owes it."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.queries import home
from assignments import actions as assignments
from assignments.queries import visible
from board import queries
from core import clock
from core.rules import Refused
from core.views.permission import requires, signed_in


def reader(request: HttpRequest) -> User:
    """Whoever has signed in: the doors let nobody else in."""
    return cast("User", request.user)


@signed_in
@require_safe
def situation(request: HttpRequest) -> HttpResponse:
    """The board; asked by htmx, only what changes on it. Whoever may not see it is led to his own first page."""
    if not reader(request).can("board.view"):
        own = home(reader(request))
        if own == request.path:
            raise PermissionDenied
        return redirect(own)
    words = _words(request)
    if request.headers.get("HX-Request"):
        return render(request, "board/live.html", words)
    sight = {
        "extent": queries.extent(reader(request).scope),
        "layers": queries.layers(words["shown"], reader(request)),
        "legend": queries.legend(words["shown"]),
    }
    return render(request, "board/situation.html", words | sight | {"tiles": settings.TILES_URL})


@requires("assignments.verify")
@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """催办 without leaving the board."""
    duty = get_object_or_404(visible(reader(request)), uuid=uuid)
    try:
        assignments.remind(assignment=duty, by=reader(request), now=clock.now())
        said = {"tone": "ok", "text": _("%(name)s was reminded by SMS.") % {"name": duty.assignee_name}}
    except Refused as refusal:
        said = {"tone": "danger", "text": str(refusal)}
    return render(request, "board/live.html", _words(request) | {"said": said})


def _words(request: HttpRequest) -> dict[str, Any]:
    shown = queries.situation(reader(request).scope, now=clock.now())
    return {
        "shown": shown,
        "question": queries.question(shown),
        "strip": queries.strip(shown),
        "banner": queries.banner(shown),
        "may_remind": reader(request).can("assignments.verify"),
        "said": None,
    }
