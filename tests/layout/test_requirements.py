"""`docs/requirements.md`: every screen, test and command that it names is there, and its words fit its states."""

import ast
import re

from accounts.rules import capabilities_of
from tests.casts import PEOPLE
from tests.layout.ground import ROOT
from tests.requirements import MEMBERS, PAGE, STATES, Demand, Screen, demands

OPEN_TO_ALL = {"public", "signed_in"}


def test_every_sentence_of_the_districts_text_has_one_row() -> None:
    numbers = [demand.number for demand in demands()]
    assert [number for number in numbers if number.startswith("A")] == [f"A{at}" for at in range(1, 37)]
    assert len(numbers) == len(set(numbers))
    assert {number[0] for number in numbers} == {"A", "G", "R"}


def test_every_row_has_a_state_that_its_other_cells_bear_out() -> None:
    assert {demand.number: fault for demand in demands() if (fault := fault_of(demand))} == {}


def fault_of(demand: Demand) -> str:
    """What a row claims and does not show; empty when nothing."""
    says_what_is_missing = len(demand.missing.strip("—。 ")) > 1
    if demand.state not in STATES:
        return f"has the state {demand.state!r}"
    if demand.state == "可用" and not (demand.screens and demand.tests):
        return "works and names no screen or no test"
    if demand.state == "部分" and not (demand.screens and demand.tests and says_what_is_missing):
        return "works in part and names no screen, no test, or not what is missing"
    if demand.state == "未做" and not says_what_is_missing:
        return "is not done and does not say what is missing"
    return ""


def test_every_screen_exists_and_the_person_named_may_open_it() -> None:
    faults = {
        f"{demand.number} {screen.address}": fault
        for demand in demands()
        for screen in demand.screens
        if (fault := fault_of_screen(screen))
    }
    assert faults == {}


def fault_of_screen(screen: Screen) -> str:
    """Why this screen does not open to that person; empty when it does."""
    door = screen.leads_to
    if door is None:
        return "leads nowhere"
    if screen.member not in MEMBERS.values():
        return "is opened by nobody"
    asked = getattr(door.func, "permission", "")
    if not screen.member:
        return "" if asked == "public" else f"asks for {asked}: no resident opens it"
    role = PEOPLE[screen.member][1]
    held = capabilities_of([role]) if role else frozenset()
    return "" if asked in held | OPEN_TO_ALL else f"asks for {asked}, which {screen.member} does not hold"


def test_every_test_exists() -> None:
    named = {each for demand in demands() for each in demand.tests}
    assert {each for each in named if not _is_a_test(each)} == set()


def _is_a_test(named: str) -> bool:
    path, _, name = named.partition("::")
    file = ROOT / path
    return file.is_file() and any(
        isinstance(node, ast.FunctionDef) and node.name == name for node in ast.parse(file.read_text()).body
    )


def test_every_command_exists() -> None:
    named = {each for demand in demands() for each in demand.commands}
    assert {each for each in named if not _is_a_command(each)} == set()


def _is_a_command(named: str) -> bool:
    script, *words = named.split()
    if not (ROOT / script).is_file():
        return False
    if script == "script/manage":
        return bool(words) and any(ROOT.glob(f"*/management/commands/{words[0]}.py"))
    # Of the fault runs the page names one by its word.
    return not words or bool(re.search(rf"\b{re.escape(words[0])}\b", (ROOT / script).read_text()))


def test_the_page_counts_its_own_rows() -> None:
    rows = demands()
    counted = [sum(demand.state == state for demand in rows) for state in STATES]
    said = re.search(r"共 (\d+) 条：可用 (\d+)，部分 (\d+)，未做 (\d+)", PAGE.read_text())
    assert said
    assert [int(figure) for figure in said.groups()] == [len(rows), *counted]
