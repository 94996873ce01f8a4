"""回拨签发: the platform rings the signer's verified telephone or writes to it; he answers with a key and his code."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.refusals import covered, locked, object_to_signing, waiting
from alerts.actions.sign import issue, send_back
from alerts.actions.tell_signer import CHANGED, LATE, LOCKED, NO_KEY, ORIGIN, SPOKEN, WRONG, tell_why, write_to_signer
from alerts.actions.unsigned import close_call
from alerts.enums import CallOutcome, NoticeState, SigningObjection, Way
from alerts.models import Notice, SignerCode, SigningCall
from alerts.models.signing import MOST_WRONG
from alerts.queries.purposes import CODE_ASKED, SIGN_CALLED, SIGN_TEXTED, purpose_of_call
from alerts.queries.signing import households_of, is_signer
from alerts.rules.signing import AGREE, CALL_LASTS, LATE_TOLD, RETURN, Said, is_code, is_open, is_weak, said
from core.audit import act
from core.rules import Refused
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Reply
from messaging.rules import code_digest
from territory.enums import ContactKind
from territory.models import ContactPoint


def set_code(*, by: User, code: str, again: str, password: str, now: datetime) -> SignerCode:
    """A signer's own code for answers by telephone; a new one opens what three wrong tries have locked.

    It holds for the telephone verified now. The sign-in password is asked for where there is one.
    """
    if not by.can("notices.approve"):
        raise object_to_signing(SigningObjection.SIGNER)
    if not by.phone or by.phone_verified_at is None:
        raise object_to_signing(SigningObjection.OWN_PHONE)
    if by.has_usable_password() and not by.check_password(password):
        raise object_to_signing(SigningObjection.PASSWORD, field="password")
    if not is_code(code):
        raise object_to_signing(SigningObjection.CODE_FORM, field="code")
    if is_weak(code, by.phone):
        raise object_to_signing(SigningObjection.CODE_WEAK, field="code")
    if code != again:
        raise object_to_signing(SigningObjection.CODE_AGAIN, field="again")
    sealed = make_password(code_digest(by.phone, code, secret=settings.SECRET_KEY))
    with act("alerts.signer_code.set", by=by.actor):
        row, _made = SignerCode.objects.update_or_create(
            user=by, defaults={"sealed": sealed, "set_at": now, "wrong": 0, "locked_at": None}
        )
    return row


def ask_signature(
    *, notice: Notice, version: int, signer: User, channel: Channel, by: User, now: datetime
) -> SigningCall:
    """Rings or writes to the signer: headline, area, how many households; 1 agrees, 2 sends back, each with his code.

    `version` is what the asker read, and the only one that the answer signs. An open call about it is replaced.
    """
    with act("alerts.notice.ask_signature", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        row = waiting(notice, version)
        covered(row, by, "notices.draft")
        if not is_signer(signer, row):
            raise object_to_signing(SigningObjection.SIGNER, field="signer")
        if signer.pk == by.pk:
            raise object_to_signing(SigningObjection.SELF, field="signer")
        point = _reachable(signer)
        _make_way(row, point, signer, now)
        households = households_of(row)
        where = gettext("%(area)s, %(households)s households") % {
            "area": row.affected_area[:20],
            "households": households,
        }
        call = SigningCall.objects.create(
            notice=row,
            version=row.version,
            signer=signer,
            contact_point=point,
            channel=channel,
            read_out=f"{row.headline[:SPOKEN]}。{where}"[:300],
            households=households,
            asked_by=by,
            asked_at=now,
            ends_at=now + CALL_LASTS,
        )
        call.broadcast = messages.send(
            lane=Lane.ALARM,
            channel=channel,
            text=gettext(SIGN_CALLED if channel == Channel.VOICE else SIGN_TEXTED),
            recipients=[
                messages.Recipient(
                    point.pk, row.area_code, {"headline": row.headline[:SPOKEN], "where": where[:SPOKEN]}
                )
            ],
            area_code=row.area_code,
            by=by.actor,
            now=now,
            key=f"signing:{call.pk}",
            origin=f"{ORIGIN}:{call.pk}",
            subject=row.headline,
            exercise=row.exercise,
            expires_at=call.ends_at,
            purpose=purpose_of_call("signing_asked", is_exercise=row.exercise is not None),
        )
        call.save(update_fields=["broadcast"])
    return call


def _reachable(signer: User) -> ContactPoint:
    """His verified telephone, where he has a code that is not locked."""
    point = None
    if signer.phone and signer.phone_verified_at:
        found = ContactPoint.objects.filter(kind=ContactKind.MOBILE, address=signer.phone, dead_since=None)
        point = found.first()
    if point is None:
        raise object_to_signing(SigningObjection.NO_PHONE, name=signer.name)
    code = SignerCode.objects.select_for_update().filter(user=signer).first()
    if code is None:
        raise object_to_signing(SigningObjection.NO_CODE, name=signer.name)
    if code.locked_at:
        raise object_to_signing(SigningObjection.LOCKED, name=signer.name)
    return point


def _make_way(row: Notice, point: ContactPoint, signer: User, now: datetime) -> None:
    """One open call a notice and a telephone: an answer must not be able to mean two things."""
    for call in SigningCall.objects.select_for_update(of=("self",)).filter(notice=row, settled_at=None):
        close_call(call, CallOutcome.REPLACED if now < call.ends_at else CallOutcome.OVER, now)
    for call in SigningCall.objects.select_for_update(of=("self",)).filter(contact_point=point, settled_at=None):
        if now < call.ends_at:
            raise object_to_signing(SigningObjection.BUSY, name=signer.name)
        close_call(call, CallOutcome.OVER, now)


def take_signatures(*, replies: Iterable[Reply]) -> int:
    """Answers of signers among these replies; how many were decisions. What belongs to no open call is left alone."""
    taken = 0
    for reply in replies:
        told = said(reply.text)
        call = _call_of(reply, told) if told else None
        if call and told:
            taken += _answer(call, told, reply)
        elif told and told.digest:
            _tell_settled(reply)
    return taken


def _tell_settled(reply: Reply) -> None:
    """A code for a call that has ended otherwise: whoever sent it must not believe that he signed."""
    now = reply.received_at
    calls = SigningCall.objects.filter(contact_point__address=reply.sender, asked_at__gt=now - LATE_TOLD)
    call = calls.select_related("notice", "signer").order_by("-pk").first()
    why = {CallOutcome.OVER.value: LATE, CallOutcome.REPLACED.value: CHANGED}.get(call.outcome) if call else None
    if call and why and call.signer.phone == reply.sender:
        with act("alerts.notice.sign_by_phone", by=call.signer.actor), translation.override(settings.LANGUAGE_CODE):
            tell_why(call, why, "late", now)


def _call_of(reply: Reply, told: Said) -> SigningCall | None:
    """The open call that a reply answers: of that telephone, and named by the message where one is.

    A text is often matched to whatever the telephone had last; only what carries a code is then looked for further.
    """
    calls = SigningCall.objects.filter(settled_at=None, contact_point__address=reply.sender)
    delivery = reply.delivery
    if delivery is not None and delivery.broadcast.origin.startswith(ORIGIN):
        number = delivery.broadcast.origin.removeprefix(f"{ORIGIN}:")
        return calls.filter(pk=int(number)).first() if number.isdigit() else None
    if not told.digest or (delivery is not None and (reply.named or delivery.channel == Channel.VOICE)):
        return None
    return calls.first()


def _answer(call: SigningCall, told: Said, reply: Reply) -> bool:
    now = reply.received_at
    with act("alerts.notice.sign_by_phone", by=call.signer.actor), translation.override(settings.LANGUAGE_CODE):
        row = locked(call.notice)
        # The code before the call, as asking holds them: the other way round the two would wait for each other.
        code = SignerCode.objects.select_for_update().filter(user=call.signer).first()
        held = (
            SigningCall.objects.select_for_update(of=("self",))
            .select_related("signer", "contact_point")
            .get(pk=call.pk)
        )
        signer = held.signer
        is_bound = signer.is_active and signer.phone_verified_at and signer.phone == reply.sender
        if held.settled_at or not is_bound:
            return False
        if not is_open(held.ends_at, held.settled_at, now):
            close_call(held, CallOutcome.OVER, now)
            tell_why(held, LATE, "late", now)
            return False
        if row.state != NoticeState.SUBMITTED or row.version != held.version:
            close_call(held, CallOutcome.REPLACED, now)
            tell_why(held, CHANGED, "late", now)
            return False
        agrees = told.agrees if told.agrees is not None else {AGREE: True, RETURN: False}.get(held.pressed)
        if not told.digest:
            _ask_for_code(held, told, now)
            return False
        if not _fits(held, code, told.digest, now):
            return False
        if agrees is None:
            held.why = gettext("His code was right, but he pressed neither 1 nor 2.")
            held.save(update_fields=["why"])
            tell_why(held, NO_KEY, f"no_key:{reply.pk}", now)
            return False
        via = reply.delivery.channel if reply.delivery else held.channel
        return _sign(row, held, now, via) if agrees else _return(row, held, told, now)


def _sign(row: Notice, call: SigningCall, now: datetime, via: str) -> bool:
    way = Way.CALL if call.channel == Channel.VOICE and via == Channel.VOICE else Way.SMS
    try:
        with transaction.atomic():
            close_call(call, CallOutcome.SIGNED, now)
            issue(row, version=call.version, signer=call.signer, now=now, way=way, call=call)
    except Refused as refusal:
        _failed(call, AGREE, refusal, now)
        return False
    return True


def _return(row: Notice, call: SigningCall, told: Said, now: datetime) -> bool:
    reason = told.words or gettext("Sent back by telephone: ask %(name)s why.") % {"name": call.signer.name}
    try:
        with transaction.atomic():
            close_call(call, CallOutcome.RETURNED, now, told.words)
            send_back(notice=row, reason=reason, by=call.signer, now=now)
    except Refused as refusal:
        _failed(call, RETURN, refusal, now)
        return False
    return True


def _failed(call: SigningCall, key: str, refusal: Refused, now: datetime) -> None:
    """What he wanted could not be done; the key says what that was."""
    call.pressed = key
    call.save(update_fields=["pressed"])
    close_call(call, CallOutcome.REFUSED, now, str(refusal))
    tell_why(call, refusal, "refused", now)


def _fits(call: SigningCall, code: SignerCode | None, digest: str, now: datetime) -> bool:
    """Whether the digest is that of the signer's code, which is held; the third wrong one in a row locks it."""
    if code is None or code.locked_at:
        close_call(call, CallOutcome.LOCKED, now)
        tell_why(call, LOCKED, "locked", now)
        return False
    if check_password(digest, code.sealed):
        if code.wrong:
            code.wrong = 0
            code.save(update_fields=["wrong"])
        return True
    code.wrong += 1
    code.locked_at = now if code.wrong >= MOST_WRONG else None
    code.save(update_fields=["wrong", "locked_at"])
    call.wrong += 1
    call.save(update_fields=["wrong"])
    if code.locked_at:
        close_call(call, CallOutcome.LOCKED, now)
    tell_why(call, LOCKED if code.locked_at else WRONG, "locked" if code.locked_at else f"wrong:{call.wrong}", now)
    return False


def _ask_for_code(call: SigningCall, told: Said, now: datetime) -> None:
    """A provider that hands on one key only: the code is asked for by SMS, once. Where none can be sent the desk reads
    why; he may still answer with his code.
    """
    call.pressed = AGREE if told.agrees else RETURN
    try:
        write_to_signer(call, CODE_ASKED, "signing_code", "code", now)
    except Refused as refusal:
        call.why = str(refusal)[:300]
    call.save(update_fields=["pressed", "why"])
