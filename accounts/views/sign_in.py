"""Signing in two ways, activation by link, signing out."""

from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import actions, queries
from accounts.forms import CodeForm, CodeRequestForm, NewPasswordForm, SignInForm
from accounts.models import User
from accounts.rules import mobile_of, session_seconds
from core import clock
from core.rules import Refused
from core.views.permission import public

BACKEND = "accounts.backends.NameOrPhoneBackend"
DEMO_NAMES = ["commander", "duty", "leader", "subdistrict", "grid", "store", "agency", "keeper", "audit", "admin"]


@public
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name or phone with password. Public: it is the door itself; wrong tries are counted and locked out."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"].strip()
        user = auth.authenticate(request, username=mobile_of(name) or name, password=form.cleaned_data["password"])
        if isinstance(user, User):
            return _enter(request, user)
        form.add_error(None, _("Name and password do not fit. Check both, or sign in with a code."))
    return _page(request, form)


@public
@never_cache
def request_code(request: HttpRequest) -> HttpResponseBase:
    """Sends a code and asks for it. Public: the answer is the same whether or not somebody has the phone."""
    form = CodeRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_sign_in_code(phone=form.cleaned_data["phone"], now=clock.now())
            return _code_page(request, CodeForm(initial={"phone": form.cleaned_data["phone"]}))
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return _page(request, SignInForm(), form)


@public
@never_cache
@require_POST
@sensitive_post_parameters("code")
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """Takes the six digits. Public: five tries a code, and few a network."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            address = request.META.get("REMOTE_ADDR", "")
            return _enter(request, actions.sign_in_with_code(**form.cleaned_data, address=address, now=clock.now()))
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return _code_page(request, form)


@public
@never_cache
@sensitive_post_parameters("password", "again")
def activate(request: HttpRequest, token: str) -> HttpResponseBase:
    """Sets one's own password by the link that came by SMS. Public: the token is the permission, once."""
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.activate(token=token, password=form.cleaned_data["password"], now=clock.now())
            messages.success(request, _("Your password is set. You are signed in."))
            return _enter(request, user)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    owner = queries.link_owner(token, now=clock.now())
    status = 200 if owner else 410
    return render(request, "accounts/activate.html", {"form": form, "owner": owner}, status=status)


@public
@require_POST
@csrf_protect
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ends the session. Public: harmless to whoever has none."""
    auth.logout(request)
    return redirect("accounts:sign_in")


@public
def admin_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The set-up pages have no sign-in of their own: one door, one lock. Public: only sends people there."""
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={request.GET.get('next', '/admin/')}")


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page after too many wrong passwords for one account from one address."""
    return render(request, "accounts/locked_out.html", {"minutes": 15}, status=429)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    # login() gives the session a new key, so that one planted before is worth nothing.
    auth.login(request, user, backend=BACKEND)
    request.session.set_expiry(session_seconds(held.role for held in user.roles_at(clock.now())))
    return redirect(_next(request) or queries.home(user))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def _page(request: HttpRequest, form: SignInForm, code_form: CodeRequestForm | None = None) -> HttpResponse:
    context = {
        "form": form,
        "code_form": code_form or CodeRequestForm(),
        "next": _next(request),
        "demo_names": DEMO_NAMES if settings.DEMO else [],
    }
    return render(request, "accounts/sign_in.html", context)


def _code_page(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "accounts/code.html", {"form": form, "phone": form["phone"].value(), "next": _next(request)})
