"""What the district did about a warning: who is called, what was concluded, the clocks, the words that relay it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from accounts.enums import Role
from accounts.models import User
from accounts.queries import workers_of
from alerts.enums import MessageType, NoticeKind, NoticeLevel, NoticeState, WarningLeg
from alerts.models import Consultation, Notice, ReceivedWarning, RelayText, WarningCall
from alerts.queries.coverage import totals
from alerts.queries.ringing import following
from alerts.queries.warnings import warning_chain
from alerts.rules import Content
from alerts.rules.cap import kind_of
from alerts.rules.warnings import Leg, legs
from assignments.enums import Verb
from assignments.models import AssignmentEvent
from core.rules import OpenItem
from dutyroster import queries as roster
from territory import queries as territory
from territory.models import within
from territory.rules import Scope, scope_of

CALLED_ROLES = (Role.DUTY_OFFICER, Role.LEADER)
RELAY_LASTS = timedelta(hours=6)  # where the warning does not say when it ends


@dataclass(frozen=True)
class Called:
    """Somebody whom a warning calls, and as what."""

    person: User
    role: Role


def people_to_call(area_code: str, now: datetime) -> list[Called]:
    """The duty officer and the leader on duty, each once; where the roster names none, the first who holds the role."""
    found: dict[int, Called] = {}
    for role in CALLED_ROLES:
        people = roster.on_duty_people(area_code, now, role) or workers_of(area_code, role, now=now)[:1]
        for person in people:
            found.setdefault(person.pk, Called(person, role))
    return list(found.values())


def worst_called(row: ReceivedWarning) -> int | None:
    """The gravest level for which this warning's chain has called people; None when nobody was."""
    others = [one.pk for one in warning_chain(row) if one.pk != row.pk]
    found = WarningCall.objects.filter(warning__in=others).aggregate(worst=Min("warning__level"))
    worst: int | None = found["worst"]
    return worst


def calls_of(row: ReceivedWarning) -> list[WarningCall]:
    """Who was called by a warning, with his duty."""
    return list(row.calls.select_related("assignment__assignee").order_by("pk"))


def consultation_of(row: ReceivedWarning) -> Consultation | None:
    """The consultation that a warning opened."""
    return Consultation.objects.filter(warning=row).select_related("assignment__assignee", "recorded_by").first()


def relays_of(row: ReceivedWarning) -> list[Notice]:
    """The notices that relay a warning, put-away drafts left out; oldest first."""
    found = Notice.objects.filter(relay__warning=row).exclude(state=NoticeState.DISCARDED)
    return list(found.order_by("pk"))


@dataclass(frozen=True)
class Clocks:
    """The clocks of a warning, and how many households have no record yet."""

    legs: list[Leg]
    open_households: int


def warning_clocks(row: ReceivedWarning) -> Clocks:
    """Receipt → first answer → decision → first post manned → last household. Households when all are recorded."""
    answered = [call.assignment.acknowledged_at for call in calls_of(row) if call.assignment.acknowledged_at]
    consultation = consultation_of(row)
    out = [notice for notice in relays_of(row) if notice.issued_at]
    decided = [notice.issued_at for notice in out if notice.issued_at]
    decided += [consultation.held_at] if consultation and consultation.held_at else []
    everywhere = scope_of(settings.DISTRICT_CODE)
    counted = totals(out, everywhere).values() if out else []
    is_open = sum(tally.pending + tally.unreached for tally in counted)
    reached = {
        WarningLeg.ANSWERED: min(answered, default=None),
        WarningLeg.DECIDED: min(decided, default=None),
        WarningLeg.MANNED: _first_manned(row, everywhere),
        WarningLeg.TOLD: _last_recorded(out) if out and not is_open else None,
    }
    return Clocks(legs(row.received_at, reached), is_open)


def _first_manned(row: ReceivedWarning, scope: Scope) -> datetime | None:
    """When somebody first arrived where a duty sent him that was given after the warning."""
    arrived = AssignmentEvent.objects.filter(
        within(scope, "assignment__area_code"),
        verb=Verb.START,
        occurred_at__gte=row.received_at,
        occurred_at__lt=row.received_at + timedelta(days=2),
        assignment__issued_at__gte=row.received_at,
        assignment__exercise=row.exercise,
    )
    at: datetime | None = arrived.aggregate(at=Min("occurred_at"))["at"]
    return at


def _last_recorded(notices: list[Notice]) -> datetime | None:
    """When the last household of these notices was first reached by whatever means."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT max(first) FROM (
                SELECT LEAST(a.answered_at, a.visited_at, min(d.settled_at)) AS first
                  FROM alerts_audiencehousehold a
                  JOIN alerts_notice n ON n.id = a.notice_id
                  LEFT JOIN messaging_broadcast b ON b.id = n.broadcast_id OR b.follows_id = n.broadcast_id
                  LEFT JOIN messaging_delivery d ON d.broadcast_id = b.id AND d.contact_point_id = a.contact_point_id
                 WHERE a.notice_id = ANY (%s)
                 GROUP BY a.id
            ) households
            """,
            [[notice.pk for notice in notices]],
        )
        at: datetime | None = cursor.fetchone()[0]
    return at


# What is said where the district has written no text of its own: short enough for a provider's blanks.
def _cautions() -> dict[str, str]:
    return {
        NoticeKind.RAINSTORM: gettext("Underpasses, basements and low ground may be flooded."),
        NoticeKind.WATERLOGGING: gettext("Roads, underpasses and basements may be under water."),
        NoticeKind.RIVER: gettext("Rivers are rising: banks may give way."),
        NoticeKind.GEOLOGICAL: gettext("Slopes may slide and streams may swell suddenly."),
        NoticeKind.EVACUATION: gettext("It is not safe to stay."),
    }


def _measures(level: int) -> str:
    if level <= NoticeLevel.ORANGE:
        return gettext("Stay indoors, keep away from low ground and water, and follow your grid worker.")
    return gettext("Go out only if you must, keep away from low ground, and watch for further news.")


def relay_content(row: ReceivedWarning, *, issuer: str, now: datetime) -> Content:
    """The draft of the notice that relays a warning: its issuer and time quoted, the text of its event and level."""
    with translation.override(settings.LANGUAGE_CODE):
        kind, level = kind_of(row.event, row.event_code), row.level or NoticeLevel.ORANGE
        own = (
            RelayText.objects.filter(Q(event_code=row.event_code) | Q(event_code=""), kind=kind, level=level)
            .order_by("-event_code")
            .first()
        )
        colour = str(NoticeLevel(level).label)
        at = timezone.localtime(row.sent)
        same_day = at.date() == timezone.localtime(now).date()
        quoted = {
            "issuer": row.issuer,
            "time": date_format(at, "H:i" if same_day else gettext("j M H:i")),
            "event": row.event,
            "level": colour,
        }
        names = territory.area_names({settings.DISTRICT_CODE})
        expires = row.expires_at if row.expires_at and row.expires_at > now else now + RELAY_LASTS
        said = gettext("%(issuer)s issued a warning at %(time)s: %(event)s, %(level)s") % quoted
        return Content(
            kind=kind,
            level=level,
            headline=said[:60],
            starts_at=max(now, row.starts_at) if row.starts_at < expires else now,
            expires_at=expires,
            affected_area=names.get(settings.DISTRICT_CODE, ""),
            caution=own.caution if own else _cautions()[kind],
            measures=own.measures if own else _measures(level),
            issuer=issuer[:60],
            wait_minutes=following(level).wait_minutes,
        )


def usual_issuer(user: User) -> str:
    """Who issues the district's notices: as the last one said, else the headquarters of the writer's area."""
    out = Notice.objects.filter(within(user.scope), state=NoticeState.ISSUED, message_type=MessageType.ALERT)
    if last := out.order_by("-issued_at").first():
        return last.issuer
    names = territory.area_names(user.scope_for("notices.draft").codes)
    return gettext("%(area)s flood control headquarters") % {"area": "、".join(names.values())}


def consultations_open(scope: Scope, now: datetime) -> list[OpenItem]:
    """Consultations whose minutes nobody has recorded, as the duty room hands them over. One statement."""
    rows = Consultation.objects.filter(
        within(scope, "warning__area_code"), held_at=None, warning__exercise=None
    ).select_related("warning")
    return [
        OpenItem(
            key=f"alerts.consultation:{row.pk}",
            label=pgettext("handover", "Consultation without minutes"),
            title=str(row.warning)[:120],
            url=reverse("alerts:warning", args=[row.warning.uuid]),
            since=row.opened_at,
        )
        for row in rows.order_by("opened_at")
    ]
