"""What a phone opens in the field."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.queries import phone_navigation
from command import actions as command
from command import queries as dangers
from command.enums.closing import ReopenReason
from command.enums.dangers import ClosureMeans, DangerKind, DangerSource
from command.models import Danger
from core import clock
from core.rules import Refused
from core.views.permission import public, requires
from field import queries
from field.forms import FieldDangerForm
from hazards.enums import CheckOutcome
from territory.enums import MustReach

ORDINARY = "ordinary"  # a choice that is empty would not differ from none made


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # the doors let nobody else in


def _page(request: HttpRequest, template: str, words: dict[str, object]) -> HttpResponse:
    bar = {"navigation": phone_navigation(_person(request), request.path), "duty_phone": settings.DUTY_PHONE}
    return render(request, template, words | bar)


@requires("assignments.act")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My duties, my next doors, my sites."""
    person = _person(request)
    words: dict[str, object] = {
        "shown": queries.home(person, now=clock.now()),
        "may_close": person.can("dangers.report"),
        "may_check": person.can("households.check"),
    }
    return _page(request, "field/home.html", words)


@requires("assignments.act")
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Sites, doors and duties from what lies on the phone, with and without network; the outbox."""
    words: dict[str, object] = {
        "tones": ("ok", "working", "waiting", "late", "danger"),
        "danger_kinds": DangerKind.choices,
        "closure_means": ClosureMeans.choices,
        "reopen_reasons": ReopenReason.choices,
        "outcomes": CheckOutcome.choices,
        "reasons": [(value or ORDINARY, label) for value, label in MustReach.choices],
    }
    page = _page(request, "field/work.html", words)
    page["X-Field-Shell"] = "1"  # by which the service worker tells it from a sign-in page
    return page


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Public: it names files that anybody may read and nothing else."""
    words = {"files": queries.SHELL_FILES, "version": queries.shell_version()}
    answer = render(request, "field/worker.js", words, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the page is called on a phone's first screen. Public: a name, a colour, an icon."""
    icon = {"src": static("icons/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    about = {
        "name": _("Weidong flood control"),
        "short_name": _("In the field"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("field:work"),
        "scope": reverse("field:home"),
        "display": "standalone",
        "theme_color": "#10283f",
        "background_color": "#f4f6f8",
        "icons": [icon],
    }
    return JsonResponse(about, content_type="application/manifest+json")


@requires("doors.visit")
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """My lists of doors."""
    person = _person(request)
    words = {"lists": queries.knock_lists(person), "may_check": person.can("households.check")}
    return _page(request, "field/doors.html", words)


@requires("dangers.report")
def danger(request: HttpRequest) -> HttpResponse:
    """报险情: what, a photo, where. One thumb, and no script is needed."""
    person = _person(request)
    form = FieldDangerForm(request.POST, request.FILES) if request.method == "POST" else FieldDangerForm()
    if request.method == "POST" and (stored := _reported(form, person)):
        return redirect("field:danger_sent", stored.uuid)
    return _page(request, "field/danger.html", {"form": form, "reports": dangers.my_reports(person, limit=3)})


def _reported(form: FieldDangerForm, person: User) -> Danger | None:
    """The stored danger; None with the refusal written into the form."""
    try:
        form.keep_photo(by_id=person.pk)
        if form.is_valid():
            stored, _new = command.report_danger(**form.report(), source=DangerSource.FIELD, by=person, now=clock.now())
            return stored
    except Refused as refused:
        form.is_valid()
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return None


@requires("dangers.report")
@require_safe
def danger_sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It has arrived: who has it now?"""
    row = get_object_or_404(Danger.objects.select_related("site", "assignment"), uuid=uuid, reporter=_person(request))
    return _page(request, "field/danger_sent.html", {"line": dangers.danger_lines([row], now=clock.now())[0]})
