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
    Alternative(
        task="3.1",
        name="pandas: names taken apart sign by sign and put together",
        source=r'''
def clean(patients: pd.DataFrame) -> pd.DataFrame:
    """Gives every registration keys by which it can be compared, beside what was typed.

    Returns the table with the new columns given, family, name and digits.
    """

    def key(column: pd.Series) -> pd.Series:
        typed = column.reset_index(drop=True).fillna("").astype(str)
        different = typed.drop_duplicates().reset_index(drop=True)
        text = different.str.normalize("NFD").str.lower()
        signs = text.str.replace("ß", "ss", regex=False).map(list).explode().dropna().astype(str)
        letters = signs[signs.str.isalpha()]
        keys = letters.groupby(level=0).agg("".join).reindex(text.index, fill_value="").astype(str)
        return typed.map(
            pd.Series(keys.str.normalize("NFC").array, index=different.array, dtype=object)
        ).astype(str)

    given, family = key(patients["given_name"]), key(patients["family_name"])
    turned = given > family
    first, second = given.mask(turned, family), family.mask(turned, given)
    phone = patients["phone"].reset_index(drop=True).fillna("").astype(str)
    new = pd.DataFrame(
        {
            "given": given,
            "family": family,
            "name": (first + " " + second).str.strip(),
            "digits": phone.str.replace(r"\D", "", regex=True),
        }
    ).astype(object)
    new.index = patients.index
    return patients.copy().assign(**{column: new[column].where(new[column] != "", None) for column in new})


def best_rule(rules: dict[str, dict[str, str]], pairs: list) -> dict[str, object]:
    """Chooses the rule that joins most spellings and merges no two names.

    Returns a dictionary such as {"rule": "B", "joined": 1.0, "merged": 0}.
    """
    table = pd.DataFrame(list(pairs), columns=["one", "two", "same"])
    same = table["same"].astype(bool)
    found = []
    for letter in sorted(rules):
        made = pd.DataFrame(
            {side: [rules[letter].get(name) for name in table[side]] for side in ("one", "two")}
        )
        joins = made["one"].fillna("").astype(str) == made["two"].fillna("").astype(str)
        if not joins[~same].any():
            found.append((letter, float(joins[same].mean()) if same.any() else 0.0))
    if not found:
        return {"rule": None, "joined": 0.0, "merged": 0}
    good = pd.DataFrame(found, columns=["rule", "joined"]).sort_values(
        ["joined", "rule"], ascending=[False, True], kind="stable"
    )
    return {"rule": good["rule"].iloc[0], "joined": float(good["joined"].iloc[0]), "merged": 0}
''',
    ),
    Alternative(
        task="3.1",
        name="plain Python: Unicode categories",
        source='''
def clean(patients: pd.DataFrame) -> pd.DataFrame:
    """Gives every registration keys by which it can be compared, beside what was typed.

    Returns the table with the new columns given, family, name and digits.
    """

    def key(text: object) -> str:
        if not isinstance(text, str):
            return ""
        kept = []
        for sign in unicodedata.normalize("NFD", text):
            if unicodedata.category(sign).startswith("L"):
                for small in sign.lower():
                    if small == "ß":
                        kept.append("ss")
                    elif unicodedata.category(small).startswith("L"):
                        kept.append(small)
        return unicodedata.normalize("NFC", "".join(kept))

    columns = {"given": [], "family": [], "name": [], "digits": []}
    for given_name, family_name, phone in zip(
        patients["given_name"], patients["family_name"], patients["phone"]
    ):
        given, family = key(given_name), key(family_name)
        columns["given"].append(given or None)
        columns["family"].append(family or None)
        columns["name"].append(" ".join(sorted(part for part in (given, family) if part)) or None)
        digits = "".join(sign for sign in phone if sign.isdecimal()) if isinstance(phone, str) else ""
        columns["digits"].append(digits or None)
    result = patients.copy()
    for column, values in columns.items():
        result[column] = pd.Series(values, index=result.index, dtype=object)
    return result


def best_rule(rules: dict[str, dict[str, str]], pairs: list) -> dict[str, object]:
    """Chooses the rule that joins most spellings and merges no two names.

    Returns a dictionary such as {"rule": "B", "joined": 1.0, "merged": 0}.
    """

    def made(rule: dict[str, str], name: str) -> str:
        key = rule.get(name)
        return key if isinstance(key, str) else ""

    spellings = [(one, two) for one, two, same in pairs if same]
    strangers = [(one, two) for one, two, same in pairs if not same]
    best = {"rule": None, "joined": 0.0, "merged": 0}
    for letter in sorted(rules):
        rule = rules[letter]
        if any(made(rule, one) == made(rule, two) for one, two in strangers):
            continue
        joined = sum(made(rule, one) == made(rule, two) for one, two in spellings)
        share = joined / len(spellings) if spellings else 0.0
        if best["rule"] is None or share > best["joined"]:
            best = {"rule": letter, "joined": share, "merged": 0}
    return best
''',
    ),
    Alternative(
        task="3.1",
        name="SQL: strip_accents, a pattern of letters, rules joined in one query",
        source=r'''
def clean(patients: pd.DataFrame) -> pd.DataFrame:
    """Gives every registration keys by which it can be compared, beside what was typed.

    Returns the table with the new columns given, family, name and digits.
    """
    typed = pd.DataFrame(
        {
            column: pd.Series(
                [value if isinstance(value, str) else "" for value in patients[column]], dtype="str"
            )
            for column in ("given_name", "family_name", "phone")
        }
    )
    typed["place"] = range(len(typed))
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.register("typed", typed)
        keys = connection.execute(
            r"""
            WITH keys AS (
                SELECT place,
                    nullif(regexp_replace(replace(strip_accents(lower(given_name::VARCHAR)), 'ß', 'ss'),
                        '[^\p{L}]', '', 'g'), '') AS given,
                    nullif(regexp_replace(replace(strip_accents(lower(family_name::VARCHAR)), 'ß', 'ss'),
                        '[^\p{L}]', '', 'g'), '') AS family,
                    nullif(regexp_replace(phone::VARCHAR, '[^\p{Nd}]', '', 'g'), '') AS digits
                FROM typed
            )
            SELECT given, family, nullif(concat_ws(' ', least(given, family),
                CASE WHEN given IS NOT NULL AND family IS NOT NULL THEN greatest(given, family) END),
                '') AS name, digits
            FROM keys ORDER BY place
            """
        ).fetchall()
    finally:
        connection.close()
    result = patients.copy()
    for place, column in enumerate(["given", "family", "name", "digits"]):
        result[column] = pd.Series([row[place] for row in keys], index=result.index, dtype=object)
    return result


def best_rule(rules: dict[str, dict[str, str]], pairs: list) -> dict[str, object]:
    """Chooses the rule that joins most spellings and merges no two names.

    Returns a dictionary such as {"rule": "B", "joined": 1.0, "merged": 0}.
    """
    made = pd.DataFrame(
        [
            (str(letter), str(name), key if isinstance(key, str) else "")
            for letter, rule in rules.items()
            for name, key in rule.items()
        ],
        columns=["rule", "name", "key"],
        dtype="str",
    )
    letters = pd.DataFrame({"rule": pd.Series([str(letter) for letter in rules], dtype="str")})
    asked = pd.DataFrame(
        {
            "one": pd.Series([str(pair[0]) for pair in pairs], dtype="str"),
            "two": pd.Series([str(pair[1]) for pair in pairs], dtype="str"),
            "same": pd.Series([bool(pair[2]) for pair in pairs], dtype="bool"),
        }
    )
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        for label, table in {"made": made, "letters": letters, "asked": asked}.items():
            connection.register(label, table)
        best = connection.execute(
            """
            WITH judged AS (
                SELECT letters.rule, asked.same, coalesce(x.key, '') = coalesce(y.key, '') AS joins
                FROM letters CROSS JOIN asked
                LEFT JOIN made AS x ON x.rule = letters.rule AND x.name = asked.one
                LEFT JOIN made AS y ON y.rule = letters.rule AND y.name = asked.two
            )
            SELECT letters.rule, coalesce(avg(joins::INT) FILTER (same), 0.0) AS joined,
                count(*) FILTER (joins AND NOT same) AS merged
            FROM letters LEFT JOIN judged USING (rule)
            GROUP BY letters.rule
            HAVING merged = 0
            ORDER BY joined DESC, letters.rule
            LIMIT 1
            """
        ).fetchone()
    finally:
        connection.close()
    if best is None:
        return {"rule": None, "joined": 0.0, "merged": 0}
    return {"rule": best[0], "joined": float(best[1]), "merged": int(best[2])}
''',
    ),
    Alternative(
        task="3.2",
        name="pandas: many merges, then the likeliest pairs within the budget",
        source=r'''
def block(a: pd.DataFrame, b: pd.DataFrame, budget: int) -> list[list[str]]:
    """Chooses which pairs of records of two hospitals are compared.

    Returns a list of pairs of numbers, at most as many as the budget.
    """
    columns = ["verified_id", "digits", "birth_date", "address", "name", "given", "family", "area", "sex"]

    def prepared(table: pd.DataFrame) -> pd.DataFrame:
        new = table[["number", *columns]].reset_index(drop=True).astype(object)
        new = new.where(new.notna() & (new != ""), None)
        day = new["birth_date"].astype("str").str.extract(r"^(\d{4})-(\d\d)-(\d\d)$")
        new["year"], new["month_day"] = day[0], day[1] + day[2]
        new["turned"] = day[0] + "-" + day[2] + "-" + day[1]
        new["given_1"] = new["given"].astype("str").str[:1]
        new["family_1"] = new["family"].astype("str").str[:2]
        return new

    one, two = prepared(a), prepared(b)
    if budget <= 0 or one.empty or two.empty:
        return []
    # a pass is a list of columns, in a and in b; a record with a blank in one of them lies in no drawer
    passes = [[(column, column)] for column in ("verified_id", "digits", "birth_date", "address", "name")]
    passes += [[("turned", "birth_date")], [("given", "family"), ("family", "given")]]
    for columns_of_pass in (
        ("family", "year"), ("given", "year"), ("family", "area"), ("given", "area"),
        ("given", "month_day"), ("family", "month_day"), ("area", "year"), ("given_1", "family_1", "year"),
        ("family", "given_1"), ("given", "family_1"), ("area", "month_day"), ("family", "sex"),
    ):  # fmt: skip
        passes.append([(column, column) for column in columns_of_pass])
    found = []
    for drawer in passes:
        left = one[[x for x, _ in drawer]].dropna().set_axis(range(len(drawer)), axis=1)
        right = two[[y for _, y in drawer]].dropna().set_axis(range(len(drawer)), axis=1)
        left, right = left.rename_axis("a").reset_index(), right.rename_axis("b").reset_index()
        found.append(left.merge(right, on=list(range(len(drawer))))[["a", "b"]])
    pairs = pd.concat(found, ignore_index=True).astype("int64").drop_duplicates(ignore_index=True)
    # the more of the columns agree, the sooner a pair is taken; what agrees seldom by chance counts more
    points = {
        "verified_id": 20, "digits": 10, "address": 10, "birth_date": 12, "name": 8, "given": 6, "family": 7,
        "area": 5, "year": 5, "month_day": 6, "given_1": 3, "family_1": 4, "sex": 1,
    }  # fmt: skip
    total = pd.Series(0.0, index=pairs.index)
    for column, weight in points.items():
        x = one[column].astype(object).take(pairs["a"]).reset_index(drop=True)
        y = two[column].astype(object).take(pairs["b"]).reset_index(drop=True)
        known = x.notna() & y.notna()
        total += weight * (known & (x == y))
        if column in ("sex", "year", "given_1"):
            total -= 3.0 * (known & (x != y))
    best = pairs.loc[total.sort_values(ascending=False, kind="stable").index[: int(budget)]]
    left, right = one["number"].take(best["a"]), two["number"].take(best["b"])
    return [list(pair) for pair in zip(left, right)]


def measure_passes(passes: list, true: list, rows: list[int], need: list[float]) -> dict[str, object]:
    """Says how complete several passes together are, and how many pairs they spare.

    Returns a dictionary such as {"completeness": 0.75, "reduction": 0.975, "enough": False}.
    """
    made = pd.DataFrame(
        [pair for one in passes for pair in one], columns=["a", "b"], dtype=object
    ).drop_duplicates()
    sure = pd.DataFrame(list(true), columns=["a", "b"], dtype=object).drop_duplicates()
    found = sure.merge(made, on=["a", "b"])
    possible = rows[0] * rows[1]
    completeness = len(found) / len(sure) if len(sure) else 1.0
    reduction = (possible - len(made)) / possible if possible else 1.0
    return {
        "completeness": completeness,
        "reduction": reduction,
        "enough": bool(completeness >= need[0] - 1e-9 and reduction >= need[1] - 1e-9),
    }
''',
    ),
    Alternative(
        task="3.2",
        name="plain Python: passes from narrow to wide until the budget is used",
        source='''
def block(a: pd.DataFrame, b: pd.DataFrame, budget: int) -> list[list[str]]:
    """Chooses which pairs of records of two hospitals are compared.

    Returns a list of pairs of numbers, at most as many as the budget.
    """
    used = [
        "number",
        "given",
        "family",
        "name",
        "sex",
        "birth_date",
        "address",
        "area",
        "verified_id",
        "digits",
    ]

    def read(table: pd.DataFrame) -> list[dict[str, str]]:
        people = []
        for values in zip(*(table[column] for column in used)):
            person = {key: value for key, value in zip(used, values) if isinstance(value, str) and value}
            parts = person.get("birth_date", "").split("-")
            if len(parts) == 3:
                person["year"], person["month"], person["day"] = parts
                person["decade"] = parts[0][:3]
            if "given" in person:
                person["g1"], person["g3"] = person["given"][:1], person["given"][:3]
            if "family" in person:
                person["f1"], person["f3"] = person["family"][:1], person["family"][:3]
            people.append(person)
        return people

    def label(person: dict[str, str], columns: str) -> tuple[str, ...] | None:
        parts = tuple(person.get(column) for column in columns.split())
        return None if None in parts else parts

    # from the passes that hardly ever bring strangers together to those that often do
    passes = [
        "verified_id",
        "digits",
        "birth_date name",
        "birth_date",
        "address given",
        "address",
        "name",
        "year day month > year month day",
        "given family year > family given year",
        "given area year",
        "family area year",
        "given month day",
        "family year month",
        "family year day",
        "given year month sex",
        "given year day sex",
        "f3 g1 year",
        "g3 f1 year",
        "family month day",
        "given family > family given",
        "given area",
        "family area",
        "family g1 decade",
        "area year sex",
        "given year",
        "family year",
        "g1 f1 year sex",
        "area year",
        "f3 g3",
        "family g1",
        "given f1",
        "area month day",
        "given sex decade",
        "family sex decade",
        "family sex",
        "area decade",
    ]
    one, two = read(a), read(b)
    taken: dict[tuple[str, str], None] = {}
    for step in passes:
        left, _, right = step.partition(" > ")
        drawers: dict[tuple[str, ...], list[str]] = {}
        for person in two:
            key = label(person, right or left)
            if key is not None:
                drawers.setdefault(key, []).append(person["number"])
        wanted = []
        for person in one:
            key = label(person, left)
            if key in drawers:
                wanted.append((len(drawers[key]), person["number"], drawers[key]))
        wanted.sort(key=lambda entry: entry[0])  # small drawers first, in case the budget ends here
        for _, number, others in wanted:
            for other in others:
                if len(taken) >= budget:
                    return [list(pair) for pair in taken]
                taken.setdefault((number, other))
    return [list(pair) for pair in taken]


def measure_passes(passes: list, true: list, rows: list[int], need: list[float]) -> dict[str, object]:
    """Says how complete several passes together are, and how many pairs they spare.

    Returns a dictionary such as {"completeness": 0.75, "reduction": 0.975, "enough": False}.
    """
    made = {tuple(pair) for one in passes for pair in one}
    sure = {tuple(pair) for pair in true}
    possible = rows[0] * rows[1]
    completeness = len(made & sure) / len(sure) if sure else 1.0
    reduction = (possible - len(made)) / possible if possible else 1.0
    enough = completeness + 1e-9 >= need[0] and reduction + 1e-9 >= need[1]
    return {"completeness": completeness, "reduction": reduction, "enough": enough}
''',
    ),
    Alternative(
        task="3.2",
        name="SQL: labels of drawers, rare ones count more",
        source='''
def block(a: pd.DataFrame, b: pd.DataFrame, budget: int) -> list[list[str]]:
    """Chooses which pairs of records of two hospitals are compared.

    Returns a list of pairs of numbers, at most as many as the budget.
    """
    used = [
        "number",
        "given",
        "family",
        "name",
        "sex",
        "birth_date",
        "address",
        "area",
        "verified_id",
        "digits",
    ]

    def text(table: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(
            {
                column: pd.Series([v if isinstance(v, str) else None for v in table[column]], dtype="str")
                for column in used
            }
        )

    # every record gets one label for each drawer in which it lies; a label with a blank part is NULL and goes
    labels = """
        SELECT number, unnest([
            'id' || verified_id, 'ph' || digits, 'ad' || address, 'bd' || birth_date,
            'gi' || least(given, family) || '/' || greatest(given, family) || CASE WHEN given IS NULL
            OR family IS NULL
                THEN NULL ELSE '' END,
            'na' || name || y, 'gy' || given || y || sex, 'fy' || family || y, 'ga' || given || '/' || area,
            'fa' || family || '/' || area, 'gm' || given || m || d, 'fm' || family || m || d, 'ay' ||
            area || y,
            'am' || area || m || d, 'gf' || given[:2] || '/' || family[:2] || y, 'gx' || given[:1] || y
            || m || sex,
            'fx' || family[:2] || y || m, 'gz' || given[:1] || y || d || sex, 'fz' || family[:2] || y || d,
            'fg' || family || '/' || given[:1], 'gf' || given || '/' || family[:2], 'fs' || family ||
            '/' || sex,
            'dm' || y || least(m, d) || greatest(m, d)
        ]) AS label
        FROM (
            SELECT nullif(COLUMNS(*), ''), nullif(birth_date[1:4], '') AS y, nullif(birth_date[6:7], '') AS m,
                nullif(birth_date[9:10], '') AS d
            FROM {table}
        )
    """
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.register("table_a", text(a))
        connection.register("table_b", text(b))
        pairs = connection.execute(
            f"""
            WITH label_a AS MATERIALIZED (SELECT * FROM ({labels.format(table="table_a")}) WHERE label
            IS NOT NULL),
            label_b AS MATERIALIZED (SELECT * FROM ({labels.format(table="table_b")}) WHERE label IS
            NOT NULL),
            drawers AS (
                SELECT label, x.n * y.n AS size
                FROM (SELECT label, count(*) AS n FROM label_a GROUP BY label) AS x
                JOIN (SELECT label, count(*) AS n FROM label_b GROUP BY label) AS y USING (label)
                WHERE x.n * y.n <= 4000
            )
            SELECT label_a.number, label_b.number, sum(1 / (1 + ln(size))) AS points
            FROM drawers JOIN label_a USING (label) JOIN label_b USING (label)
            GROUP BY ALL
            ORDER BY points DESC, 1, 2
            LIMIT ?
            """,
            [max(int(budget), 0)],
        ).fetchall()
    finally:
        connection.close()
    return [[one, two] for one, two, _ in pairs]


def measure_passes(passes: list, true: list, rows: list[int], need: list[float]) -> dict[str, object]:
    """Says how complete several passes together are, and how many pairs they spare.

    Returns a dictionary such as {"completeness": 0.75, "reduction": 0.975, "enough": False}.
    """

    def table(pairs: list) -> pd.DataFrame:
        return pd.DataFrame(
            {side: pd.Series([str(pair[k]) for pair in pairs], dtype="str") for k, side in enumerate("ab")}
        )

    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.register("made", table([pair for one in passes for pair in one]))
        connection.register("sure", table(true))
        made, sure, found = connection.execute(
            """
            SELECT (SELECT count(*) FROM (SELECT DISTINCT a, b FROM made)),
                (SELECT count(*) FROM (SELECT DISTINCT a, b FROM sure)),
                (SELECT count(*) FROM (SELECT a, b FROM made INTERSECT SELECT a, b FROM sure))
            """
        ).fetchone()
    finally:
        connection.close()
    possible = rows[0] * rows[1]
    completeness = found / sure if sure else 1.0
    reduction = (possible - made) / possible if possible else 1.0
    enough = completeness + 1e-9 >= need[0] and reduction + 1e-9 >= need[1]
    return {"completeness": completeness, "reduction": reduction, "enough": enough}
''',
    ),
    Alternative(
        task="3.3",
        name="plain Python: chances from counts of values",
        source='''
def weigh(a: pd.DataFrame, b: pd.DataFrame, pairs: list, sample: list) -> pd.DataFrame:
    """Tells from pairs that were looked at, and from chance, what every level of agreement weighs.

    Returns a table with one row for each field and level, and the columns field, level, m, u and weight.
    """
    # how much of a value has to be equal to be "alike"; None where there is no such level
    fields = {"given": 1, "family": None, "birth_date": 4, "sex": None, "digits": None, "address": None}

    def read(table: pd.DataFrame) -> dict[str, dict[str, str]]:
        numbers = list(table["number"])
        people: dict[str, dict[str, str]] = {number: {} for number in numbers}
        for field in fields:
            for number, value in zip(numbers, table[field]):
                if isinstance(value, str) and value:
                    people[number][field] = value
        return people

    def two_of(values: list[str]) -> int:
        """How many pairs of places hold the same."""
        return sum(count * (count - 1) // 2 for count in Counter(values).values())

    one, two = read(a), read(b)
    same_person = [(one[x], two[y]) for x, y, is_one in sample if is_one]
    rows = []
    for field, start in fields.items():
        shown: Counter = Counter()
        for left, right in same_person:
            if field in left and field in right:
                x, y = left[field], right[field]
                if x == y:
                    shown["equal"] += 1
                elif start is not None and x[:start] == y[:start]:
                    shown["alike"] += 1
                else:
                    shown["other"] += 1
        values = [person[field] for person in one.values() if field in person]
        every = len(values) * (len(values) - 1) // 2
        chance = {"equal": two_of(values)}
        if start is not None:
            chance["alike"] = two_of([value[:start] for value in values]) - chance["equal"]
        chance["other"] = every - sum(chance.values())
        known = sum(shown.values())
        for level, count in chance.items():
            m = max(shown[level] / known if known else 0.0, 0.001)
            u = max(count / every if every else 0.0, 0.000001)
            rows.append({"field": field, "level": level, "m": m, "u": u, "weight": math.log2(m / u)})
    return pd.DataFrame(rows, columns=["field", "level", "m", "u", "weight"])


def score(a: pd.DataFrame, b: pd.DataFrame, pairs: list, weights: pd.DataFrame) -> list[float]:
    """Adds up what the fields of each pair weigh.

    Returns one number for each pair, in the order of the pairs.
    """
    points: dict[str, dict[str, float]] = {}
    for field, level, weight in zip(weights["field"], weights["level"], weights["weight"]):
        points.setdefault(field, {})[level] = float(weight)
    starts = {"given": 1, "birth_date": 4}
    fields = ["given", "family", "birth_date", "sex", "digits", "address"]

    def read(table: pd.DataFrame) -> dict[str, list]:
        columns = [
            [value if isinstance(value, str) and value else None for value in table[field]]
            for field in fields
        ]
        return dict(zip(table["number"], zip(*columns)))

    one, two = read(a), read(b)
    sums = []
    for first, second in pairs:
        total = 0.0
        for field, x, y in zip(fields, one[first], two[second]):
            if x is None or y is None:
                continue
            if x == y:
                level = "equal"
            elif field in starts and x[: starts[field]] == y[: starts[field]]:
                level = "alike"
            else:
                level = "other"
            total += points.get(field, {}).get(level, 0.0)
        sums.append(total)
    return sums


def count_once(counts: list, pattern: list[bool]) -> dict[str, object]:
    """Says whether two parts may be added up, or tell the same thing twice.

    Returns a dictionary such as {"added": 8.9, "together": 5.3, "count": "once"}.
    """

    def share(one_person: bool, fits: list[bool]) -> float:
        """The share of the pairs, of one person or of two, in which what is asked about is so."""
        every = hits = 0
        for first, second, person, number in counts:
            if bool(person) == one_person:
                every += number
                if all(
                    not asked or bool(is_so) == bool(wanted)
                    for asked, is_so, wanted in zip(fits, (first, second), pattern)
                ):
                    hits += number
        return max(hits / every if every else 0.0, 0.001 if one_person else 0.000001)

    def weight(*fits: bool) -> float:
        return math.log2(share(True, list(fits)) / share(False, list(fits)))

    added = weight(True, False) + weight(False, True)
    together = weight(True, True)
    return {"added": added, "together": together, "count": "once" if abs(added - together) > 1 else "each"}
''',
    ),
    Alternative(
        task="3.4",
        name="pandas: running sums from the top",
        source='''
def thresholds(sample: pd.DataFrame) -> dict[str, float]:
    """Chooses from how many points on records are linked, for treatment and for statistics.

    Returns a dictionary such as {"treatment": 27.5, "statistics": 13.0, "false_link": 1, "missed_link": 2}.
    """
    false_link, missed_link = 1, 2
    table = sample[["score", "match", "stands_for"]].dropna().astype({"score": "float", "match": "bool"})
    if table.empty:
        return {"treatment": 0.0, "statistics": 0.0, "false_link": false_link, "missed_link": missed_link}
    table["true"] = table["stands_for"] * table["match"]
    table["false"] = table["stands_for"] * ~table["match"]
    # one row for each score; from it on (and above) so many links are right, so many are false
    steps = table.groupby("score")[["true", "false"]].sum().sort_index(ascending=False)
    links = steps.cumsum()
    result = pd.DataFrame(
        {
            "precision": links["true"] / (links["true"] + links["false"]),
            "recall": links["true"] / max(steps["true"].sum(), 1e-12),
            "cost": links["false"] * false_link + (steps["true"].sum() - links["true"]) * missed_link,
        }
    ).reset_index()
    # the threshold lies half way down to the next lower score
    lower = result["score"].shift(-1).fillna(result["score"].min() - 1)
    result["threshold"] = (result["score"] + lower) / 2

    # treatment: something to spare in both. Where nothing is good enough, the smaller lack counts
    spare_precision = (result["precision"] - 0.995) / 0.005
    spare_recall = (result["recall"] - 0.8) / 0.06
    worse = pd.concat([spare_precision, spare_recall], axis=1).min(axis=1).clip(upper=0.9)
    best = result[worse >= worse.max() - 1e-9]
    treatment = best.loc[(best["recall"] - 0.87).abs().idxmin(), "threshold"]

    # statistics: few pairs make the cost jump, so the middle of all that cost hardly more than the least
    cheap = result[result["cost"] <= result["cost"].min() * 1.02 + 1e-9]
    statistics = cheap["threshold"].median()
    nearest = cheap.loc[(cheap["threshold"] - statistics).abs().idxmin(), "threshold"]
    return {
        "treatment": float(treatment),
        "statistics": float(nearest),
        "false_link": false_link,
        "missed_link": missed_link,
    }


def pick(
    sample: pd.DataFrame, offers: dict[str, float], use: str, need: dict[str, float]
) -> dict[str, object]:
    """Chooses the threshold that serves a use best.

    Returns a dictionary such as {"offer": "B", "precision": 0.998, "recall": 0.897}.
    """
    nothing = {"offer": None, "precision": None, "recall": None}
    offered = (
        pd.Series(offers, dtype="float").sort_index().rename_axis("offer").rename("threshold").reset_index()
    )
    pairs = sample[["score", "match", "stands_for"]].copy()
    pairs["match"] = pairs["match"].astype(bool)
    both = offered.merge(pairs, how="cross")
    both["linked"] = both["score"] >= both["threshold"]
    for kind, which in {
        "right": both["linked"] & both["match"],
        "false": both["linked"] & ~both["match"],
        "missed": ~both["linked"] & both["match"],
    }.items():
        both[kind] = both["stands_for"].where(which, 0.0)
    sums = both.groupby("offer")[["right", "false", "missed"]].sum().astype("float")
    sums = sums.reindex(offered["offer"], fill_value=0.0).reset_index()
    if sums.empty:
        return nothing
    sums["precision"] = (sums["right"] / (sums["right"] + sums["false"])).fillna(1.0)
    sums["recall"] = (sums["right"] / (sums["right"] + sums["missed"])).fillna(0.0)
    if use == "treatment":
        good = sums[
            (sums["precision"] >= need["precision"] - 1e-9) & (sums["recall"] >= need["recall"] - 1e-9)
        ]
        loss = -good["recall"]
    else:
        good = sums
        loss = sums["false"] * need["false_link"] + sums["missed"] * need["missed_link"]
    if good.empty:
        return nothing
    best = good[loss <= loss.min() + 1e-9].iloc[0]
    return {"offer": best["offer"], "precision": float(best["precision"]), "recall": float(best["recall"])}
''',
    ),
    Alternative(
        task="3.4",
        name="numpy: isotonic regression and a margin of one false link",
        source='''
def thresholds(sample: pd.DataFrame) -> dict[str, float]:
    """Chooses from how many points on records are linked, for treatment and for statistics.

    Returns a dictionary such as {"treatment": 27.5, "statistics": 13.0, "false_link": 1, "missed_link": 2}.
    """
    false_link, missed_link = 1.0, 2.0
    score = sample["score"].to_numpy(dtype=float)
    match = sample["match"].to_numpy(dtype=bool)
    weight = sample["stands_for"].to_numpy(dtype=float)
    if not len(score):
        return {"treatment": 0.0, "statistics": 0.0, "false_link": false_link, "missed_link": missed_link}
    order = np.argsort(score, kind="stable")
    score, match, weight = score[order], match[order], weight[order]
    # how probably a pair of so many points is one person: the share of matches around it rises with
    # the points
    # (neighbours that are the wrong way round are pooled, until no step goes down: isotonic regression)
    blocks: list[list[float]] = []  # the weight of the block, its matches, and how many pairs it holds
    for is_match, stands_for in zip(match, weight):
        blocks.append([stands_for, stands_for * is_match, 1])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][0] >= blocks[-1][1] / blocks[-1][0]:
            last = blocks.pop()
            blocks[-1] = [x + y for x, y in zip(blocks[-1], last)]
    chance = np.repeat([good / every for every, good, _ in blocks], [int(count) for *_, count in blocks])
    true = weight * chance
    # candidates: half way between two neighbouring scores, below the lowest, and above the highest
    different = np.unique(score)
    edges = np.concatenate([[different[0] - 1], (different[:-1] + different[1:]) / 2, [different[-1] + 1]])
    start = np.searchsorted(score, edges, side="left")

    def above(values: np.ndarray) -> np.ndarray:
        return np.concatenate([np.cumsum(values[::-1])[::-1], [0.0]])[start]

    right, wrong = above(weight * match), above(weight * ~match)
    every = max((weight * match).sum(), 1e-12)
    recall = right / every
    # one more false link than the sample shows, for it may have missed one: that is the margin
    doubt = np.median(weight[match]) if match.any() else 0.0
    precision = np.where(right + wrong > 0, right / np.maximum(right + wrong + doubt, 1e-12), 1.0)
    enough = (precision >= 0.995) & (recall >= 0.84)
    if enough.any():
        # so high that recall has a few hundredths to spare, and no more
        treatment = edges[enough][np.argmin(np.abs(recall[enough] - 0.86))]
    else:
        raw = np.where(right + wrong > 0, right / np.maximum(right + wrong, 1e-12), 1.0)
        marks = np.minimum((raw - 0.98) / 0.015, np.minimum((recall - 0.5) / 0.3, 1.08))
        good = np.flatnonzero(marks >= min(marks.max(), 1.08) - 1e-9)
        treatment = edges[good[np.argmin(np.abs(recall[good] - 0.86))]]
    cost = false_link * (above(weight) - above(true)) + missed_link * (true.sum() - above(true))
    cheapest = np.flatnonzero(cost <= cost.min() + 1e-9 * max(1.0, abs(cost.min())))
    statistics = edges[cheapest[len(cheapest) // 2]]
    return {
        "treatment": float(treatment),
        "statistics": float(statistics),
        "false_link": false_link,
        "missed_link": missed_link,
    }


def pick(
    sample: pd.DataFrame, offers: dict[str, float], use: str, need: dict[str, float]
) -> dict[str, object]:
    """Chooses the threshold that serves a use best.

    Returns a dictionary such as {"offer": "B", "precision": 0.998, "recall": 0.897}.
    """
    letters = sorted(offers)
    score = sample["score"].to_numpy(dtype=float)
    match = sample["match"].to_numpy(dtype=bool)
    weight = sample["stands_for"].to_numpy(dtype=float)
    asked = np.array([float(offers[letter]) for letter in letters])
    linked = (score[None, :] >= asked[:, None]).astype(float)
    right = linked @ (weight * match)
    wrong = linked @ (weight * ~match)
    missed = (1 - linked) @ (weight * match)
    precision = np.divide(right, right + wrong, out=np.ones(len(letters)), where=(right + wrong) > 0)
    recall = np.divide(right, right + missed, out=np.zeros(len(letters)), where=(right + missed) > 0)
    if use == "treatment":
        good = (precision >= need["precision"] - 1e-12) & (recall >= need["recall"] - 1e-12)
        value = np.where(good, recall, -np.inf)
    else:
        value = -(need["false_link"] * wrong + need["missed_link"] * missed)
    if not len(letters) or not np.isfinite(value).any():
        return {"offer": None, "precision": None, "recall": None}
    best = int(np.argmax(value >= value.max() - 1e-9))
    return {"offer": letters[best], "precision": float(precision[best]), "recall": float(recall[best])}
''',
    ),
    Alternative(
        task="3.4",
        name="SQL: windows, demands relaxed step by step",
        source='''
def thresholds(sample: pd.DataFrame) -> dict[str, float]:
    """Chooses from how many points on records are linked, for treatment and for statistics.

    Returns a dictionary such as {"treatment": 27.5, "statistics": 13.0, "false_link": 1, "missed_link": 2}.
    """
    costs = {"false_link": 1, "missed_link": 1}
    table = pd.DataFrame(
        {
            "score": sample["score"].astype("float64"),
            "match": sample["match"].astype("bool"),
            "stands_for": sample["stands_for"].astype("float64"),
        }
    )
    if table.empty:
        return {"treatment": 0.0, "statistics": 0.0, **costs}
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.register("pairs", table)
        connection.execute(
            """
            CREATE TABLE steps AS
            WITH scores AS (
                SELECT score, sum(stands_for) FILTER (match) AS yes, sum(stands_for) FILTER (NOT match) AS no
                FROM pairs GROUP BY score
            ), sums AS (
                SELECT score, (score + lag(score, 1, score - 1) OVER (ORDER BY score)) / 2 AS threshold,
                    sum(coalesce(yes, 0)) OVER up AS good, sum(coalesce(no, 0)) OVER up AS bad,
                    sum(coalesce(yes, 0)) OVER () AS every
                FROM scores WINDOW up AS (ORDER BY score DESC ROWS UNBOUNDED PRECEDING)
            )
            SELECT threshold, good / (good + bad) AS precision, good / greatest(every, 1e-12) AS recall,
                bad * $false_link + (every - good) * $missed_link AS cost
            FROM sums
            """,
            costs,
        )
        # treatment: among those with enough of both, and with a little more, the one with the best precision;
        # step by step less is asked for, if nobody reaches it
        treatment = connection.execute(
            """
            WITH asked(turn, p, r) AS (
                VALUES (1, .9985, .86), (2, .9975, .84), (3, .9965, .82), (4, .995, .8), (5, .99, .7),
                (6, .98, .5), (7, 0, 0)
            ), fits AS (
                SELECT turn, threshold, recall, precision FROM steps JOIN asked ON precision >= p AND
                recall >= r
            )
            SELECT threshold FROM fits
            ORDER BY turn, abs(recall - .87), precision DESC, threshold DESC LIMIT 1
            """
        ).fetchone()[0]
        # statistics: the threshold that costs least; of several, the one in the middle
        statistics = connection.execute(
            """
            SELECT quantile_disc(threshold, .5) FROM steps
            WHERE cost <= (SELECT min(cost) FROM steps) * 1.000001 + 1e-9
            """
        ).fetchone()[0]
    finally:
        connection.close()
    return {"treatment": float(treatment), "statistics": float(statistics), **costs}


def pick(
    sample: pd.DataFrame, offers: dict[str, float], use: str, need: dict[str, float]
) -> dict[str, object]:
    """Chooses the threshold that serves a use best.

    Returns a dictionary such as {"offer": "B", "precision": 0.998, "recall": 0.897}.
    """
    pairs = pd.DataFrame(
        {
            "score": sample["score"].astype("float64"),
            "match": sample["match"].astype("bool"),
            "stands_for": sample["stands_for"].astype("float64"),
        }
    )
    offered = pd.DataFrame(
        {
            "offer": pd.Series([str(letter) for letter in offers], dtype="str"),
            "threshold": pd.Series([float(value) for value in offers.values()], dtype="float64"),
        }
    )
    if use == "treatment":
        good = "precision >= $x - 1e-12 AND recall >= $y - 1e-12"
        first, values = "round(recall, 9) DESC", {"x": need["precision"], "y": need["recall"]}
    else:
        good, first = "TRUE", "round(wrong * $x + missed * $y, 9)"
        values = {"x": need["false_link"], "y": need["missed_link"]}
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.register("pairs", pairs)
        connection.register("offered", offered)
        best = connection.execute(
            f"""
            WITH judged AS (
                SELECT offer,
                    coalesce(sum(stands_for) FILTER (match AND score >= threshold), 0) AS good,
                    coalesce(sum(stands_for) FILTER (NOT match AND score >= threshold), 0) AS wrong,
                    coalesce(sum(stands_for) FILTER (match AND score < threshold), 0) AS missed
                FROM offered LEFT JOIN pairs ON TRUE
                GROUP BY offer
            ), shares AS (
                SELECT *, CASE WHEN good + wrong > 0 THEN good / (good + wrong) ELSE 1 END AS precision,
                    CASE WHEN good + missed > 0 THEN good / (good + missed) ELSE 0 END AS recall
                FROM judged
            )
            SELECT offer, precision, recall FROM shares WHERE {good} ORDER BY {first}, offer LIMIT 1
            """,
            values,
        ).fetchone()
    finally:
        connection.close()
    if best is None:
        return {"offer": None, "precision": None, "recall": None}
    return {"offer": best[0], "precision": float(best[1]), "recall": float(best[2])}
''',
    ),
    Alternative(
        task="3.8",
        name="plain Python: a table of reasons",
        source='''
def release(
    request: dict, records: pd.DataFrame, bases: pd.DataFrame, policies: dict
) -> dict[str, list[str]]:
    """Decides whether data are given, and which.

    Returns a dictionary such as {"rows": ["R1003"], "reasons": ["allowed", "minimum"]}.
    """

    def day(value: object) -> str:
        return value[:10] if isinstance(value, str) else ""

    rules = {(rule["jurisdiction"], rule["basis"]): rule for rule in policies["rules"]}
    rule = rules.get((request["jurisdiction"], request["basis"]))
    purpose, today = request["purpose"], day(request["asked_on"])

    # the answer of that day: the latest one for this purpose and recipient
    answer, latest = "none", ""
    asked = (request["mrn"], purpose, request["recipient"])
    for mrn, for_what, by_whom, decided, given_on, revoked_on in zip(
        *(bases[column] for column in ("mrn", "purpose", "recipient", "decided", "given_on", "revoked_on"))
    ):
        if (mrn, for_what, by_whom) == asked and latest <= day(given_on) <= today and day(given_on):
            latest = day(given_on)
            if decided != "permit":
                answer = "refused"
            elif day(revoked_on) and day(revoked_on) <= today:
                answer = "revoked"
            else:
                answer = "holds"

    if rule is None:
        return {"rows": [], "reasons": ["no_rule"]}
    notes = request["data"] == policies["notes"] and request["basis"] != "required_by_law"
    lacks = (notes or bool(rule.get("consent"))) and answer != "holds"
    # reason, whether it fits, and whether the data are given: the first that fits is the one
    table = [
        ("wrong_purpose", purpose not in rule["purposes"], False),
        ("emergency", lacks and bool(request.get("emergency")) and bool(rule.get("emergency")), True),
        ("notes", lacks and notes, False),
        (answer, lacks, False),
        ("allowed", True, True),
    ]
    reason, _, given = next(line for line in table if line[1])
    if not given:
        return {"rows": [], "reasons": [reason]}
    minimum = bool(rule.get("minimum"))
    needed = set(policies["needs"].get(purpose, ()))
    rows = [
        row_id
        for row_id, mrn, data, field in zip(
            records["row_id"], records["mrn"], records["data"], records["field"]
        )
        if mrn == request["mrn"] and data == request["data"] and (not minimum or field in needed)
    ]
    return {"rows": rows, "reasons": [reason, "minimum"] if minimum else [reason]}


def order_token(order: dict, policies: dict) -> dict[str, str] | None:
    """Says which token to ask the exchange for, with no more in its scope than is needed.

    Returns a dictionary such as {"basis": "consent", "purpose": "research", "scope":
    "system/Condition.s"}, or None.
    """
    letters = {"read": "r", "search": "s", "export": "rs"}[order["does"]]
    purpose = order["purpose"]
    for rule in policies["rules"]:
        if rule["jurisdiction"] == order["jurisdiction"] and purpose in rule["purposes"]:
            break
    else:
        return None
    wanted = list(dict.fromkeys(order["wants"]))
    if rule.get("minimum"):
        needed = policies["types"].get(purpose, ())
        wanted = [kind for kind in wanted if kind in needed]
    if not wanted:
        return None
    scope = " ".join(f"system/{kind}.{letters}" for kind in wanted)
    return {"basis": rule["basis"], "purpose": purpose, "scope": scope}


def answer_letter(letter: dict, log: list[dict]) -> dict[str, str]:
    """Says for every entry of the log what a revocation changes.

    Returns a dictionary such as {"D1": "lawful", "D2": "untouched"}.
    """
    # (from that day on, was given) decides; before that day everything stays lawful
    words = {
        (False, True): "lawful",
        (False, False): "lawful",
        (True, True): "unlawful",
        (True, False): "stop",
    }
    answer = {}
    for entry in log:
        rests_on_it = (
            bool(entry["needs_consent"])
            and entry["purpose"] == letter["purpose"]
            and entry["recipient"] == letter["recipient"]
        )
        late = entry["day"][:10] >= letter["revoked_on"][:10]
        answer[entry["entry"]] = words[late, bool(entry["given"])] if rests_on_it else "untouched"
    return answer
''',
    ),
]
