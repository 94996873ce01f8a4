"""Our signed notices as CAP messages for whoever reads feeds: actual and public ones only, a rehearsal never."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext

from alerts.enums import OUT, MessageType, NoticeState
from alerts.models import Notice, NoticeArea
from alerts.rules.cap import Outgoing, OutgoingInfo, Reference
from territory import queries as territory

LISTED_FOR = timedelta(days=7)
MOST_LISTED = 100
WITHDRAWAL_LASTS = timedelta(hours=6)
_TYPES = {MessageType.ALERT: "Alert", MessageType.CORRECTION: "Update", MessageType.ALL_CLEAR: "Cancel"}
_IDENTIFIER = re.compile(r"(\d{6,15})\.(\d{14})\.(\d{1,18})(\.w)?")


@dataclass(frozen=True)
class Listed:
    """A message of the public feed."""

    message: Outgoing
    title: str
    summary: str


def _public() -> QuerySet[Notice]:
    return Notice.objects.filter(state__in=OUT, issued_at__isnull=False, exercise=None)


def outgoing(identifier: str) -> Outgoing | None:
    """The message of this identifier; None for what was never signed, is an exercise's, or does not exist."""
    found = _IDENTIFIER.fullmatch(identifier)
    row = _public().filter(pk=int(found[3])).first() if found and int(found[3]) < 2**63 else None
    if row is None:
        return None
    return next((each for each in _messages([row]) if each.identifier == identifier), None)


def feed_version(now: datetime) -> str:
    """What the public feed depends on, as an ETag. One statement."""
    rows = list(_listed(now).values_list("pk", "state", "issued_at", "withdrawn_at"))
    return f'W/"{hashlib.sha256(repr((settings.CAP_SENDER, settings.PUBLIC_URL, rows)).encode()).hexdigest()[:32]}"'


def listed(now: datetime) -> list[Listed]:
    """The messages of the last week, newest first. Four statements."""
    messages = sorted(_messages(_listed(now)), key=lambda each: (each.sent, each.identifier), reverse=True)
    return [Listed(each, each.infos[0].headline, each.infos[0].description) for each in messages[:MOST_LISTED]]


def _listed(now: datetime) -> QuerySet[Notice]:
    return _public().filter(issued_at__gt=now - LISTED_FOR).order_by("-issued_at", "-pk")[:MOST_LISTED]


def _messages(notices: Iterable[Notice]) -> list[Outgoing]:
    rows = list(notices)
    chains = _chains(rows)
    codes: dict[int, list[str]] = {row.pk: [] for row in rows}
    for area in NoticeArea.objects.filter(notice__in=rows).order_by("area_code"):
        codes[area.notice_id].append(area.area_code)
    names = territory.area_names({code for each in codes.values() for code in each})
    found = []
    for row in rows:
        areas = tuple((names.get(code, code), code) for code in codes[row.pk] or [row.area_code])
        before = _before(row, chains)
        found.append(_message(row, areas, before))
        if row.state == NoticeState.WITHDRAWN and row.withdrawn_at:
            found.append(_withdrawal(row, areas, [*before, row]))
    return found


def _chains(rows: list[Notice]) -> dict[int, list[Notice]]:
    roots = {row.root_id for row in rows if row.root_id}
    chains: dict[int, list[Notice]] = {root: [] for root in roots}
    for one in _public().filter(pk__in=roots):
        chains[one.pk].append(one)
    for one in _public().filter(root__in=roots).order_by("pk"):
        chains[one.root_id or 0].append(one)
    return chains


def _before(row: Notice, chains: dict[int, list[Notice]]) -> list[Notice]:
    """What of its chain was signed before a notice, oldest first."""
    chain = chains.get(row.root_id or 0, [])
    return [one for one in chain if one.issued_at and row.issued_at and one.issued_at < row.issued_at]


def identifier_of(row: Notice, *, withdrawal: bool = False) -> str:
    """District, second of the signature, number of the notice: never the same for two messages."""
    at = timezone.localtime(row.issued_at)
    return f"{settings.DISTRICT_CODE}.{at:%Y%m%d%H%M%S}.{row.pk}{'.w' if withdrawal else ''}"


def _reference(row: Notice) -> Reference:
    at = timezone.localtime(row.issued_at).replace(microsecond=0)
    return Reference(identifier_of(row), settings.CAP_SENDER, at)


def _message(row: Notice, areas: tuple[tuple[str, str], ...], before: list[Notice]) -> Outgoing:
    sent = timezone.localtime(row.issued_at).replace(microsecond=0)
    return Outgoing(
        identifier=identifier_of(row),
        sender=settings.CAP_SENDER,
        sent=sent,
        msg_type=_TYPES[MessageType(row.message_type)],
        level=row.level,
        onset=timezone.localtime(row.starts_at),
        expires=timezone.localtime(row.expires_at),
        infos=_infos(row, areas, row.headline, row.message_type),
        references=tuple(_reference(one) for one in before),
        is_all_clear=row.message_type == MessageType.ALL_CLEAR,
        web=f"{settings.PUBLIC_URL}/p/",
        contact=settings.DUTY_PHONE,
    )


def _withdrawal(row: Notice, areas: tuple[tuple[str, str], ...], before: list[Notice]) -> Outgoing:
    at = timezone.localtime(row.withdrawn_at).replace(microsecond=0)
    with translation.override(settings.LANGUAGE_CODE):
        headline = gettext("Withdrawn: %(headline)s") % {"headline": row.headline}
    return Outgoing(
        identifier=identifier_of(row, withdrawal=True),
        sender=settings.CAP_SENDER,
        sent=at,
        msg_type="Cancel",
        level=row.level,
        onset=at,
        expires=max(timezone.localtime(row.expires_at), at + WITHDRAWAL_LASTS),
        infos=_infos(row, areas, headline, "withdrawn"),
        references=tuple(_reference(one) for one in before),
        is_all_clear=True,
        web=f"{settings.PUBLIC_URL}/p/",
        contact=settings.DUTY_PHONE,
    )


def _infos(row: Notice, areas: tuple[tuple[str, str], ...], headline: str, sort: str) -> tuple[OutgoingInfo, ...]:
    """What the notice says, and in English what can be said in fixed words; nobody translates at night."""
    with translation.override("zh-hans"):
        chinese = str(row.get_kind_display())
    with translation.override("en"):
        kind, level = str(row.get_kind_display()), str(row.get_level_display())
        heads = {
            MessageType.CORRECTION.value: gettext("Corrected: %(kind)s notice (%(level)s)"),
            MessageType.ALL_CLEAR.value: gettext("All clear: %(kind)s notice (%(level)s)"),
            "withdrawn": gettext("Withdrawn: %(kind)s notice (%(level)s)"),
        }
        head = heads.get(sort, gettext("%(kind)s notice (%(level)s)")) % {"kind": kind, "level": level}
        more = gettext("The notice itself is in Chinese: see the address below.")
    return (
        OutgoingInfo("zh-CN", chinese, headline, row.issuer, row.caution, row.measures, areas),
        OutgoingInfo("en-US", kind, head, row.issuer, more, "", areas),
    )
