"""Task 4.10 (optional): what the headers and the pixels of images say about their patients."""

import re
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pandas as pd

from grading.compare import close, is_number, ramp, weaker
from grading.imageheaders import (
    AGE,
    BORN,
    COLUMNS,
    NAME,
    NUMBER,
    UIDS,
    Secret,
    elements,
    family,
    secrets,
    values,
)
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled, widened
from sim.exchange.dicom import PIXEL_DATA, Template, file_of, short
from sim.systems.pictures import SIDE, WHITE, burn
from sim.world import World

HOSPITALS = {"H1": "", "H2": "h2_", "H3": "h3_"}
PATIENT = "0010"
"""Group of what the standard says about the patient."""

FOREIGN = ("00101000", "001021B0", "00191010", "00321032")
"""Elements that only marking adds."""

NUMBERS = ("recall", "precision", "left")
STUDIES, OLDEST = 14, 4
"""Examinations of each hospital whose headers are given, and how many of them are of its oldest patients."""

CLEAR = 25
"""Pictures without words that stand beside those with words."""

_STAYS = re.compile(
    "0018....|0028....|0008(0005|0008|0016|0060|0064|0070|1030|1090)|00100040"
    "|0020(0011|0012|0013|0020|0032|0037|1040)"
)
_NEW = re.compile(r"[0-9.]{1,64}")


# ---- Cases -------------------------------------------------------------------------------------------

_FILES = [
    ("F1", "00080016", "UI", "SOPClassUID", "1.2.840.10008.5.1.4.1.1.1"),
    ("F1", "00080018", "UI", "SOPInstanceUID", "2.25.7701.1.1"),
    ("F1", "00080020", "DA", "StudyDate", "20240312"),
    ("F1", "00080060", "CS", "Modality", "CR"),
    ("F1", "00080090", "PN", "ReferringPhysicianName", "Chen^Mia"),
    ("F1", "00100010", "PN", "PatientName", "Ortiz^Lena"),
    ("F1", "00100040", "CS", "PatientSex", "F"),
    ("F1", "00180060", "DS", "KVP", "70"),
    ("F1", "0020000D", "UI", "StudyInstanceUID", "2.25.7701"),
    ("F1", "00280010", "US", "Rows", "80"),
    ("F2", "00080008", "CS", "ImageType", r"ORIGINAL\PRIMARY\AXIAL"),
    ("F2", "00080018", "UI", "SOPInstanceUID", "2.25.7701.1.2"),
    ("F2", "00080060", "CS", "Modality", "CT"),
    ("F2", "00080080", "LO", "InstitutionName", "Saint Orla Hospital"),
    ("F2", "00091001", "LO", None, "5554314501"),
    ("F2", "00101010", "AS", "PatientAge", "045Y"),
    ("F2", "0020000D", "UI", "StudyInstanceUID", "2.25.7701"),
    ("F2", "00280301", "CS", "BurnedInAnnotation", "NO"),
    ("F3", "00080018", "UI", "SOPInstanceUID", "2.25.88.1.1"),
    ("F3", "00080064", "CS", "ConversionType", "DF"),
    ("F3", "00080090", "PN", "ReferringPhysicianName", None),
    ("F3", "00100030", "DA", "PatientBirthDate", "19310704"),
    ("F3", "00101010", "AS", "PatientAge", "093Y"),
    ("F3", "00104000", "LT", "PatientComments", "Call Weber at 555-431-4502 about the result."),
    ("F3", "0020000D", "UI", "StudyInstanceUID", "2.25.88"),
    ("F3", "00200013", "IS", "InstanceNumber", "1"),
]
_SECRETS = [
    Secret("F1", "00080020", year="2024"),
    Secret("F1", "00080090", ("Chen", "Mia")),
    Secret("F1", NAME, ("Ortiz", "Lena")),
    Secret("F2", "00080080", ("Saint Orla Hospital",)),
    Secret("F2", "00091001", ("5554314501",)),
    Secret("F3", BORN),
    Secret("F3", AGE),
    Secret("F3", "00104000", ("Weber", "555-431-4502")),
]
_TRIED = [
    ((50, 1100, 1089, 121), 1000, 10.0, (0.99, 0.9, 220.0, False)),
    ((20, 400, 400, 0), 5000, 0.0, (1.0, 1.0, 0.0, True)),
    ((10, 200, 198, 22), 50, 10.0, (0.99, 0.9, 10.0, True)),
    ((10, 300, 297, 33), 35, 10.0, (0.99, 0.9, 10.5, False)),
    ((100, 2000, 1500, 0), 40, 100.0, (0.75, 1.0, 200.0, False)),
]


def fixtures() -> list[Case]:
    """Gives three headers, four pictures, and five trials of a tool, worked out by hand."""
    headers = pd.DataFrame(_FILES, columns=COLUMNS).astype("str")
    files = {
        "a.dcm": _picture(["ORTIZ LENA", "H7 19500326"], "NO"),
        "b.dcm": _picture([], "NO"),
        "c.dcm": _picture([], ""),
        "d.dcm": _picture(["H8 19810104"], ""),
    }
    return [
        Case("clean_headers", "three files", (headers,), expected={"secrets": _SECRETS}),
        Case("words_in", "four pictures", (files,), expected=["a.dcm", "d.dcm"]),
        *(
            Case(
                "verdict",
                f"{tried[2]} of {tried[1]} removed",
                (_trial(*tried), files, limit),
                expected=dict(zip(("recall", "precision", "left", "release"), wanted, strict=True)),
            )
            for tried, files, limit, wanted in _TRIED
        ),
    ]


def _trial(files: int, identifying: int, removed: int, harmless: int) -> dict[str, int]:
    return {"files": files, "identifying": identifying, "removed": removed, "harmless": harmless}


def _picture(words: list[str], told: str) -> bytes:
    """Returns a file with a grey picture, a bright spot in it, and words burned in."""
    pixels = np.add.outer(np.arange(SIDE), np.arange(SIDE)).astype("<u2") * 15
    pixels[50:54, 30:34] = 3900
    burn(pixels, words)
    elements = {
        0x00080016: ("UI", "1.2.840.10008.5.1.4.1.1.7"),
        0x00280002: ("US", short(1)),
        0x00280004: ("CS", "MONOCHROME2"),
        0x00280010: ("US", short(SIDE)),
        0x00280011: ("US", short(SIDE)),
        0x00280100: ("US", short(16)),
        0x00280101: ("US", short(WHITE.bit_length())),
        0x00280102: ("US", short(WHITE.bit_length() - 1)),
        0x00280103: ("US", short(0)),
        0x00280301: ("CS", told),
        PIXEL_DATA: ("OW", pixels.tobytes()),
    }
    return file_of(Template(elements, "ascii").fill({}), "1.2.840.10008.5.1.4.1.1.7", "2.25.7.1")


def district(world: World) -> list[Case]:
    """Gives headers and pictures of the three hospitals, the headers in two forms, and trials of a tool."""
    known = world.truth is not None
    headers = _headers(world)
    other = widened(shuffled(pd.concat([headers, _foreign(headers)]), "4.10 headers"))
    files, burnt = _pictures(world)
    tried = [_trial(40 + n, 900 + 7 * n, 870 + 9 * n, 30 * n) for n in range(4)]
    tried += [_trial(25, len(headers), len(headers) - n, 10) for n in (0, 3, 60)]
    forms = (("the hospitals", headers, "district"), ("shuffled, with other elements", other, "variant"))
    return [
        *(
            Case(
                "clean_headers",
                name,
                (table.drop(columns="facility"),),
                kind,
                {"secrets": secrets(table, _points(world))} if known else None,
            )
            for name, table, kind in forms
        ),
        Case("words_in", "the hospitals", (files,), "district", burnt if known else None),
        *(
            Case(
                "verdict",
                f"trial {n}",
                (one, 100 * n, (5.0, 50.0, 800.0)[n % 3]),
                "district",
                REFERENCE if known else None,
            )
            for n, one in enumerate(tried, start=1)
        ),
    ]


def _studies(world: World, prefix: str) -> pd.DataFrame:
    """Returns a hospital's examinations in the archive, of the oldest people first."""
    table = world.tables[f"{prefix}imaging_studies"]
    born = world.tables[f"{prefix}his_patients"].drop_duplicates("mrn").set_index("mrn")["birth_date"]
    order = table["mrn"].map(born).fillna("9").rename("born")
    return table.assign(born=order)[table["online"]].sort_values(["born", "accession"], ignore_index=True)


def _headers(world: World) -> pd.DataFrame:
    """Returns the elements of some files of each hospital, of the oldest people and of others."""
    rows, number = [], 0
    for facility, prefix in HOSPITALS.items():
        table = _studies(world, prefix)
        some = pd.concat([table.head(OLDEST), shuffled(table.iloc[OLDEST:], "4.10").head(STUDIES - OLDEST)])
        for accession, images in zip(some["accession"], some["images"], strict=True):
            for image in range(1, images + 1):
                number += 1
                data = world.files[f"imaging/{accession.lower()}_{image}.dcm"]
                rows += [(facility, f"F{number:03d}", *element) for element in elements(data)]
    return pd.DataFrame(rows, columns=["facility", *COLUMNS]).astype("str")


def _foreign(headers: pd.DataFrame) -> pd.DataFrame:
    """Returns elements for every file that no district has: the habits of other machines."""
    said = values(headers)
    rows = []
    for facility, file in headers[["facility", "file"]].drop_duplicates().itertuples(index=False):
        name, born = family(said, file), said.get((file, BORN), "")
        rows += [
            (facility, file, "00101000", "LO", "OtherPatientIDs", said.get((file, NUMBER), "H0")),
            (facility, file, "001021B0", "LT", "AdditionalPatientHistory", f"{name}, {born}"),
            (facility, file, "00191010", "LO", None, name),
            (facility, file, "00321032", "PN", "RequestingPhysician", "Weber^Anna"),
        ]
    return pd.DataFrame(rows, columns=headers.columns).astype("str")


def _pictures(world: World) -> tuple[dict[str, bytes], list[str]]:
    """Returns first pictures of examinations by name, and the names of those with words."""
    table = pd.concat([_studies(world, prefix) for prefix in HOSPITALS.values()], ignore_index=True)
    words = pd.Series(False, index=table.index)
    if world.truth is not None:
        truth = world.truth.facts["image_truth"]
        words = table["accession"].isin(truth.loc[truth["burnt"].notna(), "accession"])
    some = shuffled(pd.concat([table[words], shuffled(table[~words], "4.10").head(CLEAR)]), "4.10 pictures")
    names = {one: f"P{number:03d}" for number, one in enumerate(some["accession"], start=1)}
    files = {name: world.files[f"imaging/{one.lower()}_1.dcm"] for one, name in names.items()}
    return files, sorted(names[one] for one in table.loc[words, "accession"])


def _points(world: World) -> dict[str, set[tuple[str, str]]]:
    """Returns modality and tag of the elements that point to a person, by hospital."""
    assert world.truth is not None
    table = world.truth.facts["image_identifiers"]
    found = {code: {(kind, tag) for kind in ("CR", "CT") for tag in FOREIGN} for code in HOSPITALS}
    for code, modality, tag in table[["facility", "modality", "tag"]].itertuples(index=False, name=None):
        found[code].add((modality, tag))
    return found


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "verdict":
        right = isinstance(value, dict) and all(is_number(value.get(name)) for name in NUMBERS)
        right = right and isinstance(value.get("release"), bool)
        told = '{"recall": a number, "precision": a number, "left": a number, "release": True or False}'
        return None if right else f"verdict() must return {told}."
    if case.function == "words_in":
        right = isinstance(value, list) and all(isinstance(one, str) and one in case.args[0] for one in value)
        return None if right else "words_in() must return a list of names of the files."
    columns = ["file", "tag", "value"]
    if not isinstance(value, pd.DataFrame) or not set(columns) <= set(value.columns):
        return f"clean_headers() must return a DataFrame with the columns {', '.join(columns)}."
    pairs = list(value[["file", "tag"]].itertuples(index=False, name=None))
    if len(set(pairs)) < len(pairs) or not set(pairs) <= values(case.args[0]).keys():
        return "clean_headers() must return each element of the headers at most once, and no other."
    texts = all(isinstance(cell, str) or pd.isna(cell) for cell in value["value"])
    return None if texts else "clean_headers(): the column value must hold text; a blank is the empty text."


# ---- Scores ------------------------------------------------------------------------------------------


def _left(case: Case, value: pd.DataFrame, group: str = "") -> float:
    """Returns the share of what must go that is still there; of one group of tags or of all but it (`!`)."""
    told, other = values(value), group.startswith("!")
    every = [Secret(*one) for one in case.expected["secrets"]]
    mine = [one for one in every if one.tag.startswith(group.lstrip("!")) is not other]
    return sum(one.still(told) for one in mine) / len(mine)


def _kept(case: Case, value: pd.DataFrame) -> float:
    """Returns the share of what must stay that is there as it was."""
    told = values(value)
    wanted = {key: now for key, now in values(case.args[0]).items() if now and _STAYS.fullmatch(key[1])}
    return sum(told.get(key) == now for key, now in wanted.items()) / len(wanted)


def _replacements(case: Case, value: pd.DataFrame) -> dict[str, set[str]]:
    """Returns for each identifier what stands in its places now."""
    told, found = values(value), defaultdict(set)
    for (file, tag), old in values(case.args[0]).items():
        if tag in UIDS and old:
            found[old].add(told.get((file, tag), ""))
    return found


def _replaced(case: Case, value: pd.DataFrame) -> float:
    """Returns the share of identifiers with one new one, nobody else's, in which they cannot be read."""
    found = _replacements(case, value)
    uses = Counter(new for news in found.values() for new in news)
    cores = {old.split(".")[2] for old in found}
    good = 0
    for news in found.values():
        new = next(iter(news))
        fresh = _NEW.fullmatch(new) and not cores & set(new.split("."))
        good += len(news) == 1 and bool(fresh) and uses[new] == 1
    return good / len(found)


def _gone(case: Case, value: pd.DataFrame) -> float:
    return ramp(1 - _left(case, value), zero_at=0.95, full_at=1.0) * (_kept(case, value) >= 0.8)


def _usable(case: Case, value: pd.DataFrame) -> float:
    return ramp(_kept(case, value), zero_at=0.8, full_at=0.98) * (_left(case, value) <= 0.5)


def _joined(case: Case, value: pd.DataFrame) -> float:
    return ramp(_replaced(case, value), zero_at=0.5, full_at=1.0)


def _example(case: Case, value: pd.DataFrame) -> float:
    return (_gone(case, value) + _usable(case, value) + _joined(case, value)) / 3


def _found(case: Case, value: Any) -> float:
    return ramp(weaker(set(value), set(case.expected)), zero_at=0.5, full_at=0.95) if value else 0.0


def _judged(case: Case, value: Any) -> float:
    right = [close(value[name], case.expected[name], 0.0005) for name in NUMBERS]
    return (sum(right) + (all(right) and value["release"] is case.expected["release"])) / 4


# ---- Misconceptions ----------------------------------------------------------------------------------


def _one_group_only(case: Case, value: pd.DataFrame) -> bool:
    """Whether the patient's own group was cleaned, and most of the rest was not."""
    return _left(case, value, PATIENT) <= 0.3 and _left(case, value, "!" + PATIENT) > 0.5


def _new_everywhere(case: Case, value: pd.DataFrame) -> bool:
    """Whether identifiers that stand in several places became several."""
    several = [news for news in _replacements(case, value).values() if len(news) > 1]
    return bool(several) and all("" not in news for news in several)


def _header_believed(case: Case, value: Any) -> bool:
    return not set(value) & set(case.expected)


def _ninety_nine(case: Case, value: Any) -> bool:
    """Whether a tool that misses few is let loose on too many files."""
    wanted = case.expected
    return value["release"] is True and wanted["release"] is False and wanted["recall"] >= 0.9


_ELEMENTS = "Names, numbers, dates, private elements and remarks are gone."

IMAGES = Task(
    id="4.10",
    title="Images",
    functions=("clean_headers", "words_in", "verdict"),
    checks=(
        Check(
            "4.10.example",
            "Three files",
            0.5,
            "clean_headers",
            _example,
            ("fixture",),
            expected="What points at somebody is gone, the rest stays, and identifiers are replaced.",
        ),
        Check("4.10.gone", "What must go", 1.0, "clean_headers", _gone, expected=_ELEMENTS),
        Check(
            "4.10.kept",
            "What must stay",
            0.5,
            "clean_headers",
            _usable,
            expected="98 % of it is there as it was.",
        ),
        Check(
            "4.10.uids",
            "Unique identifiers",
            0.5,
            "clean_headers",
            _joined,
            expected="Each has one new one, the same in all its places, in which it cannot be read.",
        ),
        Check(
            "4.10.words",
            "Words in pictures",
            0.5,
            "words_in",
            _found,
            ("fixture", "district"),
            expected="95 % of the files with words, and of those named.",
        ),
        Check(
            "4.10.verdict_example",
            "The example trials",
            0.25,
            "verdict",
            _judged,
            ("fixture",),
            expected="Recall, precision, what is left in all files, and whether that is within the limit.",
        ),
        Check(
            "4.10.verdict",
            "Other trials",
            0.75,
            "verdict",
            _judged,
            expected="Recall, precision, what is left in all files, and whether that is within the limit.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC240", "clean_headers", _one_group_only),
        Symptom("MC241", "clean_headers", _new_everywhere),
        Symptom("MC242", "words_in", _header_believed),
        Symptom("MC243", "verdict", _ninety_nine),
    ),
    hints=(
        "Read one header aloud, and stop at every element that could lead somebody to this person.",
        "Begin with what may stay. What is on no list goes, and with it all that the next machine invents. "
        "Then look at one picture: where are letters, and how bright are they?",
        "Keep rows whose tag is on the list or whose group is 0018 or 0028. Give every identifier one new "
        "number, by a dictionary from old to new. A picture with words has a pixel of 2 to the power of "
        "BitsStored, less 1.",
    ),
    optional=True,
)
