"""What goes wrong with images: words burned into the pixels, another patient's name in the header."""

import numpy as np
import pandas as pd

from sim.defects.cells import replaced
from sim.defects.registry import defect, write_ledger
from sim.systems.glyphs import plain
from sim.systems.imaging import IMAGING_STUDIES
from sim.systems.imaging_files import HEADER
from sim.systems.planting import choose

TABLES = tuple(IMAGING_STUDIES.name_at(hospital) for hospital in IMAGING_STUDIES.facilities)


@defect(
    "D66",
    "The patient's name is burned into the pixels",
    tables=TABLES,
    rate=0.06,
    minimum=15,
    limits="Always in the upper left corner of the first image, in capitals without accents; in China, where "
    "the console has no characters, record number and birth date only. The header denies it "
    "(BurnedInAnnotation is NO).",
)
def burn_in(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Burns name, record number and birth date into the first image of some examinations.

    Args:
        table: Working table of `imaging_studies`.
        rate: Share of examinations in the archive.
        minimum: Least number of them.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: nothing should stand in the pixels, and what does.
    """
    rows = choose(table["online"], rate, minimum, rng)
    words = [
        "\n".join(
            line for line in (plain(name.replace("^", " ").lstrip("=")).strip(), f"{mrn} {born}") if line
        )
        for name, mrn, born in table[["_name", "_id", "_born"]].iloc[rows].itertuples(index=False)
    ]
    ledger = write_ledger(table["accession"].to_numpy(dtype=object)[rows], "PixelData", None, words)
    return replaced(table, rows, _burnt=words), ledger


@defect(
    "D67",
    "Images are made under the name of the patient before",
    tables=TABLES,
    rate=0.015,
    minimum=6,
    limits="The line above was chosen in the console's work list: everything that the header says about the "
    "patient is the other's, the accession number and the list are right. Nobody notices and moves them.",
)
def choose_wrongly(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gives some examinations the header of the one before, where that is somebody else's.

    Args:
        table: Working table of `imaging_studies`, in the order of time.
        rate: Share of examinations in the archive.
        minimum: Least number of them.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: the record number that should stand in the header, and the one that does.
    """
    before = table[list(HEADER)].shift(1)
    other = table["_person"].shift(1).ne(table["_person"]) & before["_id"].notna() & table["online"]
    rows = choose(other, rate, minimum, rng)
    wrong = {name: before[name].to_numpy(dtype=object)[rows] for name in HEADER}
    ledger = write_ledger(
        table["accession"].to_numpy(dtype=object)[rows],
        "PatientID",
        table["_id"].to_numpy(dtype=object)[rows],
        wrong["_id"],
    )
    return replaced(table, rows, **wrong), ledger
