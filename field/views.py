"""What a phone opens in the field."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.queries import phone_navigation
from core import clock
from core.views.permission import requires
from field import queries


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # the doors let nobody else in


def _page(request: HttpRequest, template: str, words: dict[str, object]) -> HttpResponse:
    bar = {"navigation": phone_navigation(_person(request), request.path), "duty_phone": settings.DUTY_PHONE}
    return render(request, template, words | bar)


@requires("assignments.act")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My duties, my next doors, my sites."""
    return _page(request, "field/home.html", {"shown": queries.home(_person(request), now=clock.now())})


@requires("doors.visit")
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """My lists of doors."""
    return _page(request, "field/doors.html", {"lists": queries.knock_lists(_person(request))})
