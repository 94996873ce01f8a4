"""Where the code lies and which floor an app stands on, as the import contract says it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LINTER: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS: dict[str, Any] = {contract["id"]: contract for contract in LINTER["contracts"]}
# Highest first; the names on one floor do not see each other.
FLOORS: list[set[str]] = [{name.strip(" ()") for name in layer.split("|")} for layer in CONTRACTS["floors"]["layers"]]
APPS: set[str] = set(CONTRACTS["rooms"]["containers"])
NO_CODE = {"var", "node_modules", "stubs", "docs", "deploy", "script", "static", "templates", "locale"}


def packages() -> set[str]:
    """Every folder of the top level that holds Python."""
    return {
        place.name
        for place in ROOT.iterdir()
        if place.is_dir() and place.name[0] != "." and place.name not in NO_CODE and any(place.rglob("*.py"))
    }


def height(app: str) -> int:
    """How high an app stands; 0 is the lowest floor."""
    return next(len(FLOORS) - 1 - at for at, floor in enumerate(FLOORS) if app in floor)


def may_look_at(app: str, other: str) -> bool:
    """True when `other` is the app itself or stands lower; neighbours on one floor do not see each other."""
    return app == other or height(other) < height(app)


def sources(*, apps: set[str] = APPS, migrations: bool = False) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file of these apps with its tree; the path is relative to the top."""
    for app in sorted(apps):
        for path in sorted((ROOT / app).rglob("*.py")):
            if migrations or "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def imported(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a file imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def words(tree: ast.Module) -> Iterator[str]:
    """Every string constant of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
