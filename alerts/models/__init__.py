"""Notices, their frozen audience, answers and door-knocks; official warnings, their feeds and what was done on them."""

from alerts.models.aim import NoticeAim
from alerts.models.answering import Consultation, RelayText, WarningCall, WarningRelay
from alerts.models.audience import Answer, AudienceHousehold
from alerts.models.authorisation import Authorisation
from alerts.models.counting import NoticeCount, NoticeGoal, TakenCount
from alerts.models.expiry import ExpiryReminder
from alerts.models.feed import FeedEntry, FeedState, WarningFeed
from alerts.models.knock import DoorKnock, Visit, VisitCheck
from alerts.models.notice import Notice, NoticeArea
from alerts.models.phone import AudiencePhone
from alerts.models.ringing import ReachRule, RingCall, RingStep
from alerts.models.signing import OralWord, Signature, SignerCode, SigningCall
from alerts.models.subscription import Subscription, SubscriptionCode
from alerts.models.units import KeyUnit, UnitCall
from alerts.models.warning import ReceivedWarning, WarningArea, WarningReference

__all__ = [
    "Answer",
    "AudienceHousehold",
    "AudiencePhone",
    "Authorisation",
    "Consultation",
    "DoorKnock",
    "ExpiryReminder",
    "FeedEntry",
    "FeedState",
    "KeyUnit",
    "Notice",
    "NoticeAim",
    "NoticeArea",
    "NoticeCount",
    "NoticeGoal",
    "OralWord",
    "ReachRule",
    "ReceivedWarning",
    "RelayText",
    "RingCall",
    "RingStep",
    "Signature",
    "SignerCode",
    "SigningCall",
    "Subscription",
    "SubscriptionCode",
    "TakenCount",
    "UnitCall",
    "Visit",
    "VisitCheck",
    "WarningArea",
    "WarningCall",
    "WarningFeed",
    "WarningReference",
    "WarningRelay",
]
