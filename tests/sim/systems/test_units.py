"""Values change from unit to unit as published tables say, and back."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.paths import datasets
from sim.systems.lab_concepts import concepts
from sim.systems.units import FORMULAS, UNITS, convert, line, read_unit

PUBLISHED = [
    ("2345-7", 126, "mg/dL", 7.0, "mmol/L", 0.05),
    ("2345-7", 200, "mg/dL", 11.1, "mmol/L", 0.05),
    ("2160-0", 1.0, "mg/dL", 88.4, "umol/L", 0.05),
    ("2093-3", 200, "mg/dL", 5.17, "mmol/L", 0.005),
    ("2571-8", 150, "mg/dL", 1.69, "mmol/L", 0.006),
    ("3094-0", 14, "mg/dL", 5.0, "mmol/L", 0.05),
    ("718-7", 15, "g/dL", 9.31, "mmol/L", 0.005),
    ("718-7", 15, "g/dL", 150, "g/L", 1e-9),
    ("1975-2", 1, "mg/dL", 17.1, "umol/L", 0.05),
    ("3084-1", 1, "mg/dL", 59.48, "umol/L", 0.05),
    ("17861-6", 10, "mg/dL", 2.495, "mmol/L", 0.001),
    ("2777-1", 1, "mg/dL", 0.3229, "mmol/L", 1e-4),
    ("19123-9", 1, "mg/dL", 0.4114, "mmol/L", 1e-4),
    ("3024-7", 1, "ng/dL", 12.87, "pmol/L", 0.01),
]
"""Pairs of published conversion tables; the last number is how far they are rounded."""

HBA1C = [(4.0, 20), (5.0, 31), (6.0, 42), (6.5, 48), (7.0, 53), (7.5, 59), (8.0, 64), (9.0, 75), (10.0, 86)]
HBA1C += [(11.0, 97), (12.0, 108), (13.0, 119), (14.0, 130), (15.0, 140)]
"""NGSP % and IFCC mmol/mol, as they are printed side by side, rounded."""


@pytest.mark.parametrize(("code", "value", "unit", "right", "to", "within"), PUBLISHED)
def test_published_pairs(code, value, unit, right, to, within):
    assert convert(code, value, unit, to) == pytest.approx(right, abs=within)
    assert convert(code, right, to, unit) == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(("ngsp", "ifcc"), HBA1C)
def test_hba1c_by_the_master_equation(ngsp, ifcc):
    assert convert("4548-4", ngsp, "%", "mmol/mol") == pytest.approx(ifcc, abs=0.6)
    assert convert("59261-8", ifcc, "mmol/mol", "%") == pytest.approx(ngsp, abs=0.05)


def test_no_factor_converts_hba1c():
    """A factor that is right at 48 mmol/mol is wrong at 86 by more than the task allows."""
    factor = 6.5 / 48
    assert abs(factor * 86 - convert("HbA1c", 86, "mmol/mol", "%")) > 1


def test_the_factors_of_the_list_of_codes_agree():
    """They are recalled; where both say something, they say the same."""
    codes = pd.read_csv(datasets("codes", "codes_labs_vitals.csv"), dtype="str", encoding="utf-8")
    codes = codes.dropna(subset=["ucum", "china_unit", "factor_us_to_china_unit"])
    known = codes[codes["loinc"].isin(concepts().index) & (codes["ucum"] != codes["china_unit"])]
    known = known[known["ucum"].isin(UNITS) & known["china_unit"].isin(UNITS)]
    assert len(known) >= 15
    for row in known.itertuples():
        factor = convert(row.loinc, 1, row.ucum, row.china_unit)
        assert factor == pytest.approx(float(row.factor_us_to_china_unit), rel=0.005), row.name


@given(
    st.sampled_from([*FORMULAS, "haemoglobin"]),
    st.floats(0.01, 1e4),
    *[st.sampled_from([unit for unit, (kind, _) in UNITS.items() if kind in ("mass", "substance")])] * 2,
)
def test_there_and_back_again(analyte, value, unit, to):
    assert convert(analyte, convert(analyte, value, unit, to), to, unit) == pytest.approx(value, rel=1e-9)


@given(st.floats(3, 20))
def test_hba1c_there_and_back_again(value):
    assert convert("HbA1c", convert("HbA1c", value, "%", "mmol/mol"), "mmol/mol", "%") == pytest.approx(value)


@pytest.mark.parametrize(
    ("analyte", "unit", "to"),
    [
        ("glucose", "mg/dL", "%"),
        ("", "mg/dL", "mmol/L"),
        ("glucose", "%", "mmol/mol"),
        ("Sodium", "g/L", "mol"),
    ],
)
def test_what_cannot_be_converted_is_refused(analyte, unit, to):
    with pytest.raises(HilabError):
        line(analyte, unit, to)


@pytest.mark.parametrize("text", ["", "units", "?", "mg", "mmol"])
def test_unknown_units_give_one_sentence(text):
    with pytest.raises(HilabError, match="There is no unit"):
        read_unit(text)


@pytest.mark.parametrize("unit", UNITS)
def test_capitals_and_blanks_do_not_matter(unit):
    assert read_unit(f" {unit.upper()} ") == read_unit(unit.lower()) == unit
