"""Right answers written from the tasks' text alone.

Each was written without looking at the checks or the project's own solutions.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="3.6",
        name="pandas: long table of groups, joined with the links",
        source="""
def ends(found, pairs):
    z = 1.96
    p = found / pairs
    half = z * np.sqrt(p * (1 - p) / pairs + z**2 / (4 * pairs**2))
    middle = p + z**2 / (2 * pairs)
    whole = 1 + z**2 / pairs
    return (middle - half) / whole, (middle + half) / whole


def recall_by_group(pairs: pd.DataFrame, links: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    linked = links[["a", "b"]].drop_duplicates().assign(found=1)
    marked = pairs.merge(linked, on=["a", "b"], how="left").fillna({"found": 0})
    long = marked.melt(id_vars=["a", "b", "found"], value_vars=by, var_name="by", value_name="group")
    table = long.groupby(["by", "group"], as_index=False).agg(pairs=("found", "size"), found=("found", "sum"))
    table["recall"] = table["found"] / table["pairs"]
    table["low"], table["high"] = ends(table["found"], table["pairs"])
    return table.astype({"found": int})


def who_is_lost(table: pd.DataFrame, least: int, gap: float) -> dict[str, list]:
    every = table.groupby("by")[["pairs", "found"]].transform("sum")
    rest = every - table[["pairs", "found"]]
    _, high = ends(table["found"], table["pairs"])
    low, _ = ends(rest["found"], rest["pairs"])
    few = table["pairs"] < least
    behind = rest["found"] / rest["pairs"] - table["found"] / table["pairs"] >= gap - 1e-12
    names = table[["by", "group"]]
    return {
        "lost": names[~few & behind & (high < low)].values.tolist(),
        "unclear": names[few | (behind & ~(high < low))].values.tolist(),
    }


def corrected(group: dict[str, int], others: dict[str, int], gap: float) -> dict[str, object]:
    both = pd.DataFrame([group, others])
    observed = both["seen"] / both["people"]
    people = both["seen"] / (both["found"] / both["known"])
    mended = people / both["people"]
    low, high = ends(both["found"], both["known"])
    start, stop = observed / high, observed / low
    seen_apart = abs(observed[0] - observed[1]) >= gap - 1e-12
    overlap = start.max() <= stop.min()
    truly_apart = abs(mended[0] - mended[1]) >= gap - 1e-12 and not overlap
    words = {(0, 0): "none", (1, 0): "links", (1, 1): "people", (0, 1): "hidden"}
    return {
        "observed": observed.tolist(),
        "corrected": mended.tolist(),
        "all": people.sum() / both["people"].sum(),
        "cause": words[int(seen_apart), int(truly_apart)],
    }
""",
    ),
    Alternative(
        task="3.6",
        name="plain Python: a set of links and two counters",
        source="""
def wilson(k, n):
    z, p = 1.96, k / n
    centre, spread = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return [(centre + sign * spread) / (1 + z * z / n) for sign in (-1, 1)]


def recall_by_group(pairs: pd.DataFrame, links: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    linked = set(zip(links["a"], links["b"]))
    pairs_of, found_of = Counter(), Counter()
    for row in pairs.to_dict("records"):
        for column in by:
            pairs_of[column, row[column]] += 1
            found_of[column, row[column]] += (row["a"], row["b"]) in linked
    rows = []
    for (column, group), n in pairs_of.items():
        k = found_of[column, group]
        rows.append([column, group, n, k, k / n, *wilson(k, n)])
    return pd.DataFrame(rows, columns=["by", "group", "pairs", "found", "recall", "low", "high"])


def who_is_lost(table: pd.DataFrame, least: int, gap: float) -> dict[str, list]:
    rows = list(zip(table["by"], table["group"], table["pairs"], table["found"]))
    lost, unclear = [], []
    for by, group, n, k in rows:
        others = [(m, j) for kind, other, m, j in rows if kind == by and other != group]
        m, j = sum(one[0] for one in others), sum(one[1] for one in others)
        if n < least:
            unclear.append([by, group])
        elif j / m - k / n < gap - 1e-9:
            continue
        elif wilson(k, n)[1] < wilson(j, m)[0]:
            lost.append([by, group])
        else:
            unclear.append([by, group])
    return {"lost": lost, "unclear": unclear}


def corrected(group: dict[str, int], others: dict[str, int], gap: float) -> dict[str, object]:
    observed, mended, ranges, people = [], [], [], 0
    for one in (group, others):
        rate = one["seen"] / one["people"]
        low, high = wilson(one["found"], one["known"])
        observed.append(rate)
        mended.append(rate * one["known"] / one["found"])
        ranges.append((rate / high, rate / low))
        people += one["seen"] * one["known"] / one["found"]
    (from_1, to_1), (from_2, to_2) = ranges
    before = abs(observed[0] - observed[1]) > gap - 1e-9
    after = abs(mended[0] - mended[1]) > gap - 1e-9 and (to_1 < from_2 or to_2 < from_1)
    if before:
        cause = "people" if after else "links"
    else:
        cause = "hidden" if after else "none"
    whole = people / (group["people"] + others["people"])
    return {"observed": observed, "corrected": mended, "all": whole, "cause": cause}
""",
    ),
    Alternative(
        task="3.6",
        name="DuckDB: Wilson's interval as a macro",
        source=r'''
MACROS = """
    create or replace temp macro half(k, n) as
        1.96 * sqrt((k / n) * (1 - k / n) / n + 1.96 * 1.96 / (4.0 * n * n));
    create or replace temp macro lower_end(k, n) as
        (k / n + 1.96 * 1.96 / (2.0 * n) - half(k, n)) / (1 + 1.96 * 1.96 / n);
    create or replace temp macro upper_end(k, n) as
        (k / n + 1.96 * 1.96 / (2.0 * n) + half(k, n)) / (1 + 1.96 * 1.96 / n);
"""


def recall_by_group(pairs: pd.DataFrame, links: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    with duckdb.connect() as base:
        base.execute(MACROS)
        parts = " union all ".join(
            f"""select '{name}' as "by", "{name}" as "group", count(*) as pairs,
                count(*) filter (exists (from links where links.a = pairs.a and links.b = pairs.b)) as found
            from pairs group by all"""
            for name in by
        )
        return base.sql(f"""
            select *, found / pairs as recall, lower_end(found, pairs) as low, upper_end(found, pairs) as high
            from ({parts})
        """).df()


def who_is_lost(table: pd.DataFrame, least: int, gap: float) -> dict[str, list]:
    with duckdb.connect() as base:
        base.execute(MACROS)
        said = base.sql(f"""
            with beside as (
                select "by", "group", pairs as n, found as k,
                    (sum(pairs) over (partition by "by") - pairs)::bigint as m,
                    (sum(found) over (partition by "by") - found)::bigint as j
                from "table"
            )
            select "by", "group", case
                when n < {least} then 'unclear'
                when round(j / m - k / n, 12) < {gap}::double then 'fine'
                when upper_end(k, n) < lower_end(j, m) then 'lost'
                else 'unclear' end as word
            from beside
        """).fetchall()
    return {word: [[by, group] for by, group, got in said if got == word] for word in ("lost", "unclear")}


def corrected(group: dict[str, int], others: dict[str, int], gap: float) -> dict[str, object]:
    two = pd.DataFrame([group, others])
    with duckdb.connect() as base:
        base.execute(MACROS)
        rows = base.sql("""
            select seen / people, seen * known / found / people,
                seen / people / upper_end(found, known), seen / people / lower_end(found, known),
                sum(seen * known / found) over () / sum(people) over ()
            from two
        """).fetchall()
    one, two = rows
    first = round(abs(one[0] - two[0]), 12) >= gap
    second = round(abs(one[1] - two[1]), 12) >= gap and max(one[2], two[2]) > min(one[3], two[3])
    cause = [["none", "hidden"], ["links", "people"]][first][second]
    return {"observed": [one[0], two[0]], "corrected": [one[1], two[1]], "all": one[4], "cause": cause}
''',
    ),
]
