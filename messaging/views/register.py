"""The register of reviewed texts: what is missing before the season, filing, deciding, testing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import clock
from core.rules import Refused
from core.views.permission import requires
from messaging import actions, queries, rules
from messaging.enums import Reviewable, ReviewState
from messaging.forms import DecisionForm, FilingForm, PhoneForm, SignatureForm
from messaging.forms.register import limits_in_words
from messaging.models import ProviderSignature, ProviderTemplate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {
    ReviewState.NOT_FILED: "unknown",
    ReviewState.IN_REVIEW: "working",
    ReviewState.APPROVED: "ok",
    ReviewState.REFUSED: "danger",
}


@requires("channels.view")
def templates(request: HttpRequest) -> HttpResponse:
    """What is missing before the season? Every text by account, the signatures below."""
    user: Any = request.user
    kind = request.GET.get("kind", Reviewable.SMS.value)
    kind = kind if kind in Reviewable.values else Reviewable.SMS.value
    accounts, lines = queries.matrix(kind)
    gaps = queries.season_gaps()
    context = {
        "gaps": gaps,
        "kind": kind,
        "tabs": [{"label": each.label, "url": f"?kind={each}", "current": each == kind} for each in Reviewable],
        "accounts": accounts,
        "lines": [(line.purpose, [[_shown(cell) for cell in cells] for cells in line.cells]) for line in lines],
        "signatures": _signatures(accounts) if kind == Reviewable.SMS else [],
        "may_manage": user.can("channels.manage"),
    }
    return render(request, "messaging/templates.html", context)


def _shown(cell: queries.Cell) -> dict[str, Any]:
    return {
        "account": cell.account,
        "language": cell.language,
        "language_name": _(cell.language_name),
        "label": cell.state.label,
        "tone": TONES[cell.state],
        "tested": cell.row.last_real_test if cell.row else None,
    }


def _signatures(accounts: list[rules.Account]) -> list[dict[str, Any]]:
    rows = {(row.account, row.text): row for row in ProviderSignature.objects.all()}
    shown = []
    for account in accounts:
        row = rows.get((account.name, account.signature))
        state = ReviewState(row.state) if row else ReviewState.NOT_FILED
        shown.append({"account": account, "row": row, "label": state.label, "tone": TONES[state]})
    return shown


@requires("channels.view")
def template(request: HttpRequest, kind: str, account: str, purpose: str, language: str) -> HttpResponse:
    """One text at one provider: what it says, how far its review has come. The administrator writes."""
    user: Any = request.user
    declared = queries.purposes().get(purpose)
    texts = declared.texts_of(kind) if declared and kind in Reviewable.values else {}
    known = next((one for one in queries.accounts(kind) if one.name == account), None)
    if declared is None or known is None or language not in texts:
        raise Http404
    row = ProviderTemplate.objects.filter(account=account, kind=kind, purpose=purpose, language=language).first()
    text = row.text if row else texts[language]
    may_manage = user.can("channels.manage")
    if request.method == "POST" and not may_manage:
        raise PermissionDenied("channels.manage")
    filing, decision, phone = _forms(request, row, text)
    if request.method == "POST" and _pressed(
        request, (filing, decision, phone), row, (account, kind, purpose, language)
    ):
        return redirect("messaging:template", kind, account, purpose, language)
    shown = rules.Reviewed(account, kind, "", purpose, language, text, limits=row.limits if row else {})
    state = ReviewState(row.state) if row else ReviewState.NOT_FILED
    signature = known.signature if kind == Reviewable.SMS else ""
    context = {
        "row": row,
        "account": known,
        "kind": Reviewable(kind),
        "purpose": declared,
        "text": text,
        "signature": signature,
        "state": state,
        "tone": TONES[state],
        "most_parts": rules.parts_at_most(shown, signature),
        "blanks": [(name, shown.limit(name), row.names.get(name, "") if row else "") for name in rules.blanks(text)],
        "filing": filing,
        "decision": decision,
        "phone": phone,
        "may_manage": may_manage,
        "is_approved": state == ReviewState.APPROVED,
    }
    return render(request, "messaging/templates_one.html", context)


def _forms(request: HttpRequest, row: ProviderTemplate | None, text: str) -> tuple[FilingForm, DecisionForm, PhoneForm]:
    """The three forms of the page, the pressed one bound."""
    step = request.POST.get("step", "")
    limits = limits_in_words(rules.blanks(text), row.limits if row else {}, row.names if row else {})
    return (
        FilingForm(request.POST if step == "file" else None, initial={"text": text, "limits": limits}),
        DecisionForm(
            request.POST if step in ("approve", "refuse") else None,
            initial={"code": row.code, "reason": row.reason} if row else None,
        ),
        PhoneForm(request.POST if step == "test" else None),
    )


def _pressed(
    request: HttpRequest,
    forms: tuple[FilingForm, DecisionForm, PhoneForm],
    row: ProviderTemplate | None,
    named: tuple[str, str, str, str],
) -> bool:
    """Does what was pressed; False when a form is to be shown again with what is wrong."""
    user: Any = request.user
    now = clock.now()
    filing, decision, phone = forms
    form = next((one for one in forms if one.is_bound), None)
    if form is None or not form.is_valid():
        return False
    try:
        if form is filing:
            account, kind, purpose, language = named
            limits, names = filing.cleaned_data["limits"]
            actions.file_template(
                account=account, kind=kind, purpose=purpose, language=language, text=filing.cleaned_data["text"],
                limits=limits, names=names, by=user.actor, now=now,
            )  # fmt: skip
            messages.success(request, _("Filed: enter the provider's decision when it comes."))
        elif row is None:
            return False
        elif form is decision:
            given = decision.cleaned_data
            approved = request.POST["step"] == "approve"
            actions.decide_template(template=row, approved=approved, by=user.actor, now=now, **given)
            messages.success(request, _("The decision is stored."))
        else:
            _say_result(request, actions.try_template(
                template=row, phone=phone.cleaned_data["phone"], by=user.actor, now=now
            ))  # fmt: skip
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def _say_result(request: HttpRequest, result: rules.Result) -> None:
    match result:
        case rules.Accepted():
            messages.success(request, _("The provider took it: look whether the telephone shows it."))
        case rules.Rejected(code) | rules.RetryAfter(code=code):
            messages.error(request, _("The provider did not take it: %(code)s.") % {"code": code})
        case rules.Unknown():
            messages.error(request, _("No answer came: it may have been taken. Look at the telephone."))


@requires("channels.manage")
def signature(request: HttpRequest, account: str) -> HttpResponse:
    """Where the registration of an account's signature stands."""
    user: Any = request.user
    known = next((one for one in queries.accounts(Reviewable.SMS) if one.name == account), None)
    if known is None:
        raise Http404
    row = ProviderSignature.objects.filter(account=account, text=known.signature).first()
    initial = {"text": known.signature, "state": row.state if row else "", "reason": row.reason if row else ""}
    form = SignatureForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.decide_signature(
                account=account, text=given["text"], state=ReviewState(given["state"]), reason=given["reason"],
                by=user.actor, now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Stored."))
            return redirect("messaging:templates")
    return render(request, "messaging/templates_signature.html", {"account": known, "form": form, "row": row})


@requires("channels.view")
def sheet(request: HttpRequest) -> HttpResponse:
    """The register as xlsx, to be copied into the provider's form."""
    name = f'attachment; filename="templates-{timezone.localdate(clock.now()):%Y%m%d}.xlsx"'
    return HttpResponse(queries.register_sheet(), content_type=XLSX, headers={"Content-Disposition": name})
