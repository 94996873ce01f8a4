"""避险场所: where people can go, which of them are open, and how the list comes in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from command import actions, queries
from command.forms.shelters import SheltersForm
from command.views.asking import tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory.actions import keep_upload
from territory.enums import ImportState
from territory.models import SheetImport
from territory.queries import kept_upload, own_import

KIND = "shelters"
EXTENT = "113.28,33.70,113.46,33.84"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@requires("command.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Where people can go now."""
    user = who(request)
    lines = queries.shelter_lines(queries.shelters(user.scope_for("command.view")))
    context = {
        "lines": lines,
        "open": sum(line.shelter.opened_at is not None for line in lines),
        "shelters": sum(line.shelter.kind == "shelter" for line in lines),
        "room": sum(line.shelter.room_for or 0 for line in lines if line.shelter.opened_at),
        "may_turn": user.can("closures.decide"),
        "may_import": user.can("sites.edit"),
        "extent": EXTENT,
        "layers": _layers(),
    }
    return render(request, "command/shelters.html", context)


def _layers() -> list[dict[str, object]]:
    borders = f"{reverse('api_territory:areas')}?level=subdistrict&format=geojson"
    return [
        {"label": _("Sub-district borders"), "url": borders, "role": "base", "on": True},
        {"label": _("Shelters"), "url": reverse("command:shelters_layer"), "role": "points", "on": True},
    ]


@require_safe
@requires("command.view")
def layer(request: HttpRequest) -> HttpResponse:
    """The places for the map."""
    text = queries.shelters_geojson(who(request).scope_for("command.view"))
    return HttpResponse(text, content_type="application/geo+json")


@require_safe
@requires("command.view")
def export(request: HttpRequest) -> HttpResponse:
    """The list as it can be read in again."""
    sheet = queries.shelter_sheet(who(request).scope_for("command.view"))
    return HttpResponse(
        sheet, content_type=SHEET_TYPE, headers={"Content-Disposition": 'attachment; filename="shelters.xlsx"'}
    )


@require_POST
@requires("closures.decide")
def turn(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """开放 · 关闭."""
    user = who(request)
    if verb not in ("open", "close"):
        raise Http404
    row = get_object_or_404(queries.shelters(user.scope_for("command.view")), pk=pk)
    opens = verb == "open"
    act = actions.open_shelter if opens else actions.close_shelter
    said = _("Open: residents read it on the public page.") if opens else _("Closed: residents are not sent there.")
    tried(request, lambda: act(shelter=row, by=user, now=clock.now()), said)
    return redirect(reverse("command:shelters") + f"#{row.code}")


@requires("sites.edit")
def upload(request: HttpRequest) -> HttpResponse:
    """预检."""
    user, now = who(request), clock.now()
    form = SheltersForm(request.POST, request.FILES) if request.method == "POST" else SheltersForm()
    if request.method == "POST" and form.is_valid():
        name, content = form.cleaned_data["file"]
        try:
            scope = user.scope_for("sites.edit")
            sheet = actions.check_shelters(content=content, file_name=name, scope=scope, by=user.actor, now=now)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return _checked(request, sheet, content)
    return render(request, "command/shelters_upload.html", {"form": form}, status=400 if form.errors else 200)


def _checked(request: HttpRequest, sheet: SheetImport, content: bytes) -> HttpResponse:
    if sheet.state == ImportState.STORED:
        messages.info(request, _("This very file is stored already; nothing changes."))
        return redirect("command:shelters")
    keep_upload(sheet=sheet, parts={"sheet": content}, now=clock.now())
    return redirect("command:shelters_report", sheet.pk)


@requires("sites.edit")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What storing would do; POST stores (入库)."""
    user = who(request)
    sheet = _own(user, pk)
    content = kept_upload(sheet)
    if request.method == "POST" and content is not None:
        stored = tried(request, lambda: _store(user, sheet, content), _("The list is stored."))
        return redirect("command:shelters") if stored else redirect("command:shelters_report", pk)
    context = {"sheet": sheet, "is_kept": content is not None, "is_stored": sheet.state == ImportState.STORED}
    return render(request, "command/shelters_report.html", context)


def _store(user: User, sheet: SheetImport, content: bytes) -> None:
    scope = user.scope_for("sites.edit")
    actions.store_shelters(content=content, file_name=sheet.file_name, scope=scope, by=user.actor, now=clock.now())


def _own(user: User, pk: int) -> SheetImport:
    try:
        return own_import(user.pk, KIND, pk)
    except SheetImport.DoesNotExist as error:
        raise Http404 from error
