"""Floors and rooms: what `lint-imports` does not see, and that it sees what it should."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.layout.ground import APPS, CONTRACTS, FLOORS, LINTER, ROOT, packages

ONLY_IN_CORE = {"http", "bell", "audit"}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools", "extras", "shared", "managers"}
LINT = Path(sys.executable).with_name("lint-imports")

# file, what somebody adds to it, what the linter must then name
PLANTED = [
    ("territory/models/area.py", "import hazards.models", r"territory\.models\.area -> hazards\.models"),
    ("accounts/rules.py", "def late() -> None:\n    import alerts.enums", r"accounts\.rules -> alerts\.enums"),
    ("messaging/models.py", "import accounts.backends", r"messaging\.models -> accounts\.backends"),
    ("hazards/models/site.py", "import hazards.apps", r"hazards\.models\.site -> hazards\.apps"),
    ("assignments/models.py", "import celery", r"assignments\.models -> celery"),
    ("territory/rules.py", "import django.db", r"territory\.rules -> django"),
    ("supplies/apps.py", "import telemetry.apps", r"supplies\.apps -> telemetry\.apps"),
    ("simulators/gateway/ledger.py", "import core.clock", r"simulators\.gateway\.ledger -> core\.clock"),
    ("hazards/helpers.py", "", r"hazards\.helpers"),
]


def test_every_package_has_a_floor() -> None:
    assert packages() == set(LINTER["root_packages"]) == set().union(*FLOORS)


def test_no_app_stands_on_two_floors() -> None:
    assert sum(map(len, FLOORS)) == len(set().union(*FLOORS))


def test_every_app_has_rooms() -> None:
    assert packages() - {"tests", "weidong_ops", "simulators"} == APPS


def test_bell_audit_and_http_are_in_core_alone() -> None:
    strays = [
        f"{app}/{path.name}" for app in APPS - {"core"} for path in (ROOT / app).iterdir() if path.stem in ONLY_IN_CORE
    ]
    assert strays == []


def test_every_wildcard_of_the_contracts_matches_something() -> None:
    """A wildcard that matches nothing is silently kept: a renamed room would disarm its contract."""
    graph = grimp.build_graph(*LINTER["root_packages"], include_external_packages=True, cache_dir=None)
    lists = ("source_modules", "protected_modules", "allowed_importers", "modules")
    patterns = {name for contract in CONTRACTS.values() for key in lists for name in contract.get(key, [])}
    assert [name for name in sorted(patterns) if "*" in name and not graph.find_matching_modules(name)] == []


def test_no_module_is_named_after_nothing() -> None:
    found = [
        str(path.relative_to(ROOT))
        for package in packages()
        for path in (ROOT / package).rglob("*")
        if path.stem in NAMELESS and path.suffix in {"", ".py"} and "__pycache__" not in path.parts
    ]
    assert found == []


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the code in which every mistake of PLANTED was made."""
    copy = tmp_path_factory.mktemp("planted")
    for package in packages():
        shutil.copytree(ROOT / package, copy / package, ignore=_all_but_python)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, line, _ in PLANTED:
        file = copy / name
        file.write_text((file.read_text() if file.exists() else "") + f"\n\n{line}\n")
    run = subprocess.run(  # noqa: S603  (a fixed command)
        [LINT, "--no-cache"], cwd=copy, env={"PYTHONPATH": str(copy)}, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return re.sub(r"\s+", " ", run.stdout)


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or (Path(folder, name).is_file() and name[-3:] != ".py")}


@pytest.mark.parametrize(("file", "line", "named"), PLANTED)
def test_a_planted_mistake_is_caught(file: str, line: str, named: str, verdict: str) -> None:
    assert re.search(named, verdict), f"{line!r} in {file} went unseen:\n{verdict}"
