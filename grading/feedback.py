"""What a student reads: one page a hand-in, and a text in the notebook's mark cells.

The page has no script and no outside address, and everything that came from a student is escaped. It tells
what was checked, what came back, which misunderstanding it looks like, and what to try next; never the
answer. Of hidden checks it tells the name and the kind of problem.
"""

import html
from collections.abc import Mapping
from pathlib import Path

from grading.catalogue import misconceptions
from grading.course import Course
from grading.judge import CheckResult, TaskResult
from grading.marking import Marks

_SIGNS = {"right": "✓ right", "partly": "◐ partly", "wrong": "✗ not yet", "not looked at": "– not looked at"}
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 46rem;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; border-top: 2px solid #ccc;
       padding-top: 1rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc; }
td.points, th.points { text-align: right; white-space: nowrap; }
.right { color: #00563f; } .partly { color: #7a4a00; } .wrong { color: #8f2f00; }
.status { font-weight: 600; white-space: nowrap; }
.looks, .next, .note { border-left: .3rem solid #0072b2; padding: .3rem .8rem; background: #f2f7fb; }
.looks { border-color: #d55e00; background: #fdf4ee; }
dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0 0 0 1rem; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #16181a; }
  .looks, .next, .note { background: #22272b; } .right { color: #56d3a8; } .partly { color: #f0b357; }
  .wrong { color: #ff9c6b; } }
"""


def _e(text: object) -> str:
    return html.escape(str(text), quote=True)


def _points(got: float, points: float) -> str:
    return f"{round(got, 2):g} of {points:g}"


def next_hint(result: TaskResult, attempts: int = 1) -> str:
    """Returns the hint for the next try: one step more each hand-in; empty if all is right."""
    known = [misconceptions()[code] for code in result.codes if code in misconceptions()]
    hints = known[0].hints if known else result.hints
    return hints[min(attempts, len(hints)) - 1] if hints else ""


def task_text(result: TaskResult) -> str:
    """Returns the feedback on one question as plain text, for the notebook's mark cell."""
    lines = [f"{result.task} {result.title}: {_points(result.got, result.points)} points"]
    lines += [f"! {result.problem}"] if result.problem else []
    for check in result.checks:
        lines.append(f"{_SIGNS[check.status]}: {check.title} ({_points(check.got, check.points)})")
        if check.status in ("partly", "wrong") and not result.problem:
            lines += [f"    Expected: {check.expected}"] if check.expected else []
            lines += [f"    Came back: {check.came_back}"] if check.came_back else []
    known = misconceptions()
    lines += [known[code].sentence for code in result.codes[:1] if code in known]
    lines += [f"Try next: {next_hint(result)}"] if result.hints else []
    return "\n".join(lines) + "\n"


def page(marks: Marks, title: str, attempts: Mapping[str, int] | None = None) -> str:
    """Returns the feedback page of a hand-in as HTML.

    Args:
        marks: The marks.
        title: Title of the lab.
        attempts: How often each question was handed in; decides how much its hint says.
    """
    tries = attempts or {}
    parts = [_task(result, tries.get(result.task, 1)) for result in marks.tasks]
    notes = "".join(f"<p class='note'>{_e(note)}</p>" for note in marks.notes)
    head = f"Feedback: {_e(title)}"
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{head}</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<style>{_STYLE}</style></head><body><main><h1>{head}</h1>"
        f"<p>Hand-in of {_e(marks.student)}. "
        f"<strong>{_points(marks.got, marks.points)} points</strong> for the questions that are marked by "
        "the program. Written questions are marked by a person and come on top.</p>"
        f"{notes}{_overview(marks)}{''.join(parts)}"
        "<p>Hidden checks use districts that nobody has seen; they are the same for the whole class, "
        "so equal answers earn equal points.</p></main></body></html>\n"
    )


def _overview(marks: Marks) -> str:
    rows = "".join(
        f"<tr><th scope='row'><a href='#task-{_e(task.task)}'>{_e(task.task)} {_e(task.title)}</a></th>"
        f"<td class='points'>{_points(task.got, task.points)}</td></tr>"
        for task in marks.tasks
    )
    return (
        "<table><caption>Your points</caption><thead><tr><th scope='col'>Question</th>"
        f"<th scope='col' class='points'>Points</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _task(result: TaskResult, attempts: int) -> str:
    looks = ""
    if result.codes and (known := misconceptions().get(result.codes[0])):
        looks = f"<p class='looks'>{_e(known.sentence)}</p>"
    hint = next_hint(result, attempts)
    advice = f"<p class='next'><strong>Try next:</strong> {_e(hint)}</p>" if hint else ""
    problem = f"<p class='looks'>{_e(result.problem)}</p>" if result.problem else ""
    checks = "".join(_check(check, not result.problem) for check in result.checks)
    return (
        f"<section><h2 id='task-{_e(result.task)}'>{_e(result.task)} {_e(result.title)}: "
        f"{_points(result.got, result.points)} points</h2>{problem}{looks}{advice}<table><thead><tr>"
        "<th scope='col'>What was checked</th><th scope='col'>Result</th>"
        f"<th scope='col' class='points'>Points</th></tr></thead><tbody>{checks}</tbody></table></section>"
    )


def _check(check: CheckResult, explain: bool) -> str:
    told = ""
    if explain and check.status in ("partly", "wrong"):
        pairs = (("Expected", check.expected), ("Came back", check.came_back))
        told = "".join(f"<dt>{name}</dt><dd>{_e(text)}</dd>" for name, text in pairs if text)
        told = f"<dl>{told}</dl>" if told else ""
    hidden = "" if check.visible else " <small>(hidden)</small>"
    status = check.status.split(" ", 1)[0]
    return (
        f"<tr><td>{_e(check.title)}{hidden}{told}</td>"
        f"<td class='status {status}'>{_SIGNS[check.status]}</td>"
        f"<td class='points'>{_points(check.got, check.points)}</td></tr>"
    )


def write_feedback(
    course: Course, marks: Marks, title: str, attempts: Mapping[str, int] | None = None
) -> Path:
    """Writes the page to `feedback/<student>/<lab>/feedback.html` in the course folder."""
    path = course.folder / "feedback" / marks.student / marks.lab / "feedback.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(page(marks, title, attempts), encoding="utf-8", newline="\n")
    return part.replace(path)
