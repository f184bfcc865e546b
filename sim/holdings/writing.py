"""Resources written as text, a column at a time."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from sim.systems.bundle_pieces import Texts, local_times, piece

ORGANIZATION = "Organization/{}"


def constant(text: str, size: int) -> Texts:
    """Returns the same text in every row."""
    texts: Texts = np.full(size, text, dtype=object)
    return texts


def prefixed(code: str, idents: "pd.Series[str]") -> Texts:
    """Returns ids that stay different across hospitals: "E000001" of H1 becomes "H1-E000001"."""
    texts: Texts = f"{code}-" + idents.to_numpy(dtype=object)
    return texts


def resource(kind: str, idents: Texts, *parts: "Texts | pd.Series[str] | str") -> "pd.Series[str]":
    """Puts resources together.

    Args:
        kind: Type.
        idents: Ids, which need no quoting.
        parts: What follows, each piece with a comma in front.
    """
    texts: Any = f'{{"resourceType":"{kind}","id":"' + idents + '"'
    for part in parts:
        texts = texts + part
    return pd.Series(texts + "}", dtype=object)


def subject(numbers: "pd.Series[str]", name: str = "subject") -> Texts:
    """Writes whose a resource is."""
    return piece("Patient/" + numbers, f',"{name}":{{"reference":%s}}')


def times(column: "pd.Series[pd.Timestamp]", country: str, template: str) -> Texts:
    """Writes times into a template with %s; nothing where there is none."""
    written = local_times(column.fillna(pd.Timestamp(0)), country)
    begin, end = template.split("%s")
    texts: Texts = begin + written + end
    texts[column.isna().to_numpy()] = ""
    return texts


def token(system: str, codes: "pd.Series[str]") -> Texts:
    """Returns codes with their system in front, as they are searched for; what is missing stays so."""
    texts: Texts = (f"{system}|" + codes.astype("str")).to_numpy(dtype=object)
    return texts


def stacked(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Puts the hospitals' resources one under the other."""
    return pd.concat([part.reset_index(drop=True) for part in parts], ignore_index=True)
