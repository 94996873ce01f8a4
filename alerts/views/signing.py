"""Signing from afar: the call to the signer, the word of mouth, the countersignature, one's own code."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from alerts import actions, queries
from alerts.enums import NoticeState, Way
from alerts.forms import CodeForm, SignerForm, WordForm
from alerts.models import Notice, OralWord, SignerCode
from alerts.views.asking import found, tried, who
from core import clock
from core.rules import Refused
from core.views.permission import requires
from messaging.enums import Channel


def signing_context(row: Notice, user: User) -> dict[str, Any]:
    """How a notice was signed, or the ways in which it may be signed now without the signer's hand on this page."""
    now = clock.now()
    signature = queries.signature_of(row) if row.issued_at else None
    may_ask = row.state == NoticeState.SUBMITTED and user.can("notices.draft")
    able = queries.signers(row, now) if may_ask else []
    word = queries.open_word(row) if row.state == NoticeState.SUBMITTED else None
    is_witness = row.state == NoticeState.SUBMITTED and queries.is_witness(user, row, now)
    others = [person for person in able if person.pk != user.pk]
    initial = {"version": row.version}
    return {
        "signature": signature,
        "may_countersign": bool(
            signature
            and signature.way == Way.ORAL
            and signature.signer_id == user.pk
            and not signature.countersigned_at
        ),
        "call_line": queries.call_line(row, now) if row.state == NoticeState.SUBMITTED else None,
        "ask_form": SignerForm(signers=others, initial=initial, auto_id="ask_%s") if others and is_witness else None,
        "word": word,
        "may_confirm": bool(word and is_witness and user.pk not in {word.recorded_by_id, word.signer_id}),
        "may_drop": bool(word and is_witness),
        "word_form": WordForm(signers=others, initial=initial | {"said_at": now}, auto_id="word_%s")
        if others and is_witness and word is None
        else None,
    }


@requires("notices.view")
@require_safe
def signing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What changes on the notice's page while the signer is being asked; the whole page once he has answered."""
    user, row = who(request), found(request, uuid)
    context = {"notice": row, **signing_context(row, user)}
    answer = render(request, "alerts/signing.html", context)
    if row.state != NoticeState.SUBMITTED:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@requires("notices.draft")
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """回拨签发: the platform rings the signer or writes to him."""
    row, now = found(request, uuid), clock.now()
    form = SignerForm(request.POST, signers=queries.signers(row, now))
    if not form.is_valid():
        messages.error(request, _("Choose whom to ask, and how."))
        return redirect("alerts:notice", uuid)
    tried(
        request,
        lambda: actions.ask_signature(
            notice=row,
            version=form.cleaned_data["version"],
            signer=form.person,
            channel=Channel(form.cleaned_data["channel"]),
            by=who(request),
            now=now,
        ),
        _("%(name)s is being asked. The answer shows here by itself.") % {"name": form.person.name},
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.draft")
def record_word(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """口头签发, the first of two people."""
    row, now = found(request, uuid), clock.now()
    form = WordForm(request.POST, signers=queries.signers(row, now))
    if not form.is_valid():
        messages.error(request, _("Enter who said it, when, and in which words."))
        return redirect("alerts:notice", uuid)
    given = form.cleaned_data
    tried(
        request,
        lambda: actions.record_word(
            notice=row,
            version=given["version"],
            signer=form.person,
            words=given["words"],
            said_at=given["said_at"],
            by=who(request),
            now=now,
        ),
        _("Recorded. Nothing goes out before a second person on duty confirms it."),
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.draft")
def confirm_word(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """口头签发, the second person: this issues the notice."""
    word = _word(request, uuid, pk)
    tried(
        request,
        lambda: actions.confirm_word(word=word, by=who(request), now=clock.now()),
        _("Issued by word of mouth. %(name)s owes the countersignature.") % {"name": word.signer.name},
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.draft")
def drop_word(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """It was not so."""
    word = _word(request, uuid, pk)
    tried(
        request,
        lambda: actions.drop_word(word=word, by=who(request), now=clock.now()),
        _("Dropped. The record stays, nothing goes out by it."),
    )
    return redirect("alerts:notice", uuid)


@require_POST
@requires("notices.approve")
def countersign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """补签."""
    row = found(request, uuid)
    tried(
        request,
        lambda: actions.countersign(notice=row, by=who(request), now=clock.now()),
        _("Countersigned. Thank you."),
    )
    return redirect("alerts:notice", uuid)


@requires("notices.approve")
@sensitive_post_parameters("password", "code", "again")
def code(request: HttpRequest) -> HttpResponse:
    """One's own signing code."""
    user, now = who(request), clock.now()
    form = CodeForm(request.POST or None)
    if user.has_usable_password():
        form.fields["password"].required = True
    else:
        del form.fields["password"]  # came by code, never had one
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.set_code(
                by=user, code=given["code"], again=given["again"], password=given.get("password", ""), now=now
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Your signing code holds from now on."))
            return redirect("alerts:signing_code")
    known = SignerCode.objects.filter(user=user).first()
    return render(
        request, "alerts/signing_code.html", {"form": form, "known": known}, status=400 if form.errors else 200
    )


def _word(request: HttpRequest, uuid: UUID, pk: int) -> OralWord:
    word = found(request, uuid).oral_words.select_related("notice", "signer").filter(pk=pk).first()
    if word is None:
        raise Http404
    return word
