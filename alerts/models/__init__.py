"""Notices, their frozen audience, answers and door-knocks."""

from alerts.models.audience import Answer, AudienceHousehold
from alerts.models.knock import DoorKnock, Visit
from alerts.models.notice import Notice, NoticeArea
from alerts.models.phone import AudiencePhone

__all__ = ["Answer", "AudienceHousehold", "AudiencePhone", "DoorKnock", "Notice", "NoticeArea", "Visit"]
