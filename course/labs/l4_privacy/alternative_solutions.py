"""Right answers written from the tasks' text alone.

Each was written without looking at the checks or the project's own solutions, but for two things: the
solution of task 4.1 had been seen before, and one answer each to tasks 4.4 and 4.6 was mended after it
had missed part of the small example.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="4.1",
        name="DuckDB SQL",
        source='''
def uniqueness(sample: pd.DataFrame, register: pd.DataFrame, qids: list[str]) -> dict[str, float]:
    inside, outside = sample[qids].fillna(""), register[qids]
    names = ", ".join(f'"{name}"' for name in qids)
    [found] = duckdb.sql(f"""
        with own as (select {names}, count(*) as f from inside group by all),
        county as (select {names}, count(*) as people from outside group by all)
        select sum(f) filter (f = 1) as alone, sum(f) filter (people = 1) as certain,
            count(*) as classes, sum(f / people) as guess, sum(f) as n
        from own left join county using ({names})
    """).fetchall()
    alone, certain, classes, guess, n = (float(number or 0) for number in found)
    return {
        "sample_unique": alone / n,
        "population_unique": certain / n,
        "prosecutor": classes / n,
        "journalist": guess / n,
    }


def may_release(report: dict, attacker: dict, limit: float) -> dict[str, object]:
    if attacker["knows_who_is_inside"]:
        danger = report["prosecutor"]
    else:
        danger = report["journalist"]
    return {"risk": danger, "release": not danger > limit}
''',
    ),
    Alternative(
        task="4.1",
        name="plain Python with counters",
        source="""
def tuples(table, qids):
    return [
        tuple("" if pd.isna(cell) else cell for cell in row)
        for row in table[qids].itertuples(index=False)
    ]


def uniqueness(sample: pd.DataFrame, register: pd.DataFrame, qids: list[str]) -> dict[str, float]:
    mine = tuples(sample, qids)
    in_file, in_county = Counter(mine), Counter(tuples(register, qids))
    sums = dict.fromkeys(("sample_unique", "population_unique", "prosecutor", "journalist"), 0.0)
    for row in mine:
        sums["sample_unique"] += in_file[row] == 1
        sums["prosecutor"] += 1 / in_file[row]
        sums["population_unique"] += in_county[row] == 1
        if row in in_county:
            sums["journalist"] += 1 / in_county[row]
    return {name: total / len(mine) for name, total in sums.items()}


def may_release(report: dict, attacker: dict, limit: float) -> dict[str, object]:
    who = {True: "prosecutor", False: "journalist"}[bool(attacker["knows_who_is_inside"])]
    return {"risk": report[who], "release": bool(report[who] <= limit)}
""",
    ),
    Alternative(
        task="4.1",
        name="numpy: numbers for the classes of both tables together",
        source="""
def uniqueness(sample: pd.DataFrame, register: pd.DataFrame, qids: list[str]) -> dict[str, float]:
    both = pd.concat([sample[qids], register[qids]], ignore_index=True).fillna("")
    classes = both.groupby(qids, sort=False).ngroup().to_numpy()
    mine, theirs = classes[: len(sample)], classes[len(sample) :]
    many = classes.max() + 1
    f = np.bincount(mine, minlength=many)[mine].astype(float)
    people = np.bincount(theirs, minlength=many)[mine].astype(float)
    chance = np.divide(1.0, people, out=np.zeros(len(mine)), where=people > 0)
    return {
        "sample_unique": float(np.mean(f == 1)),
        "population_unique": float(np.mean(people == 1)),
        "prosecutor": float(np.mean(1 / f)),
        "journalist": float(np.mean(chance)),
    }


def may_release(report: dict, attacker: dict, limit: float) -> dict[str, object]:
    by_attacker = [report["journalist"], report["prosecutor"]]
    number = by_attacker[int(attacker["knows_who_is_inside"])]
    return {"risk": number, "release": min(number, limit) == number}
""",
    ),
    Alternative(
        task="4.2",
        name="pandas: all three facts agree",
        source="""
def reidentify(file: pd.DataFrame, members: pd.DataFrame) -> list[list[str]]:
    both = members.merge(file.dropna(subset=["area"]), on=["birth_date", "sex", "area"])
    return both[["member_no", "row_id"]].to_numpy().tolist()


def confidence(rows: int, people: int, limit: float) -> dict[str, object]:
    chance = 1 / people if rows else 0.0
    return {"confidence": chance, "claim": rows > 0 and chance >= limit}
""",
    ),
    Alternative(
        task="4.2",
        name="plain Python: nobody is claimed whom another member equals",
        source="""
def reidentify(file: pd.DataFrame, members: pd.DataFrame) -> list[list[str]]:
    on_file = defaultdict(list)
    for number, birth, sex, area in zip(
        file["row_id"], file["birth_date"], file["sex"], file["area"].fillna("")
    ):
        on_file[birth, sex, area].append(number)
    looks = list(zip(members["birth_date"], members["sex"], members["area"]))
    alike = Counter(looks)
    return [
        [member, number]
        for member, look in zip(members["member_no"], looks)
        if alike[look] == 1
        for number in on_file.get(look, [])
    ]


def confidence(rows: int, people: int, limit: float) -> dict[str, object]:
    if rows == 0:
        return {"confidence": 0, "claim": False}
    return {"confidence": 1 / people, "claim": 1 / people >= limit}
""",
    ),
    Alternative(
        task="4.2",
        name="DuckDB SQL, with blank second rows of somebody found",
        source='''
def reidentify(file: pd.DataFrame, members: pd.DataFrame) -> list[list[str]]:
    lines = file.assign(area=file["area"].fillna(""))
    return [list(pair) for pair in duckdb.sql("""
        with certain as (
            select m.member_no, l.row_id, m.birth_date, m.sex
            from members m join lines l
            on m.birth_date = l.birth_date and m.sex = l.sex and m.area = l.area
        )
        select member_no, row_id from certain
        union
        select c.member_no, l.row_id from certain c join lines l
        on c.birth_date = l.birth_date and c.sex = l.sex and l.area = ''
    """).fetchall()]


def confidence(rows: int, people: int, limit: float) -> dict[str, object]:
    chance = min(rows, 1) / people
    return {"confidence": chance, "claim": min(rows, 1) == 1 and chance >= limit}
''',
    ),
    Alternative(
        task="4.3",
        name="a loop, and HMAC",
        source="""
def recover(hashes: list[str], letters: str, digits: int, salt: str) -> dict[str, str]:
    wanted, answer = set(hashes), {}
    for letter in letters:
        for number in range(10**digits):
            text = letter + str(number).zfill(digits)
            code = hashlib.sha256((salt + text).encode()).hexdigest()
            if code in wanted:
                answer[code] = text
    return answer


def pseudonymise(projects: dict[str, list[str]], keys: dict[str, str]) -> dict[str, list[str]]:
    answer = {}
    for project, numbers in projects.items():
        key = keys[project].encode()
        answer[project] = [hmac.new(key, n.encode(), "sha256").hexdigest()[:32] for n in numbers]
    return answer


def judge_code(scheme: dict[str, str]) -> dict[str, object]:
    who = {"destroyed": "nobody", "kept apart": "the keeper"}.get(scheme["secret"], "everybody")
    allowed = scheme["made_from"] == "random number" and who != "everybody"
    return {"reversible_by": who, "safe_harbor_code": allowed}
""",
    ),
    Alternative(
        task="4.3",
        name="hashes that go on from a common beginning, and BLAKE2 with a key",
        source="""
def recover(hashes: list[str], letters: str, digits: int, salt: str) -> dict[str, str]:
    wanted = {bytes.fromhex(code) for code in hashes}
    tails = [bytes(tail) for tail in itertools.product(b"0123456789", repeat=digits)]
    found = {}
    for letter in letters:
        begun = hashlib.sha256((salt + letter).encode())
        for tail in tails:
            state = begun.copy()
            state.update(tail)
            if state.digest() in wanted:
                found[state.hexdigest()] = letter + tail.decode()
    return found


def pseudonymise(projects: dict[str, list[str]], keys: dict[str, str]) -> dict[str, list[str]]:
    def stand_in(key, number):
        secret = hashlib.sha512(key.encode()).digest()
        return hashlib.blake2b(number.encode(), key=secret, digest_size=16).hexdigest()

    return {name: [stand_in(keys[name], one) for one in projects[name]] for name in projects}


def judge_code(scheme: dict[str, str]) -> dict[str, object]:
    if scheme["secret"] == "destroyed":
        who = "nobody"
    elif scheme["secret"] == "kept apart":
        who = "the keeper"
    else:
        who = "everybody"
    derived = scheme["made_from"] in ("record number", "telephone number", "date of birth")
    return {"reversible_by": who, "safe_harbor_code": not derived and who in ("nobody", "the keeper")}
""",
    ),
    Alternative(
        task="4.3",
        name="DuckDB tries all numbers, and a table of random numbers",
        source='''
import secrets


def recover(hashes: list[str], letters: str, digits: int, salt: str) -> dict[str, str]:
    wanted = pd.DataFrame({"code": list(set(hashes))})
    kinds = pd.DataFrame({"letter": list(letters)})
    with duckdb.connect() as connection:
        connection.register("wanted", wanted)
        connection.register("kinds", kinds)
        pairs = connection.execute(
            """
            with tried as (
                select letter || lpad(cast(range as varchar), $digits, '0') as number
                from kinds, range($many)
            )
            select code, number from tried join wanted on sha256($salt || number) = code
            """,
            {"digits": digits, "many": 10**digits, "salt": salt},
        ).fetchall()
    return dict(pairs)


BOOK = defaultdict(lambda: secrets.token_hex(16))


def pseudonymise(projects: dict[str, list[str]], keys: dict[str, str]) -> dict[str, list[str]]:
    return {
        project: [BOOK[keys[project], number] for number in numbers]
        for project, numbers in projects.items()
    }


def judge_code(scheme: dict[str, str]) -> dict[str, object]:
    fate = scheme["secret"]
    hidden = fate in {"kept apart", "destroyed"}
    who = ("nobody" if fate == "destroyed" else "the keeper") if hidden else "everybody"
    return {"reversible_by": who, "safe_harbor_code": hidden and "random" in scheme["made_from"]}
''',
    ),
    Alternative(
        task="4.4",
        name="pandas: every global recoding tried",
        source='''
WIDTHS = [1, 2, 5, 10, 15, 20, 30, 40, 60, None]


def columns_of(file, name):
    """Yields every way to write a column, with the loss of each cell."""
    if name == "age":
        span = max(int(file["age"].max() - file["age"].min()), 1)
        for width in WIDTHS:
            if width is None:
                yield pd.Series("*", file.index), pd.Series(1.0, file.index)
            else:
                low = file["age"].astype(int) // width * width
                text = low.astype(str) + "-" + (low + width - 1).astype(str)
                yield text, pd.Series((width - 1) / span, file.index)
    elif name == "sex":
        yield file["sex"].fillna(""), pd.Series(0.0, file.index)
        yield pd.Series("*", file.index), pd.Series(1.0, file.index)
    else:
        area = file["area"].fillna("")
        known = pd.Series(sorted(set(area) - {""}))
        for length in (5, 3, 2):
            text = area if length == 5 else area.str[:length]
            covered = known.groupby(known if length == 5 else known.str[:length]).size()
            yield text, (text.map(covered).fillna(1) - 1) / max(len(known) - 1, 1)
        yield pd.Series("*", file.index), pd.Series(1.0, file.index)


def anonymise(file: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
    best, least = file.loc[[], ["row_id", *qids]], math.inf
    for ways in itertools.product(*(list(columns_of(file, name)) for name in qids)):
        written = pd.concat([text for text, _ in ways], axis=1, keys=qids)
        lost = sum(loss for _, loss in ways) / len(qids)
        if lost.mean() * 0.9 > least:
            continue
        out = written.groupby(qids)[qids[0]].transform("size") < k
        total = lost.where(~out, 1.0).mean()
        if out.mean() <= 0.05 and total < least:
            best, least = pd.concat([file["row_id"], written], axis=1)[~out], total
    return best


def bounds(released: pd.DataFrame, left_out: int, question: dict, width: float) -> dict[str, object]:
    ends = released["age"].where(released["age"] != "*", "0-120").str.split("-", expand=True).astype(int)
    first, last = question["ages"]
    sure, maybe = (ends[0] >= first) & (ends[1] <= last), (ends[0] <= last) & (ends[1] >= first)
    place = question["place"]
    if place is not None:
        cell = released["area"].fillna("")
        sure &= cell.str.startswith(place)
        maybe &= cell.map(lambda c: c.startswith(place) or place.startswith(c) or c == "*")
    least, most = int(sure.sum()), int(maybe.sum()) + left_out
    return {"least": least, "most": most, "usable": bool(most - least <= width * most)}
''',
    ),
    Alternative(
        task="4.4",
        name="plain Python: the whole file, split again and again where it gains most",
        source='''
LEVELS = [0, 2, 3, 99]


class Blur:
    """Splits groups of patients while each part keeps k people."""

    def __init__(self, file, qids, k):
        self.qids, self.k = qids, k
        self.patients = file.to_dict("records")
        for one in self.patients:
            for name in {"sex", "area"} & set(qids):
                one[name] = "" if pd.isna(one[name]) else one[name]
        if "age" in qids:
            ages = [one["age"] for one in self.patients]
            self.span = max(max(ages) - min(ages), 1)
        if "area" in qids:
            self.areas = {one["area"] for one in self.patients} - {""}
            self.covered = Counter(area[:n] for area in self.areas for n in LEVELS[1:])

    def place_loss(self, cell):
        if cell == "*":
            return 1
        return 0 if cell == "" else (self.covered[cell] - 1) / max(len(self.areas) - 1, 1)

    def loss(self, group):
        people, sex, place, _ = group
        lost = 0
        if "age" in self.qids:
            ages = [one["age"] for one in people]
            lost += (max(ages) - min(ages)) / self.span
        if "sex" in self.qids:
            lost += sex == "*"
        if "area" in self.qids:
            lost += self.place_loss(place)
        return lost * len(people)

    def by_sex(self, group):
        people, sex, place, level = group
        if "sex" in self.qids and sex == "*":
            parts = defaultdict(list)
            for one in people:
                parts[one["sex"]].append(one)
            if min(map(len, parts.values())) >= self.k:
                yield [(part, name, place, level) for name, part in parts.items()]

    def by_age(self, group):
        people, sex, place, level = group
        if "age" not in self.qids:
            return
        people = sorted(people, key=lambda one: one["age"])
        ages = [one["age"] for one in people]
        best, least = None, math.inf
        for cut in range(self.k, len(people) - self.k + 1):
            if ages[cut - 1] < ages[cut]:
                lost = cut * (ages[cut - 1] - ages[0]) + (len(ages) - cut) * (ages[-1] - ages[cut])
                if lost < least:
                    best, least = cut, lost
        if best:
            yield [(people[:best], sex, place, level), (people[best:], sex, place, level)]

    def by_place(self, group):
        people, sex, place, level = group
        if "area" not in self.qids or level >= 3:
            return
        parts = defaultdict(list)
        for one in people:
            parts[one["area"][: LEVELS[level + 1]]].append(one)
        large = sorted((text for text in parts if len(parts[text]) >= self.k), key=lambda t: -len(parts[t]))
        rest = [one for text in parts if text not in large for one in parts[text]]
        while rest and len(rest) < self.k and large:
            rest += parts[large.pop()]
        if large:
            after = [(parts[text], sex, text, level + 1 if text else 3) for text in large]
            yield after + ([(rest, sex, place, 3)] if rest else [])

    def ways(self, group):
        return [*self.by_sex(group), *self.by_age(group), *self.by_place(group)]

    def cost(self, groups):
        return sum(map(self.loss, groups))

    def split(self, waiting):
        done = []
        while waiting:
            group = waiting.pop()
            way = min(self.ways(group), key=self.cost, default=[group])
            if self.cost(way) < self.cost([group]):
                waiting += way
            else:
                done.append(group)
        return done

    def groups(self):
        """Splits the whole file, then leaves out those who cost their group more than a row."""
        free = len(self.patients) // 20
        savings, kept = [], []
        for group in self.split([(self.patients, "*", "*", 0)]):
            people, sex, place, _ = group
            best = (0, [group])
            for one in people if len(people) > self.k else []:
                without = [other for other in people if other is not one]
                parts = self.split([(without, sex, place, 0 if place == "*" else 3)])
                best = max(best, (self.cost([group]) - 1 - self.cost(parts), parts), key=lambda p: p[0])
            (savings if best[0] > 0 else kept).append((*best, group))
        savings.sort(key=lambda saving: -saving[0])
        chosen = [part for _, parts, _ in savings[:free] for part in parts]
        return chosen + [group for _, _, group in savings[free:] + kept]


def anonymise(file: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
    rows = []
    for people, sex, place, _ in Blur(file, qids, k).groups():
        cells = {"sex": sex, "area": place}
        if "age" in qids:
            ages = [one["age"] for one in people]
            cells["age"] = f"{min(ages)}-{max(ages)}"
        rows += [[one["row_id"], *(cells[name] for name in qids)] for one in people]
    return pd.DataFrame(rows, columns=["row_id", *qids])


def bounds(released: pd.DataFrame, left_out: int, question: dict, width: float) -> dict[str, object]:
    (young, old), place = question["ages"], question["place"] or ""
    least, most = 0, left_out
    for age, area in zip(released["age"], released["area"]):
        low, high = (0, 120) if age == "*" else map(int, age.split("-"))
        if young <= low and high <= old and area.startswith(place):
            least += 1
        near = area in ("*", "") or area.startswith(place) or place.startswith(area)
        if near and low <= old and young <= high:
            most += 1
    return {"least": least, "most": most, "usable": most - least <= width * most}
''',
    ),
    Alternative(
        task="4.5a",
        name="pandas: the plain way of the text",
        source="""
def leaks(released: pd.DataFrame, qids: list[str], sensitive: str) -> list[str]:
    kinds = released.fillna({"area": ""}).groupby(qids)[sensitive].transform("nunique")
    return released.loc[kinds == 1, "row_id"].tolist()


def cover(one, other):
    ages = [cell[0].split("-") for cell in (one, other)]
    if one[0] == other[0]:
        age = one[0]
    elif ["*"] in ages:
        age = "*"
    else:
        age = f"{min(int(a[0]) for a in ages)}-{max(int(a[1]) for a in ages)}"
    sex = one[1] if one[1] == other[1] else "*"
    if one[2] == other[2]:
        area = one[2]
    elif "" not in (one[2], other[2]) and one[2][:2] == other[2][:2]:
        area = one[2][:2]
    else:
        area = "*"
    return age, sex, area


def changed(old, new):
    return sum(a != b for a, b in zip(old, new)) / 3


def mend(released: pd.DataFrame, qids: list[str], sensitive: str, k: int) -> pd.DataFrame:
    table = released.copy()
    free = math.floor(0.05 * len(table))
    while True:
        classes = table.groupby(qids)[sensitive].agg(["size", "nunique", "first"])
        leaking = classes[classes["nunique"] == 1]
        if leaking.empty:
            return table
        own = leaking.index[0]
        size, secret = leaking.iloc[0]["size"], leaking.iloc[0]["first"]
        options = [(size, None)] if size <= free else []
        for other, many, kinds, first in classes.itertuples():
            if kinds > 1 or first != secret:
                new = cover(own, other)
                options.append((size * changed(own, new) + many * changed(other, new), other))
        _, other = min(options, key=lambda option: option[0])
        inside = pd.MultiIndex.from_frame(table[qids])
        if other is None:
            table, free = table[inside != own], free - size
        else:
            table.loc[(inside == own) | (inside == other), qids] = cover(own, other)


def learns(counts: dict[str, int], k: int, limit: float) -> dict[str, object]:
    share = pd.Series(counts) / sum(counts.values())
    return {
        "diagnosis": share.idxmax(),
        "chance": float(share.max()),
        "protected": bool(share.max() <= limit),
    }
""",
    ),
    Alternative(
        task="4.5a",
        name="plain Python: one patient is borrowed from a class that can spare her",
        source='''
def grouped(rows, qids):
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in qids)].append(row)
    return groups


def leaks(released: pd.DataFrame, qids: list[str], sensitive: str) -> list[str]:
    groups = grouped(released.to_dict("records"), qids)
    return [
        row["row_id"]
        for group in groups.values()
        if len({row[sensitive] for row in group}) == 1
        for row in group
    ]


def over(first, second):
    """Returns the cells that cover those of two classes."""
    (age, sex, town), (age2, sex2, town2) = first, second
    if age != age2:
        ends = sorted(int(end) for text in (age, age2) if text != "*" for end in text.split("-"))
        age = "*" if "*" in (age, age2) else f"{ends[0]}-{ends[-1]}"
    if town != town2:
        zone = town[:2] if town and town2 and town[:2] == town2[:2] else "*"
        town = "*" if "*" in (town, town2) else zone
    return age, sex if sex == sex2 else "*", town


def blurred(cells, new):
    return sum(cell != after for cell, after in zip(cells, new))


def spare(group, sensitive, unlike, k):
    """Returns a patient with another secret whom the class can do without, else None."""
    for row in group:
        left = {other[sensitive] for other in group if other is not row}
        if row[sensitive] != unlike and len(left) > 1 and len(group) > k:
            return row
    return None


def mend(released: pd.DataFrame, qids: list[str], sensitive: str, k: int) -> pd.DataFrame:
    rows = released.to_dict("records")
    spent, cap = 0, len(rows) // 20
    while True:
        groups = grouped(rows, qids)
        bad = [key for key, group in groups.items() if len({row[sensitive] for row in group}) == 1]
        if not bad:
            return pd.DataFrame(rows, columns=released.columns)
        key = bad[0]
        mine, secret = groups[key], groups[key][0][sensitive]
        options = []
        if spent + len(mine) <= cap:
            options.append((3 * len(mine), None, []))
        for other, group in groups.items():
            if {row[sensitive] for row in group} == {secret}:
                continue
            new = over(key, other)
            lent = spare(group, sensitive, secret, k)
            guests = group if lent is None or new == other else [lent]
            price = len(mine) * blurred(key, new) + len(guests) * blurred(other, new)
            options.append((price, new, guests))
        _, new, guests = min(options, key=lambda option: option[0])
        if new is None:
            spent += len(mine)
            rows = [row for row in rows if row not in mine]
        for row in [*mine, *guests] if new else []:
            row.update(zip(qids, new))


def learns(counts: dict[str, int], k: int, limit: float) -> dict[str, object]:
    [(guess, most)] = Counter(counts).most_common(1)
    chance = most / sum(counts.values())
    return {"diagnosis": guess, "chance": chance, "protected": chance <= limit}
''',
    ),
    Alternative(
        task="4.6",
        name="of several plans the one whose smallest group is largest",
        source="""
def fitting(patients, question):
    rows = patients
    for name, column in {"birth_years": "birth_year", "areas": "area"}.items():
        if name in question:
            rows = rows[rows[column].isin(question[name])]
    return rows[rows["sex"] == question["sex"]]


def plans(target, patients):
    home, born = target["area"], target["birth_year"]
    places = sorted(set(patients["area"].dropna()) - {"", home})
    years = sorted({int(year) for year in patients["birth_year"]} - {born})
    base = {"diagnoses": ["B20", "Z21"], "sex": target["sex"]}
    # All, less other years, less other areas; who was taken off twice is given back.
    yield {
        "plus": [base | {"areas": [home, *places]}, base | {"areas": places, "birth_years": years}],
        "minus": [base | {"areas": [home, *places], "birth_years": years}, base | {"areas": places}],
    }
    # All areas without a double of the target.
    doubles = set(fitting(patients, base | {"birth_years": [born]})["area"])
    free = [home, *(place for place in places if place not in doubles)]
    yield {"plus": [base | {"areas": free}], "minus": [base | {"areas": free, "birth_years": years}]}
    # All years in which no neighbour was born.
    taken = set(fitting(patients, base | {"areas": [home]})["birth_year"])
    alone = base | {"birth_years": [born, *(year for year in years if year not in taken)]}
    yield {"plus": [alone | {"areas": [home, *places]}], "minus": [alone | {"areas": places}]}


def plan(target: dict, patients: pd.DataFrame) -> dict[str, list[dict]]:
    def smallest(questions):
        return min(len(fitting(patients, asked)) for side in questions.values() for asked in side)

    return max(plans(target, patients), key=smallest)


def refuse(asked: list[list[str]], new: list[str], least: int) -> dict[str, object]:
    group = set(new)
    if 1 <= len(group) < least:
        return {"refuse": True, "because": "small"}
    if any(1 <= len(group ^ set(old)) < least for old in asked):
        return {"refuse": True, "because": "difference"}
    return {"refuse": False, "because": None}
""",
    ),
    Alternative(
        task="4.6",
        name="areas in which nobody else is of that sex and year",
        source="""
def plan(target: dict, patients: pd.DataFrame) -> dict[str, list[dict]]:
    living = patients[patients["area"].fillna("") != ""]
    alike = (living["birth_year"] == target["birth_year"]) & (living["sex"] == target["sex"])
    crowded = set(living.loc[alike, "area"]) - {target["area"]}
    areas = sorted(set(living["area"]) - crowded)
    years = [year for year in range(1880, 2031) if year != target["birth_year"]]
    asks = {"diagnoses": ["B20", "Z21"], "sex": target["sex"], "areas": areas}
    return {"plus": [asks], "minus": [{**asks, "birth_years": years}]}


def refuse(asked: list[list[str]], new: list[str], least: int) -> dict[str, object]:
    reason = None
    fresh = pd.Index(new).unique()
    if 0 < len(fresh) < least:
        reason = "small"
    else:
        for earlier in asked:
            apart = len(fresh.symmetric_difference(pd.Index(earlier).unique()))
            if 0 < apart < least:
                reason = "difference"
    return {"refuse": reason is not None, "because": reason}
""",
    ),
    Alternative(
        task="4.7",
        name="numpy, Laplace noise",
        source="""
def noisy(counts: list[int], eps: float, neighbours: str, n: int) -> list[list[float]]:
    change = 1 if neighbours == "add-remove" else 2
    noise = np.random.default_rng().laplace(scale=change / eps, size=(n, len(counts)))
    return (np.asarray(counts) + noise).tolist()


def noisy_mean(values: list[float], low: float, high: float, eps: float, n: int) -> list[float]:
    true = np.clip(values, low, high).mean()
    return np.random.default_rng().laplace(true, (high - low) / len(values) / eps, n).tolist()


def ledger(budget: float, asked: list[float]) -> list[bool]:
    spent, answers = 0.0, []
    for eps in asked:
        answers.append(spent + eps <= budget + 1e-9)
        spent += eps * answers[-1]
    return answers


def faults(design: dict) -> list[str]:
    def needed(query):
        if query["kind"] == "mean":
            return (query["high"] - query["low"]) / query["n"]
        return 2 if query["kind"] == "histogram" and design["neighbours"] == "replace" else 1

    queries = design["queries"]
    wrong = {
        "budget": sum(query["eps"] for query in queries) > design["budget"] + 1e-9,
        "sensitivity": any(query["sensitivity"] < needed(query) - 1e-9 for query in queries),
        "seed": design["seed"] == "fixed",
        "bias": design["negatives"] == "set to 0" and design["summed"],
    }
    return [name for name, found in wrong.items() if found]
""",
    ),
    Alternative(
        task="4.7",
        name="plain Python: whole-numbered noise, and two exponential waits",
        source='''
import random
from fractions import Fraction


def whole(keep):
    """Draws how often something of probability `keep` happens before it fails."""
    return math.floor(math.log(1 - random.random()) / math.log(keep))


def noisy(counts: list[int], eps: float, neighbours: str, n: int) -> list[list[float]]:
    keep = math.exp(-eps / {"add-remove": 1, "replace": 2}[neighbours])
    return [[count + whole(keep) - whole(keep) for count in counts] for _ in range(n)]


def noisy_mean(values: list[float], low: float, high: float, eps: float, n: int) -> list[float]:
    within = [min(max(value, low), high) for value in values]
    middle = math.fsum(within) / len(within)
    rate = eps * len(within) / (high - low)
    return [middle + random.expovariate(rate) - random.expovariate(rate) for _ in range(n)]


def ledger(budget: float, asked: list[float]) -> list[bool]:
    left, told = Fraction(str(budget)) + Fraction(1, 10**9), []
    for eps in map(str, asked):
        told.append(Fraction(eps) <= left)
        if told[-1]:
            left -= Fraction(eps)
    return told


def faults(design: dict) -> list[str]:
    bad = []
    if math.fsum(query["eps"] for query in design["queries"]) - design["budget"] > 1e-9:
        bad.append("budget")
    for query in design["queries"]:
        least = 1
        if query["kind"] == "histogram" and design["neighbours"] == "replace":
            least = 2
        if query["kind"] == "mean":
            least = (query["high"] - query["low"]) / query["n"]
        if least - query["sensitivity"] > 1e-9 and "sensitivity" not in bad:
            bad.append("sensitivity")
    if design["seed"] == "fixed":
        bad.append("seed")
    if design["summed"] and design["negatives"] == "set to 0":
        bad.append("bias")
    return bad
''',
    ),
]
