"""Synthea's own modules, as an installed package carries them, load unmodified."""

import csv
import importlib.util
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sim.engine.gmf_load import Loaded, load_modules
from sim.engine.kinds import Op

SPEC = importlib.util.find_spec("synthea")
assert SPEC is not None and SPEC.submodule_search_locations
RESOURCES = Path(SPEC.submodule_search_locations[0]) / "resources"


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_modules("synthea")


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    root = RESOURCES / "modules"
    return {
        file.relative_to(root).with_suffix("").as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in root.rglob("*.json")
    }


def test_none_is_skipped(loaded: Loaded, documents: dict[str, Any]) -> None:
    assert {module.path for module in loaded.modules} == set(documents)
    tops = [module for module in loaded.modules if not module.submodule]
    assert len(tops) == len(list((RESOURCES / "modules").glob("*.json"))) >= 85


def test_every_state_is_there_with_its_type(loaded: Loaded, documents: dict[str, Any]) -> None:
    written = Counter(
        state["type"] for document in documents.values() for state in document["states"].values()
    )
    read = Counter(node.type for module in loaded.modules for node in module.nodes.values())
    assert read == written
    assert len(read) >= 30 and read.total() > 6900


def test_what_is_not_exact_is_said_once(loaded: Loaded) -> None:
    assert [note.rpartition(": ")[2].split()[0] for note in loaded.notes] == ["physiology", "how", "the"]
    assert all("\n" not in note and note.endswith(".") for note in loaded.notes)


def test_lookup_tables_are_branches(loaded: Loaded, documents: dict[str, Any]) -> None:
    """A row gives a branch unless all its probabilities are 0, and the defaults follow."""
    modules = {module.path: module for module in loaded.modules}
    seen = 0
    for path, document in documents.items():
        for name, state in document["states"].items():
            for_table = state.get("lookup_table_transition")
            if not for_table:
                continue
            seen += 1
            file = RESOURCES / "lookup_tables" / for_table[0]["lookup_table_name"]
            with file.open(encoding="utf-8-sig", newline="") as table:
                rows = list(csv.DictReader(table))
            targets = [item["transition"] for item in for_table]
            counted = sum(any(float(row[target]) > 0 for target in targets) for row in rows)
            assert len(modules[path].nodes[name].branches) == counted + 1, (path, name)
    assert seen >= 69


def test_references_between_modules_are_found(loaded: Loaded) -> None:
    modules = {module.path: module for module in loaded.modules}
    allergy = modules["allergies/food_allergy_incidence"].nodes["Peanut_Allergy"]
    assert allergy.target_module == "allergies"
    assert modules["allergies"].nodes[allergy.target].op == Op.ENCOUNTER
    removed = modules["dentures"].nodes["Finish_Dental_x_ray_system"]
    assert removed.ends_module == "dental_and_oral_examination"
    oxygen = modules["covid19/admission"].nodes["Oxygen"]
    assert oxygen.reason_module == "covid19/outcomes"


def test_a_state_knows_what_records_need(loaded: Loaded) -> None:
    nodes = [node for module in loaded.modules for node in module.nodes.values()]
    dosed = [node for node in nodes if "dosage" in node.details.get("prescription", {})]
    assert len(dosed) >= 200
    assert all(node.details["prescription"]["dosage"]["period"] > 0 for node in dosed)
    assert sum("supplies" in node.details for node in nodes) >= 20
    assert all(node.details["series"][0]["modality"]["code"] for node in nodes if node.type == "ImagingStudy")
    assert any(module.specialty.startswith("CARDIOVASCULAR") for module in loaded.modules)
