"""What must hold of a database before anything is done with it."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader


@register(Tags.database)
def half_of_a_fold(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An error for a database that ran only some of the migrations that one stands for (ADR 0020).

    `migrate` asks first. Django itself leaves such a migration out: an app that no other depends on would stay as it
    was while `migrate` says OK, and where others depend on it they fail over models that are not there.
    """
    found: list[CheckMessage] = []
    for using in databases or ():
        loader = MigrationLoader(connections[using])
        halves = [f"{app}.{name}" for app, name in loader.replacements if (app, name) not in loader.graph.nodes]
        if halves:
            found.append(
                Error(
                    f"This database ran only some of the migrations that {', '.join(sorted(halves))} stands for.",
                    hint="Bring it to the last commit that has them first: docs/adr/0020 names it.",
                    id="core.E001",
                )
            )
    return found
