"""Authorisations to issue: which there are, which fit a warning in force, whether their signer may still sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from accounts.models import User
from alerts.enums import AuthorisationObjection, NoticeState
from alerts.models import Authorisation, ReceivedWarning, Signature
from alerts.queries.audience import AudiencePreview, audience_preview
from alerts.queries.warnings import warning_chain, warnings_in_force
from alerts.queries.wording import wording
from alerts.rules import Content
from alerts.rules.cap import known_kind
from alerts.rules.signing import holds
from core.rules import Refused
from territory import queries as territory
from territory.enums import Level
from territory.rules import Scope, scope_of

SAID_AGAIN = timedelta(days=1)  # within which the same words of the same sender are the same warning


def authorisations(scope: Scope) -> QuerySet[Authorisation]:
    """Those of the scope's areas, the newest first."""
    rows = Authorisation.objects.in_scope(scope).select_related("prepared_by", "signed_by", "revoked_by")
    return rows.order_by("revoked_at", "-valid_until", "-pk")


def may_still_sign(row: Authorisation) -> bool:
    """Whether the signer still holds the office that his signature rests on."""
    signer = row.signed_by
    return signer is not None and signer.is_active and signer.scope_for("notices.approve").covers(row.area_code)


def fits(row: Authorisation, warning: ReceivedWarning, now: datetime) -> bool:
    """Whether a warning in force has the event (by the beginning of its code) and the level of an authorisation, and
    covers its area.
    """
    same_event = (
        warning.event_code.startswith(row.event_code)
        if row.event_code
        else known_kind(warning.event, warning.event_code) == row.kind
    )
    if not same_event or warning.level != row.level:
        return False
    if not _covers(set(warning.areas.exclude(local_code="").values_list("local_code", flat=True)), row.area_code):
        return False
    everywhere = scope_of(settings.DISTRICT_CODE)
    return warnings_in_force(now, everywhere, exercise=warning.exercise).filter(pk=warning.pk).exists()


def _covers(codes: set[str], area_code: str) -> bool:
    """Whether areas hold another whole. A shape names the sub-districts that it touches: together they are all."""
    if any(area_code.startswith(code) for code in codes):
        return True
    parts = set(territory.areas(scope_of(area_code), Level.SUBDISTRICT).values_list("code", flat=True))
    return bool(parts) and parts <= codes


def is_used(row: Authorisation, warning: ReceivedWarning, now: datetime) -> bool:
    """Whether its households have this already: a notice by it still holds, or one went out for this warning, for one
    that it follows or that follows it, or for the same words sent again. A drill counts apart.
    """
    same_words = Q(warning__fingerprint=warning.fingerprint, warning__sent__gt=warning.sent - SAID_AGAIN)
    holding = Q(notice__state=NoticeState.ISSUED, notice__expires_at__gt=now)
    uses = Signature.objects.filter(authorisation=row, notice__exercise=warning.exercise)
    return uses.filter(holding | same_words | Q(warning__in=warning_chain(warning))).exists()


def usable(warning: ReceivedWarning, scope: Scope, now: datetime) -> list[Authorisation]:
    """What may be issued for a warning by one press now: signed, valid, fitting, not used for it yet."""
    signed = authorisations(scope).filter(signed_at__isnull=False, revoked_at=None, level=warning.level or 0)
    return [
        row
        for row in signed.filter(valid_from__lte=now, valid_until__gt=now)
        if may_still_sign(row) and fits(row, warning, now) and not is_used(row, warning, now)
    ]


def unsendable_words(row: Authorisation, now: datetime) -> Refused | None:
    """Why no provider would take the text of an authorisation as things stand today; None when it can be sent."""
    return wording(authorised_content(row, None, max(now, row.valid_from))).refusal


def authorised_content(row: Authorisation, warning: ReceivedWarning | None, now: datetime) -> Content:
    """The notice that an authorisation issues for a warning: its frozen words, from now until the earlier end."""
    ends = now + timedelta(hours=row.lasts_hours)
    if warning and warning.expires_at and now < warning.expires_at < ends:
        ends = warning.expires_at
    return Content(
        kind=row.kind,
        level=row.level,
        headline=row.headline,
        starts_at=now,
        expires_at=ends,
        affected_area=territory.area_names({row.area_code}).get(row.area_code, ""),
        caution=row.caution,
        measures=row.measures,
        issuer=row.issuer,
    )


@dataclass(frozen=True)
class AuthorisedOffer:
    """What one press would issue for a warning, and whom that reaches; `refusal`: why this person does not press it."""

    row: Authorisation
    preview: AudiencePreview
    refusal: str | Promise = ""


def offers(warning: ReceivedWarning, by: User, now: datetime) -> list[AuthorisedOffer]:
    """What this person may issue for a warning by one press now, each with its counts."""
    own = AuthorisationObjection.OWN_WARNING.label if warning.received_by_id == by.pk else ""
    is_exercise = warning.exercise is not None
    found = []
    for row in usable(warning, by.scope_for("notices.draft"), now):
        words = wording(authorised_content(row, warning, now), is_exercise=is_exercise)
        preview = audience_preview([row.area_code], words.text, exercise=is_exercise)
        found.append(AuthorisedOffer(row, preview, own or (str(words.refusal) if words.refusal else "")))
    return found


@dataclass(frozen=True)
class AuthorisationLine:
    """An authorisation as it is printed."""

    row: Authorisation
    area: str
    tone: str
    state: str
    uses: int
    refusal: str = ""


def authorisation_lines(scope: Scope, now: datetime, words: dict[str, str]) -> list[AuthorisationLine]:
    """The list, each with its state in `words` (prepared, holding, ahead, over, revoked, unsendable).

    Three statements, and those of the words for each that may still be used.
    """
    rows = list(authorisations(scope)[:200])
    names = territory.area_names({row.area_code for row in rows})
    uses: dict[int, int] = {}
    for number in Signature.objects.filter(authorisation__in=rows).values_list("authorisation_id", flat=True):
        uses[number or 0] = uses.get(number or 0, 0) + 1

    alive = [row for row in rows if row.revoked_at is None and now < row.valid_until]
    refused = {row.pk: str(refusal) for row in alive if (refusal := unsendable_words(row, now))}

    def standing(row: Authorisation) -> tuple[str, str]:
        if row.pk in refused:
            return "danger", words["unsendable"]
        if row.revoked_at:
            return "off", words["revoked"]
        if row.signed_at is None:
            return "waiting", words["prepared"]
        if holds(row.valid_from, row.valid_until, row.revoked_at, now):
            return "ok", words["holding"]
        return ("waiting", words["ahead"]) if now < row.valid_from else ("off", words["over"])

    return [
        AuthorisationLine(
            row, names.get(row.area_code, row.area_code), *standing(row), uses.get(row.pk, 0), refused.get(row.pk, "")
        )
        for row in rows
    ]
