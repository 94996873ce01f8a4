"""Nobody can lose a rule for official warnings unnoticed: each is switched off in turn, each limit is moved by one, and
at least one message is judged otherwise, in either format where the rule is for both. No database.
"""

import ast
import inspect
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

import pytest

from alerts.enums import CapFault
from alerts.rules.cap import RULES, checks, geometry, matching, reading, structure, take
from alerts.rules.cap.checks import Rule
from tests.alerts.cap_borders import BORDERS, CAP_ERRORS, CAP_ODD, NATIVE_ERRORS, NATIVE_ODD
from tests.alerts.mutants import Mutant, moved, silenced
from tests.alerts.test_cap_rules import FINE, MEANING, NOW, ODD, STRUCTURE, named

CAP, NATIVE = "CAP 1.2", "national"
ERRORS = [*STRUCTURE, *MEANING, *CAP_ERRORS, *NATIVE_ERRORS]
ADVICE = [*ODD, *CAP_ODD, *NATIVE_ODD]
AT_LIMITS: list[bytes] = sorted((data for _name, data, _faults in BORDERS), key=len)
BY_SIZE: list[bytes] = sorted(
    [*AT_LIMITS, *(data for _name, data, _fault in (*ERRORS, *ADVICE)), *(data for _name, data in FINE)], key=len
)
HEAVY = 50_000  # bytes: what only the reader's limits are for
# What a format leaves free is no rule there. The national one has no order, no list of elements and no namespace; CAP
# has no form of its numbers and one form of time. No format is known where the root is another or nothing can be read.
ONLY = {
    CapFault.NAMESPACE: {CAP},
    CapFault.UNKNOWN: {CAP},
    CapFault.ORDER: {CAP},
    CapFault.IDENTIFIER_SHAPE: {NATIVE},
    CapFault.TIME_FORM: {NATIVE},
}
# The reader knows no format yet; what these find is wrong in both.
BOTH = {module.__name__ for module in (checks, geometry, structure)}
# Said at a place of its own in each format.
OWN = {"_elements": {CAP}, "_native": {NATIVE}, "_asked": {NATIVE}}
# No message can tell these from the rule itself.
SAME = {
    "geometry.faults_of_polygon: abs(_area(ring)) < FLAT side": "no area is exactly the smallest",
    "matching.concerned_code: len(own) > len(district) side": "of ours and as long as the district's: it is the same",
    "reading.read silent NOT_XML (2)": "the parser itself says first that there is no element",
}
LIMITS = [
    (reading, "MOST_BYTES", 1), (reading, "MOST_ELEMENTS", 1), (reading, "DEEPEST", 1),
    (checks, "HEADLINE", 1), (checks, "AREA_NAME", 1), (checks, "MOST_POINTS", 1), (checks, "LONGEST_NAME", 1),
    (checks, "LONGEST", timedelta(seconds=1)), (checks, "CLOCKS_APART", timedelta(seconds=1)),
]  # fmt: skip
SILENCED = silenced(checks, geometry, structure, reading)
MOVED = moved(checks, geometry, structure, reading, matching)

Verdict = tuple[bool, tuple[tuple[str, bool], ...]]


def format_of(data: bytes) -> str:
    return CAP if b'xmlns="urn:oasis' in data else NATIVE


def judged(data: bytes) -> Verdict | None:
    """Whether a file is taken in, and everything that is found; None where the rules break down over it."""
    try:
        taken = take(data, now=NOW)
    except Exception:
        return None
    found = sorted((finding.fault.value, finding.is_error) for finding in taken.findings)
    return taken.message is not None and not taken.errors, tuple(found)


@cache
def rightly(data: bytes) -> Verdict | None:
    """The same by the rules as they are."""
    return judged(data)


def notice(rows: Iterable[bytes]) -> set[str]:
    """The formats of the messages that are judged otherwise now."""
    return {format_of(data) for data in rows if judged(data) != rightly(data)}


@pytest.mark.parametrize(("data", "fault"), named([*CAP_ERRORS, *NATIVE_ERRORS]))
def test_what_breaks_a_rule_is_refused_in_either_format(data: bytes, fault: CapFault) -> None:
    assert [finding.fault for finding in take(data, now=NOW).errors] == [fault]


@pytest.mark.parametrize(("data", "fault"), named([*CAP_ODD, *NATIVE_ODD]))
def test_what_is_odd_is_taken_in_either_format(data: bytes, fault: CapFault) -> None:
    assert rightly(data) == (True, ((fault.value, False),))


@pytest.mark.parametrize(("data", "faults"), [pytest.param(data, faults, id=name) for name, data, faults in BORDERS])
def test_a_limit_is_kept_on_both_sides(data: bytes, faults: list[CapFault]) -> None:
    assert [finding.fault for finding in take(data, now=NOW).findings] == faults


@pytest.mark.parametrize("mutant", [pytest.param(one, id=one.name) for one in SILENCED if one.name not in SAME])
def test_a_rule_that_says_nothing_is_missed_by_its_own_messages(mutant: Mutant) -> None:
    rows = [data for _name, data, fault in (*ERRORS, *ADVICE) if fault == mutant.fault]
    rows += [data for _name, data, faults in BORDERS if mutant.fault in faults]
    assert mutant.fault
    where = mutant.function.__name__
    wanted = (
        OWN.get(where) or ONLY.get(mutant.fault) or ({CAP, NATIVE} if mutant.function.__module__ in BOTH else set())
    )
    for data in rows:
        rightly(data)
    with mutant.alive():
        missed = notice(rows)
    assert missed, "no message names this rule"
    assert wanted <= missed


@pytest.mark.parametrize("mutant", [pytest.param(one, id=one.name) for one in MOVED if one.name not in SAME])
def test_a_limit_that_moves_is_noticed(mutant: Mutant) -> None:
    rows = [data for data in BY_SIZE if len(data) < HEAVY or mutant.function.__module__ == reading.__name__]
    for data in rows:
        rightly(data)
    with mutant.alive():
        assert any(judged(data) != rightly(data) for data in rows)


@pytest.mark.parametrize(("module", "name", "step"), [pytest.param(*each, id=each[1]) for each in LIMITS])
@pytest.mark.parametrize("sign", [-1, 1], ids=["less", "more"])
def test_a_limit_of_another_size_is_noticed(
    module: object, name: str, step: int | timedelta, sign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in BY_SIZE:
        rightly(data)
    monkeypatch.setattr(module, name, getattr(module, name) + sign * step)
    assert any(judged(data) != rightly(data) for data in (*AT_LIMITS, *BY_SIZE))


def faults_in(rule: Rule) -> set[CapFault]:
    """Every fault that a rule can find."""
    sources = [inspect.getsource(rule)]
    if rule is checks.shapes:
        sources.append(inspect.getsource(geometry.faults_of_polygon))
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    found = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    return {CapFault[node.attr] for node in found if isinstance(node.value, ast.Name) and node.value.id == "CapFault"}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.__name__) for rule in RULES])
def test_without_its_rule_a_message_is_taken_in(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    own = faults_in(rule)
    rows = [(fault, data) for _name, data, fault in (*ERRORS, *ADVICE) if fault in own]
    assert {fault for fault, _data in rows} == own
    monkeypatch.setattr(checks, "RULES", tuple(other for other in RULES if other is not rule))
    found = [(fault, judged(data)) for fault, data in rows]
    assert [fault for fault, verdict in found if not verdict or not verdict[0]] == []
    assert {code for _fault, verdict in found if verdict for code, _is_error in verdict[1]} & own == set()
