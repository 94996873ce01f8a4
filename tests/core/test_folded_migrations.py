"""One migration that stands for many earlier ones, against databases that ran all or some of them (ADR 0020)."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.checks import half_of_a_fold

pytestmark = pytest.mark.django_db


def test_a_database_that_ran_all_of_them_goes_on() -> None:
    assert half_of_a_fold(databases=["default"]) == []


@pytest.mark.parametrize("missing", [("command", "0007_ticks_taken_back"), ("assignments", "0007_open_duties")])
def test_a_database_that_ran_only_some_of_them_is_told_what_to_do_before_anything_else(
    missing: tuple[str, str],
) -> None:
    """Of the one no other app depends on Django itself would say nothing, of the other nothing that helps."""
    MigrationRecorder(connection).record_unapplied(*missing)
    with pytest.raises(SystemCheckError, match=rf"{missing[0]}\.0001_all_tables"):
        call_command("migrate", verbosity=0, skip_checks=False)
