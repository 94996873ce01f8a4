"""Official warnings: which hold now, what lifted which, and what the district did about each.

Nothing about a warning is ever changed, so all of this is asked of the rows as they came, in whatever order they came.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alerts.enums import CapFault, CapStatus, CapType, NoticeLevel
from alerts.models import ReceivedWarning, WarningArea, WarningReference
from alerts.rules import COLOURS
from alerts.rules.cap import REISSUED_WITHIN, Finding
from alerts.rules.warnings import is_over
from territory.models import PlacedQuerySet, within
from territory.rules import LENGTHS, Scope

FOLLOWING = (CapType.UPDATE, CapType.CANCEL)
TELLING = (CapType.ALERT, CapType.UPDATE)
LIFTED_SHOWN = timedelta(hours=6)  # how long the public page says that a warning was lifted
LONGEST_CHAIN = 50
_ENDING = Q(warning__msg_type=CapType.CANCEL) | Q(warning__is_all_clear=True)


def concerning(scope: Scope) -> Q:
    """The condition that a warning concerns an area of the scope, or an area that holds one."""
    above = {code[:length] for code in scope.codes for length in LENGTHS if length < len(code)}
    areas = WarningArea.objects.filter(within(scope, "local_code") | Q(local_code__in=above), warning=OuterRef("pk"))
    return Q(Exists(areas))


def warnings(scope: Scope, *, exercise: UUID | None = None) -> PlacedQuerySet[ReceivedWarning]:
    """Everything received that concerns these areas, tests and lifted ones included. Newest first."""
    found = ReceivedWarning.objects.filter(concerning(scope), _of(exercise))
    return found.select_related("feed", "received_by").defer("raw", "infos").order_by("-sent", "-pk")


def warning(scope: Scope, uuid: UUID) -> ReceivedWarning:
    """One of these areas, exercises included. Raises ReceivedWarning.DoesNotExist outside the scope."""
    found = ReceivedWarning.objects.filter(concerning(scope))
    return found.select_related("feed", "received_by").defer("raw").get(uuid=uuid)


def warnings_in_force(now: datetime, scope: Scope, *, exercise: UUID | None = None) -> PlacedQuerySet[ReceivedWarning]:
    """What holds: actual, public, not over, not updated or lifted by a later message of its sender. Worst first.

    A cancelling message that came before the warning counts all the same.
    """
    found = warnings(scope, exercise=exercise).filter(
        _meant(exercise), msg_type__in=TELLING, is_all_clear=False, is_public=True
    )
    found = found.filter(Q(expires_at__gt=now) | Q(expires_at=None))
    return found.exclude(superseded(exercise)).order_by("level", "-sent", "-pk")


def _of(exercise: UUID | None, prefix: str = "") -> Q:
    return Q(**{f"{prefix}exercise": exercise}) if exercise else Q(**{f"{prefix}exercise__isnull": True})


def _meant(exercise: UUID | None, prefix: str = "") -> Q:
    # In a drill of ours everything that is played counts, however its sender marked it.
    return Q() if exercise else Q(**{f"{prefix}status": CapStatus.ACTUAL})


def superseded(exercise: UUID | None = None) -> Exists:
    """Whether a later message of the same sender updates or lifts the row."""
    return Exists(followers(exercise))


def followers(exercise: UUID | None = None) -> QuerySet[WarningReference]:
    """The references of later messages to the row, of its own sender. Serial numbers of identifiers may be missing."""
    return WarningReference.objects.filter(
        Q(sender="") | Q(sender=OuterRef("sender")),
        Q(sent=None) | Q(sent=OuterRef("sent")),
        Q(identifier=OuterRef("identifier")) | Q(identifier=F("base")) | Q(base=OuterRef("identifier")),
        _of(exercise, "warning__"),
        _meant(exercise, "warning__"),
        base=OuterRef("base"),
        warning__sender=OuterRef("sender"),
        warning__msg_type__in=FOLLOWING,
        warning__sent__gte=OuterRef("sent"),
    ).exclude(warning=OuterRef("pk"))


@dataclass(frozen=True)
class InForceWarning:
    """A warning as lists show it: with its colour, and how often the same text came within the hour."""

    warning: ReceivedWarning
    colour: str
    times: int = 1


def shown_in_force(now: datetime, scope: Scope, *, exercise: UUID | None = None) -> list[InForceWarning]:
    """What holds, each text once: of a text sent again within the hour the newest. One statement, and one before it.

    Whether anything is left that is not over is asked first: mostly nothing is, and what was lifted takes a long look.
    """
    if not ReceivedWarning.objects.filter(Q(expires_at__gt=now) | Q(expires_at=None), msg_type__in=TELLING).exists():
        return []
    rows = list(warnings_in_force(now, scope, exercise=exercise))
    kept: list[ReceivedWarning] = []
    counted: Counter[str] = Counter()
    for row in sorted(rows, key=lambda row: (row.sent, row.pk), reverse=True):
        counted[row.fingerprint] += 1
        if not any(row.fingerprint == one.fingerprint and one.sent - row.sent <= REISSUED_WITHIN for one in kept):
            kept.append(row)
    return [InForceWarning(row, colour_of(row), counted[row.fingerprint]) for row in rows if row in kept]


def colour_of(row: ReceivedWarning) -> str:
    """The colour of its level as style sheets know it; empty where none could be read."""
    return COLOURS[NoticeLevel(row.level)] if row.level else ""


@dataclass(frozen=True)
class Lifted:
    """A warning that its sender has lifted, and the message that did so."""

    warning: ReceivedWarning
    by: ReceivedWarning


def lifted(now: datetime, scope: Scope, *, exercise: UUID | None = None) -> list[Lifted]:
    """气象预警已解除: what was lifted in the last hours. The newest first. One statement, and one for each."""
    since = now - LIFTED_SHOWN
    ended = Exists(followers(exercise).filter(_ENDING, warning__sent__gt=since, warning__sent__lte=now))
    rows = warnings(scope, exercise=exercise).filter(ended, _meant(exercise), msg_type__in=TELLING, is_all_clear=False)
    found = [Lifted(row, by) for row in rows[:20] if (by := _lifting(row, exercise))]
    # A chain that was updated and then lifted is told once.
    once: dict[int, Lifted] = {}
    for each in found:
        once.setdefault(each.by.pk, each)
    return sorted(once.values(), key=lambda each: each.by.sent, reverse=True)


def _lifting(row: ReceivedWarning, exercise: UUID | None) -> ReceivedWarning | None:
    return next((one for one in following(row, exercise) if one.msg_type == CapType.CANCEL or one.is_all_clear), None)


def following(row: ReceivedWarning, exercise: UUID | None = None) -> list[ReceivedWarning]:
    """The messages of its sender that update or lift this one, oldest first. One statement."""
    references = WarningReference.objects.filter(
        Q(sender="") | Q(sender=row.sender),
        Q(sent=None) | Q(sent=row.sent),
        Q(identifier=row.identifier) | Q(identifier=F("base")) | Q(base=row.identifier),
        _of(exercise, "warning__"),
        base=row.base,
        warning__sender=row.sender,
        warning__msg_type__in=FOLLOWING,
        warning__sent__gte=row.sent,
    ).exclude(warning=row)
    found = ReceivedWarning.objects.filter(pk__in=references.values("warning")).defer("raw", "infos")
    return list(found.order_by("sent", "pk"))


@dataclass(frozen=True)
class Referred:
    """What a warning refers to: the stored one, or None while it has not arrived; `fault` says what is odd about it."""

    reference: WarningReference
    warning: ReceivedWarning | None
    fault: Finding | None = None


def referred(row: ReceivedWarning) -> list[Referred]:
    """The warnings before this one, as far as they have arrived. Two statements."""
    references = list(row.references.order_by("pk"))
    bases = {reference.base for reference in references}
    stored = ReceivedWarning.objects.filter(_of(row.exercise), base__in=bases).exclude(pk=row.pk)
    by_base: dict[str, list[ReceivedWarning]] = {}
    for one in stored.defer("raw", "infos").order_by("sent", "pk"):
        by_base.setdefault(one.base, []).append(one)
    return [_referred(reference, by_base.get(reference.base, []), row) for reference in references]


def _referred(reference: WarningReference, stored: Iterable[ReceivedWarning], row: ReceivedWarning) -> Referred:
    def fits(one: ReceivedWarning) -> bool:
        named = reference.identifier in (one.identifier, one.base) or reference.base == one.identifier
        return named and reference.sender in ("", one.sender) and reference.sent in (None, one.sent)

    found = [one for one in stored if fits(one)]
    if not found:
        return Referred(reference, None, Finding(CapFault.NOT_ARRIVED, is_error=False))
    own = next((one for one in found if one.sender == row.sender), None)
    odd = None if own else Finding(CapFault.SENDER_DIFFERS, is_error=False)
    return Referred(reference, own or found[0], odd)


def warnings_before(row: ReceivedWarning) -> list[ReceivedWarning]:
    """Everything that this warning follows, directly or through an update of it that called nobody anew."""
    found: dict[int, ReceivedWarning] = {}
    waiting = [row]
    while waiting and len(found) < LONGEST_CHAIN:
        for each in referred(waiting.pop()):
            if each.warning and each.fault is None and each.warning.pk not in found:
                found[each.warning.pk] = each.warning
                waiting.append(each.warning)
    return list(found.values())


def warning_chain(row: ReceivedWarning) -> list[ReceivedWarning]:
    """Everything that this warning follows or that follows it, itself included, oldest first."""
    found = {row.pk: row}
    waiting = [row]
    while waiting and len(found) < LONGEST_CHAIN:
        one = waiting.pop()
        before = [each.warning for each in referred(one) if each.warning and each.fault is None]
        for near in [*before, *following(one, row.exercise)]:
            if near.pk not in found:
                found[near.pk] = near
                waiting.append(near)
    return sorted(found.values(), key=lambda each: (each.sent, each.pk))


@dataclass(frozen=True)
class WarningState:
    """How a warning stands now, as it is printed."""

    tone: str
    label: object
    ended_by: ReceivedWarning | None = None


def with_state(rows: QuerySet[ReceivedWarning], exercise: UUID | None = None) -> QuerySet[ReceivedWarning]:
    """The rows, each knowing whether a later message of its sender has updated or lifted it. No further statement."""
    lifted_by = Exists(followers(exercise).filter(_ENDING))
    known: dict[str, Exists] = {"is_followed": superseded(exercise), "is_lifted": lifted_by}
    return rows.annotate(**known)


def state_of(row: ReceivedWarning, now: datetime) -> WarningState:
    """生效中 · 已更新 · 气象预警已解除 · 已过期 · 测试, of a row of `with_state`."""
    return _state(row, now, is_followed=row.is_followed, is_lifted=row.is_lifted)


def warning_state(row: ReceivedWarning, now: datetime) -> WarningState:
    """The same of one row, with the message that ended it. One statement at most."""
    after = following(row, row.exercise) if row.msg_type in TELLING and not row.is_all_clear else []
    lifting = next((one for one in after if one.msg_type == CapType.CANCEL or one.is_all_clear), None)
    found = _state(row, now, is_followed=bool(after), is_lifted=lifting is not None)
    return replace(found, ended_by=lifting or (after[-1] if after else None))


def _state(row: ReceivedWarning, now: datetime, *, is_followed: bool, is_lifted: bool) -> WarningState:
    if row.status != CapStatus.ACTUAL and row.exercise is None:
        return WarningState("off", CapStatus(row.status).label)
    if row.is_all_clear or is_lifted:
        return WarningState("ok", _("Official warning lifted"))
    if row.msg_type not in TELLING:
        return WarningState("off", CapType(row.msg_type).label)
    if is_followed:
        return WarningState("off", _("Updated"))
    if is_over(row.expires_at, now):
        return WarningState("off", _("Over"))
    return WarningState("late" if row.level in (1, 2) else "working", _("In force"))
