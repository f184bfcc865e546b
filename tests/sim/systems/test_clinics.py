"""Both clinics' files, in both countries: whoever knows how they are written gets everything back."""

import csv
import io
import re

import pandas as pd
import pytest

from sim.countries import COUNTRIES
from sim.defects import DEFECTS
from sim.district import District
from sim.systems import clinic

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

CELLS = ("D15", "D16", "D17")
"""Defects that rewrite cells; D14 rewrites bytes."""

READERS = {
    ("us", "clinic_visits"): ("clinic_visits.csv", "cp1252", ",", r"(?P<m>\d\d)/(?P<d>\d\d)/(?P<y>\d{4})"),
    ("cn", "clinic_visits"): (
        "clinic_visits.csv",
        "gb18030",
        ",",
        r"(?P<y>\d{4})年(?P<m>\d\d)月(?P<d>\d\d)日",
    ),
    ("us", "clinic2_visits"): (
        "clinic2_visits.txt",
        "utf-16",
        "\t",
        r"(?P<d>\d\d?) (?P<m>\w{3}) (?P<y>\d{4})",
    ),
    ("cn", "clinic2_visits"): (
        "clinic2_visits.txt",
        "utf-16",
        "\t",
        r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)",
    ),
}
"""File, encoding, delimiter and dates of each clinic; written down here anew."""

SEXES = {
    ("us", "clinic_visits"): {"1": "M", "2": "F"},
    ("cn", "clinic_visits"): {"1": "M", "2": "F"},
    ("us", "clinic2_visits"): {"female": "F", "male": "M"},
    ("cn", "clinic2_visits"): {"女": "F", "男": "M"},
}
WITHHELD = {
    ("us", "clinic_visits"): {"0", "9"},
    ("cn", "clinic_visits"): {"0", "9"},
    ("us", "clinic2_visits"): {"not recorded"},
    ("cn", "clinic2_visits"): {"未填"},
}
BLANKS = {
    ("us", "clinic_visits"): {"", "NA", "unk", "-9"},
    ("cn", "clinic_visits"): {"", "无", "不详", "-9"},
    ("us", "clinic2_visits"): {"", "NULL", "n/a", "?"},
    ("cn", "clinic2_visits"): {"", "无", "未查", "——"},
}
FIELDS = {
    "clinic_visits": {
        "dates": ("DOB", "VisitDate"),
        "sex": "SexCode",
        "blanks": ("BP", "HbA1c", "Phone", "Area"),
    },
    "clinic2_visits": {
        "dates": ("born", "seen_on"),
        "sex": "sex",
        "blanks": ("weight", "temp", "tel", "district"),
    },
}


@pytest.fixture(scope="module", params=COUNTRIES)
def both(request, made_up, made_up_cn):
    """A country's district before and after things went wrong."""
    records, seeds = made_up if request.param == "us" else made_up_cn
    before = District(records, seeds, dict.fromkeys(DEFECTS, 0.0), 700, request.param)
    return request.param, before, District(records, seeds, {}, 700, request.param)


def read(district: District, country: str, name: str) -> pd.DataFrame:
    file, encoding, delimiter, _ = READERS[country, name]
    text = district.files(["clinic"])[file].decode(encoding)
    assert text.endswith("\r\n") and text.count("\n") == text.count("\r\n")
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return pd.DataFrame(rows, columns=head)


def iso(text: str, pattern: str) -> str:
    part = re.fullmatch(pattern, text)
    assert part is not None, text
    month = MONTHS.index(part["m"]) + 1 if part["m"] in MONTHS else int(part["m"])
    return f"{part['y']}-{month:02}-{int(part['d']):02}"


@pytest.mark.parametrize("name", FIELDS)
def test_the_file_gives_the_clean_table_back(both, name):
    country, clean, usual = both
    fields, table, file = FIELDS[name], clean.table(name), read(usual, country, name)
    kind = {"clinic_visits": clinic.CLINIC_VISITS, "clinic2_visits": clinic.CLINIC2_VISITS}[name]
    assert list(file.columns) == [column.name for column in kind.columns] and len(file) == len(table) > 100
    touched = {*fields["dates"], fields["sex"], *fields["blanks"]}
    for column in file.columns.difference(touched):
        assert list(file[column]) == list(table[column]), column
    for column in fields["dates"]:
        assert [iso(text, READERS[country, name][3]) for text in file[column]] == list(table[column])
    told = ~file[fields["sex"]].isin(WITHHELD[country, name])
    assert (file[fields["sex"]][told].map(SEXES[country, name]) == table[fields["sex"]][told]).all()
    assert set(file[fields["sex"]][~told]) == WITHHELD[country, name]
    for column in fields["blanks"]:
        there = table[column].notna()
        assert list(file[column][there]) == list(table[column][there]) and there.any()
        assert set(file[column][~there]) == BLANKS[country, name]


def test_every_name_survives_byte_for_byte(both):
    country, _, usual = both
    between = {"us": ", ", "cn": ""}[country]
    people = usual.records.people
    for name in FIELDS:
        file, who = read(usual, country, name), people.loc[usual.table(name)["_person"]]
        if name == "clinic_visits":
            assert list(file["Name"]) == list(who["surname"] + between + who["given"])
        else:
            assert list(file["last_name"]) == list(who["surname"])
            assert list(file["first_name"]) == list(who["given"])


def test_simple_software_cannot_write_what_the_files_hold(both):
    country, _, usual = both
    raw = usual.files(["clinic"])["clinic_visits.csv"]
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    if country == "us":
        assert b"\x92" in raw
    else:
        names = read(usual, country, "clinic_visits")["Name"]
        rare = [name for name in names if len(name.encode("gb18030")) > 2 * len(name)]
        assert rare
        for name in rare:
            with pytest.raises(UnicodeEncodeError):
                name.encode("gbk")
    assert usual.files(["clinic"])["clinic2_visits.txt"].startswith(b"\xff\xfe")


@pytest.mark.parametrize("ident", CELLS)
@pytest.mark.parametrize("name", FIELDS)
def test_the_ledger_lists_exactly_the_cells_that_changed(both, name, ident):
    country, clean, usual = both
    before = clean.table(name)
    stream = usual.seeds.stream("test")
    after, ledger = DEFECTS[ident].apply(before, DEFECTS[ident].rate, 15, stream, country=country)
    changed = {}
    for field in [column for column in before.columns if not column.startswith("_")]:
        same = (before[field] == after[field]) | (before[field].isna() & after[field].isna())
        rows = before.index[~same]
        changed |= {(before["_row"][row], field): (before[field][row], after[field][row]) for row in rows}
    listed = {(row.record, row.field): (row.clean, row.dirty) for row in ledger.itertuples()}
    assert set(listed) == set(changed) and len(listed) >= 15
    for key, (was, stands) in changed.items():
        assert listed[key][1] == stands and (pd.isna(was) or listed[key][0] == was)


@pytest.mark.parametrize("name", FIELDS)
def test_the_ledger_of_the_encoding_lists_what_a_reader_of_utf_8_sees(both, name):
    country, _, usual = both
    ledger = usual.truth(["clinic"]).defects("D14").query("table == @name")
    encoding = READERS[country, name][1].replace("utf-16", "utf-16-le")
    assert len(ledger) >= 15 and not ledger["clean"].map(str.isascii).any()
    for row in ledger.head(50).itertuples():
        assert row.dirty == row.clean.encode(encoding).decode("utf-8", "replace") != row.clean


def test_without_defects_a_file_is_plain_utf_8(both):
    _, clean, _ = both
    text = clean.files(["clinic"])["clinic_visits.csv"].decode("utf-8")
    first = clean.table("clinic_visits").iloc[0]
    assert str(first["DOB"]) in text and (",M," in text or ",F," in text)


def test_the_clinics_see_people_of_their_own_and_number_them_so(both):
    _, clean, _ = both
    for name, code, letter in (("clinic_visits", "C1", "C"), ("clinic2_visits", "C2", "K")):
        table, visits = clean.table(name), clean.visits[clean.visits["facility"] == code]
        number = table[{"C": "PatNo", "K": "card"}[letter]]
        assert list(table["_person"]) == list(visits["person"])
        assert number.str.fullmatch(letter + r"\d{5}").all()
        assert number.groupby(table["_person"]).nunique().eq(1).all()
        assert table["_person"].groupby(number).nunique().eq(1).all()
