"""Writes the data dictionary, datasets/README.md, from the code: `python -m sim.dictionary`."""

import csv
from collections.abc import Iterator

from sim.defects import DEFECTS, Defect
from sim.paths import datasets
from sim.situations import Situation, situations
from sim.systems import care_places, cohort, his, visits
from sim.systems.catalogue import RECORDER_OF, TABLES
from sim.systems.facilities import FACILITIES

_HEAD = """# Data of a district

This page is written from the code by `python -m sim.dictionary`; a test holds the two together.

## Datasheet

- **What it is**: records of an invented health district, made by a simulation: Lindenmoor County (`us`)
  or 晴月湾区, Qingyue Bay District (`cn`). No record is about a real person; names, addresses, telephone
  numbers and identifiers are invented. That no invented place bears the name of a real one has not been
  checked against a gazetteer.
- **What is of the country**: ages, names and their order, addresses, payers, wards, diagnosis codes
  (ICD-10-CM, or six-character codes of the shape of the national ICD-10), the words of notes, problem
  lists and pharmacy, the clinics' files. **What is not**: in both countries people fall ill, are measured
  and treated as in the modules, which are calibrated to the United States, and households and incomes are
  those of the United States. A Chinese district says nothing about how common a disease is in China.
- **What it is for**: teaching and learning health informatics. **It is synthetic and not for clinical
  use**: no treatment, dose, diagnosis or policy may rest on it.
- **How it is made**: people live, fall ill and are treated (`sim/engine`); clean records are decoded
  (`sim/records`); each institution records its part (`sim/systems`); then defects happen (`sim/defects`).
  Every defect is listed with its clean value in a ledger that is not among the files. `hilab ledger s001`
  counts it.
- **What it does not claim**: rates marked *assumed* are choices for teaching, not findings. Defects do
  not depend on who the patient is, unless stated. People who are easily confused (twins, people of one
  name), repeats and rare diagnoses are planted more often than nature has them, so that every task has
  something to find.
- **Sizes**: `demo` 300, `lab` 2,000, `big` 50,000 living people, looked at on 2025-12-31.
- **Same arguments, same contents**: `manifest.json` holds term, keyed id, world version and a SHA-256 of
  every table's contents and of every file.
- **Licence**: as the repository's; sources and licences of reference figures stand in `reference/`, of
  codes in `codes/`.
"""


def dictionary() -> str:
    """Returns the text of datasets/README.md."""
    parts = [
        _HEAD,
        _facilities(),
        "## Tables\n",
        *(_table(name) for name, kind in TABLES.items() if name == kind.name),
        _FILES,
        _coverage(),
        _defects(),
        _situations(),
    ]
    return "\n".join(parts)


def _rows(header: str, rows: Iterator[str]) -> str:
    columns = header.count("|") - 1
    return "\n".join([header, "|" + "---|" * columns, *rows]) + "\n"


def _table(name: str) -> str:
    """Describes a kind of table once, with all who keep one."""
    kind = TABLES[name]
    system = RECORDER_OF[name][0].system
    others = [kind.name_at(facility) for facility in kind.facilities[1:]]
    kept = f"facility {kind.facilities[0]}" + "".join(f"; also `{other}`" for other in others)
    file = f"`{name}.parquet`" if kind.parquet else f"`{name}`"
    kinds = {"text": "text", "time": "time, to the second", "number": "number", "flag": "true or false"}
    rows = (f"| `{c.name}` | {kinds[c.kind]} | {c.meaning} |" for c in kind.columns)
    head = f"### {file} (system `{system}`, {kept})\n\n{kind.about}\n\n"
    return head + _rows("| column | kind | meaning |", rows)


def _facilities() -> str:
    rows = (f"| {f.code} | {f.kind} | {f.about} |" for f in FACILITIES.values())
    text = (
        "## Facilities\n\nSix institutions record. Tables of the first one that keeps a kind of table have "
        "the plain name; the others' begin with the facility's code: `h2_lis_results`.\n\n"
    )
    return text + _rows("| code | kind | what it is |", rows)


_FILES = """### Further files

- `district.yaml`: how the desk is run and what joining partners costs (tasks 1.8 and 2.8).
- `purposes.yaml`: what the records are needed for and how old they may be (task 1.6 explains its keys).
- `policies.yaml`: on what basis the hospitals give data away, law by law (task 3.8 explains its keys).
- `ordering_model.yaml`: the supplied model of who gets an HbA1c (task 1.7).
- `messages/<facility>_adt_2025q<quarter>.hl7`, `messages/<facility>_oru_2025q<quarter>.hl7`: movements and
  results of each hospital in HL7 v2.5.1, in the character set that MSH-18 names; segments end with a carriage
  return. `messages/<facility>_bundles.ndjson`: stays and emergencies in FHIR R4, one bundle a line.
- `conformance/<number>_<situation>.hl7`: thirty files to prove a reader of messages on (task 2.4).
- `clinic_form.yaml`: what the intake form asks of whom since when, and what its marks mean (task 1.2).
- `submission_rules.yaml`: what makes a message to the supervising body valid, and its deadline (task 2.7).
- `notifiable_diseases.yaml`: what must be notified to the registry, and within how many days.
- `lab_concepts.csv`: the concepts (LOINC) to which the laboratories' codes are mapped (task 2.3).
- `lab_words.csv`: which part of a concept a word of the code books stands for (task 2.3).
- `imaging/<accession>_<number>.dcm`: images as DICOM files, of 80 rows and columns and 12 bits, made up by a
  computer. In the header: who, when, where and by whom; each hospital's machines keep telephone number and
  address elsewhere (standard elements, private elements, free text).
- `panels/<panel_id>.vcf`: gene panels as VCF 4.3, one sample each, positions in GRCh38. Variants, frequencies
  and odds ratios stand with their sources in `reference/panel_variants.csv`, `panel_frequencies.csv` and
  `panel_effects.csv`; the gene HLB1 is invented.
- `manifest.json`: what the district is, and the checksums.
- `clinic_visits.csv` is comma-separated, in Windows-1252 (in China GB18030); `clinic2_visits.txt` is
  separated by tabs, in UTF-16 with a byte order mark. Lines end with CR LF.
"""


def _coverage() -> str:
    """What the systems themselves leave blank or plant, which is no defect and in no ledger."""
    shares = (
        ("registrations without a checked identifier", his.NO_IDENTIFIER),
        ("registrations whose telephone was never answered", his.PHONE_NEVER_VERIFIED),
        ("living patients known to have moved away", his.MOVED_AWAY),
        ("visits without ward", his.NO_WARD),
        ("visits without end", his.NO_DISCHARGE),
        ("visits without payer", his.NO_PAYER),
        ("visits without diagnosis", his.NO_DIAGNOSIS),
        ("people whose ordinary visits go to the first clinic", visits.CLINIC_PATIENTS),
        ("people whose ordinary visits go to the second clinic", care_places.SECOND_CLINIC),
        (
            "adults who avoid doctors; among undiagnosed people with diabetes it is "
            f"{cohort.AVOIDING_UNDIAGNOSED:.0%}",
            cohort.AVOIDING,
        ),
    )
    rows = (f"| {what} | {share:.0%} | assumed |" for what, share in shares)
    text = "## What the systems leave out\n\nNo mistake, only coverage: not in the ledger.\n\n"
    return text + _rows("| what | share | source |", rows)


def facts() -> dict[str, dict[str, str]]:
    """Returns the rows of reference/data_quality_facts.csv by "source_id: item"."""
    with datasets("reference", "data_quality_facts.csv").open(encoding="utf-8", newline="") as file:
        return {f"{row['source_id']}: {row['item']}": row for row in csv.DictReader(file)}


def _source(defect: Defect) -> str:
    if defect.source == "assumed":
        return "assumed"
    fact = facts()[defect.source]
    status = fact["status"].replace("_", " ")
    return f"{fact['item']}: {fact['value']} {fact['unit']} ({fact['source_id']}, {status})"


def _defects() -> str:
    rows = (
        f"| {d.id} | {', '.join(d.tables)} | {d.name} | {d.rate:.1%} | {d.minimum} | {_source(d)} "
        f"| {d.limits} |"
        for d in sorted(DEFECTS.values(), key=lambda d: d.id)
    )
    text = (
        "## Defects\n\nThe rate is a share of the table's rows; the least count holds for 2,000 people "
        "in the first table named and is lower in proportion for fewer.\n\nLedger: system, table, record ("
        + ", ".join(
            f"`{t.key}` in {n}" for n, t in TABLES.items() if n == t.name and not t.key.startswith("_")
        )
        + ", line in a clinic's file), field, clean, dirty, defect.\n\n"
    )
    return text + _rows(
        "| id | table | what happens | rate | least | source of the rate | not modelled |", rows
    )


def _number(situation: Situation) -> str:
    return f"at most {situation.most}" if situation.most is not None else f"{situation.least:,}"


def _situations() -> str:
    rows = (f"| {s.task} | {s.situation} | {s.counted} | {_number(s)} |" for s in situations())
    text = (
        "## What every task finds\n\nLeast counts in a district of 2,000 people; smaller ones hold half "
        "as many in proportion. `make_world` asserts them.\n\n"
    )
    return text + _rows("| task | situation | how it is counted | least |", rows)


if __name__ == "__main__":
    datasets("README.md").write_text(dictionary(), encoding="utf-8", newline="\n")
