"""Accounts at gateways, broadcasts and deliveries, and what comes back."""

from messaging.models.account import AccountState, GatewayAccount, GroupRobot, PaceBucket
from messaging.models.broadcast import Broadcast, Delivery, Enlisted
from messaging.models.fallback import Fallback, PurgedCount
from messaging.models.register import ProviderSignature, ProviderTemplate
from messaging.models.self_test import AccountSwitch, SelfTest
from messaging.models.webhook import Receipt, Reply, WebhookBatch

__all__ = [
    "AccountState",
    "AccountSwitch",
    "Broadcast",
    "Delivery",
    "Enlisted",
    "Fallback",
    "GatewayAccount",
    "GroupRobot",
    "PaceBucket",
    "ProviderSignature",
    "ProviderTemplate",
    "PurgedCount",
    "Receipt",
    "Reply",
    "SelfTest",
    "WebhookBatch",
]
