"""百分制: the district sets points; a sub-district draws up a month, another person confirms, appeals are answered."""

from datetime import date, datetime, tzinfo

from django.core.exceptions import PermissionDenied

from accounts.models import User
from assignments import queries, rules
from assignments.enums import AppraisalObjection, AppraisalState
from assignments.models import Appraisal, AppraisalAppeal, AppraisalChange, AppraisalLine, AppraisalScheme
from core.audit import act
from core.rules import Refused


def set_points(*, area_code: str, scheme: rules.Scheme, by: User) -> AppraisalScheme:
    """Sets the district's points and borders; what is drawn up already keeps its own."""
    with act("assignments.appraisal.set_points", by=by.actor):
        if not by.scope_for("appraisals.set_points").covers(area_code):
            raise PermissionDenied
        if not 0 <= scheme.fail_below < scheme.reward_from <= rules.HIGHEST:
            raise _no(AppraisalObjection.BORDERS, "fail_below")
        row, _new = AppraisalScheme.objects.update_or_create(
            area_code=area_code, defaults=scheme.as_json() | {"set_by": by}
        )
    return row


def draw_up_appraisal(*, area_code: str, month: date, by: User, zone: tzinfo, now: datetime) -> Appraisal:
    """Copies the figures of a month that is over and scores them. A draft of the same month is replaced by the new one.

    Raises Refused while no points are set, before the month is over, once it is confirmed, or where nobody worked.
    """
    with act("assignments.appraisal.draw_up", by=by.actor):
        names = dict(queries.subdistricts(by.scope_for("appraisals.review")))
        if area_code not in names:
            raise _no(AppraisalObjection.NO_SUBDISTRICT, "area")
        # One at a time: the points' row is what two who press together wait for.
        kept = AppraisalScheme.objects.select_for_update().filter(area_code=area_code[:6]).first()
        if kept is None:
            raise _no(AppraisalObjection.NO_SCHEME)
        start, end = rules.month_span(month, zone)
        if now < end:
            raise _no(AppraisalObjection.NOT_OVER, "month")
        _replace_draft(area_code, month.replace(day=1))
        people = queries.figures_of_grid_workers(area_code, queries.Period(start, end), now=now)
        if not people:
            raise _no(AppraisalObjection.NOBODY, "month")
        scheme = rules.Scheme(
            kept.weights, kept.reward_from, kept.reward_inclusive, kept.fail_below, kept.fail_inclusive
        )
        row = Appraisal.objects.create(
            area_code=area_code,
            month=month.replace(day=1),
            place=names[area_code],
            scheme=scheme.as_json(),
            drawn_up_at=now,
            drawn_up_by=by,
        )
        AppraisalLine.objects.bulk_create(_line(row, person, scheme) for person in people)
    return row


def _replace_draft(area_code: str, month: date) -> None:
    present = Appraisal.objects.select_for_update().filter(area_code=area_code, month=month)
    old = present.exclude(state=AppraisalState.REPLACED).first()
    if old is None:
        return
    if old.state == AppraisalState.CONFIRMED:
        raise _no(AppraisalObjection.CONFIRMED, "month")
    old.state = AppraisalState.REPLACED
    old.save(update_fields=["state", "updated_at"])


def _line(appraisal: Appraisal, facts: queries.PersonFacts, scheme: rules.Scheme) -> AppraisalLine:
    found = rules.scored(facts.figures, scheme)
    return AppraisalLine(
        appraisal=appraisal,
        person=facts.person,
        person_name=facts.person.name,
        area_code=facts.area_code,
        place=facts.place[:60],
        figures=facts.figures,
        points=found.points,
        score=found.score,
    )


def adjust_score(*, line: AppraisalLine, score: int, reason: str, by: User, now: datetime) -> AppraisalChange:
    """Changes a score of a draft, with a reason; old and new are kept."""
    with act("assignments.appraisal.adjust", by=by.actor):
        appraisal = _locked(line.appraisal_id)
        _may_review(by, appraisal, line)
        _is_draft(appraisal)
        if line.score is None:
            raise _no(AppraisalObjection.NO_SCORE, "score")
        return _change(line, score, reason, by, now)


def confirm_appraisal(*, appraisal: Appraisal, by: User, now: datetime) -> Appraisal:
    """Another person than the one who drew it up says that it stands; nothing in it changes any more."""
    with act("assignments.appraisal.confirm", by=by.actor):
        row = _locked(appraisal.pk)
        _may_review(by, row)
        _is_draft(row)
        if row.drawn_up_by_id == by.pk:
            raise _no(AppraisalObjection.SAME_PERSON)
        row.state, row.confirmed_by, row.confirmed_at = AppraisalState.CONFIRMED, by, now
        row.save(update_fields=["state", "confirmed_by", "confirmed_at", "updated_at"])
    return row


def appeal_score(*, line: AppraisalLine, words: str, by: User, zone: tzinfo, now: datetime) -> AppraisalAppeal:
    """The person himself objects to his confirmed line, once, within the days to appeal."""
    with act("assignments.appraisal.appeal", by=by.actor):
        appraisal = _locked(line.appraisal_id)
        if line.person_id != by.pk:
            raise PermissionDenied
        if appraisal.confirmed_at is None:
            raise _no(AppraisalObjection.NOT_CONFIRMED)
        if AppraisalAppeal.objects.filter(line=line).exists():
            raise _no(AppraisalObjection.APPEALED)
        if now >= rules.appeal_until(appraisal.confirmed_at, zone):
            raise _no(AppraisalObjection.TOO_LATE)
        return AppraisalAppeal.objects.create(line=line, words=_reason(words, "words"), written_at=now)


def uphold_appeal(*, appeal: AppraisalAppeal, score: int, reason: str, by: User, now: datetime) -> AppraisalChange:
    """The person is right: his score is corrected by a row of its own, the confirmed line stays as it was."""
    with act("assignments.appraisal.uphold", by=by.actor):
        row = _answered(appeal, True, reason, by, now)
        return _change(row.line, score, reason, by, now, row)


def refuse_appeal(*, appeal: AppraisalAppeal, reason: str, by: User, now: datetime) -> AppraisalAppeal:
    """The score stands, and the person reads why."""
    with act("assignments.appraisal.refuse", by=by.actor):
        return _answered(appeal, False, reason, by, now)


def _answered(appeal: AppraisalAppeal, upheld: bool, reason: str, by: User, now: datetime) -> AppraisalAppeal:
    row = AppraisalAppeal.objects.select_for_update(of=("self",)).select_related("line__appraisal").get(pk=appeal.pk)
    _may_review(by, row.line.appraisal, row.line)
    if row.upheld is not None:
        raise _no(AppraisalObjection.ANSWERED)
    row.upheld, row.answer, row.answered_at, row.answered_by = upheld, _reason(reason, "reason"), now, by
    row.save(update_fields=["upheld", "answer", "answered_at", "answered_by", "updated_at"])
    return row


def _change(
    line: AppraisalLine, score: int, reason: str, by: User, now: datetime, appeal: AppraisalAppeal | None = None
) -> AppraisalChange:
    if not rules.LOWEST <= score <= rules.HIGHEST:
        raise _no(AppraisalObjection.OUT_OF_BOUNDS, "score")
    old = AppraisalLine.objects.get(pk=line.pk).present
    if score == old:
        raise _no(AppraisalObjection.SAME_SCORE, "score")
    return AppraisalChange.objects.create(
        line=line, appeal=appeal, old_score=old, new_score=score, reason=_reason(reason, "reason"), at=now, by=by
    )


def _locked(pk: int) -> Appraisal:
    return Appraisal.objects.select_for_update().get(pk=pk)


def _may_review(by: User, appraisal: Appraisal, line: AppraisalLine | None = None) -> None:
    if not by.scope_for("appraisals.review").covers(appraisal.area_code):
        raise PermissionDenied
    if line is not None and line.person_id == by.pk:
        raise _no(AppraisalObjection.OWN_LINE)


def _is_draft(appraisal: Appraisal) -> None:
    if appraisal.state == AppraisalState.CONFIRMED:
        raise _no(AppraisalObjection.CONFIRMED)
    if appraisal.state == AppraisalState.REPLACED:
        raise _no(AppraisalObjection.REPLACED)


def _reason(words: str, field: str) -> str:
    if not words.strip():
        raise _no(AppraisalObjection.REASON_WANTED, field)
    return words.strip()


def _no(why: AppraisalObjection, field: str = "") -> Refused:
    return Refused(why.value, why.label, field=field)
