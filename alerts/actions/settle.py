"""Ends a knocking duty when its last door is settled."""

from datetime import datetime

from accounts.models import User
from alerts.models import AudienceHousehold, DoorKnock
from alerts.queries.doors import doors
from assignments import actions as duties
from assignments.enums import OPEN as OPEN_DUTIES


def settle_duty(row: AudienceHousehold, *, by: User | None, now: datetime, on_behalf_of: str = "") -> bool:
    """Reports the grid's duty when nobody needs to go to any of its doors any more. True when it did.

    `on_behalf_of` names who was at the last door, where that is not whoever writes it down.
    """
    found = DoorKnock.objects.filter(notice_id=row.notice_id, area_code=row.area_code)
    knock = found.filter(assignment__state__in=OPEN_DUTIES).select_related("assignment", "notice").first()
    if knock is None or not all(door.settled for door in doors(knock.assignment)):
        return False
    duties.fulfil(assignment=knock.assignment, by=by, now=now, on_behalf_of=on_behalf_of)
    return True
