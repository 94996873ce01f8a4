"""The accounts on one page: who carries each channel, how each does, what its last test found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext

from messaging import rules
from messaging.channels import fault_of
from messaging.enums import ERRORS, FAILING, Channel, Provider, SelfTestOutcome
from messaging.models import AccountState, AccountSwitch, GatewayAccount, GroupRobot, SelfTest
from messaging.queries.accounts import known_accounts

NEWEST = 50_000  # deliveries that the rates are read from: the same price with a million rows
_ORDER = {tone: place for place, tone in enumerate(("danger", "late", "unknown", "ok", "off"))}


@dataclass(frozen=True)
class Rate:
    """How many of those that ended did not go out."""

    failed: int = 0
    ended: int = 0

    @property
    def percent(self) -> str:
        """“1.2 %”; a dash of nothing."""
        return f"{self.failed * 100 / self.ended:.1f} %" if self.ended else "—"


@dataclass(frozen=True)
class AccountLine:
    """One account as the page shows it. `robots` are those that a robots' account speaks for."""

    account: rules.Account
    tone: str
    words: str
    carries: bool
    place: int  # its turn among those of its channel, from 1
    hour: Rate
    day: Rate
    state: AccountState | None
    switch: AccountSwitch | None
    test: SelfTest | None
    leaves_nobody: bool

    @property
    def title(self) -> str:
        """What people call it: its channel and whose it is."""
        return f"{Channel(self.account.channel).label} · {Provider(self.account.provider).label}"

    @property
    def last_success(self) -> datetime | None:
        """When it took a batch last."""
        return self.state.last_success if self.state else None

    @property
    def last_failure(self) -> datetime | None:
        """When it did not take one last."""
        return self.state.last_failure if self.state else None

    @property
    def error(self) -> str:
        """Why it cannot send, else its last failure, as a sentence; empty without one."""
        code = fault_of(self.account) or (self.state.error if self.state else "")
        return sentence(code) if code else ""

    @property
    def test_error(self) -> str:
        """What was wrong at its last test; empty when nothing was."""
        return sentence(self.test.code) if self.test and self.test.code else ""


@dataclass(frozen=True)
class ChannelLines:
    """A channel with its accounts, the worst first. `waiting`: deliveries whose end is not known yet."""

    channel: Channel
    waiting: int
    lines: list[AccountLine]

    @property
    def carried(self) -> AccountLine | None:
        """The account whose turn it is; None when nothing goes out."""
        return next((line for line in self.lines if line.carries), None)

    @property
    def tone(self) -> str:
        """The channel's own: red only when nobody carries it, else that of its worst account."""
        return "danger" if self.carried is None else min((line.tone for line in self.lines), key=_ORDER.__getitem__)


def sentence(code: str) -> str:
    """What an error code means; an unknown one is named as the provider said it."""
    return str(ERRORS.get(code) or gettext("The provider answered: %(code)s.") % {"code": code})


def next_after(channel: ChannelLines, name: str) -> AccountLine | None:
    """Who carries the channel when this account is switched off; None when nobody does."""
    left = [line for line in channel.lines if line.account.name != name and line.tone != "off"]
    able = [line for line in left if not fault_of(line.account)]
    return min(able, key=lambda line: (line.account.rests, line.place), default=None)


def overview(*, now: datetime) -> list[ChannelLines]:
    """Every channel that has an account, those in trouble first. Eight statements, however many accounts there are."""
    known = known_accounts()
    states = {row.account: row for row in AccountState.objects.all()}
    switches = {row.account: row for row in AccountSwitch.objects.all()}
    tests, rates, waiting = newest_tests(), _rates(), _waiting()
    found = []
    for channel, of_channel in known.items():
        if of_channel:
            standings = [standing(one, tests.get(one.name)) for one in of_channel]
            lines = [
                _line(one, place, standings, now, states, switches, tests, rates)
                for place, one in enumerate(of_channel, start=1)
            ]
            lines.sort(key=lambda line: _ORDER[line.tone])
            found.append(ChannelLines(Channel(channel), waiting.get(channel, 0), lines))
    return sorted(found, key=lambda each: _ORDER[each.tone])


def standing(account: rules.Account, test: SelfTest | None) -> rules.Standing:
    """An account as the rules about switching read it."""
    return rules.Standing(
        name=account.name,
        is_off=account.off,
        fault=fault_of(account),
        failures=account.failures,
        rests=account.rests,
        outcome=test.outcome if test else "",
        tested_at=test.at if test else None,
    )


def newest_tests() -> dict[str, SelfTest]:
    """The last finished test of each account, by name; a robot's own is not its account's. One statement."""
    return {row.account: row for row in _finished().order_by("account", "-at").distinct("account")}


def failing_tests() -> list[tuple[SelfTest, str]]:
    """The accounts in use whose last test failed, each with why. One statement."""
    off = AccountSwitch.objects.filter(account=OuterRef("account"), off_since__isnull=False)
    retired = GatewayAccount.objects.filter(name=OuterRef("account"), retired_at__isnull=False)
    rows = _finished().filter(~Exists(off), ~Exists(retired)).order_by("account", "-at").distinct("account")
    return [
        (row, sentence(row.code) if row.code else row.get_outcome_display()) for row in rows if row.outcome in FAILING
    ]


def _finished() -> "QuerySet[SelfTest]":
    return SelfTest.objects.filter(robot=None).exclude(outcome=SelfTestOutcome.UNDER_WAY)


def recent_tests(*, limit: int) -> list[SelfTest]:
    """The newest tests of all accounts and robots. One statement."""
    return list(SelfTest.objects.select_related("robot").order_by("-at", "-pk")[:limit])


def robots() -> list[GroupRobot]:
    """The group robots, those in use first. One statement."""
    rows = GroupRobot.objects.select_related("contact_point")
    return list(rows.order_by(F("retired_at").asc(nulls_first=True), "area_code", "name"))


def _line(
    account: rules.Account,
    place: int,
    standings: Sequence[rules.Standing],
    now: datetime,
    states: Mapping[str, AccountState],
    switches: Mapping[str, AccountSwitch],
    tests: Mapping[str, SelfTest],
    rates: Mapping[str, tuple[Rate, Rate]],
) -> AccountLine:
    own = standings[place - 1]
    hour, day = rates.get(account.name, (Rate(), Rate()))
    carries = rules.carrier(standings) == account.name
    tone = rules.tone_of(own, failed=hour.failed, ended=hour.ended, now=now)
    return AccountLine(
        account=account,
        tone=tone,
        words=_words(own, tone, carries=carries),
        carries=carries,
        place=place,
        hour=hour,
        day=day,
        state=states.get(account.name),
        switch=switches.get(account.name),
        test=tests.get(account.name),
        leaves_nobody=rules.leaves_nobody(standings, account.name),
    )


def _words(one: rules.Standing, tone: str, *, carries: bool) -> str:
    if one.is_off:
        return gettext("switched off")
    if one.fault:
        return gettext("cannot send")
    if one.failures or one.rests:
        return gettext("fails")
    if one.outcome in FAILING:
        return gettext("self-test failed")
    if tone in ("danger", "late"):
        return gettext("many errors")
    if tone == "unknown":
        return gettext("not tested of late")
    return gettext("carries now") if carries else gettext("ready")


def _rates() -> dict[str, tuple[Rate, Rate]]:
    with connection.cursor() as cursor:
        cursor.execute(_RATES, {"newest": NEWEST})
        return {row[0]: (Rate(row[1], row[2]), Rate(row[3], row[4])) for row in cursor.fetchall()}


def _waiting() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT channel, count(*) FROM messaging_delivery WHERE is_open GROUP BY channel")
        return dict(cursor.fetchall())


# Only the attempts' own ends count: a phone that is off is no fault of the account.
_RATES = """
WITH ended AS (
    SELECT account, accepted_at IS NULL AS failed, COALESCE(accepted_at, settled_at) AS at
      FROM (SELECT account, accepted_at, settled_at, state FROM messaging_delivery ORDER BY id DESC LIMIT %(newest)s) d
     WHERE account <> '' AND (accepted_at IS NOT NULL OR state = 50)
)
SELECT account,
       count(*) FILTER (WHERE failed AND at > clock_timestamp() - interval '1 hour'),
       count(*) FILTER (WHERE at > clock_timestamp() - interval '1 hour'),
       count(*) FILTER (WHERE failed), count(*)
  FROM ended WHERE at > clock_timestamp() - interval '1 day'
 GROUP BY account
"""
