"""Does numbered pieces of work in several processes, so that any of them may be killed at any time."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from sim.errors import HilabError

Work = Callable[[int], Any]

_DIED = "A worker process ended unexpectedly, perhaps for lack of memory; the same command goes on from here."


def run(work: Work, numbers: Iterable[int], workers: int = 1) -> Iterator[int]:
    """Does the work for every number and yields each number when it is done.

    With several workers the processes are new ones, on every system: what `work` refers to must be
    importable, and a script that calls this needs the usual `if __name__ == "__main__":`.

    Args:
        work: What to do with a number.
        numbers: The numbers, in the order in which they are handed out.
        workers: How many processes; with 1 the work is done in this one.

    Raises:
        HilabError: What the work raised, or if a process was killed.
    """
    waiting = iter(numbers)
    if workers <= 1:
        for number in waiting:
            work(number)
            yield number
        return
    context: Any = multiprocessing.get_context("spawn")
    crew: dict[Connection, BaseProcess] = {}
    try:
        for number in islice(waiting, workers):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(work, there), daemon=True)
            process.start()
            there.close()
            here.send(number)
            crew[here] = process
        while crew:
            for line in wait(list(crew)):
                assert isinstance(line, Connection)
                yield _answer(line)
                another = next(waiting, None)
                if another is None:
                    line.close()
                    crew.pop(line).join()
                else:
                    line.send(another)
    finally:
        for process in crew.values():
            process.terminate()
        for process in crew.values():
            process.join()


def _answer(line: Connection) -> int:
    """Returns the number that a worker has done."""
    try:
        number, problem = line.recv()
    except EOFError:
        raise HilabError(_DIED) from None
    if problem:
        raise HilabError(problem)
    return int(number)


def _serve(work: Work, line: Connection) -> None:
    """Works until there are no more numbers; ends at once when the process that asks has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            number = line.recv()
        except EOFError:
            return
        try:
            work(number)
        except HilabError as error:
            line.send((number, str(error)))
            return
        line.send((number, ""))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
