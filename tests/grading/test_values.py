import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from grading.decode import Decoder
from grading.plainjson import LIMIT
from grading.values import NotPlain, encode, pack, plain, same, unpack

NOON = pd.Timestamp("2025-03-01 12:00:00")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        2.5,
        float("inf"),
        "Zoë ’ 𬭎",
        [1, [2]],
        (1, "a"),
        {"a": {1, 2}},
        {1: "x", (2, 3): "y"},
        {"$": 1},
        NOON,
        dt.date(2025, 3, 1),
        pd.Timedelta("3h"),
    ],
)
def test_plain_data_cross_and_come_back(value):
    assert plain(value) == value


def test_numpy_becomes_python():
    assert type(plain(np.float64(1.5))) is float and plain(np.array([1, 2])) == [1, 2]
    assert plain([np.int64(3), pd.NA, pd.NaT, np.datetime64("2025-03-01T12:00")]) == [3, None, None, NOON]


def test_nan_stays_nan_and_differs_from_none():
    got = plain([float("nan"), None])
    assert got[0] != got[0] and got[1] is None


def test_tables_keep_columns_and_blanks():
    table = pd.DataFrame(
        {
            "id": ["a", None],
            "n": [1, 2],
            "x": [1.5, np.nan],
            "yes": [True, False],
            "when": [NOON, pd.NaT],
            "kind": pd.Categorical(["p", "q"]),
            "mixed": [1, "a"],
        },
        index=[5, 9],
    )
    got = plain(table)
    assert list(got.columns) == list(table.columns) and list(got.index) == [0, 1]
    assert got["id"].isna().tolist() == [False, True] and got["x"].isna().tolist() == [False, True]
    assert got["when"][0] == NOON and got["kind"].tolist() == ["p", "q"] and got["mixed"].tolist() == [1, "a"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "object"),
        ([lambda: 1], "function"),
        (pd.DataFrame([[1, 2]]), "column names must be text"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "same name"),
        ("x" * (LIMIT + 1), "too large"),
        (b"raw", "bytes"),
    ],
)
def test_what_is_not_plain_is_named(value, words):
    with pytest.raises(NotPlain, match=words):
        encode(value)


def test_a_list_that_contains_itself():
    loop = []
    loop.append(loop)
    with pytest.raises(NotPlain, match="nested"):
        encode(loop)


HOSTILE = [
    b"[" * 100_000,
    b'{"a":1,"a":2}',
    b"NaN",
    b"Infinity",
    b"9" * 5000,
    b"\xff\xfe",
    b"",
    b"[1,]",
    b'{"$":"table","rows":1000000000000,"columns":[]}',
    b'{"$":"table","rows":1,"columns":[{"name":1,"type":"int","v":[1]}]}',
    b'{"$":"table","rows":1,"columns":[{"name":"a","type":"int","v":[1,2]}]}',
    b'{"$":"table","rows":1,"columns":[{"name":"a","type":"int","v":["x"]}]}',
    b'{"$":"set","v":[[1]]}',
    b'{"$":"float","v":"1e5"}',
    b'{"$":"bytes","i":0}',
    b'{"$":"arrow","i":0}',
    b'{"$":"time","v":{}}',
    b'{"$":"duration","v":"x"}',
    b'{"$":[]}',
    b'{"$":"unknown"}',
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_forged_answers_are_refused(data):
    with Decoder() as decoder, pytest.raises(NotPlain):
        decoder.decode(data)


def test_the_decoder_outlives_a_dead_vetter():
    with Decoder(seconds=5) as decoder:
        assert decoder.decode(b"1") == 1
        decoder._process.kill()
        with pytest.raises(NotPlain):
            decoder.decode(b"2")
        assert decoder.decode(encode({"a": (1,)})) == {"a": (1,)}


def test_packages_keep_tables_exactly():
    table = pd.DataFrame(
        {"t": pd.Series([NOON]).astype("datetime64[s]"), "s": ["é"], "n": [1], "b": [True], "f": [np.nan]}
    )
    table.attrs["secret"] = "truth"
    got, raw, rest = unpack(pack((table, b"\x92", {"k": [table]})))
    pd.testing.assert_frame_equal(got, table)
    assert not got.attrs and b"truth" not in pack(table) and raw == b"\x92"
    assert same(rest["k"][0], table)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}, index=[1, 0])),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1], (1,)),
        ([1, 2], [1]),
    ],
)
def test_changes_are_noticed(left, right):
    assert not same(left, right) and same(left, unpack(pack(left)))


def test_encoding_is_json():
    assert json.loads(encode({"é": [1, None]})) == {"é": [1, None]}
