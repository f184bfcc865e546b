"""Translations of what the labs say: they belong to something, and are whole."""

import re
from dataclasses import replace

import pytest

from grading import telling
from grading.catalogue import misconceptions
from grading.choosing import for_track
from grading.judge import CheckResult, TaskResult
from grading.tasks import labs_folder, load_tasks
from grading.words import LANGUAGES, say


def with_choice(task, lab):
    """A task with all its checks, that of the law track among them."""
    law = for_track(task, lab, "law")
    return task if law is task else replace(task, checks=(law.checks[0], *task.checks))


TASKS = {
    task.id: with_choice(task, path.parent.name)
    for path in sorted(labs_folder().glob("*/tasks.py"))
    for task in load_tasks(path.parent.name)
}


def tasks_in(language):
    """The translated tasks, without the titles of the labs."""
    return {name: entry for name, entry in telling._labs(language).items() if name != "labs"}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_lab_told_in_a_language_has_its_title_there(language):
    told = {path.parent.name for path in labs_folder().glob(f"*/lab.{language}.py")}
    assert told and told <= set(telling._labs(language)["labs"])


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translated_task_is_translated_completely(language):
    for name, entry in tasks_in(language).items():
        task = TASKS[name]
        assert entry["title"] and len(entry["hints"]) == 3 and all(entry["hints"]), name
        checks = {check.id: check for check in task.checks}
        assert len(entry.get("choice_hints", [])) == (3 if f"{name}.choice" in checks else 0)
        for check, found in entry["checks"].items():
            assert set(found) == {"title", "expected"} and all(found.values()), check
            assert check in checks, "a check that is gone needs no translation"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_task_and_check_is_translated(language):
    theirs = tasks_in(language)
    checks = {check.id for task in TASKS.values() for check in task.checks}
    known = {check for entry in theirs.values() for check in entry["checks"]}
    assert sorted(set(TASKS) - set(theirs)) == [], f"tasks that labs.{language}.yaml lacks"
    assert sorted(checks - known) == [], f"checks that labs.{language}.yaml lacks"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_misconception_is_translated(language):
    lacking = [code for code, entry in misconceptions(language).items() if entry.language != language]
    assert lacking == [], f"codes that misconceptions.{language}.yaml lacks"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_translated_misconceptions_belong_to_a_code(language):
    english, theirs = misconceptions(), misconceptions(language)
    assert list(english) == list(theirs), "untranslated ones stay, new ones do not appear"
    own = [entry for entry in theirs.values() if entry.language == language]
    assert len(own) >= 30 and all(len(entry.hints) == 3 for entry in own)
    assert all(
        re.search("[\u4e00-\u9fff]", words) for entry in own for words in (entry.statement, *entry.hints)
    )


def result(task="1.3", codes=(), hints=("a", "b", "c"), **more):
    checks = (CheckResult("1.3.resend", "Copies", 2.0, 1.0, "partly", False, "Most.", say("came.hidden")),)
    return TaskResult(task, "Copies, corrections", 2.0, 1.0, checks, codes, hints, **more)


def test_hints_come_one_by_one_and_a_misconception_brings_its_own():
    assert [len(telling.hints(result(), n, "en")) for n in (0, 1, 2, 3, 9)] == [1, 1, 2, 3, 3]
    assert telling.hints(result(codes=("MC15",)), 1, "en")[0].words == misconceptions()["MC15"].hints[0]
    assert telling.hints(result(codes=("MC15",)), 1, "zh")[0].words == misconceptions("zh")["MC15"].hints[0]
    assert telling.hints(result(hints=()), 3, "en") == []


def test_what_has_no_translation_is_english_and_says_so():
    assert telling.task_title("77.1", "Seventy", "zh") == ("Seventy", "en")
    assert telling.check_title("77.1.a", "A", "zh") == ("A", "en")
    assert telling.hints(result("77.1"), 1, "zh") == [("a", "en")]
    assert telling.told(say("plain", text="f() flew away."), "zh").language == "en"
    assert telling.task_title("1.3", "Copies", "zh").language == "zh"
