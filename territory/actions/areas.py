"""Importing the area tree."""

import hashlib
from datetime import datetime

from django.db import connection, transaction

from core.audit import act
from core.rules import Actor
from territory.actions.recording import record, refuse_faulty
from territory.actions.uploads import forget_upload
from territory.enums import ImportState, RowStatus
from territory.models import Area, SheetImport
from territory.queries import AreasExamined, examine_areas, stored_import
from territory.rules import Scope

KIND = "areas"


def check_areas(
    *, csv: bytes, geojson: bytes | None, file_name: str, by: Actor, now: datetime, scope: Scope | None = None
) -> SheetImport:
    """The dry run (预检): what importing would do, nothing stored. The same files once stored answer as stored.

    `csv` has the columns 编码, 名称, 级别 (csv or xlsx); `geojson` a FeatureCollection with the property `code` and,
    where a border is a sketch, `sketch: true`. `scope` bounds what may be imported, None meaning everything.
    Raises Refused when a file cannot be read.
    """
    digest = _digest(csv, geojson)
    if twin := stored_import(KIND, digest):
        return twin
    with act("territory.areas.check", by=by):
        examined = examine_areas(csv, geojson, scope=scope)
        return _record(examined, digest, file_name, ImportState.CHECKED, by, now)


def import_areas(
    *, csv: bytes, geojson: bytes | None, file_name: str, by: Actor, now: datetime, scope: Scope | None = None
) -> SheetImport:
    """Checks and stores, all or nothing: upsert by code, nothing is ever deleted, the same files twice are once.

    Raises Refused when a file cannot be read or any row has a fault.
    """
    digest = _digest(csv, geojson)
    with act("territory.areas.import", by=by):
        _one_at_a_time()
        if twin := stored_import(KIND, digest):
            return twin
        examined = examine_areas(csv, geojson, scope=scope)
        refuse_faulty(examined.count(RowStatus.BAD), examined.faults)
        _store(examined, now)
        sheet = _record(examined, digest, file_name, ImportState.STORED, by, now)
    transaction.on_commit(lambda: forget_upload(digest), robust=True)
    return sheet


def _store(examined: AreasExamined, now: datetime) -> None:
    touched = [row for row in examined.rows.values() if examined.status[row.code] is not RowStatus.SAME]
    for drawn in (False, True):
        Area.objects.bulk_create(
            [
                Area(
                    code=row.code,
                    name=row.name,
                    level=row.level,
                    border=row.border,
                    border_is_sketch=row.is_sketch or row.border is None,
                    updated_at=now,
                )
                for row in touched
                if (row.border is not None) is drawn
            ],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[
                "name",
                "level",
                "updated_at",
                "retired_at",
                *(["border", "border_is_sketch"] if drawn else []),
            ],
        )


def _record(
    examined: AreasExamined, digest: str, file_name: str, state: ImportState, by: Actor, now: datetime
) -> SheetImport:
    return record(
        kind=KIND,
        sha256=digest,
        file_name=file_name,
        state=state,
        total=examined.total,
        counts={status: examined.count(status) for status in RowStatus},
        faults=examined.faults,
        by=by,
        now=now,
    )


def _digest(csv: bytes, geojson: bytes | None) -> str:
    return hashlib.sha256(csv + b"\0" + (geojson or b"")).hexdigest()


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('territory.areas'))")
