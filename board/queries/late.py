"""Who owes what since when, worst first: dangers over their target, empty posts, late duties, papers, stray replies.

One list over every app. Whoever stands on it is called or reminded with one press.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from alerts.rules import ALL_CLEAR_DUE, COUNTERSIGN
from assignments import queries as assignments
from assignments.enums import OPEN
from assignments.models import Assignment, UnclaimedReply
from command.queries.danger import DangerLine
from dutyroster.queries import Gap, Manned
from dutyroster.rules.attendance import EMPTY_POST, STAND_IN
from hazards.rules import PATROL_POINT
from supplies.rules import ISSUE_PAPERS
from territory.models import Area, PlacedQuerySet
from territory.rules import Scope

LISTED = 30  # late duties; the rest is one click away
# Shown as soon as they are owed: somebody must come now, goods are out without papers, a patrol missed a point, a
# notice went out by word of mouth, or one is over without an all-clear.
AT_ONCE = (
    STAND_IN.name,
    EMPTY_POST.name,
    ISSUE_PAPERS.name,
    PATROL_POINT.name,
    COUNTERSIGN.name,
    ALL_CLEAR_DUE.name,
)
_DANGER, _POST, _DUTY, _OWED, _COMING = range(5)


@dataclass(frozen=True)
class LateLine:
    """One line: what, owed by whom and where in words, the clock it has missed, whom to call.

    `duty` is None for what nobody was given yet: a danger without anybody sent, a gap of the roster.
    """

    rank: int
    what: str
    url: str
    who: str
    place: str
    issued: datetime
    due: datetime
    tone: str
    phone: str = ""
    duty: Assignment | None = None
    by_whom_to_call: str = ""

    @property
    def call_name(self) -> str:
        """Whose number stands behind the telephone button."""
        return self.by_whom_to_call or self.who


def late_lines(
    scope: Scope,
    *,
    now: datetime,
    dangers: Iterable[DangerLine],
    manned: Manned,
    replies: Iterable[UnclaimedReply] = (),
) -> list[LateLine]:
    """Everything late or open at once in these areas, worst first. Two statements besides what is handed in."""
    over = [line for line in dangers if line.running and line.running.late]
    late = list(_placed(assignments.late(scope, now))[:LISTED])
    seen = {duty.pk for duty in late}
    at_once = Assignment.objects.in_scope(scope).filter(kind__in=AT_ONCE, state__in=OPEN, exercise__isnull=True)
    at_once = at_once.select_related("assignee").order_by("due_at", "pk")
    owed = [duty for duty in _placed(at_once)[:LISTED] if duty.pk not in seen]
    found = [
        *(_danger(line, now) for line in over),
        *(_gap(gap, _POST, "danger", now) for gap in manned.missing),
        *(_duty(duty, _DUTY, duty.late_since, "danger") for duty in late),
        *(_unclaimed(row) for row in replies),
        *(_duty(duty, _OWED, duty.due_at, "late") for duty in owed),
        *(_gap(gap, _COMING, "late", now) for gap in manned.later),
    ]
    return sorted(found, key=lambda line: (line.rank, line.due))


def _danger(line: DangerLine, now: datetime) -> LateLine:
    leg, row = line.running, line.danger
    assert leg is not None  # noqa: S101  (asked for by the caller)
    began = now - timedelta(minutes=leg.minutes or 0)
    duty = row.assignment
    sent = duty.assignee if duty else None
    phone = (sent.phone or "") if sent else row.reporter_phone
    return LateLine(
        _DANGER,
        _("Danger: %(danger)s, not yet “%(step)s”") % {"danger": row, "step": leg.step.label},
        reverse("command:danger", args=[row.uuid]),
        line.sent or _("nobody was sent"),
        line.area,
        began,
        began + timedelta(minutes=leg.target or 0),
        "danger",
        phone,
        by_whom_to_call=line.sent or row.reporter_name,
    )


def _unclaimed(row: UnclaimedReply) -> LateLine:
    """Somebody answered and nobody has said what it means: it waits from the moment it was said."""
    phone = (row.person.phone or "") if row.person else ""
    return LateLine(
        _OWED,
        _("Reply to be claimed: “%(text)s”") % {"text": Truncator(row.reply.text).chars(30)},
        f"{reverse('board:desk')}#desk-answers",
        row.speaker,
        str(row.get_why_display()),
        row.reply.at,
        row.reply.at,
        "late",
        phone,
    )


def _gap(gap: Gap, rank: int, tone: str, now: datetime) -> LateLine:
    """The clock of a gap runs from the start of its stretch to the moment from which the post is empty."""
    start = gap.during.start
    return LateLine(
        rank,
        _("%(post)s lacks %(missing)s of %(required)s")
        % {"post": gap.post.name, "missing": gap.missing, "required": gap.required},
        reverse("dutyroster:home"),
        _("nobody on the roster"),
        "",
        start if rank == _POST else now,
        start,
        tone,
        gap.post.phone,
        by_whom_to_call=gap.post.name,
    )


def _duty(duty: Any, rank: int, due: datetime, tone: str) -> LateLine:
    return LateLine(
        rank,
        duty.title,
        reverse("assignments:detail", args=[duty.uuid]),
        duty.assignee_name,
        " ".join(dict.fromkeys(filter(None, (duty.street, duty.place)))) or duty.area_code,
        duty.issued_at,
        due,
        tone,
        (duty.assignee.phone or "") if duty.assignee else "",
        duty,
    )


def _placed(rows: PlacedQuerySet[Assignment]) -> PlacedQuerySet[Any]:
    """With where each duty is owed: `street`, and `place`, the name of the grid or community in it."""

    def name_of(code: Any) -> Subquery:
        return Subquery(Area.objects.filter(code=code).values("name")[:1])

    placed: PlacedQuerySet[Any] = rows.annotate(
        street=name_of(Left(OuterRef("area_code"), 9)), place=name_of(OuterRef("area_code"))
    )
    return placed.only("uuid", "title", "area_code", "assignee_name", "issued_at", "due_at", "assignee__phone")
