"""Notices in the states that tests begin from."""

from datetime import timedelta
from typing import Any

from alerts import actions
from alerts.models import AudienceHousehold, Notice
from alerts.rules import Content
from messaging.enums import State
from messaging.models import Delivery
from territory.models import Household
from tests.casts import DISTRICT, NIGHT, Cast

WHOLE = Content(
    kind="rainstorm",
    level=2,
    headline="今夜有大暴雨，请勿前往低洼处",
    starts_at=NIGHT,
    expires_at=NIGHT + timedelta(hours=6),
    affected_area="卫东区",
    caution="下穿桥和地下空间可能积水",
    measures="请留在室内，切断地下室电源",
    issuer="卫东区防汛抗旱指挥部",
    sms_text="今夜有大暴雨，请留在室内，远离下穿桥和地下空间。",
)


def drafted(cast: Cast, *, content: Content = WHOLE, areas: tuple[str, ...] = (DISTRICT,)) -> Notice:
    """By the duty officer."""
    return actions.draft(content=content, area_codes=areas, by=cast.duty_officer, now=NIGHT)


def submitted(cast: Cast, **how: Any) -> Notice:
    """By the duty officer, complete."""
    return actions.submit(notice=drafted(cast, **how), by=cast.duty_officer, now=NIGHT)


def issued(cast: Cast, **how: Any) -> Notice:
    """Signed by the commander: its messages lie in the queue."""
    row = submitted(cast, **how)
    return actions.approve(notice=row, version=row.version, by=cast.commander, now=NIGHT)


def household_of(notice: Notice, home: Household) -> AudienceHousehold:
    """The household's row in the notice's audience."""
    return notice.households.get(household=home)


def message_became(notice: Notice, home: Household, state: State) -> None:
    """What the gateway said of the household's message."""
    row = household_of(notice, home)
    Delivery.objects.filter(broadcast=notice.broadcast, contact_point=row.contact_point).update(state=state)
