"""自检: one test message through exactly one account, by a press or once a day, and what became of it."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from core.rules import SYSTEM, Actor, Refused
from messaging import queries, rules
from messaging.actions.account import note_failure, note_success
from messaging.actions.pace import take_of_address
from messaging.channels import channel_of
from messaging.enums import AccountObjection as Objection
from messaging.enums import Channel, SelfTestOutcome
from messaging.models import Delivery, GroupRobot, SelfTest
from territory.rules import is_mobile, normalised_phone

FROM = time_of_day(9)  # a call at night would wake the duty room for nothing; whoever can mend it is at work
KEPT = 30  # tests kept of each account
SHANGHAI = ZoneInfo(settings.TIME_ZONE)


def self_test(
    *, account: str, by: Actor, now: datetime, phone: str = "", email: str = "", robot: GroupRobot | None = None
) -> SelfTest:
    """Sends one test through this account, switched on or not, to whoever presses; answers with what became of it.

    `phone` and `email` are his own. A robots' account speaks in the group of `robot`, without one in the group of the
    highest area. Raises Refused: account_unknown, test_no_address, test_no_robot, test_too_soon, test_capped.
    Must not be called inside a transaction: the provider is asked in between.
    """
    known = _known(account)
    if known is None:
        raise refuse(Objection.UNKNOWN)
    address, shown = _address(known, phone, email, robot)
    if not address:
        raise refuse(Objection.NO_ROBOT if known.channel in queries.ROBOTS else Objection.NO_ADDRESS)
    with transaction.atomic():
        _wait_turn(account)
        of_account = SelfTest.objects.filter(account=account, robot=robot)
        if of_account.filter(at__gt=now - rules.TEST_EVERY).exclude(outcome=SelfTestOutcome.NO_ADDRESS).exists():
            raise refuse(Objection.TOO_SOON)
        if known.channel == Channel.VOICE and not _may_ring(known, address, shown, now):
            raise refuse(Objection.CAPPED)
        row = SelfTest.objects.create(
            account=account, channel=known.channel, robot=robot, at=now, by_name=by.name, sent_to=shown
        )
    return _tried(row, known, address, now)


def self_test_daily(*, now: datetime, budget_seconds: float = 20.0) -> int:
    """Tests every account that is switched on, once a day from nine; how many were tested in this pass.

    Asked again, only what is still missing that day is tested. Ends when the budget is spent: the next pass goes on.
    The number is SELF_TEST_PHONE, without it the duty room's.
    """
    local = timezone.localtime(now, SHANGHAI)
    if local.time() < FROM:
        return 0
    done = set(
        SelfTest.objects.filter(day=local.date())
        .exclude(outcome=SelfTestOutcome.UNDER_WAY, at__lt=now - rules.TEST_LOST)
        .values_list("account", flat=True)
    )
    ends, tested = time.monotonic() + budget_seconds, 0
    for of_channel in queries.all_accounts().values():
        for known in of_channel:
            if known.name in done or known.channel == Channel.CONSOLE or time.monotonic() >= ends:
                continue
            tested += _daily(known, now)
    if tested:
        _forget()
    return tested


def _daily(known: rules.Account, now: datetime) -> bool:
    """The test of one account for one day; False when another worker has it."""
    day = timezone.localtime(now, SHANGHAI).date()
    address, shown = _address(known, settings.SELF_TEST_PHONE, settings.SELF_TEST_EMAIL, None)
    if known.channel == Channel.VOICE and address and not _may_ring(known, address, shown, now):
        return False  # the duty room was rung enough: the next pass asks again
    given = {"channel": known.channel, "at": now, "by_name": SYSTEM.name, "sent_to": shown}
    with transaction.atomic():
        row, is_new = SelfTest.objects.get_or_create(account=known.name, day=day, defaults=given)
        if not is_new:
            lost = Q(outcome=SelfTestOutcome.UNDER_WAY, at__lt=now - rules.TEST_LOST)
            if not SelfTest.objects.filter(lost, pk=row.pk).update(at=now, sent_to=shown):
                return False
    row.at = now
    if not address:
        _settle(row, SelfTestOutcome.NO_ADDRESS, "")
    else:
        _tried(row, known, address, now)
    return True


def _tried(row: SelfTest, known: rules.Account, address: str, now: datetime) -> SelfTest:
    """Hands the message over, outside the queue and of any transaction, and writes down the answer."""
    wire = channel_of(known)
    if wire is None or (fault := wire.fault(known)):
        return _settle(row, SelfTestOutcome.AWAY, fault if wire else "provider_missing")
    message = _message(row, known, address, now)
    if message is None:
        return _settle(row, SelfTestOutcome.NO_TEXT, "template_missing")
    if known.channel in queries.ROBOTS and take_of_address(known, address):
        return _settle(row, SelfTestOutcome.AWAY, "throttled")
    results = wire.send(known, [message])
    if code := rules.failure_of(results):
        note_failure(known, code)
    elif not isinstance(results[0], rules.Rejected):
        note_success(known)
    return _settle(row, *rules.outcome_of_test(results[0]))


def _may_ring(known: rules.Account, address: str, shown: str, now: datetime) -> bool:
    """Whether one more call keeps to what the provider allows one person, earlier calls and tests counted.

    A test's number is kept masked: another one with the same end counts with it, which rings once too seldom at worst.
    """
    calls = Delivery.objects.filter(channel=Channel.VOICE, contact_point__address=address)
    tests = SelfTest.objects.filter(channel=Channel.VOICE, sent_to=shown).exclude(outcome=SelfTestOutcome.NO_ADDRESS)
    since = {name: now - timedelta(**{f"{name}s": 1}) for name in ("minute", "hour", "day")}
    rung = {
        name: calls.filter(accepted_at__gt=after).count() + tests.filter(at__gt=after).count()
        for name, after in since.items()
    }
    return rules.may_ring(rules.Rung(**rung), rules.callee_caps(known.options)) == 0


def _settle(row: SelfTest, outcome: SelfTestOutcome, code: str) -> SelfTest:
    row.outcome, row.code = outcome, code
    row.save(update_fields=["outcome", "code"])
    return row


def _message(row: SelfTest, known: rules.Account, address: str, now: datetime) -> rules.Message | None:
    """The words of a test; where only reviewed texts go, one of those; None when none is approved."""
    with translation.override(settings.LANGUAGE_CODE):
        at = timezone.localtime(now, SHANGHAI)
        words = gettext("Self-test of the flood platform, %(at)s: this message needs no answer.") % {
            "at": f"{at:%H:%M}"
        }
        subject = gettext("Self-test")
    number = f"{settings.INSTALLATION}-self-{row.pk}"
    plain = rules.Message(id=number, address=address, text=words, subject=subject, lane="alarm")
    if not known.templates_only:
        return plain
    texts = [one for one in queries.reviewed([known.name])[known.name] if one.kind == known.channel]
    exercises = queries.exercise_purposes()
    # A text for exercises says of itself that nothing is real.
    chosen = min(texts, key=lambda one: one.purpose not in exercises, default=None)
    if chosen is None:
        return None
    values = {name: "自检"[: chosen.limit(name)] for name in rules.blanks(chosen.text)}
    return replace(
        plain,
        text=rules.Template(chosen.text).filled(values),
        template=chosen.code,
        params={chosen.names.get(name) or name: value for name, value in values.items()},
    )


def _address(known: rules.Account, phone: str, email: str, robot: GroupRobot | None) -> tuple[str, str]:
    """Where a test goes, and what of it may be shown; empty when there is no such address."""
    if known.channel in queries.ROBOTS:
        of_channel = GroupRobot.objects.select_related("contact_point").filter(channel=known.channel, retired_at=None)
        found = robot or min(of_channel, key=lambda one: (len(one.area_code), one.pk), default=None)
        return (found.contact_point.address, found.name) if found else ("", "")
    if known.channel in (Channel.EMAIL, Channel.CONSOLE):
        name, _at, host = email.partition("@")
        return email, f"{name[:2]}***@{host}" if email else ""
    number = normalised_phone(phone) if phone else None
    if number is None or (known.channel == Channel.SMS and not is_mobile(number)):
        return "", ""
    return number, f"****{number[-4:]}"


def _known(name: str) -> rules.Account | None:
    of_all = queries.known_accounts().values()
    return next((one for of_channel in of_all for one in of_channel if one.name == name), None)


def _wait_turn(account: str) -> None:
    """Two presses at once wait for each other, so that only one of them rings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"messaging.self_test:{account}"])


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [KEPT])


def refuse(objection: Objection, *, field: str = "") -> Refused:
    """A refusal with its sentence."""
    return Refused(objection.value, objection.label, field=field)


_FORGET = """
DELETE FROM messaging_selftest t USING (
    SELECT id, row_number() OVER (PARTITION BY account ORDER BY at DESC, id DESC) AS place FROM messaging_selftest
) newest WHERE newest.id = t.id AND newest.place > %s
"""
