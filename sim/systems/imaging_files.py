"""The images of an examination as DICOM files, with headers that say whose they are."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sim.countries import country as find_country
from sim.exchange.dicom import PIXEL_DATA, Slot, Template, Value, file_of, short
from sim.systems import pictures
from sim.systems.imaging_orders import CT, EXAMINATIONS, Examination
from sim.systems.recorder import Setting, Tables

CR_IMAGE = "1.2.840.10008.5.1.4.1.1.1"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
CAPTURED_IMAGE = "1.2.840.10008.5.1.4.1.1.7"
"""Kinds of images (SOP classes): X-ray, CT, and secondary capture, here a digitised film."""

DIGITISED = ("H3",)
"""Hospitals whose X-rays are films that are digitised afterwards."""

CHARACTERS = {"H1": ("ISO_IR 192", "utf-8"), "H2": ("ISO_IR 100", "latin-1"), "H3": ("ISO_IR 192", "utf-8")}
"""Character set of each hospital's headers in the US, in DICOM's words and in Python's. In China all write
ISO_IR 192."""

MAKERS = {"H1": ("Lindenray", "LR-7"), "H2": ("Orlascan", "OS 200"), "H3": ("Thistle", "Digitiser 3")}
"""Maker and model of the machines; invented."""

HEADER = ("_name", "_id", "_born", "_sex", "_phone", "_address")
"""Hidden columns with what the headers say about the patient."""

_REMARKS = {"us": "Call {name} at {phone} about the result.", "cn": "结果请致电{name}，{phone}。"}

Element = tuple[str, Value]


def header_parts(setting: Setting, table: pd.DataFrame) -> dict[str, "pd.Series[str]"]:
    """Returns what the headers say about each patient, as registered at the hospital: columns of `HEADER`.

    Args:
        setting: The hospital.
        table: Working table of `imaging_studies`.
    """
    patients = setting.tables["his_patients"].drop_duplicates("mrn").set_index("mrn")
    mine = patients.reindex(table["mrn"]).reset_index(drop=True)
    family, given = mine["family_name"].fillna(""), mine["given_name"].fillna("")
    # Names in Chinese characters belong into the second group of components, after an equals sign.
    names = (family + "^" + given) if setting.country == "us" else ("=" + family + "^" + given)
    return {
        "_name": names,
        "_id": table["mrn"],
        "_born": mine["birth_date"].fillna("").str.replace("-", ""),
        "_sex": mine["sex"].fillna("").where(mine["sex"].isin(["F", "M"]), "O"),
        "_phone": mine["phone"].fillna(""),
        "_address": mine["address"].fillna(""),
    }


def write(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Returns the images that are in the archive, by file name."""
    table = tables["imaging_studies"]
    return dict(_images(setting, table[table["online"]].reset_index(drop=True)))


def _images(setting: Setting, table: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    staff = _staff(setting)
    taken = _photograph(setting, table)
    position = 0
    rows: list[dict[str, Any]] = [
        {str(name): cell for name, cell in row.items()} for row in table.to_dict("records")
    ]
    for row in rows:
        what = EXAMINATIONS[row["_examination"]]
        values = _values(row, setting.country) | _people(row["_person"], staff)
        for number, view in enumerate(what.views, start=1):
            instance = f"{row['study_uid']}.1.{number}"
            kind = _sop_class(setting.facility.code, what.modality)
            pixels = taken[position].astype("<u2", copy=False).tobytes()
            own = {"instance": instance, "number": str(number), "view": view, "pixels": pixels}
            own |= {"place": rf"0\0\{number * 10}"}
            data = _template(setting.facility.code, setting.country, row["_examination"]).fill(values | own)
            yield f"imaging/{row['accession'].lower()}_{number}.dcm", file_of(data, kind, instance)
            position += 1


def _photograph(setting: Setting, table: pd.DataFrame) -> pictures.Pixels:
    """Takes all pictures, with findings and burned-in words."""
    rng = setting.stream("pictures")
    numbers = pictures.kinds()
    images = [
        numbers[name, n] for name in table["_examination"] for n in range(len(EXAMINATIONS[name].views))
    ]
    count = table["images"].to_numpy()
    sizes = np.repeat(table["_person"].to_numpy() % pictures.SIZES, count)
    taken = pictures.photograph(np.array(images, dtype=np.int64), sizes, rng)
    first = np.cumsum(count) - count
    shown = first + (count - 1) // 2
    where = zip(*(table[name].tolist() for name in ("_finding", "_row", "_column", "_radius")), strict=True)
    for image, (finding, row, column, radius) in zip(shown.tolist(), where, strict=True):
        if finding:
            pictures.add_finding(taken[image], row, column, radius)
    for row in np.flatnonzero(table["_burnt"].notna()).tolist():
        pictures.burn(taken[first[row]], str(table["_burnt"].iloc[row]).split("\n"))
    return taken


def _values(row: Mapping[str, Any], country: str) -> dict[str, str]:
    """Returns what stands in the headers of all images of an examination."""
    at: pd.Timestamp = row["taken_at"]
    born = pd.Timestamp(row["_born"]) if row["_born"] else None
    name = row["_name"].lstrip("=").partition("^")[0]
    return {
        "name": row["_name"],
        "id": row["_id"],
        "born": row["_born"],
        "sex": row["_sex"],
        "age": f"{(at - born).days * 4 // 1461:03d}Y" if born is not None else "",
        "phone": row["_phone"],
        "address": row["_address"],
        "remark": _REMARKS[country].format(name=name, phone=row["_phone"]),
        "visit": row["encounter_id"],
        "accession": row["accession"],
        "date": at.strftime("%Y%m%d"),
        "time": at.strftime("%H%M%S"),
        "study": row["study_uid"],
        "series": f"{row['study_uid']}.1",
        "frame": f"{row['study_uid']}.2",
    }


def _staff(setting: Setting) -> dict[str, list[str]]:
    """Returns the names of physicians and of those who run machines; only the large hospital lists them."""
    if "staff" not in setting.tables:
        return {"physician": [""], "nurse": [""]}
    staff, mark = setting.tables["staff"], "" if setting.country == "us" else "="
    names = mark + staff["family_name"] + "^" + staff["given_name"]
    return {role: names[staff["role"] == role].tolist() or [""] for role in ("physician", "nurse")}


def _people(person: int, staff: Mapping[str, list[str]]) -> dict[str, str]:
    """Returns who ordered the images and who took them: always the same for a patient."""
    doctors, operators = staff["physician"], staff["nurse"]
    return {"doctor": doctors[person % len(doctors)], "operator": operators[person % len(operators)]}


def _sop_class(facility: str, modality: str) -> str:
    if modality == CT:
        return CT_IMAGE
    return CAPTURED_IMAGE if facility in DIGITISED else CR_IMAGE


@cache
def _template(facility: str, country: str, examination: str) -> Template:
    what = EXAMINATIONS[examination]
    words, encoding = CHARACTERS[facility] if country == "us" else CHARACTERS["H1"]
    kind = _sop_class(facility, what.modality)
    elements = _common(facility, country, what, kind, words) | _of_facility(facility)
    return Template(elements | _of_kind(kind), encoding)


def _common(facility: str, country: str, what: Examination, kind: str, words: str) -> dict[int, Element]:
    """Returns the elements of every file: patient, study, series, machine, image."""
    here, (maker, model) = find_country(country), MAKERS[facility]
    seat = here.seats[list(here.facilities).index(facility)]
    ground = "SECONDARY" if kind == CAPTURED_IMAGE else "PRIMARY"
    origin = "DERIVED" if kind == CAPTURED_IMAGE else "ORIGINAL"
    days: dict[int, Element] = {0x00080020 + n: ("DA", Slot("date")) for n in range(4)}
    times: dict[int, Element] = {0x00080030 + n: ("TM", Slot("time")) for n in range(4)}
    return (
        days
        | times
        | {
            0x00080005: ("CS", words),
            0x00080008: ("CS", rf"{origin}\{ground}" + (r"\AXIAL" if kind == CT_IMAGE else "")),
            0x00080016: ("UI", kind),
            0x00080018: ("UI", Slot("instance")),
            0x00080050: ("SH", Slot("accession")),
            0x00080060: ("CS", what.modality),
            0x00080070: ("LO", maker),
            0x00080080: ("LO", here.facilities[facility]),
            0x00080081: ("ST", f"{seat} {here.county}"),
            0x00080090: ("PN", Slot("doctor")),
            0x00081010: ("SH", f"{facility}-{what.modality}-1"),
            0x00081030: ("LO", what.names[country]),
            0x00081070: ("PN", Slot("operator")),
            0x00081090: ("LO", model),
            0x00100010: ("PN", Slot("name")),
            0x00100020: ("LO", Slot("id")),
            0x00100030: ("DA", Slot("born")),
            0x00100040: ("CS", Slot("sex")),
            0x00101010: ("AS", Slot("age")),
            0x00180015: ("CS", what.body_part),
            0x0020000D: ("UI", Slot("study")),
            0x0020000E: ("UI", Slot("series")),
            0x00200010: ("SH", Slot("accession")),
            0x00200011: ("IS", "1"),
            0x00200013: ("IS", Slot("number")),
            0x00280002: ("US", short(1)),
            0x00280004: ("CS", "MONOCHROME2"),
            0x00280010: ("US", short(pictures.SIDE)),
            0x00280011: ("US", short(pictures.SIDE)),
            0x00280100: ("US", short(16)),
            0x00280101: ("US", short(pictures.BITS)),
            0x00280102: ("US", short(pictures.BITS - 1)),
            0x00280103: ("US", short(0)),
            0x00280301: ("CS", "NO"),
            PIXEL_DATA: ("OW", Slot("pixels")),
        }
    )


def _of_facility(facility: str) -> dict[int, Element]:
    """Returns where each hospital's machines keep address, telephone and visit: a place of its own each."""
    if facility == "H1":
        return {
            0x00101040: ("LO", Slot("address")),
            0x00102154: ("SH", Slot("phone")),
            0x00380010: ("LO", Slot("visit")),
        }
    if facility == "H2":
        return {
            0x00090010: ("LO", "ORLASCAN PATIENT"),
            0x00091001: ("LO", Slot("phone")),
            0x00091002: ("LO", Slot("address")),
            0x00091003: ("LO", Slot("visit")),
        }
    return {0x00104000: ("LT", Slot("remark"))}


def _of_kind(kind: str) -> dict[int, Element]:
    """Returns what only some kinds of images have."""
    if kind == CAPTURED_IMAGE:
        return {0x00080064: ("CS", "DF"), 0x00200020: ("CS", "")}
    if kind == CR_IMAGE:
        return {0x00185101: ("CS", Slot("view")), 0x00200020: ("CS", ""), 0x00180060: ("DS", "70")}
    return {
        0x00180050: ("DS", "10"),
        0x00180060: ("DS", "120"),
        0x00200012: ("IS", "1"),
        0x00200032: ("DS", Slot("place")),
        0x00200037: ("DS", r"1\0\0\0\1\0"),
        0x00200052: ("UI", Slot("frame")),
        0x00201040: ("LO", ""),
        0x00280030: ("DS", r"3\3"),
        0x00281050: ("DS", "40"),
        0x00281051: ("DS", "400"),
        0x00281052: ("DS", "-1024"),
        0x00281053: ("DS", "1"),
        0x00281054: ("LO", "HU"),
    }


_IDENTIFIERS = {
    "name": "name",
    "id": "record number",
    "born": "birth date",
    "age": "age",
    "phone": "telephone number",
    "address": "address",
    "remark": "name and telephone number in free text",
    "visit": "number of the visit",
    "accession": "accession number",
    "doctor": "name of staff",
    "operator": "name of staff",
    "date": "date of the visit",
    "study": "unique identifier",
    "series": "unique identifier",
    "instance": "unique identifier",
    "frame": "unique identifier",
}


def tell_identifiers(setting: Setting) -> pd.DataFrame:
    """Returns which elements of the hospital's files point to a person: modality, tag, vr and what.

    `tag` is written as eight hexadecimal digits. Words burned into the pixels are in `image_truth`.
    """
    rows = []
    for modality, examination in (("CR", "chest"), (CT, "head")):
        what = EXAMINATIONS[examination]
        code = setting.facility.code
        elements = _common(code, setting.country, what, _sop_class(code, modality), "") | _of_facility(code)
        elements |= _of_kind(_sop_class(code, modality))
        for tag, (vr, value) in sorted(elements.items()):
            if isinstance(value, Slot) and value.name in _IDENTIFIERS:
                rows.append((modality, f"{tag:08X}", vr, _IDENTIFIERS[value.name]))
            elif tag in (0x00080080, 0x00080081, 0x00081010):
                rows.append((modality, f"{tag:08X}", vr, "institution"))
    return pd.DataFrame(rows, columns=["modality", "tag", "vr", "what"])
