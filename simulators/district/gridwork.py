"""A few household checks and requests in two grids of every sub-district, by the same actions as people use."""

import uuid
from datetime import datetime, timedelta

from accounts.enums import Role
from accounts.models import RoleHeld, User
from assignments import actions as duties
from hazards import actions as hazards
from hazards.enums import HOUSEHOLD, CheckOutcome, ItemResult
from hazards.models import CitizenRequest, HouseholdCheck
from hazards.queries import current_checklist, items_of
from hazards.rules import AnswerGiven, Asked, Visit
from simulators.district.inspecting import NAMESPACE
from simulators.district.people import officers
from simulators.district.plan import grids
from territory.models import Household

GRIDS_EACH = 2  # of a sub-district
CHECKED_EACH = 6  # households of a grid
ASKED = (
    ("楼前雨水口堵塞，积水不退", "排水不畅、积水"),
    ("单元门口井盖松动", "井盖、管道、路面"),
    ("屋面漏雨", "房屋漏雨、危房"),
    ("楼旁枯树倾斜", "树木、广告牌、围墙"),
    ("没有收到上次的提示短信", "预警收不到、电话有误"),
)


def chosen_grids() -> list[str]:
    """The first grids of every sub-district, by code."""
    by_street: dict[str, list[str]] = {}
    for grid in grids():
        by_street.setdefault(grid.code[:9], []).append(grid.code)
    return [code for _street, codes in sorted(by_street.items()) for code in sorted(codes)[:GRIDS_EACH]]


def load(*, now: datetime) -> tuple[int, int]:
    """Checks and requests of the last four days; returns how many there are new. Nothing where some are already."""
    if HouseholdCheck.objects.exists() or CitizenRequest.objects.exists():
        return 0, 0
    checklist = current_checklist(HOUSEHOLD)
    if checklist is None:
        return 0, 0
    codes, items = chosen_grids(), items_of(checklist)
    held = RoleHeld.objects.filter(role=Role.GRID_WORKER, area_code__in=codes).select_related("user")
    workers = {each.area_code: each.user for each in held.order_by("-since", "-user_id")}
    street_officers = {
        user.username: user for user in User.objects.filter(username__in=[one.username for one in officers()])
    }
    officer_of = {one.area_code: street_officers[one.username] for one in officers()[::2]}
    homes: dict[str, list[Household]] = {}
    for home in Household.objects.filter(area_code__in=codes, retired_at=None).order_by("area_code", "code"):
        homes.setdefault(home.area_code, []).append(home)
    checks = requests = 0
    for place, code in enumerate(code for code in codes if code in workers):
        at = now - timedelta(hours=90) + timedelta(minutes=40 * place)
        for number, home in enumerate(homes.get(code, [])[:CHECKED_EACH]):
            _check(home, items, place + number, by=workers[code], at=at + timedelta(minutes=7 * number))
            checks += 1
        _ask(code, place, by=workers[code], officer=officer_of[code[:9]], at=at + timedelta(hours=2), now=now)
        requests += 1
    return checks, requests


def _check(home: Household, items: list[Asked], turn: int, *, by: User, at: datetime) -> None:
    outcome = CheckOutcome.NOBODY if turn % 7 == 6 else CheckOutcome.CHECKED
    wrong = items[turn % len(items)] if turn % 4 == 3 else None
    answers = [
        AnswerGiven(item.item, ItemResult.FAIL, "示例：待核实")
        if item is wrong
        else AnswerGiven(item.item, ItemResult.PASS)
        for item in items
    ]
    hazards.check_household(
        visit=Visit(
            uuid.uuid5(NAMESPACE, f"door:{home.code}"),
            answers if outcome == CheckOutcome.CHECKED else (),
            occurred_at=at,
        ),
        household=home,
        outcome=outcome,
        by=by,
        now=at,
        must_reach="alone" if turn % 9 == 4 and outcome == CheckOutcome.CHECKED else None,
    )


def _ask(code: str, place: int, *, by: User, officer: User, at: datetime, now: datetime) -> None:
    """One request a grid, each in its turn's own state: at the start, in hand, late, reported, closed, on the spot."""
    what, category = ASKED[place % len(ASKED)]
    turn = place % 6
    row, _new = hazards.take_request(
        uuid=uuid.uuid5(NAMESPACE, f"request:{code}"),
        area_code=code,
        what=f"{what}（示例）",
        category=category,
        mode="on_spot" if turn == 5 else "deadline",
        outcome="示例：当场处理" if turn == 5 else "",
        spoken=turn == 5,
        who="示例居民",
        due_at=at + timedelta(days=1 if turn == 2 else 9),
        by=by,
        now=at,
    )
    if turn in (1, 2, 3, 4):
        row = hazards.give_request(
            request=row, handler=by, by=officer, due_at=row.due_at, now=at + timedelta(minutes=20)
        )
    if turn in (3, 4) and row.assignment is not None:
        done = min(at + timedelta(hours=5), now)
        duties.report(assignment=row.assignment, by=by, now=done, note="示例：已处理，居民认可")
        row.refresh_from_db()
    if turn == 4:
        hazards.close_request(request=row, words="示例：居民满意", by=officer, now=min(at + timedelta(hours=9), now))
