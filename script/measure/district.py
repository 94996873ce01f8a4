"""A district made by sets: areas, households with a mobile each, the people who write and sign. The same every time."""

from datetime import datetime, timedelta
from typing import Any

from measure.world import execute

DISTRICT = "410403"
GRIDS = 563
NUMBERS_FROM = 17_000_000_000  # +86 numbers that no operator has handed out to anybody

AREAS = """
INSERT INTO territory_area (code, name, level, border_is_sketch, created_at, updated_at)
SELECT '410403', '示例区', 'district', true, now(), now()
UNION ALL
SELECT '410403' || lpad(s::text, 3, '0'), '第' || s || '街道', 'subdistrict', true, now(), now()
  FROM generate_series(1, 12) s
UNION ALL
SELECT '410403' || lpad(s::text, 3, '0') || '001', '第' || s || '社区', 'community', true, now(), now()
  FROM generate_series(1, 12) s
UNION ALL
SELECT '410403' || lpad((g %% 12 + 1)::text, 3, '0') || '001' || lpad((g / 12 + 1)::text, 3, '0'),
       '第' || g || '网格', 'grid', true, now(), now()
  FROM generate_series(0, %(grids)s - 1) g
"""

POINTS = """
INSERT INTO territory_contactpoint (kind, address)
SELECT 'mobile', '+86' || (%(numbers)s + n) FROM generate_series(%(first)s, %(last)s) n
"""

HOUSEHOLDS = """
INSERT INTO territory_household
       (code, area_code, building, unit, floor, room, address, head_name, persons, must_reach, created_at, updated_at)
SELECT 'M' || n,
       '410403' || lpad((n %% %(grids)s %% 12 + 1)::text, 3, '0')
                || '001' || lpad((n %% %(grids)s / 12 + 1)::text, 3, '0'),
       n / 60 %% 40 + 1 || '号楼', n %% 4 + 1 || '单元', n %% 18 + 1, n %% 4 + 1 || '', '示例路', '户主' || n, 3,
       CASE WHEN n %% 25 = 0 THEN 'frail' ELSE '' END, now(), now()
  FROM generate_series(%(first)s, %(last)s) n
"""

CONTACTS = """
INSERT INTO territory_householdcontact (household_id, contact_point_id, rank)
SELECT h.id, c.id, 1
  FROM generate_series(%(first)s, %(last)s) n
  JOIN territory_household h ON h.code = 'M' || n
  JOIN territory_contactpoint c ON c.kind = 'mobile' AND c.address = '+86' || (%(numbers)s + n)
"""


def fill(households: int) -> None:
    """Areas, roll, two officers."""
    execute(AREAS, {"grids": GRIDS})
    more_households(1, households)
    for name in ("writer", "signer", "deputy"):
        _officer(name)
    execute("VACUUM ANALYZE")


def more_households(first: int, last: int) -> None:
    """Households number `first` to `last`, spread over all grids."""
    values = {"first": first, "last": last, "grids": GRIDS, "numbers": NUMBERS_FROM}
    for statement in (POINTS, HOUSEHOLDS, CONTACTS):
        execute(statement, values)


def _officer(name: str) -> None:
    from accounts.enums import Role
    from accounts.models import RoleHeld, User
    from core import clock

    now = clock.now() - timedelta(days=1)
    person = User.objects.create_user(name, None, name=name, activated_at=now)
    for role in (Role.DUTY_OFFICER, Role.COMMANDER):
        RoleHeld.objects.create(user=person, role=role, area_code=DISTRICT, since=now)


def submitted_notice(area: str = DISTRICT) -> Any:
    """A notice to an area, written and submitted: one signature away from going out."""
    from accounts.models import User
    from alerts import actions
    from alerts.rules import Content
    from core import clock

    now = clock.now()
    writer = User.objects.get(username="writer")
    content = Content(
        kind="rainstorm",
        level=1,
        headline="暴雨橙色风险提示",
        starts_at=now,
        expires_at=now + timedelta(hours=6),
        affected_area="全区",
        caution="低洼处积水",
        measures="不要外出，远离河道，听从社区安排",
        issuer="卫东区防汛抗旱指挥部",
    )
    notice = actions.draft(content=content, area_codes=[area], by=writer, now=now)
    return actions.submit(notice=notice, by=writer, now=now)


def sign(notice: Any, now: datetime, name: str = "signer") -> Any:
    """The signature, by another officer."""
    from accounts.models import User
    from alerts import actions

    return actions.approve(notice=notice, version=notice.version, by=User.objects.get(username=name), now=now)


EMPTIED = (
    "messaging_receipt, messaging_reply, messaging_webhookbatch, messaging_delivery, messaging_broadcast, "
    "messaging_accountstate, messaging_pacebucket, messaging_gatewayaccount, alerts_audiencehousehold, alerts_notice, "
    "assignments_assignment"
)


def clear() -> None:
    """Nothing written, nothing sent; the roll stays."""
    execute(f"TRUNCATE {EMPTIED} CASCADE")
    execute("UPDATE territory_contactpoint SET dead_since = NULL WHERE dead_since IS NOT NULL")  # by an earlier gateway
