import re
from string import Formatter

import pytest

from grading.words import LANGUAGES, say, strings, text
from sim.errors import HilabError


def places(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_all_languages_say_the_same_things(language):
    ours, theirs = strings("en"), strings(language)
    assert list(ours) == list(theirs), "the same codes in the same order"
    assert {code: places(sentence) for code, sentence in ours.items()} == {
        code: places(sentence) for code, sentence in theirs.items()
    }


def test_chinese_is_chinese():
    for code, sentence in strings("zh").items():
        words = re.sub(r"\{\w+\}", "", sentence)
        assert re.search(r"[\u4e00-\u9fff]", words) or not re.search(r"\w", words), code


def test_a_language_that_is_not_there():
    with pytest.raises(HilabError, match=r"no language 'fr'; there are en, zh"):
        text("status.right", "fr")
    with pytest.raises(KeyError):
        text("status.nothing")


def test_values_are_not_read_as_places():
    assert (
        str(say("note.files", names="{cell}.txt")) == "Files besides the notebook were left out: {cell}.txt."
    )
