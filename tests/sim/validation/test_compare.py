"""Two small populations whose figures can be counted on fingers, side by side."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading.cli import app
from sim.errors import HilabError
from sim.validation.compare import compare
from sim.validation.curves import survivors
from sim.validation.portrait import portray
from tests.sim.validation.tiny import Population

DIABETES = 44054006


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    one, other = Population(), Population()
    for number in range(4):
        one.person(f"woman {number}", "1980-05-05")
        other.person(f"man {number}", "1940-05-05", "M", died="2020-01-01" if number == 0 else "")
    one.told("woman 0", DIABETES, "2020-01-01", text="Diabetes")
    for number in range(3):
        one.visit(f"visit {number}", f"woman {number}", "2024-06-01T08:00:00Z")
    other.told("man 1", DIABETES, "2020-01-01", text="Diabetes")
    other.told("man 1", 59621000, "2020-01-01", text="High blood pressure")
    return one.write(tmp_path / "one"), other.write(tmp_path / "other")


def row(text: str, section: str, *label: str) -> list[str]:
    """Returns the cells after the label of a row of a section."""
    part = text.split(f"\n{section}\n")[1].split("\n\n")[0]
    cells = [re.split(r"  +", line.strip()) for line in part.splitlines()]
    return next(found[len(label) :] for found in cells if tuple(found[: len(label)]) == label)


def test_each_figure_stands_beside_the_other(pair):
    text = compare(*pair)
    assert row(text, "Records a life", "conditions") == ["0.25", "0.5", "2"]
    found = row(text, "Visits a person and year", "ambulatory")
    assert found[1] == "0" and 0.24 < float(found[0]) < 0.26
    women, men = ("diabetes", "women 45-64"), ("diabetes", "men 65 and over")
    assert row(text, "Prevalence by age and sex", *women) == ["4 and 0", "25", "-", "-"]
    assert row(text, "Prevalence by age and sex", *men)[:3] == ["0 and 3", "-", "33.33"]
    assert row(text, "Codes in common", "conditions") == ["1", "2", "1", "100", "50"]
    assert row(text, "Codes most used", "conditions", "59621000")[1:3] == ["0", "250"]
    assert row(text, "Survival", "75-84")[0] == "0 and 1"
    assert "all of priority 1" in text


def test_survivors_only_get_fewer(pair):
    points = survivors(portray(pair[1]))
    alive = [value for _, value in points]
    assert alive[0] == 100 and alive == sorted(alive, reverse=True) and alive[-1] < 100
    years = portray(pair[1]).deaths.loc["75-84", "years"]
    assert 20 < years < 40


def test_the_page_stands_alone_and_repeats(pair, tmp_path):
    compare(*pair, tmp_path / "a.html")
    compare(*pair, tmp_path / "b.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "<script" not in page and page.count("<svg") == 1 and "<desc" in page
    assert all(f"<h2>{name}</h2>" in page for name in ("Survival", "Codes in common", "Validation score"))
    assert not re.search(r'(src|href)="', page)


def test_a_report_is_html(pair, tmp_path):
    with pytest.raises(HilabError, match=r"written as \.html"):
        compare(*pair, tmp_path / "a.pdf")


def test_a_folder_without_population_is_named(pair, tmp_path):
    with pytest.raises(HilabError, match="nothing here"):
        compare(pair[0], tmp_path / "nothing here")


def test_the_command_prints_the_text(pair, tmp_path):
    done = CliRunner().invoke(app, ["compare", *map(str, pair), "--report", str(tmp_path / "c.html")])
    assert done.exit_code == 0 and "Codes in common" in done.output
    assert (tmp_path / "c.html").is_file()
