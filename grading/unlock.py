"""What opens after an honest try: walk-throughs, and exemplars of written answers to score."""

from collections.abc import Sequence
from pathlib import Path

from grading import telling
from grading.diary import Diary, Entry
from grading.local import handed_in, written_words
from grading.notice import Line, Notice
from grading.tasks import Task
from grading.walkthrough import TRIES, file_name, rubric_of, walkthrough_of
from grading.words import text
from grading.written import MINE, WORDS, Exemplar, Rubric, Scores, read_rubric
from sim.errors import HilabError


def may_see(task: Task, entry: Entry, folder: Path) -> bool:
    """Whether a task was tried honestly: right, handed in, or enough different answers of some size."""
    return entry.right or entry.honest >= TRIES or handed_in(folder, task.cell)


def walkthrough_notice(task: Task, lab: str, folder: Path, language: str) -> Notice:
    """Returns a way to do a task, or what is still to be done before it opens."""
    entry = Diary(folder)[task.id]
    named = {"task": task.id, "title": str(telling.task_title(task.id, task.title, language))}
    if not may_see(task, entry, folder):
        return _told(text("walk.locked", language, **named, tries=TRIES, so_far=entry.honest), language)
    found = walkthrough_of(task, lab, folder, language)
    if found is None:
        return _told(text("walk.elsewhere", language, file=file_name(lab, language)), language)
    _, _, body = found.partition("\n")
    return Notice(text("walk.title", language, **named), [], [body.strip()], language)


def _told(sentence: str, language: str) -> Notice:
    return Notice(sentence, [], [], language)


def _rubric(lab: str, folder: Path, language: str) -> Rubric:
    found = rubric_of(lab, folder, language)
    if found is None:
        raise HilabError(text("walk.elsewhere", language, file=file_name(lab, language)))
    words = written_words(folder)
    if words < WORDS:
        raise HilabError(text("walk.unanswered", language, words=WORDS, so_far=words))
    return read_rubric(found, lab)


def exemplars_notice(lab: str, folder: Path, language: str) -> Notice:
    """Returns criteria and exemplars; the marks that these were given come only after the learner's own.

    Raises:
        HilabError: There is no rubric here, or no own answer yet.
    """
    rubric = _rubric(lab, folder, language)
    lines = [Line("note", title, tuple(body.split("\n"))) for title, body in rubric.criteria.items()]
    lines += [
        Line("note", text("walk.exemplar", language, name=one.name), (one.text,)) for one in rubric.exemplars
    ]
    example = ", ".join("1" for _ in rubric.criteria)
    how = text("walk.how", language, name=rubric.exemplars[0].name, example=example)
    return Notice(text("walk.criteria", language), lines, [how], language)


def score_notice(lab: str, folder: Path, name: str, marks: Sequence[int], language: str) -> Notice:
    """Takes marks and returns them, with the given ones once every exemplar has the learner's.

    Raises:
        HilabError: Name or marks are not what they must be, or nothing is open yet.
    """
    rubric = _rubric(lab, folder, language)
    names = [*(one.name for one in rubric.exemplars), MINE]
    whole = len(marks) == len(rubric.criteria) and all(type(m) is int and 0 <= m <= 2 for m in marks)
    if name not in names or not whole:
        raise HilabError(text("walk.bad", language, names=", ".join(names), count=len(rubric.criteria)))
    scores = Scores(folder)
    scores.give(name, marks)
    title = text("walk.given", language, name=name, marks=_joined(scores.marks[name]))
    if still := scores.open(rubric):
        return Notice(title, [], [text("walk.open", language, names=", ".join(still))], language)
    lines = [Line("note", _compared(one, scores, language)) for one in rubric.exemplars]
    closing = [_distance(scores, rubric, language)]
    if MINE in scores.marks:
        got = f"{sum(scores.marks[MINE]) * rubric.weight:g}"
        closing.append(text("walk.own", language, got=got, points=f"{rubric.points:g}"))
    return Notice(title, lines, closing, language)


def _joined(marks: Sequence[int]) -> str:
    return ", ".join(map(str, marks))


def _compared(one: Exemplar, scores: Scores, language: str) -> str:
    mine, theirs = _joined(scores.marks[one.name]), _joined(one.marks)
    kind = text(f"rubric.{one.kind}", language)
    return text("walk.compare", language, name=one.name, kind=kind, mine=mine, theirs=theirs)


def _distance(scores: Scores, rubric: Rubric, language: str) -> str:
    distance, side = scores.distance(rubric)
    strict = "walk.stricter" if side < 0 else "walk.milder" if side > 0 else "walk.level"
    return text("walk.distance", language, distance=f"{distance:.1f}", strict=text(strict, language))
