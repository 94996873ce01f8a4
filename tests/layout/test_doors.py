"""Doors: every URL says whom it lets in, every task is bounded, every template looks down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny

from accounts.rules import CAPABILITIES
from core.api.permission import Closed
from tests.layout.ground import APPS, LINTER, ROOT, may_look_at, sources, words
from weidong_ops.beat import BEAT_SCHEDULE, LANES, route
from weidong_ops.celery import app as celery

KNOWN = frozenset().union(*CAPABILITIES.values())
NOT_OURS = ("django.contrib.admin.", "django.views.generic.base")  # set-up pages: Django asks for is_staff itself
QUEUES = {"alarm", "bulk", "receipts", "default", "slow"}
WHY = re.compile(r"Public|[Ss]afe without account")  # then the sentence says why
TEMPLATES = ROOT / "templates"
USES = re.compile(r"""{%-?\s*(?:extends|include)\s+(["'])([^"']+)\1""")
BY_VARIABLE = re.compile(r"""{%-?\s*(?:extends|include)\s+[^"'\s]""")


def doors(patterns: "list[URLPattern | URLResolver] | None" = None, above: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address with the view behind it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        address = above + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from doors(each.url_patterns, address)
        else:
            yield address, each.callback


def fault_of(view: Any) -> str:
    """What is wrong with a door's permission; empty when nothing is."""
    declared = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if hasattr(view, "admin_site") or view.__module__.startswith(NOT_OURS):
        return ""
    if hasattr(view, "permission"):
        if view.permission == "public" and not WHY.search(view.__doc__ or ""):
            return "is public and does not say why"
        known = KNOWN | {"public", "signed_in"}
        return "" if view.permission in known else f"asks for {view.permission!r}, which no role holds"
    if declared is None or not hasattr(declared, "permission_classes"):
        return "does not say whom it lets in"
    asked = declared.permission_classes
    if not asked or Closed in asked:
        return "names no permission"
    if AllowAny in asked and not WHY.search(declared.__doc__ or ""):
        return "is public and does not say why"
    named = {word for each in asked for word in getattr(each, "capabilities", {}).values() if word}
    return f"asks for {named - KNOWN}, which no role holds" if named - KNOWN else ""


def test_every_door_says_whom_it_lets_in() -> None:
    assert [f"{address} {fault}" for address, view in doors() if (fault := fault_of(view))] == []


def test_every_capability_that_code_asks_for_is_held_by_some_role() -> None:
    """A misspelt one would shut everybody out, or leave everybody's list empty."""
    asked = {
        (str(path), node.args[0].value)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"can", "scope_for"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert {(path, word) for path, word in asked if word not in KNOWN} == set()


def test_a_door_without_a_word_is_noticed() -> None:
    def silent() -> None:
        """Lets everybody in by mistake."""

    assert fault_of(silent) == "does not say whom it lets in"


@pytest.fixture(scope="module")
def tasks() -> dict[str, Any]:
    """Our tasks by name."""
    celery.autodiscover_tasks(force=True)
    return {name: task for name, task in celery.tasks.items() if not name.startswith("celery.")}


def test_every_task_is_routed_bounded_in_time_and_kept_until_done(tasks: dict[str, Any]) -> None:
    faults = []
    for name, task in tasks.items():
        limit = task.time_limit or celery.conf.task_time_limit
        if route(name)["queue"] not in QUEUES:
            faults.append(f"{name} goes into a queue that no worker reads")
        if not limit or limit > 120:
            faults.append(f"{name} may run {limit} s")
        if not task.acks_late or not task.ignore_result:
            faults.append(f"{name} is forgotten before it is done, or keeps results")
        if name.split(".")[1] != "tasks":
            faults.append(f"{name} is no door of its app")
    assert faults == []


def test_what_beat_and_actions_wake_exists(tasks: dict[str, Any]) -> None:
    """A bell is rung by a dotted name: a misspelt one would wake nobody, and nobody would notice."""
    rung = {entry["task"] for entry in BEAT_SCHEDULE.values()} | set(LANES)
    for _, tree in sources():
        rung |= {word for word in words(tree) if re.fullmatch(r"[a-z_]+\.tasks\.[a-z_]+", word)}
    assert rung - set(tasks) == set()


def test_every_queue_has_a_worker() -> None:
    scripts = (path for path in (ROOT / "script").rglob("*") if path.is_file() and path.suffix != ".pyc")
    asked = "\n".join(path.read_text() for path in scripts)
    assert {name for name in QUEUES if not re.search(rf"\b{name}\b", asked)} == set()


def allowed(user: str, used: str) -> bool:
    """True when a template (or an app) of folder `user` may use the template `used`: shared, own or lower."""
    folder = used.partition("/")[0] if "/" in used else ""
    if folder not in APPS:
        return True  # the shells on the top level, components/, and what libraries bring
    return user in APPS and may_look_at(user, folder)


def test_templates_use_their_own_the_shared_and_lower_ones() -> None:
    faults = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        owner = name.partition("/")[0] if "/" in name else ""
        faults += [f"{name} uses {used}" for _, used in USES.findall(path.read_text()) if not allowed(owner, used)]
    assert faults == []


def test_no_app_renders_a_template_of_a_higher_one() -> None:
    faults = [
        f"{path}: {word}"
        for path, tree in sources()
        for word in words(tree)
        if re.fullmatch(r"[\w/-]+\.(html|txt)", word) and not allowed(path.parts[0], word)
    ]
    assert faults == []


def test_every_template_can_be_read_and_what_it_uses_exists() -> None:
    faults = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        for used in [name, *(used for _, used in USES.findall(path.read_text()))]:
            try:
                get_template(used)
            except TemplateDoesNotExist as missing:
                faults.append(f"{name}: {missing}")
    assert faults == []


def test_every_folder_of_templates_belongs_to_somebody() -> None:
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    overridden = {"drf_spectacular"}  # its page has an inline style, which our policy forbids
    assert folders <= APPS | {"components", "styleguide"} | overridden


def test_a_page_carries_no_script_or_style_of_its_own() -> None:
    """The content security policy would refuse it in the browser, where only the person on duty sees it."""
    inline = re.compile(r"<script(?![^>]*\b(src|type)=)|<style|\sstyle=|\son(click|change|load|submit|input)=", re.I)
    bare = [
        f"{path.relative_to(TEMPLATES)}: {found[0]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        if (found := inline.search(path.read_text()))
    ]
    assert bare == []


def test_only_the_simulators_are_missing_from_the_rooms() -> None:
    assert set(LINTER["root_packages"]) - APPS == {"tests", "weidong_ops", "simulators"}
    assert Path(ROOT / "simulators" / "gateway").is_dir()
