"""Notices, their frozen audience, answers and door-knocks; official warnings, their feeds and what was done on them."""

from alerts.models.answering import Consultation, RelayText, WarningCall, WarningRelay
from alerts.models.audience import Answer, AudienceHousehold
from alerts.models.feed import FeedEntry, FeedState, WarningFeed
from alerts.models.knock import DoorKnock, Visit
from alerts.models.notice import Notice, NoticeArea
from alerts.models.phone import AudiencePhone
from alerts.models.warning import ReceivedWarning, WarningArea, WarningReference

__all__ = [
    "Answer",
    "AudienceHousehold",
    "AudiencePhone",
    "Consultation",
    "DoorKnock",
    "FeedEntry",
    "FeedState",
    "Notice",
    "NoticeArea",
    "ReceivedWarning",
    "RelayText",
    "Visit",
    "WarningArea",
    "WarningCall",
    "WarningFeed",
    "WarningReference",
    "WarningRelay",
]
