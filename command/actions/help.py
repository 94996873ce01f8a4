"""求助: one list for everybody who asks, a named helper, and no end without having spoken with them."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts import queries as people
from accounts.models import User
from alerts import actions as alerts
from alerts.enums import Choice, Via
from alerts.models import AudienceHousehold
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from command.actions.danger import body_sha256, refused
from command.actions.timeline import record
from command.enums import EntryKind
from command.enums.dangers import FieldObjection, HelpOutcome, HelpSource
from command.models import HelpRequest
from command.queries.place import area_of
from command.rules.danger import HELP
from core.audit import act
from core.rules import SYSTEM
from dutyroster import actions as log
from dutyroster.enums import FollowUp
from dutyroster.models import LogEntry

ASKED = gettext_noop("Call for help: %(who)s. %(words)s")
NAMED = gettext_noop("%(words)s goes to help: %(who)s")
SPOKEN = gettext_noop("Spoken with: %(who)s. %(words)s")
CLOSED = gettext_noop("Call for help closed: %(who)s. %(words)s")


def request_help(
    *,
    client_uuid: UUID,
    source: HelpSource,
    by: User | None,
    now: datetime,
    area_code: str = settings.DISTRICT_CODE,
    who: str = "",
    phone: str = "",
    persons: int | None = None,
    place: str = "",
    position: tuple[float, float] | None = None,
    need: str = "",
    received_at: datetime | None = None,
    audience: AudienceHousehold | None = None,
    log_entry: LogEntry | None = None,
    many_from_address: bool = False,
    exercise: UUID | None = None,
) -> tuple[HelpRequest, bool]:
    """Puts somebody on the list and says whether he is new there. The same number and content is the same call."""
    if not (who.strip() or phone.strip() or place.strip() or position):
        raise refused(FieldObjection.WHO_WANTED, field="who")
    if received_at is not None and received_at > now:
        raise refused(FieldObjection.IN_FUTURE, field="received_at")
    body = body_sha256(who, phone, persons, place, position, need, received_at, by.pk if by else "")
    if known := _known(client_uuid, body):
        return known, False
    point = Point(*position, srid=4326) if position else None
    row = HelpRequest(
        uuid=client_uuid,
        body_sha256=body,
        area_code=area_of(point, area_code),
        who=who.strip()[:60],
        phone=phone.strip()[:30],
        persons=persons,
        place=place.strip()[:160],
        position=point,
        need=need.strip()[:300],
        source=source,
        audience=audience,
        log_entry=log_entry,
        received_at=received_at or now,
        recorded_at=now,
        recorded_by=by,
        many_from_address=many_from_address,
        exercise=exercise,
    )
    try:
        with act("command.help.request", by=by.actor if by else SYSTEM), transaction.atomic():
            row.save()
            tell(row, ASKED, row.need, by, now)
    except IntegrityError:
        # The same call came twice at once: the other one stored it.
        if known := _known(client_uuid, body):
            return known, False
        raise
    return row, True


def _known(client_uuid: UUID, body: str) -> HelpRequest | None:
    known = HelpRequest.objects.filter(uuid=client_uuid).first()
    if known and known.body_sha256 != body:
        raise refused(FieldObjection.DANGER_OTHER_BODY, field="client_uuid")
    return known


def help_of_answer(
    *,
    audience: AudienceHousehold,
    via: Via,
    at: datetime,
    now: datetime,
    by: User | None,
    spoke: User | None,
    text: str,
) -> HelpRequest:
    """A household of a notice asks: it has at most one open call. At its door somebody has spoken with it already:
    `spoke`, whoever writes it down (`by`).

    Whoever answers for its grid owes it at once; the duty room may name somebody else in his place.
    """
    known = HelpRequest.objects.filter(audience=audience, closed_at__isnull=True).first()
    if known is not None:
        return known
    home = audience.household
    row, _new = request_help(
        client_uuid=uuid4(),
        source=HelpSource.DOOR if via == Via.WORKER else HelpSource.ANSWER,
        by=by,
        now=now,
        area_code=audience.area_code,
        who=home.head_name or home.code,
        phone=audience.contact_point.address if audience.contact_point else "",
        persons=home.persons,
        place=home.door,
        need=text,
        received_at=at,
        audience=audience,
        exercise=audience.notice.exercise,
    )
    if via == Via.WORKER and spoke is not None:
        _spoke(row, spoke, spoke.name, at)
    if nearest := people.one_worker_per_grid([row.area_code], now=now).get(row.area_code):
        owe(row, nearest, by=None, now=now)
    return row


def help_from_note(*, entry: LogEntry, by: User, now: datetime, need: str = "", place: str = "") -> HelpRequest:
    """转求助: a noted telephone call comes onto the list; the same line of the log is one call."""
    known = HelpRequest.objects.filter(log_entry=entry).first()
    if known is not None:
        return known
    with act("command.help.from_note", by=by.actor):
        row, is_new = request_help(
            client_uuid=entry.uuid,
            source=HelpSource.PHONE,
            by=by,
            now=now,
            area_code=entry.area_code,
            who=entry.caller_name,
            phone=entry.caller_phone,
            place=place or entry.place or entry.text[:60],
            need=need or entry.text,
            received_at=entry.occurred_at,
            log_entry=entry,
            exercise=entry.exercise,
        )
        if is_new:
            log.follow_up(entry=entry, kind=FollowUp.HELP, ref=f"help:{row.pk}", url=_url(row), note="", by=by, now=now)
    return row


def name_helper(*, request: HelpRequest, helper: User, by: User, now: datetime, note: str = "") -> HelpRequest:
    """指定帮助人: one named person owes it; whoever was named before is called back."""
    check_help_area(area_code=request.area_code, by=by)
    with act("command.help.name_helper", by=by.actor):
        row = _open(request)
        if row.assignment and row.assignment.state in OPEN:
            if row.assignment.assignee_id == helper.pk:
                return row
            duties.cancel_many(assignments=[row.assignment], by=by, now=now, note=note)
        owe(row, helper, by=by, now=now, note=note)
    return row


def owe(row: HelpRequest, helper: User, *, by: User | None, now: datetime, note: str = "") -> None:
    """Makes a call for help this person's duty. `by` None: nobody named him, he answers for the place."""
    named = Assignment.objects.filter(key__startswith=f"help:{row.pk}:").count() + 1
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Help: %(who)s") % {"who": row}
        count = gettext("%(count)s persons") % {"count": row.persons} if row.persons else ""
    # Out of a quick note the place is what was noted: nobody reads it twice.
    place = "" if row.place in row.need else row.place
    row.assignment = duties.assign(
        kind=HELP,
        title=title[:120],
        body="\n".join(part for part in (row.need, place, count, row.phone, note.strip()) if part),
        area_code=row.area_code,
        assignee=helper,
        issued_by=by,
        now=now,
        key=f"help:{row.pk}:{named}",
        exercise=row.exercise,
    )
    row.helper_named_at = row.helper_named_at or now
    row.save(update_fields=["assignment", "helper_named_at", "updated_at"])
    tell(row, NAMED, helper.name, by, now, by_name=by.name if by else SYSTEM.name)


def record_spoken(
    *, request: HelpRequest, by: User, now: datetime, occurred_at: datetime | None = None, note: str = ""
) -> HelpRequest:
    """已通话: somebody has spoken with whoever asked. The first time stands."""
    if request.assignment is None or request.assignment.assignee_id != by.pk:
        check_help_area(area_code=request.area_code, by=by)
    at = occurred_at or now
    if at > now:
        raise refused(FieldObjection.IN_FUTURE, field="occurred_at")
    with act("command.help.spoken", by=by.actor):
        row = _open(request)
        if row.spoken_at is None:
            _spoke(row, by, by.name, max(at, row.received_at))
            tell(row, SPOKEN, note, by, now)
    return row


def helper_reported(*, request: HelpRequest, by: User | None, name: str, at: datetime, now: datetime) -> None:
    """The helper was with them: that is having spoken. Closing stays with whoever sent him."""
    row = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.closed_at is None and row.spoken_at is None:
        _spoke(row, by, name, max(at, row.received_at))
        tell(row, SPOKEN, name, by, now)


def close_help_request(*, request: HelpRequest, outcome: str, by: User, now: datetime, note: str = "") -> HelpRequest:
    """求助办结: refused before anybody has spoken with them. A household's cry under its notice closes with it."""
    check_help_area(area_code=request.area_code, by=by)
    if outcome not in HelpOutcome.values:
        raise refused(FieldObjection.OUTCOME, field="outcome")
    with act("command.help.close", by=by.actor):
        row = _open(request)
        if row.spoken_at is None:
            raise refused(FieldObjection.NOT_SPOKEN)
        _close(row, outcome, note, by, now)
        home = row.audience
        if home is not None and home.answer == Choice.NEED_HELP and home.help_closed_at is None:
            words = f"{HelpOutcome(outcome).label} {note}".strip()
            alerts.close_help(audience=home, note=words, by=by, now=now)
    return row


def help_closed_elsewhere(*, audience: AudienceHousehold, note: str, by: User, now: datetime) -> None:
    """The notice's page has closed the household's cry with a word on what was done: whoever wrote it spoke for it."""
    for request in HelpRequest.objects.filter(audience=audience, closed_at__isnull=True):
        row = _open(request)
        if row.spoken_at is None:
            _spoke(row, by, by.name, now)
        _close(row, HelpOutcome.HELPED, note, by, now)


def check_help_area(*, area_code: str, by: User) -> None:
    """Refuses whoever does not handle calls for help there."""
    if not by.scope_for("help.handle").covers(area_code):
        raise refused(FieldObjection.OUTSIDE, field="area_code")


def _open(request: HelpRequest) -> HelpRequest:
    # Whoever reports locks his duty first and the call after it. The other way round here, two people who press at once
    # would wait for each other until the database ends one of them.
    owed = HelpRequest.objects.filter(pk=request.pk).values("assignment")
    list(Assignment.objects.select_for_update(no_key=True).filter(pk__in=owed).values_list("pk"))
    rows = HelpRequest.objects.select_for_update(of=("self",)).select_related("assignment", "audience__notice")
    row = rows.get(pk=request.pk)
    if row.closed_at is not None:
        raise refused(FieldObjection.HELP_CLOSED)
    return row


def _spoke(row: HelpRequest, by: User | None, name: str, at: datetime) -> None:
    row.spoken_at, row.spoken_by, row.spoken_by_name = at, by, name[:60]
    row.save(update_fields=["spoken_at", "spoken_by", "spoken_by_name", "updated_at"])


def _close(row: HelpRequest, outcome: str, note: str, by: User, now: datetime) -> None:
    row.closed_at, row.closed_by, row.outcome, row.outcome_note = now, by, outcome, note.strip()[:200]
    row.save(update_fields=["closed_at", "closed_by", "outcome", "outcome_note", "updated_at"])
    if row.assignment and row.assignment.state in OPEN:
        duties.fulfil(assignment=row.assignment, by=by, now=now)
    with translation.override(settings.LANGUAGE_CODE):
        words = f"{HelpOutcome(outcome).label} {note}".strip()
    tell(row, CLOSED, words, by, now)


def tell(
    row: HelpRequest, words: str, more: str, by: User | None, now: datetime, *, by_name: str | None = None
) -> None:
    """Writes a step of a call for help onto the timeline; `words` is the id of a sentence with who and words in it."""
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(words) % {"who": row, "words": more.strip()}
    record(
        kind=EntryKind.HELP,
        text=text,
        area_code=row.area_code,
        by=by,
        by_name="" if by else row.who if by_name is None else by_name,
        now=now,
        ref=f"help:{row.pk}",
        url=_url(row),
        exercise=row.exercise,
    )


def _url(row: HelpRequest) -> str:
    return reverse("command:help_request", args=[row.uuid])
