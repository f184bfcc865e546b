"""Runs inside the sandbox: imports the libraries once, then forks a process for every hand-in.

Each fork moves into namespaces of its own before it hears of any student's code, and speaks to the judge over
a socket of its own. This process never sees code, arguments or answers; it only opens and ends hand-ins. So
nothing of one hand-in can be in the memory from which the next one is forked.
"""

import ast
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:] = [str(HOME), *[entry for entry in sys.path if entry != str(Path(__file__).parent)]]

from grading import isolate  # noqa: E402
from grading.runner import Line, make_shell, serve, tampered  # noqa: E402
from grading.values import encode, pack, same, unpack  # noqa: E402

LIBRARIES = ("numpy", "pandas", "pyarrow", "duckdb", "plotly.express", "plotly.graph_objects", "ipywidgets")
"""What answers most often import; what is not installed is left out."""

MESSAGE = 128 * 1024
"""Largest message to this process; the setup cell is in it."""


def warm(setup: str) -> None:
    """Imports the libraries and what the setup cell imports, draws a plot, and uses tables once.

    Nothing may start a thread that works: a fork copies only the thread that forks. So DuckDB is imported and
    asked nothing.
    """
    import pyarrow

    pyarrow.set_cpu_count(1)
    for name in (*LIBRARIES, *imports(setup)):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    import pandas as pd

    table = pd.DataFrame({"a": ["x", "y"], "b": [1, 2], "t": pd.to_datetime(["2026-01-01", "2026-01-02"])})
    table.groupby("a", as_index=False)["b"].sum().merge(table, on="a").sort_values("t").to_dict("records")
    table["a"].str.upper().isin(["X"]).sum()
    same(*unpack(pack([table, table])))
    encode(table)
    with contextlib.suppress(ImportError):
        importlib.import_module("plotly.express").scatter(table, x="t", y="b").to_json()


def imports(setup: str) -> list[str]:
    """Returns the modules that a cell imports.

    Example:
        >>> imports("import duckdb as db; from sim.world import World")
        ['duckdb', 'sim.world']
    """
    from IPython.core.inputtransformer2 import TransformerManager

    magic: Any = TransformerManager
    try:
        tree = ast.parse(magic().transform_cell(setup))
    except SyntaxError:  # a hand-in's first step will say so
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


class Server:
    """Opens hand-ins and ends them.

    Args:
        control: The socket to the judge's side.
        setup: Source of the locked setup cell.
    """

    def __init__(self, control: socket.socket, setup: str) -> None:
        """Makes the shell that every hand-in inherits."""
        self._control, self._setup = control, setup
        self._shell = make_shell()
        tampered(self._shell)
        self._open: dict[int, int] = {}
        isolate.adopt_orphans()

    def run(self) -> None:
        """Follows orders until the judge's side is gone."""
        while True:
            readable, _, _ = select.select([self._control], [], [], 1.0)
            self._bury()
            if not readable:
                continue
            data, sockets, _, _ = socket.recv_fds(self._control, MESSAGE, 1)
            if not data:
                os._exit(0)
            order = json.loads(data)
            if order["do"] == "end":
                self._end(order["id"])
            elif order["do"] == "alone":
                self._serve(sockets[0], order)
            else:
                self._fork(sockets[0], order)

    def _fork(self, line: int, order: dict[str, Any]) -> None:
        """Starts a hand-in in namespaces of its own; its first process is remembered.

        A helper makes the namespaces, for this process cannot leave its own; it tells the number of the first
        process in them and ends.
        """
        told, tell = os.pipe()
        helper = os.fork()
        if helper == 0:
            os.close(told)
            self._help(line, tell, order)
        os.close(tell)
        os.close(line)
        number = os.read(told, 32)
        os.close(told)
        os.waitpid(helper, 0)
        if number:
            self._open[order["id"]] = int(number)

    def _help(self, line: int, tell: int, order: dict[str, Any]) -> None:
        try:
            isolate.unshare()
            first = os.fork()
            if first:
                os.write(tell, str(first).encode("ascii"))
                os._exit(0)
            os.close(tell)
            os.setsid()
            isolate.furnish(order["scratch"], order["keep"])
            if order["first"]:
                isolate.rehearse(order["scratch"], order["keep"])
            isolate.guard(True)
            self._serve(line, order)
        except OSError as error:
            Line(line).write({"ready": False, "message": str(error)})
        finally:
            os._exit(71)

    def _serve(self, line: int, order: dict[str, Any]) -> None:
        os.chdir("/tmp")
        self._control.close()
        os.closerange(3, line)
        os.closerange(line + 1, 1024)
        serve(Line(line), self._shell, self._setup, order["processes"], order["scratch"], order["keep"])

    def _end(self, ident: int) -> None:
        first = self._open.pop(ident, None)
        if first is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(first, signal.SIGKILL)

    def _bury(self) -> None:
        """Takes note of processes that have ended; a number is not used again before."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                for ident, first in list(self._open.items()):
                    if first == ended:
                        del self._open[ident]


def main() -> None:
    """Warms up, says so, and serves. The socket to the judge's side is standard input."""
    control = socket.socket(fileno=os.dup(0))
    setup = json.loads(control.recv(MESSAGE))["setup"]
    warm(setup)
    server = Server(control, setup)
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"ready": True, "threads": _threads()}).encode("utf-8"))
    server.run()


def _threads() -> list[str]:
    """Returns the names of other threads than the first."""
    tasks = Path("/proc/self/task")
    return sorted(
        (task / "comm").read_text(encoding="utf-8").strip()
        for task in tasks.iterdir()
        if task.name != str(os.getpid())
    )


if __name__ == "__main__":
    main()
