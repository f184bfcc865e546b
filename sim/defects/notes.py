"""What goes wrong in notes: words are misspelled, paragraphs are copied from an earlier note."""

import re

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.note_marks import BEGIN, MIDDLE
from sim.systems.notes import EMR_NOTES
from sim.systems.planting import choose

TABLES = tuple(EMR_NOTES.name_at(hospital) for hospital in EMR_NOTES.facilities)

_WORD = re.compile(f"{BEGIN}[^{MIDDLE}]*{MIDDLE}|(?<![A-Za-z'-])([a-z]{{5,}})(?![A-Za-z'-])")
"""A mark, which is skipped, or a word of five small letters and more; names begin with a capital."""

HOMOPHONES = {
    "患者": "患着",
    "否认": "否任",
    "病史": "病使",
    "咳嗽": "咳漱",
    "发热": "发然",
    "呕吐": "呕土",
    "腹痛": "腹通",
    "头晕": "头运",
    "复诊": "复珍",
    "复查": "复察",
    "治疗": "治聊",
    "服用": "服佣",
    "体健": "体建",
    "诱因": "诱音",
    "出现": "出线",
    "随诊": "随珍",
    "检查": "检察",
    "神清": "神青",
    "律齐": "律其",
    "未见": "未件",
    "休息": "休西",
    "入院": "入园",
}
"""Words and what an input method by sound offers instead (own list)."""

_CHINESE = re.compile(f"{BEGIN}[^{MIDDLE}]*{MIDDLE}|({'|'.join(HOMOPHONES)})")


@defect(
    "D39",
    "A word in a note is misspelled",
    tables=TABLES,
    rate=0.15,
    minimum=60,
    limits="One slip a note: letters change places, one is left out or doubled; in Chinese another "
    "character of the same sound. Names, numbers, telephone numbers and abbreviations are never misspelled.",
    local=True,
)
def misspell(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Misspells one word in some notes.

    Args:
        table: Working table of `emr_notes`; texts carry marks.
        rate: Share of notes.
        minimum: Least number of notes.
        rng: Stream to draw from.
        country: Code of the country.

    Returns:
        The table and the ledger: the word as meant and as written.
    """
    rows = choose(table["text"].notna(), rate, minimum, rng)
    draws = rng.random((len(table), 3))[rows]
    pattern = _CHINESE if country == "cn" else _WORD
    texts, changes = table["text"].to_numpy(dtype=object).copy(), []
    for row, (which, where, way) in zip(rows.tolist(), draws.tolist(), strict=True):
        words = [found for found in pattern.finditer(texts[row]) if found[1]]
        if not words:
            continue
        word = words[int(which * len(words))]
        wrong = HOMOPHONES[word[1]] if country == "cn" else slip(word[1], where, int(way * 3))
        texts[row] = texts[row][: word.start()] + wrong + texts[row][word.end() :]
        changes.append((row, word[1], wrong))
    touched = table["note_id"].to_numpy(dtype=object)[[row for row, _, _ in changes]]
    ledger = write_ledger(touched, "text", [c for _, c, _ in changes], [d for _, _, d in changes])
    return table.assign(text=texts), ledger


def slip(word: str, where: float, way: int) -> str:
    """Misspells a word inside, so that it differs.

    Args:
        word: At least 3 letters.
        where: 0 to 1, says at which letter.
        way: 0 two letters change places, 1 one is left out, 2 one is doubled.

    Example:
        >>> [slip("headache", 0.3, way) for way in range(3)]
        ['hedaache', 'hedache', 'heaadache']
    """
    at = 1 + int(where * (len(word) - 2))
    before, letter, rest = word[:at], word[at], word[at + 1 :]
    if way == 0 and rest[0] != letter:
        return before + rest[0] + letter + rest[1:]
    return before + rest if way == 1 else before + letter * 2 + rest


@defect(
    "D40",
    "A paragraph is copied forward from an earlier note",
    tables=TABLES,
    rate=0.12,
    minimum=60,
    limits="One paragraph from the patient's note before, word for word, with its slips and whatever no "
    "longer holds; it takes the place of the paragraph under the same heading, or is added before the last. "
    "Nothing is copied between patients; two record numbers of one patient count as one.",
)
def copy_forward(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Copies a paragraph of a patient's previous note into some notes.

    Args:
        table: Working table of `emr_notes`, in the order of writing.
        rate: Share of notes.
        minimum: Least number of notes.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: the paragraph that was replaced (missing where one was added) and the
        copied one.
    """
    row_number = pd.Series(np.arange(len(table)), index=table.index)
    before = row_number.groupby(table["_person"]).shift(1)
    rows = choose(before.notna(), rate, minimum, rng)
    draws = rng.random(len(table))[rows]
    clean = table["text"].tolist()
    texts, changes = list(clean), []
    for row, source, draw in zip(rows.tolist(), before.iloc[rows].astype(int).tolist(), draws, strict=True):
        own = clean[row].split("\n")
        others = [part for part in clean[source].split("\n") if part not in own]
        if not others:
            continue
        copied = others[int(draw * len(others))]
        texts[row], replaced = _paste(own, copied)
        changes.append((row, replaced, copied))
    touched = table["note_id"].to_numpy(dtype=object)[[row for row, _, _ in changes]]
    ledger = write_ledger(touched, "text", [c for _, c, _ in changes], [d for _, _, d in changes])
    return table.assign(text=texts), ledger


def _paste(own: list[str], copied: str) -> tuple[str, str | None]:
    r"""Puts a paragraph into a note; returns the note and the paragraph that gave way.

    Example:
        >>> _paste(["PMH: none", "Plan: rest"], "PMH: asthma")
        ('PMH: asthma\nPlan: rest', 'PMH: none')
        >>> _paste(["Well.", "Rest."], "Lungs clear.")
        ('Well.\nLungs clear.\nRest.', None)
    """
    heading = re.match(r"[A-Za-z]+: |[\u4e00-\u9fff]+：", copied)
    for at, paragraph in enumerate(own):
        if heading and paragraph.startswith(heading[0]):
            return "\n".join([*own[:at], copied, *own[at + 1 :]]), paragraph
    return "\n".join([*own[:-1], copied, *own[-1:]]), None
