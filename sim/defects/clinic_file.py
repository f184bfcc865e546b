"""The clinics' files: their encodings, their dates, their words for sex and their many words for nothing.

Three of the four are properties of the whole file, so their rate is 1: every cell is written that way.
A rate below one half leaves the property away. How each clinic writes in each country is said by
`sim.systems.clinic_dialects`.
"""

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.clinic import CLINIC2_VISITS, CLINIC_VISITS
from sim.systems.clinic_dialects import dialect_of
from sim.systems.planting import choose

TABLES = (CLINIC_VISITS.name, CLINIC2_VISITS.name)

SEX_WITHHELD, LEAST_WITHHELD = 0.04, 40
"""Share and least count of visits whose sex is not told, alike in each of the clinic's ways (assumed)."""


@defect(
    "D14",
    "The file is written in Windows-1252, GB18030 or UTF-16",
    tables=TABLES,
    rate=1.0,
    minimum=15,
    limits="One encoding for the whole file; no line was encoded twice.",
    local=True,
)
def encode(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Chooses the file's encoding.

    Args:
        table: Working table of a clinic.
        rate: 1 for the clinic's own encoding, below one half for UTF-8.
        minimum: Not used: the whole file is written one way.
        rng: Not used.
        country: Code of the country.

    Returns:
        The table, and the ledger: every name and free text that is not plain ASCII, and what a reader sees
        who takes the bytes for UTF-8.
    """
    if rate < 0.5:
        return table, write_ledger([], "", [], [])
    dialect = dialect_of(table, country)
    plain = dialect.encoding.replace("utf-16", "utf-16-le")
    ledgers = []
    for field in dialect.words:
        texts = [text for text in table[field].unique() if not text.isascii()]
        misread = {text: text.encode(plain).decode("utf-8", "replace") for text in texts}
        cells = table[table[field].isin(texts)]
        seen = cells[field].map(misread).to_numpy()
        ledgers.append(write_ledger(cells["_row"].to_numpy(), field, cells[field].to_numpy(), seen))
    return table.assign(_encoding=dialect.encoding), pd.concat(ledgers, ignore_index=True)


@defect(
    "D15",
    "Dates are written in the clinic's own order",
    tables=TABLES,
    rate=1.0,
    minimum=15,
    limits="One format for the whole file; days are never left out.",
    local=True,
)
def write_dates(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes YYYY-MM-DD as the clinic does; arguments as for `encode`."""
    if rate < 0.5:
        return table, write_ledger([], "", [], [])
    dialect = dialect_of(table, country)
    ledgers, columns = [], {}
    for field in dialect.dates:
        written = {iso: dialect.write_date(iso) for iso in table[field].unique()}
        columns[field] = table[field].map(written).astype("str")
        ledgers.append(_cells(table, field, columns[field]))
    return table.assign(**columns), pd.concat(ledgers, ignore_index=True)


@defect(
    "D16",
    "Sex is written in the clinic's own codes or words, and for some not told",
    tables=TABLES,
    rate=1.0,
    minimum=15,
    limits="That the sex is not told falls on visits at random; in a real clinic one person would keep it.",
    local=True,
)
def code_sex(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes F and M as the clinic does, and for some that the sex is not told; arguments as for `encode`."""
    if rate < 0.5:
        return table, write_ledger([], "", [], [])
    dialect = dialect_of(table, country)
    sex, ways = dialect.sex, tuple(dialect.withheld)
    least = min(LEAST_WITHHELD, len(table) // 4)
    rows = choose(table[sex].notna(), SEX_WITHHELD, least, rng)
    codes = table[sex].map(dict(dialect.sexes)).astype("str")
    for place, way in enumerate(ways):
        codes.iloc[rows[place :: len(ways)]] = way
    return table.assign(**{sex: codes}), _cells(table, sex, codes)


@defect(
    "D17",
    "Blanks are written in four ways",
    tables=TABLES,
    rate=1.0,
    minimum=15,
    limits="The word chosen does not depend on why the field is blank.",
    local=True,
)
def write_blanks(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fills blanks with one of the clinic's tokens.

    Args:
        table: Working table of a clinic, in which blanks are missing.
        rate: Share of the blanks to fill; the others stay empty.
        minimum: Least number of blanks of each field to fill.
        rng: Stream to draw from.
        country: Code of the country.

    Returns:
        The table, and the ledger of the filled blanks.
    """
    dialect, ledgers, columns = dialect_of(table, country), [], {}
    for field in dialect.blanks:
        blank = np.flatnonzero(table[field].isna())
        rows = blank[choose(pd.Series(True, index=blank), rate, minimum, rng)]
        columns[field] = table[field].copy()
        columns[field].iloc[rows] = rng.choice(dialect.tokens, len(rows))
        dirty = columns[field].iloc[rows].to_numpy()
        ledgers.append(write_ledger(table["_row"].iloc[rows].to_numpy(), field, None, dirty))
    return table.assign(**columns), pd.concat(ledgers, ignore_index=True)


def _cells(table: pd.DataFrame, field: str, dirty: "pd.Series[str]") -> pd.DataFrame:
    """Lists the cells that are written otherwise now; 2025-11-12 may stay as it is."""
    new = (table[field] != dirty).to_numpy()
    record, clean = table["_row"].to_numpy()[new], table[field].to_numpy()[new]
    return write_ledger(record, field, clean, dirty.to_numpy()[new])
