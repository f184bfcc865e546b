"""Every word that a lab explains stands in the glossary, and every word of the glossary in its lab."""

import re

import pytest

from grading import selfstudy
from grading.glossary import MARK, PAGE, entries, explained, page, table
from grading.labbuild import build_release
from grading.labtext import source_notebook
from grading.labwords import text_cells, translated
from grading.tasks import lab_folder, labs_folder
from sim.errors import HilabError
from tests.course.answers import LABS

FENCE = re.compile(r"```.*?```", re.DOTALL)
EMPHASIS = {
    "return", "recall", "beds", "pressure", "lab 1", "no", "true", "who counts", "what each of them needs",
    "has", "known yes", "known no", "not known", "teachers", "12 rules", "bold", "which", "how well",
}  # fmt: skip
"""What is printed in bold and is no new word: the names of questions and heaps, and stress."""


def english(lab: str) -> str:
    return "\n\n".join(cell.source for cell in text_cells(source_notebook(lab_folder(lab) / "lab.py")))


def chinese(lab: str) -> str:
    folder = lab_folder(lab)
    return "\n\n".join(translated(source_notebook(folder / "lab.py"), folder / "lab.zh.py").values())


def words(spoken: str) -> list[str]:
    """The words of an entry, one by one, without what stands in brackets."""
    return re.split(r", |、", re.sub(r"（.*?）", "", spoken))


def test_the_page_is_written_from_the_glossary():
    """If this fails: python -m grading.glossary."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_word_is_explained_twice():
    for language in ("en", "zh"):
        told = [(entry.lab, word) for entry in entries() for word in words(entry.told[language][0])]
        doubled = {word for lab, word in told if told.count((lab, word)) > 1}
        assert doubled <= {"component", "组件"}


@pytest.mark.parametrize("lab", LABS)
def test_every_word_of_the_glossary_is_used_in_its_lab(lab):
    texts = {"en": english(lab).casefold(), "zh": chinese(lab).casefold()}
    for entry in (entry for entry in entries() if entry.lab == lab):
        for language, text in texts.items():
            for word in words(entry.told[language][0]):
                assert word.casefold() in text, f"{lab} does not use {word!r}"


@pytest.mark.parametrize("lab", LABS)
def test_every_new_word_in_bold_stands_in_the_glossary(lab):
    known = [word for entry in entries() if entry.lab <= lab for word in words(entry.told["en"][0])]
    bold = [" ".join(found.split()) for found in re.findall(r"\*\*([^*`]+)\*\*", FENCE.sub("", english(lab)))]
    new = [one.rstrip(".") for one in bold if one[0].islower() or re.match(r"[A-Z]\w?[A-Z]", one)]
    short = [one for one in new if len(one.split()) < 4 and one not in EMPHASIS and "=" not in one]
    unexplained = {one for one in short if not any(alike(one, word) for word in known)}
    assert short and not unexplained


def alike(one: str, word: str) -> bool:
    """Whether a word in bold is one of the glossary, in another form of it perhaps."""
    stem = re.sub(r"(ed|ition|s)$", "", one.casefold())
    return word.casefold().startswith(stem) or one.casefold().endswith(" " + word.casefold())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_built_lab_holds_its_words_in_its_language(language, tmp_path):
    for lab in LABS:
        text = build_release(lab, tmp_path, labs_folder(), language).read_text(encoding="utf-8")
        assert MARK not in text
        assert all(row[:30] in text.replace("\\\\", "\\") for row in table(lab, language).split("\n"))


def test_a_word_is_explained_in_the_notebook(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    selfstudy.glossary("mrn")
    assert "medical record number" in capsys.readouterr().out
    selfstudy.glossary("gluten")
    assert "No lab so far explains “gluten”" in capsys.readouterr().out


def test_words_of_later_labs_are_left_out():
    assert len(explained(None, "l0_orientation", "zh").lines) < len(
        explained(None, "l1_collection", "zh").lines
    )
    with pytest.raises(HilabError, match="LOINC"):
        explained("LOINC", "l1_collection", "en")
    assert explained("loinc", "l2_standardization", "zh").lines
