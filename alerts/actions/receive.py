"""Takes official warnings in: by feed, file, interface or form. The first of an identity stands; nothing is changed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.db import IntegrityError, transaction
from django.utils.functional import lazystr
from django.utils.text import format_lazy

from accounts.models import User
from alerts.actions.call_people import call_anew, stand_down
from alerts.actions.refusals import object_to
from alerts.enums import CapFault, CapStatus, CapType, Dialect, WarningObjection, WarningSource
from alerts.models import ReceivedWarning, WarningArea, WarningFeed, WarningReference
from alerts.queries.answering import worst_called
from alerts.queries.warnings import following, referred, warnings_before
from alerts.rules import common_area
from alerts.rules.cap import (
    REISSUED_WITHIN,
    Area,
    Finding,
    Info,
    Message,
    Reference,
    base_of,
    checked,
    circle_of,
    concerned_code,
    event_name,
    fingerprint,
    level_of,
    ring_of,
    take,
)
from alerts.rules.warnings import Standing, calls_out, is_over
from alerts.signals import warning_received
from core.audit import act
from core.rules import SYSTEM, Refused
from territory.models import Area as Place
from territory.rules import trimmed

KM_PER_DEGREE = 111.32


class WarningRefused(Refused):
    """A message that is not taken in; `findings` names every reason, the code is that of the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.is_error]
        why = format_lazy("；".join(["{}"] * len(errors)), *(lazystr(finding) for finding in errors))
        super().__init__(errors[0].fault.value, WarningObjection.INVALID.label, params={"why": why})
        self.findings = errors


@dataclass(frozen=True)
class Received:
    """The stored warning; not `is_new`: it was there already."""

    warning: ReceivedWarning
    is_new: bool


def receive_warning(
    *,
    data: bytes,
    source: WarningSource,
    now: datetime,
    by: User | None = None,
    feed: WarningFeed | None = None,
    exercise: UUID | None = None,
) -> Received:
    """Stores a message as it came and calls people out where it asks for that. The same message again is the same row.

    Raises WarningRefused with every fault, Refused when its identity is stored with other words or `by` may not.
    """
    if by is not None:
        may_receive(by)
    taken = take(data, now=now)
    if taken.errors or taken.message is None:
        raise WarningRefused(taken.findings)
    return _store(taken.message, taken.advice, data, source, by, feed, now, exercise)


@dataclass(frozen=True)
class Entry:
    """A warning as a person types it. `refers_to` is the one that it lifts (`is_lifting`) or updates."""

    issuer: str
    number: str
    event: str
    level: int | None
    sent: datetime
    starts_at: datetime
    expires_at: datetime | None
    area_codes: tuple[str, ...]
    area_name: str
    text: str
    measures: str = ""
    refers_to: ReceivedWarning | None = None
    is_lifting: bool = False


def enter_warning(*, entry: Entry, by: User, now: datetime, exercise: UUID | None = None) -> Received:
    """Stores what a person read elsewhere (a fax, a group), checked by the same rules as a file. Raises as above."""
    may_receive(by)
    message = _typed(entry)
    findings = checked(message, now=now)
    if any(finding.is_error for finding in findings):
        raise WarningRefused(findings)
    kept = {name: str(value) for name, value in vars(entry).items() if name != "refers_to"}
    kept["refers_to"] = entry.refers_to.identifier if entry.refers_to else ""
    data = json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()
    return _store(message, findings, data, WarningSource.FORM, by, None, now, exercise)


def may_receive(by: User) -> None:
    """Refuses whoever may not take warnings in for the whole district."""
    if not by.scope_for("warnings.receive").covers(settings.DISTRICT_CODE):
        raise object_to(WarningObjection.NOT_ALLOWED)


def _typed(entry: Entry) -> Message:
    sender = entry.refers_to.sender if entry.refers_to else "".join(entry.issuer.split()).replace(",", "，")
    number = "".join(entry.number.split()).replace(",", "，")
    digest = hashlib.sha256(f"{sender}{entry.event}{entry.level}{entry.text}".encode()).hexdigest()[:8]
    severity = {1: "Red", 2: "Orange", 3: "Yellow", 4: "Blue"}.get(entry.level or 0, "Unknown")
    before = entry.refers_to
    info = Info(
        event=entry.event,
        severity=severity,
        onset=entry.starts_at,
        expires=entry.expires_at,
        sender_name=entry.issuer,
        headline=entry.text.split("。")[0][:120],
        description=entry.text,
        instruction=entry.measures,
        areas=(Area(entry.area_name, entry.area_codes),),
    )
    return Message(
        dialect=Dialect.FORM,
        identifier=number or f"form_{entry.sent:%Y%m%d%H%M}_{digest}",
        sender=sender,
        sent=entry.sent,
        status=CapStatus.ACTUAL,
        msg_type=CapType.CANCEL if entry.is_lifting else CapType.UPDATE if before else CapType.ALERT,
        references=(Reference(before.identifier, before.sender, before.sent),) if before else (),
        infos=(info,),
    )


def _store(
    message: Message,
    advice: Sequence[Finding],
    data: bytes,
    source: WarningSource,
    by: User | None,
    feed: WarningFeed | None,
    now: datetime,
    exercise: UUID | None,
) -> Received:
    actor = by.actor if by else SYSTEM
    with act("alerts.warning.receive", by=actor):
        row, areas = _row(message, list(advice), now)
        row.raw, row.sha256 = data, hashlib.sha256(data).hexdigest()
        row.source, row.feed, row.received_at, row.exercise = source, feed, now, exercise
        row.received_by, row.received_by_name = by, actor.name
        if known := _known(row):
            return Received(known, False)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # another worker was faster with the same message
            if known := _known(row):
                return Received(known, False)
            raise
        _keep_references(row, message.references)
        WarningArea.objects.bulk_create(_with_warning(row, areas or _areas_before(row)))
        _answer(row, now)
        warning_received.send(ReceivedWarning, warning=row, by=by, now=now)
    return Received(row, True)


def _known(row: ReceivedWarning) -> ReceivedWarning | None:
    """The stored message of this identity. Refused when it says something else."""
    same = ReceivedWarning.objects.filter(
        sender=row.sender, identifier=row.identifier, sent=row.sent, exercise=row.exercise
    )
    known = same.first()
    if known and row.sha256 != known.sha256 and row.fingerprint != known.fingerprint:
        raise object_to(WarningObjection.DIFFERS)
    return known


def _row(message: Message, advice: list[Finding], now: datetime) -> tuple[ReceivedWarning, list[WarningArea]]:
    info = message.told
    level = level_of(info.severity, info.headline) if info else None
    areas, odd = _areas(info.areas if info else ())
    codes = [area.local_code for area in areas if area.local_code]
    if areas and not codes:
        odd.append(Finding(CapFault.NOT_OURS, is_error=False))
    elsewhere = next((area.code for area in areas if area.code), "")
    row = ReceivedWarning(
        dialect=message.dialect,
        identifier=message.identifier,
        base=base_of(message.identifier),
        sender=message.sender,
        sent=message.sent,
        status=message.status,
        msg_type=message.msg_type,
        is_public=message.scope == "Public",
        is_all_clear=message.is_all_clear,
        issuer=message.issuer[:200],
        event=(event_name(info.event, info.event_code) if info else "")[:200],
        event_code=(info.event_code if info else "")[:40],
        level=level,
        headline=info.headline if info else "",
        description=info.description if info else "",
        instruction=info.instruction if info else "",
        area_name="、".join(area.name for area in info.areas if area.name) if info else "",
        starts_at=((info.onset or info.effective) if info else None) or message.sent,
        expires_at=info.expires if info else None,
        area_code=common_area(codes) or (settings.DISTRICT_CODE if codes or not elsewhere else elsewhere),
        infos=[_printed(each) for each in message.infos],
        findings=[_noted(finding) for finding in (*advice, *odd)],
        fingerprint=fingerprint(message, level),
    )
    return row, areas


def _noted(finding: Finding) -> dict[str, object]:
    return {"code": finding.fault.value, "params": {name: str(value) for name, value in finding.params.items()}}


def _printed(info: Info) -> dict[str, object]:
    moments = {"effective": info.effective, "onset": info.onset, "expires": info.expires}
    times = {name: at.isoformat() if at else None for name, at in moments.items()}
    words = (
        "language", "event", "event_code", "severity", "urgency", "certainty",
        "sender_name", "headline", "description", "instruction",
    )  # fmt: skip
    areas = [
        {
            "name": area.name,
            "codes": list(area.codes),
            "polygons": list(area.polygons),
            "circles": list(area.circles),
        }
        for area in info.areas
    ]
    said = {name: getattr(info, name) for name in words}
    return {**said, **times, "response_types": list(info.response_types), "areas": areas}


def _areas(areas: Iterable[Area]) -> tuple[list[WarningArea], list[Finding]]:
    """The rows of a message's areas, and what is odd about them."""
    rows, odd = [], list[Finding]()
    for area in areas:
        for code in dict.fromkeys(area.codes):
            own = trimmed(code)[:15] if code.isdigit() else ""
            if own:
                local = concerned_code(code, settings.DISTRICT_CODE)
                rows.append(WarningArea(name=area.name, code=own, local_code=local))
        for shape in _shapes(area):
            touched = _touched(shape)
            if touched is None:
                touched = [settings.DISTRICT_CODE]  # rather one warning too many
                odd.append(Finding(CapFault.BORDER_UNKNOWN, is_error=False))
            rows += [WarningArea(name=area.name, local_code=code, geometry=shape) for code in touched or [""]]
    return rows, odd


def _shapes(area: Area) -> list[GEOSGeometry]:
    found: list[GEOSGeometry] = [
        _sound(Polygon([(longitude, latitude) for latitude, longitude in ring_of(text)], srid=4326))
        for text in area.polygons
    ]
    for text in area.circles:
        if circle := circle_of(text):
            latitude, longitude, km = circle
            # An ellipse in degrees comes near enough to a circle at our latitude to tell which sub-districts it meets.
            found.append(Point(longitude, latitude, srid=4326).buffer(max(km, 0.01) / KM_PER_DEGREE))
    return found


def _sound(polygon: Polygon) -> GEOSGeometry:
    # A ring that touches itself encloses something all the same; the database compares sound shapes only.
    return polygon if polygon.valid else polygon.buffer(0)


def _touched(shape: GEOSGeometry) -> list[str] | None:
    """Our areas that a shape meets: sub-districts where their borders are known, else the district. None: no border."""
    own = Place.objects.filter(
        code__startswith=settings.DISTRICT_CODE,
        level__in=("district", "subdistrict"),
        border__isnull=False,
        retired_at=None,
    )
    if not own.exists():
        return None
    met = list(own.filter(border__intersects=shape).order_by("code").values_list("code", flat=True))
    below = [code for code in met if len(code) > len(settings.DISTRICT_CODE)]
    return below or met


def _with_warning(row: ReceivedWarning, areas: Iterable[WarningArea]) -> list[WarningArea]:
    kept = list(areas)
    for area in kept:
        area.warning = row
    return kept


def _areas_before(row: ReceivedWarning) -> list[WarningArea]:
    """A message that says nothing of areas concerns those of the ones it refers to."""
    before = [each.warning.pk for each in referred(row) if each.warning and each.fault is None]
    known = WarningArea.objects.filter(warning__in=before).order_by("pk")
    return [WarningArea(name=area.name, code=area.code, local_code=area.local_code) for area in known]


def _keep_references(row: ReceivedWarning, references: Iterable[Reference]) -> None:
    WarningReference.objects.bulk_create(
        WarningReference(
            warning=row,
            sender=each.sender[:200],
            identifier=each.identifier[:200],
            base=base_of(each.identifier)[:200],
            sent=each.sent,
        )
        for each in references
    )


def _answer(row: ReceivedWarning, now: datetime) -> None:
    """Calls people out, or ends the calling of what this message lifts."""
    if row.is_all_clear and (row.status == CapStatus.ACTUAL or row.exercise):
        for before in warnings_before(row):
            stand_down(warning=before, ended_by=row, now=now)
        return
    standing = Standing(
        status=row.status,
        msg_type=row.msg_type,
        level=row.level,
        is_ours=row.areas.exclude(local_code="").exists(),
        is_over=is_over(row.expires_at, now),
        is_superseded=bool(following(row, row.exercise)),
        is_repeat=_is_repeat(row),
        worst_before=worst_called(row),
        is_drill=row.exercise is not None,
    )
    if calls_out(standing, from_level=settings.WARNING_CALL_LEVEL):
        call_anew(warning=row, now=now)


def _is_repeat(row: ReceivedWarning) -> bool:
    same = ReceivedWarning.objects.filter(
        fingerprint=row.fingerprint,
        exercise=row.exercise,
        sent__gte=row.sent - REISSUED_WITHIN,
        sent__lte=row.sent + REISSUED_WITHIN,
    )
    return same.exclude(pk=row.pk).exists()
