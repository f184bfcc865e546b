"""What the engine's tests share: people to simulate and modules to write."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from histories import END, born

from sim.engine import Events, Program, load_program, simulate


@pytest.fixture(scope="session")
def program() -> Program:
    return load_program()


@pytest.fixture(scope="session")
def events(program: Program) -> Events:
    return simulate(program, *born(200), END, seed=5)


@pytest.fixture
def compile_states(tmp_path: Path) -> Callable[..., Program]:
    """Writes one module of given states (and submodules, and other files) and loads it."""

    def load(
        states: dict[str, Any], files: dict[str, str] | None = None, **submodules: dict[str, Any]
    ) -> Program:
        folder = tmp_path / "模块 with blanks"
        folder.mkdir(exist_ok=True)
        for name, content in (files or {}).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        for path, content in {"own": states, **submodules}.items():
            file = folder / ("own.json" if path == "own" else f"sub/{path}.json")
            file.parent.mkdir(exist_ok=True)
            document = {"name": path, "gmf_version": 2, "states": content}
            file.write_text(json.dumps(document), encoding="utf-8")
        return load_program(folder)

    return load
