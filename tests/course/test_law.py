"""What the labs say of laws is data with source, date and status; only the undisputed earns marks."""

from pathlib import Path

import pytest
import yaml

from grading.tasks import lab_folder, load_tasks
from tests.course.answers import LABS

FACTS = yaml.safe_load((Path(__file__).parents[2] / "course" / "law.yaml").read_text(encoding="utf-8"))
KEYS = {"law", "where", "says", "dated", "status", "source", "read", "disputed", "graded_in", "told_in"}
NUMBERS = {task.id for lab in LABS for task in load_tasks(lab)}


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_its_source_date_and_status(name):
    fact = FACTS[name]
    assert set(fact) == KEYS and all(str(fact[key]) for key in KEYS - {"graded_in"})
    assert fact["status"] in ("verified", "checked", "recalled") and isinstance(fact["disputed"], bool)


@pytest.mark.parametrize("name", FACTS)
def test_only_undisputed_and_looked_up_facts_earn_marks(name):
    fact = FACTS[name]
    assert set(fact["graded_in"]) <= NUMBERS
    assert not fact["graded_in"] or (not fact["disputed"] and fact["status"] != "recalled")


TOLD = [(lab, name) for name, fact in FACTS.items() for lab in fact["told_in"]]


def test_every_fact_is_told_and_every_lab_that_tells_one_exists():
    assert {name for _, name in TOLD} == set(FACTS) and {lab for lab, _ in TOLD} <= set(LABS)


@pytest.mark.parametrize("language", ["lab.py", "lab.zh.py"])
@pytest.mark.parametrize(("lab", "name"), TOLD)
def test_a_lab_names_a_fact_with_its_place_and_status(lab, name, language):
    text, fact = (lab_folder(lab) / language).read_text(encoding="utf-8"), FACTS[name]
    row = next(line for line in text.split("\n") if line.startswith(f"# | {fact['where']} |"))
    assert str(fact["dated"]) in row and fact["status"] in row
