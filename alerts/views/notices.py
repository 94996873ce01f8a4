"""Notices: the list, writing, signing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from alerts import actions, queries
from alerts.enums import OUT, MessageType, NoticeState
from alerts.forms import NoticeForm, fresh, written
from alerts.models import Notice
from alerts.rules import COLOURS, missing_elements
from alerts.views.asking import found, tried, who
from alerts.views.following import chain_context
from alerts.views.missing import goal_context
from alerts.views.signing import signing_context
from core import clock
from core.rules import Refused
from core.views.permission import requires
from territory import queries as territory
from territory.rules import scope_of

TABS = {
    "force": (NoticeState.ISSUED,),
    "waiting": (NoticeState.SUBMITTED,),
    "drafts": (NoticeState.DRAFT,),
    "history": (*OUT, NoticeState.DISCARDED),
}
HISTORY = 100
CRIES_SHOWN = 30  # of the calls for help in the section, whoever has waited longest; their page lists all


@requires("notices.view")
def notices(request: HttpRequest) -> HttpResponse:
    """What is in force and whom has it not reached; drafts and history behind tabs."""
    user, now = who(request), clock.now()
    tab = request.GET.get("tab", "force")
    tab = tab if tab in TABS else "force"
    everything = list(queries.notices(user.scope).prefetch_related("areas")[:HISTORY])
    shown = {name: [row for row in everything if _belongs(row, name, now)] for name in TABS}
    rows = _listed(shown[tab], user, now)
    labels = {
        "force": _("In force"),
        "waiting": _("Waiting for signature"),
        "drafts": _("Drafts"),
        "history": _("History"),
    }
    context = {
        "tab": tab,
        "tabs": [
            {"label": labels[name], "url": f"?tab={name}", "current": name == tab, "count": len(shown[name])}
            for name in TABS
        ],
        "rows": rows,
        "official": queries.shown_in_force(now, user.scope) if tab == "force" else [],
        "in_force": len(shown["force"]),
        "waiting": len(shown["waiting"]),
        "unreached": sum(row["whole"].unreached for row in rows if row["whole"]) if tab == "force" else 0,
        "may_draft": user.can("notices.draft"),
        "may_sign": user.can("notices.approve"),
    }
    return render(request, "alerts/notices.html", context)


def _belongs(row: Notice, tab: str, now: Any) -> bool:
    over = row.state == NoticeState.ISSUED and (row.expires_at <= now or row.message_type == MessageType.ALL_CLEAR)
    return row.state in TABS[tab] and (over if tab == "history" and row.state == NoticeState.ISSUED else not over)


def _listed(rows: list[Notice], user: User, now: datetime) -> list[dict[str, Any]]:
    """Each with what is printed of it; two statements however many they are."""
    issued = [row for row in rows if row.state == NoticeState.ISSUED]
    whole, sending = queries.shown_totals(issued, user.scope, now=now), queries.being_sent(issued)
    return [
        {
            "notice": row,
            "colour": COLOURS[row.level],  # type: ignore[index]  # an integer of the choices
            "stage": queries.stage(row, now, sending=row.pk in sending),
            "whole": whole.get(row.pk),
            "permitted": queries.permitted(user, row) if row.state == NoticeState.SUBMITTED else frozenset(),
        }
        for row in rows
    ]


@requires("notices.draft")
def create(request: HttpRequest) -> HttpResponse:
    """A new notice."""
    user, now = who(request), clock.now()
    names = _areas(user)
    initial = fresh(now, now + timedelta(hours=6), queries.usual_issuer(user))
    form = NoticeForm(request.POST or None, initial=initial, areas=names)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.draft(content=form.content(), area_codes=form.cleaned_data["areas"], by=user, now=now)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _written(request, row, user)
    return _form(request, form, None)


@requires("notices.draft")
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A draft again; whoever was overtaken by somebody else is told and keeps what he typed."""
    user, row = who(request), found(request, uuid)
    codes = [area.code for area in queries.chosen_areas(row)]
    form = NoticeForm(request.POST or None, initial=written(row, codes), areas=_areas(user))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.edit(
                notice=row,
                content=form.content(),
                area_codes=given["areas"],
                version=given["version"],
                by=user,
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _written(request, row, user)
    return _form(request, form, row)


def _written(request: HttpRequest, row: Notice, user: User) -> HttpResponse:
    """Stored; handed on at once where the other button was pressed."""
    if "submit" in request.POST:
        tried(request, lambda: actions.submit(notice=row, by=user, now=clock.now()), _("Submitted for signature."))
    else:
        messages.success(request, _("Draft stored."))
    return redirect("alerts:notice", row.uuid)


def _form(request: HttpRequest, form: NoticeForm, row: Notice | None) -> HttpResponse:
    counts = queries.households_by_area()
    chosen = set(form.chosen)
    tree: dict[str, dict[str, Any]] = {}
    for code, name in form.names.items():
        entry = {"code": code, "name": name, "households": counts.get(code, 0), "chosen": code in chosen}
        if len(code) <= 9:
            tree[code] = entry | {"parts": [], "open": False}
        else:
            branch = tree.setdefault(code[:9], {"code": "", "name": name, "parts": [], "open": False})
            branch["parts"].append(entry)
            branch["open"] = branch["open"] or entry["chosen"]
    words = _words(form, row)
    context = {
        "form": form,
        "notice": row,
        "tree": list(tree.values()),
        "words": words,
        "preview": _preview(form.chosen, words, row),
    }
    return render(request, "alerts/form.html", context, status=400 if form.errors else 200)


@require_POST
@requires("notices.draft")
def preview(request: HttpRequest) -> HttpResponse:
    """What the form as it stands would send: the third step, renewed while the other two change."""
    user = who(request)
    row = _follower(request, user)
    form = NoticeForm(request.POST, areas=_areas(user))
    words = _words(form, row, is_exercise="exercise" in request.POST)
    shown = _preview(form.chosen, words, row, is_exercise="exercise" in request.POST)
    return render(request, "alerts/check.html", {"preview": shown, "words": words})


def _follower(request: HttpRequest, user: User) -> Notice | None:
    """The correction or all-clear whose form is being filled; None for a notice of its own."""
    number = request.POST.get("follower", "")
    return found(request, UUID(number)) if number else None


def _words(form: NoticeForm, row: Notice | None, *, is_exercise: bool = False) -> queries.Wording:
    sort = row.message_type if row else MessageType.ALERT
    is_exercise = is_exercise or (row is not None and row.exercise is not None)
    return queries.wording(form.written_content(), sort, is_exercise=is_exercise)


def _preview(
    codes: Sequence[str], words: queries.Wording, row: Notice | None, *, is_exercise: bool = False
) -> queries.AudiencePreview:
    """Whom a signature would reach, and what that costs."""
    if row is not None and row.refers_to_id is not None:
        return queries.follow_preview(row, words)
    is_exercise = is_exercise or (row is not None and row.exercise is not None)
    return queries.audience_preview(
        sorted(scope_of(*codes).codes), words.text, exercise=is_exercise, notice=row.pk if row else 0
    )


def _areas(user: User) -> dict[str, str]:
    """Districts, sub-districts and communities he may write to, by code."""
    scope = user.scope_for("notices.draft")
    return {area.code: area.name for area in territory.areas(scope) if len(area.code) <= 12}


@requires("notices.view")
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One notice: what it says, who did what, whom it reached, and what may be done now."""
    user, row, now = who(request), found(request, uuid), clock.now()
    areas = queries.chosen_areas(row)
    issued = row.broadcast_id is not None
    before = row.state in (NoticeState.DRAFT, NoticeState.SUBMITTED)
    permitted = queries.permitted(user, row)
    text = queries.sent_text(row)
    words = queries.Wording(text, row.is_composed, refusal=queries.unsendable(row) if before else None)
    context = {
        "notice": row,
        "colour": COLOURS[row.level],  # type: ignore[index]  # an integer of the choices
        "areas": areas,
        "aim": queries.aim_of(row),
        "officials": queries.officials(row, now) if before else [],
        "missing": [element.label for element in missing_elements(queries.content_of(row))],
        "steps": queries.timeline(row),
        "permitted": permitted,
        "own": user.pk in {row.author_id, row.last_editor_id, row.submitter_id},
        "words": words,
        "preview": _preview([area.code for area in areas], words, row) if before else None,
        "issued": issued,
        "sent_text": words.text,
        "barred": queries.barred(row),
        **chain_context(row, permitted),
        **signing_context(row, user),
        **(_map(row) if issued else {}),
        **(coverage_context(row, user) if issued else {}),
        **goal_context(row, user),
        **({"exercise": _("Exercise")} if row.exercise else {}),
    }
    return render(request, "alerts/detail.html", context)


def _map(row: Notice) -> dict[str, Any]:
    return {
        "extent": queries.whole_extent(row),
        "map_layers": [
            {"label": _("Sub-districts"), "url": reverse("alerts:outlines"), "role": "base", "on": True},
            {
                "label": _("Coverage by grid"),
                "url": reverse("alerts:coverage_layer", args=[row.uuid]),
                "role": "areas",
                "on": True,
                "refresh": 15,
            },
        ],
        "map_legend": [
            {"step": step, "label": label}
            for step, label in enumerate(
                (_("below 60 %"), _("60–80 %"), _("80–90 %"), _("90–98 %"), _("98 % and more")), start=1
            )
        ],
    }


def coverage_context(row: Notice, user: User) -> dict[str, Any]:
    """What the coverage section shows, first drawn and renewed alike."""
    scope, now = user.scope, clock.now()
    shown = queries.shown(row, scope, now=now)
    actions.note_look(notice=row, households=shown.coverage.total.total, now=now)
    crying, calls = queries.first_cries(row, scope, size=CRIES_SHOWN)
    return {
        "notice": row,
        "goal": queries.goal_of(row),
        "shown": shown,
        "coverage": shown.coverage,
        "crying": crying,
        "calls": calls,
        "unreached": queries.first_unreached(row, shown.coverage.grids, size=10),
        "may_knock": user.can("knocks.send") and row.state == NoticeState.ISSUED,
    }


@require_POST
@requires("notices.draft")
def submit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """送审."""
    row = found(request, uuid)
    tried(request, lambda: actions.submit(notice=row, by=who(request), now=clock.now()), _("Submitted for signature."))
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.approve")
def send_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """退回."""
    row, reason = found(request, uuid), request.POST.get("reason", "")
    tried(
        request,
        lambda: actions.send_back(notice=row, reason=reason, by=who(request), now=clock.now()),
        _("Sent back to the author."),
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.approve")
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """签发: of exactly what was on the signer's screen."""
    row, version = found(request, uuid), request.POST.get("version", "")
    read = int(version) if version.isdigit() else 0
    tried(
        request,
        lambda: actions.approve(notice=row, version=read, by=who(request), now=clock.now()),
        _("Signed and issued. Messages are being sent."),
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.draft")
def discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Puts a draft away."""
    row = found(request, uuid)
    tried(request, lambda: actions.discard(notice=row, by=who(request), now=clock.now()), _("Draft put away."))
    return redirect("alerts:notices")
