"""大喇叭 · 群发 · 张贴: a signed notice where no message goes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import queries
from alerts.models import Notice
from alerts.rules import COLOURS
from alerts.views.asking import found
from core import clock
from core.views.permission import requires
from hazards.rules.plate import plate


@require_safe
@requires("notices.view")
def papers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is read out, what is pasted into the group?"""
    return render(request, "alerts/papers.html", _context(request, uuid))


@require_safe
@requires("notices.view")
def sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One page of paper for the door, with a code that leads to the public page."""
    side, path = plate(f"{settings.PUBLIC_URL}/p/")
    return render(request, "alerts/sheet.html", _context(request, uuid) | {"code_side": side, "code_path": path})


def _context(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    row: Notice = found(request, uuid)
    if row.issued_at is None:
        raise Http404  # nothing is read out before it is signed
    return {
        "notice": row,
        "colour": COLOURS[row.level],  # type: ignore[index]  # an integer of the choices
        "papers": queries.papers(row, clock.now()),
        "newer": queries.newer(row),
        "phone": settings.DUTY_PHONE,
        "public_url": f"{settings.PUBLIC_URL}/p/",
        **({"exercise": _("Exercise")} if row.exercise else {}),
    }
