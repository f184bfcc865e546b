"""The student wheel, unpacked for the sandbox: installed code, never the checkout."""

import compileall
import hashlib
import tempfile
import zipfile
from pathlib import Path

from grading.wheel import build_wheel

_LEFT_OUT = ("grading/_labs/", "grading/_course/")


def stage(cache: Path) -> Path:
    """Builds the student's wheel and unpacks it once; equal wheels share a folder.

    Checks and hints of the wheel are left out: answer cells do not need them.

    Args:
        cache: Folder to keep it in.

    Returns:
        A folder that holds the packages `sim` and `grading`.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        wheel = build_wheel(Path(scratch))
        target = cache / f"stage-{hashlib.sha256(wheel.read_bytes()).hexdigest()[:16]}"
        if not target.is_dir():
            unpacked = Path(scratch) / "stage"
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if not name.startswith(_LEFT_OUT)]
                archive.extractall(unpacked, names)
            compileall.compile_dir(unpacked, quiet=2, stripdir=str(unpacked))
            unpacked.replace(target)
    return target
