"""The files that say what to install agree with each other."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"python-duckdb": "duckdb", "jupyter_client": "jupyter-client"}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _wanted() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"]]
    for extra in ("student", "exchange", "engine", "grading"):
        lines += extras[extra]
    return {_name(line): line for line in lines if _name(line) != "hilab"}


def test_environment_names_what_the_project_needs() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    by_pip = [line for entry in listed if isinstance(entry, dict) for line in entry["pip"]]
    lines = [line for line in [*listed, *by_pip] if isinstance(line, str) and not line.startswith("--")]
    names = {CONDA_NAMES.get(re.split("[<>=]", line)[0], _name(line)): line for line in lines}
    assert set(names) - {"python", "pip"} == set(_wanted())
    for name, line in _wanted().items():
        bounds = re.search(r"[<>=].*", line)
        assert bounds is not None
        assert names[name].endswith(bounds.group()), name


@pytest.mark.parametrize("name", ["student", "base", "dev"])
def test_requirements_are_hashed_and_name_no_registry(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text and "index-url" not in text
    pins = re.split(r"\n(?=[a-z])", text)
    assert len(pins) > 50
    for pin in pins:
        assert "==" in pin and "--hash=sha256:" in pin, pin.splitlines()[0]


def test_smaller_requirements_are_the_same_pins() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return {pin.split(" ")[0] for pin in re.findall(r"^[a-z].*==.*$", text, flags=re.MULTILINE)}

    assert pins("student") <= pins("base") <= pins("dev")
