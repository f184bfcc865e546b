"""A district as files: checksums of contents, writing in one go, reading with a check."""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.errors import HilabError
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

MANIFEST = "manifest.json"


def checksum(table: pd.DataFrame) -> str:
    """Returns the SHA-256 of a table's contents: names, order and values, whatever the file format.

    Example:
        >>> a = pd.DataFrame({"mrn": ["H1", None]}, dtype="str")
        >>> checksum(a) == checksum(a.copy()), checksum(a) == checksum(a.fillna(""))
        (True, False)
    """
    digest = hashlib.sha256()
    for name in table.columns:
        content = _canonical(table[name])
        digest.update(f"{name}\x1d{len(table)}\x1d{len(content)}\x1d".encode())
        digest.update(content)
    return digest.hexdigest()


def _canonical(column: "pd.Series[Any]") -> bytes:
    """Returns the bytes that stand for a column: times in seconds, numbers as doubles, text as UTF-8."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy().astype("datetime64[s]").astype("<i8").tobytes()
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy().astype("u1").tobytes()
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy().astype("<f8")
        return np.where(np.isnan(numbers), np.nan, numbers).tobytes()
    return _joined(pa.array(column.astype("str"), pa.large_string(), from_pandas=True))


def _joined(texts: pa.Array) -> bytes:
    """Returns texts with a record separator between them; a missing one is a substitute character."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    rows = pa.ListArray.from_arrays(pa.array([0, len(whole)], pa.int32()), pc.fill_null(whole, "\x1a"))
    joined: bytes = pc.binary_join(rows, pa.scalar("\x1e", pa.large_string()))[0].as_buffer().to_pybytes()
    return joined


def checksums(tables: Mapping[str, pd.DataFrame], files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Returns the part of the manifest that says what a district contains."""
    return {
        "tables": {name: checksum(table) for name, table in tables.items()},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }


def write(
    folder: Path, tables: Mapping[str, pd.DataFrame], files: Mapping[str, bytes], manifest: Mapping[str, Any]
) -> None:
    """Writes a district into a folder: all of it or nothing.

    Args:
        folder: Where to; it must be new, empty or hold an older district.
        tables: Written as Parquet.
        files: Written as they are.
        manifest: Written as JSON.

    Raises:
        HilabError: The folder holds something else, or cannot be written.
    """
    folder = folder.absolute()
    if (
        folder.exists()
        and not (folder / MANIFEST).is_file()
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise HilabError(f"{folder} exists and holds no district; name a new or an empty folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise HilabError(f"{folder} cannot be written: {problem.strerror}.") from problem
    try:
        draft.chmod(0o755)
        for name, table in tables.items():
            table.to_parquet(draft / f"{name}.parquet", index=False)
        for name, content in files.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content)
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (draft / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        _put(draft, folder)
    except OSError as problem:
        raise HilabError(f"{folder} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    """Puts a finished draft in the place of the folder."""
    if not folder.exists():
        draft.replace(folder)
        return
    old = draft.with_name(draft.name + ".old")
    folder.replace(old)
    try:
        draft.replace(folder)
    except OSError:
        old.replace(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, bytes], dict[str, Any]]:
    """Reads tables, files and manifest of a district.

    Raises:
        HilabError: The folder holds no district, or a file is missing, damaged or changed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = [*manifest["tables"]], [*manifest["files"]]
        if not all(_is_plain(name) for name in (*names[0], *names[1])):
            raise ValueError("a name that leads elsewhere")
    except FileNotFoundError as problem:
        raise HilabError(f"{folder} holds no district: there is no {MANIFEST} in it.") from problem
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise HilabError(f"{folder / MANIFEST} is not the manifest of a district.") from problem
    tables = {name: _read_table(folder / f"{name}.parquet", name) for name in names[0]}
    files = {name: _read_file(folder / name) for name in names[1]}
    found = checksums(tables, files)
    for part, ending in (("tables", ".parquet"), ("files", "")):
        for name, expected in manifest[part].items():
            if found[part][name] != expected:
                raise HilabError(
                    f"{folder / (name + ending)} has changed since the district was made; unpack it again."
                )
    return tables, files, manifest


def _is_plain(name: str) -> bool:
    """Whether a name is that of a file in the district's folder or in a folder within it.

    Example:
        >>> _is_plain("purposes.yaml"), _is_plain("messages/h1.hl7"), _is_plain("../x"), _is_plain("a/b/c")
        (True, True, False, False)
    """
    parts = name.split("/")
    return len(parts) <= 2 and all(re.fullmatch(r"\w[\w.-]*", part) for part in parts)


def _read_table(path: Path, name: str) -> pd.DataFrame:
    if name not in TABLES:
        raise HilabError(f"{path}: a district has no table of that name.")
    try:
        return publish(pd.read_parquet(path), TABLES[name])
    except FileNotFoundError as problem:
        raise HilabError(f"{path} is missing; unpack the district again.") from problem
    except (OSError, ValueError, KeyError) as problem:
        raise HilabError(f"{path} is not the table {name} of a district; unpack it again.") from problem


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise HilabError(f"{path} is missing or cannot be read; unpack the district again.") from problem
