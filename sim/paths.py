"""Where the shipped data lie: beside the code in a checkout, inside the package in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def datasets(*parts: str) -> Path:
    """Returns a file or folder of `datasets/`, in a checkout or in an installed wheel.

    Args:
        *parts: Path below `datasets/`, for example `"reference", "name_frequencies.csv"`.
    """
    shipped = _PACKAGE / "_datasets"
    root = shipped if shipped.is_dir() else _CHECKOUT / "datasets"
    return root.joinpath(*parts)
