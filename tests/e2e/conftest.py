"""Real kits, their answers filled in; that of lab 1 has one answer that is wrong in a known way."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from grading.kit import lay_out
from grading.kitfile import kit_facts, read_notebook, zip_folder
from grading.labbuild import build_release
from grading.tasks import labs_folder
from sim import WORLD_VERSION, World, make_world
from sim.checkpoints import CHECKPOINTS

LAB = "l1_collection"

ARRIVED_LAST = '''def copies(lis: pd.DataFrame) -> pd.DataFrame:
    """Believes the newest arrival."""
    last = lis.sort_values("received_at").drop_duplicates(["specimen_id", "test_code"], keep="last")
    labels = lis["row_id"].isin(last["row_id"]).map({True: "current", False: "resend"})
    return pd.DataFrame({"row_id": lis["row_id"], "label": labels})


def screen_errors(lis: pd.DataFrame) -> dict[str, object]:
    """Sees no error anywhere."""
    return {"wrong": 0, "cause": "none"}'''
"""An answer to task 1.3 with misconception MC27."""


@cache
def district() -> World:
    """Returns the one district of all kits here, with the tables from which labs begin."""
    world = make_world("browser", "2026A")
    for lab in CHECKPOINTS:
        world = world.with_checkpoint(lab)
    return world


def make_kit(folder: Path, answers: dict[str, str], lab: str = LAB, language: str = "en") -> Path:
    """Makes a kit as a course does, without nbgrader, its answer cells filled."""
    notebook = build_release(lab, folder, labs_folder(), language)
    facts = kit_facts(notebook, "0" * 32, "2026A", "us", WORLD_VERSION)
    made = read_notebook(notebook)
    for cell in made["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    notebook.write_text(json.dumps(made), encoding="utf-8")
    home = folder / "kit"
    home.mkdir()
    district().save(home / "district")
    lay_out(home, notebook, None, replace(facts, language=language), lab)
    return zip_folder(home, folder / "kit of the browser 浏览器.zip")


@pytest.fixture(scope="session")
def lab_kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_kit(tmp_path_factory.mktemp("kit 实验"), {"solve_1_3": ARRIVED_LAST})
