"""The district's own ledger of sites: checked first (预检), stored whole or, where a person chooses, its good rows."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit import act
from core.rules import Refused
from hazards.actions.register import name_responsible
from hazards.actions.upkeep import keep_facts
from hazards.enums import Fact
from hazards.models import HazardSite, LedgerReading, LedgerSource, WaitingRow
from hazards.queries.ledger import LedgerExamined, PlannedSite, examine_ledger
from hazards.rules.ledger import Reading
from territory.actions.recording import SHOWN_FAULTS, record, refuse_faulty
from territory.actions.uploads import forget_upload
from territory.enums import Fault, ImportState, RowStatus
from territory.models import SheetImport
from territory.queries import fault_rows, refusal, stored_import
from territory.rules import CellFault, Scope, SheetUnreadable

KIND = "sites"
MENDED_BY_MAPPING = (Fault.NO_HEAD, Fault.COLUMN_TWICE)


def ledger_source(*, name: str, by: User) -> LedgerSource:
    """The source of this name among those of the person's own area; a new one reads WGS-84 and guesses its columns."""
    scope = sorted(by.scope_for("sites.edit").codes)
    if not scope:
        raise Refused(Fault.OUTSIDE_SCOPE.value, Fault.OUTSIDE_SCOPE.label)
    source, _new = LedgerSource.objects.get_or_create(area_code=scope[0], name=name.strip())
    return source


def check_ledger(
    *, content: bytes, file_name: str, source: LedgerSource, reading: Reading, by: User, now: datetime
) -> SheetImport:
    """The dry run: counts, faults and flags; stores nothing but them, and how this source's sheets are read.

    The same bytes read in the same way that were stored whole answer the import that stored them. A sheet whose head
    is not understood answers an import without rows: the person says which column is which. Raises Refused when the
    file cannot be read at all.
    """
    digest = _digest(content, reading)
    with act("hazards.ledger.check", by=by.actor):
        source.datum, source.kind, source.mapping = reading.datum, reading.kind, reading.mapping
        source.save()
        twin = stored_import(KIND, digest)
        if twin and not twin.bad and not twin.reading.notes:
            return twin
        try:
            examined = examine_ledger(content, reading=reading, scope=by.scope_for("sites.edit"), now=now)
        except SheetUnreadable as error:
            if error.fault not in MENDED_BY_MAPPING:
                raise refusal(error) from error
            counts = {status: int(status is RowStatus.BAD) for status in RowStatus}
            faults = [CellFault(0, "", error.value, error.fault)]
            sheet = record(
                kind=KIND, sha256=digest, file_name=file_name, state=ImportState.REFUSED, total=0, counts=counts,
                faults=faults, by=by.actor, now=now,
            )  # fmt: skip
            return _read_as(sheet, source, reading, [])
        return _record(examined, digest, file_name, ImportState.CHECKED, source, reading, by, now)


def store_ledger(
    *, sheet: SheetImport, content: bytes, by: User, now: datetime, keep_good: bool = False
) -> SheetImport:
    """Stores a checked ledger in one transaction: sites by their official code, nobody deleted, nothing emptied.

    Any fault refuses the whole, unless `keep_good` is chosen: then the good rows are stored and the bad ones wait as
    WaitingRow. The same bytes again change nothing. Raises Refused.
    """
    reading = reading_of(sheet.reading)
    if sheet.kind != KIND or _digest(content, reading) != sheet.sha256:
        raise Refused("import.other_file", _("This is not the file that was checked. Check it first."), field="file")
    with act("hazards.ledger.store", by=by.actor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('hazards.ledger'))")
        twin = stored_import(KIND, sheet.sha256)
        if twin and not twin.bad and not twin.reading.notes:
            return twin
        try:
            # Read anew: between check and store somebody else may have written.
            examined = examine_ledger(content, reading=reading, scope=by.scope_for("sites.edit"), now=now)
        except SheetUnreadable as error:
            raise refusal(error) from error
        bad = examined.counts[RowStatus.BAD]
        if not (keep_good and bad < len(examined.status)):
            refuse_faulty(bad, examined.faults)
        _write(examined, by, now)
        source = sheet.reading.source
        _let_wait(examined, source, by.scope_for("sites.edit"))
        if twin and twin != sheet:
            twin.delete()  # one import stands for these bytes
        stored = _record(examined, sheet.sha256, sheet.file_name, ImportState.STORED, source, reading, by, now)
    transaction.on_commit(lambda: forget_upload(stored.sha256), robust=True)
    return stored


def drop_waiting(*, row: WaitingRow, by: User, now: datetime) -> None:
    """Takes a waiting row off the list: the place needs no entry."""
    with act("hazards.ledger.drop_waiting", by=by.actor):
        row.delete()


def reading_of(reading: LedgerReading) -> Reading:
    """How an upload was read, as the rules take it."""
    return Reading(reading.datum, reading.kind, dict(reading.mapping))


def _digest(content: bytes, reading: Reading) -> str:
    """The hash of the bytes and of how they are read: another datum makes other places of them."""
    told = json.dumps(asdict(reading), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(hashlib.sha256(content).digest() + told.encode()).hexdigest()


def _record(
    examined: LedgerExamined,
    digest: str,
    file_name: str,
    state: ImportState,
    source: LedgerSource,
    reading: Reading,
    by: User,
    now: datetime,
) -> SheetImport:
    sheet = record(
        kind=KIND,
        sha256=digest,
        file_name=file_name,
        state=state,
        total=len(examined.status),
        counts=examined.counts,
        faults=examined.faults,
        by=by.actor,
        now=now,
    )
    return _read_as(sheet, source, reading, examined.notes)


def _read_as(sheet: SheetImport, source: LedgerSource, reading: Reading, notes: list[CellFault]) -> SheetImport:
    sheet.reading, _new = LedgerReading.objects.update_or_create(
        sheet=sheet,
        defaults={
            "source": source,
            "datum": reading.datum,
            "kind": reading.kind,
            "mapping": reading.mapping,
            "notes": fault_rows(notes[:SHOWN_FAULTS]),
        },
    )
    return sheet


def _write(examined: LedgerExamined, by: User, now: datetime) -> None:
    for one in examined.planned:
        if one.status is RowStatus.SAME:
            continue
        site = _stored(one)
        for role, (person, deputy) in one.persons.items():
            held = site.responsibilities.filter(role=role, during__contains=now).first()
            kept = held.deputy if held and deputy is None and held.deputy != person else deputy
            # A ledger says who, not for how long: an end that was set stays.
            until = held.during.upper if held and held.person_id == person.pk else None
            name_responsible(site=site, role=role, person=person, deputy=kept, by=by, now=now, until=until)
        if one.row.verified_at:
            keep_facts(sites=[site], facts=list(Fact), on=one.row.verified_at, by=by)


def _stored(one: PlannedSite) -> HazardSite:
    if one.site is None:
        return HazardSite.objects.create(code=one.row.code, **one.changes)
    site = HazardSite.objects.select_for_update().get(pk=one.site.pk)
    for name, value in one.changes.items():
        setattr(site, name, value)
    if one.changes:
        site.save(update_fields=[*one.changes, "updated_at"])
    return site


def _let_wait(examined: LedgerExamined, source: LedgerSource, scope: Scope) -> None:
    """Rows that are in now wait no more; those left out wait under the words of their own sheet."""
    stored = [one.row.code for one in examined.planned]
    WaitingRow.objects.in_scope(scope).filter(code__in=stored).delete()
    faults: dict[int, list[CellFault]] = {}
    for fault in examined.faults:
        faults.setdefault(fault.row, []).append(fault)
    sheet = examined.sheet
    for number, cells in sheet.rows:
        if number not in faults:
            continue
        code, name = sheet.cell(cells, "编码")[:80], sheet.cell(cells, "名称")[:160]
        twins = WaitingRow.objects.filter(source=source, code=code)
        (twins if code else twins.filter(name=name)).delete()
        WaitingRow.objects.create(
            source=source,
            area_code=source.area_code,
            row=number,
            code=code,
            name=name,
            head=sheet.head,
            cells=cells,
            faults=fault_rows(faults[number]),
        )
