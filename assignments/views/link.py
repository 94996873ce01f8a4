"""The task link: one duty on one page for whoever holds it, without account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assignments import actions, queries, rules
from assignments.enums import CLOSED, Means
from assignments.forms import WordForm
from assignments.models import Assignment
from core import clock
from core.actions import store_photo
from core.rules import Refused
from core.views.permission import public


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, token: str) -> HttpResponse:
    """What do you want of me? Safe without account: the token is the permission for this one duty, and ends with it."""
    duty = queries.assignment_by_token(token)
    if duty and queries.kind(duty.kind).opens_page and request.method != "POST" and (page_url := queries.page_of(duty)):
        return redirect(page_url)
    if duty is None or duty.state in CLOSED:
        return _gone(request, duty)
    if request.method != "POST":
        return _page(request, duty, WordForm())
    form = WordForm(request.POST, request.FILES)
    return _answered(request, duty, form) or redirect("task_link", token)


def _answered(request: HttpRequest, duty: Assignment, form: WordForm) -> HttpResponse | None:
    """Stores the answer; a page where that was refused."""
    if not form.is_valid():
        return _page(request, duty, form, status=400)
    try:
        photo = form.photo_bytes
        word = {
            "assignment": duty,
            "now": clock.now(),
            "occurred_at": form.cleaned_data["occurred_at"],
            "note": form.cleaned_data["note"],
            "photo_sha256": store_photo(data=photo, by_id=duty.assignee_id).sha256 if photo else "",
        }
        if form.cleaned_data["option"]:
            actions.answer(option=form.cleaned_data["option"], means=Means.LINK, by=duty.assignee, **word)
        else:
            actions.answer_by_link(verb=form.verb_chosen, **word)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        duty.refresh_from_db()
        return _page(request, duty, form, status=409 if refusal.code.startswith("conflict") else 400)
    return None


def _page(request: HttpRequest, duty: Assignment, form: WordForm, *, status: int = 200) -> HttpResponse:
    holder = rules.Standing(is_assignee=True)
    page_url = queries.page_of(duty)
    verbs = rules.verbs(duty.state, holder, needs_verification=duty.needs_verification, has_page=bool(page_url))
    context = {
        "line": queries.line(duty, now=clock.now()),
        "answers": queries.answerable(duty, verbs),
        "answer": queries.answer_label(duty),
        "form": form,
        "page_url": page_url,
        "issuer": duty.issued_by.name if duty.issued_by else "",
        "call": _call(duty),
        "token": queries.token_of(duty),
        **_band(duty),
    }
    return render(request, "assignments/task.html", context, status=status)


def _gone(request: HttpRequest, duty: Assignment | None) -> HttpResponse:
    """The link has ended: says what it was, if it was genuine, and whom to call."""
    context = {
        "line": queries.line(duty, now=clock.now()) if duty else None,
        "answer": queries.answer_label(duty) if duty else "",
        "call": _call(duty) if duty else settings.DUTY_PHONE,
        **_band(duty),
    }
    return render(request, "assignments/task_ended.html", context, status=410)


def _band(duty: Assignment | None) -> dict[str, str]:
    """The hatched band over a duty of an exercise."""
    return {"exercise": _("Exercise")} if duty and duty.exercise else {}


def _call(duty: Assignment) -> str:
    return str(settings.DUTY_PHONE or (duty.issued_by.phone if duty.issued_by else "") or "")
