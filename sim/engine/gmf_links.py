"""Resolves what states refer to in other modules.

In Synthea a state is known by its name to a whole chain of calls: an allergy that begins in a
submodule waits for the encounter of the module that called it, and a device of one module is put
away by another. The module itself is asked first, then those that call it, then those that it calls,
nearest first, then all others; ties go by path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sim.engine.kinds import Op
from sim.engine.model import Module, Node

_MEETINGS = frozenset({Op.ENCOUNTER, Op.WELLNESS})
_ONSETS = frozenset({Op.START})

_Paths = Mapping[str, tuple[str, ...]]


def link(modules: list[Module]) -> list[Module]:
    """Returns the modules with `target_module`, `ends_module` and `reason_module` filled in.

    A name that no module has stays as it is; `checks` refuses it, or it is an attribute.
    """
    linker = _Linker(modules)
    return [linker.module(module) for module in modules]


class _Linker:
    """Looks for states by name."""

    def __init__(self, modules: list[Module]) -> None:
        """Remembers who calls whom and which attributes are set."""
        self._modules = {module.path: module for module in modules}
        calls = {module.path: sorted(_called(module)) for module in modules}
        self._callers: _Paths = {
            path: tuple(sorted(other for other, called in calls.items() if path in called)) for path in calls
        }
        self._called: _Paths = {path: tuple(called) for path, called in calls.items()}
        self._attributes = {node.attribute for module in modules for node in module.nodes.values()}

    def module(self, module: Module) -> Module:
        """Returns a module with its references resolved."""
        return replace(module, nodes={name: self._node(module, node) for name, node in module.nodes.items()})

    def _node(self, module: Module, node: Node) -> Node:
        reason = "" if node.reason in self._attributes else node.reason
        where = (
            self._find(module, node.target, _MEETINGS),
            self._find(module, node.ends, _ONSETS),
            self._find(module, reason, _ONSETS),
        )
        if not any(where):
            return node
        return replace(node, target_module=where[0], ends_module=where[1], reason_module=where[2])

    def _find(self, module: Module, name: str, ops: frozenset[Op]) -> str:
        """Returns the path of the module that has a state, or "" for the module itself or none."""
        if not name or name in module.nodes:
            return ""
        for path in self._near(module.path):
            found = self._modules.get(path)
            node = found.nodes.get(name) if found else None
            if node is not None and node.op in ops:
                return path
        return ""

    def _near(self, path: str) -> Iterator[str]:
        yield from _reach(path, self._callers)
        yield from _reach(path, self._called)
        yield from sorted(self._modules)


def _called(module: Module) -> set[str]:
    return {node.submodule for node in module.nodes.values() if node.op == Op.CALL}


def _reach(path: str, steps: _Paths) -> Iterator[str]:
    """Yields what can be reached, nearest first."""
    seen, circle = {path}, [path]
    while circle:
        circle = sorted({there for here in circle for there in steps.get(here, ()) if there not in seen})
        seen.update(circle)
        yield from circle
