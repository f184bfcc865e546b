"""A generated population against the published figures, as `hilab validate` compares them.

Run with `make test-full`. It writes `docs/validation.md` and the page beside it.
"""

import os
from pathlib import Path

import pytest

from sim.generator import write
from sim.validation import Validation, validate
from sim.validation.report import html, markdown
from sim.validation.validation import ENOUGH, ENOUGH_IN_DOMAIN

pytestmark = pytest.mark.timeout(3600)
PEOPLE = 100_000
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def validation(tmp_path_factory: pytest.TempPathFactory) -> Validation:
    folder = tmp_path_factory.mktemp("validated") / "P"
    write(PEOPLE, 1, folder, workers=os.cpu_count() or 1)
    found = validate(folder, progress=False)
    named = Validation(found.table, found.country, "P", found.people, found.end)
    for name, text in (("validation.md", markdown(named)), ("validation.html", html(named))):
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
    return found


def test_everybody_is_there(validation: Validation) -> None:
    assert validation.people == PEOPLE


def test_priority_one_agrees(validation: Validation) -> None:
    assert validation.score.loc["all of priority 1", "share"] >= ENOUGH


def test_each_domain_agrees(validation: Validation) -> None:
    domains = validation.score.drop(index="all of priority 1")["share"]
    assert (domains >= ENOUGH_IN_DOMAIN).all(), domains.to_string()


def test_agreement_does_not_hang_on_a_small_population(validation: Validation) -> None:
    """Nearly all of what agrees would agree in a population without end as well."""
    total = validation.score.loc["all of priority 1"]
    assert total["within_strictly"] >= 0.9 * total["within"]
