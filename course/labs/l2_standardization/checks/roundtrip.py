"""Task 2.6 (optional): documents read back into rows, and what the way there and back has lost."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd

from grading.compare import close, is_whole, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from sim.world import World

Row = dict[str, Any]

OWN = "urn:hilab:"
LOINC = "http://loinc.org"
CODES = ("test_code", "test_name")
VALUES = ("value", "unit", "status")
PLACES = ("mrn", "encounter_id", "collected_at", "reported_at")
KEYS = ("row_id", *CODES, *VALUES, *PLACES)
STATUSES = {"F": "final", "C": "corrected", "X": "cancelled"}
EACH, MOST = 8, 60


# ---- Cases: a clinic far away ------------------------------------------------------------------------


def _observed(ident: str, status: str, codings: list[tuple[str, ...]], taken: str, **rest: Any) -> Row:
    coded = [dict(zip(("system", "code", "display"), coding, strict=False)) for coding in codings]
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": STATUSES[status],
        "code": {"coding": coded},
        "subject": {"reference": "Patient/E1"},
        "encounter": {"reference": "Encounter/V1"},
        "effectiveDateTime": taken,
        "issued": "2025-06-02T20:00:00+00:00",
        **rest,
    }


def _bundle(*resources: Row) -> Row:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def _far() -> tuple[Row, list[Row]]:
    """Returns five results of a clinic whose computer writes the world's time, and their rows."""
    own = partial(lambda code, name: (f"{OWN}E:tests", code, name))
    said = _bundle(
        {"resourceType": "Patient", "id": "E1"},
        _observed("R1", "F", [own("K", "Potassium"), (LOINC, "2823-3")], "2025-06-02T08:00:00-06:00",
                  valueQuantity={"value": 4.1, "unit": "mmol/L"}),
        _observed("R2", "C", [(LOINC, "2345-7"), own("GLU", "Glucose")], "2025-06-02T14:00:00+00:00",
                  valueQuantity={"value": 20, "comparator": "<", "unit": "mg/dL"}),
        _observed("R3", "F", [own("XYZ", "House test")], "2025-06-02T03:30:00+00:00", valueString="cloudy"),
        _observed("R4", "X", [own("NA", "Sodium"), (LOINC, "2951-2")], "2025-06-02T08:00:00",
                  dataAbsentReason={"coding": [{"code": "error"}]}),
        _observed("R5", "F", [("urn:oid:2.999.7", "HB", "Haemoglobin")], "2025-06-02T08:00:00-06:00",
                  valueQuantity={"value": 13.5, "unit": "g/dL"}),
    )  # fmt: skip
    told = [
        ("R1", "K", "Potassium", "4.1", "mmol/L", "F", "2025-06-02 08:00:00"),
        ("R2", "GLU", "Glucose", "<20", "mg/dL", "C", "2025-06-02 08:00:00"),
        ("R3", "XYZ", "House test", "cloudy", None, "F", "2025-06-01 21:30:00"),
        ("R4", "NA", "Sodium", None, None, "X", "2025-06-02 08:00:00"),
        ("R5", None, None, "13.5", "g/dL", "F", "2025-06-02 08:00:00"),
    ]
    names = ("row_id", *CODES, *VALUES, "collected_at")
    where = {"mrn": "E1", "encounter_id": "V1", "reported_at": "2025-06-02 14:00:00"}
    return said, [{**dict(zip(names, row, strict=True)), **where} for row in told]


def fixtures() -> list[Case]:
    """Gives five results of a clinic far away, and two trips."""
    said, told = _far()
    before = [
        {"row_id": "A", "value": "7.10", "unit": "g/L", "bench": "3"},
        {"row_id": "B", "value": None, "unit": "g/L", "bench": "3"},
        {"row_id": "C", "value": "<5", "unit": "g/L", "bench": None},
        {"row_id": "D", "value": "9", "unit": None, "bench": None},
    ]
    after = [
        {"row_id": "C", "value": "5", "unit": "g/L"},
        {"row_id": "A", "value": "7.1", "unit": "g/L"},
        {"row_id": "B", "value": None, "unit": None},
    ]
    lost = {"row_id": 1, "value": 2, "unit": 1, "bench": 2}
    return [
        Case("from_fhir", "a clinic far away", (said, {"offset": "-06:00"}), expected=told),
        Case("trip_losses", "four rows", (before, after), expected=lost),
        Case("trip_losses", "a trip without loss", (before[:1], after), expected={"bench": 1}),
    ]


# ---- Cases: the district -----------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives bundles of the hospital, the same as another computer writes them, and trips."""
    home = {"offset": "-06:00" if world.manifest.get("country") == "us" else "+08:00"}
    rows = _rows(world.tables["lis_results"])
    cases, trips = [], []
    for bundle in _chosen(world):
        found = [r for r in _resources(bundle) if r["resourceType"] == "Observation"]
        told = [_told(one, rows[one["id"]]) for one in found]
        cases.append(Case("from_fhir", str(bundle["id"]), (bundle, home), "district", told))
        far, retold = _elsewhere(bundle, told)
        cases.append(Case("from_fhir", f"{bundle['id']} elsewhere", (far, home), "variant", retold))
        before = [rows[one["id"]] for one in found]
        trips.append(
            Case(
                "trip_losses",
                str(bundle["id"]),
                (before, told[: max(2, len(told) - 2)]),
                "district",
                REFERENCE,
            )
        )
    known = world.truth is not None
    return [case if known else replace(case, expected=None) for case in (*cases, *trips)]  # fmt: skip


def _chosen(world: World) -> Iterator[Row]:
    """Yields bundles with results: first with a cancelled one or a code of an unknown system, then others."""
    lines = world.files["messages/h1_bundles.ndjson"].decode("utf-8").splitlines()
    lines = [line for line in lines if 3 <= line.count('"Observation"') < MOST]
    odd = [line for line in lines if "urn:oid:" in line and f"{OWN}H1:tests" in line]
    ended = [line for line in lines if '"cancelled"' in line or '"corrected"' in line]
    picked = dict.fromkeys([*odd[:2], *ended[: EACH // 2], *lines])
    for line in list(picked)[:EACH]:
        yield json.loads(line)


def _resources(bundle: Row) -> list[Row]:
    return [entry["resource"] for entry in bundle["entry"]]


def _rows(results: pd.DataFrame) -> dict[str, Row]:
    """Returns the laboratory's rows by their number: all text, None where nothing stands."""
    texts = results.astype(object).where(results.notna(), None)
    rows = texts.to_dict("records")
    plain = ({str(k): None if v is None else str(v) for k, v in row.items()} for row in rows)
    return {str(row["row_id"]): row for row in plain}


def _told(said: Row, row: Row) -> Row:
    """Returns what can be known of a row from its document."""
    told = {key: row.get(key) for key in KEYS} | {
        "encounter_id": said["encounter"]["reference"].split("/")[1]
    }
    if said["code"]["coding"][0]["system"][: len(OWN)] != OWN:
        told |= dict.fromkeys(CODES)
    return told | {"unit": None} if row["value"] is None else told  # fmt: skip


def _elsewhere(bundle: Row, told: list[Row]) -> tuple[Row, list[Row]]:
    """Writes a bundle as another computer does: in world time, codings and entries turned round, limits."""
    far, retold = deepcopy(bundle), {row["row_id"]: dict(row) for row in told}
    far["entry"].reverse()
    for number, one in enumerate(each for each in _resources(far) if each["resourceType"] == "Observation"):
        one["code"]["coding"].reverse()
        for name in ("effectiveDateTime", "issued"):
            one[name] = datetime.fromisoformat(one[name]).astimezone(UTC).isoformat()
        if number % 3 == 0 and "valueQuantity" in one:
            one["valueQuantity"]["comparator"] = "<"
            retold[one["id"]]["value"] = f"<{retold[one['id']]['value']}"
    return far, list(retold.values())


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "trip_losses":
        right = isinstance(value, dict) and all(isinstance(k, str) and is_whole(v) for k, v in value.items())
        return None if right else "trip_losses() must return a dictionary from column to number of rows."
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return "from_fhir() must return a list of rows, each a dictionary."
    if not all(set(row) == set(KEYS) for row in value):
        return f"from_fhir(): every row must have the keys {', '.join(KEYS)}."
    if not all(cell is None or isinstance(cell, str) for row in value for cell in row.values()):
        return "from_fhir(): every value in a row must be text or None."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _same(got: Any, want: Any) -> bool:
    """Whether two cells say the same; a number may be written otherwise, behind the same sign."""
    if got is None or want is None or got == want:
        return got == want
    number, other = (text.lstrip("<>=") for text in (got, want))
    try:
        same = close(float(number), float(other), 1e-9)
    except ValueError:
        return False
    return same and got.removesuffix(number) == want.removesuffix(other)


def _share(case: Case, value: Any, keys: tuple[str, ...]) -> float:
    """Scores the share of rows all of whose cells are right, from half on; every row must be there once."""
    got = {row["row_id"]: row for row in value}
    if sorted(str(row["row_id"]) for row in value) != sorted(row["row_id"] for row in case.expected):
        return 0.0
    right = [all(_same(got[row["row_id"]][key], row[key]) for key in keys) for row in case.expected]
    return ramp(sum(right) / len(right), 0.5, 1.0)


def _part(keys: tuple[str, ...]) -> Callable[[Case, Any], float]:
    return partial(_share, keys=keys)


def _whole(case: Case, value: Any) -> float:
    return sum(_share(case, value, keys) for keys in (CODES, VALUES, PLACES)) / 3


def _counted(case: Case, value: Any) -> float:
    return float({key: number for key, number in value.items() if number} == case.expected)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _documents(case: Case) -> dict[str, Row]:
    return {one["id"]: one for one in _resources(case.args[0]) if one["resourceType"] == "Observation"}


def _first_coding(case: Case, value: Any) -> bool:
    wrong = {row["row_id"]: row["test_code"] for row in case.expected}
    said = _documents(case)
    return any(
        row["test_code"] != wrong.get(row["row_id"])
        and row["test_code"] == said[row["row_id"]]["code"]["coding"][0]["code"]
        for row in value
        if row["row_id"] in said
    )


def _own_clock(case: Case, value: Any) -> bool:
    told, said = {row["row_id"]: row["collected_at"] for row in case.expected}, _documents(case)
    return any(
        row["collected_at"] != told[row["row_id"]]
        and str(row["collected_at"])[:19] == said[row["row_id"]]["effectiveDateTime"][:19].replace("T", " ")
        for row in value
        if row["row_id"] in said
    )


def _loses_sign(case: Case, value: Any) -> bool:
    told = {row["row_id"]: row["value"] for row in case.expected}
    return any(
        str(told.get(row["row_id"])).startswith("<") and row["value"] and not row["value"].startswith("<")
        for row in value
    )


def _nothing_lost(case: Case, value: Any) -> bool:
    return bool(case.expected) and not any(value.values())


# ---- The task ----------------------------------------------------------------------------------------

_check: Callable[..., Check] = partial(Check, function="from_fhir", combine="worst")

ROUNDTRIP = Task(
    id="2.6",
    title="There and back",
    functions=("from_fhir", "trip_losses"),
    checks=(
        Check(
            "2.6.example",
            "A clinic far away",
            0.5,
            "from_fhir",
            _whole,
            ("fixture",),
            expected="Each result once, with all that its document says.",
        ),
        _check("2.6.codes", "Codes", 1.0, score=_part(CODES), expected="The sender's own code, or none."),
        _check("2.6.values", "Values", 1.0, score=_part(VALUES), expected="Value and sign, unit, status."),
        _check(
            "2.6.places", "People, visits, times", 0.5, score=_part(PLACES), expected="Whose, where and when."
        ),
        Check(
            "2.6.losses_example",
            "What small trips lose",
            0.25,
            "trip_losses",
            _counted,
            ("fixture",),
            expected="For each column the number of rows that lost something, and no other column.",
        ),
        Check(
            "2.6.losses",
            "What trips of the hospital lose",
            0.75,
            "trip_losses",
            _counted,
            expected="For each column the number of rows that lost something, and no other column.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC179", "from_fhir", _first_coding),
        Symptom("MC176", "from_fhir", _own_clock),
        Symptom("MC31", "from_fhir", _loses_sign),
        Symptom("MC38", "trip_losses", _nothing_lost),
    ),
    hints=(
        "Take one result of the example and write down its row by hand. Where in the document does each cell "
        "come from?",
        "Look for the coding by its system. Turn each time into the hospital's clock. Put the sign before "
        "the number.",
        "datetime.fromisoformat reads a time with its offset, and astimezone shows it on another clock. For "
        "losses go row by row and column by column; only what stood there can be lost.",
    ),
    optional=True,
)  # fmt: skip
