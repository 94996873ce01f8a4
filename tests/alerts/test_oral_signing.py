"""口头签发: two people on duty record it, the signer countersigns; until then it stands in the late list."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from alerts import actions, queries
from alerts.enums import NoticeState, Way
from alerts.models import Notice, OralWord, Signature
from assignments.enums import State as Duty
from assignments.models import Assignment
from board.queries.late import AT_ONCE
from core.rules import Refused
from messaging.models import Broadcast
from territory.rules import scope_of
from tests.alerts.situations import submitted
from tests.casts import DISTRICT, NIGHT, Cast
from tests.factories import household

SignedIn = Callable[[User], Client]
LATER = NIGHT + timedelta(minutes=2)
EVERYWHERE = scope_of(DISTRICT)


def recorded(row: Notice, cast: Cast, **how: object) -> OralWord:
    """By the duty officer: the commander agreed by telephone."""
    given = {
        "signer": cast.commander,
        "words": "电话中同意向全区发布",
        "said_at": NIGHT,
        "by": cast.duty_officer,
        "now": LATER,
        "version": row.version,
    }
    return actions.record_word(notice=row, **{**given, **how})  # type: ignore[arg-type]


def refused(act: Callable[..., object], *given: object, **how: object) -> str:
    with pytest.raises(Refused) as error:
        act(*given, **how)
    return error.value.code


@pytest.fixture
def row(cast: Cast) -> Notice:
    household()
    return submitted(cast)


def test_nothing_goes_out_before_the_second_person_confirms(cast: Cast, row: Notice) -> None:
    word = recorded(row, cast)
    assert not Broadcast.objects.exists()
    issued = actions.confirm_word(word=word, by=cast.leader, now=LATER)
    assert (issued.state, issued.approver) == (NoticeState.ISSUED, cast.commander)
    signature = Signature.objects.get(notice=issued)
    assert (signature.way, signature.signer) == (Way.ORAL, cast.commander)
    assert signature.oral is not None
    assert (signature.oral.recorded_by, signature.oral.heard_by) == (cast.duty_officer, cast.leader)
    assert issued.broadcast is not None


def test_neither_recorder_nor_signer_is_the_second_person(cast: Cast, row: Notice) -> None:
    word = recorded(row, cast)
    for person in (cast.duty_officer, cast.commander):
        assert refused(actions.confirm_word, word=word, by=person, now=LATER) == "signing.witness"
    for person in (cast.grid_worker, cast.administrator, cast.outsider):
        assert refused(actions.confirm_word, word=word, by=person, now=LATER) == "notice.not_allowed"
    assert Notice.objects.get().state == NoticeState.SUBMITTED


@pytest.mark.parametrize("part", ["author", "last_editor", "submitter"])
def test_no_word_of_whoever_wrote_edited_or_submitted_it(cast: Cast, row: Notice, part: str) -> None:
    Notice.objects.filter(pk=row.pk).update(**{part: cast.commander})
    row.refresh_from_db()
    assert refused(lambda: recorded(row, cast)) == "signing.signer"
    # Who became its author after the word was recorded does not sign either, whatever door is tried.
    Notice.objects.filter(pk=row.pk).update(**{part: cast.duty_officer})
    row.refresh_from_db()
    word = recorded(row, cast)
    Notice.objects.filter(pk=row.pk).update(**{part: cast.commander})
    assert refused(lambda: actions.confirm_word(word=word, by=cast.leader, now=LATER)) == "notice.same_person"


def test_the_recorder_is_not_the_signer_and_the_signer_may_sign_here(cast: Cast, row: Notice) -> None:
    assert refused(lambda: recorded(row, cast, signer=cast.leader, by=cast.leader)) == "signing.signer"
    assert refused(lambda: recorded(row, cast, signer=cast.subdistrict_officer)) == "signing.signer"


def test_a_word_has_its_words_and_lies_between_submitting_and_now(cast: Cast, row: Notice) -> None:
    assert refused(lambda: recorded(row, cast, words=" ")) == "signing.words"
    assert refused(lambda: recorded(row, cast, said_at=LATER + timedelta(minutes=1))) == "signing.in_future"
    assert refused(lambda: recorded(row, cast, said_at=NIGHT - timedelta(minutes=5))) == "signing.too_old"


def test_a_word_is_about_the_version_that_was_read(cast: Cast, row: Notice) -> None:
    assert refused(lambda: recorded(row, cast, version=row.version + 1)) == "conflict.stale"
    word = recorded(row, cast)
    actions.send_back(notice=row, reason="区域不对", by=cast.leader, now=LATER)
    assert refused(lambda: actions.confirm_word(word=word, by=cast.leader, now=LATER)) == "conflict.no_word"


def test_one_word_at_a_time_and_a_dropped_one_issues_nothing(cast: Cast, row: Notice) -> None:
    word = recorded(row, cast)
    assert refused(lambda: recorded(row, cast)) == "conflict.open_word"
    actions.drop_word(word=word, by=cast.leader, now=LATER)
    assert refused(lambda: actions.confirm_word(word=word, by=cast.leader, now=LATER)) == "conflict.no_word"
    again = recorded(row, cast)
    actions.confirm_word(word=again, by=cast.leader, now=LATER)
    assert Broadcast.objects.filter(key__startswith="notice:").count() == 1


def test_who_signs_on_the_page_first_wins(cast: Cast, row: Notice) -> None:
    word = recorded(row, cast)
    actions.approve(notice=row, version=row.version, by=cast.leader, now=LATER)
    assert refused(lambda: actions.confirm_word(word=word, by=cast.leader, now=LATER)) == "conflict.no_word"
    assert Signature.objects.get().way == Way.PAGE


def test_only_the_signer_countersigns_and_until_then_it_is_owed(cast: Cast, row: Notice) -> None:
    actions.confirm_word(word=recorded(row, cast), by=cast.leader, now=LATER)
    duty = Assignment.objects.get(kind="countersign")
    assert duty.assignee == cast.commander
    assert "countersign" in AT_ONCE
    assert [one.notice_id for one in queries.to_countersign(EVERYWHERE)] == [row.pk]
    assert [one.url for one in queries.countersigns_open(EVERYWHERE, LATER)] == [
        reverse("alerts:notice", args=[row.uuid])
    ]
    for person in (cast.duty_officer, cast.leader):
        assert refused(actions.countersign, notice=row, by=person, now=LATER) == "signing.not_signer"
    actions.countersign(notice=row, by=cast.commander, now=LATER)
    duty.refresh_from_db()
    assert duty.state == Duty.VERIFIED
    assert queries.to_countersign(EVERYWHERE) == []
    assert refused(lambda: actions.countersign(notice=row, by=cast.commander, now=LATER)) == "conflict.countersigned"


def test_it_stands_on_the_leaders_glance_and_in_the_boards_late_list_until_then(
    cast: Cast, row: Notice, signed_in: SignedIn, now: datetime
) -> None:
    actions.confirm_word(word=recorded(row, cast, now=now), by=cast.leader, now=now)

    def seen() -> tuple[list[str], list[str]]:
        brief = signed_in(cast.commander).get(reverse("board:brief")).context["shown"]
        return [paper.url for paper in brief.to_sign], [
            line.duty.kind for line in brief.late if line.duty is not None and line.duty.kind == "countersign"
        ]

    assert seen() == ([reverse("alerts:notice", args=[row.uuid])], ["countersign"])
    assert "口头签发" in signed_in(cast.leader).get(reverse("alerts:notice", args=[row.uuid])).content.decode()
    actions.countersign(notice=row, by=cast.commander, now=now)
    assert seen() == ([], [])


def test_what_was_signed_on_the_page_is_not_countersigned(cast: Cast, row: Notice) -> None:
    actions.approve(notice=row, version=row.version, by=cast.commander, now=LATER)
    assert refused(lambda: actions.countersign(notice=row, by=cast.commander, now=LATER)) == "signing.not_signer"


def test_the_database_knows_two_witnesses_and_one_signer(cast: Cast, row: Notice) -> None:
    word = recorded(row, cast)
    for person in (cast.duty_officer, cast.commander):
        with pytest.raises(IntegrityError), transaction.atomic():
            OralWord.objects.filter(pk=word.pk).update(heard_by=person, heard_at=LATER)
    with pytest.raises(InternalError), transaction.atomic():
        OralWord.objects.filter(pk=word.pk).update(words="另一句话")
    actions.confirm_word(word=word, by=cast.leader, now=LATER)
    with pytest.raises(InternalError), transaction.atomic():
        OralWord.objects.filter(pk=word.pk).update(heard_by=None, heard_at=None)
    signature = Signature.objects.filter(notice=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        signature.update(countersigned_at=LATER, countersigned_by=cast.leader)
    for changes in ({"signer": cast.leader}, {"way": Way.PAGE}):
        with pytest.raises(InternalError), transaction.atomic():
            signature.update(**changes)
    with pytest.raises(InternalError), transaction.atomic():
        signature.delete()


def test_no_signature_is_written_beside_the_approver(cast: Cast, row: Notice) -> None:
    with pytest.raises(InternalError, match="signature_of_another"), transaction.atomic():
        Signature.objects.create(notice=row, way=Way.PAGE, signer=cast.commander, at=NIGHT)
    word = recorded(row, cast)
    actions.approve(notice=row, version=row.version, by=cast.leader, now=LATER)
    with pytest.raises(InternalError, match="signature_without_witness"), transaction.atomic():
        Signature.objects.create(notice=row, way=Way.ORAL, signer=cast.leader, at=LATER, oral=word)


def test_only_those_on_duty_record_where_a_roster_names_them(
    cast: Cast, row: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dutyroster.queries.on_duty_people", lambda *args: [cast.leader])
    assert refused(lambda: recorded(row, cast)) == "signing.on_duty"
    word = recorded(row, cast, by=cast.leader)
    assert refused(lambda: actions.confirm_word(word=word, by=cast.duty_officer, now=LATER)) == "signing.on_duty"


def test_the_page_leads_two_people_through_it(cast: Cast, row: Notice, signed_in: SignedIn, now: datetime) -> None:
    desk, second, signer = (signed_in(one) for one in (cast.duty_officer, cast.leader, cast.commander))
    page = reverse("alerts:notice", args=[row.uuid])
    assert desk.get(page).context["word_form"] is not None
    said = {"version": row.version, "signer": cast.commander.pk, "words": "电话同意", "said_at": "2026-07-19T23:00"}
    desk.post(reverse("alerts:record_word", args=[row.uuid]), said)
    word = OralWord.objects.get()
    assert not desk.get(page).context["may_confirm"]
    assert not signer.get(page).context["may_confirm"]
    assert second.get(page).context["may_confirm"]
    second.post(reverse("alerts:confirm_word", args=[row.uuid, word.pk]))
    assert Notice.objects.get().state == NoticeState.ISSUED
    assert "电话同意" in desk.get(page).content.decode()
    assert not desk.get(page).context["may_countersign"]
    signer.post(reverse("alerts:countersign", args=[row.uuid]))
    assert Signature.objects.get().countersigned_at is not None
