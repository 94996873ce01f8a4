"""Work that nobody waits for."""

from celery import shared_task

from core import clock
from core.actions import tick
from hazards import actions


@shared_task
def sweep_reinspection() -> None:
    """Counts every open round and reminds whoever is late."""
    actions.sweep(now=clock.now())


@shared_task
def write_routine_dates() -> None:
    """Writes what has fallen due of the routines and gives its duties, by day."""
    actions.write_dates_by_day(now=clock.now())


@shared_task
def open_season_rounds() -> None:
    """Opens the rounds of the season calendar whose day has come, by day."""
    actions.open_season_rounds_by_day(now=clock.now())


@shared_task
def watch_patrols() -> None:
    """Gives the walks whose time has come and tells of missed points."""
    actions.watch_patrols(now=clock.now())


@shared_task
def forget_requesters() -> None:
    """Who made a request that was closed long ago is forgotten."""
    actions.forget_requesters(now=clock.now())
    tick("hazards.forget_requesters", now=clock.now())
