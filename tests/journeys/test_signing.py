"""The signer is not at his desk: his telephone rings, and what he presses or writes there signs."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.models import User
from alerts.enums import CallOutcome, NoticeState, Way
from alerts.models import Notice, Signature, SigningCall
from alerts.queries.signing import call_line
from core import clock
from messaging.enums import Channel
from messaging.models import GatewayAccount, Reply, WebhookBatch
from tests.casts import PASSWORD, Cast
from tests.journeys.pages import form_with
from tests.journeys.processes import Stack, Visitor, until
from tests.journeys.test_notice import drafted, the_district

pytestmark = pytest.mark.journey
CODE, WRONG = "204816", "918273"
HOUSEHOLDS = 13
SOON = timedelta(seconds=20)  # from the question to the signature, his hand being at the telephone: a busy machine's


@pytest.fixture
def officer(stack: Stack, cast: Cast) -> Visitor:
    """The duty officer, where calls can be made and the commander has set his code."""
    GatewayAccount.objects.create(
        name="calls", channel=Channel.VOICE, url=stack.gateway_url, secret_name="SMS_GATEWAY_SECRET", lines=10
    )
    # The tests' own hashes are of a kind that the platform's processes do not take for a password.
    cast.commander.password = PBKDF2PasswordHasher().encode(PASSWORD, "of-this-journey-alone")
    cast.commander.save(update_fields=["password"])
    commander = stack.visitor(cast.commander)
    form = form_with(commander.get("/alerts/code/"), "again").fields
    commander.post("/alerts/code/", form | {"password": PASSWORD, "code": CODE, "again": CODE})
    the_district()
    return stack.visitor(cast.duty_officer)


def asked(officer: Visitor, notice: Notice, signer: User, how: Channel) -> None:
    """The duty officer has the signer asked, on the notice's page."""
    form = form_with(officer.get(f"/alerts/{notice.uuid}/"), "channel").fields
    officer.post(f"/alerts/{notice.uuid}/ask/", form | {"signer": str(signer.pk), "channel": how.value})


def gone_out(stack: Stack, notice: Notice, *, but: str) -> bool:
    """Whether somebody else than the signer has got the notice."""
    return any(each["to"] != but and notice.headline in each["text"] for each in stack.messages())


def state_of(notice: Notice) -> str:
    return Notice.objects.get(pk=notice.pk).state


def test_his_telephone_rings_and_one_key_with_his_code_sends_the_notice_out(
    stack: Stack, cast: Cast, officer: Visitor
) -> None:
    notice, phone = drafted(officer), str(cast.commander.phone)
    asked(officer, notice, cast.commander, Channel.VOICE)
    until(lambda: stack.rings(phone), of="the signer's telephone ringing")
    assert not gone_out(stack, notice, but=phone)
    heard = stack.picks_up(phone, f"1{CODE}#")
    assert notice.headline in heard
    assert f"卫东区，{HOUSEHOLDS}户" in heard
    until(lambda: state_of(notice) == NoticeState.ISSUED, of="the signature")
    signature, call = Signature.objects.get(), SigningCall.objects.get()
    assert (signature.signer, signature.way, signature.call) == (cast.commander, Way.CALL, call)
    assert (call.outcome, call.asked_by, call.households) == (CallOutcome.SIGNED, cast.duty_officer, HOUSEHOLDS)
    assert timedelta() < signature.at - call.asked_at < SOON
    until(lambda: gone_out(stack, notice, but=phone), of="the notice on its way to households")
    page = officer.get(f"/alerts/{notice.uuid}/").data.decode()
    assert f"{cast.commander.name} · 回拨签发（本人密码）" in page
    kept = [*WebhookBatch.objects.values_list("body", flat=True), *Reply.objects.values_list("text", flat=True)]
    assert kept
    assert CODE not in json.dumps(kept)
    assert stack.rings(phone) is None


def test_a_wrong_code_signs_nothing_and_his_sms_with_the_right_one_sends_it_back(
    stack: Stack, cast: Cast, officer: Visitor
) -> None:
    notice, phone = drafted(officer), str(cast.commander.phone)
    asked(officer, notice, cast.commander, Channel.VOICE)
    until(lambda: stack.rings(phone), of="the signer's telephone ringing")
    stack.picks_up(phone, f"1{WRONG}#")
    until(
        lambda: any("签发密码不对" in each["text"] for each in stack.messages(phone)),
        of="an SMS that says why nothing was signed",
    )
    assert state_of(notice) == NoticeState.SUBMITTED
    line = call_line(notice, clock.now())
    assert line is not None
    assert line.is_open, "he may still answer"
    stack.answers(phone, f"2 {CODE} 区域不对")
    until(lambda: state_of(notice) == NoticeState.DRAFT, of="the notice sent back")
    notice.refresh_from_db()
    assert notice.returned_reason == "区域不对"
    assert SigningCall.objects.get().outcome == CallOutcome.RETURNED
    assert not Signature.objects.exists()
