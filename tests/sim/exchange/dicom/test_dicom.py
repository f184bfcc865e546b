"""DICOM files as bytes: whatever is filled in, pydicom reads it back."""

import io
import struct

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.exchange.dicom import LONG, PIXEL_DATA, Slot, Template, element, file_of, header_of, short

KIND = "1.2.840.10008.5.1.4.1.1.7"

WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp"), exclude_characters="\\=^"),
    max_size=30,
)


def read(data_set: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(file_of(data_set, KIND, "2.25.7.1.1")))


@given(WORDS, WORDS, st.binary(min_size=1, max_size=60).map(lambda pixels: pixels + bytes(len(pixels) % 2)))
def test_what_is_filled_in_is_read_back(family, given_name, pixels):
    template = Template(
        {
            PIXEL_DATA: ("OW", Slot("pixels")),
            0x00100010: ("PN", Slot("name")),
            0x00080005: ("CS", "ISO_IR 192"),
            0x00280010: ("US", short(4095)),
            0x00280100: ("US", short(16)),
        },
        "utf-8",
    )
    found = read(template.fill({"name": f"{family}^{given_name}", "pixels": pixels}))
    assert found.Rows == 4095 and found.PixelData == pixels
    assert (found.PatientName.family_name, found.PatientName.given_name) == (family, given_name)
    assert [int(one.tag) for one in found] == sorted(int(one.tag) for one in found)


@given(st.sampled_from(["LO", "UI", "PN", "UT", "OB", "UN"]), st.binary(max_size=300))
def test_every_element_has_an_even_length_that_is_told(vr, value):
    told = element(0x00091001, vr, value)
    head = 12 if vr in LONG else 8
    length = struct.unpack_from("<I" if vr in LONG else "<H", told, head - (4 if vr in LONG else 2))[0]
    assert length % 2 == 0 and len(told) == head + length and told[head : head + len(value)] == value


def test_the_meta_information_says_how_long_it_is():
    file = file_of(b"", KIND, "2.25.7.1.1")
    assert file[128:132] == b"DICM" and header_of(file) == file
    meta = pydicom.dcmread(io.BytesIO(file), force=True).file_meta
    assert meta.FileMetaInformationGroupLength == len(file) - 132 - 12
    assert meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian


def test_letters_that_the_character_set_lacks_become_question_marks():
    template = Template({0x00100010: ("PN", Slot("name"))}, "latin-1")
    assert template.fill({"name": "Zoë张"})[8:] == "Zoë?".encode("latin-1")


def test_a_value_that_is_lacking_is_an_error():
    with pytest.raises(KeyError):
        Template({0x00100010: ("PN", Slot("name"))}, "utf-8").fill({})
