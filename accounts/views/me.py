"""One's own page."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions, queries
from accounts.forms import ChangePasswordForm
from accounts.models import User
from core import clock
from core.rules import Refused
from core.views.permission import signed_in


@signed_in
def me(request: HttpRequest) -> HttpResponseBase:
    """My roles, my phone, my language, my password."""
    return _page(request, _form(request))


@signed_in
@sensitive_post_parameters("old", "password", "again")
def change_password(request: HttpRequest) -> HttpResponseBase:
    """A new password of one's own; this session stays, all others end."""
    form = _form(request)
    if form.is_valid():
        user, given = cast("User", request.user), form.cleaned_data
        try:
            actions.change_password(user=user, old=given["old"], new=given["password"])
            update_session_auth_hash(request, user)
            messages.success(request, _("Your new password holds from now on."))
            return redirect("accounts:me")
        except Refused as refused:
            form.add_error("password" if refused.field == "new" else refused.field, str(refused))
    return _page(request, form)


def _form(request: HttpRequest) -> ChangePasswordForm:
    form = ChangePasswordForm(request.POST or None)
    if cast("User", request.user).has_usable_password():
        form.fields["old"].required = True
    else:
        form.fields["old"].widget = HiddenInput()  # came by code, never had one
    return form


def _page(request: HttpRequest, form: ChangePasswordForm) -> HttpResponseBase:
    user, now = cast("User", request.user), clock.now()
    names = queries.area_names(held.area_code for held in user.roles_at(now))
    # Who has no desk sees the page as on his phone.
    page = "accounts/me.html" if user.can("board.view") else "accounts/me_phone.html"
    context = {
        "form": form,
        "has_duties": user.can("assignments.view"),
        "roles": queries.role_names(user, now=now, names=names),
    }
    return render(request, page, context)
