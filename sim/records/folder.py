"""The folder of a population that is written part by part: what is there, what is whole, what is missing.

A part is done when its record, a small JSON file under `.hilab`, says so; the record holds the checksum of
each of its files and is written last. Files appear under their names only when they are complete. When all
parts are done, one `manifest.json` takes the place of the records. Nothing else in the folder is touched.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import HilabError
from sim.records.files import checksum
from sim.records.tables import TABLES

MANIFEST = "manifest.json"

WORK = ".hilab"
"""Where the records of finished parts lie until all parts are there."""

ARGUMENTS = "arguments.json"

_DRAFT = ".draft"


class Folder:
    """A folder in which a population is, or comes about.

    Args:
        path: Where; it need not be there yet.
        arguments: Everything that the contents depend on.
        parts: How many parts there are.
    """

    def __init__(self, path: Path, arguments: Mapping[str, Any], parts: int) -> None:
        """Remembers the place; nothing is written yet."""
        self.path, self.arguments, self.parts = Path(path), dict(arguments), parts
        self.work = self.path / WORK

    def open(self) -> bool:
        """Makes the folder ready, or refuses it.

        Returns:
            Whether the population is there already, complete and whole.

        Raises:
            HilabError: If the folder holds something else or cannot be written.
        """
        try:
            manifest = _read(self.path / MANIFEST)
            begun = _read(self.work / ARGUMENTS)
            if manifest is not None or begun is not None:
                self._compare(manifest if manifest is not None else begun)
            else:
                self._refuse_strangers()
            if manifest and self._whole(manifest) and all(map(self._whole, manifest["parts"])):
                self.sweep()
                return True
            self.work.mkdir(parents=True, exist_ok=True)
            self.save(self.work / ARGUMENTS, {"arguments": self.arguments})
            self._take_away("*" + _DRAFT)
            if manifest:
                for number, record in enumerate(manifest.get("parts", [])):
                    self.save(self.record(number), record)
                (self.path / MANIFEST).unlink()
            return False
        except OSError as error:
            raise self.unwritable(error) from error

    def _compare(self, found: Any) -> None:
        known = found.get("arguments")
        if not isinstance(known, dict) or "people" not in known:
            raise HilabError(f"{self.path / MANIFEST}: hilab did not write this; choose another folder.")
        other = [name for name in self.arguments if known.get(name) != self.arguments[name]]
        if other:
            name = other[0]
            raise HilabError(
                f"{self.path}: holds a population with {name} {known.get(name)}, not {self.arguments[name]}; "
                "choose another folder, or the same arguments to complete it."
            )

    def _refuse_strangers(self) -> None:
        for name in TABLES:
            for stranger in (name, f"{name}.csv", f"{name}.parquet"):
                if (self.path / stranger).exists():
                    raise HilabError(f"{self.path}: holds {stranger} already; choose another folder.")
        if any(self.path.glob("*.ndjson")):
            raise HilabError(f"{self.path}: holds .ndjson files already; choose another folder.")

    def manifest(self) -> dict[str, Any]:
        """Returns the manifest of a complete population."""
        return _read(self.path / MANIFEST) or {}

    def record(self, part: int) -> Path:
        """Returns the path of a part's record."""
        return self.work / f"part-{part:05d}.json"

    def draft(self, name: str) -> Path:
        """Returns a path for a file in the making."""
        return self.work / f"{name.replace('/', '.')}.{os.getpid()}{_DRAFT}"

    def place(self, draft: Path, name: str, rows: int) -> dict[str, Any]:
        """Puts a finished file under its name below the folder and returns its entry."""
        target = self.path / name
        entry = {"rows": rows, "sha256": checksum(draft)}
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)
        return entry

    def save(self, path: Path, content: Mapping[str, Any]) -> None:
        """Writes JSON: all of it or nothing."""
        draft = self.draft(path.name)
        draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)

    def missing(self) -> Iterator[int]:
        """Yields the parts that are not there or not whole, after looking at each."""
        for part in range(self.parts):
            record = _read(self.record(part))
            if record is None or not self._whole(record):
                yield part

    def _whole(self, record: Mapping[str, Any]) -> bool:
        try:
            return all(
                (self.path / name).is_file() and checksum(self.path / name) == entry["sha256"]
                for name, entry in record["files"].items()
            )
        except (KeyError, TypeError, AttributeError):
            return False

    def records(self) -> list[dict[str, Any]]:
        """Returns the records of all parts, in order; all must be there."""
        return [_read(self.record(part)) or {} for part in range(self.parts)]

    def close(self, shared: Mapping[str, Any]) -> None:
        """Writes the manifest and takes the records away.

        Args:
            shared: Entries of the files that belong to no single part, by name.
        """
        inside = f"{WORK}/"
        parts = [
            record | {"files": {name: entry for name, entry in record["files"].items() if inside not in name}}
            for record in self.records()
        ]
        self.save(self.path / MANIFEST, {"arguments": self.arguments, "files": dict(shared), "parts": parts})
        self.sweep()

    def sweep(self) -> None:
        """Takes away the working folder: records, pieces and drafts, and nothing else."""
        for pattern in (ARGUMENTS, "part-*.json", "*.piece"):
            self._take_away(pattern)
        self.discard()

    def discard(self) -> None:
        """Takes away drafts, which are half-written files, and the working folder if that empties it."""
        self._take_away("*" + _DRAFT)
        if self.work.is_dir() and not any(self.work.iterdir()):
            self.work.rmdir()

    def _take_away(self, pattern: str) -> None:
        for path in self.work.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def unwritable(self, error: OSError) -> HilabError:
        """Says in one sentence why the folder cannot be written."""
        return HilabError(f"{self.path}: cannot write here ({error.strerror or error}).")


def _read(path: Path) -> dict[str, Any] | None:
    """Reads a JSON object; None if it is not there, an empty one if it is something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
