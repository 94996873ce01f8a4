"""回拨签发: the platform rings the signer's verified telephone; a key and his code sign, three wrong codes lock."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from alerts import actions, queries
from alerts.enums import CallOutcome, NoticeState, Way
from alerts.models import Notice, Signature, SignerCode, SigningCall
from alerts.rules import is_weak, said
from alerts.rules.signing import Said
from assignments.models import UnclaimedReply
from core.rules import Refused
from messaging import actions as messages
from messaging.enums import Channel, State
from messaging.models import Broadcast, Delivery, Reply, WebhookBatch
from messaging.rules import code_digest, coded, without_code
from tests.alerts.situations import submitted
from tests.casts import NIGHT, PASSWORD, Cast
from tests.factories import household, must_reach_household

SignedIn = Callable[[User], Client]
CODE, WRONG = "204816", "918273"
ANSWERED = NIGHT + timedelta(minutes=1)


def refused(act: Callable[..., object], *given: object, **how: object) -> str:
    with pytest.raises(Refused) as error:
        act(*given, **how)
    return error.value.code


@pytest.fixture(autouse=True)
def can_call(settings: object) -> None:
    """An account that calls and one that writes."""
    for name in ("VOICE", "SMS"):
        setattr(settings, f"{name}_GATEWAY_URL", "http://127.0.0.1:9/")
        setattr(settings, f"{name}_GATEWAY_SECRET", "test")


@pytest.fixture
def row(cast: Cast) -> Notice:
    household()
    must_reach_household()
    with_code(cast.commander)
    return submitted(cast)


def with_code(person: User, code: str = CODE) -> SignerCode:
    return actions.set_code(by=person, code=code, again=code, password=PASSWORD, now=NIGHT)


def asked(row: Notice, cast: Cast, **how: object) -> SigningCall:
    """By the duty officer: the commander is rung."""
    given = {"signer": cast.commander, "channel": Channel.VOICE, "by": cast.duty_officer, "now": NIGHT}
    return actions.ask_signature(notice=row, version=row.version, **{**given, **how})  # type: ignore[arg-type]


def answers(sender: str, text: str, *, to: SigningCall | None = None, at: datetime = ANSWERED) -> None:
    """What the gateway posts, taken in as it would be."""
    named = None
    if to is not None:
        delivery = Delivery.objects.filter(broadcast=to.broadcast).get()
        Delivery.objects.filter(pk=delivery.pk).update(state=State.DELIVERED, address=sender)
        named = f"{settings.INSTALLATION}-{delivery.pk}"
    row = {"from": sender, "to": "1069", "text": text, "at": at.isoformat(), "reply_to": named}
    number = WebhookBatch.objects.count()
    messages.store_webhook(
        gateway="voice",
        kind=WebhookBatch.Kind.REPLIES,
        signature=f"test-{number}",
        body=json.dumps({"replies": [row]}).encode(),
        now=at,
    )
    messages.take_in_receipts(now=at)


def test_the_signer_hears_the_headline_the_area_and_how_many_households(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    assert call.broadcast is not None
    delivery = call.broadcast.deliveries.get()
    assert delivery.contact_point.address == cast.commander.phone
    assert delivery.params
    assert delivery.params["headline"] == row.headline
    assert row.affected_area in delivery.params["where"]
    assert "2" in delivery.params["where"]
    assert call.households == 2
    assert call.broadcast.channel == Channel.VOICE


def test_one_and_his_code_sign_what_was_read_out(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call)
    row.refresh_from_db()
    assert (row.state, row.approver, row.issued_at) == (NoticeState.ISSUED, cast.commander, ANSWERED)
    signature = Signature.objects.get()
    assert (signature.way, signature.call) == (Way.CALL, call)
    assert Broadcast.objects.filter(key=f"notice:{row.pk}").exists()
    call.refresh_from_db()
    assert call.outcome == CallOutcome.SIGNED


def test_two_and_his_code_send_it_back(cast: Cast, row: Notice) -> None:
    call = asked(row, cast, channel=Channel.SMS)
    answers(str(cast.commander.phone), f"2 {CODE} 区域不对", to=call)
    row.refresh_from_db()
    assert (row.state, row.returned_reason) == (NoticeState.DRAFT, "区域不对")
    call.refresh_from_db()
    assert call.outcome == CallOutcome.RETURNED
    assert not Signature.objects.exists()


def test_an_sms_signs_also_where_the_gateway_does_not_name_the_message(cast: Cast, row: Notice) -> None:
    asked(row, cast, channel=Channel.SMS)
    answers(str(cast.commander.phone), f"１ {CODE}")
    assert Signature.objects.get().way == Way.SMS


def test_a_key_without_the_code_signs_nothing_and_the_code_is_asked_for(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    answers(str(cast.commander.phone), "1", to=call)
    row.refresh_from_db()
    assert row.state == NoticeState.SUBMITTED
    assert Broadcast.objects.get(key=f"signing:{call.pk}:code").channel == Channel.SMS
    answers(str(cast.commander.phone), CODE, at=ANSWERED + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == NoticeState.ISSUED


def test_three_wrong_codes_lock_and_the_right_one_is_too_late(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    for number in range(3):
        answers(str(cast.commander.phone), f"1{WRONG}#", to=call, at=ANSWERED + timedelta(seconds=number))
    call.refresh_from_db()
    code = SignerCode.objects.get()
    assert (call.outcome, code.wrong, code.locked_at is None) == (CallOutcome.LOCKED, 3, False)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call, at=ANSWERED + timedelta(seconds=9))
    row.refresh_from_db()
    assert row.state == NoticeState.SUBMITTED
    assert refused(lambda: asked(row, cast)) == "signing.locked"
    with_code(cast.commander, "730591")
    assert asked(row, cast, now=ANSWERED).pk


def test_new_calls_give_no_new_tries(cast: Cast, row: Notice) -> None:
    for number in range(3):
        call = asked(row, cast, now=NIGHT + timedelta(minutes=number))
        answers(str(cast.commander.phone), f"1{WRONG}#", to=call, at=NIGHT + timedelta(minutes=number, seconds=30))
    assert SignerCode.objects.get().locked_at is not None


def test_a_right_code_forgets_the_wrong_ones(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    answers(str(cast.commander.phone), f"1{WRONG}#", to=call)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call, at=ANSWERED + timedelta(seconds=5))
    assert SignerCode.objects.get().wrong == 0
    assert Signature.objects.exists()


def test_nobody_elses_telephone_signs(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    answers(str(cast.leader.phone), f"1{CODE}#", to=call)
    answers("+8615199990000", f"1{CODE}#")
    assert Notice.objects.get().state == NoticeState.SUBMITTED
    assert SignerCode.objects.get().wrong == 0


def test_a_number_that_is_not_his_any_more_signs_nothing(cast: Cast, row: Notice) -> None:
    call, number = asked(row, cast), str(cast.commander.phone)
    User.objects.filter(pk=cast.commander.pk).update(phone="+8615199990000")
    answers(number, f"1{CODE}#", to=call)
    User.objects.filter(pk=cast.commander.pk).update(phone=number, phone_verified_at=None)
    answers(number, f"1{CODE}#", to=call, at=ANSWERED + timedelta(seconds=1))
    assert Notice.objects.get().state == NoticeState.SUBMITTED


def test_an_answer_after_its_time_or_to_another_version_signs_nothing(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call, at=NIGHT + timedelta(minutes=10))
    assert Notice.objects.get().state == NoticeState.SUBMITTED
    call = asked(row, cast, now=NIGHT + timedelta(minutes=11))
    Notice.objects.filter(pk=row.pk).update(version=row.version + 1)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call, at=NIGHT + timedelta(minutes=12))
    assert Notice.objects.get().state == NoticeState.SUBMITTED


def test_only_who_had_no_part_in_it_is_asked_and_not_by_himself(cast: Cast, row: Notice) -> None:
    assert refused(lambda: asked(row, cast, by=cast.commander)) == "signing.self"
    assert refused(lambda: asked(row, cast, signer=cast.subdistrict_officer)) == "signing.signer"
    for part in ("author", "last_editor", "submitter"):
        Notice.objects.filter(pk=row.pk).update(**{part: cast.commander})
        assert refused(lambda: asked(row, cast)) == "signing.signer"
        Notice.objects.filter(pk=row.pk).update(**{part: cast.duty_officer})


@pytest.mark.parametrize("part", ["author", "last_editor", "submitter"])
def test_whoever_takes_part_while_he_is_asked_signs_nothing_by_telephone(cast: Cast, row: Notice, part: str) -> None:
    call = asked(row, cast)
    Notice.objects.filter(pk=row.pk).update(**{part: cast.commander})
    answers(str(cast.commander.phone), f"1{CODE}#", to=call)
    call.refresh_from_db()
    assert (call.outcome, Notice.objects.get().state) == (CallOutcome.REFUSED, NoticeState.SUBMITTED)
    assert call.why


def test_a_signer_needs_a_verified_telephone_and_a_code(cast: Cast, row: Notice) -> None:
    assert refused(lambda: asked(row, cast, signer=cast.leader)) == "signing.no_code"
    User.objects.filter(pk=cast.commander.pk).update(phone_verified_at=None)
    cast.commander.refresh_from_db()
    assert refused(lambda: asked(row, cast)) == "signing.no_phone"


def test_a_signer_is_asked_about_one_notice_at_a_time(cast: Cast, row: Notice) -> None:
    first, other = asked(row, cast), submitted(cast)
    assert refused(lambda: asked(other, cast)) == "signing.busy"
    again = asked(row, cast, now=NIGHT + timedelta(minutes=2))
    first.refresh_from_db()
    assert first.outcome == CallOutcome.REPLACED
    answers(str(cast.commander.phone), f"1{CODE}#", to=first, at=NIGHT + timedelta(minutes=3))
    assert Notice.objects.get(pk=row.pk).state == NoticeState.SUBMITTED
    later = asked(other, cast, now=NIGHT + timedelta(minutes=20))
    again.refresh_from_db()
    assert (again.outcome, later.outcome) == (CallOutcome.OVER, "")


def test_who_signs_on_the_page_first_wins(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call)
    assert Signature.objects.get().signer == cast.leader
    assert Broadcast.objects.filter(key=f"notice:{row.pk}").count() == 1


def test_the_database_keeps_call_and_signature_together(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningCall.objects.filter(pk=call.pk).update(asked_by=cast.commander)
    actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)
    other = submitted(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=other.pk).update(state="issued", approver=other.author, issued_at=NIGHT)
    Notice.objects.filter(pk=other.pk).update(state="issued", approver=cast.commander, issued_at=NIGHT)
    with pytest.raises(InternalError, match="signature_without_call"), transaction.atomic():
        Signature.objects.create(notice=other, way=Way.CALL, signer=cast.commander, at=NIGHT, call=call)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignerCode.objects.update(wrong=3)


def test_no_code_stands_readable_in_what_is_kept(cast: Cast, row: Notice) -> None:
    asked(row, cast)
    answers(str(cast.commander.phone), f"1 {CODE} 同意")
    kept = json.dumps(
        [*WebhookBatch.objects.values_list("body", flat=True), *Reply.objects.values_list("text", flat=True)]
    )
    assert CODE not in kept
    assert CODE not in SignerCode.objects.get().sealed


def test_a_key_where_no_sms_can_be_sent_is_kept_and_the_desk_reads_why(
    cast: Cast, row: Notice, settings: object
) -> None:
    call, number = asked(row, cast), str(cast.commander.phone)
    settings.SMS_GATEWAY_URL = ""  # type: ignore[attr-defined]
    answers(number, "1", to=call)
    call.refresh_from_db()
    assert (call.pressed, bool(call.why), call.outcome) == ("1", True, "")
    assert not UnclaimedReply.objects.exists()
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"  # type: ignore[attr-defined]
    answers(number, CODE, to=call, at=ANSWERED + timedelta(minutes=1))
    assert Notice.objects.get().state == NoticeState.ISSUED


def test_who_lost_his_office_meanwhile_sends_nothing_back_and_the_desk_reads_why(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    cast.commander.roles_held.all().delete()
    answers(str(cast.commander.phone), f"2{CODE}#", to=call)
    call.refresh_from_db()
    assert (call.outcome, Notice.objects.get().state) == (CallOutcome.REFUSED, NoticeState.SUBMITTED)
    assert call.why
    line = queries.call_line(row, ANSWERED)
    assert line is not None
    assert line.words != str(CallOutcome.REFUSED.label)


def test_asking_and_answering_hold_the_code_before_the_call(
    cast: Cast, row: Notice, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    def order(act: Callable[[], object]) -> list[str]:
        with django_assert_max_num_queries(500) as told:
            act()
        held = [each["sql"] for each in told if "FOR UPDATE" in each["sql"] or "FOR NO KEY UPDATE" in each["sql"]]
        tables = [sql.split('FROM "alerts_', 1)[1].split('"')[0] for sql in held if 'FROM "alerts_' in sql]
        return [name for name in dict.fromkeys(tables) if name in ("notice", "signercode", "signingcall")]

    calls: list[SigningCall] = []
    assert order(lambda: calls.append(asked(row, cast))) == ["notice", "signercode", "signingcall"]
    answered = order(lambda: answers(str(cast.commander.phone), f"1{CODE}#", to=calls[0]))
    assert answered == ["notice", "signercode", "signingcall"]


def test_a_follower_that_is_put_away_asks_its_signer_no_more(cast: Cast, row: Notice) -> None:
    row = actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT)
    clear = actions.all_clear(notice=row, by=cast.duty_officer, now=NIGHT)
    clear = actions.submit(notice=clear, by=cast.duty_officer, now=NIGHT)
    call = asked(clear, cast)
    said_so: dict[str, Any] = {"words": "电话同意", "said_at": NIGHT, "by": cast.duty_officer, "now": NIGHT}
    word = actions.record_word(notice=clear, version=clear.version, signer=cast.commander, **said_so)
    changes = {"headline": "雨势减弱，只需避开下穿桥"}
    right = actions.correct(notice=row, by=cast.duty_officer, now=NIGHT, changes=changes)
    right = actions.submit(notice=right, by=cast.duty_officer, now=NIGHT)
    actions.approve(notice=right, version=right.version, by=cast.leader, now=NIGHT)
    call.refresh_from_db()
    clear.refresh_from_db()
    word.refresh_from_db()
    assert (clear.state, call.outcome) == (NoticeState.DISCARDED, CallOutcome.REPLACED)
    assert word.dropped_at == NIGHT
    assert call.broadcast is not None
    assert set(call.broadcast.deliveries.values_list("state", flat=True)) == {State.CANCELLED}
    assert asked(submitted(cast), cast).pk, "he is free to be asked about another"


def told(call: SigningCall) -> list[str]:
    """Why his answers did nothing, as the signer was written."""
    rows = Delivery.objects.filter(broadcast__origin=f"alerts.signing:{call.pk}", broadcast__channel=Channel.SMS)
    return [row.params["why"] for row in rows.order_by("pk") if row.params and "why" in row.params]


def test_an_answer_that_signs_nothing_is_told_so_in_one_message(cast: Cast, row: Notice) -> None:
    call, number = asked(row, cast), str(cast.commander.phone)
    answers(number, f"1{WRONG}#", to=call)
    assert len(told(call)) == 1
    answers(number, CODE, to=call, at=ANSWERED + timedelta(seconds=1))
    assert len(told(call)) == 2
    call.refresh_from_db()
    assert call.why, "the page tells the desk that a key is missing"
    answers(number, f"1{CODE}", to=call, at=NIGHT + timedelta(minutes=10))
    assert len(told(call)) == 3
    call.refresh_from_db()
    assert call.outcome == CallOutcome.OVER
    answers(number, f"1{CODE}", to=call, at=NIGHT + timedelta(minutes=11))
    assert len(told(call)) == 3, "once that it is over"
    assert Notice.objects.get().state == NoticeState.SUBMITTED


def test_who_is_locked_refused_or_too_slow_is_told_so(cast: Cast, row: Notice) -> None:
    number = str(cast.commander.phone)
    slow = asked(row, cast)
    again = asked(row, cast, now=ANSWERED)
    answers(number, f"1{CODE}", to=slow, at=ANSWERED + timedelta(seconds=5))
    assert (len(told(slow)), len(told(again))) == (0, 0), "the newer call still waits for him"
    Notice.objects.filter(pk=row.pk).update(submitter=cast.commander)
    answers(number, f"1{CODE}", to=again, at=ANSWERED + timedelta(seconds=9))
    assert len(told(again)) == 1
    Notice.objects.filter(pk=row.pk).update(submitter=cast.duty_officer)
    third = asked(row, cast, now=ANSWERED + timedelta(minutes=1))
    for second in range(3):
        answers(number, f"1{WRONG}#", to=third, at=ANSWERED + timedelta(minutes=1, seconds=10 + second))
    assert len(set(told(third))) == 2
    assert len(told(third)) == 3


def test_who_agrees_after_another_has_signed_is_told_so(cast: Cast, row: Notice) -> None:
    call = asked(row, cast)
    actions.approve(notice=row, version=row.version, by=cast.leader, now=NIGHT)
    answers(str(cast.commander.phone), f"1{CODE}#", to=call)
    assert len(told(call)) == 1


@pytest.mark.parametrize("text", ["同意 {}", "1/{}", "同意1{}，{}", "我看过了，密码{}。"])
def test_a_code_in_any_wording_of_who_was_asked_is_hidden(cast: Cast, row: Notice, text: str) -> None:
    number = str(cast.commander.phone)
    asked(row, cast, channel=Channel.SMS)
    answers(number, text.format(CODE, CODE))
    kept = json.dumps(
        [*WebhookBatch.objects.values_list("body", flat=True), *Reply.objects.values_list("text", flat=True)]
    )
    assert CODE not in kept
    assert coded(Reply.objects.get().text) is not None


def test_six_digits_of_anybody_else_stay_what_they_are(cast: Cast, row: Notice) -> None:
    asked(row, cast, channel=Channel.SMS)
    answers(str(cast.leader.phone), "邮编 467000")
    assert Reply.objects.get().text == "邮编 467000"


def test_a_digest_that_somebody_typed_is_no_code(cast: Cast, row: Notice) -> None:
    call, number = asked(row, cast, channel=Channel.SMS), str(cast.commander.phone)
    digest = code_digest(number, CODE, secret=settings.SECRET_KEY)
    answers(number, f"1 ⟦{digest}⟧", to=call)
    assert Notice.objects.get().state == NoticeState.SUBMITTED
    assert coded(Reply.objects.get().text) is None
    assert SignerCode.objects.get().wrong == 0


def test_codes_that_are_guessed_are_refused(cast: Cast) -> None:
    number = str(cast.commander.phone)
    for code in ("123456", "987654", "111111", "121212", "123123", number[-6:]):
        assert is_weak(code, number), code
    assert not is_weak(CODE, number)

    def tried(**how: str) -> str:
        given = {"code": CODE, "again": CODE, "password": PASSWORD}
        return refused(lambda: actions.set_code(by=cast.commander, now=NIGHT, **{**given, **how}))

    assert tried(code="12345", again="12345") == "signing.code_form"
    assert tried(code="１２３４５６") == "signing.code_form"
    assert tried(again=WRONG) == "signing.code_again"
    assert tried(password="other") == "signing.password"
    assert refused(lambda: actions.set_code(by=cast.duty_officer, code=CODE, again=CODE, password=PASSWORD, now=NIGHT))


def test_what_a_signers_answer_means() -> None:
    def kept(text: str) -> tuple[bool | None, bool, str] | None:
        told = said(without_code("+8613900000001", text, secret="s"))
        return (told.agrees, bool(told.digest), told.words) if told else None

    assert kept("1204816#") == (True, True, "")
    assert kept(" 1 204816") == (True, True, "")
    assert kept("1#204816") == (True, True, "")
    assert kept("2，204816，区域不对") == (False, True, "区域不对")
    assert kept("204816") == (None, True, "")
    assert kept("1") == (True, False, "")
    assert kept("２。") == (False, False, "")
    assert kept("收到") is None
    assert kept("3 204816") is None
    assert kept("1 2048167") is None
    wordy = said(without_code("+861", "2 区域不对 204816", secret="s", is_asked=True))
    assert wordy == Said(False, code_digest("+861", CODE, secret="s"), "区域不对")
    one, two = (coded(without_code(number, "1204816", secret="s")) for number in ("+861", "+862"))
    assert one
    assert two
    assert one.digest != two.digest
    assert one.digest == code_digest("+861", CODE, secret="s")


def test_the_desk_asks_and_sees_the_answer_come(cast: Cast, row: Notice, signed_in: SignedIn, now: datetime) -> None:
    desk = signed_in(cast.duty_officer)
    page = reverse("alerts:notice", args=[row.uuid])
    assert cast.commander.pk in desk.get(page).context["ask_form"].people
    told = {"version": row.version, "signer": cast.commander.pk, "channel": "voice"}
    desk.post(reverse("alerts:ask_signature", args=[row.uuid]), told)
    call = SigningCall.objects.get()
    assert desk.get(reverse("alerts:signing", args=[row.uuid])).context["call_line"].is_open
    answers(str(cast.commander.phone), f"1{CODE}#", to=call)
    assert desk.get(reverse("alerts:signing", args=[row.uuid]))["HX-Refresh"] == "true"
    assert queries.signature_of(Notice.objects.get()) is not None
    assert cast.duty_officer.name in desk.get(page).content.decode()


def test_a_signer_sets_his_code_on_his_page(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    phone, address = signed_in(cast.commander), reverse("alerts:signing_code")
    typed = {"password": PASSWORD, "code": CODE, "again": WRONG}
    assert phone.post(address, typed).status_code == 400
    assert phone.post(address, typed | {"again": CODE}).status_code == 302
    assert SignerCode.objects.get().user == cast.commander
    assert CODE not in phone.get(address).content.decode()
    assert signed_in(cast.duty_officer).get(address).status_code == 403


def test_before_the_season_the_page_names_who_cannot_be_asked_yet(
    cast: Cast, row: Notice, signed_in: SignedIn, now: datetime
) -> None:
    def states() -> dict[str, tuple[bool, bool, bool]]:
        page = signed_in(cast.duty_officer).get(reverse("alerts:authorisations"))
        return {one.name: (one.is_verified, one.has_code, one.is_locked) for one in page.context["signers"]}

    assert states() == {cast.commander.name: (True, True, False), cast.leader.name: (True, False, False)}
    assert list(states()) == [cast.leader.name, cast.commander.name], "who is not ready stands on top"
    SignerCode.objects.update(wrong=3, locked_at=NIGHT)
    User.objects.filter(pk=cast.leader.pk).update(phone_verified_at=None)
    assert states() == {cast.commander.name: (True, True, True), cast.leader.name: (False, False, False)}
