"""The gateway accounts: who carries now, switching off and on, testing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.rules import Refused
from core.views.permission import requires
from messaging import actions, queries
from messaging.enums import FAILING, SelfTestOutcome
from messaging.forms import SwitchForm
from messaging.models import SelfTest

SHOWN = 20  # tests below the accounts
TEST_TONES = {
    SelfTestOutcome.TAKEN: "ok",
    SelfTestOutcome.UNDER_WAY: "working",
    SelfTestOutcome.NO_ADDRESS: "unknown",
    **dict.fromkeys(FAILING, "danger"),
}


@requires("channels.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Can every channel send, and through which account? The worst first."""
    user: Any = request.user
    channels = queries.overview(now=clock.now())
    tests = queries.recent_tests(limit=SHOWN)
    context = {
        "channels": channels,
        "silent": [each.channel.label for each in channels if each.carried is None],
        "troubled": sum(line.tone == "danger" for each in channels for line in each.lines),
        "total": sum(len(each.lines) for each in channels),
        "tests": [(row, TEST_TONES[SelfTestOutcome(row.outcome)], said_of(row)) for row in tests],
        "test_tones": TEST_TONES,
        "may_manage": user.can("channels.manage"),
    }
    return render(request, "messaging/accounts.html", context)


@require_POST
@requires("channels.view")
def test(request: HttpRequest, name: str) -> HttpResponse:
    """One test message to whoever presses."""
    user: Any = request.user
    try:
        row = actions.self_test(
            account=name, by=user.actor, now=clock.now(), phone=str(user.phone or ""), email=user.email
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        say_outcome(request, row)
    return redirect("messaging:accounts")


def say_outcome(request: HttpRequest, row: SelfTest) -> None:
    """What became of a test, and what to look at now."""
    if row.outcome == SelfTestOutcome.TAKEN:
        messages.success(
            request,
            _("%(account)s took the test: look whether %(to)s shows it.") % {"account": row.account, "to": row.sent_to},
        )
    else:
        messages.error(request, _("%(account)s: test failed. %(why)s") % {"account": row.account, "why": said_of(row)})


def said_of(row: SelfTest) -> str:
    """The outcome of a test in a sentence."""
    outcome = SelfTestOutcome(row.outcome)
    return queries.sentence(row.code) if row.code else str(outcome.label)


@requires("channels.manage")
def off(request: HttpRequest, name: str) -> HttpResponse:
    """What happens when this account is switched off, then the button."""
    user: Any = request.user
    channels = queries.overview(now=clock.now())
    found = next(((each, line) for each in channels for line in each.lines if line.account.name == name), None)
    if found is None:
        raise Http404
    channel, line = found
    form = SwitchForm(request.POST or None, leaves_nobody=line.leaves_nobody)
    if request.method == "POST" and form.is_valid():
        try:
            actions.switch_off(account=name, by=user.actor, now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(account)s is switched off.") % {"account": name})
            return redirect("messaging:accounts")
    context = {"channel": channel, "line": line, "form": form, "next": queries.next_after(channel, name)}
    return render(request, "messaging/account_off.html", context)


@require_POST
@requires("channels.manage")
def on(request: HttpRequest, name: str) -> HttpResponse:
    """Takes the switching off back."""
    user: Any = request.user
    actions.switch_on(account=name, by=user.actor)
    messages.success(request, _("%(account)s is switched on and takes its turn again.") % {"account": name})
    return redirect("messaging:accounts")
