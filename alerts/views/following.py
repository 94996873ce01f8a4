"""更正 · 撤回 · 解除 of a notice that went out, and the chain that they make."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts import actions, queries
from alerts.enums import MessageType, NoticeState
from alerts.forms import ReasonForm
from alerts.models import Notice
from alerts.views.asking import found, tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires


def chain_context(row: Notice, permitted: frozenset[str]) -> dict[str, Any]:
    """How it stands, 原通知 → 更正 → 解除, and what is ready or lacking of it."""
    links = queries.chain(row)
    sending = queries.being_sent(one for one in links if one.state == NoticeState.ISSUED)
    now = clock.now()
    unsigned = (NoticeState.DRAFT, NoticeState.SUBMITTED)
    stopped = row.state == NoticeState.WITHDRAWN and "tell_withdrawn" in permitted
    return {
        "stage": queries.stage(row, now, sending=row.pk in sending),
        "links": [
            {
                "notice": one,
                "stage": queries.stage(one, now, sending=one.pk in sending),
                "current": one.pk == row.pk,
            }
            for one in links
        ],
        "newer": next((one for one in reversed(links) if one.issued_at and one.pk > row.pk and row.issued_at), None),
        "correction": next(
            (one for one in links if one.refers_to_id == row.pk and one.message_type == MessageType.CORRECTION), None
        ),
        "all_clear_begun": next(
            (
                one
                for one in links
                if one.refers_to_id == row.pk and one.message_type == MessageType.ALL_CLEAR and one.state in unsigned
            ),
            None,
        ),
        "untold": queries.may_have(row) if stopped else 0,
        "ends": queries.ending(row, now),
    }


@require_POST
@requires("notices.approve")
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """撤回, or only stopped: then the page offers the correction to whoever has it."""
    row, form = found(request, uuid), ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    tells = "only_stop" not in request.POST
    tried(
        request,
        lambda: actions.withdraw(notice=row, reason=reason, by=who(request), now=clock.now(), tells=tells),
        _("Withdrawn. Whoever may have read it is told.") if tells else _("Stopped. Nobody has been told of it yet."),
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.approve")
def tell_withdrawn(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """After stopping: whoever may have it hears that it no longer holds."""
    row = found(request, uuid)
    tried(
        request,
        lambda: actions.tell_withdrawn(notice=row, by=who(request), now=clock.now()),
        _("Whoever may have read it is told."),
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.draft")
def correct(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """更正: its draft, the text ready."""
    return _followed(request, uuid, actions.correct)


@require_POST
@requires("notices.draft")
def all_clear(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """解除: its draft, the text ready."""
    return _followed(request, uuid, actions.all_clear)


def _followed(request: HttpRequest, uuid: UUID, begin: Callable[..., Notice]) -> HttpResponse:
    try:
        row = begin(notice=found(request, uuid), by=who(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("alerts:notice", uuid)
    return redirect("alerts:edit" if row.state == NoticeState.DRAFT else "alerts:notice", row.uuid)
