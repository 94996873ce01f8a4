"""The channels that are built, one folder each; none of them knows another."""

from messaging import rules
from messaging.channels.aliyun import Aliyun
from messaging.channels.console import Console
from messaging.channels.dingtalk import Dingtalk
from messaging.channels.email import Email
from messaging.channels.sms import Sms
from messaging.channels.voice import Voice
from messaging.channels.wecom import Wecom

# By channel and provider: whose wire it speaks.
CHANNELS: dict[tuple[str, str], rules.Channel] = {
    (one.name, one.provider): one for one in (Sms(), Aliyun(), Voice(), Email(), Wecom(), Dingtalk(), Console())
}


def channel_of(account: rules.Account) -> rules.Channel | None:
    """The wire of an account; None when this installation has none for its provider."""
    return CHANNELS.get((account.channel, account.provider))


def fault_of(account: rules.Account) -> str:
    """Why an account cannot send at all; empty when it can."""
    channel = channel_of(account)
    return channel.fault(account) if channel else "provider_missing"
