"""Every message and hint of the package, read from its source without running it.

A name is followed to its assignments in the same function and module, and a call of a function of
the same module to what it returns. `⟨…⟩` stands for a value that is known only when it runs.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import newsletter

ROOT = Path(newsletter.__file__).parent
Role = Literal["message", "hint"]

# What is called with a message first, a location and a message, or a kind, a location and a message.
FIRST = """
    BadParameter ChangedSettings ChangedSinceShown DatabaseLost InvalidAddress LostReply
    MastheadChanged NewsletterError OutcomeUnknown ServiceError UnsafeField UsageError WrongUsage
"""
SECOND = "DataError finding refuse wrong"
THIRD = "DoctorRow _rejected add"
# The positions of the message and of the hint among the arguments.
POSITIONS: dict[str, dict[Role, int]] = {
    **{name: {"message": 0} for name in FIRST.split()},
    **{name: {"message": 1, "hint": 2} for name in SECOND.split()},
    **{name: {"message": 2, "hint": 3} for name in THIRD.split()},
    "Violation": {"message": 1, "hint": 3},
    "Finding": {"message": 4, "hint": 5},
}
KEYWORDS: dict[str, Role] = {
    "message": "message",
    "malformed": "message",
    "hint": "hint",
    "detail": "hint",
}
# Files in which every text that a function yields is a message.
YIELDING = frozenset({"check/rules/envelope.py", "targets/readback.py"})
DEEPEST = 6  # names and calls followed from one argument


class Printed(NamedTuple):
    """A message or hint, with where its text is written."""

    role: Role
    text: str
    where: str  # file:line


def printed_messages() -> Iterator[Printed]:
    """Yield every message and hint once."""
    for path in sorted(ROOT.rglob("*.py")):
        source = Source(path)
        found = itertools.chain.from_iterable(map(source.printed, source.calls()))
        yield from dict.fromkeys((*found, *source.yielded()))


class Source:
    """One file of the package, parsed."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.scopes: dict[ast.AST, ast.AST] = {}
        self._enter(self.tree, self.tree)
        self.functions = {
            node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)
        }

    def _enter(self, node: ast.AST, scope: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.scopes[child] = scope
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            self._enter(child, child if inside else scope)

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def printed(self, call: ast.Call) -> Iterator[Printed]:
        """Yield the messages and hints among the arguments of a call."""
        for role, argument in arguments(call):
            for text, line in self.texts(argument):
                yield Printed(role, text, f"{self.name}:{line}")

    def yielded(self) -> Iterator[Printed]:
        """Yield the texts that functions yield, in a file where all of them are messages."""
        for node in ast.walk(self.tree) if self.name in YIELDING else ():
            if isinstance(node, ast.Yield) and node.value is not None:
                for text, line in self.texts(node.value):
                    yield Printed("message", text, f"{self.name}:{line}")

    def texts(self, node: ast.AST, depth: int = 0) -> Iterator[tuple[str, int]]:
        """Yield what an expression may print, each with its line."""
        if depth > DEEPEST:
            return
        match node:
            case ast.Constant(value=str() as text):
                yield text, node.lineno
            case ast.JoinedStr():
                yield joined(node), node.lineno
            case ast.BinOp(op=ast.Add()):
                for before, after in itertools.product(
                    self._either(node.left, depth), self._either(node.right, depth)
                ):
                    yield before + after, node.lineno
            case _:
                for part in self._parts(node):
                    yield from self.texts(part, depth + 1)

    def _either(self, node: ast.expr, depth: int) -> list[str]:
        return [text for text, _ in self.texts(node, depth + 1)] or [placeholder(node)]

    def _parts(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the expressions whose value an expression may have."""
        match node:
            case ast.IfExp():
                yield from (node.body, node.orelse)
            case ast.BoolOp():
                yield from node.values
            case ast.NamedExpr():
                yield node.value
            case ast.Name(id=name):
                scope = self.scopes[node]
                yield from assigned(name, ast.walk(scope))
                yield from assigned(name, iter(self.tree.body))
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                yield from returned(self.functions[name])
            case ast.Call(func=ast.Attribute(value=ast.Dict(values=values), attr="get")):
                yield from (*values, *node.args[1:])


def arguments(call: ast.Call) -> Iterator[tuple[Role, ast.expr]]:
    """Yield the arguments of a call that are printed."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "__init__":  # of the parent class of an error
        yield from (("message", argument) for argument in call.args[:1])
    for role, position in POSITIONS.get(name, {}).items():
        if position < len(call.args) and not (name == "add" and len(call.args) < 3):
            yield role, call.args[position]
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS:
            yield KEYWORDS[keyword.arg], keyword.value


def assigned(name: str, nodes: Iterator[ast.AST]) -> Iterator[ast.AST]:
    """Yield the values that are assigned to a name."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _unpacked(name, target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value:
            yield from _unpacked(name, node.target, node.value)


def _unpacked(name: str, target: ast.AST, value: ast.AST) -> Iterator[ast.AST]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    elif isinstance(target, ast.Tuple):
        branches = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
        for branch in branches:
            if isinstance(branch, ast.Tuple):
                for part, item in zip(target.elts, branch.elts, strict=False):
                    yield from _unpacked(name, part, item)


def returned(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield what a function may return."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def joined(node: ast.JoinedStr) -> str:
    """Return an f-string with placeholders; one in quotation marks if its value is in them."""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else placeholder(part)
        for part in node.values
    )


def placeholder(node: ast.AST) -> str:
    if not isinstance(node, ast.FormattedValue):
        return "⟨…⟩"
    call = node.value
    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "quoted":
        return '"⟨…⟩"'
    return "'⟨…⟩'" if node.conversion == ord("r") else "⟨…⟩"


@cache
def all_messages() -> tuple[Printed, ...]:
    return tuple(printed_messages())
