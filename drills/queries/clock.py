"""Questions about runs and their clocks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from core.rules import OpenItem
from drills import rules
from drills.enums import ClockState, RunVerb
from drills.models import DrillPlan, DrillRun, Inject, RunEvent
from territory.models import PlacedQuerySet
from territory.rules import Scope


def plans(scope: Scope) -> PlacedQuerySet[DrillPlan]:
    """The plans of these areas, the newest first."""
    return DrillPlan.objects.in_scope(scope).select_related("author").order_by("-pk")


def runs(scope: Scope) -> PlacedQuerySet[DrillRun]:
    """The runs of these areas, the newest first, each with its plan and `events`."""
    return DrillRun.objects.in_scope(scope).select_related("plan", "made_by").prefetch_related("events").order_by("-pk")


def run_in_scope(scope: Scope, uuid: UUID) -> PlacedQuerySet[DrillRun]:
    """One run, if it lies in these areas."""
    return runs(scope).filter(uuid=uuid)


def open_runs() -> PlacedQuerySet[DrillRun]:
    """Runs that were started and not stopped, wherever they are."""
    events = RunEvent.objects.filter(run=OuterRef("pk"))
    return DrillRun.objects.filter(
        Exists(events.filter(verb=RunVerb.START)), ~Exists(events.filter(verb=RunVerb.STOP))
    ).order_by("pk")


def clock_events(run: DrillRun) -> list[rules.ClockEvent]:
    """What was done with the clock, in order; read once where the run came with its events."""
    rows: Iterable[RunEvent] = run.events.all()
    return [
        rules.ClockEvent(RunVerb(row.verb), row.at, row.seconds)
        for row in sorted(rows, key=lambda row: (row.at, row.pk))
    ]


def clock(run: DrillRun, now: datetime) -> tuple[ClockState, timedelta]:
    """Where the clock of a run stands, and the exercise time."""
    events = clock_events(run)
    return rules.clock_state(events, now), rules.exercise_time(events, now)


def controller(run: DrillRun) -> User:
    """Who started the run: what goes out by itself goes out in his name."""
    started = run.events.filter(verb=RunVerb.START).select_related("by").first()
    return started.by if started else run.made_by


def waiting_injects(run: DrillRun) -> list[Inject]:
    """Injects that have neither gone out nor been skipped, in order. One statement."""
    return list(
        Inject.objects.filter(plan_id=run.plan_id)
        .exclude(fired__run=run)
        .select_related("person", "objective")
        .order_by("minute", "number")
    )


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Drills that still run: whoever takes over must know, or he takes the exercise for real. Two statements."""
    found = open_runs().in_scope(scope).select_related("plan").prefetch_related("events")
    items = []
    for run in found:
        since = min((event.at for event in run.events.all() if event.verb == RunVerb.START), default=now)
        title = gettext("[Exercise]") + str(run.plan)
        url = reverse("drills:run", args=[run.uuid])
        items.append(OpenItem(f"drills.run:{run.pk}", gettext("Drill under way"), title, url, since))
    return items
