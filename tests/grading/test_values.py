import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import grading
from grading.decode import Decoder
from grading.plainjson import LIMIT
from grading.values import NotPlain, encode, pack, plain, same, snapshot, unpack

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


def test_nothing_is_pickled():
    """Whoever reads a pickle runs what is in it."""
    pickles = re.compile(r"import pickle|from pickle|read_pickle|\bpickle\.")
    for path in Path(grading.__file__).parent.rglob("*.py"):
        assert not pickles.search(path.read_text(encoding="utf-8")), path


def test_encoding_is_json():
    assert json.loads(encode({"é": [1, None]})) == {"é": [1, None]}


def _kinds():
    return pd.DataFrame(
        {
            "whole": [1, 2],
            "number": [1.5, None],
            "flag": [True, False],
            "word": ["a", None],
            "when": pd.to_datetime(["2026-01-01", None]),
            "kind": pd.Categorical(["x", "y"]),
            "maybe": pd.array([1, None], dtype="Int64"),
            "things": [[1], {"a": 2}],
        }
    )


def _append(table):
    table.loc[0, "things"].append(2)


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.insert(0, "new", 0),
        lambda t: t.__setitem__("whole", 0),
        lambda t: t.loc.__setitem__((0, "whole"), 9),
        lambda t: t.iloc.__setitem__((0, 1), 9.0),
        lambda t: t.loc.__setitem__((0, "word"), "z"),
        lambda t: t.loc.__setitem__((0, "when"), pd.Timestamp("2020-01-01")),
        lambda t: t.loc.__setitem__((0, "kind"), "y"),
        lambda t: t.loc.__setitem__((0, "maybe"), 5),
        lambda t: t.sort_values("whole", ascending=False, inplace=True),
        lambda t: t.drop(columns="flag", inplace=True),
        lambda t: t.rename(columns={"flag": "f"}, inplace=True),
        lambda t: t.fillna({"number": 0.0}, inplace=True),
        lambda t: t.set_index("whole", inplace=True),
        _append,
    ],
)
def test_every_change_of_a_table_is_noticed(change):
    data = bytearray(pack([_kinds().drop(columns="things")]))
    (table,) = unpack(data)
    table["things"] = [[1], {"a": 2}]
    kept = snapshot([table])
    assert same([table], kept)
    change(table)
    assert not same([table], kept)
    assert same(kept, snapshot(kept))


def test_other_values_are_compared_too():
    values = [[1, {"a": {2}}], np.array([1.0, np.nan]), pd.Series(["a", "b"]), (1, "x"), float("nan")]
    kept = snapshot(values)
    assert same(values, kept)
    for at, change in enumerate(
        (lambda v: v[1]["a"].add(3), lambda v: v.__setitem__(0, 2.0), lambda v: v.loc.__setitem__(0, "z"))
    ):
        change(values[at])
        assert not same(values[at], kept[at])


def test_untouched_columns_share_their_memory():
    """So a snapshot costs nothing and the comparison neither."""
    (table,) = unpack(pack([_kinds().drop(columns="things")]))
    kept = snapshot(table)
    for name in ("whole", "number", "flag", "when"):
        assert np.shares_memory(table[name].to_numpy(), kept[name].to_numpy()), name
    assert table["word"].array.__arrow_array__() is kept["word"].array.__arrow_array__()
