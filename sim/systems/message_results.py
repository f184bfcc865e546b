"""Results as messages (ORU): one for each message of the laboratory and each time of report in it."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.dialects import Dialect
from sim.systems.recorder import Setting

KEYS = ["received_at", "message_id", "specimen_id", "mrn", "reported_at"]
"""What parts results into messages, and their order."""

REASONS = {
    "us": ("Specimen clotted & not measured", "Tube empty", "Label missing | wrong ^ specimen discarded"),
    "cn": ("标本凝固 & 未检测", "采血管为空", "标签缺失 | 错误 ^ 标本已弃"),
}
"""Why a result was cancelled, as the laboratory notes it (NTE-3); the signs need escapes. Assumed."""

NUMBER = r"[+-]?\d+(?:\.\d+)?"
SIGNED = rf"([<>]=?)({NUMBER})"
"""A number, and one with a sign of comparison, as the type SN knows it."""


def group(results: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """Sorts results into messages.

    Args:
        results: Rows of `lis_results`.

    Returns:
        The rows in the order in which they are sent, and the place of the first row of each message.
    """
    rows = results.sort_values(KEYS, kind="stable", ignore_index=True)
    new = np.zeros(len(rows), dtype=bool)
    new[:1] = True
    for key in KEYS:
        values = rows[key].to_numpy() if key.endswith("_at") else pd.factorize(rows[key])[0]
        new[1:] |= values[1:] != values[:-1]
    return rows, np.flatnonzero(new)


def write_results(
    rows: pd.DataFrame,
    starts: npt.NDArray[np.intp],
    patients: "pd.Series[str]",
    idents: list[str],
    setting: Setting,
    dialect: Dialect,
) -> list[str]:
    """Writes the messages.

    Args:
        rows: What is told, of `group`.
        starts: Place of the first row of each message.
        patients: The segments PID by record number.
        idents: Number of each message.
        setting: Who sends.
        dialect: How.
    """
    first = rows.iloc[starts]
    kinds = np.full(len(first), "ORU^R01^ORU_R01", dtype=object)
    times = dialect.times(first["received_at"])
    heads = dialect.headers(setting.facility.code, kinds, times, idents, setting.country)
    lines = _observations(rows, starts, setting.country, dialect)
    ends = [*starts[1:].tolist(), len(rows)]
    people = patients.reindex(first["mrn"].to_numpy(dtype=object))
    columns = (heads, people, _orders(first, dialect), starts.tolist(), ends)
    return [
        head + pid + order + "".join(lines[begin:end])
        for head, pid, order, begin, end in zip(*columns, strict=True)
    ]


def _orders(first: pd.DataFrame, dialect: Dialect) -> list[str]:
    """Writes the segments OBR."""
    part = dialect.separators.component
    columns = (
        first["specimen_id"].tolist(),
        dialect.times(first["collected_at"]),
        dialect.times(first["reported_at"]),
        first["status"].tolist(),
    )
    panel = f"LAB{part}Laboratory{part}{dialect.codes}"
    return [
        f"OBR|1||{tube}|{panel}|||{taken}{'|' * 15}{reported}|||{status}\r"
        for tube, taken, reported, status in zip(*columns, strict=True)
    ]


def _observations(
    rows: pd.DataFrame, starts: npt.NDArray[np.intp], country: str, dialect: Dialect
) -> list[str]:
    """Writes the segments OBX, each with its note."""
    part = dialect.separators.component
    sizes = np.diff([*starts, len(rows)])
    kind, value = _values(rows["value"], dialect)
    columns = (
        (np.arange(len(rows)) - np.repeat(starts, sizes) + 1).tolist(),
        kind,
        dialect.texts(rows["test_code"]),
        dialect.texts(rows["test_name"]),
        value,
        dialect.texts(rows["unit"]),
        rows["status"].tolist(),
        dialect.times(rows["collected_at"]),
        dialect.texts(comments(rows, country)),
    )
    return [
        f"OBX|{number}|{kind}|{code}{part}{name}{part}{dialect.codes}||{value}|{unit}|||||{status}|||{taken}\r"
        + (f"NTE|1|L|{note}\r" if note else "")
        for number, kind, code, name, value, unit, status, taken, note in zip(*columns, strict=True)
    ]


def _values(values: "pd.Series[str]", dialect: Dialect) -> tuple[npt.NDArray[np.object_], ...]:
    """Returns type (OBX-2) and text (OBX-5) of each value, worked out once for each that is different."""
    codes, unique = pd.factorize(values)
    texts = pd.Series([*unique, ""], dtype="str")
    kinds = np.where(texts.str.fullmatch(NUMBER), "NM", "ST").astype(object)
    kinds[texts == ""] = ""
    written = dialect.texts(texts)
    if dialect.structured:
        signed = texts.str.fullmatch(SIGNED).to_numpy(dtype=bool)
        kinds[signed] = "SN"
        parted = texts[signed].str.replace(SIGNED, rf"\1{dialect.separators.component}\2", regex=True)
        written[signed] = parted.to_numpy(dtype=object)
    return kinds[codes], written[codes]


def comments(rows: pd.DataFrame, country: str) -> "pd.Series[str]":
    """Returns the laboratory's note on each result; missing for most.

    The reason of a cancellation depends on the tube, so that a message sent again tells the same.

    Args:
        rows: Rows of `lis_results`.
        country: Code of the country.
    """
    reasons = pd.Series(REASONS[country], dtype="str")
    cancelled = rows["status"] == "X"
    number = rows.loc[cancelled, "specimen_id"].str.extract(r"(\d+)$")[0].fillna("0").astype("int64")
    notes = pd.Series(None, index=rows.index, dtype="str")
    notes[cancelled] = reasons.iloc[number.to_numpy() % len(reasons)].to_numpy()
    return notes
