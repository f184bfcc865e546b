"""The data dictionary says what the code says."""

from sim.defects import DEFECTS
from sim.dictionary import dictionary
from sim.paths import datasets
from sim.systems.catalogue import TABLES


def test_the_page_is_written_from_the_code():
    """If this fails: python -m sim.dictionary."""
    assert datasets("README.md").read_text(encoding="utf-8") == dictionary()


def test_every_column_and_defect_is_on_the_page():
    page = " ".join(dictionary().split())
    for table in TABLES.values():
        assert all(f"| `{column.name}` |" in page for column in table.columns)
    assert all(f"| {ident} |" in page for ident in DEFECTS)
    assert "not for clinical use" in page and "recalled" not in page
