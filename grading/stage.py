"""The student wheel, unpacked for the sandbox: installed code, never the checkout."""

import compileall
import hashlib
import sys
import sysconfig
import tempfile
import zipfile
from functools import cache as once
from pathlib import Path

from grading.wheel import build_wheel

_LEFT_OUT = ("grading/_labs/", "grading/_course/")

_OF_SIM = ("sim/__init__.py", "sim/errors.py", "sim/paths.py", "sim/seeds.py", "sim/words.py", "sim/policy/")
"""What answers find of `sim`: the models that tasks name. The rest would answer tasks in their place, such as
the reader of messages."""

_CLIENT = ("sim/exchange/__init__.py", "sim/exchange/vocabulary.py", "sim/exchange/client/")
"""What asks an exchange, for labs that have one. It makes tables of FHIR, which other labs ask for."""


@once
def environment(cache: Path) -> str:
    """Returns a hash of what answers run in: Python, the versions of all packages, and the student's wheel.

    Args:
        cache: Folder in which the wheel is kept.
    """
    packages = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    facts = [sys.version, *packages, stage(cache).name]
    return hashlib.sha256("\n".join(facts).encode("utf-8")).hexdigest()


def stage(cache: Path, client: bool = False) -> Path:
    """Builds the student's wheel and unpacks it once; equal wheels share a folder.

    Checks and hints of the wheel are left out: answer cells do not need them. So is what would solve a task.

    Args:
        cache: Folder to keep it in.
        client: Whether answers use an exchange (`grading.exchanges`).

    Returns:
        A folder that holds the packages `sim` and `grading`.
    """
    kept = _OF_SIM + (_CLIENT if client else ())
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        wheel = build_wheel(Path(scratch))
        facts = wheel.read_bytes() + repr((_LEFT_OUT, kept)).encode("ascii")
        target = cache / f"stage-{hashlib.sha256(facts).hexdigest()[:16]}"
        if not target.is_dir():
            unpacked = Path(scratch) / "stage"
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(unpacked, [name for name in archive.namelist() if _kept(name, kept)])
            compileall.compile_dir(unpacked, quiet=2, stripdir=str(unpacked))
            try:
                unpacked.replace(target)
            except OSError:
                if not target.is_dir():  # else another process was faster
                    raise
    return target


def _kept(name: str, of_sim: tuple[str, ...] = _OF_SIM) -> bool:
    """Says whether a file of the wheel is staged.

    Example:
        >>> [_kept(name) for name in ("grading/runner.py", "sim/policy/entry.py", "sim/world.py")]
        [True, True, False]
    """
    return not name.startswith(_LEFT_OUT) and (name.startswith(of_sim) or not name.startswith("sim/"))
