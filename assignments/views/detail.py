"""One duty: its clocks, its buttons, its history."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from assignments import actions, queries, rules
from assignments.enums import OPEN, Means, Verb
from assignments.forms import BUTTONS, BehalfForm, SuccessorForm, WordForm
from assignments.models import Assignment
from core import clock
from core.actions import store_photo
from core.rules import Refused
from core.views.permission import requires


@requires("assignments.view")
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The duty; not found for whoever neither owes nor supervises it."""
    return _page(request, _found(request, uuid))


@require_POST
@requires("assignments.act")
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One of the buttons."""
    duty, form = _found(request, uuid), WordForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, duty, word=form, status=400)
    return _tried(request, duty, "word", form, lambda: _do(duty, form, _who(request)))


@require_POST
@requires("assignments.on_behalf")
def behalf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """代录."""
    duty = _found(request, uuid)
    form = BehalfForm(request.POST, choices=queries.choices(queries.options_of(duty)))
    if not form.is_valid():
        return _page(request, duty, behalf=form, status=400)
    return _tried(request, duty, "behalf", form, lambda: _record(duty, form, _who(request)))


@require_POST
@requires("assignments.assign")
def hand_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One press replaces a person."""
    duty, user = _found(request, uuid), _who(request)
    form = SuccessorForm(request.POST, people=queries.successors(user, duty, clock.now()))
    if not form.is_valid():
        return _page(request, duty, successor=form, status=400)
    return _tried(request, duty, "successor", form, lambda: _give(duty, form, user))


@require_POST
@requires("assignments.on_behalf")
def support(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """已安排支援."""
    duty = _found(request, uuid)
    try:
        actions.send_support(assignment=duty, by=_who(request), now=clock.now())
        messages.success(request, _("Support is on its way: recorded."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignments:detail", uuid=duty.uuid)


@require_POST
@requires("assignments.verify")
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """催办."""
    duty = _found(request, uuid)
    try:
        actions.remind(assignment=duty, by=_who(request), now=clock.now())
        messages.success(request, _("Reminded by SMS."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignments:detail", uuid=duty.uuid)


@require_POST
@requires("assignments.assign")
def silence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """停止催叫."""
    duty = _found(request, uuid)
    try:
        actions.silence(assignment=duty, by=_who(request), now=clock.now(), note=request.POST.get("note", ""))
        messages.success(request, _("Nobody is told of this duty any more."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignments:detail", uuid=duty.uuid)


def _who(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def _found(request: HttpRequest, uuid: UUID) -> Assignment:
    return get_object_or_404(queries.visible(_who(request)).select_related("assignee", "issued_by"), uuid=uuid)


def _do(duty: Assignment, form: WordForm, user: User) -> None:
    now, note = clock.now(), form.cleaned_data["note"]
    if form.cleaned_data["option"]:
        photo = form.photo_bytes
        actions.answer(
            assignment=duty,
            option=form.cleaned_data["option"],
            means=Means.PAGE,
            now=now,
            by=user,
            occurred_at=form.cleaned_data["occurred_at"],
            note=note,
            photo_sha256=store_photo(data=photo, by_id=user.pk).sha256 if photo else "",
        )
        return
    verb = form.verb_chosen
    if verb in rules.JUDGING:
        actions.keep_to_its_page(duty)
    if verb == Verb.VERIFY:
        actions.verify(assignment=duty, by=user, now=now, note=note)
    elif verb == Verb.SEND_BACK:
        actions.send_back(assignment=duty, by=user, now=now, note=note)
    elif verb == Verb.CANCEL:
        actions.cancel(assignment=duty, by=user, now=now, note=note)
    else:
        photo = form.photo_bytes
        sha256 = store_photo(data=photo, by_id=user.pk).sha256 if photo else ""
        at = form.cleaned_data["occurred_at"]
        actions.OWN_VERBS[verb](assignment=duty, by=user, now=now, occurred_at=at, note=note, photo_sha256=sha256)


def _record(duty: Assignment, form: BehalfForm, user: User) -> None:
    given = form.cleaned_data
    actions.answer(
        assignment=duty,
        option=given["option"],
        means=Means.PHONE_CALL,
        by=user,
        now=clock.now(),
        occurred_at=given["occurred_at"],
        on_behalf_of=given["on_behalf_of"],
        note=given["note"],
    )


def _give(duty: Assignment, form: SuccessorForm, user: User) -> None:
    given = form.cleaned_data
    actions.hand_over(
        assignment=duty,
        to=form.successor,
        by=user,
        now=clock.now(),
        note=given["note"],
        all_open=given["all_open"],
    )


def _tried(request: HttpRequest, duty: Assignment, name: str, form: Form, do: Any) -> HttpResponse:
    """Does it and goes back to the page; what is refused stands beside its field."""
    try:
        do()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        status = 409 if refusal.code.startswith("conflict") else 400
        return _page(request, _found(request, duty.uuid), status=status, **{name: form})
    messages.success(request, _("Recorded."))
    return redirect("assignments:detail", uuid=duty.uuid)


def _page(
    request: HttpRequest,
    duty: Assignment,
    *,
    word: Form | None = None,
    behalf: Form | None = None,
    successor: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = _who(request), clock.now()
    standing = queries.standing(user, duty)
    page_url = queries.page_of(duty)
    verbs = rules.verbs(duty.state, standing, needs_verification=duty.needs_verification, has_page=bool(page_url))
    ladder = queries.ladders([duty], now=now).get(duty.pk)
    asked = {Verb.ACKNOWLEDGE} if standing.is_asked and not standing.records_for_others else set()
    own = [verb for verb in verbs if verb not in rules.OWN or verb in asked]
    said = queries.answerable(duty, verbs) if standing.is_assignee or standing.records_for_others else []
    answers = said if standing.is_assignee else []
    for_others = [] if standing.is_assignee else said
    context = {
        "line": queries.line(duty, now=now),
        "history": queries.told(duty),
        "minutes": rules.minutes_taken(queries.clocks(duty)),
        "buttons": [(verb.value, BUTTONS[verb], verb) for verb in own if verb in BUTTONS and verb != Verb.CANCEL],
        "answers": answers,
        "main_verb": "" if answers else next((verb.value for verb in own if verb != Verb.CANCEL), ""),
        "answer": queries.answer_label(duty),
        "sends_support": duty.support_asked_at is not None and standing.records_for_others,
        "withdrawable": Verb.CANCEL in own,
        "word": word or WordForm(),
        "behalf": (behalf or BehalfForm(choices=for_others, initial={"on_behalf_of": duty.assignee_name}))
        if for_others
        else None,
        "successor": (successor or SuccessorForm(people=queries.successors(user, duty, now)))
        if Verb.HAND_OVER in verbs
        else None,
        "page_url": page_url,
        "subject_url": queries.subject_of(duty),
        "has_own": standing.is_assignee,
        "ladder": ladder,
        "silenceable": ladder is not None and Verb.HAND_OVER in verbs,
        "remindable": standing.verifies and not standing.is_assignee and duty.state in OPEN,
        "to_copy": queries.to_copy(duty) if standing.assigns and not duty.verified_at else "",
        "phone": "" if standing.is_assignee else queries.phone_of(duty),
        **({"exercise": _("Exercise")} if duty.exercise else {}),
    }
    return render(request, "assignments/detail.html", context, status=status)
