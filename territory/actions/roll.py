"""Importing a household roll."""

import hashlib
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.audit import act
from core.rules import Actor, Refused
from territory.actions.recording import record, refuse_faulty
from territory.actions.uploads import forget_upload
from territory.enums import ImportState, RowStatus
from territory.models import SheetImport
from territory.queries import RollExamined, examine_roll, stored_import
from territory.queries.roll import TEXTS
from territory.rules import Scope, Sheet

KIND = "roll"


def check_roll(*, content: bytes, file_name: str, by: Actor, now: datetime, scope: Scope | None = None) -> SheetImport:
    """The dry run (预检): counts and first faults, nothing stored. A file that is already stored whole answers so.

    `content` is csv, xlsx or xls with the columns of `rules.COLUMNS`; `scope` bounds the areas that may be imported,
    None meaning all. Raises Refused when the file cannot be read.
    """
    digest = hashlib.sha256(content).hexdigest()
    twin = stored_import(KIND, digest)
    if twin and not twin.bad:
        return twin
    with act("territory.roll.check", by=by):
        examined = examine_roll(content, scope=scope, now=now)
        return _record(examined, digest, file_name, ImportState.CHECKED, by, now)


def store_roll(
    *,
    sheet: SheetImport,
    content: bytes,
    by: Actor,
    now: datetime,
    keep_good: bool = False,
    scope: Scope | None = None,
) -> SheetImport:
    """Stores a checked roll in one transaction: households by their code, their telephones in the order of the sheet.

    All or nothing: any fault refuses the whole, unless none of the sub-districts in the sheet has a household yet
    and `keep_good` is chosen; then the good rows are stored and `bad` counts those that wait. Nobody is deleted.
    The same bytes again change nothing and return the import that stored them. Raises Refused.
    """
    digest = hashlib.sha256(content).hexdigest()
    if digest != sheet.sha256:
        raise Refused("other_file", _("This is not the file that was checked. Check it first."), field="file")
    with act("territory.roll.store", by=by):
        _one_at_a_time()
        twin = stored_import(KIND, digest)
        if twin and not twin.bad:
            return twin
        examined = examine_roll(content, scope=scope, now=now)
        bad = examined.count(RowStatus.BAD)
        if twin and bad:
            return twin  # what waited still waits
        if not (keep_good and examined.is_first_load and bad < len(examined.status)):
            refuse_faulty(bad, examined.faults)
        _upsert(examined.sheet, now)
        if twin:
            twin.delete()  # the rows that waited are in now: one import stands for these bytes
        stored = _record(examined, digest, sheet.file_name, ImportState.STORED, by, now)
    transaction.on_commit(lambda: forget_upload(digest), robust=True)
    return stored


def _upsert(sheet: Sheet, now: datetime) -> None:
    written = [column for name, column in TEXTS.items() if name in sheet.at]
    sets = ", ".join(f"{column} = excluded.{column}" for column in written)
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS.replace("/*sets*/", f"{sets}, " if sets else ""), {"now": now})
        cursor.execute(_CONTACT_POINTS)
        cursor.execute(_CONTACTS_GONE)
        cursor.execute(_CONTACTS)
        # Without figures of its own the planner walks the new roll row by row: a signature right after took 29 s.
        cursor.execute("SELECT territory_roll_statistics()")


def _record(
    examined: RollExamined, digest: str, file_name: str, state: ImportState, by: Actor, now: datetime
) -> SheetImport:
    return record(
        kind=KIND,
        sha256=digest,
        file_name=file_name,
        state=state,
        total=len(examined.status),
        counts={status: examined.count(status) for status in RowStatus},
        faults=examined.faults,
        by=by,
        now=now,
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('territory.roll'))")


_HOUSEHOLDS = """
INSERT INTO territory_household AS h (created_at, updated_at, code, area_code, building, unit, floor, room, address,
    head_name, persons, must_reach, position, verified_at)
SELECT %(now)s, %(now)s, code, area_code, building, unit, floor, room, address, head_name, coalesce(persons, 1),
    must_reach, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), verified_at
FROM roll WHERE status IN ('new', 'changed') ORDER BY area_code, building, floor, room
ON CONFLICT (code) DO UPDATE SET area_code = excluded.area_code, /*sets*/
    persons = coalesce((SELECT r.persons FROM roll r WHERE r.code = excluded.code AND r.status <> 'bad'), h.persons),
    position = coalesce(excluded.position, h.position), verified_at = coalesce(excluded.verified_at, h.verified_at),
    retired_at = NULL, updated_at = excluded.updated_at
"""
_KIND = r"CASE WHEN p.address ~ '^\+861[3-9][0-9]{9}$' THEN 'mobile' ELSE 'landline' END"
# The only part put in is the constant above.
_CONTACT_POINTS = f"""
INSERT INTO territory_contactpoint (kind, address)
SELECT DISTINCT {_KIND}, p.address FROM roll CROSS JOIN unnest(phones) AS p (address)
WHERE status IN ('new', 'changed') AND phones_differ ORDER BY 2
ON CONFLICT DO NOTHING
"""  # noqa: S608
_CONTACTS_GONE = """
DELETE FROM territory_householdcontact c USING territory_household h, roll
WHERE c.household_id = h.id AND h.code = roll.code AND roll.status = 'changed' AND roll.phones_differ
"""
_CONTACTS = f"""
INSERT INTO territory_householdcontact (household_id, contact_point_id, rank)
SELECT h.id, cp.id, p.rank
FROM roll JOIN territory_household h ON h.code = roll.code
CROSS JOIN unnest(roll.phones) WITH ORDINALITY AS p (address, rank)
JOIN territory_contactpoint cp ON cp.address = p.address AND cp.kind = {_KIND}
WHERE roll.status IN ('new', 'changed') AND roll.phones_differ
"""  # noqa: S608
