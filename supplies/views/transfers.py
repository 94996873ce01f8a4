"""Transfers, and the page on which whoever receives one counts it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core import clock
from core.views.permission import public, requires
from supplies import actions, queries
from supplies.enums import TransferState
from supplies.forms.goods import BackForm, CountForm, DepartForm, SendForm, SettleForm, attempt
from supplies.models import Transfer, TransferLine
from supplies.views.goods import answered, brought_back, chips, out_choices, store_at
from supplies.views.stores import PAGE, person, with_tones


@requires("supplies.issue")
def send(request: HttpRequest, code: str) -> HttpResponse:
    """调拨出库: loaded and gone, or (the second button) loading begins."""
    store, user = store_at(request, "supplies.issue", code), person(request)
    others = queries.stores(user.scope_for("supplies.view"))
    form = SendForm(
        request.POST or None, request.FILES or None, at_hand=queries.items_at(store), store=store, others=others
    )
    if request.method == "POST":
        transfer = attempt(form, lambda: _sent(form, store=store, by=user, loads_only="load" in request.POST))
        if transfer:
            messages.success(request, _("Stored: %(store)s.") % {"store": store.name})
            return redirect("supplies:transfer", transfer.uuid)
    context = {"form": form, "store": store, "title": _("Send goods"), "is_send": True}
    return render(request, "supplies/goods_form.html", context)


def _sent(form: SendForm, *, store: Any, by: User, loads_only: bool) -> Transfer:
    given = form.values() | {"quantities": form.quantities()}
    if loads_only:
        given = {name: value for name, value in given.items() if name not in ("receiver_phone", "photo_sha256")}
        return actions.load(from_store=store, by=by, now=clock.now(), **given)
    return actions.send(from_store=store, by=by, now=clock.now(), **given)


@requires("supplies.view")
def listing(request: HttpRequest) -> HttpResponse:
    """What is on its way, and what arrived short."""
    scope = person(request).scope_for("supplies.view")
    state = request.GET.get("state", "")
    states = {str(one.value): str(one.label) for one in TransferState}
    rows = queries.transfers(scope, state=state if state in states else "")
    if (before := request.GET.get("before", "")).isdigit():
        rows = rows.filter(pk__lt=int(before))
    found = with_tones(rows[: PAGE + 1])
    context = {
        "transfers": found[:PAGE],
        "next_url": f"?state={state}&before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "figures": queries.figures(scope),
        "chips": chips("supplies:transfers", states, state),
    }
    return render(request, "supplies/transfers.html", context)


def _transfer_at(request: HttpRequest, capability: str, uuid: UUID) -> Transfer:
    rows = queries.transfers(person(request).scope_for(capability)).select_related(
        "from_store", "to_store", "opened_by", "departed_by", "received_by", "settled_by", "assignment"
    )
    return get_object_or_404(rows, uuid=uuid)


@requires("supplies.view")
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One transfer: where it is, since when, and what is missing."""
    return render(request, "supplies/transfer.html", _shown(request, _transfer_at(request, "supplies.view", uuid)))


def lines_of(transfer: Transfer) -> list[TransferLine]:
    """The lines in their order, each with `open`: what nobody has seen since it left."""
    lines = list(transfer.lines.select_related("lot__item").order_by("lot__item__code", "pk"))
    for line in lines:
        line.open = queries.missing(line)  # type: ignore[attr-defined]  # for the template
    return lines


def _shown(request: HttpRequest, transfer: Transfer, **forms: Any) -> dict[str, Any]:
    user = person(request)
    (shown,) = with_tones([transfer])
    lines = lines_of(transfer)
    short = transfer.state == TransferState.RECEIVED_SHORT
    settles = user.scope_for("supplies.approve").covers(transfer.area_code) and transfer.received_by_id != user.pk
    out = queries.still_out(transfer=transfer)
    keeps = user.scope_for("supplies.keep").covers(transfer.area_code)
    return {
        "transfer": shown,
        "lines": lines,
        "link": f"{settings.PUBLIC_URL}{reverse('supplies:delivery', args=[transfer.token])}",
        "may_issue": user.scope_for("supplies.issue").covers(transfer.area_code),
        "depart_form": DepartForm(),
        "settle_form": SettleForm(transfer=transfer, lines=lines) if short and settles else None,
        "out": out_choices(out),
        "back_form": BackForm(out=out_choices(out)) if out and keeps else None,
    } | forms


@requires("supplies.issue")
@require_POST
def depart(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It leaves now."""
    found, form = _transfer_at(request, "supplies.issue", uuid), DepartForm(request.POST)
    if attempt(form, lambda: actions.depart(transfer=found, by=person(request), now=clock.now(), **form.cleaned_data)):
        messages.success(request, _("Recorded."))
        return redirect("supplies:transfer", uuid)
    return render(request, "supplies/transfer.html", _shown(request, found, depart_form=form))


@requires("supplies.issue")
@require_POST
def call_off(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It does not leave after all."""
    found = _transfer_at(request, "supplies.issue", uuid)
    answered(request, lambda: actions.call_off(transfer=found, by=person(request), now=clock.now()), _("Called off."))
    return redirect("supplies:transfer", uuid)


@requires("supplies.approve")
@require_POST
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """核销 of what did not arrive."""
    found = _transfer_at(request, "supplies.approve", uuid)
    form = SettleForm(request.POST, transfer=found, lines=lines_of(found))
    if attempt(form, lambda: _settled(form, found, person(request))):
        messages.success(request, _("Recorded."))
        return redirect("supplies:transfer", uuid)
    return render(request, "supplies/transfer.html", _shown(request, found, settle_form=form))


def _settled(form: SettleForm, transfer: Transfer, by: User) -> Transfer:
    return actions.settle_difference(
        transfer=transfer,
        found=form.found(),
        reason=form.cleaned_data["reason"],
        found_in=form.cleaned_data["found_in"],
        by=by,
        now=clock.now(),
    )


@requires("supplies.keep")
@require_POST
def back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What lies at the place it was sent to comes back into the store it left."""
    found = _transfer_at(request, "supplies.keep", uuid)
    form = BackForm(request.POST, out=out_choices(queries.still_out(transfer=found)))
    if brought_back(request, form, found.from_store, transfer=found):
        return redirect("supplies:transfer", uuid)
    return render(request, "supplies/transfer.html", _shown(request, found, back_form=form))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, token: str) -> HttpResponse:
    """What is coming, and what has arrived? Safe without account: the token is the permission for this one load."""
    found = queries.delivery_by_token(token)
    if found is None:
        return render(request, "supplies/delivery_gone.html", {"call": settings.DUTY_PHONE}, status=404)
    form = CountForm(request.POST or None, transfer=found, lines=lines_of(found))
    done = attempt(form, lambda: _arrived(request, form, found)) if request.method == "POST" else None
    if done is not None:
        return redirect("supplies:delivery", token)
    return _counting(request, found, form)


def _arrived(request: HttpRequest, form: CountForm, transfer: Transfer) -> Transfer:
    return actions.arrive(
        transfer=transfer,
        counted=form.counted(),
        reasons=form.reasons(),
        by=request.user if isinstance(request.user, User) else None,
        by_name=form.cleaned_data["received_name"],
        now=clock.now(),
    )


def _counting(request: HttpRequest, found: Transfer, form: CountForm) -> HttpResponse:
    found.refresh_from_db(fields=["state", "arrived_at", "received_name"])
    (shown,) = with_tones([found])
    context = {
        "transfer": shown,
        "form": form if found.state == TransferState.ON_THE_WAY else None,
        "lines": lines_of(found),
        "call": settings.DUTY_PHONE or (found.departed_by.phone if found.departed_by else ""),
        "exercise": _("Exercise") if found.exercise else "",
    }
    return render(
        request, "supplies/delivery.html", context, status=409 if form.errors and not context["form"] else 200
    )
