"""Rounds: opened over a frozen list with one duty a site, closed only with a reason for whatever is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN, State
from assignments.models import Assignment
from core.audit import act
from core.rules import SYSTEM, Refused
from hazards.enums import Objection, SiteKind, Trigger
from hazards.models import HazardSite, InspectionRound, RoundMember, SeasonRound
from hazards.queries import counted_members, who_owes
from hazards.queries.rounds import COMPLETE
from hazards.rules import REINSPECTION, common_area, unexplained
from territory.models import Season
from territory.rules import Scope


def open_round(
    *,
    title: str,
    scope: Scope,
    due_at: datetime,
    by: User | None,
    now: datetime,
    trigger: str = Trigger.PERSON,
    exercise: UUID | None = None,
    planned: SeasonRound | None = None,
    season: Season | None = None,
) -> InspectionRound:
    """Opens the next round over every site of `scope` that is on the register now, and gives one duty a site.

    The list is frozen: sites registered later do not change what 100 % means. Whoever patrols a site owes it, else the
    worker of its grid, else an officer of its sub-district; a site nobody answers for stands first among the missing.
    `planned` and `season`: the row of the calendar that opens it, once a season.
    """
    if due_at <= now:
        raise Refused(Objection.DUE_PAST.value, Objection.DUE_PAST.label, field="due_at")
    own = by.scope_for("rounds.open") if by else None
    if own is not None and not all(own.covers(code) for code in scope.codes):
        raise Refused(Objection.OUTSIDE.value, Objection.OUTSIDE.label, field="area_code")
    with act("hazards.round.open", by=by.actor if by else SYSTEM):
        sites = list(HazardSite.objects.in_scope(scope).filter(retired_at__isnull=True).order_by("code"))
        if not sites:
            raise Refused(Objection.NO_SITES.value, Objection.NO_SITES.label, field="area_code")
        newest = InspectionRound.objects.aggregate(newest=Max("number"))["newest"] or 0
        opened = InspectionRound.objects.create(
            number=newest + 1,
            title=title,
            area_code=common_area(scope.codes),
            trigger=trigger,
            opened_by=by,
            opened_at=now,
            due_at=due_at,
            exercise=exercise,
            planned=planned,
            season=season,
        )
        _freeze(opened, sites, by=by, now=now)
    return opened


def add_to_round(*, round: InspectionRound, site: HazardSite, by: User, now: datetime) -> RoundMember:
    """Adds a site registered after the round opened, with its duty; it does not count in the 100 %."""
    with act("hazards.round.add", by=by.actor):
        row = _still_open(round)
        known = RoundMember.objects.filter(round=row, site=site).first()
        if known is not None:
            return known
        if site.retired_at is not None:
            raise Refused(Objection.SITE_RETIRED.value, Objection.SITE_RETIRED.label)
        return _freeze(row, [site], by=by, now=now, is_addendum=True)[0]


def close_round(
    *, round: InspectionRound, by: User, now: datetime, reasons: Mapping[str, str] | None = None
) -> InspectionRound:
    """Closes a round, signed by `by`. `reasons` by site code: one for every frozen member that is not verified.

    Duties that are still open are withdrawn with that reason; what has been inspected may still be verified.
    """
    given = reasons or {}
    with act("hazards.round.close", by=by.actor):
        row = _still_open(round)
        left = list(counted_members(row))
        silent = unexplained((member.site.code for member in left), given)
        if silent:
            raise Refused(
                Objection.REASONS_MISSING.value,
                Objection.REASONS_MISSING.label,
                field=f"reasons.{silent[0]}",
                params={"count": len(silent), "site": silent[0]},
            )
        for member in left:
            member.missing_reason = given[member.site.code].strip()[:200]
        RoundMember.objects.bulk_update(left, ["missing_reason"], batch_size=1000)
        row.closed_by, row.closed_at = by, now
        row.save(update_fields=["closed_by", "closed_at", "updated_at"])
        undone = RoundMember.objects.filter(round=row, assignment__state__in=OPEN).select_related("assignment")
        reason_of = {member.assignment: member.missing_reason for member in undone if member.assignment is not None}
        duties.cancel_many(
            assignments=reason_of, by=None, now=now, notes={duty.pk: reason for duty, reason in reason_of.items()}
        )
    return row


def owe_again(*, site: HazardSite, by: User, now: datetime) -> int:
    """Gives the duties of open rounds that were withdrawn when a site left the register; returns how many.

    A visit that was sent back, or whose photographs have not arrived, is none: somebody has to go there.
    """
    with act("hazards.round.owe_again", by=by.actor):
        withdrawn = RoundMember.objects.filter(
            site=site, round__closed_at__isnull=True, assignment__state=State.CANCELLED
        )
        rows = withdrawn.exclude(COMPLETE).select_related("round")
        owed = who_owes([site], now=now)
        members = list(rows.order_by("pk")) if site.pk in owed else []
        for member in members:
            round = member.round
            with translation.override(settings.LANGUAGE_CODE):
                [member.assignment] = duties.assign_many(
                    [
                        replace(
                            _duty(round, site, owed[site.pk]),
                            key=f"hazards.round:{round.pk}:{site.pk}:{now:%Y%m%d%H%M%S}",
                        )
                    ],
                    kind=REINSPECTION,
                    issued_by=by,
                    now=now,
                    exercise=round.exercise,
                )
            member.save(update_fields=["assignment", "updated_at"])
    return len(members)


def _still_open(round: InspectionRound) -> InspectionRound:
    row = InspectionRound.objects.select_for_update().get(pk=round.pk)
    if row.closed_at is not None:
        raise Refused(Objection.ROUND_CLOSED.value, Objection.ROUND_CLOSED.label)
    return row


def _freeze(
    round: InspectionRound, sites: Sequence[HazardSite], *, by: User | None, now: datetime, is_addendum: bool = False
) -> list[RoundMember]:
    owed = who_owes(sites, now=now)
    wanted = [site for site in sites if site.pk in owed]
    # Stored words are the district's, whatever language the person who presses the button reads.
    with translation.override(settings.LANGUAGE_CODE):
        given = duties.assign_many(
            [_duty(round, site, owed[site.pk]) for site in wanted],
            kind=REINSPECTION,
            issued_by=by,
            now=now,
            exercise=round.exercise,
        )
    by_site: dict[int, Assignment] = {site.pk: duty for site, duty in zip(wanted, given, strict=True)}
    return RoundMember.objects.bulk_create(
        [
            RoundMember(
                round=round,
                site=site,
                area_code=site.area_code,
                assignment=by_site.get(site.pk),
                is_addendum=is_addendum,
            )
            for site in sites
        ],
        batch_size=5000,
    )


def _duty(round: InspectionRound, site: HazardSite, person: User) -> duties.Duty:
    kind = SiteKind(site.kind).label
    return duties.Duty(
        title=_("Re-inspect %(site)s") % {"site": site.name},
        body=_("Round %(number)s: %(title)s. %(kind)s %(code)s. %(address)s")
        % {"number": round.number, "title": round.title, "kind": kind, "code": site.code, "address": site.address},
        area_code=site.area_code,
        assignee=person,
        due_at=round.due_at,
        key=f"hazards.round:{round.pk}:{site.pk}",
    )
