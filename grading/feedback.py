"""What a student reads: one page a hand-in, and a text in the notebook's mark cells.

The page has no script and no outside address, and everything that came from a student is escaped. It tells
what was checked, what came back, which misunderstanding it looks like, and what to try next; never the
answer. Of hidden checks it tells the name and the kind of problem.
"""

import html
from collections.abc import Iterator, Mapping
from pathlib import Path

from grading import telling
from grading.course import Course
from grading.figures import read_figure
from grading.judge import CheckResult, TaskResult
from grading.marking import Marks
from grading.svg import draw
from grading.telling import HINTS, Worded
from grading.words import text

SIGNS = {"right": "✓", "partly": "◐", "wrong": "✗", "not looked at": "–"}
"""The sign of a status; a word always stands beside it."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def status_word(status: str, language: str) -> str:
    """Returns a status in words.

    Example:
        >>> status_word("not looked at", "en"), status_word("wrong", "zh")
        ('not looked at', '还不对')
    """
    return text(f"status.{'unseen' if status == 'not looked at' else status}", language)


def task_text(result: TaskResult, language: str = "en", tries: int = 1) -> str:
    """Returns the feedback on one question as plain text, for the notebook's mark cell."""

    def say(code: str, **values: object) -> str:
        return text(code, language, **values)

    title = telling.task_title(result.task, result.title, language)
    amount = telling.points(result.got, result.points, language)
    lines = [say("page.question", task=result.task, title=title, points=amount)]
    lines += [f"! {result.problem.told(language)}"] if result.problem else []
    for check in result.checks:
        name = telling.check_title(check.id, check.title, language)
        amount = telling.points(check.got, check.points, language)
        lines.append(f"{SIGNS[check.status]} {status_word(check.status, language)}: {name} ({amount})")
        if check.status in ("partly", "wrong") and not result.problem:
            lines += [f"    {label}: {words}" for label, words in _details(check, language)]
    if found := telling.idea(result, language):
        lines.append(str(telling.idea_sentence(found, language)))
    for number, hint in enumerate(telling.hints(result, tries, language), start=1):
        lines.append(say("page.hint", number=number, count=HINTS, hint=hint))
    return "\n".join(lines) + "\n"


def _details(check: CheckResult, language: str) -> Iterator[tuple[str, Worded]]:
    if check.expected:
        yield text("page.expected", language), telling.expected(check, language)
    if check.came_back is not None:
        yield text("page.came_back", language), telling.told(check.came_back, language)


def page(marks: Marks, title: str, attempts: Mapping[str, int] | None = None, language: str = "en") -> str:
    """Returns the feedback page of a hand-in as HTML.

    Args:
        marks: The marks.
        title: Title of the lab.
        attempts: How often each question was handed in; decides how many hints are shown.
        language: Its language.
    """
    return _Page(language).whole(marks, title, attempts or {})


def _e(words: object) -> str:
    return html.escape(str(words), quote=True)


class _Page:
    """Writes a page in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def _say(self, code: str, **values: object) -> str:
        return _e(text(code, self._language, **values))

    def _worded(self, found: Worded) -> str:
        """Returns words; those in another language than the page's say so to whoever listens."""
        if found.language == self._language:
            return _e(found.words)
        return f"<span lang='{found.language}'>{_e(found.words)}</span>"

    def _points(self, got: float, of: float) -> str:
        return _e(telling.points(got, of, self._language))

    def whole(self, marks: Marks, title: str, attempts: Mapping[str, int]) -> str:
        head = self._say("page.title", title=telling.lab_title(marks.lab, title, self._language))
        style = Path(__file__).with_name("feedback.css").read_text(encoding="utf-8")
        body = "".join(self._task(task, attempts.get(task.task, 1)) for task in marks.tasks)
        return (
            f"<!doctype html>\n<html lang='{self._language}'><head><meta charset='utf-8'>"
            f"<meta http-equiv='Content-Security-Policy' content=\"{_POLICY}\">"
            f"<meta name='viewport' content='width=device-width, initial-scale=1'><title>{head}</title>"
            f"<style>{style}</style></head><body><a class='skip' href='#main'>{self._say('page.skip')}</a>"
            f"<main id='main' tabindex='-1'><h1>{head}</h1>"
            f"<p>{self._say('page.whose', student=marks.student)} "
            f"<strong>{self._say('page.sum', points=text_points(marks, self._language))}</strong> "
            f"{self._say('page.by_hand')}</p>{self._optional(marks)}{self._overview(marks)}{self._notes(marks)}{body}"
            f"{self._own_figures(marks)}<footer><p>{self._say('page.fair')}</p></footer></main></body></html>\n"
        )

    def _overview(self, marks: Marks) -> str:
        rows = "".join(
            f"<tr><th scope='row'><a href='#task-{_e(task.task)}'>{self._title(task)}</a></th>"
            f"<td class='points'>{self._points(task.got, task.points)}</td></tr>"
            for task in marks.tasks
        )
        return (
            f"<nav aria-label='{self._say('page.your_points')}'><table>"
            f"<caption>{self._say('page.your_points')}</caption><thead><tr>"
            f"<th scope='col'>{self._say('page.col_question')}</th>"
            f"<th scope='col' class='points'>{self._say('page.col_points')}</th></tr></thead>"
            f"<tbody>{rows}</tbody></table></nav>"
        )

    def _title(self, task: TaskResult) -> str:
        title = self._worded(telling.task_title(task.task, task.title, self._language))
        return f"{_e(task.task)} {title}{self._say('page.is_optional') if task.optional else ''}"

    def _optional(self, marks: Marks) -> str:
        """Says what optional questions came to, for their points are not simply added."""
        if not any(task.optional and task.got for task in marks.tasks):
            return ""
        return f"<p>{self._say('page.optional', points=f'{sum(marks.extra.values()):g}')}</p>"

    def _notes(self, marks: Marks) -> str:
        if not marks.notes:
            return ""
        items = "".join(
            f"<li>{self._worded(telling.told(note, self._language))}</li>" for note in marks.notes
        )
        return f"<section><h2>{self._say('page.changed')}</h2><ul class='note'>{items}</ul></section>"

    def _task(self, result: TaskResult, tries: int) -> str:
        looks = ""
        if result.problem is not None:
            words = self._worded(telling.told(result.problem, self._language))
            looks += f"<p class='looks'>{words}</p>"
        if found := telling.idea(result, self._language):
            words = self._worded(telling.idea_sentence(found, self._language))
            looks += f"<p class='looks'>{words}</p>"
        explain = result.problem is None
        rows = "".join(self._check(check, explain) for check in result.checks)
        figures = "".join(self._figure(check) for check in result.checks)
        heads = (("page.col_check", ""), ("page.col_result", ""), ("page.col_points", " class='points'"))
        head = "".join(f"<th scope='col'{more}>{self._say(code)}</th>" for code, more in heads)
        return (
            f"<section aria-labelledby='task-{_e(result.task)}'>"
            f"<h2 id='task-{_e(result.task)}' tabindex='-1'>"
            f"{self._title(result)} ({self._points(result.got, result.points)})</h2>{looks}"
            f"{self._hints(result, tries)}<table><caption>{self._say('page.checked')}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{figures}</section>"
        )

    def _hints(self, result: TaskResult, tries: int) -> str:
        known = telling.hints(result, tries, self._language)
        if not known:
            return ""
        items = "".join(f"<li>{self._worded(hint)}</li>" for hint in known)
        more = f"<p>{self._say('page.more_hints')}</p>" if len(known) < HINTS else ""
        return f"<div class='next'><h3>{self._say('page.next')}</h3><ol>{items}</ol>{more}</div>"

    def _check(self, check: CheckResult, explain: bool) -> str:
        details = ""
        if explain and check.status in ("partly", "wrong"):
            pairs = _details(check, self._language)
            details = "".join(f"<dt>{_e(name)}</dt><dd>{self._worded(words)}</dd>" for name, words in pairs)
            details = f"<dl>{details}</dl>" if details else ""
        hidden = "" if check.visible else f" <small>({self._say('page.hidden')})</small>"
        title = self._worded(telling.check_title(check.id, check.title, self._language))
        sign = f"<span aria-hidden='true'>{SIGNS[check.status]}</span>"
        return (
            f"<tr><td>{title}{hidden}{details}</td><td class='status {check.status.split(' ', 1)[0]}'>"
            f"{sign} {_e(status_word(check.status, self._language))}</td>"
            f"<td class='points'>{self._points(check.got, check.points)}</td></tr>"
        )

    def _figure(self, check: CheckResult) -> str:
        figure = read_figure(check.figure)
        if figure is None:
            return ""
        name = "figure-" + check.id.replace(".", "-")
        return draw(figure, self._language, _e(name))

    def _own_figures(self, marks: Marks) -> str:
        found = [figure for figure in map(read_figure, marks.figures) if figure is not None]
        if not found:
            return ""
        drawn = "".join(draw(figure, self._language, f"own-{n}") for n, figure in enumerate(found, start=1))
        return f"<section><h2>{self._say('page.own_figures')}</h2>{drawn}</section>"


def text_points(marks: Marks, language: str) -> str:
    """Returns the points of a hand-in as text."""
    return telling.points(marks.got, marks.points, language)


def write_feedback(
    course: Course, marks: Marks, title: str, attempts: Mapping[str, int] | None = None
) -> Path:
    """Writes the page to `feedback/<student>/<lab>/feedback.html`, in the student's language."""
    path = course.folder / "feedback" / marks.student / marks.lab / "feedback.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = course.students.get(marks.student)
    part = path.with_name(path.name + ".part")
    written = page(marks, title, attempts, known.language if known else "en")
    part.write_text(written, encoding="utf-8", newline="\n")
    return part.replace(path)
