"""What points at somebody in a header is known by its place, and is looked for by its words."""

import pandas as pd
import pytest

from grading.imageheaders import AGE, BORN, COLUMNS, MODALITY, NAME, Secret, reads, secrets, values

COMMENT, DAY, IMAGE = "00104000", "00080020", "00080018"


def headers(age="072Y"):
    rows = [
        ("F1", MODALITY, "CS", "Modality", "CR"),
        ("F1", IMAGE, "UI", "SOPInstanceUID", "2.25.7.1.1"),
        ("F1", DAY, "DA", "StudyDate", "20240312"),
        ("F1", NAME, "PN", "PatientName", "Ortiz^Lena"),
        ("F1", BORN, "DA", "PatientBirthDate", "19310704"),
        ("F1", AGE, "AS", "PatientAge", age),
        ("F1", COMMENT, "LT", "PatientComments", "Call Ortiz at 555-431-4501 about the result."),
        ("F1", "00091001", "LO", None, None),
    ]
    return pd.DataFrame(rows, columns=COLUMNS).assign(facility="H1")


def found(table):
    points = {(kind, tag) for kind in ("CR", "CT") for tag in [*table["tag"], "00091001"]} - {
        ("CR", MODALITY)
    }
    return {secret.tag: secret for secret in secrets(table, {"H1": points})}


def test_identifiers_and_blanks_are_no_secrets_and_an_age_only_of_the_very_old():
    assert set(found(headers())) == {DAY, NAME, BORN, COMMENT}
    assert set(found(headers(age="093Y"))) == {DAY, NAME, BORN, COMMENT, AGE}
    assert set(found(headers(age=None))) == {DAY, NAME, BORN, COMMENT}


def test_the_year_may_stay_but_for_the_birth_of_the_very_old():
    young, old = found(headers()), found(headers(age="093Y"))
    assert not young[DAY].still({("F1", DAY): "2024"}) and young[DAY].still({("F1", DAY): "20240101"})
    assert not young[BORN].still({("F1", BORN): "1931"}) and old[BORN].still({("F1", BORN): "1931"})
    assert old[AGE].still({("F1", AGE): "090Y"}) and not old[AGE].still({("F1", AGE): ""})


@pytest.mark.parametrize(
    ("now", "still"),
    [
        ("", False),
        ("Call [NAME] at [PHONE] about the result.", False),
        ("Call Ortiz about the result.", True),
        ("Call at 555-431-4501.", True),
    ],
)
def test_a_remark_is_open_as_long_as_a_name_or_a_number_stands_in_it(now, still):
    assert found(headers())[COMMENT].still({("F1", COMMENT): now}) is still


def test_plain_words_are_found_whole_and_characters_anywhere():
    assert reads("Li", "Dr. Li") and not reads("Li", "Lindenray") and reads("李", "致电李，")
    assert Secret("F1", NAME, ("Ortiz",)).still({("F2", NAME): "Ortiz"}) is False


def test_values_of_headers_are_texts():
    assert values(headers())["F1", "00091001"] == ""
