"""百分制, an optional module: the months of a sub-district, the district's points, and one's own line."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from assignments import actions, queries, rules
from assignments.enums import AppraisalState, Outcome
from assignments.forms import AppealAnswerForm, AppealForm, MonthForm, PointsForm, ScoreForm
from assignments.models import Appraisal, AppraisalLine
from assignments.views.facts import LABELS, XLSX
from core import clock
from core.rules import Refused
from core.views.permission import requires

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
# Tone of an outcome; no red: a low score is no danger.
TONES = {Outcome.REWARD: "ok", Outcome.PASS: "ok", Outcome.FAIL: "late", Outcome.NONE: "off"}
BORDERS = ("reward_from", "reward_inclusive", "fail_below", "fail_inclusive")


def optional(view: View[P]) -> View[P]:
    """While the module is off its addresses do not exist, for anybody."""

    @wraps(view)
    def found(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.APPRAISAL:
            raise Http404
        return view(request, *args, **kwargs)

    return found


@optional
@requires("appraisals.view")
def months(request: HttpRequest) -> HttpResponse:
    """Which months are drawn up, which are confirmed, and who waits for an answer? A reviewer draws up another."""
    user, now = _who(request), clock.now()
    areas = queries.subdistricts(user.scope_for("appraisals.review"))
    last_month = timezone.localdate(now).replace(day=1) - timedelta(days=1)
    form = MonthForm(request.POST or None, areas=areas, initial={"month": last_month})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.draw_up_appraisal(
                area_code=given["area"], month=given["month"], by=user, zone=timezone.get_current_timezone(), now=now
            )
        except Refused as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Drawn up. Another person confirms it."))
            return redirect("assignments:appraisal", row.pk)
    rows = queries.appraisals(user.scope_for("appraisals.view"))
    scheme = queries.scheme_of(settings.DISTRICT_CODE)
    context = {"rows": rows, "form": form if areas else None, "has_points": scheme is not None}
    return render(request, "assignments/appraisals.html", context, status=_status(form))


@optional
@requires("appraisals.view")
@require_safe
def month(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of this month for each person, by area and name?"""
    user, row = _who(request), _visible(request, pk)
    reviews = user.scope_for("appraisals.review").covers(row.area_code)
    is_draft = row.state == AppraisalState.DRAFT
    context = {
        "row": row,
        "lines": [(shown, TONES[shown.outcome]) for shown in queries.lines_of(row)],
        "labels": [LABELS[name] for name in rules.FIGURES],
        **_borders(row.scheme),
        "may_confirm": reviews and is_draft and row.drawn_up_by_id != user.pk,
        "waits_for_another": reviews and is_draft and row.drawn_up_by_id == user.pk,
        "is_draft": is_draft,
        "is_replaced": row.state == AppraisalState.REPLACED,
    }
    return render(request, "assignments/appraisal.html", context)


@require_POST
@optional
@requires("appraisals.review")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """One press of another person: it stands."""
    row = _visible(request, pk)
    try:
        actions.confirm_appraisal(appraisal=row, by=_who(request), now=clock.now())
        messages.success(request, _("Confirmed. Everybody sees his own line and may appeal within ten days."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("assignments:appraisal", row.pk)


@optional
@requires("appraisals.view")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """How did this score come about? A reviewer changes it in a draft, or answers the appeal."""
    user = _who(request)
    found = _lines().filter(appraisal__in=Appraisal.objects.in_scope(user.scope_for("appraisals.view")))
    row = get_object_or_404(found, pk=pk)
    shown = queries.line_shown(row)
    form = _form_of(request, shown)
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                _store(form, shown, user)
            except Refused as refusal:
                _say(form, refusal)
            else:
                messages.success(request, _("Stored."))
                return redirect("assignments:appraisal", row.appraisal_id)
    context = _line_context(shown) | {"form": form, "answers": isinstance(form, AppealAnswerForm), "shell": "base.html"}
    return render(request, "assignments/appraisal_line.html", context, status=_status(form))


@optional
@requires("appraisals.view")
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """A confirmed appraisal as xlsx; a draft is no paper."""
    row = _visible(request, pk)
    if row.state != AppraisalState.CONFIRMED:
        raise Http404
    labels = {name: str(label) for name, label in LABELS.items()}
    answer = HttpResponse(queries.appraisal_sheet(row, labels), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="appraisal-{row.area_code}-{row.month:%Y-%m}.xlsx"'
    return answer


@optional
@requires("appraisals.set_points")
def points(request: HttpRequest) -> HttpResponse:
    """How many points does each figure add or take in this district, and where are the borders?"""
    kept = queries.scheme_of(settings.DISTRICT_CODE)
    form = PointsForm(request.POST or None, labels=LABELS, initial=_initial(kept))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_points(area_code=settings.DISTRICT_CODE, scheme=form.scheme, by=_who(request))
        except Refused as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Stored. What is drawn up already keeps its own points."))
            return redirect("assignments:appraisal_points")
    context = {
        "form": form,
        "kept": kept,
        "figures": [form[f"points_{name}"] for name in rules.FIGURES],
        "borders": [form[name] for name in BORDERS],
    }
    return render(request, "assignments/appraisal_points.html", context, status=_status(form))


@optional
@requires("assignments.view")
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What came of my months?"""
    lines = [(shown, TONES[shown.outcome]) for shown in queries.own_lines(_who(request))]
    return render(request, "assignments/appraisals_mine.html", {"lines": lines, "shell": _shell(request)})


@optional
@requires("assignments.view")
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """How did my score come about, and until when may I appeal?"""
    user, now, zone = _who(request), clock.now(), timezone.get_current_timezone()
    row = get_object_or_404(_lines(), pk=pk, person=user, appraisal__state=AppraisalState.CONFIRMED)
    shown, until = queries.line_shown(row), queries.appeal_until(row.appraisal, zone)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal_score(line=row, words=form.cleaned_data["words"], by=user, zone=zone, now=now)
        except Refused as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Sent. The sub-district answers."))
            return redirect("assignments:appraisal_own", row.pk)
    may_appeal = shown.appeal is None and until is not None and now < until
    context = _line_context(shown) | {
        "form": form if may_appeal or form.is_bound else None,
        "last_day": timezone.localdate(until - timedelta(seconds=1)) if until else None,
        "own": True,
        "shell": _shell(request),
    }
    return render(request, "assignments/appraisal_line.html", context, status=_status(form))


def _who(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (the permission mark lets nobody else in)
    return user


def _visible(request: HttpRequest, pk: int) -> Appraisal:
    rows = Appraisal.objects.in_scope(_who(request).scope_for("appraisals.view"))
    return get_object_or_404(rows.select_related("drawn_up_by", "confirmed_by"), pk=pk)


def _lines() -> "QuerySet[AppraisalLine]":
    return AppraisalLine.objects.select_related("appraisal", "appeal").prefetch_related("changes__by")


def _line_context(shown: queries.LineShown) -> dict[str, Any]:
    return {
        "shown": shown,
        "tone": TONES[shown.outcome],
        "figures": [(LABELS[name], count, points) for name, count, points in shown.cells],
        "own": False,
        "answers": False,
        "last_day": None,
        **_borders(shown.line.appraisal.scheme),
    }


def _borders(kept: dict[str, Any]) -> dict[str, str]:
    scheme = rules.scheme_from(kept)
    return {"reward_words": queries.reward_words(scheme), "fail_words": queries.fail_words(scheme)}


def _form_of(request: HttpRequest, shown: queries.LineShown) -> ScoreForm | AppealAnswerForm | None:
    """What a reviewer may do with a line now; never with his own."""
    user, appraisal = _who(request), shown.line.appraisal
    if shown.line.person_id == user.pk or not user.scope_for("appraisals.review").covers(appraisal.area_code):
        return None
    if appraisal.state == AppraisalState.DRAFT and shown.line.score is not None:
        return ScoreForm(request.POST or None)
    if shown.appeal is not None and shown.appeal.upheld is None:
        return AppealAnswerForm(request.POST or None)
    return None


def _store(form: ScoreForm | AppealAnswerForm, shown: queries.LineShown, user: User) -> None:
    given, now = form.cleaned_data, clock.now()
    if isinstance(form, ScoreForm):
        actions.adjust_score(line=shown.line, score=given["score"], reason=given["reason"], by=user, now=now)
    elif shown.appeal is not None and given["upheld"]:
        actions.uphold_appeal(appeal=shown.appeal, score=given["score"], reason=given["reason"], by=user, now=now)
    elif shown.appeal is not None:
        actions.refuse_appeal(appeal=shown.appeal, reason=given["reason"], by=user, now=now)


def _initial(kept: Any) -> dict[str, Any]:
    """What stands in the form at first: the present points, else nothing counts yet and the announced borders."""
    scheme = rules.Scheme({}) if kept is None else kept
    fields = {name: getattr(scheme, name) for name in BORDERS}
    return fields | {f"points_{name}": scheme.weights.get(name, 0) for name in rules.FIGURES}


def _say(form: Any, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _status(form: Any) -> int:
    return 400 if form is not None and form.is_bound and not form.is_valid() else 200


def _shell(request: HttpRequest) -> str:
    return "base.html" if _who(request).can("board.view") else "phone.html"
