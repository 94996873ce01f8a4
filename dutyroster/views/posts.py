"""Posts, their members, leave, calendars."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import public, requires
from dutyroster import actions, queries
from dutyroster.forms.roster import LeaveForm, MembersForm, PostForm
from dutyroster.models import CalendarLink, DutyPost, Leave
from dutyroster.queries.facts import today
from dutyroster.views.presence import tried, who
from territory.queries import area_names


@requires("roster.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Which posts are there, and who takes turns?"""
    user, now = who(request), clock.now()
    found = list(queries.posts(user.scope_for("roster.view")).filter(retired_at__isnull=True))
    names = area_names({post.area_code for post in found})
    day = today(now)
    context = {
        "posts": [
            (
                post,
                names.get(post.area_code, ""),
                [one for one in post.members.all() if one.until is None or one.until >= day],
            )
            for post in found
        ],
        "may_edit": user.can("roster.edit"),
    }
    return render(request, "dutyroster/posts.html", context)


@requires("roster.edit")
def new(request: HttpRequest) -> HttpResponse:
    """A post is set up."""
    return _post_page(request, None)


@requires("roster.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A post is changed."""
    return _post_page(request, _own(request, pk))


def _post_page(request: HttpRequest, post: DutyPost | None) -> HttpResponse:
    user = who(request)
    form = PostForm(request.POST or None, scope=user.scope_for("roster.edit"), post=post)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_post(given=form.given(), by=user, now=clock.now(), post=post)
            messages.success(request, _("Stored: %(post)s.") % {"post": saved.name})
            return redirect("dutyroster:members", pk=saved.pk)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return render(request, "dutyroster/post_form.html", {"form": form, "post": post})


@requires("roster.edit")
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes turns at this post?"""
    user, now, post = who(request), clock.now(), _own(request, pk)
    known = queries.members_at(post, today(now))
    form = MembersForm(request.POST or None, post=post, scope=user.scope_for("roster.edit"), members=known)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            request,
            lambda: actions.set_members(post=post, members=form.given(), by=user, now=now),
            _("Stored. The next plan follows it."),
        )
    ):
        return redirect("dutyroster:posts")
    return render(request, "dutyroster/members.html", {"form": form, "post": post, "count": len(known)})


@require_POST
@requires("roster.edit")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """A post goes out of use."""
    user, post = who(request), _own(request, pk)
    tried(request, lambda: actions.retire(post=post, by=user, now=clock.now()), _("The post is out of use."))
    return redirect("dutyroster:posts")


def _own(request: HttpRequest, pk: int) -> DutyPost:
    scope = who(request).scope_for("roster.edit")
    return get_object_or_404(DutyPost.objects.in_scope(scope).filter(retired_at__isnull=True), pk=pk)


@requires("roster.own")
def leaves(request: HttpRequest) -> HttpResponse:
    """Who is away?"""
    user, now = who(request), clock.now()
    scope = user.scope_for("roster.edit")
    form = LeaveForm(request.POST or None, user=user, scope=scope, today=today(now))
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_leave(by=user, now=now, **form.cleaned_data)
            messages.success(request, _("Noted. Shifts on these days count as gaps until somebody takes over."))
            return redirect("dutyroster:leaves")
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
    seen = list(queries.leaves_seen(user, scope, today(now))[:100])
    context = {"form": form, "leaves": seen, "may_view": user.can("roster.view")}
    return render(request, "dutyroster/leaves.html", context)


@require_POST
@requires("roster.own")
def leave_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Not away after all."""
    user, leave = who(request), get_object_or_404(Leave.objects.select_related("person"), pk=pk)
    tried(request, lambda: actions.withdraw_leave(leave=leave, by=user, now=clock.now()), _("Withdrawn."))
    return redirect("dutyroster:leaves")


@requires("roster.own")
def calendars(request: HttpRequest) -> HttpResponse:
    """Which addresses show my shifts in a calendar?"""
    user = who(request)
    posts = DutyPost.objects.in_scope(user.scope_for("roster.edit")).filter(retired_at__isnull=True)
    links = queries.links_of(user, posts)
    with_link = [link.post_id for link in links if link.post_id]
    context = {
        "links": [(link, request.build_absolute_uri(queries.calendar_path(link))) for link in links],
        "has_own": any(link.person_id == user.pk for link in links),
        "posts": queries.named(posts.exclude(pk__in=with_link).order_by("area_code", "order", "pk")[:60]),
    }
    return render(request, "dutyroster/calendars.html", context)


@require_POST
@requires("roster.own")
def calendar_open(request: HttpRequest) -> HttpResponse:
    """A new address; the old one stops."""
    user, number = who(request), request.POST.get("post", "")
    post = get_object_or_404(DutyPost, pk=number) if number.isdigit() else None
    tried(request, lambda: actions.open_calendar(by=user, now=clock.now(), post=post), _("The address is ready."))
    return redirect("dutyroster:calendars")


@require_POST
@requires("roster.own")
def calendar_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The address opens no more."""
    user, link = who(request), get_object_or_404(CalendarLink.objects.select_related("post"), pk=pk)
    tried(request, lambda: actions.close_calendar(link=link, by=user, now=clock.now()), _("The address is revoked."))
    return redirect("dutyroster:calendars")


@public
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Shifts for a calendar. Public since calendars cannot sign in: its secret address is revocable."""
    link = queries.link_by_secret(secret)
    if link is None:
        raise Http404
    response = HttpResponse(queries.calendar_text(link, now=clock.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="duty.ics"'
    response["Cache-Control"] = "private, max-age=900"
    return response
