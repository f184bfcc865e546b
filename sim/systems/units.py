"""Units of laboratory results, and the facts by which a value changes from one unit to another.

Amounts of substance follow from molar masses, and these from chemical formulas and the standard atomic
weights of CIAAW (www.ciaaw.org/atomic-weights.htm, where an interval is given its abridged value). Three
conventions, all of published conversion tables (such as w3.csmu.edu.tw/~chr/Int_unit_conversion.htm):
triglycerides count as triolein, phosphate as phosphorus, urea nitrogen as two atoms for each molecule of
urea. A mole of haemoglobin is one of its chains, with one atom of iron. HbA1c follows the master equation of
NGSP and IFCC (www.ngsp.org/ifcc.asp), which has an offset: no factor converts it.
"""

import re
from functools import cache

from sim.errors import HilabError
from sim.systems.lab_concepts import concepts

ATOMS = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "Mg": 24.305,
    "P": 30.974,
    "Ca": 40.078,
    "I": 126.90,
}
"""Standard atomic weights, g/mol."""

FORMULAS = {
    "glucose": "C6H12O6",
    "creatinine": "C4H7N3O",
    "urea nitrogen": "N2",
    "cholesterol": "C27H46O",
    "triglycerides": "C57H104O6",
    "urate": "C5H4N4O3",
    "bilirubin": "C33H36N4O6",
    "thyroxine": "C15H11I4NO4",
    "calcium": "Ca",
    "magnesium": "Mg",
    "phosphate": "P",
}
"""What one mole of an analyte weighs, as a formula; of urea nitrogen, the nitrogen in a mole of urea."""

HAEMOGLOBIN = 16_114.5
"""Molar mass of one chain of haemoglobin, g/mol: the published factor from g/dL to mmol/L is 0.6206 (Kratz
2004, as told by medicalalgorithms.com/hemoglobin-unit-conversion); by whole molecules it is a quarter."""

NGSP_SLOPE, NGSP_OFFSET = 0.09148, 2.152
"""HbA1c: NGSP % = slope x IFCC mmol/mol + offset."""

UNITS: dict[str, tuple[str, float]] = {
    "g/dL": ("mass", 10.0),
    "g/L": ("mass", 1.0),
    "mg/dL": ("mass", 1e-2),
    "mg/L": ("mass", 1e-3),
    "ug/mL": ("mass", 1e-3),
    "ug/dL": ("mass", 1e-5),
    "ug/L": ("mass", 1e-6),
    "ng/mL": ("mass", 1e-6),
    "ng/dL": ("mass", 1e-8),
    "ng/L": ("mass", 1e-9),
    "pg/mL": ("mass", 1e-9),
    "mmol/L": ("substance", 1e-3),
    "umol/L": ("substance", 1e-6),
    "nmol/L": ("substance", 1e-9),
    "pmol/L": ("substance", 1e-12),
    "%": ("fraction", 1e-2),
    "L/L": ("fraction", 1.0),
    "mmol/mol": ("IFCC", 1.0),
    "10*3/uL": ("count", 1e9),
    "10*9/L": ("count", 1e9),
    "10*6/uL": ("count", 1e12),
    "10*12/L": ("count", 1e12),
    "U/L": ("activity", 1.0),
    "mIU/L": ("arbitrary", 1.0),
    "mL/min/1.73m2": ("filtration", 1.0),
    "mg/g": ("mass ratio", 1.0),
    "fL": ("entitic volume", 1.0),
    "pg": ("entitic mass", 1.0),
    "s": ("time", 1.0),
    "copies/mL": ("copies", 1.0),
}
"""Units as laboratories here print them: what they measure, and their size in g/L, mol/L and so on."""

UCUM = {"m[IU]/L": "mIU/L", "mL/min/{1.73_m2}": "mL/min/1.73m2", "{copies}/mL": "copies/mL"}
"""Spellings of UCUM that differ from what is printed."""

_READ = {unit.casefold(): unit for unit in UNITS} | {ucum.casefold(): unit for ucum, unit in UCUM.items()}


def read_unit(text: str) -> str:
    """Returns the unit that a text means, whatever its capitals and its letter for "micro".

    Raises:
        HilabError: Nobody knows the unit.

    Example:
        >>> read_unit("MG/DL"), read_unit("µmol/l"), read_unit("m[IU]/L")
        ('mg/dL', 'umol/L', 'mIU/L')
    """
    plain = str(text).strip().replace("\u00b5", "u").replace("\u03bc", "u").casefold()
    if plain not in _READ:
        raise HilabError(f"There is no unit '{text}'. The units are: {', '.join(UNITS)}.")
    return _READ[plain]


@cache
def molar_mass(analyte: str) -> float:
    """Returns the molar mass of an analyte, g/mol.

    Raises:
        HilabError: It is not known.

    Example:
        >>> round(molar_mass("glucose"), 2), round(molar_mass("urea nitrogen"), 3)
        (180.16, 28.014)
    """
    if analyte == "haemoglobin":
        return HAEMOGLOBIN
    if analyte not in FORMULAS:
        raise HilabError(f"The molar mass of '{analyte}' is not known. Known are: {', '.join(FORMULAS)}.")
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", FORMULAS[analyte])
    return sum(ATOMS[atom] * int(count or 1) for atom, count in parts)


@cache
def line(analyte: str, unit: str, to: str) -> tuple[float, float]:
    """Returns slope and offset by which a value in one unit becomes a value in another.

    Args:
        analyte: What is measured, as in the column `analyte` of lab_concepts.csv; blank where no unit of it
            needs a molar mass.
        unit: Unit of the value, in any spelling that `read_unit` reads.
        to: Unit wanted.

    Raises:
        HilabError: A unit is not known, or the two do not measure the same.

    Example:
        >>> slope, offset = line("HbA1c", "mmol/mol", "%")
        >>> round(slope * 48 + offset, 1)
        6.5
    """
    (kind, size), (wanted, other) = UNITS[read_unit(unit)], UNITS[read_unit(to)]
    if kind == wanted:
        return size / other, 0.0
    if (kind, wanted) == ("mass", "substance"):
        return size / molar_mass(analyte) / other, 0.0
    if (kind, wanted) == ("substance", "mass"):
        return size * molar_mass(analyte) / other, 0.0
    if analyte == "HbA1c" and (kind, read_unit(to)) == ("IFCC", "%"):
        return NGSP_SLOPE, NGSP_OFFSET
    if analyte == "HbA1c" and (read_unit(unit), wanted) == ("%", "IFCC"):
        return 1 / NGSP_SLOPE, -NGSP_OFFSET / NGSP_SLOPE
    raise HilabError(f"No value of '{analyte}' in {unit} can be told in {to}.")


def convert(what: str, value: float, unit: str, to: str) -> float:
    """Returns a value in another unit, unrounded.

    Args:
        what: The LOINC code of the result (one of lab_concepts.csv), or the analyte.
        value: The value.
        unit: Its unit.
        to: Unit wanted.

    Raises:
        HilabError: A unit is not known, or the two do not measure the same.

    Example:
        >>> round(convert("2345-7", 126, "mg/dL", "mmol/L"), 1), round(convert("HbA1c", 7.0, "%", "mmol/mol"))
        (7.0, 53)
    """
    known = concepts()["analyte"]
    slope, offset = line(str(known.get(what, what)), unit, to)
    return slope * value + offset
