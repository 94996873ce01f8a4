"""Underground spaces that were told to close: who has ticked what, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook

from accounts.models import User
from accounts.queries import area_names
from assignments.enums import OPEN, State
from assignments.models import Assignment
from assignments.queries import assignment_by_token, token_of
from assignments.rules import late_since
from command.enums.closing import BackReason, KeeperStep
from command.models import UndergroundCall, UndergroundSpace, UndergroundTick
from command.rules.underground import (
    LAST,
    LONGEST_TEXT,
    UNDERGROUND_KINDS,
    reasons_back,
    steps_missing,
    tone_of,
    worst_first,
)
from core.rules import OpenItem
from hazards.enums import SiteRole
from hazards.models import HazardSite, Responsibility
from messaging.rules import marked
from territory.models import PlacedQuerySet
from territory.rules import Scope, without_formula

# Who keeps a space: whoever looks after it, then whoever answers for it.
_ROLES = (SiteRole.PATROL_RESP, SiteRole.ADMIN_RESP, SiteRole.TECH_RESP)


def underground_sites(area_code: str) -> list[HazardSite]:
    """Every car park and market below ground of an area. One statement."""
    rows = HazardSite.objects.filter(area_code__startswith=area_code, kind__in=UNDERGROUND_KINDS, retired_at=None)
    return list(rows.order_by("code"))


def keepers_of(sites: Iterable[HazardSite], *, now: datetime) -> dict[int, User]:
    """Who keeps each of these sites now; left out where nobody does. One statement."""
    held = Responsibility.objects.filter(
        site__in=[site.pk for site in sites], during__contains=now, person__is_active=True
    ).select_related("person")
    order = {role.value: place for place, role in enumerate(_ROLES)}
    found: dict[int, User] = {}
    for each in sorted(held.order_by("pk"), key=lambda row: order[row.role]):
        found.setdefault(each.site_id, each.person)
    return found


@dataclass(frozen=True)
class StepLine:
    """One of the five ticks as the pages show it."""

    step: KeeperStep
    tick: UndergroundTick | None
    taken_back: tuple[UndergroundTick, ...] = ()

    @property
    def reasons(self) -> list[BackReason]:
        """Why it may be taken back."""
        return reasons_back(self.step)

    @property
    def is_last(self) -> bool:
        """Nobody below: what the sub-district waits for."""
        return self.step == LAST


@dataclass(frozen=True)
class SpaceLine:
    """One space: its duty, its ticks, how it stands."""

    space: UndergroundSpace
    area: str
    ticks: dict[str, UndergroundTick]  # those that stand
    is_late: bool
    taken_back: tuple[UndergroundTick, ...] = ()

    @property
    def steps(self) -> list[StepLine]:
        """The five in their order."""
        return [
            StepLine(
                step,
                self.ticks.get(step.value),
                tuple(tick for tick in self.taken_back if tick.step == step),
            )
            for step in KeeperStep
        ]

    @property
    def is_empty(self) -> bool:
        """Somebody has said that nobody is below."""
        return LAST in self.ticks

    @property
    def tone(self) -> str:
        """The colour and shape of its state."""
        return tone_of(self.ticks, late=self.is_late)

    @property
    def state(self) -> str:
        """How it stands, in words: what is missing."""
        missing = steps_missing(self.ticks)
        if not missing:
            return gettext("All five ticked")
        if self.space.assignment.state == State.RETURNED:
            return gettext("Keeper cannot do it")
        if len(missing) == len(KeeperStep):
            return gettext("No tick yet")
        return gettext("Missing: %(steps)s") % {"steps": gettext(", ").join(str(step.label) for step in missing)}

    @property
    def phone(self) -> str:
        """The work telephone of whoever owes it."""
        person = self.space.assignment.assignee
        return (person.phone if person else "") or ""


def underground_calls(scope: Scope, *, ended: bool = False) -> PlacedQuerySet[UndergroundCall]:
    """Calls of these areas, the newest first. Exercises apart."""
    rows = UndergroundCall.objects.in_scope(scope).filter(exercise=None, ended_at__isnull=not ended)
    return rows.select_related("opened_by", "ended_by").order_by("-pk")


def underground_call(scope: Scope, uuid: UUID) -> QuerySet[UndergroundCall]:
    """The one call, for those whose areas it touches: a sub-district reads its own spaces of the district's call."""
    own = UndergroundSpace.objects.in_scope(scope).order_by().values("call")
    rows = UndergroundCall.objects.filter(pk__in=own, uuid=uuid) | UndergroundCall.objects.in_scope(scope).filter(
        uuid=uuid
    )
    return rows.select_related("opened_by", "ended_by")


def open_calls(scope: Scope) -> list[UndergroundCall]:
    """Calls that go on and touch these areas, the newest first; exercises apart. One statement."""
    own = UndergroundSpace.objects.in_scope(scope).order_by().values("call")
    rows = UndergroundCall.objects.filter(pk__in=own, ended_at=None, exercise=None)
    return list(rows.select_related("opened_by").order_by("-pk"))


def space_lines(rows: QuerySet[UndergroundSpace], *, now: datetime) -> list[SpaceLine]:
    """The spaces with their ticks, the worst first. Three statements."""
    found = list(rows.select_related("site", "assignment__assignee", "call").order_by("pk"))
    names = area_names({row.area_code[:9] for row in found})
    ticks: dict[int, dict[str, UndergroundTick]] = {row.pk: {} for row in found}
    dropped: dict[int, list[UndergroundTick]] = {row.pk: [] for row in found}
    for tick in UndergroundTick.objects.filter(space__in=found).select_related("back").order_by("pk"):
        if hasattr(tick, "back"):
            dropped[tick.space_id].append(tick)
        else:
            ticks[tick.space_id][tick.step] = tick
    lines = [
        SpaceLine(row, names.get(row.area_code[:9], ""), ticks[row.pk], _late(row, now), tuple(dropped[row.pk]))
        for row in found
    ]
    return sorted(
        lines,
        key=lambda line: (
            *worst_first({step: tick.at for step, tick in line.ticks.items()}, late=line.is_late),
            line.space.area_code,
            line.space.pk,
        ),
    )


def _late(row: UndergroundSpace, now: datetime) -> bool:
    duty = row.assignment
    return duty.state in OPEN and late_since(duty.state, duty.acknowledge_by, duty.due_at, now=now) is not None


def public_underground(area_code: str = "") -> list[str]:
    """What residents read: the names of the spaces that were told to close and are not open again.

    Exercises apart. One statement.
    """
    rows = UndergroundSpace.objects.filter(ended_at=None, exercise=None, area_code__startswith=area_code[:9])
    return list(rows.order_by("site__code").values_list("site__name", flat=True))


def spaces_of(call: UndergroundCall, scope: Scope) -> PlacedQuerySet[UndergroundSpace]:
    """The spaces of a call that lie in these areas."""
    return UndergroundSpace.objects.in_scope(scope).filter(call=call)


@dataclass(frozen=True)
class UndergroundCounts:
    """Of how many spaces it is not known that nobody is below, of how many that were told to close."""

    not_empty: int = 0
    total: int = 0


def underground_counts(scope: Scope) -> UndergroundCounts:
    """The figures of the board. Exercises apart. One statement."""
    rows = UndergroundSpace.objects.in_scope(scope).filter(ended_at=None, exercise=None)
    emptied = Exists(UndergroundTick.objects.standing().filter(space=OuterRef("pk"), step=LAST))
    return UndergroundCounts(**rows.aggregate(not_empty=Count("pk", filter=~emptied), total=Count("pk")))


def space_by_token(token: str) -> UndergroundSpace | None:
    """The space that a keeper's link opens; None when the link is revoked or made up. Two statements."""
    duty = assignment_by_token(token)
    if duty is None:
        return None
    return UndergroundSpace.objects.filter(assignment=duty).select_related("site", "assignment", "call").first()


def keeper_path(duty: Assignment) -> str:
    """The address of the keeper's page, without host."""
    token = token_of(duty)
    return reverse("command:keeper", args=[token]) if token else ""


def owners_text(space: UndergroundSpace) -> str:
    """What the keeper copies into his owners' group: at most 180 characters, what to do first."""
    at = timezone.localtime(space.call.opened_at).strftime("%H:%M")
    words = {"site": space.site.name[:40], "at": at}
    text = gettext(
        "Do not go down, do not fetch your car: %(site)s closes because of flooding (%(at)s). "
        "Power will be cut. Whoever is below comes up at once. In danger call 119."
    )
    text = text % words
    return (marked(text) if space.exercise else text)[:LONGEST_TEXT]


def underground_sheet(lines: Iterable[SpaceLine]) -> bytes:
    """The list as xlsx, the worst first; no cell that a spreadsheet would run as a formula."""
    book = Workbook(write_only=True)
    page = book.create_sheet(gettext("Underground spaces"))
    heads = [gettext("Place"), gettext("Kind"), gettext("Area"), gettext("Site manager"), gettext("State")]
    page.append([*heads, *(str(step.label) for step in KeeperStep), gettext("Recorded by"), gettext("Taken back")])
    for line in lines:
        site, duty = line.space.site, line.space.assignment
        times = [
            timezone.localtime(each.tick.at).strftime("%Y-%m-%d %H:%M:%S") if each.tick else "" for each in line.steps
        ]
        by = gettext(", ").join(sorted({tick.by_name for tick in line.ticks.values()}))
        back = gettext(", ").join(_said_back(tick) for tick in line.taken_back)
        texts = (site.name, str(site.get_kind_display()), line.area, duty.assignee_name, line.state)
        page.append([*map(without_formula, texts), *times, without_formula(by), without_formula(back)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _said_back(tick: UndergroundTick) -> str:
    at = timezone.localtime(tick.back.at).strftime("%H:%M")
    return f"{tick.get_step_display()} {at} {tick.back.get_reason_display()} ({tick.back.by_name})"


def underground_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Calls that go on, for the handover and the desk. Three statements."""
    del now
    found = []
    for call in open_calls(scope):
        rows = spaces_of(call, scope)
        total, emptied = rows.count(), rows.filter(ticks__step=LAST, ticks__back=None).count()
        found.append(
            OpenItem(
                f"command.underground:{call.pk}",
                gettext("Underground spaces closing"),
                gettext("%(left)s of %(total)s not known to be empty") % {"left": total - emptied, "total": total},
                reverse("command:underground_call", args=[call.uuid]),
                call.opened_at,
            )
        )
    return found
