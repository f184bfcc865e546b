"""`rubric.zh.md` marks as `rubric.md` does: criteria, steps, exemplars, their marks and their numbers."""

import pytest

from grading.descriptors import title_of
from grading.labtext import grade_id, marks, source_notebook
from grading.labwords import translated
from grading.local import count_words
from grading.tasks import lab_folder
from grading.walkthrough import rubric_of
from grading.words import LANGUAGES
from grading.written import KINDS, read_rubric, rubric_name
from tests.course.answers import LABS
from tests.course.test_chinese_texts import bare_english, headings, items, numbers


@pytest.fixture(params=LABS)
def lab(request):
    return request.param


@pytest.fixture
def texts(lab):
    return [(lab_folder(lab) / rubric_name(language)).read_text(encoding="utf-8") for language in LANGUAGES]


@pytest.fixture
def rubrics(lab, texts):
    return [read_rubric(text, lab) for text in texts]


def criteria_cells(lab):
    """The cells that a person marks, in Chinese, in the order of the notebook."""
    source = source_notebook(lab_folder(lab) / "lab.py")
    told = translated(source, lab_folder(lab) / "lab.zh.py")
    return [told[cell.id] for cell in source.cells if marks(cell).get("task") and grade_id(cell)]


def test_criteria_are_called_as_their_cells_are(lab, rubrics):
    assert list(rubrics[1].criteria) == [title_of(cell) for cell in criteria_cells(lab)]


def test_what_a_learner_scored_means_the_same_in_both_languages(rubrics):
    english, chinese = rubrics
    assert len(chinese.criteria) == len(english.criteria)
    assert (chinese.weight, chinese.points) == (english.weight, english.points)
    facts = [[(one.name, one.kind, one.marks) for one in rubric.exemplars] for rubric in rubrics]
    assert facts[0] == facts[1] and {kind for _, kind, _ in facts[1]} == set(KINDS)


def test_every_criterion_has_its_three_steps(rubrics):
    for body in rubrics[1].criteria.values():
        assert [line[:7] for line in body.split("\n") if line.startswith("*")] == [
            f"* **{n}**" for n in "012"
        ]


def test_both_rubrics_are_built_alike(texts):
    english, chinese = texts
    assert headings(chinese) == headings(english) and items(chinese) == items(english)
    assert chinese.count("\n>") == chinese.count("\n> ") + chinese.count("\n>\n")
    assert not numbers(english) - numbers(chinese), "a number is lost"
    assert not bare_english(chinese)


def test_an_exemplar_says_what_its_english_does(rubrics):
    for english, chinese in zip(*(rubric.exemplars for rubric in rubrics), strict=True):
        assert not numbers(english.text) - numbers(chinese.text), english.name
        assert english.text.count("\n\n") == chinese.text.count("\n\n"), "paragraphs"
        assert 0.5 < count_words(chinese.text) / count_words(english.text) < 1.1


def test_a_chinese_walkthrough_ends_with_the_chinese_rubric(lab, texts, tmp_path):
    assert rubric_of(lab, tmp_path, "zh") == texts[1].strip()
    assert rubric_of(lab, tmp_path, "en") == texts[0].strip()
