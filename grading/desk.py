"""`doctor()`: is this computer ready for the labs, and what to repair if not; in the language of the kit."""

import importlib.metadata as metadata
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grading.kitfile import KitFacts
from grading.local import language_here
from grading.notice import Line, Mark, Notice, in_notebook, show
from grading.words import text
from sim.errors import HilabError

NEEDED = {
    "numpy": (2, 2),
    "pandas": (3, 0),
    "pyarrow": (20, 0),
    "jupyterlab": (4, 6),
    "ipykernel": (7, 0),
} | {
    "ipywidgets": (8, 1),
    "plotly": (6, 9),
}
"""Packages that the labs use, with the oldest version that was tested."""

MEMORY = 2.0
"""Memory in GB that should be free: a lab with its district stays below half of it."""

_CLOUDS = ("OneDrive", "Dropbox", "iCloud", "Mobile Documents", "Google Drive", "Nextcloud")


def doctor() -> None:
    """Says whether Python, packages, kernel, folder and memory are right, and what to repair."""
    show(_notice())


def doctor_text() -> tuple[str, bool]:
    """Returns the same as text, and whether everything is right."""
    notice = _notice()
    return str(notice), not _wrong(notice)


def _notice() -> Notice:
    lines = [*_python(), *_packages(), *_kernel(), *_folder(Path.cwd()), *_memory()]
    wrong = sum(line.mark == "wrong" for line in lines)
    title = "ready" if not wrong else "repair_one" if wrong == 1 else "repair"
    return Notice(_say(title, count=wrong), lines, language=language_here(Path.cwd()))


def _say(code: str, **values: object) -> str:
    return text(f"desk.{code}", language_here(Path.cwd()), **values)


def _line(mark: Mark, code: str, *more: str, **values: object) -> Line:
    return Line(mark, _say(code, **values), more)


def _wrong(notice: Notice) -> bool:
    return any(line.mark == "wrong" for line in notice.lines)


def _python() -> Iterator[Line]:
    """Always right: on an older Python than 3.11 the program cannot be installed."""
    yield Line("right", f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def _packages() -> Iterator[Line]:
    missing = [name for name, oldest in NEEDED.items() if _version(name) is None]
    old = [name for name, oldest in NEEDED.items() if (_version(name) or oldest) < oldest]
    if missing or old:
        told = [_say("missing", names=", ".join(missing))] if missing else []
        told += [_say("old", names=", ".join(old))] if old else []
        yield _line("wrong", "packages", *told, _say("install"))
    else:
        yield _line("right", "packages_there", count=len(NEEDED))


def _version(package: str) -> tuple[int, ...] | None:
    try:
        return tuple(map(int, re.findall(r"\d+", metadata.version(package))[:2]))
    except metadata.PackageNotFoundError:
        return None


def _kernel() -> Iterator[Line]:
    """A notebook may run in another Python than the one that the kit's steps set up."""
    if not in_notebook():
        yield _line("right", "here", path=sys.prefix)
        return
    own = sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ or "JUPYTERHUB_USER" in os.environ
    if own:
        yield _line("right", "kernel", path=sys.prefix)
    else:
        yield _line("note", "kernel_other", _say("kernel_repair"), path=sys.prefix)


def _folder(folder: Path) -> Iterator[Line]:
    if not _writable(folder):
        yield _line("wrong", "folder_at", _say("locked"), path=folder)
    elif _inside_zip(folder):
        yield _line("wrong", "folder_at", _say("zip"), path=folder)
    else:
        yield _line("right", "writable", path=folder)
    if any(cloud in str(folder) for cloud in _CLOUDS):
        yield _line("note", "folder", _say("cloud"))
    if os.name == "nt" and len(str(folder)) > 180:
        yield _line("note", "folder", _say("long"))
    yield from _kit(folder)


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _inside_zip(folder: Path) -> bool:
    """Windows shows a zip as a folder and unpacks single files into Temp when they are opened."""
    return any(part.lower().endswith(".zip") or part.startswith("Temp1_") for part in folder.parts)


def _kit(folder: Path) -> Iterator[Line]:
    if not (folder / "kit.json").exists():
        yield _line("note", "no_kit")
        return
    try:
        facts = KitFacts.read(folder / "kit.json", language_here(folder))
    except HilabError as error:
        yield _line("wrong", "kit", str(error))
        return
    if (folder / "district" / "manifest.json").is_file():
        yield _line("right", "kit_whole", lab=facts.lab, term=facts.term)
    else:
        yield _line("wrong", "kit", _say("no_district"))


def _memory() -> Iterator[Line]:
    free = _free_memory()
    disk = shutil.disk_usage(Path.cwd()).free / 1e9
    if free is not None and free < MEMORY:
        yield _line("note", "memory", _say("memory_repair"), free=f"{free:.1f}")
    elif free is not None:
        yield _line("right", "memory", free=f"{free:.1f}")
    if disk < 0.5:
        yield _line("wrong", "disk", _say("disk_repair"), free=f"{disk:.1f}")


def _free_memory() -> float | None:
    """Free memory in GB, if psutil (which comes with JupyterLab's kernel) is there."""
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:
        return None
    return float(psutil.virtual_memory().available) / 1e9
