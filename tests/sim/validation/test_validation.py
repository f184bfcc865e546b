"""Targets, tolerances, the verdict, the reports, and what happens with a broken folder."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.validation import Validation, validate
from sim.validation.__main__ import main
from sim.validation.definitions import define, definitions
from sim.validation.measures import Estimate
from sim.validation.report import html, markdown, write
from sim.validation.targets import is_share, targets, tolerance
from sim.validation.text import summary
from sim.validation.validation import compare
from tests.sim.validation.tiny import Population

NAN = float("nan")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A population of three with a little of everything."""
    tiny = Population()
    tiny.person("a", "1980-01-01", "F")
    tiny.person("b", "1950-01-01", "M")
    tiny.person("c", "2023-01-01", "F")
    for who in "ab":
        tiny.told(who, 59621000, "2015-01-01")
        tiny.value(who, "8480-6", 150)
        tiny.value(who, "8462-4", 70)
    tiny.takes("b", "lisinopril 10 MG", "2015-01-01")
    tiny.visit("1", "a", "2025-02-01T10:00:00Z", "2025-02-03T10:00:00Z", "inpatient")
    return tiny.write(tmp_path_factory.mktemp("tiny") / "with blanks 和中文")


@pytest.fixture(scope="module")
def validation(folder: Path) -> Validation:
    return validate(folder, progress=False)


def row(**columns: object) -> pd.DataFrame:
    """One target with a published value of 40 %."""
    base = {
        **{"target_id": "T", "domain": "prevalence/incidence", "measure": "m", "measure_id": "asthma_now"},
        **{
            "sex": "all",
            "age_band": "all",
            "subgroup": "",
            "unit": "%",
            "status": "verified",
            "note": "",
            "as_of": "2020",
        },
        **{
            "published_value": 40.0,
            "standard_error": NAN,
            "priority": 1,
            "moved_because": "",
            "source_id": "S",
        },
    }
    return pd.DataFrame([base | columns])


def test_every_target_has_a_definition_that_runs(validation: Validation) -> None:
    assert len(validation.table) == 912
    assert (validation.table["generated"].notna() ^ (validation.table["missing"] != "")).all()


def test_the_targets_of_the_other_country_run_as_well(folder: Path) -> None:
    chinese = validate(folder, "CN", progress=False)
    assert len(chinese.table) == 170
    assert set(chinese.table["country"]) == {"China"}


def test_every_measure_is_asked_for_and_known() -> None:
    named = {name for name in targets()["measure_id"] if ":" not in name}
    assert named == set(definitions()["measures"])
    assert {define(name)["kind"] for name in targets()["measure_id"]} >= {
        "share",
        "statistic",
        "rate",
        "odds",
    }


def test_moved_targets_say_why_and_what_they_were() -> None:
    frame = targets()
    moved = frame[frame["priority"] != frame["priority_original"]]
    assert (moved["priority"] == 3).all()
    assert (moved["moved_because"] != "").all()
    assert set(frame[frame["moved_because"] != ""].index) == set(moved.index)
    assert (frame[frame["country"] == "US"]["as_of"] != "").all()


def test_targets_that_count_do_not_contradict_each_other() -> None:
    frame = targets()
    frame = frame[(frame["country"] == "US") & (frame["priority"] < 3)]
    for _, part in frame.groupby(["measure_id", "sex", "age_band", "subgroup"]):
        allowed = [
            tolerance(each.published_value, NAN, each.standard_error, is_share(each.unit, each.domain))
            for each in part.itertuples()
        ]
        low, high = part["published_value"] - allowed, part["published_value"] + allowed
        assert low.max() <= high.min(), part[["target_id", "published_value"]].to_string()


def test_no_target_rests_on_a_recalled_figure() -> None:
    counted = targets()[targets()["priority"] < 3]
    assert not counted["status"].str.startswith("recalled").any()


@pytest.mark.parametrize(
    ("generated", "error", "unit", "published_error", "within"),
    [
        (44.0, NAN, "%", NAN, True),
        (44.01, NAN, "%", NAN, False),
        (36.0, NAN, "mg/dL", NAN, True),
        (44.9, 2.46, "%", NAN, True),
        (45.0, 2.46, "%", NAN, False),
        (45.0, NAN, "%", 2.5, True),
        (45.6, 2.0, "%", 2.0, True),
        (45.7, 2.0, "%", 2.0, False),
    ],
)
def test_edges_of_the_tolerance(
    generated: float, error: float, unit: str, published_error: float, within: bool
) -> None:
    table = compare(row(unit=unit, standard_error=published_error), [Estimate(generated, error, 100)])
    assert bool(table["within"].iloc[0]) is within


def test_half_a_point_helps_shares_only() -> None:
    share = compare(row(published_value=1.0), [Estimate(1.5, NAN, 100)])
    value = compare(row(published_value=1.0, unit="mg/dL"), [Estimate(1.5, NAN, 100)])
    blood = compare(row(published_value=1.0, domain="labs/vitals"), [Estimate(1.5, NAN, 100)])
    assert [bool(table["within"].iloc[0]) for table in (share, value, blood)] == [True, False, False]


def test_strictly_is_without_the_populations_own_error() -> None:
    table = compare(row(), [Estimate(50.0, 10.0, 3)])
    assert bool(table["within"].iloc[0])
    assert not table["within_strictly"].iloc[0]


def test_what_is_not_recorded_is_missed() -> None:
    table = compare(row(), [Estimate(NAN, missing="not recorded: asthma")])
    assert not table["within"].iloc[0]


def test_a_recalled_figure_is_never_shown_and_never_counts() -> None:
    rows = pd.concat([row(), row(status="recalled", published_value=12.345)], ignore_index=True)
    table = compare(rows, [Estimate(40.0, 0.1, 9), Estimate(12.345, 0.1, 9)])
    made = Validation(table, "US", "P", 9, date(2026, 1, 1))
    assert made.score.loc["all of priority 1", "targets"] == 1
    published = html(made).count("12.35")
    assert published == 1  # the generated value only
    assert "recalled" in html(made)


def verdict(*parts: tuple[str, int, int, int]) -> Validation:
    """A validation with so many rows within, of so many, in each domain and priority."""
    rows, answers = [], []
    for domain, priority, within, number in parts:
        rows += [row(domain=domain, priority=priority)] * number
        answers += [Estimate(40.0, 0.1, 9)] * within + [Estimate(80.0, 0.1, 9)] * (number - within)
    return Validation(compare(pd.concat(rows, ignore_index=True), answers), "US", "P", 9, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("a", 1, 90, 100)], 0),
        ([("a", 1, 89, 100)], 1),
        ([("a", 1, 92, 100), ("b", 1, 8, 10)], 0),
        ([("a", 1, 100, 100), ("b", 1, 7, 10)], 1),
        ([("a", 1, 100, 100), ("b", 2, 7, 10)], 1),
        ([("a", 1, 100, 100), ("a", 2, 0, 10), ("a", 3, 0, 10)], 0),
    ],
)
def test_exit_code(parts: list[tuple[str, int, int, int]], code: int) -> None:
    assert verdict(*parts).exit_code == code


def test_agreement_by_chance_is_said() -> None:
    table = compare(
        pd.concat([row()] * 3), [Estimate(41.0, 9.0, 3), Estimate(50.0, 9.0, 3), Estimate(80.0, 9.0, 3)]
    )
    made = Validation(table, "US", "P", 9, date(2026, 1, 1))
    assert "1 of the 2 that agree do so only because 9 people leave room for chance." in markdown(made)
    assert "1 of the 2 that agree" in "\n".join(summary(made))


class Outline(HTMLParser):
    """Notes what a page is made of, and that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_well_formed(validation: Validation) -> None:
    page = Outline()
    page.feed(html(validation))
    assert page.open == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not [
        value for name, value in page.attributes if name in ("href", "src") and not str(value).startswith("#")
    ]
    assert page.tags.count("figure") == validation.table["domain"].nunique()
    assert page.tags.count("figcaption") == page.tags.count("figure")
    assert "url(" not in html(validation)


def test_every_target_stands_in_the_page(validation: Validation) -> None:
    page = html(validation)
    assert all(f'<th scope="row">{id}</th>' in page for id in validation.table["target_id"])


def test_every_measure_is_defined_in_the_page(validation: Validation) -> None:
    page = html(validation)
    assert all(f'<th scope="row">{name}</th>' in page for name in definitions()["measures"])


def test_reports_have_the_same_bytes_each_time(folder: Path, validation: Validation, tmp_path: Path) -> None:
    for ending, made in ((".html", html(validation)), (".md", markdown(validation))):
        path = tmp_path / f"report{ending}"
        validate(folder, report=path, progress=False)
        assert path.read_text(encoding="utf-8") == made
        assert list(tmp_path.glob(".*")) == []


def test_the_summary_names_its_command(validation: Validation, folder: Path) -> None:
    assert f"hilab validate {folder} --report" in markdown(validation)


def test_a_report_of_another_kind_is_refused(validation: Validation, tmp_path: Path) -> None:
    with pytest.raises(HilabError, match=r"report\.pdf: a report is written as \.html or \.md"):
        write(validation, tmp_path / "report.pdf")


def test_a_sample_looks_at_fewer_people(folder: Path) -> None:
    assert validate(folder, sample=3, progress=False).people == 1


def test_the_command_prints_the_table_and_the_verdict(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--measure", "hypertension_told"]) == 1
    printed = capsys.readouterr().out
    assert re.search(r"T0198 +1 ok? *\w* +40\.3 +100", printed) or "T0198" in printed
    assert "Not enough" in printed
    assert "sodium" not in printed


@pytest.mark.parametrize("content", [None, "", "Id,BIRTHDATE\n", "Id,BIRTHDATE,GENDER\na,yesterday,F\n"])
def test_a_broken_folder_is_one_sentence(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "patients.csv").write_text(content, encoding="utf-8")
    assert main([str(tmp_path)]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.endswith(".") or said.endswith(").")
    assert "Traceback" not in said
    assert "patients" in said


def test_no_such_folder_and_no_such_country(tmp_path: Path) -> None:
    with pytest.raises(HilabError, match="there is no such folder"):
        validate(tmp_path / "none")
    with pytest.raises(HilabError, match="one of US, CN"):
        validate(tmp_path, "FR")
