"""The channels that are built, one folder each; none of them knows another."""

from messaging import rules
from messaging.channels.email import Email
from messaging.channels.sms import Sms

CHANNELS: dict[str, rules.Channel] = {channel.name: channel for channel in (Sms(), Email())}
