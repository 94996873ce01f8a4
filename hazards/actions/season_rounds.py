"""Rounds that the season calendar opens by itself."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core import actions as core
from core.audit import act
from core.rules import SYSTEM, Refused
from hazards.actions.rounds import open_round
from hazards.enums import Objection, SeasonPhase, Trigger
from hazards.models import InspectionRound, SeasonRound
from hazards.rules.rounds import opening_day, opens_now
from hazards.rules.routine import is_waking
from territory.models import Season
from territory.rules import scope_of

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "season_rounds.json"


def plan_round(
    *, area_code: str, title: str, phase: str, offset_days: int, due_days: int, by: User, now: datetime
) -> SeasonRound:
    """Puts a round into the calendar; it opens in this season only if its day is still to come."""
    _ask_leave(by, area_code)
    with act("hazards.season_round.plan", by=by.actor):
        try:
            with transaction.atomic():
                return SeasonRound.objects.create(
                    area_code=area_code,
                    title=title.strip(),
                    phase=SeasonPhase(phase),
                    offset_days=offset_days,
                    due_days=due_days,
                    planned_at=now,
                )
        except IntegrityError as error:
            raise Refused(
                Objection.PLANNED_ALREADY.value, Objection.PLANNED_ALREADY.label, field="offset_days"
            ) from error


def plan_examples(*, area_code: str, by: User, now: datetime) -> int:
    """Puts the shipped examples (汛前, 汛中, 汛后) into the calendar of an area that has none; returns how many."""
    _ask_leave(by, area_code)
    if SeasonRound.objects.filter(area_code=area_code).exists():
        return 0
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    for row in shipped:
        plan_round(area_code=area_code, **row, by=by, now=now)
    return len(shipped)


def stop_planned(*, planned: SeasonRound, by: User, now: datetime) -> SeasonRound:
    """The calendar opens this round no more. Rounds that it has opened stay."""
    _ask_leave(by, planned.area_code)
    with act("hazards.season_round.stop", by=by.actor):
        row = SeasonRound.objects.select_for_update().get(pk=planned.pk)
        if row.stopped_at is None:
            row.stopped_at = now
            row.save(update_fields=["stopped_at", "updated_at"])
    return row


def open_season_rounds_by_day(*, now: datetime) -> list[InspectionRound]:
    """`open_season_rounds`, except at night."""
    return open_season_rounds(now=now) if is_waking(timezone.localtime(now).hour) else []


def open_season_rounds(*, now: datetime) -> list[InspectionRound]:
    """Opens every planned round whose day has come, each once a season; returns what it opened.

    Where an area has no site yet, the next pass tries again.
    """
    today = timezone.localdate(now)
    opened = []
    for season in Season.objects.order_by("starts", "pk"):
        with act("hazards.season_round.open", by=SYSTEM):
            had = InspectionRound.objects.filter(season=season, planned__isnull=False).values("planned")
            rows = SeasonRound.objects.select_for_update().filter(stopped_at__isnull=True).exclude(pk__in=had)
            for planned in rows.order_by("pk"):
                day = opening_day(planned.phase, planned.offset_days, starts=season.starts, ends=season.ends)
                if opens_now(day, planned_on=timezone.localdate(planned.planned_at), today=today):
                    opened += _open(planned, season, now)
    core.tick("hazards.season_rounds", now=now)
    return opened


def _open(planned: SeasonRound, season: Season, now: datetime) -> list[InspectionRound]:
    # Who came second to the lock reads again: the first may have opened it meanwhile.
    if InspectionRound.objects.filter(season=season, planned=planned).exists():
        return []
    try:
        with transaction.atomic():
            return [
                open_round(
                    title=f"{season.name} {planned.title}"[:80],
                    scope=scope_of(planned.area_code),
                    due_at=now + timedelta(days=planned.due_days),
                    by=None,
                    now=now,
                    trigger=Trigger.SEASON,
                    planned=planned,
                    season=season,
                )
            ]
    except Refused:
        return []


def _ask_leave(by: User, area_code: str) -> None:
    if not by.scope_for("rounds.open").covers(area_code):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="area_code")
