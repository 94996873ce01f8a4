"""Closing every underground space of an area by one press, and what their keepers tick."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN, Means, State, Verb
from assignments.models import Assignment
from assignments.queries import superiors
from command.actions.danger import refused
from command.actions.refusals import ask_leave, wait_turn
from command.actions.timeline import record
from command.enums import EntryKind
from command.enums.closing import BackReason, KeeperStep
from command.enums.dangers import FieldObjection
from command.models import UndergroundBack, UndergroundCall, UndergroundSpace, UndergroundTick
from command.queries.underground import keepers_of, underground_sites
from command.rules.closure import CLOSURE
from command.rules.underground import LAST, UNDERGROUND, reasons_back
from core.audit import act
from core.rules import Actor
from hazards.models import HazardSite

TITLE = gettext_noop("Close now: %(site)s. Five ticks, the last: nobody below")
OPENED = gettext_noop("%(count)s underground spaces told to close, %(without)s of them without a keeper")
EMPTIED = gettext_noop("%(site)s: nobody below, said by %(who)s")
TAKEN_BACK = gettext_noop("%(site)s: “%(step)s” taken back by %(who)s, %(reason)s")
BELOW_AGAIN = gettext_noop("%(site)s: “Nobody below” taken back by %(who)s, %(reason)s. People may be below!")
OVER = gettext_noop("Closing over: %(site)s. Look for water first, then power on, then let people in")
ENDED = gettext_noop("Closing of underground spaces ended: nobody below in %(empty)s of %(total)s")


@dataclass(frozen=True)
class Opened:
    """What one press did: the call, how many spaces were told, how many were being closed already."""

    call: UndergroundCall
    told: int
    before: int


def open_underground(*, area_code: str, by: User, now: datetime, exercise: UUID | None = None) -> Opened:
    """Tells every keeper of an area to close, each by his link and the ladder of the kind.

    A space that is being closed already is not told twice: of two who press at once the second tells nobody again.
    Where no keeper is known the sub-district owes it, else the duty room.
    """
    ask_leave(by, area_code, "closures.decide", exercise=exercise)
    with act("command.underground.open", by=by.actor):
        wait_turn("underground", exercise)
        sites = underground_sites(area_code)
        closing = set(
            UndergroundSpace.objects.filter(site__in=sites, exercise=exercise, ended_at=None).values_list(
                "site_id", flat=True
            )
        )
        fresh = [site for site in sites if site.pk not in closing]
        if not sites:
            raise refused(FieldObjection.NO_SPACES, field="area_code")
        if not fresh:
            raise refused(FieldObjection.CLOSING_ALREADY, field="area_code")
        call = UndergroundCall.objects.create(area_code=area_code, opened_at=now, opened_by=by, exercise=exercise)
        without = _give(call, fresh, by, now)
        with translation.override(settings.LANGUAGE_CODE):
            text = gettext(OPENED) % {"count": len(fresh), "without": without}
        _tell(call, text, by=by, name=by.name, now=now)
    return Opened(call, len(fresh), len(closing))


def _give(call: UndergroundCall, sites: list[HazardSite], by: User, now: datetime) -> int:
    """Gives each space its duty; returns how many have no keeper. Nobody at all leaves the call undone."""
    keepers = keepers_of(sites, now=now)
    codes = {site.area_code for site in sites if site.pk not in keepers}
    officers, rooms = superiors(codes, 1, now), superiors(codes, 2, now)
    stand_in = {code: min(officers.get(code) or rooms.get(code) or {by.pk: by.name}) for code in codes}
    people = User.objects.in_bulk(stand_in.values())
    with translation.override(settings.LANGUAGE_CODE):
        wanted = [
            duties.Duty(
                title=(gettext(TITLE) % {"site": site.name})[:120],
                body=site.address,
                area_code=site.area_code,
                assignee=keepers.get(site.pk) or people[stand_in[site.area_code]],
                key=f"underground:{call.pk}:{site.pk}",
            )
            for site in sites
        ]
    given = duties.assign_many(wanted, kind=UNDERGROUND, issued_by=by, now=now, exercise=call.exercise)
    UndergroundSpace.objects.bulk_create(
        UndergroundSpace(
            call=call,
            site=site,
            area_code=site.area_code,
            assignment=duty,
            has_keeper=site.pk in keepers,
            exercise=call.exercise,
        )
        for site, duty in zip(sites, given, strict=True)
    )
    return sum(site.pk not in keepers for site in sites)


def tick_step(
    *,
    space: UndergroundSpace,
    step: str,
    now: datetime,
    by: User | None = None,
    occurred_at: datetime | None = None,
) -> tuple[UndergroundTick, bool]:
    """One of the five is done; says whether that was new. The same again is the tick that stands.

    `by` None is the holder of the keeper's link; else he is the keeper himself or records what he was told. The first
    tick tells the ladder that somebody is at it; only 人员清空 ends it. What was taken back is ticked anew.
    """
    if step not in KeeperStep.values:
        raise refused(FieldObjection.NO_STEP, field="step")
    at = occurred_at or now
    name, means = _speaker(space, by)
    with act("command.underground.tick", by=Actor(by.pk if by else space.assignment.assignee_id, name)):
        duty, row = _held(space)
        before = list(row.ticks.filter(step=step).select_related("back"))
        if before and not hasattr(before[-1], "back"):
            return before[-1], False
        if row.ended_at is not None:
            raise refused(FieldObjection.CALL_ENDED)
        if at > now:
            raise refused(FieldObjection.IN_FUTURE, field="occurred_at")
        made = UndergroundTick.objects.create(
            space=row,
            step=step,
            nth=len(before) + 1,
            at=max(at, row.call.opened_at, *(tick.back.at for tick in before)),
            recorded_at=now,
            means=means,
            by=by,
            by_name=name[:60],
        )
        _move(duty, step, by, at=made.at, now=now)
        if step == LAST:
            with translation.override(settings.LANGUAGE_CODE):
                text = gettext(EMPTIED) % {"site": row.site, "who": name}
            _tell(row.call, text, by=by, name=name, now=now, at=made.at, area_code=row.area_code)
    return made, True


def take_back_step(
    *, space: UndergroundSpace, step: str, reason: str, now: datetime, by: User | None = None
) -> UndergroundBack:
    """A tick does not hold: it stays in the history with the reason, and is to be made anew.

    `by` as in `tick_step`. Where it was 人员清空 the duty is open again and the sub-district is rung at once. Of two
    who press at once the second is told that nothing is ticked.
    """
    if step not in KeeperStep.values:
        raise refused(FieldObjection.NO_STEP, field="step")
    if reason not in reasons_back(step):
        raise refused(FieldObjection.BACK_REASON, field="reason")
    name, means = _speaker(space, by)
    with act("command.underground.take_back", by=Actor(by.pk if by else space.assignment.assignee_id, name)):
        duty, row = _held(space)
        if row.ended_at is not None:
            raise refused(FieldObjection.CALL_ENDED)
        tick = row.ticks.standing().filter(step=step).first()
        if tick is None:
            raise refused(FieldObjection.NOT_TICKED)
        back = UndergroundBack.objects.create(tick=tick, reason=reason, at=now, means=means, by=by, by_name=name[:60])
        with translation.override(settings.LANGUAGE_CODE):
            words = {
                "site": row.site, "who": name, "step": KeeperStep(step).label, "reason": BackReason(reason).label,
            }  # fmt: skip
            text = gettext(BELOW_AGAIN if step == LAST else TAKEN_BACK) % words
        if step == LAST and duty.state in (State.REPORTED, State.VERIFIED):
            duties.reopen(assignment=duty, by=by or duty.assignee, now=now, note=text)
        _tell(row.call, text, by=by, name=name, now=now, area_code=row.area_code)
    return back


def _speaker(space: UndergroundSpace, by: User | None) -> tuple[str, Means]:
    """In whose name something of a space is said, and how; refuses whoever neither keeps it nor records for others."""
    duty = space.assignment
    if by is None:
        return duty.assignee_name, Means.LINK
    if duty.assignee_id == by.pk:
        return by.name, Means.PAGE
    if not by.scope_for("assignments.on_behalf").covers(space.area_code):
        raise refused(FieldObjection.OUTSIDE)
    return by.name, Means.PHONE_CALL


def _held(space: UndergroundSpace) -> tuple[Assignment, UndergroundSpace]:
    """The duty, held until the transaction ends, and the space as it stands."""
    held = Assignment.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee")
    duty = held.get(pk=space.assignment_id)
    return duty, UndergroundSpace.objects.select_related("call", "site").get(pk=space.pk)


def _move(duty: Assignment, step: str, by: User | None, *, at: datetime, now: datetime) -> None:
    """The duty follows its ticks: somebody is at it; done."""
    if duty.state not in OPEN:
        return
    if step == LAST:
        at = max(at, duty.issued_at, duty.acknowledged_at or at, duty.started_at or at)
        duties.fulfil(assignment=duty, by=by or duty.assignee, now=now, occurred_at=at)
    elif duty.started_at is None and by is None:
        duties.answer_by_link(assignment=duty, verb=Verb.START, now=now)
    elif duty.started_at is None and by is not None:
        duties.start(assignment=duty, by=by, now=now)


def end_underground(*, call: UndergroundCall, by: User, now: datetime) -> UndergroundCall:
    """The danger is over: what is still owed is withdrawn, the ticks stay. One of two who press at once ends it.

    Another person than the one who opened it: afterwards people go down again. Keepers who had closed are told.
    """
    ask_leave(by, call.area_code, "closures.decide", exercise=call.exercise)
    with act("command.underground.end", by=by.actor):
        row = UndergroundCall.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if row.ended_at is not None:
            raise refused(FieldObjection.CALL_ENDED)
        if row.opened_by_id == by.pk:
            raise refused(FieldObjection.ENDED_BY_ANOTHER)
        row.ended_at, row.ended_by = now, by
        row.save()
        spaces = row.spaces.all()
        empty, total = spaces.filter(ticks__step=LAST, ticks__back=None).count(), spaces.count()
        owed = Assignment.objects.filter(underground_space__call=row, state__in=OPEN)
        duties.cancel_many(assignments=owed.order_by("pk"), by=by, now=now)
        spaces.update(ended_at=now)
        _tell_keepers(row, by, now)
        with translation.override(settings.LANGUAGE_CODE):
            text = gettext(ENDED) % {"empty": empty, "total": total}
        _tell(row, text, by=by, name=by.name, now=now)
    return row


def _tell_keepers(call: UndergroundCall, by: User, now: datetime) -> None:
    """Whoever has closed hears that it is over, and says that he knows; the others had their duty withdrawn."""
    closed = call.spaces.filter(has_keeper=True, assignment__state=State.VERIFIED)
    with translation.override(settings.LANGUAGE_CODE):
        told = [
            duties.Duty(
                title=(gettext(OVER) % {"site": space.site.name})[:120],
                body=space.site.address,
                area_code=space.area_code,
                assignee=space.assignment.assignee,
                contact_point=space.assignment.contact_point,
                assignee_name=space.assignment.assignee_name,
                key=f"underground:{call.pk}:{space.site_id}:over",
            )
            for space in closed.select_related("site", "assignment__assignee", "assignment__contact_point").order_by(
                "pk"
            )
        ]
    duties.assign_many(told, kind=CLOSURE, issued_by=by, now=now, exercise=call.exercise)


def _tell(
    call: UndergroundCall,
    text: str,
    *,
    by: User | None,
    name: str,
    now: datetime,
    at: datetime | None = None,
    area_code: str = "",
) -> None:
    record(
        kind=EntryKind.CLOSURE,
        text=text,
        area_code=area_code or call.area_code,
        by=by,
        by_name=name,
        now=now,
        at=at,
        ref=f"underground:{call.pk}",
        url=reverse("command:underground_call", args=[call.uuid]),
        exercise=call.exercise,
    )
