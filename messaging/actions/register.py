"""The register of reviewed texts: what was filed, what the provider decided, and the test on a real telephone."""

import re
from datetime import datetime

from django.conf import settings

from core.audit import act
from core.rules import Actor, Refused
from messaging import queries, rules
from messaging.channels import channel_of
from messaging.enums import RegisterObjection as Objection
from messaging.enums import Reviewable, ReviewState
from messaging.models import ProviderSignature, ProviderTemplate

_MOBILE = re.compile(r"1\d{10}")
_LIMIT_MOST = 100


def file_template(
    *,
    account: str,
    kind: str,
    purpose: str,
    language: str,
    text: str,
    by: Actor,
    now: datetime,
    limits: dict[str, int] | None = None,
    names: dict[str, str] | None = None,
) -> ProviderTemplate:
    """报备: the text goes to the provider's review. Another text than before has to be reviewed anew.

    Raises Refused with a code of `RegisterObjection` for what no provider would review.
    """
    words = text.strip()
    declared = queries.purposes().get(purpose)
    if declared is None:
        raise _refuse(Objection.PURPOSE)
    if code := rules.fault_of_text(words, kind):
        raise _refuse(Objection(code), field="text")
    if declared.is_exercise != rules.is_marked(words, kind):
        raise _refuse(Objection.UNMARKED if declared.is_exercise else Objection.MARKED, field="text")
    if any(not 1 <= most <= _LIMIT_MOST for most in (limits or {}).values()):
        raise _refuse(Objection.LIMITS, field="limits")
    with act("messaging.template.file", by=by):
        row, _new = ProviderTemplate.objects.select_for_update().get_or_create(
            account=account, kind=Reviewable(kind), purpose=purpose, language=language, defaults={"text": words}
        )
        row.text, row.limits, row.names = words, limits or {}, names or {}
        row.state, row.filed_at, row.decided_at, row.reason = ReviewState.IN_REVIEW, now, None, ""
        row.last_real_test = None
        row.save()
    return row


def decide_template(
    *, template: ProviderTemplate, approved: bool, by: Actor, now: datetime, code: str = "", reason: str = ""
) -> ProviderTemplate:
    """What the provider decided: approved under its code, or refused with its words."""
    if approved and not code.strip():
        raise _refuse(Objection.CODE, field="code")
    if not approved and not reason.strip():
        raise _refuse(Objection.REASON, field="reason")
    with act("messaging.template.decide", by=by):
        row = ProviderTemplate.objects.select_for_update().get(pk=template.pk)
        row.code = code.strip()[:40] if approved else row.code
        row.state, row.decided_at = ReviewState.APPROVED if approved else ReviewState.REFUSED, now
        row.reason = "" if approved else reason.strip()[:200]
        row.filed_at = row.filed_at or now
        row.save()
    return row


def decide_signature(
    *, account: str, text: str, state: ReviewState, by: Actor, now: datetime, reason: str = ""
) -> ProviderSignature:
    """Where the registration of a signature stands with an account's provider."""
    if state == ReviewState.REFUSED and not reason.strip():
        raise _refuse(Objection.REASON, field="reason")
    if not text.strip():
        raise _refuse(Objection.EMPTY, field="text")
    with act("messaging.signature.decide", by=by):
        row, _new = ProviderSignature.objects.select_for_update().get_or_create(
            account=account, text=text.strip().strip("【】")[:30]
        )
        if state == ReviewState.IN_REVIEW:
            row.filed_at = now
        if state in (ReviewState.APPROVED, ReviewState.REFUSED):
            row.decided_at = now
        row.state, row.reason = state, reason.strip()[:200] if state == ReviewState.REFUSED else ""
        row.save()
    return row


def try_template(*, template: ProviderTemplate, phone: str, by: Actor, now: datetime) -> rules.Result:
    """实测: one message to one telephone through this very account, its blanks filled with 测试.

    Hands over at once and outside the queue: what is asked is whether this account takes this template. The day of the
    test is kept when it does. Raises Refused for a text not approved yet and for a number that is none.
    """
    digits = re.sub(r"[\s-]", "", phone).removeprefix("+86")
    if template.state != ReviewState.APPROVED:
        raise _refuse(Objection.NOT_APPROVED)
    if not _MOBILE.fullmatch(digits):
        raise _refuse(Objection.PHONE, field="phone")
    account = next((one for one in queries.accounts(template.kind) if one.name == template.account), None)
    wire = channel_of(account) if account else None
    if account is None or wire is None:
        return rules.RetryAfter(None, "gateway_unset")
    known = queries.reviewed_text(template)
    values = {name: "测试"[: known.limit(name)] for name in rules.blanks(template.text)}
    message = rules.Message(
        id=f"{settings.INSTALLATION}-test-{template.pk}-{now:%y%m%d%H%M%S}",
        address=f"+86{digits}",
        text=rules.Template(template.text).filled(values),
        subject="",
        lane="alarm",
        template=template.code,
        params={known.names.get(name) or name: value for name, value in values.items()},
    )
    result = wire.send(account, [message])[0]
    if isinstance(result, rules.Accepted):
        with act("messaging.template.try", by=by):
            ProviderTemplate.objects.filter(pk=template.pk).update(last_real_test=now)
            ProviderSignature.objects.filter(account=account.name, text=account.signature).update(last_test=now)
    return result


def _refuse(objection: Objection, *, field: str = "") -> Refused:
    return Refused(objection.value, objection.label, field=field)
