"""Exports: what is asked for at once is written in the background and fetched as files."""

import json
import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.exchange.facade.parameters import KINDS
from sim.exchange.facade.refusals import Refusal, bad, outcome
from sim.exchange.facade.tokens import Grant

FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")
"""What `_outputFormat` may say."""

MOST, ALL = 8, 32
"""Exports of a client, and of all clients, at a time; then the oldest finished one is forgotten."""

_PIECE = 2000
"""Resources written at a time."""

Lines = tuple[str, int, Iterator[list[str]]]
"""A type, the number of its resources, and their texts, some thousand at a time."""


@dataclass(frozen=True)
class Order:
    """What is to be exported.

    Attributes:
        kinds: Types of resources; empty means all that the token allows.
        hospital: Code of a hospital, where only its patients are wanted.
        address: The request, as the manifest repeats it.
    """

    kinds: tuple[str, ...]
    hospital: str | None
    address: str


def read_order(
    pairs: Iterable[tuple[str, str]], prefer: str | None, hospital: str | None, address: str
) -> Order:
    """Reads a request to export.

    Args:
        pairs: Names and values.
        prefer: The header Prefer.
        hospital: Code of the hospital whose patients are wanted; None means all.
        address: The request.

    Raises:
        Refusal: Something is malformed.
    """
    wishes = [wish.strip() for wish in (prefer or "").lower().replace(";", ",").split(",")]
    if "respond-async" not in wishes:
        raise bad("An export runs in the background: send the header 'Prefer: respond-async'.", "required")
    kinds: list[str] = []
    seen = set()
    for name, value in pairs:
        if name in seen and name != "_type":
            raise bad(f"'{name}' stands twice in the request.")
        seen.add(name)
        if name == "_type":
            kinds += _kinds(value)
        elif name == "_outputFormat":
            if value.replace(" ", "+") not in FORMATS:
                raise bad(
                    f"_outputFormat: expected one of {', '.join(FORMATS)}, found '{value}'.", "not-supported"
                )
        elif "handling=lenient" not in wishes:
            raise bad(
                f"An export cannot be told '{name}'; it can _type and _outputFormat. With 'Prefer: "
                "handling=lenient' it is passed over.",
                "not-supported",
            )
    return Order(tuple(dict.fromkeys(kinds)), hospital, address)


def _kinds(value: str) -> list[str]:
    kinds = value.split(",")
    for kind in kinds:
        if kind not in KINDS:
            raise bad(
                f"_type: '{kind}' is no type of this exchange; it has {', '.join(KINDS)}.", "not-supported"
            )
    return kinds


@dataclass
class Job:
    """One export.

    Attributes:
        ident: Its id, which nobody can guess.
        grant: What the token that ordered it allowed.
        order: What is to be exported.
        folder: Where its files are.
        version: Version of the consents when it began.
        begun: When it was ordered, as FHIR writes times.
        files: Name of each finished file, its type and the number of its lines.
        notes: OperationOutcomes about what is not in it.
        done: Share that is done, from 0 to 1.
        finished: Whether all is written.
        failed: Whether it went wrong.
        dropped: Whether the client took the order back.
    """

    ident: str
    grant: Grant
    order: Order
    folder: Path
    version: int
    begun: str
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    done: float = 0.0
    finished: bool = False
    failed: bool = False
    dropped: bool = False

    def write(self, parts: list[Lines]) -> None:
        """Writes the files, one a type; stops when the order is taken back.

        Args:
            parts: What to write.
        """
        whole, written = sum(count for _, count, _ in parts) or 1, 0
        for kind, count, pieces in parts:
            with (self.folder / f"{kind}.ndjson").open("w", encoding="utf-8", newline="\n") as file:
                for piece in pieces:
                    if self.dropped:
                        return
                    file.write("".join(f"{line}\n" for line in piece))
                    written += len(piece)
                    self.done = written / whole
            if count:
                self.files[f"{kind}.ndjson"] = kind, count
        if self.notes:
            lines = "".join(json.dumps(note, ensure_ascii=False) + "\n" for note in self.notes)
            (self.folder / "errors.ndjson").write_text(lines, encoding="utf-8")
        self.finished = True

    def manifest(self, address: str) -> dict[str, Any]:
        """Returns what the client is told when all is written.

        Args:
            address: Address of the export.
        """
        told = [("OperationOutcome", "errors.ndjson", len(self.notes))] if self.notes else []
        return {
            "transactionTime": self.begun,
            "request": self.order.address,
            "requiresAccessToken": True,
            "output": [
                {"type": kind, "url": f"{address}/{name}", "count": count}
                for name, (kind, count) in self.files.items()
            ],
            "error": [
                {"type": kind, "url": f"{address}/{name}", "count": count} for kind, name, count in told
            ],
        }


class Jobs:
    """All exports of an exchange; their files go with it."""

    def __init__(self) -> None:
        """Makes nothing yet."""
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._root: tempfile.TemporaryDirectory[str] | None = None

    def begin(self, grant: Grant, order: Order, version: int, begun: str, work: Callable[[Job], None]) -> Job:
        """Begins an export in the background.

        Args:
            grant: What the token allows.
            order: What is to be exported.
            version: Version of the consents.
            begun: The time.
            work: Writes its files.

        Raises:
            Refusal: The client has too many.
        """
        with self._lock:
            if sum(job.grant.client == grant.client for job in self._jobs.values()) >= MOST:
                text = f"You have {MOST} exports here; delete one that you have fetched."
                raise Refusal(429, "throttled", text, {"Retry-After": "10"})
            finished = [job for job in self._jobs.values() if job.finished or job.failed]
            if len(self._jobs) >= ALL and finished:
                _erase(self._jobs.pop(finished[0].ident))
            if len(self._jobs) >= ALL:
                raise Refusal(429, "throttled", "Too many exports are being made.", {"Retry-After": "10"})
            if self._root is None:
                self._root = tempfile.TemporaryDirectory(prefix="hilab-exports-", ignore_cleanup_errors=True)
            ident = secrets.token_urlsafe(16)
            folder = Path(self._root.name, ident)
            folder.mkdir()
            job = self._jobs[ident] = Job(ident, grant, order, folder, version, begun)
        threading.Thread(target=_run, args=(job, work), name="hilab export", daemon=True).start()
        return job

    def find(self, grant: Grant, ident: str) -> Job:
        """Returns a client's export.

        Raises:
            Refusal: There is none; other clients' exports do not exist for it.
        """
        job = self._jobs.get(ident)
        if job is None or job.grant.client != grant.client:
            raise Refusal(404, "not-found", "There is no such export; it may have been deleted.")
        return job

    def drop(self, grant: Grant, ident: str) -> Job:
        """Stops and forgets an export."""
        job = self.find(grant, ident)
        with self._lock:
            self._jobs.pop(ident, None)
        _erase(job)
        return job

    def close(self) -> None:
        """Stops and forgets all."""
        for job in list(self._jobs.values()):
            job.dropped = True
        self._jobs.clear()
        if self._root is not None:
            self._root.cleanup()
            self._root = None


def _erase(job: Job) -> None:
    """Stops an export and takes its files away."""
    job.dropped = True
    for file in job.folder.glob("*.ndjson"):
        file.unlink(missing_ok=True)


def _run(job: Job, work: Callable[[Job], None]) -> None:
    try:
        work(job)
    except Exception:
        # Whoever polls is told that it failed; why stays inside, for it may name files.
        job.failed = not job.dropped


def pieces(
    texts: list[str], rows: "np.typing.NDArray[np.intp]", show: Callable[[str], str]
) -> Iterator[list[str]]:
    """Yields chosen resources, some thousand at a time.

    Args:
        texts: All resources.
        rows: Which of them.
        show: What becomes of each.
    """
    for begin in range(0, len(rows), _PIECE):
        yield [show(texts[row]) for row in rows[begin : begin + _PIECE].tolist()]


def withheld(kind: str, some: int, why: str) -> dict[str, Any]:
    """Returns what an export says of resources that are not in it."""
    return outcome("warning", "incomplete", f"{kind}: {some} resources are not given: {why}")


SAFE_NAME = re.compile(r"[A-Za-z]+\.ndjson")
"""Names of files that can be asked for."""
