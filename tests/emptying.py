"""Empties the database after a test that committed: only what it filled.

Django's own way truncates every table, some hundreds with their indexes, and then writes all content types and
permissions anew: several seconds, where a test has filled a few dozen rows.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

# What migrations fill and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "spatial_ref_sys"}

_FILLED = """
    SELECT name FROM (
        SELECT table_name AS name, (xpath('/row/there/text()', query_to_xml(
            format('SELECT EXISTS (SELECT FROM %I) AS there', table_name), false, true, '')))[1]::text AS there
        FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL (%s)
    ) AS asked WHERE there = 'true' ORDER BY name
"""


def empty() -> list[str]:
    """Deletes every row that is left, without triggers: append-only tables too. Returns the tables that were filled."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILLED.replace("%I", "%%I"), [list(KEPT)])
        filled = [name for (name,) in cursor.fetchall()]
        for name in filled:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        # Foreign keys are checked at the end: by then whatever they point at and whoever points are gone together.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in filled:
            cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  (names from the catalogue)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in filled:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
    return filled


def teardown(case: TransactionTestCase) -> None:
    """Stands in for Django's own."""
    empty()
