"""DICOM files as bytes: elements in Explicit VR Little Endian, and templates that are filled for every image.

Writing thousands of small files through a data set object costs more than making the rest of the district.
Here the elements that all images of a kind share are encoded once, and only the others for each image.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
"""Transfer syntax: Explicit VR Little Endian."""

SOFTWARE = ("2.25.231360125600939136856743409009216752013", "HILAB")
"""What wrote the files: class UID of the implementation, made from a UUID, and its name."""

LONG = ("OB", "OW", "UT", "UN")
"""Representations whose length takes four bytes, after two reserved ones."""

PIXEL_DATA = 0x7FE00010

_PADDING = {"UI": b"\0", "OB": b"\0", "OW": b"\0", "UN": b"\0"}

_PREAMBLE = bytes(128) + b"DICM"


def element(tag: int, vr: str, value: bytes) -> bytes:
    r"""Encodes an element.

    Args:
        tag: Group and number, as in 0x00100020.
        vr: Its value representation.
        value: Its encoded value, which is padded to even length.

    Example:
        >>> element(0x00100020, "LO", b"H12")
        b'\x10\x00 \x00LO\x04\x00H12 '
    """
    return _told(_head(tag, vr), vr, value)


def _head(tag: int, vr: str) -> bytes:
    """Encodes what stands before the length of an element."""
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode("ascii") + bytes(2 * (vr in LONG))


def _told(head: bytes, vr: str, value: bytes) -> bytes:
    if len(value) % 2:
        value += _PADDING.get(vr, b" ")
    return head + len(value).to_bytes(4 if vr in LONG else 2, "little") + value


def short(number: int) -> bytes:
    r"""Encodes an unsigned number of two bytes (US).

    Example:
        >>> short(4095)
        b'\xff\x0f'
    """
    return struct.pack("<H", number)


@dataclass(frozen=True)
class Slot:
    """A place in a template for what differs from image to image.

    Attributes:
        name: The key under which `fill` finds the value.
    """

    name: str


Value = str | bytes | Slot


class Template:
    r"""The data set of all images of a kind.

    Args:
        elements: Representation and value of each element by tag; text is written in the character set.
        encoding: Python's name of the character set that the element SpecificCharacterSet names.

    Example:
        >>> template = Template({0x00100020: ("LO", Slot("mrn")), 0x00080060: ("CS", "CT")}, "utf-8")
        >>> template.fill({"mrn": "H1"})
        b'\x08\x00`\x00CS\x02\x00CT\x10\x00 \x00LO\x02\x00H1'
    """

    def __init__(self, elements: Mapping[int, tuple[str, Value]], encoding: str) -> None:
        """Encodes what never differs; elements stand in the order of their tags."""
        self._encoding = encoding
        self._parts: list[bytes | tuple[bytes, str, str]] = []
        for tag, (vr, value) in sorted(elements.items()):
            if isinstance(value, Slot):
                self._parts.append((_head(tag, vr), vr, value.name))
                continue
            constant = element(tag, vr, self._bytes(value))
            last = self._parts[-1] if self._parts else None
            if isinstance(last, bytes):
                self._parts[-1] = last + constant
            else:
                self._parts.append(constant)

    def fill(self, values: Mapping[str, str | bytes]) -> bytes:
        """Returns the data set of one image.

        Args:
            values: What stands in each slot.
        """
        return b"".join(
            part if isinstance(part, bytes) else _told(part[0], part[1], self._bytes(values[part[2]]))
            for part in self._parts
        )

    def _bytes(self, value: str | bytes) -> bytes:
        return value.encode(self._encoding, "replace") if isinstance(value, str) else value


def file_of(data_set: bytes, sop_class: str, instance: str) -> bytes:
    """Returns a whole file: preamble, file meta information and data set.

    Args:
        data_set: The encoded data set.
        sop_class: UID of the kind of image.
        instance: UID of the image.
    """
    meta = (
        element(0x00020001, "OB", b"\0\1")
        + element(0x00020002, "UI", sop_class.encode("ascii"))
        + element(0x00020003, "UI", instance.encode("ascii"))
        + element(0x00020010, "UI", LITTLE_ENDIAN.encode("ascii"))
        + element(0x00020012, "UI", SOFTWARE[0].encode("ascii"))
        + element(0x00020013, "SH", SOFTWARE[1].encode("ascii"))
    )
    return _PREAMBLE + element(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + data_set


def header_of(file: bytes) -> bytes:
    """Returns a file up to its pixels: all that is text in it.

    Example:
        >>> header_of(b"name" + element(PIXEL_DATA, "OW", b"12"))
        b'name'
    """
    return file.partition(element(PIXEL_DATA, "OW", b"")[:6])[0]
