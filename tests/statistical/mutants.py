"""Breaks a right program in many small ways, one at a time.

Each way is a slip that people make: off by one, a wrong column, a dropped condition, key, argument or step, a
limit that does not count itself, the opposite comparison, another operator.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Swap = Callable[[ast.expr], None]

_NEXT: dict[type[ast.cmpop], tuple[str, type[ast.cmpop]]] = {
    ast.Lt: ("limit", ast.LtE),
    ast.LtE: ("limit", ast.Lt),
    ast.Gt: ("limit", ast.GtE),
    ast.GtE: ("limit", ast.Gt),
    ast.Eq: ("opposite", ast.NotEq),
    ast.NotEq: ("opposite", ast.Eq),
    ast.In: ("opposite", ast.NotIn),
    ast.NotIn: ("opposite", ast.In),
    ast.Is: ("opposite", ast.IsNot),
    ast.IsNot: ("opposite", ast.Is),
}
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}


@dataclass(frozen=True)
class Mutant:
    """A program with one slip.

    Attributes:
        kind: What kind of slip.
        function: The function that it is in.
        was: The expression before.
        now: The expression after.
        source: The whole program.
    """

    kind: str
    function: str
    was: str
    now: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Returns every program with one slip that differs from the others.

    Example:
        >>> for one in mutants("def f(t):\\n    return t['a'] < t['b']"):
        ...     print(one.kind, one.was, one.now, sep=" | ")
        limit | t['a'] < t['b'] | t['a'] <= t['b']
        wrong column | t['a'] | t['b']
        wrong column | t['b'] | t['a']
    """
    tree = ast.parse(source)
    columns = _columns(tree)
    right = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        for node, parent, swap in _expressions(function):
            for kind, other in _slips(node, parent, columns):
                swap(other)
                broken = ast.unparse(tree)
                swap(node)
                if broken != right:
                    one = Mutant(kind, function.name, ast.unparse(node), ast.unparse(other), broken)
                    found.setdefault(broken, one)
    return list(found.values())


def _expressions(top: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.AST, Swap]]:
    """Gives every expression of a function's body, its parent, and a way to put another in its place."""
    for statement in top.body:
        for parent in ast.walk(statement):
            for name, value in ast.iter_fields(parent):
                if isinstance(value, ast.expr):
                    yield value, parent, lambda new, p=parent, n=name: setattr(p, n, new)  # type: ignore[misc]
                elif isinstance(value, list):
                    for place, item in enumerate(value):
                        if isinstance(item, ast.expr):
                            yield item, parent, lambda new, v=value, p=place: v.__setitem__(p, new)  # type: ignore[misc]


def _slips(node: ast.expr, parent: ast.AST, columns: dict[str, list[str]]) -> Iterator[tuple[str, ast.expr]]:
    """Gives what may stand in the place of an expression by a slip."""
    if isinstance(parent, ast.If) and node is parent.test:
        yield from (("dropped condition", ast.Constant(always)) for always in (True, False))
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "off by one", ast.Constant(node.value + 1)  # type: ignore[operator]
    elif isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BoolOp):
        for values in _without_one(node.values):
            kept = values[0] if len(values) == 1 else ast.BoolOp(node.op, values)
            yield "dropped condition", kept
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor):
        yield "dropped condition", node.left
        yield "dropped condition", node.right
    elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER:
        yield "other operator", ast.BinOp(node.left, _OTHER[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield "opposite", node.operand
    elif isinstance(node, ast.IfExp):
        yield "dropped condition", node.body
        yield "dropped condition", node.orelse
    elif isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load) and _words(node):
        yield from (("dropped key", type(node)(left, ast.Load())) for left in _without_one(node.elts))
    elif isinstance(node, ast.Subscript):
        yield from _other_column(node, columns)
    elif isinstance(node, ast.Call):
        for left in _without_one(node.keywords, least=0):
            yield "dropped argument", ast.Call(node.func, node.args, left)
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name | ast.Constant):
            yield "dropped step", node.func.value
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        yield from _unfiltered(node)


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    for place, sign in enumerate(node.ops):
        kind, other = _NEXT[type(sign)]
        signs = [*node.ops[:place], other(), *node.ops[place + 1 :]]
        yield kind, ast.Compare(node.left, signs, node.comparators)


def _without_one(items: list[T], least: int = 1) -> Iterator[list[T]]:
    """Gives the list without each of its items, unless too few would be left."""
    if len(items) > least:
        yield from ([*items[:place], *items[place + 1 :]] for place in range(len(items)))


def _words(node: ast.List | ast.Tuple) -> bool:
    return all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in node.elts)


def _columns(tree: ast.AST) -> dict[str, list[str]]:
    """Returns the names by which each table or dictionary is asked, and under "" all of them."""
    asked: dict[str, list[str]] = {"": []}
    for node in ast.walk(tree):
        if name := _name(node):
            for base in (ast.unparse(node.value), ""):  # type: ignore[attr-defined]
                asked.setdefault(base, []).append(name)
    return {base: list(dict.fromkeys(names)) for base, names in asked.items()}


def _name(node: ast.AST) -> str:
    """Returns the name by which something is asked; empty if it is not asked by a name."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value if isinstance(node.slice.value, str) else ""
    return ""


def _other_column(node: ast.Subscript, columns: dict[str, list[str]]) -> Iterator[tuple[str, ast.expr]]:
    """Gives the next name by which the same table is asked; of all tables, if it is asked by one only."""
    if not (name := _name(node)):
        return
    names = columns[ast.unparse(node.value)]
    names = names if len(names) > 1 else columns[""]
    other = names[(names.index(name) + 1) % len(names)]
    yield "wrong column", ast.Subscript(node.value, ast.Constant(other), node.ctx)


def _unfiltered(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
) -> Iterator[tuple[str, ast.expr]]:
    for place, part in enumerate(node.generators):
        for left in _without_one(part.ifs, least=0):
            loose = ast.comprehension(part.target, part.iter, left, part.is_async)
            parts = [*node.generators[:place], loose, *node.generators[place + 1 :]]
            kept = {name: value for name, value in ast.iter_fields(node) if name != "generators"}
            yield "dropped condition", type(node)(**kept, generators=parts)
