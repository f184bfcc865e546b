"""Any tree survives being written and read; anything else is a message or an error in the standard's form."""

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.exchange.hl7 import (
    NULL,
    Message,
    MessageError,
    Segment,
    Separators,
    acknowledge,
    check,
    parse,
    split,
)
from sim.exchange.hl7.batch import ENVELOPE

MSH = "MSH|^~\\&|LAB|H1|HIS|H1|20250102030405||ORU^R01^ORU_R01|7|P|2.5.1"
ORU = f"{MSH}\rPID|1||H1^^^A^MR||Doe^Jo\rOBR|1||S1|A^a^L\rOBX|1|NM|A^a^L||5||||||F\r"

SIGNS = st.permutations("|^~\\&#$%*@!/=").map(lambda signs: Separators(*signs[:5]))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
    lambda text: not set(text) & {"\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"}
)
FIELD = st.lists(
    st.lists(st.lists(TEXT, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    min_size=1,
    max_size=3,
).map(tuple)
NAMES = st.from_regex("[A-Z][A-Z0-9]{2}", fullmatch=True).filter(lambda name: name != "MSH")
SEGMENT = st.builds(Segment, NAMES, st.lists(FIELD, max_size=4).map(tuple))


def plain(*texts: str) -> tuple:
    return tuple((((text,),),) for text in texts)


@given(SIGNS, st.lists(SEGMENT, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_tree_survives(signs, segments):
    header = plain(signs.field, signs.others, "", "", "", "", "2025", "", "ACK", "1", "P", "2.5.1")
    tree = Message((Segment("MSH", header), *segments))
    assert parse(tree.write()) == tree
    assert parse(tree.write().encode()) == tree


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda tail: (MSH + "\r").encode() + tail))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_message_or_an_error_that_can_be_answered(content):
    try:
        received = parse(content)
    except MessageError as error:
        received = error
    assert "\rMSA|" in acknowledge(received)
    check(parse(acknowledge(received)))


def test_odd_headers_are_answered_too():
    for text in ("MSH!#$:;\r\\", "MSH#*@%$#a|b*c#\\#", "MSH|^~\\&|^^|\\\r|\r"):
        with pytest.raises(MessageError) as found:
            parse(text)
        check(parse(acknowledge(found.value)))


@given(st.integers(0, len(ORU)))
def test_every_beginning_of_a_message_is_read_or_refused(end):
    try:
        check(parse(ORU[:end]))
    except MessageError as error:
        answer = parse(acknowledge(error))
        assert answer.all("ERR")[0].text(3) == str(error.code)
        assert answer.all("MSA")[0].text(1) in ("AE", "AR")
        assert end < len(ORU) - 1


def test_msh_counts_its_own_separator_as_field_one():
    message = parse(ORU)
    assert message.header.text(1) == "|" and message.header.text(2) == "^~\\&"
    assert message.kind == ("ORU", "R01") and message.header.text(10) == "7"


def test_null_is_not_empty():
    pid = parse(f'{MSH}\rPID|""||x').all("PID")[0]
    assert (pid.text(1), pid.text(2), pid.text(3), pid.text(9)) == (NULL, None, "x", None)


def test_escapes_are_read_by_the_messages_own_separators():
    text = "MSH#*@%$#LAB#H1#H#H#2025##ORU*R01#1#P#2.5.1\rNTE#1##%F%%S%%T%%R%%E%%X41C3A9%|^\r"
    assert parse(text).all("NTE")[0].text(3) == "#*$@%Aé|^"


@pytest.mark.parametrize(
    ("text", "code", "segment", "field", "answer"),
    [
        ("", 100, "MSH", None, "AE"),
        ("PID|1", 100, "MSH", None, "AE"),
        ("MSH", 101, "MSH", 1, "AE"),
        ("MSH|^~", 102, "MSH", 2, "AE"),
        ("MSH|^^~\\|", 102, "MSH", 2, "AE"),
        ("MSH|^~\\&|LAB|H1|HI", 101, "MSH", 9, "AE"),
        (ORU.replace("|7|P", "||P"), 101, "MSH", 10, "AE"),
        (ORU.replace("|7|P", "|7|Q"), 202, "MSH", 11, "AR"),
        (ORU.replace("2.5.1", "3.1"), 203, "MSH", 12, "AR"),
        (ORU.replace("ORU^", "XXX^"), 200, "MSH", 9, "AR"),
        (ORU.replace("^R01^", "^R99^"), 201, "MSH", 9, "AR"),
        (ORU.replace("OBR|", "OBZ|"), 100, "OBR", None, "AE"),
        (ORU.replace("||||||F", "||||||?"), 103, "OBX", 11, "AE"),
        (ORU.replace("||5|", "||five|"), 102, "OBX", 5, "AE"),
        (ORU.replace("Doe", "D\\oe"), 102, "PID", 5, "AE"),
        (ORU.replace("Doe", "\\Q9\\"), 102, "PID", 5, "AE"),
        (ORU.replace("|H1^^^A^MR|", "||"), 101, "PID", 3, "AE"),
    ],
)
def test_what_is_wrong_is_said_in_the_standards_words(text, code, segment, field, answer):
    with pytest.raises(MessageError) as found:
        check(parse(text))
    error = found.value
    assert (error.code, error.segment, error.field) == (code, segment, field)
    reply = parse(acknowledge(error))
    assert reply.all("MSA")[0].text(1) == answer
    assert reply.all("ERR")[0].text(2) == segment and reply.all("ERR")[0].text(3) == str(code)


def test_a_good_message_is_accepted_and_the_answer_goes_back():
    reply = parse(acknowledge(parse(ORU)))
    assert reply.all("MSA")[0].text(1) == "AA" and reply.all("MSA")[0].text(2) == "7"
    assert reply.header.text(3) == "HIS" and reply.header.text(5) == "LAB" and not reply.all("ERR")


@pytest.mark.parametrize(
    ("word", "encoding"), [("8859/1", "latin-1"), ("GB 18030-2000", "gb18030"), ("UNICODE UTF-8", "utf-8")]
)
def test_bytes_are_read_in_the_encoding_they_name(word, encoding):
    name = "Núñez" if encoding == "latin-1" else "㛃俓𬭎"
    text = ORU.replace("2.5.1", f"2.5.1||||||{word}").replace("Doe", name)
    assert parse(text.encode(encoding)).all("PID")[0].text(5) == name


def test_wrong_bytes_are_refused():
    with pytest.raises(MessageError, match="no text in utf-8"):
        parse(ORU.encode() + b"\xff")
    with pytest.raises(MessageError, match="no character set"):
        parse(ORU.replace("2.5.1", "2.5.1||||||EBCDIC").encode())


def test_answers_pass_the_strict_judge():
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.parser import parse_message

    for text in ("", ORU, ORU.replace("2.5.1", "9")):
        try:
            received = parse(text)
        except MessageError as error:
            received = error
        answer = parse_message(acknowledge(received, "20250101"), validation_level=VALIDATION_LEVEL.STRICT)
        assert answer.validate()


def test_the_command_names_every_message_and_error(tmp_path):
    file = tmp_path / "a b.hl7"
    file.write_bytes((ORU + "MSH|^~\\&|LAB\r").encode())
    command = [sys.executable, "-m", "sim.exchange.hl7", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.splitlines()[0] == "1: ORU^R01 7: MSH PID OBR OBX"
    assert done.stdout.splitlines()[1].startswith("2: MSH-9:")
    missing = subprocess.run([*command[:-1], str(tmp_path)], capture_output=True, text=True, check=False)
    assert missing.returncode == 2 and "Traceback" not in missing.stderr


def test_the_command_answers_every_message(tmp_path):
    file = tmp_path / "in.hl7"
    file.write_bytes((ORU + ORU.replace("ORU^R01", "ORU^R77") + ORU.replace("||5|", "||five|")).encode())
    command = [sys.executable, "-m", "sim.exchange.hl7", "--ack", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answers = [parse(text) for text in split(done.stdout)]
    assert [each.all("MSA")[0].text(1) for each in answers] == ["AA", "AR", "AE"] and done.returncode == 1
    assert [len(each.all("ERR")) for each in answers] == [0, 1, 1]
    assert all(each.all("MSA")[0].text(2) == "7" for each in answers)
    wrong = subprocess.run([*command[:-1], "--sos"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and wrong.stderr.startswith("Usage")


def test_frames_of_the_line_are_passed_over():
    framed = b"\x0b" + ORU.encode() + b"\x1c\r"
    assert split(framed * 2) == [ORU.encode()] * 2


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_nothing_in_a_file_is_lost(parts):
    """Every byte but line ends, frames and envelopes reaches some message, whatever the file holds."""
    content = b"\r".join(parts)
    kept = b"".join(split(content)).replace(b"\r", b"")
    lines = re.split(b"[\r\n\x0b\x1c]+", content)
    assert kept == b"".join(line for line in lines if line[:3] not in ENVELOPE)


def test_record_numbers_in_the_wrong_order_are_refused():
    right = ORU.replace("H1^^^A^MR", "H1^^^A&2.999.1&ISO^MR")
    check(parse(right))
    for wrong in ("MR^A&2.999.1&ISO^^^H1", "H1&2.999.1&ISO^^^A^MR", "H1^^^A^MR~H1^^^A^M&R"):
        with pytest.raises(MessageError, match="parts that it cannot have") as found:
            check(parse(ORU.replace("H1^^^A^MR", wrong)))
        assert (found.value.code, found.value.segment, found.value.field) == (102, "PID", 3)


def test_batches_are_parted_at_headers():
    assert len(split("FHS|^~\\&\rBHS|^~\\&\r" + ORU + ORU + "BTS|2\rFTS|1\r")) == 2
    assert split(b"") == []
