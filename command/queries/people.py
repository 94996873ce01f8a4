"""Whom a task, an order or a call-out goes to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.models import RoleHeld, User
from accounts.queries import area_names
from assignments.enums import Way, Who
from assignments.queries import first_contacts, prefixes
from command.enums import CallTier
from command.models import CallTarget, CallTerm
from command.rules import CALL_OUT, Term, terms_in_force
from core.queries import resolver
from dutyroster import queries as roster
from messaging.queries import VoiceSum, voice_sum
from territory.models import Area, within
from territory.rules import Scope, scope_of

MOST_CHOICES = 400
ANSWER_MINUTES = CALL_OUT.acknowledge_minutes or 5
# Who leads comes first: his word is waited for.
_LEADING = (Role.COMMANDER, Role.LEADER)
_TIERS = {Role.COMMANDER: CallTier.COMMANDER, Role.LEADER: CallTier.LEADER}


def _holding(now: datetime) -> Q:
    return Q(since__lte=now, user__is_active=True) & (Q(until__isnull=True) | Q(until__gt=now))


def subdistricts(area_code: str) -> list[str]:
    """The codes of the sub-districts in an area, itself included when it is one. One statement."""
    found = Area.objects.filter(code__startswith=area_code, level="subdistrict", retired_at__isnull=True)
    return list(found.order_by("code").values_list("code", flat=True))


def on_duty(area_code: str, at: datetime, role: str = "") -> list[User]:
    """Who is on duty for an area at a moment, whoever keeps the roster."""
    return list(resolver("ON_DUTY")(area_code, at, role))


def holders(roles: Collection[str], area_codes: Iterable[str], *, now: datetime) -> dict[tuple[str, str], list[User]]:
    """Active people by (role, area) who hold the role over exactly that area, the longest first. One statement."""
    held = RoleHeld.objects.filter(_holding(now), role__in=list(roles), area_code__in=set(area_codes))
    found: dict[tuple[str, str], list[User]] = {}
    for each in held.select_related("user").order_by("since", "user_id"):
        found.setdefault((each.role, each.area_code), []).append(each.user)
    return found


@dataclass(frozen=True)
class Callee:
    """One person to be called, as what, for which area, on which rung, and within how many minutes he answers."""

    person: User
    post: str
    area_code: str
    tier: CallTier = CallTier.ON_DUTY
    minutes: int = ANSWER_MINUTES


def callees(area_code: str, *, now: datetime, but: User | None = None, level: int | None = None) -> list[Callee]:
    """Who is called out for an area, each once: those who lead, those on duty, one officer of every sub-district.

    `but` is left out: whoever calls is awake already. Of a sub-district whoever is on duty there is called, else its
    first officer; the second one is his deputy. At a `level` the call list says which rungs, and how fast they answer.
    """
    below = subdistricts(area_code)
    held = holders((*_LEADING, Role.SUBDISTRICT_OFFICER), {*prefixes(area_code), *below}, now=now)
    named = area_names(below)
    wanted = [
        Callee(person, str(role.label), code, _TIERS[role])
        for role in _LEADING
        for code in prefixes(area_code)
        for person in held.get((role, code), [])[:2]
    ]
    wanted += [Callee(person, gettext("On duty"), area_code) for person in on_duty(area_code, now)]
    serving = {shift.area_code: shift.person for shift in roster.on_duty(scope_of(area_code), now)}
    officers = {code: people[0] for (role, code), people in held.items() if role == Role.SUBDISTRICT_OFFICER} | serving
    wanted += [
        Callee(officers[code], named.get(code, code), code, CallTier.STREET) for code in below if code in officers
    ]
    wanted = _as_listed(wanted, area_code, level)
    once: dict[int, Callee] = {}
    for each in wanted:
        once.setdefault(each.person.pk, each)
    return [each for pk, each in once.items() if but is None or pk != but.pk]


def _as_listed(wanted: list[Callee], area_code: str, level: int | None) -> list[Callee]:
    if level is None:
        return wanted
    rows = CallTerm.objects.filter(level=level, area_code__in=prefixes(area_code))
    terms = terms_in_force(Term(row.area_code, row.tier, row.is_called, row.minutes) for row in rows)
    called = [each for each in wanted if each.tier not in terms or terms[each.tier].is_called]
    return [replace(each, minutes=terms[each.tier].minutes) if each.tier in terms else each for each in called]


@dataclass(frozen=True)
class CallSum:
    """How long ringing everybody takes, who may not be rung any more, and who has no telephone."""

    voice: VoiceSum
    capped: list[str]
    without: list[str]


def call_sum(people: Sequence[Callee]) -> CallSum | None:
    """The sum of a call-out if nobody answers its SMS; None when its ladder rings nobody. Four statements."""
    if not any(step.way == Way.VOICE and step.who == Who.ASSIGNEE for step in CALL_OUT.policy.steps):
        return None
    points = first_contacts([each.person.pk for each in people])
    voice = voice_sum(list(points.values()))
    return CallSum(
        voice=voice,
        capped=[each.person.name for each in people if points.get(each.person.pk) in voice.capped],
        without=[each.person.name for each in people if each.person.pk not in points],
    )


def deputies(targets: Collection[CallTarget], *, now: datetime) -> dict[int, User]:
    """Who is called in place of each silent person, by the call's key; nobody who is called already. Four statements.

    Another holder of one of his roles over the same area; else who leads there.
    """
    rows = [each for each in targets if each.assignment.assignee_id]
    if not rows:
        return {}
    called = CallTarget.objects.filter(call_out__in={each.call_out_id for each in rows})
    taken = set(called.exclude(assignment__assignee=None).values_list("assignment__assignee_id", flat=True))
    return _instead({each.pk: each.assignment.assignee_id or 0 for each in rows}, taken, now)


def deputies_of(duties: Mapping[int, int], now: datetime) -> dict[int, dict[int, str]]:
    """Who is asked in place of each duty's assignee (duty id to person id): a name by person id, by duty.

    Of a call-out nobody who is called in it already. A fixed number of statements.
    """
    called = CallTarget.objects.filter(assignment__in=duties).select_related("assignment")
    targets = {each.pk: each for each in called}
    found = {targets[pk].assignment_id: person for pk, person in deputies(targets.values(), now=now).items()}
    others = {
        duty: person for duty, person in duties.items() if duty not in {t.assignment_id for t in targets.values()}
    }
    if others:
        found |= _instead(others, set(others.values()), now, each_once=False)
    return {duty: {person.pk: person.name} for duty, person in found.items()}


def _instead(silent: Mapping[int, int], taken: set[int], now: datetime, *, each_once: bool = True) -> dict[int, User]:
    """For each key and its silent person somebody of his roles and places, else who leads there; nobody of `taken`."""
    own: dict[int, list[tuple[str, str]]] = {}
    held = RoleHeld.objects.filter(_holding(now), user__in=set(silent.values()))
    for user, role, code in held.values_list("user_id", "role", "area_code"):
        own.setdefault(user, []).append((role, code))
    places = {place for roles in own.values() for place in roles}
    others = holders({*(role for role, _ in places), *_LEADING}, {code for _, code in places}, now=now)
    found: dict[int, User] = {}
    for key, assignee in silent.items():
        candidates = (
            person
            for role, code in own.get(assignee, [])
            for person in [
                *others.get((role, code), []),
                *(p for lead in _LEADING for p in others.get((lead, code), [])),
            ]
        )
        if deputy := next((person for person in candidates if person.pk not in taken), None):
            found[key] = deputy
            if each_once:
                taken.add(deputy.pk)
    return found


@dataclass(frozen=True)
class Choice:
    """A person who may receive an order: what he is, and where."""

    person: User
    role: str
    place: str
    area_code: str


def receiver_choices(scope: Scope, *, now: datetime, words: str = "") -> list[Choice]:
    """Who may receive orders in these areas, down to the sub-districts: who leads, agencies, officers, storekeepers.

    Grid workers and site keepers are found by `words` (name or telephone) only. Two statements, at most 400 people.
    """
    held = RoleHeld.objects.filter(_holding(now), within(scope)).exclude(role__in=(Role.AUDITOR, Role.ADMINISTRATOR))
    if words:
        held = held.filter(Q(user__name__icontains=words) | Q(user__phone__endswith=words))
    else:
        held = held.exclude(role__in=(Role.GRID_WORKER, Role.SITE_KEEPER))
    rows = list(held.select_related("user").order_by("area_code", "role", "since", "pk")[:MOST_CHOICES])
    names = area_names({row.area_code for row in rows})
    return [
        Choice(row.user, str(Role(row.role).label), names.get(row.area_code, row.area_code), row.area_code)
        for row in rows
    ]


def home_of(person: User, scope: Scope, *, now: datetime) -> str:
    """The area of one of his roles inside the scope; empty when he has none there. One statement."""
    held = RoleHeld.objects.filter(_holding(now), within(scope), user=person).order_by("area_code", "pk").first()
    return held.area_code if held else ""


def people_by_number(numbers: Collection[int]) -> dict[int, User]:
    """Active people by primary key. One statement."""
    return {person.pk: person for person in User.objects.filter(pk__in=numbers, is_active=True)}
