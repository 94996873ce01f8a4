"""Which accounts a channel has, and which of them goes first."""

import logging
from dataclasses import replace

from django.conf import settings
from django.db.models import Q, Value
from django.db.models.functions import Now

from messaging import rules
from messaging.enums import Channel, Provider
from messaging.models import AccountState, AccountSwitch, GatewayAccount, GroupRobot

logger = logging.getLogger(__name__)

ROBOTS = (Channel.WECOM, Channel.DINGTALK)
Robots = dict[str, dict[str, rules.Robot]]  # by channel and the name that stands for an address


def accounts(channel: str) -> list[rules.Account]:
    """The accounts of a channel by rank; without rows the one of the settings, if set. Two statements; of robots three.

    None that is switched off.
    """
    robots = _robots() if channel in ROBOTS else {}
    found = _in_use(robots, channel=channel).get(channel) or _of_settings(channel, robots)
    off = _switched_off()
    return [one for one in found if one.name not in off]


def all_accounts() -> dict[str, list[rules.Account]]:
    """The accounts of every channel, first the one to use: by rank, those that failed a moment ago last.

    None that is switched off. Three statements.
    """
    return {
        channel: sorted((one for one in found if not one.off), key=lambda one: one.rests)
        for channel, found in known_accounts().items()
    }


def known_accounts() -> dict[str, list[rules.Account]]:
    """The accounts of every channel by rank, switched off or not, with how they do. Three statements."""
    robots = _robots()
    rows = _in_use(robots)
    troubled, off = _standings()
    return {
        channel: [
            replace(_standing(one, *troubled.get(one.name, (0, False))), off=one.name in off)
            for one in rows.get(channel) or _of_settings(channel, robots)
        ]
        for channel in Channel.values
    }


def _standings() -> tuple[dict[str, tuple[int, bool]], set[str]]:
    """Which accounts failed of late, how often and whether they rest, and which are switched off. One statement."""
    failing = AccountState.objects.filter(failures__gt=0).annotate(rests=Q(rests_until__gt=Now()), off=Value(False))
    off = AccountSwitch.objects.filter(off_since__isnull=False).annotate(
        failures=Value(0), rests=Value(False), off=Value(True)
    )
    fields = ("account", "failures", "rests", "off")
    rows = list(failing.values_list(*fields).union(off.values_list(*fields), all=True))
    return (
        {name: (failures, bool(rests)) for name, failures, rests, is_off in rows if not is_off},
        {name for name, _failures, _rests, is_off in rows if is_off},
    )


def _switched_off() -> frozenset[str]:
    return frozenset(AccountSwitch.objects.filter(off_since__isnull=False).values_list("account", flat=True))


def _in_use(robots: Robots, **only: str) -> dict[str, list[rules.Account]]:
    found: dict[str, list[rules.Account]] = {}
    for row in GatewayAccount.objects.filter(retired_at=None, **only).order_by("channel", "rank"):
        found.setdefault(row.channel, []).append(_account(row, robots))
    return found


def is_gateway(name: str) -> bool:
    """True when posts may come under this name: a channel's, or an account's that is or was used. One statement."""
    return name in Channel.values or GatewayAccount.objects.filter(name=name).exists()


def _standing(account: rules.Account, failures: int, rests: bool) -> rules.Account:
    return replace(account, failures=failures, rests=rests) if failures else account


def _account(row: GatewayAccount, robots: Robots) -> rules.Account:
    return rules.Account(
        name=row.name,
        channel=row.channel,
        provider=row.provider,
        url=row.url,
        secret=settings.GATEWAY_SECRETS.get(row.secret_name, ""),
        signature=row.signature or settings.SMS_SIGNATURE,
        idempotent=row.is_idempotent,
        templates_only=row.templates_only,
        alarm_rate=row.alarm_rate,
        bulk_rate=row.bulk_rate,
        lines=row.lines,
        options=row.options,
        robots=robots.get(row.channel, {}),
    )


def _robots() -> Robots:
    """The group robots in use, their addresses opened. What another installation has sealed is posted to nowhere."""
    found: Robots = {}
    rows = GroupRobot.objects.filter(retired_at=None)
    for channel, name, sealed, secret in rows.values_list(
        "channel", "contact_point__address", "sealed_url", "secret_name"
    ):
        if url := rules.unsealed(sealed, sealing_secrets()):
            found.setdefault(channel, {})[name] = rules.Robot(url, settings.GATEWAY_SECRETS.get(secret, ""))
        else:
            logger.error("the address of the robot %s cannot be read: its group must be given again", name)
    return found


def sealing_secrets() -> list[str]:
    """The secrets of this installation: the first seals, those before it still open."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _of_settings(channel: str, robots: Robots) -> list[rules.Account]:
    """The account that the environment describes, under the channel's own name; none where it describes none."""
    if channel == Channel.SMS:
        return [
            rules.Account(
                name=channel,
                channel=channel,
                provider=Provider.CONTRACT,
                url=settings.SMS_GATEWAY_URL,
                secret=settings.SMS_GATEWAY_SECRET,
                signature=settings.SMS_SIGNATURE,
                idempotent=settings.SMS_GATEWAY_IDEMPOTENT,
            )
        ]
    if channel == Channel.VOICE and settings.VOICE_GATEWAY_URL:
        return [
            rules.Account(
                name=channel,
                channel=channel,
                provider=Provider.CONTRACT,
                url=settings.VOICE_GATEWAY_URL,
                secret=settings.VOICE_GATEWAY_SECRET,
                lines=settings.VOICE_LINES,
            )
        ]
    if channel == Channel.EMAIL:
        return [rules.Account(name=channel, channel=channel, provider=Provider.SMTP, idempotent=False)]
    if channel in ROBOTS:
        known = robots.get(channel, {})
        return (
            [rules.Account(name=channel, channel=channel, provider=Provider.ROBOT, idempotent=False, robots=known)]
            if known
            else []
        )
    if channel == Channel.CONSOLE and settings.DEBUG:
        return [rules.Account(name=channel, channel=channel, provider=Provider.CONSOLE, idempotent=False)]
    return []
