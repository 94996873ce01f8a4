"""The three ticks of a closing: asked for when it begins, made once each; who makes them, and the limits."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN, Means, State
from assignments.models import Assignment
from command.actions.danger import refused
from command.actions.refusals import ask_leave
from command.actions.timeline import record
from command.enums import EntryKind
from command.enums.closing import BackReason, Party
from command.enums.dangers import ClosureVerb, FieldObjection
from command.models import ClosingLimit, ClosingPartner, Closure, ClosureAct, ClosureTick
from command.queries.closing import answerable_for
from command.rules.closure import TICK_BACK, TICK_KINDS, TICKED
from core.audit import act
from territory.enums import ContactKind
from territory.models import ContactPoint

ASKED = gettext_noop("%(what)s: %(site)s, water %(depth)s cm")
SAID = gettext_noop("%(site)s: %(what)s, %(who)s")
TAKEN_BACK = gettext_noop("%(site)s: “%(what)s” taken back by %(who)s, %(reason)s")
WHOLE = gettext_noop("%(site)s: %(what)s, %(who)s. The closing is whole.")


def ask_ticks(*, closure: Closure, by: User | None, now: datetime) -> list[ClosureTick]:
    """Gives each party its duty, once a closing. Called in the transaction that closes."""
    made = []
    with translation.override(settings.LANGUAGE_CODE):
        for party, who in answerable_for(closure.area_code, now).items():
            kind = TICK_KINDS[party]
            words = {"what": gettext(kind.label), "site": closure.site, "depth": closure.depth_cm}
            partner = who.partner
            duty = duties.assign(
                kind=kind,
                title=(gettext(ASKED) % words)[:120],
                body=closure.site.address,
                area_code=closure.area_code,
                assignee=User.objects.get(pk=who.person) if who.person else None,
                contact_point=partner.contact_point if partner and not who.person else None,
                assignee_name=who.name,
                issued_by=by,
                now=now,
                key=f"closing:{closure.pk}:{party.value}",
                exercise=closure.exercise,
            )
            made.append(ClosureTick.objects.get_or_create(closure=closure, party=party, assignment=duty)[0])
    return made


def tick(*, tick: ClosureTick, by: User, now: datetime, occurred_at: datetime | None = None) -> ClosureTick:
    """One party has done its part; for another it is recorded by whoever may record for others. One of two wins."""
    at = occurred_at or now
    with act("command.closure.tick", by=by.actor):
        row = _locked(tick)
        if row.ticked_at is not None:
            raise refused(FieldObjection.TICKED)
        if row.closure.reopened_at is not None:
            raise refused(FieldObjection.REOPENED)
        if at > now:
            raise refused(FieldObjection.IN_FUTURE, field="occurred_at")
        if at < row.closure.began_at:
            raise refused(FieldObjection.BEFORE_WATER, field="occurred_at")
        own = row.assignment.assignee_id == by.pk
        _store(row, at=at, by=by, name=by.name, means=Means.PAGE if own else Means.PHONE_CALL, now=now)
        duties.answer(
            assignment=row.assignment,
            option=TICKED,
            means=Means.PAGE,
            now=now,
            by=by,
            occurred_at=max(at, row.assignment.issued_at),
        )
    return row


def take_back_tick(*, tick: ClosureTick, by: User, now: datetime, reason: str) -> ClosureTick:
    """A tick does not hold: its party owes it again and is rung, the history keeps both. One of two wins.

    Whoever owes the tick takes it back, or whoever may record for others.
    """
    if reason not in TICK_BACK:
        raise refused(FieldObjection.BACK_REASON, field="reason")
    with act("command.closure.take_back", by=by.actor):
        row = _locked(tick)
        own = row.assignment.assignee_id == by.pk
        if not own and not by.scope_for("assignments.on_behalf").covers(row.closure.area_code):
            raise refused(FieldObjection.OUTSIDE)
        if row.closure.reopened_at is not None:
            raise refused(FieldObjection.REOPENED)
        if row.ticked_at is None:
            raise refused(FieldObjection.NOT_TICKED)
        row.ticked_at, row.recorded_at, row.ticked_by, row.ticked_by_name, row.means = None, None, None, "", ""
        row.save()
        with translation.override(settings.LANGUAGE_CODE):
            what = gettext(TICK_KINDS[Party(row.party)].options[0].label)
            why = f"{what}: {BackReason(reason).label}"
            words = {"site": row.closure.site, "what": what, "who": by.name, "reason": BackReason(reason).label}
            text = gettext(TAKEN_BACK) % words
        if row.assignment.state in (State.REPORTED, State.VERIFIED):
            duties.reopen(assignment=row.assignment, by=by, now=now, note=why)
        _write(row, ClosureVerb.UNTICK, why, text, at=now, by=by, name=by.name, now=now)
    return row


def take_tick(*, assignment: Assignment, by: User | None, now: datetime, means: Means) -> None:
    """The party has answered its duty, at whatever door: its tick is made."""
    tick = ClosureTick.objects.filter(assignment=assignment).first()
    if tick is None:
        return
    row = _locked(tick)
    if row.ticked_at is None and row.closure.reopened_at is None:
        name = by.name if by else assignment.answered_by or assignment.assignee_name
        _store(row, at=assignment.reported_at or now, by=by, name=name, means=means, now=now)


def drop_ticks(*, closure: Closure, by: User, now: datetime) -> None:
    """The place is open again: nobody owes a tick any more."""
    owed = Assignment.objects.filter(closure_tick__closure=closure, state__in=OPEN)
    duties.cancel_many(assignments=owed.order_by("pk"), by=by, now=now, note=gettext("Open to traffic again."))


def _locked(tick: ClosureTick) -> ClosureTick:
    """The tick as it stands; the duty is locked first, as an answer at any other door locks it."""
    Assignment.objects.select_for_update(no_key=True).get(pk=tick.assignment_id)
    held = ClosureTick.objects.select_for_update(of=("self",)).select_related("closure__site", "assignment")
    return held.get(pk=tick.pk)


def _store(row: ClosureTick, *, at: datetime, by: User | None, name: str, means: Means, now: datetime) -> None:
    row.ticked_at, row.recorded_at, row.ticked_by, row.ticked_by_name = at, now, by, name[:60]
    row.means = means
    row.save()
    with translation.override(settings.LANGUAGE_CODE):
        what = gettext(TICK_KINDS[Party(row.party)].options[0].label)
        missing = row.closure.ticks.filter(ticked_at__isnull=True).exists()
        asked = row.closure.ticks.count()
        whole = not missing and asked == len(Party)
        text = gettext(WHOLE if whole else SAID) % {"site": row.closure.site, "what": what, "who": name}
    _write(row, ClosureVerb.TICK, what, text, at=at, by=by, name=name, now=now)


def _write(
    row: ClosureTick,
    verb: ClosureVerb,
    what: str,
    text: str,
    *,
    at: datetime,
    by: User | None,
    name: str,
    now: datetime,
) -> None:
    ClosureAct.objects.create(
        closure=row.closure, verb=verb, at=at, recorded_at=now, by=by, by_name=name[:60], note=what[:200]
    )
    record(
        kind=EntryKind.CLOSURE,
        text=text,
        area_code=row.closure.area_code,
        by=by,
        by_name=name,
        now=now,
        at=at,
        ref=f"closure:{row.closure_id}",
        url=reverse("command:closure", args=[row.closure.client_uuid]),
        exercise=row.closure.exercise,
    )


def name_partner(
    *, party: Party, area_code: str, by: User, person: User | None = None, name: str = "", phone: str = ""
) -> ClosingPartner:
    """Says who answers for a party in an area: a person, or an agency's name and telephone (E.164)."""
    ask_leave(by, area_code, "plans.edit")
    if person is None and not (name.strip() and phone):
        raise refused(FieldObjection.PARTNER, field="person")
    with act("command.closing.partner", by=by.actor):
        point = None
        if person is None:
            point, _new = ContactPoint.objects.get_or_create(kind=ContactKind.MOBILE, address=phone)
        row, _new = ClosingPartner.objects.update_or_create(
            party=party,
            area_code=area_code,
            defaults={
                "person": person,
                "contact_name": "" if person else name.strip()[:40],
                "contact_point": point,
            },
        )
    return row


def drop_partner(*, partner: ClosingPartner, by: User) -> None:
    """Nobody answers for it there any more: whoever is named for the area around it does."""
    ask_leave(by, partner.area_code, "plans.edit")
    with act("command.closing.partner_drop", by=by.actor):
        ClosingPartner.objects.filter(pk=partner.pk).delete()


def set_limit(*, kind: str, closing_depth_cm: int, reopen_below_cm: int, by: User) -> ClosingLimit:
    """From which depth places of a kind are closed and below which they are opened, in centimetres."""
    if not by.can("plans.edit"):
        raise refused(FieldObjection.OUTSIDE)
    if not 1 <= reopen_below_cm <= closing_depth_cm:
        raise refused(FieldObjection.LIMITS, field="reopen_below_cm")
    with act("command.closing.limit", by=by.actor):
        row, _new = ClosingLimit.objects.update_or_create(
            kind=kind, defaults={"closing_depth_cm": closing_depth_cm, "reopen_below_cm": reopen_below_cm}
        )
    return row
