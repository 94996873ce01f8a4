"""The people of one's areas: contacts for all who direct, changes for whoever manages them."""

import base64
import binascii
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import actions, queries
from accounts.enums import Role
from accounts.forms import PersonForm, SheetForm, SuccessorForm
from accounts.models import RoleHeld, User
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.models import SheetImport

PAGE = 50


@requires("people.view")
def people(request: HttpRequest) -> HttpResponseBase:
    """The list, by role, area and words."""
    user, now = cast("User", request.user), clock.now()
    asked = {key: request.GET.get(key, "").strip() for key in ("role", "area_code", "words")}
    found = queries.people(user.scope_for("people.view"), now=now, **asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = queries.area_names(held.area_code for person in page for held in person.roles_at(now))
    waiting = queries.waiting_for_activation(user.scope_for("people.manage"), now=now).count()
    context = {
        "page": page,
        "rows": [(person, queries.role_names(person, now=now, names=names)) for person in page],
        "asked": asked,
        "more": _address(asked, page.next_page_number()) if page.has_next() else None,
        "roles": Role.choices,
        "areas": queries.area_choices(user.scope_for("people.view")),
        "manages": user.can("people.manage"),
        "calls": user.can("people.call"),
        "missing": queries.unreachable(user.scope_for("people.view"), now=now) if user.can("people.call") else [],
        "waiting": waiting if user.can("people.manage") else 0,
    }
    return render(request, "accounts/people.html", context)


@requires("people.view")
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One person: roles, how to call, and for whoever manages: end, replace."""
    return _person_page(request, _visible(request, pk))


@requires("people.manage")
def new_person(request: HttpRequest) -> HttpResponseBase:
    """Adds a person with one role."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_person(**form.cleaned_data, by=cast("User", request.user), now=clock.now())
            return redirect("accounts:person", made.pk)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return render(request, "accounts/new_person.html", {"form": form})


@requires("people.manage")
@require_POST
def replace_person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One press: the successor holds the role from now on, open duties move along."""
    held, form = _managed_role(request, pk), SuccessorForm(request.POST)
    if form.is_valid():
        try:
            by, now = cast("User", request.user), clock.now()
            successor = actions.replace_person(held=held, **form.cleaned_data, by=by, now=now)
            messages.success(request, _("%(name)s has taken over.") % {"name": successor.name})
            return redirect("accounts:person", successor.pk)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    return _person_page(request, held.user, form, held)


@requires("people.manage")
@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ends a role now."""
    actions.end_role(held=_managed_role(request, pk), by=cast("User", request.user), now=clock.now())
    messages.success(request, _("The role has ended."))
    return redirect("accounts:people")


@requires("people.manage")
@require_POST
def send_activation(request: HttpRequest) -> HttpResponseBase:
    """Sends their links to all who have not signed in yet and hold no open link; to one person when he is named."""
    by, now = cast("User", request.user), clock.now()
    users = queries.waiting_for_activation(by.scope_for("people.manage"), now=now)
    if pk := request.POST.get("person", ""):
        users = queries.people(by.scope_for("people.manage"), now=now).filter(pk=int(pk) if pk.isdigit() else 0)
    sent = actions.send_activation(users=list(users[:1000]), by=by.actor, now=now)
    words = ngettext("%(count)d link is on its way.", "%(count)d links are on their way.", sent)
    messages.success(request, words % {"count": sent})
    return redirect("accounts:people")


@requires("people.import")
def import_people(request: HttpRequest) -> HttpResponseBase:
    """Checks a list (预检) and shows what storing it would do."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            by = cast("User", request.user)
            sheet = actions.check_people(content=content, file_name=file.name, by=by, now=clock.now())
            return _import_page(request, SheetForm(), sheet, base64.b64encode(content).decode())
        except Refused as refused:
            form.add_error("file", str(refused))
    return _import_page(request, form)


@requires("people.import")
@require_POST
def store_people(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stores the checked list. Its bytes come back with the form, so that nothing personal waits on the server."""
    sheet, form = get_object_or_404(SheetImport, pk=pk, actor_id=request.user.pk), SheetForm()
    try:
        content = base64.b64decode(request.POST.get("content", ""), validate=True)
        stored = actions.store_people(sheet=sheet, content=content, by=cast("User", request.user), now=clock.now())
    except (Refused, binascii.Error) as refused:
        messages.error(request, str(refused))
        return _import_page(request, form)
    messages.success(request, _("Stored: %(new)d new, %(changed)d changed, %(same)d unchanged.") % vars(stored))
    return redirect("accounts:people")


def _import_page(
    request: HttpRequest, form: SheetForm, sheet: SheetImport | None = None, content: str = ""
) -> HttpResponseBase:
    return render(request, "accounts/import.html", {"form": form, "sheet": sheet, "content": content})


def _visible(request: HttpRequest, pk: int) -> User:
    scope = cast("User", request.user).scope_for("people.view")
    return get_object_or_404(queries.people(scope, now=clock.now()), pk=pk)


def _managed_role(request: HttpRequest, pk: int) -> RoleHeld:
    scope = cast("User", request.user).scope_for("people.manage")
    return get_object_or_404(RoleHeld.objects.in_scope(scope).select_related("user"), pk=pk)


def _person_page(
    request: HttpRequest, shown: User, form: SuccessorForm | None = None, replaced: RoleHeld | None = None
) -> HttpResponseBase:
    user, now = cast("User", request.user), clock.now()
    roles = shown.roles_at(now)
    names = queries.area_names(held.area_code for held in roles)
    manage = user.scope_for("people.manage")
    context = {
        "person": shown,
        "roles": [(held, names[held.area_code], manage.covers(held.area_code)) for held in roles],
        "form": form or SuccessorForm(),
        "replaced": replaced,
        "calls": user.can("people.call"),
        "manages": any(manage.covers(held.area_code) for held in roles),
    }
    return render(request, "accounts/person.html", context)


def _address(asked: dict[str, str], number: int) -> str:
    return f"?{urlencode([*asked.items(), ('page', str(number))])}"
