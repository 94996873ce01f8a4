"""Who may sign a notice and how, what waits for a countersignature, and how each notice was signed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import RoleHeld, User
from accounts.rules import CAPABILITIES
from alerts.enums import CallOutcome, Way
from alerts.models import Notice, OralWord, Signature, SignerCode, SigningCall
from alerts.queries.audience import audience_preview
from alerts.queries.chain import follow_preview
from alerts.queries.purposes import sent_text
from alerts.queries.wording import Wording
from alerts.rules.signing import CODE_MAY_COME, RETURN, is_open
from core.rules import OpenItem
from dutyroster import queries as roster
from territory import queries as territory
from territory.models import within
from territory.rules import LENGTHS, Scope

SIGNING_ROLES = [role for role, held in CAPABILITIES.items() if "notices.approve" in held]


def _parts(row: Notice) -> list[str]:
    return [area.area_code for area in row.areas.all()] or [row.area_code]


def _parties(row: Notice) -> set[int | None]:
    return {row.author_id, row.last_editor_id, row.submitter_id}


def is_signer(person: User, row: Notice) -> bool:
    """Whether this person may sign: he holds the capability over all its areas and had no part in writing it."""
    return _may_sign(person, row, _parts(row))


def _may_sign(person: User, row: Notice, parts: list[str]) -> bool:
    scope = person.scope_for("notices.approve")
    covers = bool(scope.codes) and all(scope.covers(code) for code in parts)
    return person.is_active and covers and person.pk not in _parties(row)


def signers(row: Notice, now: datetime) -> list[User]:
    """Who may sign this notice, whoever is on duty first. Four statements."""
    parts = _parts(row)
    above = {code[:length] for code in parts for length in LENGTHS if length <= len(code)}
    held = RoleHeld.objects.filter(
        Q(until=None) | Q(until__gt=now), role__in=SIGNING_ROLES, area_code__in=above, since__lte=now
    )
    people = User.objects.filter(pk__in=held.values("user"), is_active=True).prefetch_related("roles_held")
    on_duty = {person.pk for person in roster.on_duty_people(row.area_code, now)}
    able = [person for person in people.order_by("pk") if _may_sign(person, row, parts)]
    return sorted(able, key=lambda person: person.pk not in on_duty)


@dataclass(frozen=True)
class Readiness:
    """Whether a signer can be asked by telephone: his number verified, his code set and not locked."""

    name: str
    area: str
    is_verified: bool
    has_code: bool
    is_locked: bool

    @property
    def is_ready(self) -> bool:
        """True when a call to him could sign."""
        return self.is_verified and self.has_code and not self.is_locked


def signers_ready(scope: Scope, now: datetime) -> list[Readiness]:
    """Everybody who signs in these areas; who cannot be asked by telephone yet on top. Three statements."""
    held = RoleHeld.objects.filter(
        within(scope), Q(until=None) | Q(until__gt=now), role__in=SIGNING_ROLES, since__lte=now, user__is_active=True
    )
    rows = list(held.select_related("user").order_by("area_code", "user_id"))
    codes = {code.user_id: code for code in SignerCode.objects.filter(user__in=[row.user_id for row in rows])}
    names = territory.area_names({row.area_code for row in rows})
    found: dict[int, Readiness] = {}
    for row in rows:
        code = codes.get(row.user_id)
        is_locked = code is not None and code.locked_at is not None
        area = names.get(row.area_code, row.area_code)
        is_verified = bool(row.user.phone) and row.user.phone_verified_at is not None
        found.setdefault(row.user_id, Readiness(row.user.name, area, is_verified, code is not None, is_locked))
    return sorted(found.values(), key=lambda one: one.is_ready)


def is_witness(person: User, row: Notice, now: datetime) -> bool:
    """Whether he is one of those on duty who may record a word of mouth about this notice.

    Where the roster names nobody for the area, whoever may draft there is taken to be on duty.
    """
    scope = person.scope_for("notices.draft")
    if not scope.codes or not all(scope.covers(code) for code in _parts(row)):
        return False
    on_duty = roster.on_duty_people(row.area_code, now)
    return not on_duty or person.pk in {each.pk for each in on_duty}


def open_word(row: Notice) -> OralWord | None:
    """The word of mouth that waits for its second person."""
    found = row.oral_words.filter(heard_at=None, dropped_at=None)
    return found.select_related("signer", "recorded_by").first()


def newest_call(row: Notice) -> SigningCall | None:
    """The last call to a signer about this notice, answered or not."""
    return row.signing_calls.select_related("signer", "asked_by", "broadcast").order_by("-pk").first()


def numbers_called(numbers: set[str], now: datetime) -> set[str]:
    """Of these telephones those that were asked for a signature lately, whatever became of it: their answers may hold a
    code. One statement.
    """
    calls = SigningCall.objects.filter(contact_point__address__in=numbers, asked_at__gt=now - CODE_MAY_COME)
    return set(calls.values_list("contact_point__address", flat=True))


@dataclass(frozen=True)
class CallLine:
    """A call to a signer as it is printed."""

    call: SigningCall
    is_open: bool
    tone: str
    words: str


_TONES = {
    CallOutcome.SIGNED: "ok",
    CallOutcome.RETURNED: "late",
    CallOutcome.LOCKED: "danger",
    CallOutcome.REFUSED: "danger",
    CallOutcome.REPLACED: "off",
    CallOutcome.OVER: "late",
}


def call_line(row: Notice, now: datetime) -> CallLine | None:
    """The last call about a notice: whether it may still be answered, and what became of it. One statement."""
    call = newest_call(row)
    if call is None:
        return None
    if is_open(call.ends_at, call.settled_at, now):
        left = gettext("wrong code, he may try again") if call.wrong else gettext("being asked")
        return CallLine(call, True, "late" if call.wrong else "working", left)
    outcome = CallOutcome(call.outcome) if call.outcome else CallOutcome.OVER
    label = str(outcome.label)
    if outcome == CallOutcome.REFUSED and call.pressed == RETURN:
        label = gettext("Wanted to send it back, but could not")
    return CallLine(call, False, _TONES[outcome], label)


def households_of(row: Notice) -> int:
    """How many households a signature would reach: what the signer is told."""
    text = sent_text(row)
    if row.refers_to_id is not None:
        return follow_preview(row, Wording(text, row.is_composed)).households
    return audience_preview(sorted(_parts(row)), text, exercise=row.exercise is not None, notice=row.pk).households


def signature_of(row: Notice) -> Signature | None:
    """How a notice was signed; None before, and for what was signed when only the page could do it."""
    # Most are signed on the page: what the other ways leave is asked for when it is printed.
    return Signature.objects.filter(notice=row).select_related("signer").first()


def to_countersign(scope: Scope) -> list[Signature]:
    """Words of mouth in these areas that their signer has not countersigned, the oldest first. One statement."""
    rows = Signature.objects.filter(
        within(scope, "notice__area_code"), way=Way.ORAL, countersigned_at=None, notice__exercise=None
    )
    return list(rows.select_related("notice", "signer", "oral__recorded_by").order_by("at", "pk"))


def countersigns_open(scope: Scope, now: datetime) -> list[OpenItem]:
    """The same as the duty room hands it over."""
    return [
        OpenItem(
            key=f"alerts.countersign:{row.pk}",
            label=gettext("Word of mouth without countersignature"),
            title=f"{row.signer.name} · {row.notice.headline}"[:120],
            url=reverse("alerts:notice", args=[row.notice.uuid]),
            since=row.at,
        )
        for row in to_countersign(scope)
    ]
