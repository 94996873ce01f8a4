"""Shelters: the sheet comes in, a place opens and closes."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from command.actions.refusals import ask_leave, wait_turn
from command.actions.timeline import record as tell
from command.enums import EntryKind
from command.enums.shelters import ShelterKind
from command.models import Shelter
from command.queries.shelter_sheet import SheltersExamined, examine_shelters, values_of
from core.audit import act
from core.rules import Actor
from territory.actions.recording import record, refuse_faulty
from territory.enums import ImportState, RowStatus
from territory.models import SheetImport
from territory.queries import stored_import
from territory.rules import Scope

KIND = "shelters"


def check_shelters(*, content: bytes, file_name: str, scope: Scope | None, by: Actor, now: datetime) -> SheetImport:
    """预检: counts and faults, nothing stored. A file that is stored already answers so. Raises Refused."""
    digest = hashlib.sha256(content).hexdigest()
    if twin := stored_import(KIND, digest):
        return twin
    with act("command.shelters.check", by=by):
        return _record(examine_shelters(content, scope=scope), digest, file_name, ImportState.CHECKED, by, now)


def store_shelters(
    *, content: bytes, file_name: str, scope: Scope | None, by: Actor, now: datetime, is_sample: bool = False
) -> SheetImport:
    """入库: all rows or none, by their code; a place that had left comes back, nobody's is deleted. Raises Refused."""
    digest = hashlib.sha256(content).hexdigest()
    with act("command.shelters.store", by=by):
        wait_turn("command.shelters")
        if twin := stored_import(KIND, digest):
            return twin
        examined = examine_shelters(content, scope=scope)
        refuse_faulty(examined.counts[RowStatus.BAD], examined.faults)
        for row in examined.rows:
            if examined.status[row.row] is RowStatus.SAME:
                continue
            place = Point(*row.position, srid=4326)
            given = {**values_of(row), "position": place, "retired_at": None, "is_sample": is_sample}
            if row.kind == ShelterKind.HIGH_GROUND:
                given |= {"opened_at": None, "opened_by": None}
            Shelter.objects.update_or_create(code=row.code, defaults=given)
        return _record(examined, digest, file_name, ImportState.STORED, by, now)


def open_shelter(*, shelter: Shelter, by: User, now: datetime) -> Shelter:
    """Somebody is there and lets people in; the public page says so at once. Pressed again: the first time stands."""
    return _turn(shelter, by, now, opens=True)


def close_shelter(*, shelter: Shelter, by: User, now: datetime) -> Shelter:
    """Nobody is let in any more."""
    return _turn(shelter, by, now, opens=False)


def _turn(shelter: Shelter, by: User, now: datetime, *, opens: bool) -> Shelter:
    ask_leave(by, shelter.area_code, "closures.decide")
    with act("command.shelter.open" if opens else "command.shelter.close", by=by.actor):
        row = Shelter.objects.select_for_update(of=("self",)).get(pk=shelter.pk)
        if row.kind != ShelterKind.SHELTER or row.retired_at or (row.opened_at is not None) == opens:
            return row
        row.opened_at, row.opened_by = (now, by) if opens else (None, None)
        row.save(update_fields=["opened_at", "opened_by", "updated_at"])
        with translation.override(settings.LANGUAGE_CODE):
            words = _("Shelter opened: %(name)s") if opens else _("Shelter closed: %(name)s")
            text = words % {"name": row.name}
        tell(kind=EntryKind.NOTE, text=text, area_code=row.area_code, by=by, now=now, ref=f"shelter:{row.pk}")
    return row


def _record(
    examined: SheltersExamined, digest: str, file_name: str, state: ImportState, by: Actor, now: datetime
) -> SheetImport:
    return record(
        kind=KIND,
        sha256=digest,
        file_name=file_name,
        state=state,
        total=examined.total,
        counts=examined.counts,
        faults=examined.faults,
        by=by,
        now=now,
    )
