"""Runs inside the sandbox: executes a student's answer cell and calls its functions.

One process runs the locked setup cell; for every question it forks a child that executes the answer cell and
answers calls; then everything the child left behind is killed, and its scratch folders end with it. The
process is trusted to nothing: whatever it sends is judged as if the student had written it.
`grading/forkserver.py` starts it, libraries imported.

It is spoken to by frames over a socket. Standard input, output and error are closed before any student code
runs, so that what the student prints goes nowhere.
"""

import contextlib
import json
import mmap
import os
import random
import resource
import signal
import socket
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from grading import canaries, isolate, values
from grading.plainjson import SIZE, NotPlain

MEMORY = 4 << 30
"""Largest address space of a child, in bytes; the cgroup limits what is really used."""

SEED = 20
"""Where random numbers of Python and numpy start in every question, so that equal code earns equal marks."""

_MESSAGE = 300

Package = bytearray | mmap.mmap
"""Packed arguments."""

_FAILS = """
try:
    assert 1 == 2
except AssertionError:
    raise ValueError('canary')
"""
"""A cell that ends well only if `assert` or `raise` does nothing any more; a shell may rewrite cells."""


class Line:
    """The frames to and from the judge."""

    def __init__(self, end: int) -> None:
        """Takes the descriptor of the socket and puts nothing in the place of 0, 1 and 2."""
        self._end = end
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)

    def read(self) -> bytearray:
        """Returns the next frame; ends the process if there is none."""
        return self._exactly(*SIZE.unpack(self._exactly(SIZE.size)))

    def read_package(self) -> Package:
        """Returns the next frame or, if a file comes with it, that file as memory of this process.

        Of the file's pages only those are copied that this process changes.
        """
        line = socket.socket(fileno=os.dup(self._end))
        with line:
            size, files, _, _ = socket.recv_fds(line, SIZE.size, 1, socket.MSG_CMSG_CLOEXEC)
        if not files:
            return self._exactly(*SIZE.unpack(bytes(size) + self._exactly(SIZE.size - len(size))))
        try:
            return mmap.mmap(files[0], 0, access=mmap.ACCESS_COPY)
        finally:
            os.close(files[0])

    def write(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Sends a JSON head and, after a line feed, a body."""
        data = json.dumps(head).encode("utf-8") + b"\n" + body
        rest = memoryview(SIZE.pack(len(data)) + data)
        while rest:
            rest = rest[os.write(self._end, rest) :]

    def _exactly(self, count: int) -> bytearray:
        data = bytearray(count)
        rest = memoryview(data)
        while rest:
            got = os.readv(self._end, [rest])
            if not got:
                os._exit(0)
            rest = rest[got:]
        return data


def make_shell() -> Any:
    """Returns an IPython shell, so that magics and `!` mean what they mean in the notebook."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.ast_node_interactivity = "none"
    shell = InteractiveShell.instance(config=config)
    for report in ("showtraceback", "showsyntaxerror", "showindentationerror"):
        setattr(shell, report, _nowhere)  # nobody sees it, and colouring it takes longer than most answers
    return shell


def _nowhere(*_: Any, **__: Any) -> None:
    """Reports an error to nobody; `describe` says what the student is told."""


def execute(shell: Any, source: str) -> str:
    """Runs a cell; returns an empty text, or the error that stopped it in words."""
    result = shell.run_cell(source, store_history=False, silent=True)
    error = result.error_before_exec or result.error_in_exec
    return describe(error) if error is not None else ""


def describe(error: BaseException) -> str:
    """Returns an error as one line: its type, its message, and the line of the cell where it happened."""
    try:
        text = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    except Exception:
        text = type(error).__name__
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if "ipykernel" in trace.tb_frame.f_code.co_filename or "ipython-input" in (
            trace.tb_frame.f_code.co_filename
        ):
            line = trace.tb_lineno
        trace = trace.tb_next
    text = " ".join(text.split())[:_MESSAGE]
    return f"{text} (line {line} of the cell)" if line else text


def call(shell: Any, broken: str, name: str, kept: Sequence[Any]) -> tuple[dict[str, Any], bytes]:
    """Calls one function of the answer cell with copies of what is kept.

    Returns:
        The head of the reply and the answer.
    """
    function = shell.user_ns.get(name)
    if not callable(function):
        why = f"The answer cell stopped: {broken}" if broken else f"The cell defines no function {name}()."
        return {"problem": "error", "message": why}, b""
    args = [values.snapshot(value) for value in kept]
    began = time.process_time()  # waiting for others is not the student's doing
    try:
        value = function(*args)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are answers of a kind, too
        return {"problem": "error", "message": describe(error)}, b""
    head = {"problem": "", "message": "", "seconds": time.process_time() - began}
    try:
        answer = values.encode(value)
    except NotPlain as problem:
        return {"problem": "contract", "message": f"{name}(): {problem}"}, b""
    changed = [
        str(n) for n, (now, then) in enumerate(zip(args, kept, strict=True), 1) if not values.same(now, then)
    ]
    if changed:
        words = f"{name}() changed its argument number {', '.join(changed)}; work on a copy."
        return {"problem": "contract", "message": words}, b""
    return head, answer


def arguments(line: Line, parts: Sequence[int | None], known: dict[int, Any]) -> list[Any]:
    """Reads the arguments of a call; those with a number come once and are known from then on."""
    found = []
    for number in parts:
        if number is None:
            found.append(values.unpack(line.read_package()))
            continue
        if number not in known:
            known[number] = values.unpack(line.read_package())
        found.append(known[number])
    return found


def batch(shell: Any, broken: str, names: list[str], package: Package) -> tuple[list[dict[str, Any]], bytes]:
    """Makes many small calls; returns the heads of the replies and the answers as one JSON list."""
    heads, answers = [], []
    for name, args in zip(names, values.unpack(package), strict=True):
        head, answer = call(shell, broken, name, args)
        heads.append(head)
        answers.append(answer or b"null")
    return heads, b"[" + b",".join(answers) + b"]"


def tampered(shell: Any) -> str:
    """Tries what must fail; returns what did not fail, or an empty text."""
    if not execute(shell, _FAILS):
        fails = execute(shell, "raise ValueError('canary')")
        return "assert does not fail any more" if fails else "raise does not raise any more"
    return canaries.changed()


def answer_question(line: Line, shell: Any, order: dict[str, Any]) -> None:
    """The child: executes the answer cell, answers calls until told to end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.chdir("/tmp")
    random.seed(SEED)
    np.random.seed(SEED)  # the generator that students' code shares
    token = order["token"]
    line.write({"token": token})
    signal.setitimer(signal.ITIMER_REAL, order["seconds"])
    broken = execute(shell, order["answer"])
    signal.setitimer(signal.ITIMER_REAL, 0)
    line.write({"token": token, "problem": "error" if broken else "", "message": broken})
    known: dict[int, Any] = {}
    while True:
        order = json.loads(line.read())
        if order["do"] == "end":
            line.write({"token": token, "tampered": tampered(shell)})
            os._exit(0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, order["seconds"])
        if order["do"] == "batch":
            heads, answer = batch(shell, broken, order["functions"], line.read_package())
            head: dict[str, Any] = {"heads": heads}
        else:
            head, answer = call(shell, broken, order["function"], arguments(line, order["parts"], known))
        signal.setitimer(signal.ITIMER_REAL, 0)
        line.write({"token": order["token"], **head}, answer)


def sweep() -> None:
    """Kills every other process in the namespace and waits until all are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def serve(line: Line, shell: Any, setup: str, processes: int, scratch: int, keep: Sequence[str]) -> None:
    """The parent: runs the setup cell, then forks a child a question, for ever.

    Args:
        line: The line to the judge.
        shell: A shell that no code ran in yet.
        setup: Source of the locked setup cell.
        processes: Most processes and threads of the user; 0 if something else limits them.
        scratch: Bytes of each scratch folder of a question; 0 if this process cannot make namespaces, and the
            judge ends it after one question.
        keep: Folders below /tmp that stay visible.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if processes:
        resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
    line.write({"ready": True, "message": execute(shell, setup)})
    while True:
        order = json.loads(line.read())
        child = os.fork()
        if child == 0:
            try:
                if scratch:
                    isolate.confine(scratch, keep)
                answer_question(line, shell, order)
            finally:
                os._exit(70)
        _, status = os.waitpid(child, 0)
        sweep()
        line.write({"over": order["token"], "status": os.waitstatus_to_exitcode(status)})
