"""Findings: made of what failed, mended by one, written off by another, carried forward until then."""

import threading
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from assignments import actions as duties
from assignments.enums import Means, State, Verb
from assignments.models import Assignment
from core import actions as core
from core.models import Media
from core.rules import Refused
from hazards import actions, queries
from hazards.enums import FindingState, Grade, Step
from hazards.models import Deferral, Finding, FindingPhoto, HazardSite, Inspection
from hazards.rules import AnswerGiven, FindingFilter, PhotoGiven
from territory.rules import scope_of
from tests import casts
from tests.casts import DISTRICT, NIGHT, OTHER_SUBDISTRICT, Cast
from tests.factories import checklist, contact_point, inspection_round, photograph, site

pytestmark = pytest.mark.django_db
WHOLE = scope_of(DISTRICT)


def photo(text: str) -> Media:
    return core.store_photo(data=photograph(text), by_id=None)


def visit(place: HazardSite, by: User, at: datetime, *, failing: int = 1) -> list[Finding]:
    """A visit at which the first items fail; what is found there, open."""
    items = list(checklist(place.kind).items.all())
    answers = [AnswerGiven(item.pk, "fail" if n < failing else "pass", "篦子堵塞") for n, item in enumerate(items)]
    photos = [PhotoGiven(photo("前").pk, item.pk) for item in items[:failing]]
    actions.record_inspection(client_uuid=uuid.uuid4(), site=place, answers=answers, photos=photos, by=by, now=at)
    return queries.open_at(place)


def found(cast: Cast, now: datetime, grade: Grade = Grade.GENERAL) -> Finding:
    return actions.report_finding(
        uuid=uuid.uuid4(), site=site(), what="挡水板缺失", grade=grade, by=cast.subdistrict_officer, now=now
    )


def given(cast: Cast, now: datetime) -> Finding:
    row = found(cast, now)
    return actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.grid_worker, now=now)


def mended(cast: Cast, now: datetime) -> Finding:
    row = given(cast, now)
    return actions.submit_finding(
        finding=row, words="已更换", photos=[photo("改后")], by=cast.grid_worker, now=now + timedelta(hours=1)
    )


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_what_failed_becomes_a_finding_and_is_written_off_by_another(cast: Cast, now: datetime) -> None:
    [row] = visit(site(), cast.grid_worker, now)
    assert (row.state, row.grade, row.found_by) == (FindingState.FOUND, Grade.GENERAL, cast.grid_worker)
    assert row.due_at == now + timedelta(days=7)
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.site_keeper, now=now)
    duties.start(assignment=row.assignment, by=cast.site_keeper, now=now)  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.state == FindingState.FIXING
    row = actions.submit_finding(finding=row, words="", photos=[photo("后")], by=cast.site_keeper, now=now)
    assert row.state == FindingState.SUBMITTED
    row = actions.close_finding(finding=row, by=cast.subdistrict_officer, now=now)
    assert (row.state, row.closed_by, row.fixed_by) == (
        FindingState.CLOSED,
        cast.subdistrict_officer,
        cast.site_keeper,
    )
    assert [step.step for step in row.steps.all()] == [Step.FIND, Step.ASSIGN, Step.START, Step.SUBMIT, Step.CLOSE]


def test_the_fixer_never_writes_off_not_even_past_the_platform(cast: Cast, now: datetime) -> None:
    row = found(cast, now)
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.subdistrict_officer, now=now)
    row = actions.submit_finding(finding=row, words="已修", by=cast.subdistrict_officer, now=now)
    with pytest.raises(Refused) as refusal:
        actions.close_finding(finding=row, by=cast.subdistrict_officer, now=now)
    assert code_of(refusal) == "assignment.same_person"
    closing = {"state": "closed", "closed_by": cast.subdistrict_officer, "closed_at": now}
    with pytest.raises(IntegrityError, match="finding_closed_by_another"), transaction.atomic():
        Finding.objects.filter(pk=row.pk).update(**closing)
    done = {"state": State.VERIFIED, "verified_at": now}
    for witness in (None, cast.subdistrict_officer):
        with pytest.raises(IntegrityError, match="assignment_"), transaction.atomic():
            Assignment.objects.filter(site_finding=row).update(**done, verified_by=witness)


def test_a_report_without_a_word_or_a_photo_is_refused(cast: Cast, now: datetime) -> None:
    row = given(cast, now)
    with pytest.raises(Refused) as refusal:
        actions.submit_finding(finding=row, words=" ", by=cast.grid_worker, now=now)
    assert code_of(refusal) == "assignment.proof_wanted"


def test_without_a_photo_of_the_mended_state_the_checker_says_why(cast: Cast, now: datetime) -> None:
    row = given(cast, now)
    row = actions.submit_finding(finding=row, words="已清淤", by=cast.grid_worker, now=now)
    with pytest.raises(Refused) as refusal:
        actions.close_finding(finding=row, by=cast.duty_officer, now=now)
    assert code_of(refusal) == "finding_photo_wanted"
    row.refresh_from_db()
    assert row.assignment is not None
    assert (row.state, row.assignment.state) == (FindingState.SUBMITTED, State.REPORTED)
    assert actions.close_finding(finding=row, by=cast.duty_officer, now=now, note="现场看过").state == "closed"


@pytest.mark.parametrize(
    ("minutes", "sent_back", "refused"), [(120, False, True), (120, True, False), (30, False, False)]
)
def test_what_an_inspector_saw_after_it_was_mended_is_not_written_off_by_the_older_photo(
    cast: Cast, now: datetime, minutes: int, sent_back: bool, refused: bool
) -> None:
    place = site()
    [row] = visit(place, cast.grid_worker, now)
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.site_keeper, now=now)
    hour = now + timedelta(hours=1)
    row = actions.submit_finding(finding=row, words="已清", photos=[photo("后")], by=cast.site_keeper, now=hour)
    visit(place, cast.other_worker, now + timedelta(minutes=minutes))
    later = now + timedelta(hours=3)
    if sent_back:
        last = Inspection.objects.order_by("pk").last()
        assert last is not None
        actions.send_back_inspection(inspection=last, reason="拍错了点", by=cast.subdistrict_officer, now=later)
    if refused:
        with pytest.raises(Refused) as refusal:
            actions.close_finding(finding=row, by=cast.duty_officer, now=later)
        assert (code_of(refusal), refusal.value.field) == ("finding_seen_since", "note")
    note = "我也去看过，已经通了" if refused else ""
    assert actions.close_finding(finding=row, by=cast.duty_officer, now=later, note=note).state == FindingState.CLOSED


def test_a_fixer_without_account_reports_by_his_link_with_a_photo(cast: Cast, now: datetime) -> None:
    row = actions.assign_finding(
        finding=found(cast, now),
        by=cast.duty_officer,
        contact_point=contact_point("+8613700000001"),
        fixer_name="物业王经理",
        now=now,
    )
    assert row.assignment is not None
    after = photo("链接")
    duties.answer_by_link(assignment=row.assignment, verb=Verb.REPORT, now=now, photo_sha256=after.pk)
    row.refresh_from_db()
    assert (row.state, row.fixed_by, row.fixer_name) == (FindingState.SUBMITTED, None, "物业王经理")
    assert queries.photos_of(row)["after"] == [after]
    assert actions.close_finding(finding=row, by=cast.duty_officer, now=now).closed_by == cast.duty_officer


def test_what_is_sent_back_is_mended_again(cast: Cast, now: datetime) -> None:
    row = actions.return_finding(
        finding=mended(cast, now), by=cast.duty_officer, now=now + timedelta(hours=2), note="仍漏"
    )
    assert (row.state, row.fixed_by, row.fixed_at) == (FindingState.RETURNED, None, None)
    later = now + timedelta(hours=3)
    row = actions.submit_finding(finding=row, words="重做", by=cast.grid_worker, now=later)
    assert (row.state, row.fixed_at) == (FindingState.SUBMITTED, later)


def test_interim_control_is_a_measure_with_who_and_when(cast: Cast, now: datetime) -> None:
    row = given(cast, now)
    with pytest.raises(Refused):
        actions.control_finding(finding=row, measure=" ", by=cast.grid_worker, now=now)
    row = actions.control_finding(finding=row, measure="设警戒带", by=cast.grid_worker, now=now, kept_by="李四")
    assert (row.state, row.measure, row.measure_by, row.measure_at) == ("controlled", "设警戒带", "李四", now)
    with pytest.raises(IntegrityError, match="finding_controlled_by_a_measure"), transaction.atomic():
        Finding.objects.filter(pk=row.pk).update(measure="")


def test_a_deferral_needs_another_person_a_measure_and_a_later_date(cast: Cast, now: datetime) -> None:
    row = given(cast, now)
    old = row.due_at
    asked = {"reason": "等设备", "measure": "专人看守", "new_due": old + timedelta(days=5), "now": now}
    for change, by, code in (
        ({}, cast.grid_worker, "finding_own_deferral"),
        ({"measure": " "}, cast.duty_officer, "finding_measure_wanted"),
        ({"reason": ""}, cast.duty_officer, "finding_reason_wanted"),
        ({"new_due": old}, cast.duty_officer, "finding_later_wanted"),
    ):
        with pytest.raises(Refused) as refusal:
            actions.defer_finding(finding=row, by=by, **(asked | change))  # type: ignore[arg-type]
        assert code_of(refusal) == code
    row = actions.defer_finding(finding=row, by=cast.duty_officer, **asked)  # type: ignore[arg-type]
    assert row.assignment is not None
    duty = Assignment.objects.get(site_finding=row)
    assert (row.state, row.due_at, duty.due_at, row.measure) == (
        "deferred",
        asked["new_due"],
        asked["new_due"],
        "专人看守",
    )
    assert duty.runs.get(stopped_at__isnull=True).next_due_at == asked["new_due"]
    with pytest.raises(IntegrityError, match="deferral_approved_by_another"), transaction.atomic():
        Deferral.objects.create(
            finding=row, approved_by=cast.grid_worker, fixer=cast.grid_worker, approved_at=now, old_due=old,
            new_due=old + timedelta(days=9), reason="拖", measure="无",
        )  # fmt: skip


def test_what_is_open_is_carried_into_the_next_visit_and_is_not_found_twice(cast: Cast, now: datetime) -> None:
    place = site()
    [first] = visit(place, cast.grid_worker, now)
    opened = inspection_round(opened_by=cast.duty_officer, sites=[place], inspector=cast.grid_worker)
    before = queries.carried(opened, WHOLE)
    assert [(each.finding, each.is_older, each.seen_at) for each in before] == [
        (first, first.found_at < opened.opened_at, None)
    ]
    [again] = visit(place, cast.other_worker, now + timedelta(hours=1))
    assert again == first
    assert first.sightings.count() == 2
    assert [step.step for step in first.steps.all()] == [Step.FIND, Step.SEE_AGAIN]
    [seen] = queries.carried(opened, WHOLE)
    assert seen.seen_at == now + timedelta(hours=1)


@pytest.mark.parametrize(("days", "linked"), [(29, True), (31, False)])
def test_found_again_within_the_days_of_its_grade_it_is_linked(
    cast: Cast, now: datetime, days: int, linked: bool
) -> None:
    place = site()
    [first] = visit(place, cast.grid_worker, now)
    first = actions.assign_finding(finding=first, by=cast.duty_officer, fixer=cast.grid_worker, now=now)
    first = actions.submit_finding(finding=first, words="修", photos=[photo("修")], by=cast.grid_worker, now=now)
    actions.close_finding(finding=first, by=cast.duty_officer, now=now)
    [again] = visit(place, cast.grid_worker, now + timedelta(days=days))
    assert (again.reopens == first) is linked


def test_a_site_has_findings_until_they_are_written_off(cast: Cast, now: datetime) -> None:
    place = site()

    def state() -> str:
        return queries.sites(WHOLE, now=now).get(pk=place.pk).state

    [row] = visit(place, cast.grid_worker, now)
    visit(place, cast.grid_worker, now + timedelta(hours=1), failing=0)
    assert state() == "defective"
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.grid_worker, now=now)
    row = actions.submit_finding(finding=row, words="修", photos=[photo("修")], by=cast.grid_worker, now=now)
    assert state() == "defective"
    actions.close_finding(finding=row, by=cast.duty_officer, now=now)
    assert state() == "fine"


def test_only_a_major_finding_is_put_under_supervision(cast: Cast, now: datetime) -> None:
    row = found(cast, now)
    with pytest.raises(Refused) as refusal:
        actions.list_finding(finding=row, supervisor="张区长", by=cast.leader, now=now)
    assert code_of(refusal) == "finding_not_major"
    row = actions.grade_finding(finding=row, grade=Grade.MAJOR, by=cast.duty_officer, now=now)
    assert (row.due_at, row.control_by) == (now + timedelta(days=30), now + timedelta(hours=24))
    actions.list_finding(finding=row, supervisor="张区长", by=cast.leader, now=now)
    assert list(queries.findings(WHOLE, FindingFilter(listed=True), now=now)) == [row]


def test_late_is_not_mended_or_not_made_safe_in_time(cast: Cast, now: datetime) -> None:
    slow, bare = given(cast, now), found(cast, now, grade=Grade.MAJOR)
    late = FindingFilter(state="late")
    assert not queries.findings(WHOLE, late, now=now)
    assert list(queries.findings(WHOLE, late, now=now + timedelta(hours=25))) == [bare]
    later = max(slow.due_at, now) + timedelta(days=1)
    assert list(queries.findings(WHOLE, late, now=later)) == [bare, slow]
    assert not queries.findings(scope_of(OTHER_SUBDISTRICT), late, now=later)
    assert [item.key for item in queries.finding_open_items(WHOLE, later)] == [
        f"hazards.finding:{bare.pk}",
        f"hazards.finding:{slow.pk}",
    ]


def test_the_same_finding_sent_twice_is_one(cast: Cast, now: datetime) -> None:
    place, number = site(), uuid.uuid4()
    said = {"uuid": number, "site": place, "what": "井盖缺失", "by": cast.grid_worker, "now": now}
    first, second = (actions.report_finding(**said, photos=[photo("井")]) for _ in range(2))  # type: ignore[arg-type]
    assert first == second
    assert FindingPhoto.objects.count() == 1
    with pytest.raises(Refused) as refusal:
        actions.report_finding(**(said | {"what": "另一处"}))  # type: ignore[arg-type]
    assert code_of(refusal) == "conflict_finding_other"


def test_another_than_the_fixer_strikes_it_out_and_its_duty_goes(cast: Cast, now: datetime) -> None:
    row = found(cast, now)
    row = actions.assign_finding(finding=row, by=cast.duty_officer, fixer=cast.subdistrict_officer, now=now)
    with pytest.raises(Refused) as refusal:
        actions.withdraw_finding(finding=row, reason="误报", by=cast.subdistrict_officer, now=now)
    assert code_of(refusal) == "finding_own_withdrawal"
    row = actions.withdraw_finding(finding=row, reason="误报", by=cast.duty_officer, now=now)
    assert row.state == FindingState.WITHDRAWN
    assert Assignment.objects.get(site_finding=row).state == State.CANCELLED


def test_a_duty_handed_over_names_the_new_fixer(cast: Cast, now: datetime) -> None:
    row = actions.control_finding(finding=given(cast, now), measure="围挡", by=cast.duty_officer, now=now)
    duties.hand_over(assignment=row.assignment, to=cast.site_keeper, by=cast.duty_officer, now=now)  # type: ignore[arg-type]
    row.refresh_from_db()
    assert (row.state, row.fixer_name) == (FindingState.CONTROLLED, cast.site_keeper.name)


def test_a_pressed_key_is_no_word_and_a_spoken_one_is(cast: Cast, now: datetime) -> None:
    row = given(cast, now)
    answering = {"assignment": row.assignment, "option": "5", "now": now, "by": cast.grid_worker, "means": Means.REPLY}
    with pytest.raises(Refused):
        duties.answer(**answering, said="5")  # type: ignore[arg-type]
    duties.answer(**answering, said="完成")  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.state == FindingState.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_press_at_once_one_writes_it_off() -> None:
    casts.make_areas()
    cast = casts.make_cast()
    row = mended(cast, NIGHT)
    gate, won, told, wrong = threading.Barrier(20), [], [], []
    checkers = [cast.duty_officer, cast.commander, cast.leader, cast.subdistrict_officer]

    def press(by: User) -> None:
        try:
            gate.wait(timeout=20)
            actions.close_finding(finding=row, by=by, now=NIGHT + timedelta(hours=2))
            won.append(by.pk)
        except Refused as refusal:
            told.append(refusal.code)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(checkers[n % 4],)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert wrong == []
    row.refresh_from_db()
    # The winner's own second tap is the same act; everybody else is told.
    assert set(won) == {row.closed_by_id}
    assert set(told) == {"conflict.closed"}
    assert row.steps.filter(step=Step.CLOSE).count() == 1
