"""The log of the exchange: every entry seals the one before, so that a changed byte shows."""

import hashlib
import json
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.errors import HilabError

START = "0" * 64
"""What the first entry seals."""

Entry = dict[str, Any]


def seal(entry: Entry) -> str:
    """Returns the hash of an entry: of everything in it but the hash itself.

    Example:
        >>> seal({"number": 1, "previous": START})[:8]
        'bba4e188'
    """
    content = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken(lines: Iterable[str], head: str | None = None) -> int | None:
    """Returns the number of the first entry that does not hold.

    Args:
        lines: The log, an entry a line.
        head: The last entry's hash, if somebody kept it elsewhere; without it nobody sees that the end of a
            log is gone.

    Returns:
        Its place, from 1; one more than there are where the end is missing; None where all is well.
    """
    previous, number = START, 0
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            whole = entry["number"] == number and entry["previous"] == previous
            if not whole or entry["hash"] != seal(entry) or line.rstrip("\n") != _line(entry):
                return number
        except (ValueError, KeyError, TypeError):
            return number
        previous = entry["hash"]
    return number + 1 if head is not None and head != previous else None


def _line(entry: Entry) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


class Log:
    """The log.

    Args:
        file: Where each entry is written, too; it must be new.

    Raises:
        HilabError: The file is there already, or cannot be written.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Begins an empty log."""
        self.lines: list[str] = []
        self.head = START
        self._lock = threading.Lock()
        try:
            self._file = file.open("x", encoding="utf-8", newline="\n") if file else None
        except OSError as error:
            raise HilabError(f"{file}: expected a new file for the log ({error.strerror}).") from None

    def write(self, at: float, **facts: Any) -> Entry:
        """Writes an entry.

        Args:
            at: The second.
            facts: What happened.
        """
        moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        with self._lock:
            entry = {"number": len(self.lines) + 1, "at": moment, **facts, "previous": self.head}
            entry["hash"] = self.head = seal(entry)
            line = _line(entry)
            self.lines.append(line)
            if self._file:
                self._file.write(line + "\n")
                self._file.flush()
        return entry

    def entry(self, number: int) -> Entry:
        """Returns an entry, the first being 1."""
        entry: Entry = json.loads(self.lines[number - 1])
        return entry

    def close(self) -> None:
        """Closes the file."""
        if self._file:
            self._file.close()


ACTIONS = {"read": "R", "search": "E", "match": "E", "export": "E", "download": "R", "token": "E"}
"""Codes of FHIR for what was done: R is read, E is execute."""


def audit_event(entry: Entry) -> dict[str, Any]:
    """Returns an entry of the log as FHIR's AuditEvent, its seal as an extension."""
    good = entry["status"] < 400
    extension = [
        {"url": f"urn:hilab:audit:{name}", "valueString": entry[name]} for name in ("previous", "hash")
    ]
    agent = {
        "who": {"display": entry["client"] or "nobody"},
        "requestor": True,
        "purposeOfUse": [{"text": entry["purpose"] or "not stated"}],
    }
    return {
        "resourceType": "AuditEvent",
        "id": str(entry["number"]),
        "extension": extension,
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
            "code": "rest",
        },
        "subtype": [{"code": entry["action"]}],
        "action": ACTIONS.get(entry["action"], "E"),
        "recorded": entry["at"],
        "outcome": "0" if good else "4" if entry["status"] < 500 else "8",
        "outcomeDesc": f"{entry['status']} {entry['reason']}",
        "agent": [agent],
        "source": {"observer": {"display": "exchange"}},
        "entity": [{"name": entry["target"] or "exchange"}],
    }
