"""One migration that stands for many earlier ones, against databases that ran all or some of them (ADR 0020)."""

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.receivers import refuse_half_of_a_fold


@pytest.mark.django_db
def test_a_database_that_ran_all_of_them_goes_on() -> None:
    refuse_half_of_a_fold(sender=apps.get_app_config("core"))


@pytest.mark.django_db
def test_a_database_that_ran_only_some_of_them_is_not_passed_over_in_silence() -> None:
    """No other app depends on this one's migrations, so Django itself would say nothing."""
    MigrationRecorder(connection).record_unapplied("command", "0007_ticks_taken_back")
    with pytest.raises(CommandError, match=r"command\.0001_all_tables"):
        refuse_half_of_a_fold(sender=apps.get_app_config("core"))
