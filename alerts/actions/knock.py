"""Sends people to the doors of households that nothing else has reached."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext

from accounts import queries as people
from accounts.models import User
from alerts.actions.refusals import locked, refuse
from alerts.actions.take_counts import drop_count
from alerts.enums import NoticeState, Objection, Reach
from alerts.models import DoorKnock, Notice
from alerts.queries.counting import FROM, REACH, parameters
from alerts.rules import DOOR_KNOCK
from assignments import actions as duties
from assignments.enums import OPEN as OPEN_DUTIES
from core.audit import act
from core.rules import SYSTEM
from territory import queries as territory
from territory.rules import Scope, scope_of


def close_waiting(*, now: datetime) -> int:
    """For each issued notice whose wait ran out: whoever was not reached counts as unreached and doors are knocked at.

    Returns the number of doors' lists given out. Repeatable: a notice is closed once, a grid is knocked at once.
    """
    waiting = Notice.objects.filter(state=NoticeState.ISSUED, waited_at=None, issued_at__lte=now)
    given = 0
    for row in waiting.order_by("issued_at"):
        if row.issued_at is not None and row.issued_at + timedelta(minutes=row.wait_minutes) <= now:
            given += _close(row, now)
    return given


def _close(row: Notice, now: datetime) -> int:
    with act("alerts.notice.close_waiting", by=SYSTEM):
        # Another worker has it: it is his, and this tick has nothing to do here.
        held = Notice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
            pk=row.pk, waited_at=None
        )
        mine = held.select_related("submitter").first()
        if mine is None or mine.state != NoticeState.ISSUED:
            return 0
        everywhere = scope_of(*mine.areas.values_list("area_code", flat=True))
        given = _knock(mine, everywhere, issued_by=None, now=now)
        mine.waited_at = now
        mine.save(update_fields=["waited_at", "updated_at"])
        return given


def send_knocks(*, notice: Notice, by: User, now: datetime) -> int:
    """派网格员上门: not to wait any longer, in the areas for which he may decide it. Returns the number of grids."""
    scope = by.scope_for("knocks.send")
    if not scope.codes:
        raise refuse(Objection.NOT_ALLOWED)
    with act("alerts.notice.send_knocks", by=by.actor):
        row = locked(notice)
        if row.state != NoticeState.ISSUED:
            raise refuse(Objection.STATE)
        drop_count(notice=row)
        return _knock(row, scope, issued_by=by, now=now)


def hand_over_knocks(row: Notice, workers: Mapping[str, User | None], *, issued_by: User, now: datetime) -> int:
    """Doors of these grids with the text of a correction, to whoever walked there with the old one. Returns how many
    grids; the others are sent out when the wait is over.
    """
    if not workers:
        return 0
    grids = _grids_to_knock(row, scope_of(*workers))
    return _order(row, {code: count for code, count in grids.items() if code in workers}, workers, issued_by, now)


def knock_again(row: Notice, grids: Collection[str], *, but: int, issued_by: User, now: datetime) -> int:
    """Sends somebody to these grids of a notice in force where visits did not hold and nobody is on his way any more;
    not the person `but` where another can go. Returns how many grids. The notice is held.

    Before the wait is over nothing: whoever is sent then goes to these doors too.
    """
    if row.state != NoticeState.ISSUED:
        return 0
    sent = DoorKnock.objects.filter(notice=row, area_code__in=grids).order_by().values_list("area_code")
    before = dict(sent.annotate(times=Count("pk")))
    due = _grids_to_knock(row, scope_of(*grids), again=True)
    due = {code: doors for code, doors in due.items() if code in before or row.waited_at}
    if not due:
        return 0
    workers = people.one_worker_per_grid(list(due), now=now, but=but)
    return _order(row, due, workers, issued_by, now, before)


def _knock(row: Notice, scope: Scope, *, issued_by: User | None, now: datetime) -> int:
    _mark_unreached(row, scope, now)
    grids = _grids_to_knock(row, scope)
    if not grids:
        return 0
    return _order(row, grids, people.one_worker_per_grid(list(grids), now=now), issued_by, now)


def _order(
    row: Notice,
    grids: Mapping[str, int],
    workers: Mapping[str, User | None],
    issued_by: User | None,
    now: datetime,
    before: Mapping[str, int] | None = None,
) -> int:
    times = before or {}
    names = territory.area_names(set(grids))
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Knock at %(doors)d doors: %(grid)s")
        orders = [
            duties.Duty(
                title=title % {"doors": count, "grid": names.get(code, code)},
                body=f"{row.headline}\n{row.caution}\n{row.measures}",
                area_code=code,
                # Where nobody is responsible at all the duty comes back to whoever asked for the notice.
                assignee=workers.get(code) or row.submitter,
                key=f"notice:{row.pk}:knock:{code}" + (f":{times[code]}" if times.get(code) else ""),
            )
            for code, count in grids.items()
        ]
    given = duties.assign_many(orders, kind=DOOR_KNOCK, issued_by=issued_by, now=now, exercise=row.exercise)
    DoorKnock.objects.bulk_create(
        (
            DoorKnock(
                notice=row,
                assignment=duty,
                area_code=duty.area_code,
                again=times.get(duty.area_code, 0),
                created_at=now,
            )
            for duty in given
        ),
        ignore_conflicts=True,
    )
    return len(given)


def _mark_unreached(row: Notice, scope: Scope, now: datetime) -> None:
    # By their keys and not by a join with itself: for a notice the planner has no figures of yet, it would walk
    # all households once for each (20,000 households took 100 s).
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH states AS (SELECT a.id, {REACH} AS reach {FROM} AND a.unreached_at IS NULL)
            UPDATE alerts_audiencehousehold SET unreached_at = %(now)s
             WHERE id = ANY (ARRAY (SELECT id FROM states WHERE reach IN (%(unreached)s, %(pending)s)))
            """,  # noqa: S608  (constants of ours)
            {
                **parameters(row, scope),
                "now": now,
                "unreached": Reach.UNREACHED.value,
                "pending": Reach.PENDING.value,
            },
        )


def _grids_to_knock(row: Notice, scope: Scope, *, again: bool = False) -> dict[str, int]:
    """Grids nobody was sent to yet, with the doors to knock at: unreached, asking for help, or to be spoken to.

    `again`: grids nobody is on his way to, with those of these doors that no visit which holds has settled.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT a.area_code, count(*) FROM (
                SELECT a.id, a.area_code, a.must_reach, a.visited_at, a.closed_reason, {REACH} AS reach {FROM}
            ) a
            WHERE (a.reach IN (%(unreached)s, %(help)s) OR (a.must_reach <> '' AND a.visited_at IS NULL))
              AND NOT EXISTS (SELECT 1 FROM alerts_doorknock k
                                JOIN assignments_assignment s ON s.id = k.assignment_id
                               WHERE k.notice_id = %(notice)s AND k.area_code = a.area_code
                                 AND (NOT %(again)s OR s.state = ANY (%(open)s)))
              AND (NOT %(again)s OR (a.closed_reason = '' AND NOT EXISTS (
                       SELECT 1 FROM alerts_visit v WHERE v.audience_id = a.id AND NOT EXISTS (
                              SELECT 1 FROM alerts_visitcheck c WHERE c.visit_id = v.id AND NOT c.holds))))
            GROUP BY 1 ORDER BY 1
            """,  # noqa: S608  (constants of ours)
            {
                **parameters(row, scope),
                "unreached": Reach.UNREACHED.value,
                "help": Reach.NEED_HELP.value,
                "again": again,
                "open": [state.value for state in OPEN_DUTIES],
            },
        )
        return dict(cursor.fetchall())
