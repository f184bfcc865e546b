"""Compiles functions with numba where numba is there, and leaves them alone where it is not.

numba keeps compiled code on disk but does not notice edits in other files, so the folder it
keeps it in is named after a hash of all sources that can end in compiled code.
"""

import hashlib
import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from sim.paths import datasets

numba: Any
try:
    import numba
except ImportError:  # the student wheel runs without it, some hundred times slower
    numba = None

COMPILED: bool = numba is not None
"""Whether the engine runs as machine code."""

_HERE = Path(__file__).resolve().parent
_Function = TypeVar("_Function", bound=Callable[..., Any])


_NEVER_COMPILED = (
    *("__init__", "checks", "cuts", "flatten", "gmf", "lookup", "model", "natural_death"),
    *("oracle", "program", "questions", "run.", "sources", "usage"),
)
"""How files begin that cannot end in compiled code."""


_TABLES = ("codes/codes_vaccines_cvx.csv", "reference/lab_vital_[lqs]*.csv")
"""Tables whose figures end in compiled code as constants."""


def _fingerprint() -> str:
    """Returns a hash of every source file and table that can end in compiled code."""
    digest = hashlib.blake2b(digest_size=8)
    sources = [file for file in sorted(_HERE.rglob("*.py")) if not file.name.startswith(_NEVER_COMPILED)]
    tables = [file for name in _TABLES for file in sorted(datasets().glob(name))]
    for source in [*sources, *tables, _HERE.parent / "seeds.py"]:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> Path | None:
    """Returns a writable folder for compiled code, or None when there is none.

    Only the user's own cache will do: whoever can write there can run code as the user.
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
        folder = home / "hilab" / f"numba-{_fingerprint()}"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if os.access(folder, os.W_OK) else None


_FOLDER = _cache_folder() if COMPILED else None


_OPTIONS: Any = {"_nrt": False, "error_model": "numpy"}
"""Compiled functions make no arrays, so they need not count references to them: without the counting
the machine runs twice as fast. Nothing is divided by 0, so nobody need look for it."""


def inlined(function: _Function) -> _Function:
    """Compiles a function into every place that calls it; for what is called millions of times."""
    if numba is None:
        return njit(function)
    compiled: _Function = numba.njit(inline="always", **_OPTIONS)(function)
    return compiled


def njit(function: _Function) -> _Function:
    """Compiles a function on its first call; it keeps the plain one as `.py_func`."""
    if numba is None:
        function.py_func = function  # type: ignore[attr-defined]
        return function
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_FOLDER or "")
    try:
        compiled: Any = numba.njit(nogil=True, cache=_FOLDER is not None, **_OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before
    template = compiled.get_call_template
    compiled.get_call_template = lambda args, kws: template(tuple(map(_widened, args)), kws)
    return cast(_Function, compiled)


def _widened(kind: Any) -> Any:
    """Returns the widest type of a number's kind.

    Left to itself numba compiles a function again for every constant and every width of integer
    that it is called with, which takes twice as long in all.
    """
    kind = numba.types.unliteral(kind)
    if isinstance(kind, numba.types.Integer | numba.types.IntEnumMember):
        return numba.types.int64
    return numba.types.float64 if isinstance(kind, numba.types.Float) else kind


def prepare() -> None:
    """Lets numba start without scipy, which it would import only to see whether it is there.

    That takes a third of a second. Whoever calls linear algebra later still has it checked then.
    """
    try:
        from numba.np import linalg
    except ImportError:
        return
    check = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = check


def is_new() -> bool:
    """Whether the engine was never compiled here, so that its first run takes half a minute longer."""
    return COMPILED and (_FOLDER is None or not any(_FOLDER.rglob("*.nbc")))


def plain(function: _Function) -> _Function:
    """Returns the plain Python function behind a compiled one."""
    original: _Function = function.py_func  # type: ignore[attr-defined]
    return original
