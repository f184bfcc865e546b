"""Background mortality is what the modules leave of the life table."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.validation import deaths


def test_shares_are_what_is_left_of_the_life_table() -> None:
    bands = len(deaths.EDGES) - 1
    years = np.full((2, bands), 10_000.0)
    none = deaths.shares(np.zeros((2, bands)), years)
    assert set(none["sex"]) == {"male", "female"} and (none["share"] == 1.0).all()
    all_ = deaths.shares(np.full((2, bands), 9_000.0), years)
    assert np.allclose(all_["share"], 1.0 - deaths.MOST)
    table = deaths.hazard()
    at_60 = table[(table["sex"] == "male") & (table["age"] == 60)]["hazard"].iloc[0]
    half = deaths.shares(np.full((2, bands), at_60 / 2 * 10_000.0), years)
    assert half[(half["sex"] == "male") & (half["age"] == 60)]["share"].iloc[0] == pytest.approx(
        0.5, abs=0.03
    )


def deadly(folder: Path, rate: float) -> Path:
    """Writes a module in which people die at a rate per year, whatever their age."""
    wait = {"kind": "EXPONENTIAL", "parameters": {"mean": 1.0 / rate}}
    death = {"type": "Death", "exact": {"quantity": 0, "unit": "days"}, "direct_transition": "End"}
    states = {
        "Initial": {"type": "Initial", "direct_transition": "Wait"},
        "Wait": {"type": "Delay", "distribution": wait, "unit": "years", "direct_transition": "Die"},
        "Die": death,
        "End": {"type": "Terminal"},
    }
    folder.mkdir()
    text = json.dumps({"name": "Deadly", "gmf_version": 2, "states": states})
    (folder / "deadly.json").write_text(text, encoding="utf-8")
    return folder


def test_measured_deaths_are_those_of_the_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = deadly(tmp_path / "模块 with blanks", 0.02)
    died, years = deaths.measure(deaths.load_program(folder), 400, seed=5)
    assert died.sum() / years.sum() == pytest.approx(0.02, rel=0.15)
    assert deaths.main(["--people", "60", "--modules", str(folder)]) == 0
    table = pd.read_csv(folder / "natural_death.csv", encoding="utf-8")
    assert list(table.columns) == ["sex", "age", "share"] and table["share"].between(0, 1).all()
    assert "per 1000" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deaths.main(["--modules", str(tmp_path / "none")]) == 2
    assert "expected a folder of modules" in capsys.readouterr().err
