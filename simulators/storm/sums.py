"""What duty, stores and command show on their screens, each figure beside the one that SQL counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from board.queries import situation
from command import queries as command
from command.enums.dangers import DangerState
from command.models import Response
from command.queries import HelpFilters
from command.queries.danger import DangerFilters
from command.rules import roman
from dutyroster import queries as duty
from simulators.storm import sql
from simulators.storm.scene import Scene
from supplies import queries as supplies
from supplies.models import Transfer, TransferLine
from supplies.rules import ISSUE_PAPERS, printed
from territory.rules import scope_of


@dataclass
class Sums:
    """Lines to print; `faults` are the figures in which a screen and SQL disagree."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def compare(self, what: str, shown: object, counted: object) -> None:
        """A fault unless both are the same."""
        if shown != counted:
            self.faults.append(f"{what}：画面 {shown}，SQL {counted}")


def sums(scene: Scene, response: Response, *, now: datetime) -> Sums:
    """Counts everything twice. Duty and the books are real in an exercise too: it must not have moved them."""
    found = Sums()
    of_duty(found, now)
    of_stores(found, scene, now)
    _response(found, scene, response, now)
    _field(found, scene, now)
    return found


def of_duty(found: Sums, now: datetime) -> None:
    """People required, effective and in post over the whole district."""
    shown = duty.manned(scope_of(settings.DISTRICT_CODE), now)
    figures = (shown.required, shown.effective, shown.in_post)
    found.compare("值班 应到、有效、在岗", figures, sql.duty(settings.DISTRICT_CODE, now, settings.TIME_ZONE))
    found.compare("值班 缺岗", sum(gap.missing for gap in shown.missing), shown.lacking)
    found.lines.append(
        f"值班 应到 {shown.required}，有效 {shown.effective}，在岗 {shown.in_post}，"
        f"缺岗 {shown.lacking}，未到岗 {shown.effective - shown.in_post}"
    )


def of_stores(found: Sums, scene: Scene, now: datetime) -> None:
    """Balances beside the movements of every store and lot, what is in transit, papers owed."""
    places, unequal, balances, moved, negative = sql.row(sql.PLACES)
    found.compare("物资 结存与流水不符的批次", len(supplies.unbalanced()), unequal)
    if unequal or negative:
        found.faults.append(f"物资 {unequal} 个批次结存不等于流水之和，{negative} 个小于零")
    shown = {item.code: item.quantity for item in supplies.stock(scope_of(settings.DISTRICT_CODE)) if item.quantity}
    counted = {code: quantity for code, quantity in sql.pairs(sql.ITEMS) if quantity}
    different = sorted(code for code in {*shown, *counted} if shown.get(code) != counted.get(code))
    found.compare("物资 各品种库存", different, [])
    transit = _in_transit(scene)
    found.compare("物资 在途", transit, sql.transit(scene.exercise))
    issues, duties = sql.row(sql.PAPERS, exercise=scene.exercise)
    found.compare("物资 待补单与催办任务", issues, duties)
    if scene.exercise is None:
        scope = scope_of(settings.DISTRICT_CODE)
        found.compare("物资 待补单", supplies.figures(scope)["papers"], issues)
        board = situation(scope, now=now)
        listed = sum(line.duty is not None and line.duty.kind == ISSUE_PAPERS.name for line in board.late)
        # With more late duties than are listed, some papers stand behind the link to all of them.
        if board.late_count == sum(line.duty is not None and line.due <= now for line in board.late):
            found.compare("催办清单 待补单", listed, issues)
    found.lines.append(
        f"物资 {places} 个仓库批次，结存 {printed(balances)} = 流水 {printed(moved)}，"
        f"在途待核 {printed(transit)}，待补单 {issues}"
    )


def _in_transit(scene: Scene) -> Decimal:
    if scene.exercise is None:
        lines = supplies.in_transit(scope_of(settings.DISTRICT_CODE))
    else:
        own = Transfer.objects.filter(exercise=scene.exercise, departed_at__isnull=False)
        lines = list(TransferLine.objects.filter(transfer__in=own))
    return sum((supplies.missing(line) for line in lines), Decimal(0))


def _response(found: Sums, scene: Scene, response: Response, now: datetime) -> None:
    scope = scope_of(scene.area_code)
    (level,) = sql.row(sql.LEVEL, area=scene.area_code, exercise=scene.exercise)
    current = command.open_response(scene.area_code, exercise=scene.exercise)
    found.compare("指挥 响应级别", current.level if current else None, level)
    if scene.exercise is None:
        found.compare("指挥 生效级别", command.level_in_force(scene.area_code, now), level)
    lines = command.task_lines(response, now=now)
    shown = Counter(line.task.template.level for line in lines if line.task.withdrawn_at is None)
    words = []
    for at, asked, given in sql.pairs(sql.TASKS, response=response.pk):
        found.compare(f"指挥 {roman(at)}级任务", (shown[at], shown[at]), (given, asked))
        words.append(f"{roman(at)}级 {given}/{asked}")
    answered, called = _calls(scene, response, now)
    found.compare("指挥 叫应", (answered, called), sql.row(sql.CALLS, response=response.pk))
    rows = command.orders(scope, now=now, exercise=scene.exercise).filter(response=response)
    orders = (sum(r.acknowledged for r in rows), sum(r.done for r in rows), sum(r.receivers_count for r in rows))
    found.compare("指挥 指令", orders, sql.row(sql.ORDERS, response=response.pk))
    found.lines.append(
        f"指挥 响应 {roman(level)}级，预案任务 {'，'.join(words)}，"
        f"叫应 {answered}/{called}，指令签收 {orders[0]}/{orders[2]}，办结 {orders[1]}"
    )


def _calls(scene: Scene, response: Response, now: datetime) -> tuple[int, int]:
    rows = command.call_outs(scope_of(scene.area_code), exercise=scene.exercise).filter(response=response)
    views = [command.viewed(row, now=now) for row in rows]
    return sum(view.answered for view in views), sum(view.total for view in views)


def _field(found: Sums, scene: Scene, now: datetime) -> None:
    scope, asked = scope_of(scene.area_code), {"area": scene.area_code, "exercise": scene.exercise}
    rows = command.dangers(scope, DangerFilters(state="all"), exercise=scene.exercise)
    shown = Counter(line.state for line in command.danger_lines(rows, now=now))
    found.compare("险情 各状态", {state.value: n for state, n in shown.items()}, dict(sql.pairs(sql.DANGERS, **asked)))
    dangers = "，".join(f"{state.label} {shown[state]}" for state in DangerState if shown[state])
    requests = command.help_requests(scope, HelpFilters(state="all"), exercise=scene.exercise)
    lines = command.help_lines(requests, now=now)
    waiting = [line for line in lines if line.request.closed_at is None]
    helping = (len(waiting), sum(bool(line.helper) for line in waiting), len(lines) - len(waiting))
    found.compare("求助", helping, sql.row(sql.HELP, **asked))
    roads = command.closures(scope, exercise=scene.exercise).filter(closed_at__isnull=False).count()
    found.compare("断行", roads, sql.row(sql.ROADS, **asked)[0])
    if scene.exercise is None:
        counts = command.help_counts(scope, now)
        found.compare("求助 各处同一数", (counts.open, counts.open - counts.without_helper), helping[:2])
        found.compare("断行 各处同一数", command.closure_counts(scope, now).closed, roads)
    found.lines += [
        f"险情 {dangers or '无'}；断行 {roads} 处",
        f"求助 未办结 {helping[0]}，其中有帮助人 {helping[1]}，无帮助人 {helping[0] - helping[1]}，已办结 {helping[2]}",
    ]
