"""The standard concepts that local laboratory codes are mapped to."""

from functools import cache

import pandas as pd

from sim.paths import datasets

FILE = "lab_concepts.csv"


@cache
def concepts() -> pd.DataFrame:
    """Reads the concepts, LOINC codes with their parts.

    Returns:
        Index = LOINC code; name, component, property, specimen, method (blank where the code has none),
        ucum, analyte (what `sim.systems.units` needs to know; blank where no molar mass is needed), status
        and source. Blanks are empty text.

    Example:
        >>> concepts().loc["14749-6", ["property", "ucum"]].tolist()
        ['Moles/volume', 'mmol/L']
    """
    table = pd.read_csv(datasets("codes", FILE), dtype="str", encoding="utf-8", keep_default_na=False)
    return table.set_index("loinc")


def describe() -> bytes:
    """Returns the list of concepts as it is shipped, without status and source of its rows."""
    listed = concepts().drop(columns=["analyte", "status", "source"])
    return listed.to_csv(lineterminator="\n").encode("utf-8")
