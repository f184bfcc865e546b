"""Steps with blanks filled in are right answers: so the steps lead somewhere."""

import pytest

from grading.judge import assess
from grading.tasks import lab_folder
from grading.tracks import answer_cells_of
from tests.course.answers import LABS, TWICE, call, define, tasks

FILLS = {
    "0.2": ["len(table)", "False", '"utf-8"', "nunique", "idxmax"],
    "0.4": [
        "dropna", "width", "start.max()", "0", "max", "mean", "count.max() / count.mean()", "moment.tzinfo",
        "item <= moment", "1",
    ],
    "1.1": [
        'meta["encoding"]', 'meta["delimiter"]', "False", 'column["blanks"]', "values", 'column["format"]',
        '"%Y-%m-%d"', 'column["codes"]', "12", "12", "first != second", '"contradiction"', '"day-first"',
        '"month-first"', '"nothing-tells"',
    ],
    "1.2": [
        "0", "999", '"not-applicable"', '"open"', 'condition["is"]', '"not-applicable"', '"not-asked"',
        'field["since"]', '"not-asked"', '"review"', '"not-applicable"', "everybody", '"use"',
        '"not-performed"', '"error"', '"unknown"', "counts[name]", "counts.get", '"leave"', '"closed"',
    ],
    "1.3": [
        '"reported_at"', '"X"', '"reported_at"', '"reported_at"', "resend", "cancelled", "superseded",
        '"collected_at"', '"repeat"', '"received_at"', "-1", '"current"', '"repeat"',
        'valid["value"].iloc[0]', "not shows_number", "labels.count",
    ],
    "1.6": [
        "0", "days", "((birth.dt.month == as_of.month) & (birth.dt.day <= as_of.day))",
        'tuple(asked["dx_prefix"])', 'asked["dx_window_days"]', 'encounters.loc[match, "mrn"]',
        'units["deceased_on"].isna()', 'units["moved_away_on"].isna()', 'units["class"].isin(asked["class"])',
        'asked["window_days"]', '["F", "C"]', 'results["value"].notna()', 'mine["mrn"]', "notna",
        'units[field["dated_by"]]', "everything.sum()", "0.0", 'report["numerator"] / report["denominator"]',
        '"fit"', "one < need",
    ],
    "1.7": [
        "6.5", 'cohort["p_ordered"]', "w[teacher].sum()", "delta * m / (1 - m + delta * m)",
        "was_tested.sum()",
        "K / n", "K / n", "(K + U) / n", "U * m", "is_high | known", "~was_tested & ~known",
        "was_tested & ~known", '"yes"', 'part["high"]', "point > limit", '"curve"',
        "point > limit", '"curve"',
    ],
    "1.9": [
        '"accepted"', '"void"', '"replacement"', '"replacement"', 'row["claim_id"] not in replaced',
        '(row["refers_to"], row["line"])', 'row["amount"]', '"adjustment"',
        '~mine["refers_to"].isin(claims["claim_id"])', "sum", "0.0", "(net <= limit)",
        "(simple <= limit) & (net > limit)",
    ],
    "2.1": [
        "113.12", "28.014", '"haemoglobin"',
        '16114.5, "cholesterol": 386.66, "triglycerides": 885.45, "urate": 168.11, "bilirubin": 584.67, '
        '"calcium": 40.078', "1e-2", "1e-3", "1e-6", "0.09148 * number + 2.152", "molar_mass[analyte]",
        "(number - 2.152) / 0.09148", "number / in_moles[unit] / molar_mass[analyte]", '"no-number"',
        '"no-unit"', '"bad-unit"', '"mmol/mol"', '"unit"', '"<" in sign', '">" in sign', "after[0]",
        "before[1]", "after[1]", "before[0]", '0.01 * old["value"]',
        '"rose" if new["value"] > old["value"] else "fell"',
    ],
    "2.3": [
        '"g/L"',
        '"Mass/volume", "mg/dL": "Mass/volume", "mg/L": "Mass/volume", "ug/mL": "Mass/volume", '
        '"ng/mL": "Mass/volume", "ng/L": "Mass/volume", "umol/L": "Moles/volume", "pmol/L": "Moles/volume"',
        "specimens", 'entry["unit"]', '"equivalent"', '"wider"', '"narrower"', '"unmatched"',
        '"narrower" in tests.values()', 'entry["entry_id"]', '"9999"', '"unmatched"', '"property"', "None",
        'local["specimen"] != target["specimen"]', '"no-concept"', '"equivalent"', '"unmatched"', "mine",
        '(equivalence == "narrower" and way == "back")', '"loses-detail"', '"claims-more"',
    ],
    "2.4": [
        r'"\r"', "3", '"102"', '"101"', '"9"', '"101"', '"10"', "name", "repetition", "subcomponent",
        "escape",
        "not inside", "5", "3", "11", """one["value"] == '""'""", 'one["value"]', '"C"', '"X"',
        "now.get(test) != was",
    ],
    "2.6": [
        "ours", '"%Y-%m-%d %H:%M:%S"', '"Observation"', '"urn:hilab:"', 'quantity.get("comparator", "")',
        'document.get("encounter")', '"display"', '"C"', '"X"', '"issued"', "one", "other", "False",
        "*{column for row in before for column in row}", "text", "returned.get(column)",
    ],
    "2.7": [
        "z**2 / (2 * read)", "z**2 / (4 * read**2)", 'message["event_date"]',
        'codes_of[message["code_system"]]', '"left"', 'table["event_date"]', 'rules["deadline_days"]',
        'table["reread_code"].notna()', '(table["code"] == table["reread_code"])', "came / len(part)",
        'part["prompt"].sum() / came', "agreed / read", "limit", "(most >= limit)", "mean", "idxmin",
        "prompt < on_time",
    ],
    "3.1": [
        '""', "casefold", "isalpha", '"family_name"', "sorted(parts)", '""', "same", "not same", "0",
        "right / spellings",
    ],
    "3.2": [
        '"digits"', '"verified_id"', "value", "number", "value", "number", "budget", "pairs", "together",
        "len(true)", "(rows[0] * rows[1])", "share >= need[0] and spared >= need[1]",
    ],
    "3.3": [
        "None", '"alike"', 'shares["equal"]', "match", "a", "m / u", "None", "level", "of_two.values()",
        "(True, second)", "(False, second)", "(first, second)", "1",
    ],
    "3.4": [
        "stands_for", "stands_for", "1.0", "0.998", 'told["false"]', 'told["missed"]', "statistics",
        'need["recall"]', '"recall"', "best", 'told["recall"]',
    ],
    "3.5": [
        '"score"', "False", "cards_of[two]", "1", "one", "cluster_of[number]", "len(group)",
        "everybody[persons[number]]", "2 * precision * recall",
    ],
    "3.6": [
        "(a, b) in made", "k / n", "root", 'row["by"]', 'row["group"]', "unclear", "high < low_others",
        'side["found"] / side["known"]', "rate / p", 'side["seen"]', "not overlap", '"links"', '"hidden"',
    ],
    "3.7": [
        "None", "parts", "key", "text", "row.number", "row.facility", "set(some)", "people >= least",
        "diabetics", '"person"', "pd.Timedelta(hours=24)", "row.discharged_to", '"died"',
        "pd.Timedelta(days=30)", '"unplanned"', "returns / discharges", '"person"', "own",
        'sample["same"] / sample["checked"]', "found / share", "in_sample + in_district", "low", "high",
    ],
    "3.8": [
        'request["purpose"]', 'request["recipient"]', 'request["asked_on"]', 'request["asked_on"]', '"deny"',
        'request["jurisdiction"]', 'request["basis"]', '"no_rule"', 'rule["purposes"]', '"required_by_law"',
        "notes", '"emergency"', "state", 'request["data"]', 'request["purpose"]', 'rule["minimum"]',
        '"s"', '"rs"', 'order["purpose"]', "None", '"wants"', 'order["purpose"]', '"minimum"', '"basis"',
        "words", 'letter["recipient"]', '"needs_consent"', 'letter["revoked_on"]', '"given"', '"unlawful"',
    ],
    "4.1": [
        '"(blank)"', "register", "theirs", "1", "county == 1", "1 / county", '"prosecutor"', '"journalist"',
        "counts <= limit",
    ],
    "4.2": [
        '"birth_date"', '"sex"', '(member["birth_date"], member["sex"], member["area"])',
        'member["member_no"]',
        "False", "1 / people", "chance >= limit",
    ],
    "4.3": [
        "10**digits", "(salt + number)", "made", "number", "keys[project]", "number", '"nobody"',
        '"kept apart"', '"everybody"', '"random number"', '"everybody"',
    ],
    "4.4": [
        "start + grain - 1", "start + grain - 1", '""', "(covers[text] - 1)", "3", "2", "size[row] >= k",
        "0.95 * n", "sum(lost[place] for _, lost in columns) / len(qids)", "1.0", "left_out",
        'area in ("*", "")', "asked.startswith(area)", "start >= youngest and end <= oldest",
        "start <= oldest and end >= youngest", "most - least <= width * most",
    ],
    "4.5a": [
        "qids", "1", "min(numbers)", "max(numbers)", "a[:2]", "len(others)", "len(members)", "cells_of",
        "sum(counts.values())", "share <= limit",
    ],
    "4.6": [
        '"B20"', '"Z21"', 'target["birth_year"]', 'target["area"]', "area not in taken",
        'year != target["birth_year"]', "other_years", "with_target", "without", '"small"',
        "group ^ set(earlier)", '"difference"', "False",
    ],
    "4.7": [
        "2", "1", "most / eps", "low", "high", "(high - low) / len(held)", "most / eps",
        "price <= left + 1e-9", "left - price", 'query["eps"]',
        '(query["high"] - query["low"]) / query["n"]', "2", '"sensitivity"', 'design["budget"]', '"fixed"',
        'design["summed"]',
    ],
    "4.8": [
        'abs(one["bmi"] - other["bmi"])', 'abs(one["hba1c"] - other["hba1c"])', "invented", "nearest.get",
        'not recipient["agreement"]', '"prosecutor"', '"journalist"', 'release["membership"]',
        'release["error"] > recipient["error_cap"]', 'release["error"] < best["error"]',
        "sum(score >= threshold for score in outside) / len(outside)", "named - wrongly", "best <= limit",
    ],
    "4.9": [
        'r"[A-Z][a-z]+ [0-9]{1,2}, [0-9]{4}"', 'r"[0-9]{3}-[0-9]{3}-[0-9]{4}"', "lambda word: -len(word)",
        're.sub(pattern, "[NAME]", text)', 'int(row["birth_year"]) <= 1935', 'len(row["admitted"]) > 4',
        'people[row["area"]] <= 20_000', 'row["row_id"] in found',
    ],
    "4.10": [
        '"0040"', '("0018", "0028")', "uuid.uuid4().int", "new[value]", "largest", 'tried["removed"]',
        'tried["files"]', "files", 'tried["identifying"]', 'tried["harmless"]', "expected <= limit + 1e-9",
    ],
    "4.5b": [
        "here[value] / len(part)", "everybody[value] / n", "t", "whole[value] / n", '"*"', "0.05", "far.get",
        "classes[worst] + classes[other]", "changed", "size", "sum(whole.values())",
        "counts.get(value, 0)", "second / first",
    ],
}  # fmt: skip


@pytest.mark.parametrize("number", FILLS)
def test_filled_in_steps_are_right(number):
    lab = next(lab for lab in LABS if lab[1] == number[0])
    task = next(task for task in tasks(lab) if task.id == number)
    first, *rest = answer_cells_of(lab_folder(lab), list(tasks(lab)), "clinician")[task.cell].split("____")
    assert len(rest) == len(FILLS[number])
    filled = first + "".join(word + part for word, part in zip(FILLS[number], rest, strict=True))
    names = define(lab, filled)
    cases = task.fixtures()
    result = assess(task, cases, [call(names, case) for case in cases], TWICE)
    wrong = [check for check in result.checks if check.status in ("wrong", "partly")]
    assert not wrong and result.problem is None
