"""Opening a lab: unpacks a kit and starts JupyterLab on its notebook."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

from grading.kitfile import KitFacts
from grading.local import language_here, language_of
from grading.words import LANGUAGES, text
from sim.errors import HilabError

LARGEST = 500_000_000
"""Bytes that a kit may unpack to."""

_NAME = r"\w[\w.-]*"
_MEMBERS = re.compile(
    rf"{_NAME}\.ipynb|kit\.json|README\.txt|hilab-[\w.+-]+\.whl|district/(?:{_NAME}/)?{_NAME}"
)
"""Names that a kit holds; a district has files, and folders of files."""


def open_kit(kit: Path, folder: Path | None = None, browser: bool = True) -> None:
    """Unpacks a kit, unless that was done before, and starts JupyterLab on the lab.

    Args:
        kit: The zip, or the folder it was unpacked into.
        folder: Where to unpack it; beside the zip, in a folder named after the lab, if None.
        browser: Whether to open the browser; else the address is printed.

    Raises:
        HilabError: The zip is damaged or no kit, or JupyterLab is not installed.
    """
    home = kit if kit.is_dir() else unpack(kit, folder)
    facts = KitFacts.read(home / "kit.json", language_here(home))
    start_jupyterlab(home / f"{facts.lab}.ipynb", browser)


def unpack(kit: Path, folder: Path | None = None) -> Path:
    """Unpacks a kit and returns its folder; what lies there already is kept.

    If the folder holds this kit with an older notebook, the new one is put beside the student's as
    `<lab>-new.ipynb`.

    Raises:
        HilabError: The zip is damaged or no kit, or the folder belongs to something else.
    """
    files = _read(kit, language_here(Path.cwd()))
    facts = _facts(kit, files, language_here(Path.cwd()))
    home = (folder or kit.resolve().parent / facts.lab).resolve()
    if (home / "kit.json").exists():
        _refresh(home, facts, files)
    elif home.exists() and any(home.iterdir()):
        raise HilabError(text("opening.other_files", language_of(facts), path=home))
    else:
        _unpack_new(home, files)
    return home


def _read(kit: Path, language: str) -> dict[str, bytes]:
    """Reads the files of a kit; only names that a kit has are accepted."""
    if not kit.exists():
        raise HilabError(text("opening.no_file", language, path=kit))
    try:
        with zipfile.ZipFile(kit) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            strange = [entry.filename for entry in entries if not _MEMBERS.fullmatch(entry.filename)]
            if strange or sum(entry.file_size for entry in entries) > LARGEST:
                what = strange[0] if strange else text("opening.too_much", language)
                raise HilabError(text("opening.strange", language, path=kit, what=what))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise HilabError(text("opening.not_whole", language, path=kit)) from error


def _facts(kit: Path, files: dict[str, bytes], language: str) -> KitFacts:
    try:
        facts = KitFacts.parse(files["kit.json"])
        files[f"{facts.lab}.ipynb"]
    except (KeyError, ValueError) as error:
        raise HilabError(text("opening.lacks", language, path=kit)) from error
    return facts


def _unpack_new(home: Path, files: dict[str, bytes]) -> None:
    """Writes into a folder beside the target first, so that a half-unpacked kit is never opened."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".unpacking-") as scratch:
        part = Path(scratch) / "kit"
        for name, content in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if home.exists():
            home.rmdir()
        part.replace(home)


def _refresh(home: Path, facts: KitFacts, files: dict[str, bytes]) -> None:
    """Adds what is new in a kit that was opened before."""
    before = KitFacts.read(home / "kit.json", language_of(facts))
    if (before.id, before.lab, before.term) != (facts.id, facts.lab, facts.term):
        raise HilabError(text("opening.other_kit", language_of(facts), path=home))
    files = dict(files)
    if before.notebook != facts.notebook:
        files[f"{facts.lab}-new.ipynb"] = files[f"{facts.lab}.ipynb"]
    for member, content in files.items():
        path = home / member
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def start_jupyterlab(notebook: Path, browser: bool = True) -> None:
    """Starts JupyterLab on a notebook and returns when it is shut down.

    Raises:
        HilabError: The notebook or JupyterLab is missing.
    """
    language = language_here(notebook.parent)
    if not notebook.is_file():
        raise HilabError(text("opening.no_notebook", language, path=notebook))
    print(text("opening.started", language, path=notebook), flush=True)
    print(text("opening.stop", language), flush=True)
    serve(notebook.parent, f"/lab/tree/{quote(notebook.name)}", browser, language)


def serve(folder: Path, page: str, browser: bool = True, language: str = LANGUAGES[0]) -> None:
    """Runs JupyterLab in a folder until it is shut down.

    Args:
        folder: What it shows.
        page: What it opens first, for example `/lab/tree/l1_collection.ipynb`.
        browser: Whether to open the browser; else the address is printed.
        language: Language of the sentence that says what is missing.

    Raises:
        HilabError: JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise HilabError(text("opening.no_jupyterlab", language))
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command.append(f"--LabApp.default_url={page}")
    if getattr(os, "geteuid", lambda: 1)() == 0:  # in a container everybody is root
        command.append("--allow-root")
    if not browser:
        command.append("--no-browser")
    interrupted = signal.signal(signal.SIGINT, lambda *_: None)  # JupyterLab asks
    try:
        subprocess.run(command, check=False, cwd=folder, env=_environment())
    finally:
        signal.signal(signal.SIGINT, interrupted)


def _environment() -> dict[str, str]:
    """Adds what JupyterLab needs: settings that ask the outside for nothing, and nbgrader's own programs."""
    ours = str(Path(__file__).with_name("jupyter"))
    others = os.environ.get("JUPYTER_CONFIG_PATH", "")
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {
        **os.environ,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [ours, others])),
        "PATH": programs,
    }
