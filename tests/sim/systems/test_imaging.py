"""Images: pydicom reads them all; list, header and pixels agree but where the ledger says not."""

import io
from collections import Counter

import numpy as np
import pandas as pd
import pydicom
import pytest
from made_up_images import with_images

from sim.defects import DEFECTS
from sim.defects.imaging import TABLES
from sim.district import District
from sim.systems.glyphs import HEIGHT, lettered
from sim.systems.imaging import ONLINE, finding_image
from sim.systems.imaging_orders import EXAMINATIONS, ORDERS
from sim.systems.pictures import LETTERS, SIDE, WHITE

QUIET = {"D66": 0.0, "D67": 0.0}


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def records(country, made_up, made_up_cn):
    lives, seeds = made_up if country == "us" else made_up_cn
    return with_images(lives), seeds


@pytest.fixture(scope="module")
def quiet(records, country):
    return District(*records, QUIET, 700, country)


@pytest.fixture(scope="module")
def district(records, country):
    return District(*records, {}, 700, country)


@pytest.fixture(scope="module")
def images(district):
    """Every image by file name, as pydicom reads it, which must not find anything amiss."""
    pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
    files = {name: file for name, file in district.files(["imaging"]).items() if name.endswith(".dcm")}
    found = {name: pydicom.dcmread(io.BytesIO(file)) for name, file in files.items()}
    for image in found.values():
        assert all(str(one) for one in image.iterall())
    pydicom.config.settings.reading_validation_mode = pydicom.config.WARN
    return found


def rows(district):
    return [row for name in TABLES for row in district.table(name).to_dict("records")]


def entries(district, defect):
    found = {}
    for name in TABLES:
        ledger = district.ledger(name)
        mine = ledger[ledger["defect"] == defect]
        found |= dict(zip(mine["record"], zip(mine["clean"], mine["dirty"], strict=True), strict=True))
    return found


def test_every_examination_has_its_images_and_no_other_is_there(district, images):
    counts = Counter(name.partition("/")[2].rpartition("_")[0].upper() for name in images)
    listed = {row["accession"]: row["images"] for row in rows(district)}
    assert counts == listed and len(listed) > 60
    for name in TABLES:
        assert district.table(name)["taken_at"].is_monotonic_increasing
        assert (
            district.table(name)["mrn"]
            .isin(district.table(name.replace("imaging_studies", "his_patients"))["mrn"])
            .all()
        )


def test_list_and_header_tell_the_same_but_where_the_ledger_says(district, images, country):
    swapped = entries(district, "D67")
    for row in rows(district):
        image = images[f"imaging/{row['accession'].lower()}_1.dcm"]
        assert image.AccessionNumber == row["accession"] and image.StudyInstanceUID == row["study_uid"]
        assert image.Modality == row["modality"] and image.BodyPartExamined == row["body_part"]
        assert image.StudyDate + image.StudyTime == row["taken_at"].strftime("%Y%m%d%H%M%S")
        assert (
            image.StudyDescription == row["examination"] == EXAMINATIONS[row["_examination"]].names[country]
        )
        if row["accession"] in swapped:
            assert (
                swapped[row["accession"]] == (row["mrn"], image.PatientID) and image.PatientID != row["mrn"]
            )
        else:
            assert image.PatientID == row["mrn"]
    assert len(swapped) >= 2


def test_headers_hold_the_name_that_is_registered(district, images, country):
    patients = district.table("his_patients").drop_duplicates("mrn").set_index("mrn")
    for image in images.values():
        if not image.PatientID.startswith("H"):
            continue
        one = patients.loc[image.PatientID]
        name = image.PatientName if country == "us" else image.PatientName.ideographic
        assert str(name) == f"{one['family_name']}^{one['given_name']}"
        assert image.PatientBirthDate == one["birth_date"].replace("-", "")
        assert image.PatientTelephoneNumbers == one["phone"] and image.PatientAddress == one["address"]


def test_each_hospital_hides_the_telephone_elsewhere(district, images):
    told = district.truth(["imaging"]).facts["image_identifiers"]
    phones = {}
    for hospital in ("H1", "H2", "H3"):
        mine = district.table(f"{hospital.lower()}_his_patients" if hospital != "H1" else "his_patients")
        phones[hospital] = mine.drop_duplicates("mrn").set_index("mrn")["phone"]
    for name, image in images.items():
        hospital = name[8:10].upper()
        phone = phones[hospital].loc[image.PatientID]
        if pd.isna(phone):
            continue  # a newcomer without one (D47)
        tags = {f"{int(one.tag):08X}" for one in image if str(phone) in str(_text(one))}
        here = told[(told["facility"] == hospital) & (told["modality"] == image.Modality)]
        assert tags == set(here.loc[here["what"].str.contains("telephone"), "tag"]) and len(tags) == 1
        assert {f"{int(one.tag):08X}" for one in image} >= set(here["tag"])


def _text(one):
    return one.value.decode("utf-8", "replace") if isinstance(one.value, bytes) else one.value


def test_identities_are_unique_and_hang_together(images):
    instances = [image.SOPInstanceUID for image in images.values()]
    assert len(set(instances)) == len(instances)
    for image in images.values():
        assert image.SOPInstanceUID == image.file_meta.MediaStorageSOPInstanceUID
        assert image.SOPInstanceUID.startswith(image.StudyInstanceUID)
        for uid in (image.SOPInstanceUID, image.StudyInstanceUID, image.SeriesInstanceUID):
            assert uid.is_valid and len(uid) <= 64


def test_words_are_burned_in_where_the_ledger_says_and_the_header_denies_it(district, images, country):
    burnt = entries(district, "D66")
    for row in rows(district):
        first = images[f"imaging/{row['accession'].lower()}_1.dcm"]
        assert first.BurnedInAnnotation == "NO"
        lines = burnt[row["accession"]][1].split("\n") if row["accession"] in burnt else []
        assert len(lines) in (0, 2 if country == "us" else 1)
        for place, line in enumerate(lines):
            dots = lettered(line[:LETTERS])
            top = 1 + place * HEIGHT
            seen = first.pixel_array[top : top + HEIGHT, : dots.shape[1]]
            np.testing.assert_array_equal(seen, np.where(dots, WHITE, 0))
        if not lines:
            assert (first.pixel_array[:5] < WHITE).all()
        elif row["accession"] not in entries(district, "D67"):
            assert row["mrn"] in lines[-1]
    assert len(burnt) >= 5


def test_findings_can_be_seen_where_the_truth_says(district, quiet):
    """The brightest image of a kind at the place of a finding is one that has it."""
    files = quiet.files(["imaging"])
    gain = []
    for row in (row for name in TABLES for row in quiet.table(name).to_dict("records")):
        if row["_finding"] and row["images"] > 1 and row["_examination"] in ("head", "abdomen"):
            numbers = (int(finding_image(quiet.table("imaging_studies").assign(images=row["images"]))[0]), 3)
            two = [
                pydicom.dcmread(io.BytesIO(files[f"imaging/{row['accession'].lower()}_{n}.dcm"])).pixel_array
                for n in numbers
            ]
            at = (slice(row["_row"] - 1, row["_row"] + 2), slice(row["_column"] - 1, row["_column"] + 2))
            gain.append(float(two[0][at].mean()) - float(two[1][at].mean()))
    assert len(gain) > 5 and np.median(gain) > 300
    truth = district.truth(["imaging"]).facts["image_truth"]
    assert 0.2 < truth["finding"].mean() < 0.9


def test_what_was_read_is_right_but_for_what_was_overlooked(quiet, country):
    table = quiet.table("imaging_studies")
    normal = table["conclusion"].str.startswith("No acute" if country == "us" else "未见")
    assert normal[~table["_finding"]].all() and normal[table["_finding"]].mean() < 0.2


def test_remote_visits_are_not_imaged(records, country):
    lives, seeds = records
    encounters = lives.tables["encounters"]
    remote = encounters.assign(ENCOUNTERCLASS="virtual")
    changed = type(lives)(lives.tables | {"encounters": remote}, lives.people)
    assert District(changed, seeds, QUIET, 700, country).table("imaging_studies").empty


def test_the_archive_keeps_the_newest(quiet, monkeypatch, records, country):
    monkeypatch.setattr("sim.systems.imaging.ONLINE", 7)
    small = District(*records, QUIET, 700, country)
    table = small.table("imaging_studies")
    assert table["online"].sum() == 7 and table["online"].iloc[-7:].all() and ONLINE > 100
    kept = {
        name.split("/")[1].split("_")[0].upper()
        for name in small.files(["imaging"])
        if name.startswith("imaging/h1")
    }
    assert kept == set(table.loc[table["online"], "accession"])


def test_rates_touch_more_and_the_same(quiet):
    clean = quiet.table("imaging_studies")
    for ident in ("D66", "D67"):
        few, many = (
            set(DEFECTS[ident].apply(clean, rate, 0, np.random.default_rng(1))[1]["record"])
            for rate in (0.1, 0.4)
        )
        assert 0 < len(few) < len(many) and few < many
        assert DEFECTS[ident].apply(clean, 0.0, 0, np.random.default_rng(1))[1].empty


def test_orders_and_pictures_fit_together():
    assert {order[0] for order in ORDERS.values()} == set(EXAMINATIONS)
    assert all(0 < share <= 1 and 0 <= found <= 1 for _, share, found in ORDERS.values())
    assert SIDE // 4 == LETTERS
