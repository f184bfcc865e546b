"""Reads zips that strangers packed: no name leads outside, no link is followed, nothing grows without end."""

import datetime as dt
import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grading.sanitize import LARGEST_FILE
from sim.errors import HilabError

MOST_FILES = 20_000
"""Most entries of a learning platform's archive: a large class with several files each."""

MOST_IN_HANDIN = 200
"""Most entries of one hand-in."""


@dataclass(frozen=True)
class Entry:
    """A file in a zip.

    Attributes:
        where: Zip and name, for messages.
        name: Its name; it leads nowhere outside.
        time: Its time by the clock of the computer that packed it; None if the zip holds none.
        read: Returns its bytes.
    """

    where: str
    name: PurePosixPath
    time: dt.datetime | None
    read: Callable[[], bytes]


@contextmanager
def opened(source: Path | bytes, where: str, most: int = MOST_FILES) -> Iterator[zipfile.ZipFile]:
    """Opens a zip and makes sure that it does not hold too many files.

    Raises:
        HilabError: It is no zip, or holds too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            if len(archive.infolist()) > most:
                raise HilabError(f"{where}: holds too much; at most {most} files were expected.")
            yield archive
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise HilabError(f"{where}: is not a zip that can be read; ask for it again.") from error


def entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Entry | None:
    """Returns an entry of a zip; None for folders and for what operating systems leave behind.

    Raises:
        HilabError: It is a link, or its name leads elsewhere.
    """
    name = PurePosixPath(info.filename.replace("\\", "/"))
    drive = ":" in name.parts[0] if name.parts else False
    if name.is_absolute() or drive or ".." in name.parts or stat.S_ISLNK(info.external_attr >> 16):
        raise HilabError(f"{where}: holds a link or a name that leads elsewhere ({info.filename[:60]!r}).")
    if info.is_dir() or not name.parts or "__MACOSX" in name.parts or name.name.startswith("."):
        return None
    return Entry(f"{where}, {name}", name, _time(info), lambda: _read(archive, info, where, name.name))


def _time(info: zipfile.ZipInfo) -> dt.datetime | None:
    """Returns an entry's time; the year 1980 is what a zip says that holds none."""
    try:
        return dt.datetime(*info.date_time) if info.date_time[0] > 1980 else None
    except ValueError:
        return None


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, name: str) -> bytes:
    """Unpacks an entry, never more than the largest file; what a zip says about its sizes is not believed."""
    try:
        with archive.open(info) as file:
            data = file.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise HilabError(f"{where}: {name} is damaged or locked; ask for it again.") from error
    if len(data) > LARGEST_FILE:
        raise HilabError(f"{where}: {name} is larger than {LARGEST_FILE // 1_000_000} MB.")
    return data
