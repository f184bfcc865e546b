"""`doctor()`: is this computer ready for the labs, and what to repair if not."""

import importlib.metadata as metadata
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grading.kitfile import KitFacts
from grading.notice import Line, Notice, in_notebook, show
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
    wrong = [line for line in lines if line.mark == "wrong"]
    things = "one thing" if len(wrong) == 1 else f"{len(wrong)} things"
    return Notice(f"Your desk: {things} to repair." if wrong else "Your desk is in order.", lines)


def _wrong(notice: Notice) -> bool:
    return any(line.mark == "wrong" for line in notice.lines)


def _python() -> Iterator[Line]:
    """Always right: on an older Python than 3.11 the program cannot be installed."""
    yield Line("right", f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def _packages() -> Iterator[Line]:
    missing = [name for name, oldest in NEEDED.items() if _version(name) is None]
    old = [name for name, oldest in NEEDED.items() if (_version(name) or oldest) < oldest]
    if missing or old:
        repair = "Do step 2 of README.txt again; it installs what is missing and renews what is old."
        told = [f"Missing: {', '.join(missing)}."] if missing else []
        told += [f"Too old: {', '.join(old)}."] if old else []
        yield Line("wrong", "Packages", (*told, repair))
    else:
        yield Line("right", f"Packages: all {len(NEEDED)} are there and new enough")


def _version(package: str) -> tuple[int, ...] | None:
    try:
        return tuple(map(int, re.findall(r"\d+", metadata.version(package))[:2]))
    except metadata.PackageNotFoundError:
        return None


def _kernel() -> Iterator[Line]:
    """A notebook may run in another Python than the one that the kit's steps set up."""
    if not in_notebook():
        yield Line("right", f"This Python lies in {sys.prefix}")
        return
    own = sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ or "JUPYTERHUB_USER" in os.environ
    if own:
        yield Line("right", f"Kernel: the notebook runs in {sys.prefix}")
    else:
        repair = (
            "If imports fail, close JupyterLab and start it with 'hilab open' as in step 3 of README.txt."
        )
        yield Line("note", f"Kernel: the notebook runs in the computer's own Python, {sys.prefix}", (repair,))


def _folder(folder: Path) -> Iterator[Line]:
    if not _writable(folder):
        yield Line(
            "wrong", f"Folder {folder}", ("It cannot be written to. Copy the kit into your documents.",)
        )
    elif _inside_zip(folder):
        repair = "You are looking into the zip, and your work would be lost. Unpack it into your documents."
        yield Line("wrong", f"Folder {folder}", (repair,))
    else:
        yield Line("right", f"Folder {folder} can be written to")
    if any(cloud in str(folder) for cloud in _CLOUDS):
        repair = (
            "It is kept in step with a cloud, which may lock files while you save. A plain folder is safer."
        )
        yield Line("note", "The folder", (repair,))
    if os.name == "nt" and len(str(folder)) > 180:
        repair = "Its path is very long; Windows may refuse to open files. Move it nearer to the top."
        yield Line("note", "The folder", (repair,))
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
        yield Line("note", "No kit lies in this folder; that is fine outside a lab")
        return
    try:
        facts = KitFacts.read(folder / "kit.json")
    except HilabError as error:
        yield Line("wrong", "The kit", (str(error),))
        return
    if (folder / "district" / "manifest.json").is_file():
        yield Line("right", f"Kit: {facts.lab}, term {facts.term}, with its district")
    else:
        yield Line("wrong", "The kit", ("The folder 'district' is missing. Unpack the whole kit again.",))


def _memory() -> Iterator[Line]:
    free = _free_memory()
    disk = shutil.disk_usage(Path.cwd()).free / 1e9
    if free is not None and free < MEMORY:
        yield Line(
            "note", f"Memory: {free:.1f} GB are free", ("Close other programs if the lab becomes slow.",)
        )
    elif free is not None:
        yield Line("right", f"Memory: {free:.1f} GB are free")
    if disk < 0.5:
        yield Line("wrong", f"Disk: {disk:.1f} GB are free", ("Delete something: saving may fail.",))


def _free_memory() -> float | None:
    """Free memory in GB, if psutil (which comes with JupyterLab's kernel) is there."""
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:
        return None
    return float(psutil.virtual_memory().available) / 1e9
