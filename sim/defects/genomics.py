"""What goes wrong in a gene laboratory: tubes change places."""

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose


@defect(
    "D68",
    "Two tubes change places on the plate",
    tables=("genetic_panels",),
    rate=0.02,
    minimum=8,
    limits="Always neighbours on one plate, and both files are then the other's. Nothing is mixed, and "
    "nobody repeats a test. The rate is a share of tubes.",
)
def swap_tubes(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lets some neighbours have each other's genes in their files.

    Args:
        table: Working table of `genetic_panels`, in the order of plates.
        rate: Share of tubes.
        minimum: Least number of tubes.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: for each file the tube that should have been read, and the one that was.
    """
    first = pd.Series(np.arange(len(table)) % 2 == 0) & (table["plate"] == table["plate"].shift(-1))
    rows = choose(first, rate / 2, -(-minimum // 2), rng)
    both, others = np.concatenate([rows, rows + 1]), np.concatenate([rows + 1, rows])
    genes = table["_genes"].to_numpy().copy()
    genes[both] = genes[others]
    tubes = table["sample_id"].to_numpy(dtype=object)
    ledger = write_ledger(
        table["panel_id"].to_numpy(dtype=object)[both], "genotypes", tubes[both], tubes[others]
    )
    return table.assign(_genes=genes), ledger
