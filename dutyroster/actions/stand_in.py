"""Duties of the shifts to come, and deputies for those who do not come."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from core.rules import SYSTEM
from dutyroster.actions.check_in import call_back, check_in
from dutyroster.actions.plans import override
from dutyroster.enums import AttendanceFault, Came, CheckMeans, Origin, StandInState
from dutyroster.enums import Presence as Where
from dutyroster.models import CheckIn, DutyPost, Shift, ShiftDuty, StandIn
from dutyroster.queries.attendance import deputies, leaders, running, valid_at
from dutyroster.rules.attendance import (
    DEPUTY_MINUTES,
    EMPTY_POST,
    LOOKED_BACK,
    STAND_IN,
    TAKE_POST,
    TOLD_BEFORE,
    late_from,
    refused,
)

BATCH = 200
STANDS_IN = gettext_noop("Stands in for %(person)s")
SOMEBODY = gettext_noop("Somebody stands in")
OVER = gettext_noop("The shift is over or somebody else has it")


def open_shifts(*, now: datetime) -> int:
    """Gives the duty of every shift that begins within half an hour; returns how many. Each once, by its key.

    After an outage shifts of the last two hours still get theirs; of older ones nobody is told in the middle of it.
    """
    with act("dutyroster.shift.open", by=SYSTEM):
        rows = list(
            Shift.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(valid_at(now), during__startswith__gt=now - LOOKED_BACK, during__endswith__gt=now)
            .filter(during__startswith__lte=now + TOLD_BEFORE, duty__isnull=True, check_ins__isnull=True)
            .select_related("post", "person")
            .order_by("pk")[:BATCH]
        )
        with translation.override(settings.LANGUAGE_CODE):
            given = duties.assign_many([_post_duty(row) for row in rows], kind=TAKE_POST, issued_by=None, now=now)
        ShiftDuty.objects.bulk_create(
            [ShiftDuty(shift=row, assignment=duty) for row, duty in zip(rows, given, strict=True)],
            ignore_conflicts=True,
        )
    return len(rows)


def _post_duty(row: Shift) -> duties.Duty:
    words = (
        _("Be at your post: %(post)s, %(span)s")
        if row.post.presence == Where.ON_SITE
        else _("Be reachable: %(post)s, %(span)s")
    )
    return duties.Duty(
        title=words % {"post": row.post.name, "span": span(row)},
        body=_("Press “On the spot” when you are there, or have the duty room record it."),
        area_code=row.area_code,
        assignee=row.person,
        due_at=row.starts,
        key=f"dutyroster.shift:{row.uuid}",
    )


def span(row: Shift) -> str:
    """The hours of a shift as the district reads them: 08:00–20:00."""
    return f"{timezone.localtime(row.starts):%H:%M}–{timezone.localtime(row.ends):%H:%M}"


def watch_shifts(*, now: datetime) -> int:
    """Calls a deputy for everybody who is late, and the next one when a deputy says nothing; returns how many calls.

    Whoever was to come to a shift that is over, or that somebody else has got, owes nothing any more.
    """
    with act("dutyroster.shift.watch", by=SYSTEM):
        _let_go(now)
        return _watch_absent(now) + _watch_deputies(now)


def _let_go(now: datetime) -> None:
    over = Q(shift_duty__shift__during__endswith__lte=now) | Q(shift_duty__shift__superseded_at__lte=now)
    called = Q(stand_in__shift__during__endswith__lte=now) | Q(stand_in__shift__superseded_at__lte=now)
    for kind, passed in ((TAKE_POST, over), (STAND_IN, called)):
        owed = list(Assignment.objects.filter(passed, kind=kind.name, state__in=OPEN).order_by("pk")[:BATCH])
        duties.cancel_many(assignments=owed, by=None, now=now, note=_in_district_words(OVER))


def _watch_absent(now: datetime) -> int:
    rows = (
        Shift.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=running(now).filter(duty__isnull=False, stand_ins__isnull=True).values("pk"))
        .exclude(pk__in=CheckIn.objects.filter(shift__during__contains=now, kind=Came.IN).values("shift_id"))
        .exclude(pk__in=_told_empty())
        .select_related("post", "person")
        .order_by("pk")[:BATCH]
    )
    late = [row for row in rows if now >= late_from(row.starts, row.post.late_minutes)]
    for row in late:
        call_deputy(shift=row, now=now)
    return len(late)


def _told_empty() -> list[int]:
    """Shifts whose leaders know already that nobody is left."""
    keys = Assignment.objects.filter(kind=EMPTY_POST.name, state__in=OPEN).values_list("key", flat=True)
    return [int(key.split(":")[1]) for key in keys if key]


def _watch_deputies(now: datetime) -> int:
    due = list(
        StandIn.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(next_at__lte=now)
        .select_related("shift__post", "shift__person")
        .order_by("pk")[:BATCH]
    )
    for one in due:
        pass_over(stand_in=one, now=now)
    return len(due)


def pass_over(*, stand_in: StandIn, now: datetime) -> None:
    """This deputy has not answered, not come, or cannot: the next one is called while his shift runs."""
    stand_in.state, stand_in.next_at = StandInState.UNANSWERED, None
    stand_in.save(update_fields=["state", "next_at", "updated_at"])
    row = stand_in.shift
    if row.superseded_at is None and now < row.ends:
        call_deputy(shift=row, now=now)


def call_deputy(*, shift: Shift, now: datetime) -> StandIn | None:
    """Calls the next deputy for the rest of a shift; None when nobody is left and the leaders were told instead."""
    found = deputies(shift, now)
    with translation.override(settings.LANGUAGE_CODE):
        if not found:
            _tell_leaders(shift, now)
            return None
        duty = duties.assign(
            kind=STAND_IN,
            title=_("Stand in for %(person)s: %(post)s until %(until)s")
            % {"person": shift.person.name, "post": shift.post.name, "until": _clock(shift.ends)},
            body=_("Press “On the spot” when you are there: from then on the post is yours."),
            area_code=shift.area_code,
            assignee=found[0],
            issued_by=None,
            now=now,
            key=f"dutyroster.stand_in:{shift.pk}:{found[0].pk}",
        )
    return StandIn.objects.create(
        shift=shift,
        deputy=found[0],
        assignment=duty,
        noticed_at=now,
        next_at=now + timedelta(minutes=DEPUTY_MINUTES),
    )


def _tell_leaders(shift: Shift, now: datetime) -> None:
    duties.assign_many(
        [
            duties.Duty(
                title=_("Nobody at the post %(post)s: %(person)s has not come")
                % {"post": shift.post.name, "person": shift.person.name},
                body=_("No deputy is left. Name somebody on the roster, or go yourself."),
                area_code=shift.area_code,
                assignee=leader,
                key=f"dutyroster.empty:{shift.pk}:{leader.pk}",
            )
            for leader in leaders(shift.area_code, now, besides=shift.person_id)
        ],
        kind=EMPTY_POST,
        issued_by=None,
        now=now,
    )


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def deputy_coming(*, stand_in: StandIn, now: datetime) -> None:
    """He has it: he gets the kind's own time to come before the next one is called."""
    StandIn.objects.filter(pk=stand_in.pk, state__in=(StandInState.CALLED, StandInState.UNANSWERED)).update(
        state=StandInState.COMING, next_at=now + timedelta(minutes=STAND_IN.due_minutes), updated_at=now
    )


def take_over(*, stand_in: StandIn, by: User | None, now: datetime, means: str = CheckMeans.PAGE) -> Shift:
    """The deputy is there: from now on the shift is his, and the absent one's ends. The first of several wins.

    Who was on duty until this moment does not change. Raises Refused when the shift is over, was taken over, or he is
    on duty elsewhere.
    """
    with act("dutyroster.shift.stand_in", by=by.actor if by else stand_in.deputy.actor):
        # Post, shift, stand-in: everybody locks in this order, so that nobody waits for each other.
        DutyPost.objects.select_for_update().get(pk=stand_in.shift.post_id)
        row = (
            Shift.objects.select_for_update(of=("self",), no_key=True)
            .select_related("person")
            .get(pk=stand_in.shift_id)
        )
        own = StandIn.objects.select_for_update(of=("self",)).select_related("deputy", "assignment").get(pk=stand_in.pk)
        if own.replacement_id is not None:
            return Shift.objects.get(pk=own.replacement_id)
        if row.superseded_at is not None:
            raise refused(AttendanceFault.TAKEN_OVER)
        own.replacement = override(
            shift=row,
            person=own.deputy,
            by=by,
            now=now,
            reason=_in_district_words(STANDS_IN) % {"person": row.person.name},
            origin=Origin.SUBSTITUTE,
        )
        own.state, own.next_at = StandInState.TAKEN, None
        own.save(update_fields=["replacement", "state", "next_at", "updated_at"])
        # Read again: a range just written is still a tuple in memory.
        taken = Shift.objects.select_related("post", "person").get(pk=own.replacement.pk)
        check_in(shift=taken, by=by, now=now, means=means)
        _relieve(row, own, now)
    return taken


def _in_district_words(words: str) -> str:
    """Stored words are the district's, whatever language the person who presses reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return _(words)


def _relieve(row: Shift, taken: StandIn, now: datetime) -> None:
    """The absent one owes nothing more on this shift, and nobody else has to come."""
    call_back(row, now, besides=taken.pk)
    owed = Assignment.objects.filter(state__in=OPEN, shift_duty__shift=row)
    duties.cancel_many(assignments=owed, by=None, now=now, note=_in_district_words(SOMEBODY))
    if taken.assignment.state in OPEN:
        duties.fulfil(assignment=taken.assignment, by=taken.deputy, now=now)
