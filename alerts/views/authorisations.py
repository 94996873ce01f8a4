"""授权签发: what was signed ahead, preparing and signing it, and the one press on the night."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from alerts import actions, queries
from alerts.forms import AuthorisationForm
from alerts.models import Authorisation
from alerts.views.asking import tried, who
from alerts.views.warnings import found_warning
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory import queries as territory

SEASON = timedelta(days=150)


def _found(request: HttpRequest, uuid: UUID) -> Authorisation:
    row = queries.authorisations(who(request).scope).filter(uuid=uuid).first()
    if row is None:
        raise Http404
    return row


@requires("notices.view")
@require_safe
def authorisations(request: HttpRequest) -> HttpResponse:
    """What may be issued by one press, for which warning, by whose signature, until when."""
    user, now = who(request), clock.now()
    words = {
        "prepared": _("waiting for its signature"),
        "holding": _("holds"),
        "ahead": _("holds later"),
        "over": pgettext("authorisation", "over"),
        "revoked": pgettext("authorisation", "revoked"),
        "unsendable": _("no provider takes this text"),
    }
    signs = user.scope_for("notices.approve")
    lines = queries.authorisation_lines(user.scope, now, words)
    context = {
        "lines": [
            {
                "line": line,
                "may_sign": line.row.signed_at is None
                and line.row.revoked_at is None
                and line.row.prepared_by_id != user.pk
                and signs.covers(line.row.area_code),
                "may_revoke": line.row.revoked_at is None and signs.covers(line.row.area_code),
            }
            for line in lines
        ],
        "holding": sum(line.state == words["holding"] for line in lines),
        "signers": queries.signers_ready(user.scope, now),
        "may_prepare": user.can("notices.draft"),
    }
    return render(request, "alerts/authorisations.html", context)


@requires("notices.draft")
def prepare(request: HttpRequest) -> HttpResponse:
    """A new text to be signed ahead."""
    user, now = who(request), clock.now()
    form = AuthorisationForm(request.POST or None, initial=_fresh(user, now), areas=_areas(user))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.prepare_authorisation(
                area_code=given["area_code"],
                event_code=given["event_code"],
                content=form.content(),
                lasts_hours=given["lasts_hours"],
                valid_from=given["valid_from"],
                valid_until=given["valid_until"],
                by=user,
                now=now,
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Prepared. Another person signs it."))
            return redirect("alerts:authorisations")
    return render(request, "alerts/authorisation_form.html", {"form": form}, status=400 if form.errors else 200)


def _fresh(user: User, now: Any) -> dict[str, object]:
    return {
        "issuer": queries.usual_issuer(user),
        "valid_from": now,
        "valid_until": now + SEASON,
        "level": 1,
    }


def _areas(user: User) -> dict[str, str]:
    scope = user.scope_for("notices.draft")
    return {area.code: area.name for area in territory.areas(scope) if len(area.code) <= 12}


@require_POST
@requires("notices.approve")
def sign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The leader's signature, ahead."""
    row = _found(request, uuid)
    tried(
        request,
        lambda: actions.sign_authorisation(authorisation=row, by=who(request), now=clock.now()),
        _("Signed. Each use is called out to you."),
    )
    return redirect("alerts:authorisations")


@require_POST
@requires("notices.approve")
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It holds no more."""
    row, reason = _found(request, uuid), request.POST.get("reason", "")
    tried(
        request,
        lambda: actions.revoke_authorisation(authorisation=row, reason=reason, by=who(request), now=clock.now()),
        _("Revoked."),
    )
    return redirect("alerts:authorisations")


@require_POST
@requires("notices.draft")
def use(request: HttpRequest, uuid: UUID, warning: UUID) -> HttpResponse:
    """The one press: the frozen text goes out for this warning."""
    row, about = _found(request, uuid), found_warning(request, warning)
    try:
        notice = actions.issue_authorised(authorisation=row, warning=about, by=who(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("alerts:warning", warning)
    messages.success(request, _("Issued by authorisation. Its signer is being told."))
    return redirect("alerts:notice", notice.uuid)
