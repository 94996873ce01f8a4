"""What is missing to 100 %: by each of the three denominators, with the reason and whoever owes it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from alerts.enums import Answerer, Choice, Goal, Reach
from alerts.models import AudienceHousehold, DoorKnock, Notice
from alerts.queries.counting import FROM, REACH, parameters
from alerts.queries.coverage import Coverage, coverage
from alerts.queries.lists import Line, lines, with_reach
from alerts.queries.ringing import goal_of
from alerts.queries.units import phone_of, unit_calls
from alerts.rules import UNANSWERED, UNDELIVERED
from messaging.enums import State
from territory.models import within
from territory.rules import Scope, without_formula

PAGE = 100
# Why a household is missing, first what its door said, then what its telephone did.
REASONS = {
    "help": _("asks for help"),
    "nobody": _("nobody at home"),
    "refused": pgettext_lazy("door", "refused"),
    "away": _("away, somebody is at home"),
    "proxy": _("only somebody else answered"),
    "answered": _("answered, nobody has spoken to it"),
    "delivered": _("has the message, nobody has spoken to it"),
    "unanswered": _("has the message, has not answered"),
    "no_phone": _("no telephone"),
    "failed": _("message not delivered"),
    "silent": _("no receipt so far"),
}


@dataclass(frozen=True)
class MissingLine:
    """A household on the list: why it is missing, who goes there, and at which number he is called."""

    line: Line
    reason: object
    owes: str
    owes_phone: str = ""

    @property
    def tone(self) -> str:
        """Danger where somebody asks for help or nobody goes; else the tone of its state."""
        return "danger" if self.line.reach == Reach.NEED_HELP or not self.owes else self.line.tone


@dataclass(frozen=True)
class MissingPage:
    """A page of the list, and the row it ended at (None: that is all)."""

    rows: list[MissingLine]
    after: int | None

    @property
    def cursor(self) -> str:
        """`after` as an address carries it."""
        return str(self.after or "")


def missing(notice: Notice, scope: Scope, goal: str, *, after: int = 0, size: int = PAGE) -> MissingPage:
    """Households that keep this denominator below 100 %, those that must be reached first, then by grid and door.

    Must-reach ones are missing until a person spoke to them or somebody signed for them, ordinary ones until a message
    or a person has reached them, or until they have answered where that is the notice's goal. Who asks for help is
    missing until that is closed. The figures of `coverage` count the same.
    """
    last = notice.households.filter(pk=after).first() if after else None
    ids = _ids(notice, scope, goal, last=last, size=size + 1)
    found = _in_order(notice, ids[:size])
    return MissingPage(found, ids[size - 1] if len(ids) > size else None)


# What is missing of either kind of household; `coverage` counts by the same states.
_MUST_MISSING = f"(reach = '{Reach.NEED_HELP.value}' OR (NOT met AND reach <> '{Reach.CLOSED_UNREACHABLE.value}'))"
_KIND = {Goal.MUST_REACH: "a.must_reach <> ''", Goal.ORDINARY: "a.must_reach = ''"}
_MISSING = {Goal.MUST_REACH: _MUST_MISSING, Goal.ORDINARY: "reach = ANY (%(states)s)"}


def by_answer(notice: Notice) -> bool:
    """True where an ordinary household is missing until it has answered, not only until a message has arrived."""
    return goal_of(notice) == Goal.ORDINARY


def _states(notice: Notice) -> list[str]:
    return [state.value for state in (UNANSWERED if by_answer(notice) else UNDELIVERED)]


def _ids(
    notice: Notice, scope: Scope, goal: str, *, last: AudienceHousehold | None = None, size: int | None = None
) -> list[int]:
    """The rows in the order of the list: cries first, then by grid. A fixed number of statements."""
    cries = bool(last and last.answer == Choice.NEED_HELP and last.help_closed_at is None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.id FROM (
                SELECT a.id, a.area_code, a.visited_at IS NOT NULL AS met, {REACH} AS reach
                  {FROM} AND {_KIND[Goal(goal)]}
            ) s
            WHERE {_MISSING[Goal(goal)]}
              AND (s.reach <> 'need_help', s.area_code, s.id) > (%(calm)s, %(code)s, %(id)s)
            ORDER BY s.reach <> 'need_help', s.area_code, s.id LIMIT %(size)s
            """,  # noqa: S608  (constants of ours)
            {
                **parameters(notice, scope),
                "states": _states(notice),
                "calm": last is not None and not cries,
                "code": last.area_code if last else "",
                "id": last.pk if last else 0,
                "size": size,
            },
        )
        return [pk for (pk,) in cursor.fetchall()]


def _in_order(notice: Notice, ids: list[int]) -> list[MissingLine]:
    rows = {line.audience.pk: line for line in lines(with_reach(notice.households.filter(pk__in=ids), notice))}
    knocks = DoorKnock.objects.filter(notice=notice, area_code__in={line.audience.area_code for line in rows.values()})
    owes = {
        knock.area_code: (knock.assignment.assignee_name, phone_of(knock.assignment))
        for knock in knocks.select_related("assignment__assignee", "assignment__contact_point").order_by("again")
        if knock.assignment.state != "cancelled"
    }
    return [
        MissingLine(rows[pk], REASONS[reason_of(rows[pk])], *owes.get(rows[pk].audience.area_code, ("", "")))
        for pk in ids
    ]


def reason_of(line: Line) -> str:
    """Why this household is missing: a key of REASONS."""
    row: Any = line.audience
    if line.reach == Reach.NEED_HELP:
        return "help"
    if line.outcome in ("nobody", "refused"):
        return str(line.outcome)
    if row.answer == Choice.AWAY:
        return "away"
    if row.answer:
        return "proxy" if line.proxy else "answered"
    if line.reach == Reach.DELIVERED:
        return "delivered" if row.must_reach else "unanswered"
    if row.contact_point_id is None:
        return "no_phone"
    failed = row.delivery_state in (State.FAILED, State.CANCELLED) or row.message == 0
    return "failed" if failed else "silent"


def _sums(sheet: Any, whole: Coverage) -> None:
    """One row for the whole, each sub-district, community and grid."""
    sheet.append(
        [
            gettext("Area"), gettext("Area code"), gettext("Must-reach households"), gettext("Must-reach spoken to"),
            gettext("Ordinary households"), gettext("Ordinary delivered"), gettext("Ordinary answered"),
            gettext("Key units"), gettext("Key units answered"), gettext("Needs help"), gettext("Not reached"),
        ]
    )  # fmt: skip
    for part in (whole.total, *whole.subdistricts, *whole.communities, *whole.grids):
        sheet.append(
            [
                without_formula(part.name or gettext("In all")), part.code, part.must_total, part.must_spoken,
                part.ordinary_total, part.ordinary_delivered, part.ordinary_answered,
                part.units.total, part.units.answered, part.crying, part.unreached + part.pending,
            ]
        )  # fmt: skip


@dataclass(frozen=True)
class AnswerSum:
    """How many households stand at one answer, and for how many of them somebody else gave it."""

    label: object
    count: int
    by_proxy: int


def answer_sums(notice: Notice, scope: Scope) -> list[AnswerSum]:
    """Where people say they are, by answer. One statement."""
    rows = AudienceHousehold.objects.in_scope(scope).filter(~Q(answer=""), notice=notice).order_by()
    proxy = ~Q(answered_as__in=["", Answerer.OWN])
    found = {
        answer: (count, by_proxy)
        for answer, count, by_proxy in rows.values_list("answer").annotate(
            told=Count("pk"), by_proxy=Count("pk", filter=proxy)
        )
    }
    return [AnswerSum(choice.label, *found[choice.value]) for choice in Choice if choice.value in found]


def missing_sheet(notice: Notice, scope: Scope) -> bytes:
    """The sums of every area, then everybody who is missing, a sheet for each denominator, as xlsx; no names of
    residents, no numbers.
    """
    book = Workbook(write_only=True)
    _sums(book.create_sheet(gettext("Sums")), coverage(notice, scope))
    heads = [
        gettext("Grid"), gettext("Grid code"), gettext("Household code"), gettext("Door"), gettext("Persons"),
        gettext("Must be reached because"), gettext("State"), pgettext("missing", "Why"), gettext("Who goes there"),
    ]  # fmt: skip
    for goal, title in ((Goal.MUST_REACH, gettext("Must-reach households")), (Goal.ORDINARY, gettext("Ordinary"))):
        sheet = book.create_sheet(title)
        sheet.append(heads)
        for found in _in_order(notice, _ids(notice, scope, goal)):
            line, home = found.line, found.line.audience.household
            why = line.audience.get_must_reach_display() if line.audience.must_reach else ""
            cells = (
                line.area, line.audience.area_code, home.code, line.place, home.persons, why, line.reach.label,
                found.reason, found.owes,
            )  # fmt: skip
            sheet.append([without_formula(str(cell)) for cell in cells])
    sheet = book.create_sheet(gettext("Key units"))
    sheet.append([gettext("Area"), gettext("Area code"), gettext("Key unit"), gettext("Kind"), gettext("Who receives")])
    for unit in unit_calls(notice, scope, silent=True):
        row = unit.call.unit
        told = (unit.area, row.area_code, row.name, row.get_kind_display(), row.receiver)
        sheet.append([without_formula(str(cell)) for cell in told])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# What the last visit found that nobody has called untrue.
_OUTCOME = """(SELECT v.outcome FROM alerts_visit v
                WHERE v.audience_id = a.id
                  AND NOT EXISTS (SELECT FROM alerts_visitcheck c WHERE c.visit_id = v.id AND NOT c.holds)
                ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1)"""


@dataclass(frozen=True)
class Reason:
    """How many households of one denominator are missing for one reason."""

    label: object
    must: int
    ordinary: int


def reasons(notice: Notice, scope: Scope) -> list[Reason]:
    """Why households are missing, counted, most first. A fixed number of statements.

    Doors say more than telephones: what the last visit found comes before what became of the message.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT why, count(*) FILTER (WHERE must), count(*) FILTER (WHERE NOT must) FROM (
                SELECT must, CASE WHEN reach = 'need_help' THEN 'help'
                                  WHEN outcome IN ('nobody', 'refused') THEN outcome
                                  WHEN answer = 'away' THEN 'away'
                                  WHEN answer <> '' AND answered_as NOT IN ('', 'own') THEN 'proxy'
                                  WHEN answer <> '' THEN 'answered'
                                  WHEN reach = 'delivered' THEN CASE WHEN must THEN 'delivered' ELSE 'unanswered' END
                                  WHEN contact_point_id IS NULL THEN 'no_phone'
                                  WHEN state IN (%(failed)s, %(cancelled)s) OR message = 0 THEN 'failed'
                                  ELSE 'silent' END AS why
                  FROM (
                    SELECT a.must_reach <> '' AS must, a.answer, a.answered_as, a.contact_point_id, a.message, d.state,
                           a.visited_at IS NOT NULL AS met, {REACH} AS reach, {_OUTCOME} AS outcome {FROM}
                  ) s
                 WHERE CASE WHEN must THEN {_MUST_MISSING} ELSE {_MISSING[Goal.ORDINARY]} END
            ) w GROUP BY 1
            """,  # noqa: S608  (constants of ours)
            {
                **parameters(notice, scope),
                "failed": State.FAILED,
                "cancelled": State.CANCELLED,
                "states": _states(notice),
            },
        )
        found = [Reason(REASONS[why], must, ordinary) for why, must, ordinary in cursor.fetchall()]
    return sorted(found, key=lambda one: -(one.must + one.ordinary))


def owed_by(notice: Notice, scope: Scope) -> dict[str, str]:
    """Who goes from door to door in which grid, of several whoever was sent last. One statement."""
    rows = DoorKnock.objects.filter(within(scope), notice=notice).select_related("assignment").order_by("again")
    return {row.area_code: row.assignment.assignee_name for row in rows if row.assignment.state != "cancelled"}
