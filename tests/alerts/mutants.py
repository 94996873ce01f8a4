"""One change at a time in the source of the rules for official warnings, so that a test shows who notices it.

A changed function is the same function with other code: whoever holds it, the table of rules too, runs the change.
"""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType

from alerts.enums import CapFault

NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
SAYS = ("Finding", "_odd", "Unreadable")


@dataclass(frozen=True)
class Mutant:
    """A function with one change. `fault`: what it does not say any more; None for a limit that was moved."""

    name: str
    function: FunctionType
    code: CodeType
    fault: CapFault | None = None

    @contextmanager
    def alive(self) -> Iterator[None]:
        """While this holds, the rules run with the change."""
        own = self.function.__code__
        self.function.__code__ = self.code
        try:
            yield
        finally:
            self.function.__code__ = own


def silenced(*modules: ModuleType) -> list[Mutant]:
    """For each place where a rule says that something is wrong: the same rule saying nothing there."""
    return [mutant for module in modules for mutant in _mutants(module, _Silence)]


def moved(*modules: ModuleType) -> list[Mutant]:
    """For each comparison by size: the limit itself changing sides, and a number in it one less and one more."""
    return [mutant for module in modules for kind in (_Side, _Less, _More) for mutant in _mutants(module, kind)]


class _Change(ast.NodeTransformer):
    """Changes the place number `at` of its kind, and counts them all."""

    word = ""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0
        self.scope: list[str] = []
        self.where, self.text, self.fault = "", "", ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inside(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._inside(node)

    def _inside(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        self.scope.append(node.name)
        self.generic_visit(node)
        self.scope.pop()
        return node

    def hit(self, node: ast.stmt | ast.expr, fault: str = "") -> bool:
        """Whether this place is the one to change."""
        self.seen += 1
        if self.seen - 1 != self.at:
            return False
        self.where, self.fault = ".".join(self.scope), fault
        self.text = "" if fault else f": {ast.unparse(node)}"
        return True


class _Silence(_Change):
    word = "silent"

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return self._statement(node, node.value.value if isinstance(node.value, ast.Yield) else None)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return self._statement(node, node.exc)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return self._statement(node, node.value)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        fault = _said(node.body)
        return node.orelse if fault and self.hit(node, fault) else node

    def _statement(self, node: ast.Expr | ast.Raise | ast.Return, said: ast.expr | None) -> ast.AST:
        fault = _said(said)
        if fault and self.hit(node, fault):
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


def _said(node: ast.expr | None) -> str:
    """The fault that an expression makes a finding of; empty without."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS and node.args:
        first = node.args[0]
        if isinstance(first, ast.Attribute) and isinstance(first.value, ast.Name) and first.value.id == "CapFault":
            return first.attr
    return ""


class _Side(_Change):
    word = "side"

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        for place, op in enumerate(node.ops):
            if type(op) in NEIGHBOURS and self.hit(node):
                node.ops[place] = NEIGHBOURS[type(op)]()
        return self.generic_visit(node)


class _Number(_Change):
    by = 0

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if all(type(op) in NEIGHBOURS for op in node.ops):
            for part in (node.left, *node.comparators):
                if isinstance(part, ast.Constant) and type(part.value) is int and self.hit(node):
                    part.value += self.by
        return self.generic_visit(node)


class _Less(_Number):
    word, by = "one less", -1


class _More(_Number):
    word, by = "one more", 1


def _mutants(module: ModuleType, kind: type[_Change]) -> Iterator[Mutant]:
    tree = ast.parse(inspect.getsource(module))
    count = kind(-1)
    count.visit(deepcopy(tree))
    named: Counter[str] = Counter()
    for at in range(count.seen):
        change = kind(at)
        changed = ast.fix_missing_locations(change.visit(deepcopy(tree)))
        code = compile(changed, str(module.__file__), "exec")
        function = _named(module, change.where)
        fault = CapFault[change.fault] if change.fault else None
        place = f"{module.__name__.rpartition('.')[2]}.{change.where}{change.text}"
        name = f"{place} {change.word} {change.fault}".strip()
        named[name] += 1
        name += f" ({named[name]})" if named[name] > 1 else ""
        yield Mutant(name, function, _code_of(code, change.where), fault)


def _named(module: ModuleType, where: str) -> FunctionType:
    found: object = module
    for part in where.split("."):
        found = getattr(found, part)
    assert isinstance(found, FunctionType)
    return found


def _code_of(code: CodeType, where: str) -> CodeType:
    for part in where.split("."):
        code = next(each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == part)
    return code
