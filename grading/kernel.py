"""Asks a student's code questions: the trusted end of the sandbox.

One kernel serves one hand-in. A call that fails costs its question: after a crash or an endless loop the
question is over, and the next one gets a fresh sandbox. A question and a notebook have deadlines, too.
"""

import itertools
import json
import math
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.channel import Broken, Channel, Late
from grading.decode import Decoder
from grading.plainjson import NotPlain, parse
from grading.pool import shared
from grading.sandbox import Limits, Sandbox
from grading.sealed import Sealed, sealed
from grading.tasks import Case, Reply
from grading.values import pack
from sim.errors import HilabError

CELL_SECONDS = 20.0
"""Longest time to execute an answer cell."""

GRACE_SECONDS = 3.0
"""How much later than the alarm inside the judge gives up waiting."""


@dataclass(frozen=True)
class Call:
    """A function and its packed arguments.

    Attributes:
        function: Name of the function.
        parts: Its arguments, each packed once for the whole class; large ones in sealed files.
        batch: The arguments as they are, if the call shares a message with its neighbours.
    """

    function: str
    parts: tuple[bytes | Sealed, ...] = ()
    batch: tuple[Any, ...] | None = None

    @classmethod
    def of(cls, case: Case) -> "Call":
        """Returns the call of a case."""
        return cls(case.function, tuple(sealed(pack(argument)) for argument in case.args))

    @classmethod
    def small(cls, case: Case) -> "Call":
        """Returns the call of a case that is sent in one message with others."""
        return cls(case.function, batch=case.args)


@dataclass(frozen=True)
class Answers:
    """What came back to one question.

    Attributes:
        replies: One reply a call.
        flags: Signs of tampering, for the instructor.
    """

    replies: tuple[Reply, ...]
    flags: tuple[str, ...] = ()


class _Over(Exception):
    """The question has ended before its calls did."""

    def __init__(self, reply: Reply, flag: str = "") -> None:
        super().__init__(reply.message)
        self.reply, self.flag = reply, flag


_DIED = Reply(None, "died", "The program that ran your cell ended before it answered.")
_LATE = Reply(None, "timeout", "It took too long.")
_ALL_LATE = Reply(None, "timeout", "The questions before took all the time that a notebook may take.")


class Kernel:
    """What runs the code of one hand-in, opened from the warm pool when it is needed.

    Args:
        stage: Folder of the unpacked student wheel.
        setup: Source of the locked setup cell.
        limits: What the hand-in may use.
        seconds: Longest time for all questions together.
    """

    def __init__(
        self, stage: Path, setup: str, limits: Limits | None = None, seconds: float = math.inf
    ) -> None:
        """Remembers what to start."""
        self._limits = limits or Limits()
        self._what = (stage, setup, self._limits)
        self._sandbox: Sandbox | None = None
        self._decoder = Decoder()
        self._left = seconds

    def start(self) -> None:
        """Opens a sandbox and runs the setup cell in it.

        Raises:
            HilabError: The sandbox cannot start or the setup cell fails.
        """
        if self._sandbox is None:
            self._decoder.start()
            self._sandbox = shared(*self._what).open()

    def ask(self, answer: str, calls: Sequence[Call], seconds: float) -> Answers:
        """Executes an answer cell and calls its functions.

        Args:
            answer: Source of the answer cell.
            calls: What to call.
            seconds: Longest time of one call.

        Returns:
            One reply a call, whatever the code did.

        Raises:
            HilabError: The sandbox cannot start or the setup cell fails.
        """
        if self._left <= 0:
            return Answers((_ALL_LATE,) * len(calls))
        self.start()
        began = time.monotonic()
        assert self._sandbox is not None
        end = began + min(self._limits.question, self._left)
        question = _Question(self._sandbox.line, self._decoder, seconds, end)
        replies: list[Reply] = []
        flags: list[str] = []
        try:
            question.begin(answer)
            for together, group in itertools.groupby(calls, key=lambda call: call.batch is not None):
                for part in [list(group)] if together else [[call] for call in group]:
                    replies += question.batch(part) if together else [question.call(part[0])]
            flags += question.end()
        except _Over as over:
            if self._sandbox.broken:  # the grader was stopped, or the system took the server's memory
                self._stop()
                raise HilabError("The sandbox was ended from outside; grade this hand-in again.") from over
            missing = len(calls) - len(replies)
            replies += [over.reply] * missing
            flags += [over.flag] if over.flag else []
            self._stop()
        if self._sandbox is not None and self._sandbox.alone:
            self._stop()
        self._left -= time.monotonic() - began
        return Answers(tuple(replies), tuple(flags))

    def close(self) -> None:
        """Ends the sandbox."""
        self._stop()
        self._decoder.close()

    def _stop(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def __enter__(self) -> "Kernel":
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the sandbox."""
        self.close()


class _Question:
    """One question: a token a frame, so that a stray reply is noticed."""

    def __init__(self, line: Channel, decoder: Decoder, seconds: float, end: float) -> None:
        self._line, self._decoder, self._seconds, self._end = line, decoder, seconds, end
        self._token = secrets.token_hex(8)
        self._given: set[int] = set()

    def begin(self, answer: str) -> None:
        order = {"do": "question", "token": self._token, "answer": answer, "seconds": CELL_SECONDS}
        try:
            self._send(order, CELL_SECONDS)
            self._receive(self._token, CELL_SECONDS)
        except _Over as over:  # no student's code has run yet: this is not the student's fault
            raise HilabError(
                f"The sandbox could not isolate a question ({over.reply.message}): "
                "'hilab doctor --grader' says what to do."
            ) from over
        self._receive(self._token, CELL_SECONDS)

    def call(self, call: Call) -> Reply:
        token = secrets.token_hex(8)
        seconds = self._longest()
        names = [part.number if isinstance(part, Sealed) else None for part in call.parts]
        order = {"do": "call", "token": token, "function": call.function, "seconds": seconds, "parts": names}
        self._send(order, seconds, *self._new(call.parts))
        head, body = self._receive(token, seconds)
        return self._reply(call, head, lambda: self._decoder.decode(body))

    def _new(self, parts: Sequence[bytes | Sealed]) -> Iterator[bytes | Sealed]:
        """Gives the parts that this question has not been sent; sealed ones are sent once."""
        for part in parts:
            if isinstance(part, Sealed):
                if part.number in self._given:
                    continue
                self._given.add(part.number)
            yield part

    def batch(self, calls: Sequence[Call]) -> list[Reply]:
        """Makes small calls by one message; all of them together may take as long as one call."""
        token = secrets.token_hex(8)
        names = [call.function for call in calls]
        seconds = self._longest()
        order = {"do": "batch", "token": token, "functions": names, "seconds": seconds}
        self._send(order, seconds, pack([list(call.batch or ()) for call in calls]))
        head, body = self._receive(token, seconds)
        heads = head.get("heads")
        if not isinstance(heads, list) or len(heads) != len(calls):
            raise _Over(_DIED, "a reply that nobody asked for")
        try:
            values = self._decoder.decode(body)
        except NotPlain as complaint:
            return [Reply(None, "contract", f"{call.function}(): {complaint}") for call in calls]
        if not isinstance(values, list) or len(values) != len(calls):
            raise _Over(_DIED, "a reply that nobody asked for")
        triples = zip(calls, heads, values, strict=True)
        return [self._reply(call, one, lambda v=value: v) for call, one, value in triples]  # type: ignore[misc]

    def _longest(self) -> float:
        """Returns how long the next call may take: its own limit, or what the question has left."""
        return max(0.01, min(self._seconds, self._end - time.monotonic()))

    @staticmethod
    def _reply(call: Call, head: Any, decode: Callable[[], Any]) -> Reply:
        """Reads the head of a reply; its answer only if the head tells of no problem."""
        if not isinstance(head, dict):
            return Reply(None, "contract", f"{call.function}(): The answer is not in the agreed form.")
        problem, message = head.get("problem"), head.get("message")
        if problem in ("error", "contract"):
            return Reply(None, problem, str(message)[:400])
        told = head.get("seconds")
        taken = float(told) if isinstance(told, int | float) else 0.0
        try:
            return Reply(decode(), seconds=taken)
        except NotPlain as complaint:
            return Reply(None, "contract", f"{call.function}(): {complaint}")

    def end(self) -> list[str]:
        """Asks for what nobody can know, ends the child, and waits until all it left behind is gone."""
        canary = self.call(Call("canary_" + secrets.token_hex(8)))
        flags = [] if canary.problem == "error" else ["a function that does not exist gave an answer"]
        self._send({"do": "end"}, GRACE_SECONDS)
        head, _ = self._receive(self._token, CELL_SECONDS)
        if head.get("tampered") != "":
            flags.append(str(head.get("tampered"))[:200])
        over, _ = self._receive(self._token, CELL_SECONDS, key="over")
        if over.get("status") != 0:
            raise _Over(_DIED, "the program ended in an odd way")
        return flags

    def _send(self, order: dict[str, Any], seconds: float, *parts: bytes | Sealed) -> None:
        deadline = time.monotonic() + seconds + GRACE_SECONDS
        try:
            self._line.send(json.dumps(order).encode("utf-8"), deadline)
            for part in parts:
                if isinstance(part, Sealed):
                    self._line.hand_over(part.file, deadline)
                else:
                    self._line.send(part, deadline)
        except Broken:
            raise _Over(_DIED) from None
        except Late:
            raise _Over(_LATE) from None

    def _receive(self, token: str, seconds: float, key: str = "token") -> tuple[dict[str, Any], bytes]:
        """Waits for the frame that carries the token under the key; any other ends the question."""
        try:
            frame = self._line.receive(time.monotonic() + seconds + GRACE_SECONDS)
        except Broken:
            raise _Over(_DIED, "the sandbox was ended from inside") from None
        except Late:
            raise _Over(_LATE) from None
        head_text, _, body = frame.partition(b"\n")
        try:
            head = parse(head_text)
        except NotPlain:
            head = None
        if not isinstance(head, dict) or head.get(key) != token:
            raise self._odd(head)
        return head, body

    def _odd(self, head: Any) -> _Over:
        """Says what a frame means that is not the one awaited."""
        if isinstance(head, dict) and head.get("over") == self._token:
            late = head.get("status") == -signal.SIGALRM
            return _Over(_LATE if late else _DIED)
        return _Over(_DIED, "a reply that nobody asked for")
