"""What lies in a learner's folder: the lab, the language, the answers in the notebook, what was handed in."""

import json
import os
import re
import zipfile
from pathlib import Path

import yaml

from grading.kitfile import KitFacts, answer_cells, read_notebook, text_hash
from grading.words import LANGUAGES
from grading.yamlfile import read_yaml
from sim.errors import HilabError
from sim.words import LANGUAGE


def facts_here(folder: Path) -> KitFacts | None:
    """Returns what the folder's kit says of itself, or None outside a kit."""
    path = folder / "kit.json"
    return KitFacts.read(path) if path.is_file() else None


def language_here(folder: Path) -> str:
    """Returns the language spoken in a folder: the environment's, the kit's, the course's, or English."""
    return _known(os.environ.get(LANGUAGE, "") or _of_kit(folder) or _of_course(folder))


def language_of(facts: KitFacts) -> str:
    """Returns the language spoken of a kit wherever it lies: the environment's, or the kit's."""
    return _known(os.environ.get(LANGUAGE, "") or facts.language)


def _known(asked: str) -> str:
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _of_kit(folder: Path) -> str:
    try:
        facts = facts_here(folder)
    except HilabError:
        return ""
    return str(facts.language) if facts else ""


def _of_course(folder: Path) -> str:
    try:
        return str(read_yaml(folder / "course.yaml")["language"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError):
        return ""


def handed_in(folder: Path, cell: str) -> bool:
    """Whether `hilab handin` has packed an answer to a question."""
    for path in folder.glob("*-handin-*.zip"):
        try:
            with zipfile.ZipFile(path) as archive:
                told = json.loads(archive.read("handin.json"))
            if cell not in told["open"]:
                return True
        except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
            continue
    return False


def written_words(folder: Path) -> int:
    """Returns how many words the learner's written answers in the saved notebook hold.

    A Chinese character counts as half a word. Answers that stand as they were released count nothing.
    """
    facts = facts_here(folder)
    path = folder / f"{facts.lab}.ipynb" if facts else folder
    if facts is None or not path.is_file():
        return 0
    cells = {name: text for name, text in answer_cells(read_notebook(path)).items() if "written" in name}
    own = [text for name, text in cells.items() if facts.questions.get(name) != text_hash(text)]
    return sum(map(count_words, own))


def count_words(text: str) -> int:
    """Counts words; two Chinese characters are one.

    Example:
        >>> count_words("the twins, again"), count_words("双胞胎 twins")
        (3, 2)
    """
    chinese = re.findall(r"[\u3400-\u9fff]", text)
    return len(chinese) // 2 + len(re.findall(r"[^\W\u3400-\u9fff]+", text))
