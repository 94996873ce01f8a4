"""Papers: what people read about the code is what the code does."""

import ast
import re
from collections.abc import Iterator

from tests.layout.ground import FLOORS, ROOT, sources

READERS = {"str", "int", "float", "bool", "list", "path", "url", "dj_db_url", "dj_email_url", "dict", "json"}


def settings_read() -> Iterator[str]:
    """The names that settings read from the environment."""
    for path in ("settings.py", "env.py"):
        for node in ast.walk(ast.parse((ROOT / "weidong_ops" / path).read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func
                of_env = isinstance(called, ast.Attribute) and called.attr in READERS
                if of_env or (isinstance(called, ast.Name) and called.id == "required"):
                    name = node.args[0].value
                    if isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                        yield name


def documented() -> set[str]:
    """The names that .env.example explains; a line may be commented out."""
    return set(re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))


def test_every_setting_is_documented() -> None:
    assert set(settings_read()) - documented() == set()


def test_nothing_is_documented_that_nobody_reads() -> None:
    readers = [
        *(ROOT / "weidong_ops").glob("*.py"),
        *(ROOT / "script").rglob("*"),
        *(ROOT / "simulators").rglob("*.py"),
    ]
    readers += (ROOT / "deploy").rglob("*")
    code = "\n".join(path.read_text() for path in readers if path.is_file() and path.suffix != ".pyc")
    assert {name for name in documented() if not re.search(rf"\b{name}\b", code)} == set()


def test_only_settings_read_the_environment() -> None:
    readers = [str(path) for path, tree in sources() if any(_is_environment(node) for node in ast.walk(tree))]
    assert readers == []


def _is_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}


def test_the_architecture_shows_the_floors_of_the_contract() -> None:
    """Rows of the table whose second cell is nothing but names in backticks, top floor first."""
    rows = re.findall(r"^\|[^|\n]*\|([^|\n]*)\|", (ROOT / "ARCHITECTURE.md").read_text(), re.M)
    known = set().union(*FLOORS)
    drawn = [names for row in rows if (names := set(re.findall(r"`(\w+)`", row))) & known]
    assert drawn == FLOORS
