"""Calls a student's function in the student's own notebook, and says what came back.

The marks do not come from here: the sandbox makes its own calls. Both give the same `Reply`.
"""

import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from grading.tasks import Case, Reply, Task
from grading.values import NotPlain, pack, plain, same, unpack

Functions = Mapping[str, Callable[..., Any]]


def find_functions(
    task: Task, namespace: Mapping[str, Any]
) -> tuple[dict[str, Callable[..., Any]], list[str]]:
    """Returns the functions of a task that the notebook has defined, and the names of those it has not."""
    found = {name: namespace[name] for name in task.functions if callable(namespace.get(name))}
    return found, [name for name in task.functions if name not in found]


def call(function: Callable[..., Any], case: Case, seconds: float) -> Reply:
    """Calls a function with copies of a case's arguments.

    Args:
        function: The student's function.
        case: What to call it with.
        seconds: Longest time the call may take; a longer one is let end, and reported.

    Returns:
        The answer as the judge sees it, or the problem in plain words.

    Example:
        >>> call(lambda n: n + 1, Case("f", "one", (1,)), 10).value
        2
        >>> call(lambda n: n + 1, Case("f", "text", ("a",)), 10).problem
        'error'
    """
    arguments = unpack(pack(list(case.args)))
    untouched = unpack(pack(list(case.args)))
    start = time.perf_counter()
    try:
        value = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a student's SystemExit must not end the notebook's check either
        return Reply(problem="error", message=_told(error, function), seconds=time.perf_counter() - start)
    taken = time.perf_counter() - start
    if taken > seconds:
        return Reply(None, "timeout", f"The call took {taken:.0f} s; it may take {seconds:.0f} s.", taken)
    if not same(arguments, untouched):
        sentence = f"{case.function}() changed a value it was given. Work on a copy: table = table.copy()."
        return Reply(None, "contract", sentence, taken)
    try:
        return Reply(plain(value), seconds=taken)
    except NotPlain as error:
        return Reply(None, "contract", str(error), taken)


def unwritten(replies: list[Reply]) -> bool:
    """Whether every call ended in the stub that stands in a cell nobody has answered yet."""
    return bool(replies) and all(r.message.startswith("NotImplementedError") for r in replies)


def _told(error: BaseException, function: Callable[..., Any]) -> str:
    """Returns the error with the line of the student's own code in which it arose."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if own and own[-1].line:
        text += f" (line {own[-1].lineno} of your cell: {own[-1].line})"
    return text
