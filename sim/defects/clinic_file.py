"""The clinic's file: its encoding, its dates, its codes for sex and its many words for nothing.

Three of the four are properties of the whole file, so their rate is 1: every cell is written that way.
A rate below one half leaves the property away.
"""

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose

ENCODING = "cp1252"
"""Windows-1252, the encoding of many an office program."""

TOKENS = ("", "NA", "unk", "-9")
"""How the clinic writes that it has no information."""

MAY_BE_BLANK = ("BP", "HbA1c", "Phone", "Area")

SEX_CODES = {"M": "1", "F": "2"}
NOT_KNOWN, NOT_APPLICABLE = "0", "9"
SEX_WITHHELD, LEAST_WITHHELD = 0.04, 40
"""Share and least count of visits whose sex code is 0 or 9, half of each (assumed)."""


@defect(
    "D14",
    "The file is written in Windows-1252",
    tables=("clinic_visits",),
    rate=1.0,
    minimum=15,
    limits="One encoding for the whole file; no line was encoded twice.",
)
def encode(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Chooses the file's encoding.

    Args:
        table: Working table of `clinic_visits`.
        rate: 1 for Windows-1252, below one half for UTF-8.
        minimum: Not used: the whole file is written one way.
        rng: Not used.

    Returns:
        The table, and the ledger: every cell that is not plain ASCII, and what a reader sees who takes
        the bytes for UTF-8.
    """
    if rate < 0.5:
        return table, write_ledger([], "", [], [])
    ledgers = []
    for field in ("Name", "Complaint"):
        cells = table[~table[field].map(str.isascii)]
        misread = [text.encode(ENCODING).decode("utf-8", "replace") for text in cells[field]]
        ledgers.append(write_ledger(cells["_row"].to_numpy(), field, cells[field].to_numpy(), misread))
    return table.assign(_encoding=ENCODING), pd.concat(ledgers, ignore_index=True)


@defect(
    "D15",
    "Dates are written month first",
    tables=("clinic_visits",),
    rate=1.0,
    minimum=15,
    limits="One format for the whole file; days are never left out.",
)
def write_month_first(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes YYYY-MM-DD as MM/DD/YYYY; arguments as for `encode`."""
    if rate < 0.5:
        return table, write_ledger([], "", [], [])
    ledgers, columns = [], {}
    for field in ("DOB", "VisitDate"):
        columns[field] = table[field].str[5:7] + "/" + table[field].str[8:10] + "/" + table[field].str[:4]
        ledgers.append(_cells(table, field, columns[field]))
    return table.assign(**columns), pd.concat(ledgers, ignore_index=True)


@defect(
    "D16",
    "Sex is coded 0, 1, 2 or 9 as in ISO/IEC 5218",
    tables=("clinic_visits",),
    rate=1.0,
    minimum=15,
    limits="Codes 0 and 9 fall on visits at random; in a real clinic one person would keep them.",
)
def code_sex(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes 1 for M and 2 for F, and 0 or 9 for some; arguments as for `encode`."""
    if rate < 0.5:
        return table, write_ledger([], "", [], [])
    least = min(LEAST_WITHHELD, len(table) // 4)
    rows = choose(table["SexCode"].notna(), SEX_WITHHELD, least, rng)
    codes = table["SexCode"].map(SEX_CODES)
    codes.iloc[rows[::2]] = NOT_KNOWN
    codes.iloc[rows[1::2]] = NOT_APPLICABLE
    return table.assign(SexCode=codes), _cells(table, "SexCode", codes)


@defect(
    "D17",
    "Blanks are written in four ways",
    tables=("clinic_visits",),
    rate=1.0,
    minimum=15,
    limits="The word chosen does not depend on why the field is blank.",
)
def write_blanks(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fills blanks with one of the clinic's tokens.

    Args:
        table: Working table of `clinic_visits`, in which blanks are missing.
        rate: Share of the blanks to fill; the others stay empty.
        minimum: Least number of blanks of each field to fill.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger of the filled blanks.
    """
    ledgers, columns = [], {}
    for field in MAY_BE_BLANK:
        blank = np.flatnonzero(table[field].isna())
        rows = blank[choose(pd.Series(True, index=blank), rate, minimum, rng)]
        columns[field] = table[field].copy()
        columns[field].iloc[rows] = rng.choice(TOKENS, len(rows))
        ledgers.append(
            write_ledger(
                table["_row"].iloc[rows].to_numpy(), field, None, columns[field].iloc[rows].to_numpy()
            )
        )
    return table.assign(**columns), pd.concat(ledgers, ignore_index=True)


def _cells(table: pd.DataFrame, field: str, dirty: "pd.Series[str]") -> pd.DataFrame:
    return write_ledger(table["_row"].to_numpy(), field, table[field].to_numpy(), dirty.to_numpy())
