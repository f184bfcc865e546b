"""Measures releases of the Adult data by lab 4's functions, and by pyCANON if it is there.

Run: `python docs/adult.py adult.data --pycanon /path/to/python`, where that Python has pyCANON installed. It
prints the table of docs/adult.md, which says where the file comes from.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from grading.kitfile import answer_cells, source_text
from grading.labtext import grade_id, source_notebook
from grading.tasks import lab_folder, load_module
from sim.errors import HilabError

LAB = lab_folder("l4_privacy")
COLUMNS = (
    *("age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation"),
    *("relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country"),
    "salary-class",
)
ROWS = 32_561
QIDS = ("age", "education", "occupation", "relationship", "sex", "native-country")
"""The quasi-identifiers of pyCANON's own example."""

SALARY, WORK = "salary-class", "occupation"
COARSE = ("age", "sex", "relationship", "native-country")
BLURRED = ("age", "sex", "area")
"""What lab 4's functions blur; the area is the race here, whose names begin with different letters."""

K, T = 5, 0.2
STEP = 1e-6
"""The reference must find a class too far at this much less than t, and none at t."""

ASK = """
import json, sys
import pandas as pd
from pycanon import anonymity
path, qids, sensitive = sys.argv[1], json.loads(sys.argv[2]), [sys.argv[3]]
table = pd.read_csv(path, dtype="str", keep_default_na=False)
told = anonymity.k_anonymity(table, qids), anonymity.l_diversity(table, qids, sensitive)
print(json.dumps([int(told[0]), int(told[1]), float(anonymity.t_closeness(table, qids, sensitive))]))
"""


@dataclass(frozen=True)
class Release:
    """A table that could be given away: its name, rows, quasi-identifiers and sensitive column."""

    name: str
    table: pd.DataFrame
    qids: Sequence[str]
    sensitive: str


@dataclass(frozen=True)
class Measures:
    """What lab 4's functions say of a release.

    Attributes:
        classes: How many classes it has.
        k: Rows of the smallest class.
        leaking: Rows in classes of a single value; without any, l is at least 2.
        t: Distance of the farthest class.
    """

    classes: int
    k: int
    leaking: int
    t: float


def reference() -> dict[str, Any]:
    """Returns the names that the answers of lab 4 define, solutions included."""
    notebook = source_notebook(LAB / "lab.py")
    names: dict[str, Any] = {}
    exec(next(source_text(cell) for cell in notebook.cells if grade_id(cell) == "setup"), names)
    for cell in ("solve_4_4", "solve_4_5a", "solve_4_5b"):
        exec(answer_cells(notebook)[cell], names)
    return names


def read(path: Path) -> pd.DataFrame:
    """Reads adult.data; what is unknown stays the value `?`.

    Raises:
        HilabError: The file is not adult.data.
    """
    try:
        table = pd.read_csv(path, names=list(COLUMNS), skipinitialspace=True, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise HilabError(f"{path}: not adult.data ({error}).") from error
    if len(table) != ROWS or set(table[SALARY]) != {"<=50K", ">50K"}:
        raise HilabError(f"{path}: not adult.data, which has {ROWS:,} rows of 15 columns.")
    return table.assign(row_id=[f"R{number:05d}" for number in range(ROWS)])


def releases(adult: pd.DataFrame, names: dict[str, Any]) -> Iterator[Release]:
    """Gives the file as it is, coarser with small classes left out, and as lab 4's functions blur it."""
    yield Release("as it is", adult, QIDS, SALARY)
    yield Release("as it is", adult, [name for name in QIDS if name != WORK], WORK)
    low = adult["age"] // 10 * 10
    coarse = adult.assign(
        age=low.astype("str") + "-" + (low + 9).astype("str"),
        **{"native-country": adult["native-country"].where(adult["native-country"] == "United-States", "*")},
    )
    for k in (2, 5, 10):
        kept = coarse[coarse.groupby(list(COARSE))["age"].transform("size") >= k]
        yield Release(f"ages by tens, one country or `*`, classes below {k} left out", kept, COARSE, SALARY)
    yield Release(f"the same, below {k}", kept, COARSE, WORK)
    yield from _blurred(adult.assign(area=adult["race"]), names)


def _blurred(adult: pd.DataFrame, names: dict[str, Any]) -> Iterator[Release]:
    qids = list(BLURRED)
    told = names["anonymise"](adult, qids, K).merge(adult[["row_id", SALARY]], on="row_id")
    yield Release(f"`anonymise`, k = {K}", told, qids, SALARY)
    told = names["mend"](told, qids, SALARY, K)
    yield Release(f"then `mend`, k = {K}", told, qids, SALARY)
    told = names["tighten"](told, qids, SALARY, K, T)
    yield Release(f"then `tighten`, k = {K}, t = {T}", told, qids, SALARY)


def measure(release: Release, names: dict[str, Any]) -> Measures:
    """Measures a release by lab 4's functions: the judge's, and the reference's beside them.

    Raises:
        HilabError: The reference finds another t than the judge.
    """
    table, qids, sensitive = release.table, list(release.qids), release.sensitive
    far = load_module(LAB / "checks" / "closeness.py", "closeness").distances(table, qids, sensitive)
    k = load_module(LAB / "checks" / "anonymity.py", "anonymity").smallest(table, qids)
    t = float(far.max())
    too_far: Callable[[float], list[str]] = lambda limit: names["too_far"](table, qids, sensitive, limit)  # noqa: E731
    if too_far(t) or not too_far(t - STEP):
        raise HilabError(f"{release.name}: the reference of task 4.5b does not find t = {t:.6f}.")
    return Measures(len(far), k, len(names["leaks"](table, qids, sensitive)), t)


def ask(python: str, release: Release) -> tuple[int, int, float]:
    """Returns k, l and t as pyCANON, installed for another Python, tells them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.csv"
        release.table[[*release.qids, release.sensitive]].to_csv(path, index=False)
        words = [python, "-c", ASK, str(path), json.dumps(list(release.qids)), release.sensitive]
        try:
            done = subprocess.run(words, check=False, capture_output=True, text=True)
        except OSError as error:
            raise HilabError(f"{python}: not a Python that has pyCANON ({error.strerror}).") from error
    if done.returncode:
        raise HilabError(
            f"{python}: pyCANON failed ({(done.stderr.splitlines() or ['without a word'])[-1]})."
        )
    k, diverse, t = json.loads(done.stdout)
    return k, diverse, t


def lines(adult: pd.DataFrame, python: str | None) -> Iterator[str]:
    """Gives the lines of the table."""
    yield "| release | sensitive | rows | classes | k | rows in classes of one value | t | pyCANON: k, l, t |"
    yield "|---|---|---:|---:|---:|---:|---:|---|"
    names = reference()
    for release in releases(adult, names):
        mine = measure(release, names)
        cells: list[object] = [
            release.name,
            release.sensitive,
            f"{len(release.table):,}",
            f"{mine.classes:,}",
        ]
        cells += [mine.k, f"{mine.leaking:,}", f"{mine.t:.6f}"]
        theirs = "not asked" if python is None else "{}, {}, {:.6f}".format(*ask(python, release))
        yield "| " + " | ".join(map(str, [*cells, theirs])) + " |"


def main() -> None:
    """Prints the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("file", type=Path, help="adult.data")
    words.add_argument("--pycanon", metavar="PYTHON", help="a Python that has pyCANON")
    given = words.parse_args()
    try:
        for line in lines(read(given.file), given.pycanon):
            print(line, flush=True)
    except HilabError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
