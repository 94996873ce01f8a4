"""Tables and migrations: keys point down, steps can be taken back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

from tests.layout.ground import APPS, imported, may_look_at, packages, sources


def keys() -> Iterator[tuple[type[Model], "Field[object, object]", str]]:
    """Every foreign key, one-to-one and many-to-many of ours: the model, the field, the app it points at."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in APPS:
            for field in [*model._meta.fields, *model._meta.many_to_many]:
                if field.related_model and not isinstance(field.related_model, str):
                    yield model, field, field.related_model._meta.app_label


def test_foreign_keys_point_down() -> None:
    """Keys to what Django and pghistory bring (content types, contexts) are below every floor."""
    upward = [f"{model.__name__}.{key.name} -> {to}" for model, key, to in keys() if _points_up(model, to)]
    assert upward == []


def _points_up(model: type[Model], target: str) -> bool:
    return target in APPS and not may_look_at(model._meta.app_label, target)


def test_migrations_say_what_they_do_and_can_be_undone() -> None:
    loader = MigrationLoader(connection=None)
    faults = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app not in APPS:
            continue
        if not re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", name) or "_auto_" in name:
            faults.append(f"{app}.{name}: give it a name that says what it does")
        faults += [
            f"{app}.{name}: {type(step).__name__} cannot be undone"
            for step in migration.operations
            if isinstance(step, RunPython | RunSQL) and not step.reversible
        ]
    assert faults == []


def test_migrations_import_no_app_code() -> None:
    """App code changes under a migration's feet; what was true then must be written down there.

    `core.tables` is a way of running operations and knows no model.
    """
    ours = packages()
    faults = [
        f"{path} imports {name}"
        for path, tree in sources(migrations=True)
        if "migrations" in path.parts
        for name in imported(tree)
        if name.split(".")[0] in ours and name != "core.tables"
    ]
    assert faults == []


@pytest.mark.parametrize("app", sorted(APPS))
def test_an_app_has_one_newest_migration(app: str) -> None:
    leaves = MigrationLoader(connection=None).graph.leaf_nodes(app)
    assert len(leaves) <= 1, leaves


def test_one_clock_for_all() -> None:
    """Rules, actions, queries and models are told the time; only doors ask `core.clock`."""
    told = {"rules", "actions", "queries", "models", "forms"}
    asking = [
        str(path)
        for path, _ in sources()
        if told & {part.removesuffix(".py") for part in path.parts[1:]}
        and re.search(r"timezone\.now\(|datetime\.(now|today|utcnow)\(|date\.today\(|time\.time\(", _text(path))
    ]
    assert asking == []


def _text(path: Path) -> str:
    return (Path(__file__).parents[2] / path).read_text()
