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
    Alternative(
        task="3.7",
        name="plain Python: dictionaries of people, one walk through each person's stays",
        source="""
def blank(cell):
    return cell is None or cell != cell or cell == ""


def make_tokens(people: pd.DataFrame, key: str) -> dict[str, str | None]:
    made = {}
    for number, *parts in zip(people["number"], people["name"], people["birth_date"], people["sex"]):
        made[number] = None
        if not any(blank(part) for part in parts):
            text = "|".join(parts).encode("utf-8")
            made[number] = hmac.new(key.encode("utf-8"), text, hashlib.sha256).hexdigest()
    return made


def by_token(row):
    return (row["facility"], row["number"]) if blank(row["token"]) else row["token"]


def count_people(diabetics: pd.DataFrame, least: int) -> dict[str, object]:
    rows = diabetics.to_dict("records")
    known = defaultdict(set)
    for row in rows:
        known[by_token(row)].add(row["facility"])
    houses = sorted({row["facility"] for row in rows})
    counted = Counter(" ".join(sorted(places)) for places in known.values())
    cells = {}
    for size in range(1, len(houses) + 1):
        for some in itertools.combinations(houses, size):
            n = counted[" ".join(some)]
            cells[" ".join(some)] = n if n >= max(least, 1) else None
    return {
        "added": len({(row["facility"], row["number"]) for row in rows}),
        "linked": len({row["person"] for row in rows}),
        "tokens": len(known),
        "cells": cells,
    }


def count_returns(rows, who):
    lives = defaultdict(list)
    for row in rows:
        lives[who(row)].append(row)
    discharges = returns = 0
    for stays in lives.values():
        joined = []
        for row in sorted(stays, key=lambda row: (row["admitted_at"], row["discharged_at"])):
            start, end = pd.Timestamp(row["admitted_at"]), pd.Timestamp(row["discharged_at"])
            if joined and start - joined[-1][1] <= pd.Timedelta(hours=24):
                joined[-1][1], joined[-1][3] = end, row["discharged_to"]
            else:
                joined.append([start, end, row["admission"], row["discharged_to"]])
        for place, (_, end, _, left) in enumerate(joined):
            if left == "died":
                continue
            discharges += 1
            returns += any(
                kind == "unplanned" and out.date() > start.date() and start - end <= pd.Timedelta(hours=720)
                for start, out, kind, _ in joined[place + 1 :]
            )
    rate = returns / discharges if discharges else 0.0
    return {"discharges": discharges, "returns": returns, "rate": rate}


def readmissions(stays: pd.DataFrame) -> dict[str, dict[str, float]]:
    rows = stays.to_dict("records")
    return {
        "added": count_returns(rows, lambda row: (row["facility"], row["number"])),
        "linked": count_returns(rows, lambda row: row["person"]),
        "tokens": count_returns(rows, by_token),
    }


def judge_claim(added: int, together: int, sample: dict[str, int], claim: int) -> dict[str, object]:
    s = sample["same"] / sample["checked"]
    estimate, f = added + (together - added) / s, abs(together - added)
    e = f / s * math.sqrt((1 - s) / (s * sample["checked"]) + (1 - s) / f) if f else 0.0
    low, high = estimate - 1.96 * e, estimate + 1.96 * e
    word = "too low" if claim < low else "too high" if claim > high else "possible"
    return {"estimate": estimate, "low": low, "high": high, "claim": word}
""",
    ),
    Alternative(
        task="3.7",
        name="pandas: shifted times inside each person, returns by a merge",
        source="""
def make_tokens(people: pd.DataFrame, key: str) -> dict[str, str | None]:
    parts = people.set_index("number")[["name", "birth_date", "sex"]].replace("", np.nan)
    text = parts.dropna().astype("str").agg("|".join, axis=1)
    secret = key.encode()
    made = {number: hmac.digest(secret, one.encode(), "sha256").hex() for number, one in text.items()}
    return {number: made.get(number) for number in people["number"]}


def with_keys(table):
    own = table["facility"] + "/" + table["number"].astype("str")
    token = table["token"].replace("", np.nan)
    return table.assign(added=own, linked=table["person"], tokens=("token " + token).fillna(own))


def count_people(diabetics: pd.DataFrame, least: int) -> dict[str, object]:
    table = with_keys(diabetics)
    houses = sorted(table["facility"].unique())
    sets = [" ".join(some) for n in range(len(houses)) for some in itertools.combinations(houses, n + 1)]
    places = table.groupby("tokens")["facility"].agg(lambda some: " ".join(sorted(set(some))))
    counted = places.value_counts().reindex(sets, fill_value=0)
    cells = {name: None if n < least or n == 0 else int(n) for name, n in counted.items()}
    return {**{way: table[way].nunique() for way in ("added", "linked", "tokens")}, "cells": cells}


def returns_by(table, way):
    part = table.sort_values([way, "admitted_at"], kind="stable").reset_index(drop=True)
    before = part.groupby(way)["discharged_at"].shift()
    part["stay"] = (~(part["admitted_at"] - before <= pd.Timedelta("24h"))).cumsum()
    whole = part.groupby("stay").agg(
        who=(way, "first"), start=("admitted_at", "first"), kind=("admission", "first"),
        end=("discharged_at", "last"), left=("discharged_to", "last"),
    ).reset_index()
    alive = whole[whole["left"] != "died"]
    night = whole["end"].dt.normalize() > whole["start"].dt.normalize()
    back = whole.loc[(whole["kind"] == "unplanned") & night, ["who", "start"]]
    pairs = alive[["stay", "who", "end"]].merge(back, on="who")
    wait = pairs["start"] - pairs["end"]
    returned = pairs.loc[(wait > pd.Timedelta(0)) & (wait <= pd.Timedelta("720h")), "stay"].nunique()
    return {"discharges": len(alive), "returns": returned, "rate": returned / max(len(alive), 1)}


def readmissions(stays: pd.DataFrame) -> dict[str, dict[str, float]]:
    table = with_keys(stays)
    for column in ("admitted_at", "discharged_at"):
        table[column] = pd.to_datetime(table[column])
    return {way: returns_by(table, way) for way in ("added", "linked", "tokens")}


def judge_claim(added: int, together: int, sample: dict[str, int], claim: int) -> dict[str, object]:
    checked, s = sample["checked"], sample["same"] / sample["checked"]
    f = abs(added - together)
    estimate = added - (added - together) / s
    # f taken under the root, so that nothing is divided by it
    e = np.sqrt((1 - s) * (f**2 / (s * checked) + f)) / s
    low, high = estimate + np.array([-1.96, 1.96]) * e
    place = int(claim >= low) + int(claim > high)
    return {
        "estimate": estimate, "low": float(low), "high": float(high),
        "claim": ["too low", "possible", "too high"][place],
    }
""",
    ),
    Alternative(
        task="3.7",
        name="DuckDB: windows number the joined stays",
        source=r'''
def make_tokens(people: pd.DataFrame, key: str) -> dict[str, str | None]:
    texts = duckdb.sql("""
        select number, nullif(name, '') || '|' || nullif(birth_date, '') || '|' || nullif(sex, '') from people
    """).fetchall()
    base = hmac.new(key.encode("utf-8"), digestmod="sha256")
    answer = {}
    for number, text in texts:
        one = base.copy()
        one.update((text or "").encode("utf-8"))
        answer[number] = one.hexdigest() if text else None
    return answer


OWN = "facility || '/' || number"
WHO = {"added": OWN, "linked": "person", "tokens": f"coalesce('t' || nullif(token, ''), {OWN})"}


def count_people(diabetics: pd.DataFrame, least: int) -> dict[str, object]:
    counts = ", ".join(f"count(distinct {who})" for who in WHO.values())
    numbers = duckdb.sql(f"select {counts} from diabetics").fetchall()[0]
    sizes = dict(duckdb.sql(f"""
        with known as (
            select string_agg(distinct facility, ' ' order by facility) as houses
            from diabetics group by {WHO["tokens"]}
        )
        select houses, count(*) from known group by houses
    """).fetchall())
    houses = [one for (one,) in duckdb.sql("select distinct facility from diabetics order by 1").fetchall()]
    cells = {}
    for bits in itertools.product([True, False], repeat=len(houses)):
        name = " ".join(itertools.compress(houses, bits))
        if name:
            cells[name] = sizes[name] if sizes.get(name, 0) >= least and name in sizes else None
    return {**dict(zip(WHO, numbers)), "cells": cells}


def readmissions(stays: pd.DataFrame) -> dict[str, dict[str, float]]:
    answer = {}
    for way, who in WHO.items():
        discharges, returns = duckdb.sql(f"""
            with timed as (
                select {who} as who, admitted_at::timestamp as a, discharged_at::timestamp as d,
                    admission, discharged_to
                from stays
            ),
            begun as (
                select *, coalesce(
                    a > lag(d) over (partition by who order by a) + interval 24 hours, true) as fresh
                from timed
            ),
            numbered as (
                select *, sum(fresh::int) over (partition by who order by a) as nr from begun
            ),
            whole as (
                select who, nr, min(a) as a, max(d) as d, arg_min(admission, a) as admission,
                    arg_max(discharged_to, d) as ended
                from numbered group by who, nr
            )
            select count(*), count(*) filter (exists (
                select 1 from whole later
                where later.who = whole.who and later.nr > whole.nr and later.admission = 'unplanned'
                    and later.d::date > later.a::date and later.a <= whole.d + interval 720 hours
            ))
            from whole where ended <> 'died'
        """).fetchall()[0]
        rate = returns / discharges if discharges else 0.0
        answer[way] = {"discharges": discharges, "returns": returns, "rate": rate}
    return answer


def judge_claim(added: int, together: int, sample: dict[str, int], claim: int) -> dict[str, object]:
    rows = duckdb.sql("""
        with given as (select $1::double as added, $2::double as together, $3::double as checked, $4::double as same),
        shares as (select *, same / checked as s, abs(together - added) as f from given),
        sized as (
            select added + (together - added) / s as estimate,
                if(f = 0, 0, f / s * sqrt((1 - s) / (s * checked) + (1 - s) / f)) as e
            from shares
        )
        select estimate, estimate - 1.96 * e, estimate + 1.96 * e from sized
    """, params=[added, together, sample["checked"], sample["same"]]).fetchall()[0]
    estimate, low, high = rows
    word = "possible"
    if not low <= claim <= high:
        word = "too low" if claim < low else "too high"
    return {"estimate": estimate, "low": low, "high": high, "claim": word}
''',
    ),
    Alternative(
        task="3.8",
        name="plain Python: the six questions one after another",
        source="""
def consent_on(bases, request):
    latest = None
    for row in bases.to_dict("records"):
        same = all(row[name] == request[name] for name in ("mrn", "purpose", "recipient"))
        if same and row["given_on"] <= request["asked_on"]:
            if latest is None or row["given_on"] >= latest["given_on"]:
                latest = row
    if latest is None:
        return "none"
    if latest["decided"] == "deny":
        return "refused"
    day = latest["revoked_on"]
    return "revoked" if isinstance(day, str) and day and day <= request["asked_on"] else "holds"


def release(
    request: dict, records: pd.DataFrame, bases: pd.DataFrame, policies: dict
) -> dict[str, list[str]]:
    rule = None
    for one in policies["rules"]:
        if one["jurisdiction"] == request["jurisdiction"] and one["basis"] == request["basis"]:
            rule = one
    if rule is None:
        return {"rows": [], "reasons": ["no_rule"]}
    if request["purpose"] not in rule["purposes"]:
        return {"rows": [], "reasons": ["wrong_purpose"]}
    notes = request["data"] == policies["notes"] and request["basis"] != "required_by_law"
    reason = "allowed"
    if rule["consent"] or notes:
        state = consent_on(bases, request)
        if state != "holds":
            if request["emergency"] and rule["emergency"]:
                reason = "emergency"
            else:
                return {"rows": [], "reasons": ["notes" if notes else state]}
    rows = []
    for row in records.to_dict("records"):
        if row["mrn"] == request["mrn"] and row["data"] == request["data"]:
            if not rule["minimum"] or row["field"] in policies["needs"].get(request["purpose"], []):
                rows.append(row["row_id"])
    return {"rows": rows, "reasons": [reason, "minimum"] if rule["minimum"] else [reason]}


def answer_letter(letter: dict, log: list[dict]) -> dict[str, str]:
    words = {}
    for one in log:
        if not one["needs_consent"] or one["purpose"] != letter["purpose"]:
            words[one["entry"]] = "untouched"
        elif one["recipient"] != letter["recipient"]:
            words[one["entry"]] = "untouched"
        elif one["day"] < letter["revoked_on"]:
            words[one["entry"]] = "lawful"
        else:
            words[one["entry"]] = "unlawful" if one["given"] else "stop"
    return words


def order_token(order: dict, policies: dict) -> dict[str, str] | None:
    purpose, basis, types = order["purpose"], None, []
    for rule in policies["rules"]:
        if rule["jurisdiction"] == order["jurisdiction"] and purpose in rule["purposes"]:
            basis = rule["basis"]
            for kind in order["wants"]:
                if not rule["minimum"] or kind in policies["types"].get(purpose, []):
                    types.append(kind)
    if basis is None or not types:
        return None
    word = "r" * (order["does"] != "search") + "s" * (order["does"] != "read")
    return {"basis": basis, "purpose": purpose, "scope": " ".join(f"system/{kind}.{word}" for kind in types)}
""",
    ),
    Alternative(
        task="3.8",
        name="pandas: masks, and the latest answer by sorting",
        source="""
def release(
    request: dict, records: pd.DataFrame, bases: pd.DataFrame, policies: dict
) -> dict[str, list[str]]:
    table = pd.DataFrame(policies["rules"], columns=[
        "jurisdiction", "basis", "purposes", "consent", "minimum", "emergency"])
    fits = table[(table["jurisdiction"] == request["jurisdiction"]) & (table["basis"] == request["basis"])]
    today = request["asked_on"]
    asked = bases[
        (bases["mrn"] == request["mrn"]) & (bases["purpose"] == request["purpose"])
        & (bases["recipient"] == request["recipient"]) & (bases["given_on"] <= today)
    ].sort_values("given_on", kind="stable").tail(1)
    gone = asked["revoked_on"].fillna("").replace("", "9999-12-31") <= today
    holds = bool(((asked["decided"] == "permit") & ~gone).any())
    covered = fits["purposes"].map(lambda some: request["purpose"] in some).any()
    is_notes = request["data"] == policies["notes"] and request["basis"] != "required_by_law"
    blocked = bool(fits["consent"].any() or is_notes) and not holds
    reason = next(word for word, true in [
        ("no_rule", fits.empty),
        ("wrong_purpose", not covered),
        ("emergency", blocked and request["emergency"] and fits["emergency"].any()),
        ("notes", blocked and is_notes),
        ("none", blocked and asked.empty),
        ("refused", blocked and (asked["decided"] == "deny").any()),
        ("revoked", blocked),
        ("allowed", True),
    ] if true)
    if reason not in ("emergency", "allowed"):
        return {"rows": [], "reasons": [reason]}
    part = records[(records["mrn"] == request["mrn"]) & (records["data"] == request["data"])]
    if not fits["minimum"].any():
        return {"rows": part["row_id"].tolist(), "reasons": [reason]}
    part = part[part["field"].isin(policies["needs"].get(request["purpose"], []))]
    return {"rows": part["row_id"].tolist(), "reasons": [reason, "minimum"]}


def answer_letter(letter: dict, log: list[dict]) -> dict[str, str]:
    if not log:
        return {}
    table = pd.DataFrame(log)
    rests = table["needs_consent"].astype(bool)
    for name in ("purpose", "recipient"):
        rests &= table[name] == letter[name]
    early = table["day"] < letter["revoked_on"]
    late = np.where(table["given"].astype(bool), "unlawful", "stop")
    words = np.where(~rests, "untouched", np.where(early, "lawful", late))
    return dict(zip(table["entry"], words.tolist()))


def order_token(order: dict, policies: dict) -> dict[str, str] | None:
    rules = pd.DataFrame(policies["rules"]).explode("purposes")
    rules = rules[(rules["jurisdiction"] == order["jurisdiction"]) & (rules["purposes"] == order["purpose"])]
    wanted = pd.Series(order["wants"], dtype="str")
    if rules.empty or wanted.empty:
        return None
    if rules["minimum"].any():
        wanted = wanted[wanted.isin(policies["types"].get(order["purpose"], []))]
    ends = {"read": ".r", "search": ".s", "export": ".rs"}
    scope = ("system/" + wanted + ends[order["does"]]).str.cat(sep=" ")
    return {"basis": rules["basis"].iloc[0], "purpose": order["purpose"], "scope": scope} if scope else None
""",
    ),
    Alternative(
        task="3.3",
        name="plain Python: u from counts of values, without making a pair",
        source="""
FIELDS = {"given": 1, "family": 0, "birth_date": 4, "sex": 0, "digits": 0, "address": 0}  # letters for alike


def filled(cell):
    return isinstance(cell, str) and cell != ""


def level(field, one, two):
    if not (filled(one) and filled(two)):
        return None
    if one == two:
        return "equal"
    n = FIELDS[field]
    return "alike" if n and one[:n] == two[:n] else "other"


def couples(values):
    return sum(n * (n - 1) // 2 for n in Counter(values).values())


def weigh(a: pd.DataFrame, b: pd.DataFrame, pairs: list, sample: list) -> pd.DataFrame:
    left, right = (table.set_index("number").to_dict("index") for table in (a, b))
    rows = []
    for field, n in FIELDS.items():
        values = [cell for cell in a[field] if filled(cell)]
        whole, equal = math.comb(len(values), 2), couples(values)
        alike = couples(cell[:n] for cell in values) - equal if n else 0
        chance = {"equal": equal, "alike": alike, "other": whole - equal - alike}
        seen = Counter(level(field, left[i][field], right[j][field]) for i, j, one in sample if one)
        del seen[None]
        for name in chance if n else ("equal", "other"):
            m = max(seen[name] / max(seen.total(), 1), 0.001)
            u = max(chance[name] / max(whole, 1), 0.000001)
            rows.append({"field": field, "level": name, "m": m, "u": u, "weight": math.log2(m / u)})
    return pd.DataFrame(rows)


def score(a: pd.DataFrame, b: pd.DataFrame, pairs: list, weights: pd.DataFrame) -> list[float]:
    left, right = (table.set_index("number").to_dict("index") for table in (a, b))
    points = dict(zip(zip(weights["field"], weights["level"]), weights["weight"]))
    return [
        math.fsum(points.get((field, level(field, left[i][field], right[j][field])), 0) for field in FIELDS)
        for i, j in pairs
    ]


def count_once(counts: list, pattern: list[bool]) -> dict[str, object]:
    def weight(fits):
        hit, whole = Counter(), Counter()
        for first, second, person, n in counts:
            whole[person] += n
            hit[person] += n * fits(first, second)
        return math.log2(max(hit[True] / whole[True], 0.001) / max(hit[False] / whole[False], 0.000001))

    one, two = pattern
    added = weight(lambda x, y: x == one) + weight(lambda x, y: y == two)
    together = weight(lambda x, y: x == one and y == two)
    return {"added": added, "together": together, "count": "once" if abs(added - together) > 1 else "each"}
""",
    ),
    Alternative(
        task="3.3",
        name="numpy and pandas: codes of values, all pairs of rows counted by their sizes",
        source="""
HEADS = {"given": 1, "birth_date": 4}
NAMES = ["given", "family", "birth_date", "sex", "digits", "address"]


def levels(field, one, two):
    one, two = (pd.Series(cells, dtype="object").replace("", None).reset_index(drop=True) for cells in (one, two))
    out = pd.Series("other", index=one.index, dtype="object")
    if field in HEADS:
        out[one.str[: HEADS[field]] == two.str[: HEADS[field]]] = "alike"
    out[one == two] = "equal"
    out[one.isna() | two.isna()] = None
    return out


def sides(a, b, pairs, field):
    return a.set_index("number")[field].reindex([pair[0] for pair in pairs]).to_numpy(), (
        b.set_index("number")[field].reindex([pair[1] for pair in pairs]).to_numpy()
    )


def share_of_pairs(values):
    sizes = np.unique(values.astype("str"), return_counts=True)[1].astype(float)
    n = sizes.sum()
    return (sizes @ (sizes - 1)) / (n * (n - 1)) if n > 1 else 0.0


def weigh(a: pd.DataFrame, b: pd.DataFrame, pairs: list, sample: list) -> pd.DataFrame:
    true = [pair for pair in sample if pair[2]]
    rows = []
    for field in NAMES:
        said = levels(field, *sides(a, b, true, field)).dropna().value_counts(normalize=True)
        values = a[field].replace("", None).dropna()
        equal = share_of_pairs(values.to_numpy())
        if field in HEADS:
            head = share_of_pairs(values.str[: HEADS[field]].to_numpy())
            chance = {"equal": equal, "alike": head - equal, "other": 1 - head}
        else:
            chance = {"equal": equal, "other": 1 - equal}
        rows += [(field, name, said.get(name, 0.0), u) for name, u in chance.items()]
    table = pd.DataFrame(rows, columns=["field", "level", "m", "u"])
    table["m"] = table["m"].clip(lower=0.001)
    table["u"] = table["u"].clip(lower=0.000001)
    return table.assign(weight=np.log2(table["m"] / table["u"]))


def score(a: pd.DataFrame, b: pd.DataFrame, pairs: list, weights: pd.DataFrame) -> list[float]:
    total = np.zeros(len(pairs))
    for field, part in weights.groupby("field"):
        points = part.set_index("level")["weight"]
        total += levels(field, *sides(a, b, pairs, field)).map(points).fillna(0).to_numpy(dtype=float)
    return total.tolist()


def count_once(counts: list, pattern: list[bool]) -> dict[str, object]:
    cube = np.zeros((2, 2, 2))
    for first, second, person, n in counts:
        cube[int(person), int(first), int(second)] += n
    cube /= cube.sum(axis=(1, 2), keepdims=True)
    one, two = (int(part) for part in pattern)
    low = np.array([0.000001, 0.001])
    said = [np.maximum(x, low) for x in (cube.sum(2)[:, one], cube.sum(1)[:, two], cube[:, one, two])]
    first, second, together = (float(np.log2(m / u)) for u, m in said)
    added = first + second
    return {"added": added, "together": together, "count": ["each", "once"][abs(added - together) > 1]}
""",
    ),
    Alternative(
        task="3.5",
        name="plain Python: members and cards of every cluster",
        source="""
def clusters(records: pd.DataFrame, edges: pd.DataFrame) -> list[list[str]]:
    group, cards = {}, {}
    for number, card in zip(records["number"], records["verified_id"]):
        group[number] = [number]
        cards[number] = {card} if isinstance(card, str) and card else set()
    for _, one, two in sorted(zip(edges["score"], edges["a"], edges["b"]), reverse=True):
        left, right = group[one], group[two]
        both = cards[left[0]] | cards[right[0]]
        if left is right or len(both) > 1:
            continue
        left.extend(right)
        cards[left[0]] = both
        for number in right:
            group[number] = left
    return [members for number, members in group.items() if members[0] == number]


def b_cubed(groups: list[list[str]], persons: dict[str, str]) -> dict[str, float]:
    size = Counter(persons[number] for members in groups for number in members)
    precision = recall = 0.0
    for members in groups:
        for person, n in Counter(persons[number] for number in members).items():
            precision += n * n / len(members)
            recall += n * n / size[person]
    precision, recall = precision / size.total(), recall / size.total()
    return {"precision": precision, "recall": recall, "f": 2 * precision * recall / (precision + recall)}
""",
    ),
    Alternative(
        task="3.5",
        name="pandas: labels of clusters in one column, means over records",
        source="""
def clusters(records: pd.DataFrame, edges: pd.DataFrame) -> list[list[str]]:
    place = {number: n for n, number in enumerate(records["number"])}
    label = np.arange(len(records))
    ids = records["verified_id"].replace("", None)
    card = np.where(ids.isna(), -1, pd.factorize(ids)[0])
    for one, two in edges.sort_values("score", ascending=False)[["a", "b"]].to_numpy():
        left, right = label[place[one]], label[place[two]]
        if left == right or (card[left] >= 0 and card[right] >= 0 and card[left] != card[right]):
            continue
        label[label == right] = left
        card[left] = max(card[left], card[right])
    return records["number"].groupby(label).agg(list).tolist()


def b_cubed(groups: list[list[str]], persons: dict[str, str]) -> dict[str, float]:
    table = pd.Series(groups).explode().rename("number").reset_index()
    table["person"] = table["number"].map(persons)
    both = table.groupby(["index", "person"])["number"].transform("size")
    precision = (both / table.groupby("index")["number"].transform("size")).mean()
    recall = (both / table.groupby("person")["number"].transform("size")).mean()
    return {"precision": precision, "recall": recall, "f": 2 / (1 / precision + 1 / recall)}
""",
    ),
    Alternative(
        task="3.5",
        name="union-find with a card at each root; B-cubed from a matrix",
        source="""
def clusters(records: pd.DataFrame, edges: pd.DataFrame) -> list[list[str]]:
    rows = records[["number", "verified_id"]].to_dict("records")
    parent = {row["number"]: row["number"] for row in rows}
    card = {row["number"]: row["verified_id"] if isinstance(row["verified_id"], str) else "" for row in rows}

    def root(number):
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for edge in edges.nlargest(len(edges), "score").itertuples():
        one, two = root(edge.a), root(edge.b)
        if one != two and not (card[one] and card[two] and card[one] != card[two]):
            parent[two] = one
            card[one] = card[one] or card[two]
    found = defaultdict(list)
    for number in parent:
        found[root(number)].append(number)
    return list(found.values())


def b_cubed(groups: list[list[str]], persons: dict[str, str]) -> dict[str, float]:
    rows = [(n, persons[number]) for n, members in enumerate(groups) for number in members]
    table = pd.crosstab([n for n, _ in rows], [person for _, person in rows]).to_numpy()
    squares = table**2
    precision = (squares.sum(1) / table.sum(1)).sum() / table.sum()
    recall = (squares.sum(0) / table.sum(0)).sum() / table.sum()
    f = 2 * precision * recall / (precision + recall)
    return {"precision": float(precision), "recall": float(recall), "f": float(f)}
""",
    ),
]
