# What stands in the answer cells of clinicians and of law and management: steps, with blanks ____ to fill in.

# %% solve_4_1
def uniqueness(sample: pd.DataFrame, register: pd.DataFrame, qids: list[str]) -> dict[str, float]:
    """Measures who is alone in a file and in the county.

    Returns a dictionary with sample_unique, population_unique, prosecutor and journalist.
    """
    # Each row as a tuple of its values, a blank written out, so that blanks are alike.
    mine = [tuple(row) for row in sample[qids].fillna(____).itertuples(index=False)]
    theirs = [tuple(row) for row in ____[qids].itertuples(index=False)]
    in_file, in_county = Counter(mine), Counter(____)

    alone_here = alone_there = here = there = 0.0
    for row in mine:
        f, county = in_file[row], in_county[row]
        alone_here += f == ____
        alone_there += ____
        here += 1 / f
        there += ____ if county else 0
    n = len(mine)
    names = ["sample_unique", "population_unique", "prosecutor", "journalist"]
    return dict(zip(names, [alone_here / n, alone_there / n, here / n, there / n]))


def may_release(report: dict, attacker: dict, limit: float) -> dict[str, object]:
    """Decides whether a file may be given away, for one attacker.

    Returns a dictionary such as {"risk": 0.79, "release": False}.
    """
    if attacker["knows_who_is_inside"]:
        counts = report[____]
    else:
        counts = report[____]
    return {"risk": counts, "release": ____}


# %% solve_4_1 law
def choose() -> dict[str, object]:
    """Returns the letter of the right rule, and a town in which the two others are wrong."""
    return {
        "rule": "____",
        "people": [
            {"sex": "F", "born": "1950", "area": "X0101", "in_file": True, "named": False},
            {"sex": "____", "born": "____", "area": "____", "in_file": "____", "named": "____"},
        ],
    }


# %% solve_4_2
def reidentify(file: pd.DataFrame, members: pd.DataFrame) -> list[list[str]]:
    """Claims which rows of a nameless file belong to members of a club.

    Returns a list of pairs [member_no, row_id].
    """
    # All rows by what both tables know; more than one row may have the same.
    rows_of = defaultdict(list)
    for row in file.to_dict("records"):
        if isinstance(row["area"], str):  # a blank fits nobody
            rows_of[row[____], row[____], row["area"]].append(row["row_id"])
    claims = []
    for member in members.to_dict("records"):
        for row_id in rows_of.get(____, []):
            claims.append([____, row_id])
    return claims


def confidence(rows: int, people: int, limit: float) -> dict[str, object]:
    """Says how likely a row that fits a member is the member's, and whether to claim it.

    Returns a dictionary such as {"confidence": 0.25, "claim": False}.
    """
    if rows == 0:
        return {"confidence": 0.0, "claim": ____}
    chance = ____
    return {"confidence": chance, "claim": ____}


# %% solve_4_3
def recover(hashes: list[str], letters: str, digits: int, salt: str) -> dict[str, str]:
    """Finds the record numbers behind plain hashes by trying all of them.

    Returns a dictionary from each hash that was found to its number.
    """
    looked_for = set(hashes)  # a set answers faster than a list
    answer = {}
    for letter in letters:
        for count in range(____):  # all numbers of so many digits
            number = letter + str(count).zfill(digits)
            made = hashlib.sha256(____.encode()).hexdigest()
            if made in looked_for:
                answer[____] = ____
    return answer


def pseudonymise(projects: dict[str, list[str]], keys: dict[str, str]) -> dict[str, list[str]]:
    """Gives every record number a pseudonym, for each project by its key.

    Returns a dictionary from each project to its pseudonyms, in the order of its numbers.
    """
    answer = {}
    for project, numbers in projects.items():
        key = ____
        answer[project] = []
        for number in numbers:
            mixed = hmac.new(key.encode(), ____.encode(), hashlib.sha256)
            answer[project].append(mixed.hexdigest())
    return answer


def judge_code(scheme: dict[str, str]) -> dict[str, object]:
    """Says who can turn a code back, and whether Safe Harbor allows it.

    Returns a dictionary such as {"reversible_by": "the keeper", "safe_harbor_code": False}.
    """
    if scheme["secret"] == "destroyed":
        turned_back_by = ____
    elif scheme["secret"] == ____:
        turned_back_by = "the keeper"
    else:
        turned_back_by = ____
    allowed = scheme["made_from"] == ____ and turned_back_by != ____
    return {"reversible_by": turned_back_by, "safe_harbor_code": allowed}


# %% solve_4_4
def anonymise(file: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
    """Blurs a file until everybody is like at least k - 1 others.

    Returns a DataFrame with row_id and the quasi-identifiers as text.
    """
    n = len(file)
    span = file["age"].max() - file["age"].min()
    known = file["area"].dropna().unique().tolist() if "area" in qids else []

    def blurred(name, grain):
        """A column as text, and what each of its cells loses. Grain 0 is "*"."""
        if grain == 0:
            return ["*"] * n, [1.0] * n
        if name == "sex":
            return file["sex"].tolist(), [0.0] * n
        if name == "age":
            starts = [age // grain * grain for age in file["age"]]
            texts = [f"{start}-{____}" for start in starts]
            most, least = file["age"].max(), file["age"].min()
            return texts, [(min(____, most) - max(start, least)) / span for start in starts]
        texts = [area[:grain] if isinstance(area, str) else ____ for area in file["area"]]
        covers = {text: sum(area.startswith(text) for area in known) for text in set(texts) if text}
        return texts, [____ / (len(known) - 1) if text else 0.0 for text in texts]

    # Grains of a place: its first 6 characters (all), 3, 2, none. Of an age: the width.
    choices = {"age": [1, 2, 5, 10, 15, 20, 30, 40, 60, 0], "sex": [1, 0], "area": [6, ____, ____, 0]}
    ready = {name: {grain: blurred(name, grain) for grain in choices[name]} for name in qids}
    best, best_loss = None, 2.0
    for grains in itertools.product(*(choices[name] for name in qids)):
        columns = [ready[name][grain] for name, grain in zip(qids, grains)]
        rows = list(zip(*(texts for texts, _ in columns)))
        size = Counter(rows)
        keep = [____ for row in rows]
        if sum(keep) < ____:  # the cap
            continue
        loss = 0.0
        for place, kept in enumerate(keep):
            loss += ____ if kept else ____
        if loss / n < best_loss:
            best, best_loss = (rows, keep), loss / n
    rows, keep = best
    answer = pd.DataFrame(rows, columns=qids)
    answer.insert(0, "row_id", file["row_id"].tolist())
    return answer[keep]


def bounds(released: pd.DataFrame, left_out: int, question: dict, width: float) -> dict[str, object]:
    """Says how many rows of a released file fit a question, at least and at most.

    Returns a dictionary such as {"least": 2, "most": 7, "usable": False}.
    """
    youngest, oldest = question["ages"]
    asked = question["place"] or ""
    least, most = 0, ____
    for age, area in zip(released["age"], released["area"]):
        start, end = (0, 120) if age == "*" else (int(age.split("-")[0]), int(age.split("-")[-1]))
        surely_there = area.startswith(asked)
        perhaps_there = surely_there or ____ or ____
        least += surely_there and ____
        most += perhaps_there and ____
    return {"least": least, "most": most, "usable": ____}


# %% solve_4_5a
def leaks(released: pd.DataFrame, qids: list[str], sensitive: str) -> list[str]:
    """Finds the rows of classes in which everybody has the same secret.

    Returns a list of row_ids.
    """
    answer = []
    for _, rows in released.groupby(____):
        if len(set(rows[sensitive])) == ____:
            answer += rows["row_id"].tolist()
    return answer


def mend(released: pd.DataFrame, qids: list[str], sensitive: str, k: int) -> pd.DataFrame:
    """Blurs or leaves out what is needed until no class is homogeneous.

    Returns a DataFrame with the same columns.
    """

    def both(column, a, b):
        """The narrowest cell that covers two."""
        if a == b:
            return a
        if column == "age" and a != "*" and b != "*":
            numbers = [int(n) for n in a.split("-") + b.split("-")]
            return f"{____}-{____}"
        if column == "area" and a and b and a[:2] == b[:2]:
            return ____
        return "*"

    groups = {cells: set(rows["row_id"]) for cells, rows in released.groupby(qids)}
    secret = dict(zip(released["row_id"], released[sensitive]))
    may_go = math.floor(0.05 * len(released))

    def alone(members):
        return len({secret[row] for row in members}) == 1

    for cells in list(groups):
        members = groups.get(cells)
        if members is None or not alone(members):
            continue
        options = []
        for other, others in groups.items():
            if other != cells and not alone(members | others):
                wide = tuple(both(c, a, b) for c, a, b in zip(qids, cells, other))
                changed = len(members) * sum(x != y for x, y in zip(wide, cells))
                changed += ____ * sum(x != y for x, y in zip(wide, other))
                options.append((changed / 3, wide, other))
        price, wide, other = min(options)
        del groups[cells]
        if len(members) <= price and len(members) <= may_go:
            may_go -= ____
        else:
            together = members | groups.pop(other)
            groups[wide] = groups.get(wide, set()) | together
    cells_of = {row: cells for cells, members in groups.items() for row in members}
    kept = released[released["row_id"].isin(list(____))].copy()
    for place, column in enumerate(qids):
        kept[column] = [cells_of[row][place] for row in kept["row_id"]]
    return kept


def learns(counts: dict[str, int], k: int, limit: float) -> dict[str, object]:
    """Says what somebody learns of a person who is known to be in a class.

    Returns a dictionary such as {"diagnosis": "I10", "chance": 0.8, "protected": False}.
    """
    most = max(counts.values())
    guess = next(dx for dx, count in counts.items() if count == most)
    share = most / ____
    return {"diagnosis": guess, "chance": share, "protected": ____}


# %% solve_4_6
def plan(target: dict, patients: pd.DataFrame) -> dict[str, list[dict]]:
    """Plans questions whose answers tell whether a target has HIV.

    Returns a dictionary with the lists of questions plus and minus.
    """
    hiv = [____, ____]  # both ways to code it
    taken = set()  # areas in which somebody else has the target's sex and year
    for person in patients.dropna().to_dict("records"):
        if person["sex"] == target["sex"] and person["birth_year"] == ____ and person["area"] != ____:
            taken.add(person["area"])
    open_areas = [area for area in patients["area"].dropna().unique().tolist() if ____]
    other_years = [int(year) for year in patients["birth_year"].unique() if ____]
    with_target = {"diagnoses": hiv, "sex": target["sex"], "areas": open_areas}
    without = dict(with_target, birth_years=____)
    return {"plus": [____], "minus": [____]}


def refuse(asked: list[list[str]], new: list[str], least: int) -> dict[str, object]:
    """Decides whether a question must be refused because of those answered before.

    Returns a dictionary such as {"refuse": True, "because": "difference"}.
    """
    group = set(new)
    if 0 < len(group) < least:
        return {"refuse": True, "because": ____}
    for earlier in asked:
        only_one = ____  # who is in one of the two groups and not in the other
        if 0 < len(only_one) < least:
            return {"refuse": True, "because": ____}
    return {"refuse": ____, "because": None}


# %% solve_4_7
def noisy(counts: list[int], eps: float, neighbours: str, n: int) -> list[list[float]]:
    """Draws counts of disjoint groups with noise.

    Returns a list of n lists.
    """
    most = ____ if neighbours == "replace" else ____  # by how much one person changes the counts together
    rng = np.random.default_rng()
    answer = []
    for _ in range(n):
        noise = rng.laplace(0, ____, len(counts))
        answer.append([float(count + extra) for count, extra in zip(counts, noise)])
    return answer


def noisy_mean(values: list[float], low: float, high: float, eps: float, n: int) -> list[float]:
    """Draws the mean of values within bounds, with noise.

    Returns a list of n numbers.
    """
    held = [min(max(value, ____), ____) for value in values]
    mean = sum(held) / len(held)
    most = ____  # by how much one replaced value moves the mean
    noise = np.random.default_rng().laplace(0, ____, n)
    return [float(mean + extra) for extra in noise]


def ledger(budget: float, asked: list[float]) -> list[bool]:
    """Decides which questions the budget still covers.

    Returns True or False for each question.
    """
    left = budget
    answer = []
    for price in asked:
        enough = ____
        if enough:
            left = ____
        answer.append(enough)
    return answer


def faults(design: dict) -> list[str]:
    """Finds what is wrong with a plan for noisy answers.

    Returns a list of some of bias, budget, seed and sensitivity.
    """
    answer = set()
    price = 0.0
    for query in design["queries"]:
        price += ____
        if query["kind"] == "mean":
            least = ____
        elif query["kind"] == "histogram":
            least = ____ if design["neighbours"] == "replace" else 1
        else:
            least = 1
        if query["sensitivity"] + 1e-9 < least:
            answer.add(____)
    if price > ____ + 1e-9:
        answer.add("budget")
    if design["seed"] == ____:
        answer.add("seed")
    if design["negatives"] == "set to 0" and ____:
        answer.add("bias")
    return sorted(answer)


# %% solve_4_8
def most_exposed(release: pd.DataFrame, targets: pd.DataFrame, n: int) -> list[str]:
    """Names the people who were most surely in the data behind a synthetic release.

    Returns a list of n target_ids.
    """
    invented = release.to_dict("records")

    def apart(one, other):
        """How far two rows lie apart, the columns brought to one scale."""
        total = abs(one["age"] - other["age"]) / 10 + ____ / 3
        total += 3 * (one["sex"] != other["sex"]) + 3 * (one["on_drug"] != other["on_drug"])
        total += 3 * (one["dx_diabetes"] != other["dx_diabetes"]) + 3 * (one["thirst"] != other["thirst"])
        if pd.isna(one["hba1c"]) and pd.isna(other["hba1c"]):
            return total
        if pd.isna(one["hba1c"]) or pd.isna(other["hba1c"]):
            return total + 3
        return total + ____

    nearest = {}
    for person in targets.to_dict("records"):
        nearest[person["target_id"]] = min(apart(person, row) for row in ____)
    return sorted(nearest, key=____)[:n]


def choose_release(measures: list[dict], recipient: dict) -> dict[str, str | None]:
    """Chooses the release that a recipient is given.

    Returns a dictionary such as {"kind": "k-anonymous"}.
    """
    best = None
    for release in measures:
        if release["kind"] in ("pseudonymised", "limited data set") and ____:
            continue
        attacker = release[____] if recipient["knows_who_is_inside"] else release[____]
        risk = max(attacker, ____)
        if risk > recipient["risk_cap"] or ____:
            continue
        if best is None or ____:
            best = release
    return {"kind": best["kind"] if best else None}


def advantage(inside: list[float], outside: list[float], limit: float, kind: str) -> dict[str, object]:
    """Says how much better than a guess an attack is, and whether the release may go out.

    Returns a dictionary such as {"advantage": 0.5, "release": False}.
    """
    best = 0.0
    for threshold in inside + outside:
        named = sum(score >= threshold for score in inside) / len(inside)
        wrongly = ____
        best = max(best, ____)
    return {"advantage": best, "release": ____}


# %% solve_4_9
def scrub(notes: pd.DataFrame, names: pd.DataFrame) -> dict[str, str]:
    """Takes names, dates and telephone numbers out of notes.

    Returns a dictionary from note_id to text.
    """
    numbers = [
        r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}",  # 3/2/24
        ____,  # March 4, 2024
        ____,  # 555-431-4501
        r"20[0-9]{2}[年.-][0-9]{1,2}[月.-][0-9]{1,2}日?",
        r"\b1[0-9]{10}\b",
    ]
    given, family = names["given_name"].tolist(), names["family_name"].tolist()
    chinese = not given[0].isascii() and len(given[0]) <= 2 and len(family[0]) <= 2 and given[0] > "ẟ"
    known = [b + a for a, b in zip(given, family)] if chinese else given + family
    known = sorted(set(known), key=____)  # the longest first, or half a name stays
    pattern = "|".join(re.escape(word) for word in known)
    if not chinese:
        pattern = rf"\b({pattern})( ({pattern}))*\b(?! [0-9])"  # Na 139 is no person
    answer = {}
    for note, text in zip(notes["note_id"], notes["text"]):
        for form in numbers:
            text = re.sub(form, "[NUMBER]", text)
        answer[note] = ____
    return answer


def safe_harbor(table: pd.DataFrame, people: dict[str, int], found: list[str]) -> list[list[str]]:
    """Finds what Safe Harbor does not allow.

    Returns a list of pairs [row_id, what].
    """
    answer = []
    for row in table.to_dict("records"):
        if row["age"] > 89:
            answer.append([row["row_id"], "age"])
        if isinstance(row["birth_year"], str) and ____:
            answer.append([row["row_id"], "birth_year"])
        if isinstance(row["admitted"], str) and ____:
            answer.append([row["row_id"], "admitted"])
        if isinstance(row["area"], str) and ____:
            answer.append([row["row_id"], "area"])
        if ____:
            answer.append([row["row_id"], "knowledge"])
    return answer


# %% solve_4_10
def clean_headers(headers: pd.DataFrame) -> pd.DataFrame:
    """Leaves in the headers of images what points at nobody.

    Returns a DataFrame with file, tag and value.
    """
    stays = {
        "0008": "0005 0008 0016 0060 0064 0070 1030 1090",
        "0010": ____,  # the sex
        "0020": "0011 0012 0013 0020 0032 0037 1040",
    }
    replaced = ("00080018", "0020000D", "0020000E", "00200052")
    new, rows = {}, []
    for file, tag, value in zip(headers["file"], headers["tag"], headers["value"]):
        group, number = tag[:4], tag[4:]
        if group in ____ or number in stays.get(group, "").split():
            rows.append([file, tag, value])
        elif tag in replaced and isinstance(value, str):
            if value not in new:
                new[value] = "2.25." + str(____)  # a random whole number
            rows.append([file, tag, ____])
    return pd.DataFrame(rows, columns=["file", "tag", "value"])


def words_in(files: dict[str, bytes]) -> list[str]:
    """Finds the pictures into which words are burned.

    Returns a list of names of files.
    """
    names = []
    for name, data in files.items():
        picture = pydicom.dcmread(io.BytesIO(data))
        largest = 2**picture.BitsStored - 1
        if picture.pixel_array.max() == ____:
            names.append(name)
    return names


def verdict(tried: dict[str, int], files: int, limit: float) -> dict[str, object]:
    """Says how well a tool removes what identifies, and whether that is enough for many files.

    Returns a dictionary such as {"recall": 0.99, "precision": 0.9, "left": 220.0, "release": False}.
    """
    missed = tried["identifying"] - ____
    in_each = missed / ____
    expected = in_each * ____
    return {
        "recall": tried["removed"] / ____,
        "precision": tried["removed"] / (tried["removed"] + ____),
        "left": expected,
        "release": ____,
    }


# %% solve_4_5b
def too_far(released: pd.DataFrame, qids: list[str], sensitive: str, t: float) -> list[str]:
    """Finds the rows of classes that tell more than the whole file.

    Returns a list of row_ids.
    """
    everybody = Counter(released[sensitive])
    n = len(released)
    answer = []
    for _, part in released.groupby(qids):
        here = Counter(part[sensitive])
        distance = 0.0
        for value in everybody:
            distance += abs(____ - ____) / 2
        if distance > ____ + 1e-9:
            answer.extend(part["row_id"])
    return answer


def tighten(released: pd.DataFrame, qids: list[str], sensitive: str, k: int, t: float) -> pd.DataFrame:
    """Blurs or leaves out what is needed until no class is too far from the whole.

    Returns a DataFrame with the same columns.
    """

    def distance(rows, whole):
        here, n = Counter([row[sensitive] for row in rows]), sum(whole.values())
        return sum(abs(here[value] / len(rows) - ____) for value in whole) / 2

    def cover(one, other):
        """The narrowest cells that cover both."""
        cells = [first if first == second else ____ for first, second in zip(one, other)]
        if cells[0] == "*" and "*" not in (one[0], other[0]):
            ends = [int(end) for age in (one[0], other[0]) for end in age.split("-")]
            cells[0] = f"{min(ends)}-{max(ends)}"
        return tuple(cells)

    rows = released.to_dict("records")
    may_go = int(____ * len(rows))
    while True:
        classes = defaultdict(list)
        for row in rows:
            key = tuple(row[name] for name in qids)
            classes[key].append(row)
        whole = Counter([row[sensitive] for row in rows])
        far = {key: distance(part, whole) for key, part in classes.items()}
        worst = max(far, key=____)
        if far[worst] <= t + 1e-9:
            return pd.DataFrame(rows, columns=list(released.columns))
        ways = []
        for other in classes:
            if other != worst:
                new = cover(worst, other)
                together = distance(____, whole)
                changed = sum(
                    len(classes[key]) * sum(cell != after for cell, after in zip(key, new)) / 3
                    for key in (worst, other)
                )
                ways.append((max(together - t, 0), ____, other))
        _, price, other = min(ways)  # near enough first, then the cheapest
        size = len(classes[worst])
        if size <= price and size <= may_go:
            may_go = may_go - ____
            rows = [row for row in rows if worst != tuple(row[name] for name in qids)]
        else:
            new = cover(worst, other)
            for row in classes[worst] + classes[other]:
                row.update(zip(qids, new))


def gain(counts: dict[str, int], whole: dict[str, int], value: str) -> dict[str, float]:
    """Says how much better a guess becomes by knowing the class.

    Returns a dictionary such as {"before": 0.15, "after": 0.625, "times": 4.167}.
    """
    first = whole[value] / ____
    second = ____ / sum(counts.values())
    return {"before": first, "after": second, "times": ____}
