"""Notices, their frozen audience, answers and door-knocks."""

from alerts.models.audience import Answer, AudienceHousehold
from alerts.models.knock import DoorKnock, Visit
from alerts.models.notice import Notice, NoticeArea

__all__ = ["Answer", "AudienceHousehold", "DoorKnock", "Notice", "NoticeArea", "Visit"]
