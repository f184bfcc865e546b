"""Checks of modules as a whole: every name resolves, and no circle of states takes no time."""

from collections.abc import Iterator, Mapping
from typing import NoReturn

from sim.engine.gmf_place import Place, printable, short
from sim.engine.kinds import Compare, Draw, Op, Test
from sim.engine.model import Logic, Module, Node

_TAKES_TIME = frozenset({Op.GUARD, Op.ENCOUNTER, Op.WELLNESS, Op.TERMINAL, Op.CALL})
_MAY_TAKE_TIME = frozenset({Op.DELAY, Op.PROCEDURE})


def check_module(module: Module, paths: Mapping[str, Module], file: str) -> None:
    """Checks the names in a module and its circles.

    Args:
        module: The module.
        paths: All modules and submodules by path.
        file: The file, for errors.

    Raises:
        HilabError: Naming file, state and what was expected.
    """
    for node in module.nodes.values():
        for target in _targets(node):
            _known(module, node, target, file)
        for path, name, ops in _references(node):
            _known(paths[path] if path else module, node, name, file, ops)
        for logic in _logics(node):
            _check_logic(module, node, logic, file)
        for child in node.children:
            if child.name in module.nodes:
                _fail(file, node, f'the name of the state "{printable(child.name)}" is that of a report')
        if node.op == Op.CALL and node.submodule not in paths:
            _fail(file, node, f'there is no submodule "{printable(node.submodule)}"')
    _check_circles(module, file)


def _fail(file: str, node: Node, sentence: str) -> NoReturn:
    Place(file, node.name).fail(sentence)


def _targets(node: Node) -> list[str]:
    return [option.target for branch in node.branches for option in branch.options]


def _references(node: Node) -> Iterator[tuple[str, str, tuple[Op, ...]]]:
    if node.target:
        yield node.target_module, node.target, (Op.ENCOUNTER, Op.WELLNESS)
    if node.ends:
        yield node.ends_module, node.ends, (Op.START,)


def _logics(node: Node) -> Iterator[Logic]:
    if node.allow is not None:
        yield from _walk(node.allow)
    for branch in node.branches:
        if branch.condition is not None:
            yield from _walk(branch.condition)


def _walk(logic: Logic) -> Iterator[Logic]:
    yield logic
    for term in logic.terms:
        yield from _walk(term)


def _known(module: Module, node: Node, name: str, file: str, ops: tuple[Op, ...] = ()) -> None:
    if name not in module.nodes:
        _fail(file, node, f'there is no state "{printable(name)}" in this module')
    if ops and module.nodes[name].op not in ops:
        _fail(
            file,
            node,
            f'the state "{printable(name)}" is a {module.nodes[name].type}, which cannot be meant here',
        )


def _check_logic(module: Module, node: Node, logic: Logic, file: str) -> None:
    if logic.test == Test.PRIOR:
        for name in filter(None, (logic.name, logic.since)):
            _known(module, node, name, file)
    ordered = logic.compare in (Compare.LESS, Compare.LESS_EQUAL, Compare.GREATER, Compare.GREATER_EQUAL)
    if ordered and isinstance(logic.value, str):
        _fail(file, node, f"the text {short(logic.value)} can only be compared with == and !=")


def _goes_on_at_once(node: Node) -> bool:
    """Whether a state surely passes without time, to one of its targets."""
    if node.op in _TAKES_TIME or all(branch.condition is not None for branch in node.branches):
        return False
    still = node.amount.draw == Draw.EXACT and node.amount.a <= 0.0
    return node.op not in _MAY_TAKE_TIME or still


def _check_circles(module: Module, file: str) -> None:
    """Refuses a state from which, without time passing, only such states can be reached.

    Circles that something may leave are bounded when they run.
    """
    hopeless = {name for name, node in module.nodes.items() if _goes_on_at_once(node)}
    while True:
        escaping = {name for name in hopeless if not hopeless.issuperset(_targets(module.nodes[name]))}
        if not escaping:
            break
        hopeless -= escaping
    while True:  # what only leads into the circle is not to blame
        reached = {target for name in hopeless for target in _targets(module.nodes[name])}
        if hopeless <= reached:
            break
        hopeless &= reached
    for name in module.nodes:
        if name in hopeless:
            _fail(file, module.nodes[name], "goes round in a circle in which no time passes")
