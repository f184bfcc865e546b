"""Compiled functions exist once, whatever they are called with, and numba starts without scipy."""

import subprocess
import sys

import pytest

from sim.engine import jit
from sim.engine.kinds import Kind


def test_every_function_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "_FOLDER", None)

    @jit.njit
    def inner(whole: int, real: float) -> float:
        return whole + real

    @jit.njit
    def outer(n: int) -> float:
        return inner(3, 4.5) + inner(n, 1.5) + inner(Kind.DEATH, 2.5) + inner(n > 2, 0.5)

    assert outer(7) == 3 + 4.5 + 7 + 1.5 + 8 + 2.5 + 1 + 0.5
    assert len(inner.signatures) == 2  # for numbers, and for truths


def test_numba_starts_without_scipy_and_finds_it_later() -> None:
    script = (
        "import sys, numba, numpy as np\n"
        "from sim.engine.jit import prepare\n"
        "prepare()\n"
        "print('scipy.linalg' in sys.modules)\n"
        "product = numba.njit(lambda a, b: np.dot(a, b))\n"
        "print(product(np.ones((2, 2)), np.ones((2, 2))).sum())\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "8.0"]
