"""Official warnings: what holds, taking one in, what the district did about it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from alerts import actions, queries
from alerts.actions import WarningRefused
from alerts.enums import Decision, NoticeLevel, WarningSource
from alerts.forms import ConsultationForm, PasteForm, UploadForm, WarningForm
from alerts.models import ReceivedWarning
from alerts.rules.cap import MOST_BYTES
from alerts.rules.warnings import pasted
from alerts.views.asking import who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory import queries as territory
from territory.rules import scope_of

PAGE = 50
LASTS = timedelta(hours=6)  # what the form offers where the text does not say


def found_warning(request: HttpRequest, uuid: UUID) -> ReceivedWarning:
    """The warning, if it concerns the person's areas."""
    try:
        return queries.warning(who(request).scope, uuid)
    except ReceivedWarning.DoesNotExist:
        raise Http404 from None


@requires("notices.view")
@require_safe
def warnings(request: HttpRequest) -> HttpResponse:
    """Which official warnings hold; everything that came, behind a tab."""
    user, now = who(request), clock.now()
    tab = "all" if request.GET.get("tab") == "all" else "force"
    holding = queries.shown_in_force(now, user.scope)
    before = request.GET.get("before", "")
    rows = list(_page(user, before)) if tab == "all" else []
    context = {
        "tab": tab,
        "tabs": [
            {"label": _("In force"), "url": "?tab=force", "current": tab == "force", "count": len(holding)},
            {"label": _("Everything received"), "url": "?tab=all", "current": tab == "all"},
        ],
        "holding": holding,
        "lifted": queries.lifted(now, user.scope),
        "rows": [
            {"warning": row, "colour": queries.colour_of(row), "state": queries.state_of(row, now)}
            for row in rows[:PAGE]
        ],
        "more_url": f"?tab=all&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "may_receive": user.can("warnings.receive"),
        "may_draft": user.can("notices.draft"),
        "silent": queries.stale_feeds(now),
    }
    return render(request, "alerts/warnings.html", context)


def _page(user: User, before: str) -> Any:
    rows = queries.with_state(queries.warnings(user.scope)).order_by("-pk")
    return rows.filter(pk__lt=int(before))[: PAGE + 1] if before.isdigit() else rows[: PAGE + 1]


@requires("notices.view")
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One warning: who says what, where it stands in its chain, who was called, what was decided, how fast."""
    return _detail(request, found_warning(request, uuid), ConsultationForm())


def _detail(request: HttpRequest, row: ReceivedWarning, form: ConsultationForm) -> HttpResponse:
    user, now = who(request), clock.now()
    chain = queries.warning_chain(row)
    state = queries.warning_state(row, now)
    consultation = queries.consultation_of(row)
    may_decide = user.can("warnings.receive")
    context = {
        "warning": row,
        "colour": queries.colour_of(row),
        "state": state,
        "advice": queries.said(row.findings),
        "odd": [each for each in queries.referred(row) if each.fault],
        "chain": [
            {"warning": one, "state": queries.warning_state(one, now), "current": one.pk == row.pk} for one in chain
        ],
        "clocks": queries.warning_clocks(row),
        "calls": queries.calls_of(row),
        "consultation": consultation,
        "form": form if may_decide and (consultation is None or consultation.held_at is None) else None,
        "offers": queries.offers(row, user, now) if user.can("notices.draft") else [],
        "relays": [{"notice": one, "stage": queries.stage(one, now)} for one in queries.relays_of(row)],
        "may_relay": user.can("notices.draft") and state.ended_by is None and not row.is_all_clear,
        **({"exercise": _("Exercise")} if row.exercise else {}),
    }
    return render(request, "alerts/warning.html", context, status=400 if form.errors else 200)


@requires("notices.view")
@require_safe
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The bytes as they came, to be saved: a browser never shows what a stranger wrote."""
    row = found_warning(request, uuid)
    answer = HttpResponse(bytes(row.raw), content_type="application/octet-stream")
    answer["Content-Disposition"] = (
        f'attachment; filename="warning-{row.pk}.{"json" if row.dialect == "form" else "xml"}"'
    )
    return answer


@requires("warnings.receive")
def enter(request: HttpRequest) -> HttpResponse:
    """录入: a warning that was read elsewhere; a pasted text fills the fields."""
    user, now = who(request), clock.now()
    paste = PasteForm(request.POST) if "paste" in request.POST else PasteForm()
    if "paste" in request.POST:
        form = _form(None, now, _read(paste, now) if paste.is_valid() else {})
        return render(request, "alerts/warning_form.html", {"form": form, "paste": paste, "upload": UploadForm()})
    form = _form(request.POST or None, now, {})
    if request.method == "POST" and form.is_valid():
        try:
            received = actions.enter_warning(entry=form.entry(), by=user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _stored(request, received)
    context = {"form": form, "paste": paste, "upload": UploadForm()}
    return render(request, "alerts/warning_form.html", context, status=400 if form.errors else 200)


@requires("warnings.receive")
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """A file of either format; every fault is named."""
    user, now = who(request), clock.now()
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        given: Any = form.cleaned_data["file"]
        try:
            received = actions.receive_warning(
                data=given.read(MOST_BYTES + 1), source=WarningSource.UPLOAD, by=user, now=now
            )
            return _stored(request, received)
        except WarningRefused as refused:
            for finding in refused.findings:
                form.add_error("file", str(finding))
        except Refused as refused:
            form.add_error("file", str(refused))
    context = {"form": _form(None, now, {}), "paste": PasteForm(), "upload": form}
    return render(request, "alerts/warning_form.html", context, status=400)


def _stored(request: HttpRequest, received: actions.Received) -> HttpResponse:
    messages.success(request, _("Taken in.") if received.is_new else _("This warning was taken in before."))
    return redirect("alerts:warning", received.warning.uuid)


def _form(data: Any, now: datetime, given: dict[str, Any]) -> WarningForm:
    here = scope_of(settings.DISTRICT_CODE)
    names = {area.code: area.name for area in territory.areas(here) if len(area.code) <= 9}
    city = settings.DISTRICT_CODE[:4] + "00"
    names = {city: _("The whole city"), **names}
    initial = {
        "level": NoticeLevel.RED,
        "sent": now,
        "starts_at": now,
        "expires_at": now + LASTS,
        "areas": [settings.DISTRICT_CODE],
        **given,
    }
    return WarningForm(data, initial=initial, areas=names, before=queries.warnings_in_force(now, here))


def _read(form: PasteForm, now: datetime) -> dict[str, Any]:
    """What a pasted text fills in. What it does not say stays as the form offers it."""
    text = form.cleaned_data["text"].strip()
    said = pasted(text, now=now, zone=timezone.get_current_timezone())
    sent = said.issued_at or now
    filled = {
        "issuer": said.issuer,
        "event": said.event,
        "level": said.level,
        "sent": sent,
        "starts_at": sent,
        "expires_at": sent + timedelta(hours=said.hours) if said.hours else sent + LASTS,
        "text": text,
        "is_lifting": said.is_lifted,
    }
    return {name: value for name, value in filled.items() if value not in (None, "")}


@requires("notices.draft")
@require_POST
def relay(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """转发气象预警: the draft, its text ready."""
    row = found_warning(request, uuid)
    try:
        notice = actions.relay_warning(warning=row, by=who(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("alerts:warning", uuid)
    return redirect("alerts:edit" if notice.state == "draft" else "alerts:notice", notice.uuid)


@requires("warnings.receive")
@require_POST
def consultation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """会商记录."""
    row, form = found_warning(request, uuid), ConsultationForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.record_consultation(
                warning=row,
                attendees=given["attendees"],
                conclusion=given["conclusion"],
                decision=Decision(given["decision"]),
                held_at=given["held_at"],
                by=who(request),
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The minutes are recorded."))
            return redirect("alerts:warning", uuid)
    return _detail(request, row, form)
