"""After migrations: what the application's own role may not do."""

from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver


@receiver(post_migrate)
def withhold_ledgers(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """Takes UPDATE, DELETE and TRUNCATE on append-only tables and history from the application's role.

    Does nothing where the platform runs as one role (`APP_ROLE` unset): the triggers still refuse.
    """
    role = settings.APP_ROLE
    connection = connections[using]
    if not role or sender.name != "core":
        return
    present = set(connection.introspection.table_names())
    tables = [
        model._meta.db_table  # noqa: SLF001  (Django's documented meta API)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in present and _is_ledger(model)  # noqa: SLF001
    ]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{role}"')


def _is_ledger(model: Any) -> bool:
    triggers = getattr(model._meta, "triggers", [])  # noqa: SLF001
    return any(isinstance(trigger, pgtrigger.Protect) and trigger.name == "append_only" for trigger in triggers)
