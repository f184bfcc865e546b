"""The student's wheel, built from a checkout without the network."""

import os
from pathlib import Path

from sim.errors import HilabError

CHECKOUT = Path(__file__).resolve().parent.parent


def build_wheel(folder: Path, checkout: Path = CHECKOUT) -> Path:
    """Builds `hilab-<version>-py3-none-any.whl`; the same checkout gives the same bytes.

    What it holds is said in `pyproject.toml`: code, facts and checks, and no solution.

    Args:
        folder: Where the wheel is put; made if it is missing.
        checkout: A checkout of the repository.

    Returns:
        The wheel.

    Raises:
        HilabError: There is no checkout here, or hatchling is not installed.
    """
    if not (checkout / "pyproject.toml").is_file() or not (checkout / "course" / "labs").is_dir():
        raise HilabError(f"{checkout}: a wheel is built from a checkout of the repository, and this is none.")
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError as error:
        raise HilabError("hatchling is missing: install hilab with the extra 'grading'.") from error
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise HilabError(f"{folder}: may not be written to.")
    (made,) = WheelBuilder(str(checkout)).build(directory=str(folder), versions=["standard"])
    return Path(made)
