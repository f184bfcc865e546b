"""What the tracks change: answer cells with steps, one decision with a counter-example."""

import json
import shutil
from dataclasses import replace

import pytest

from grading import choosing
from grading.choosing import Choice, choice_of, for_track
from grading.course import init, load_course
from grading.draw import drawn
from grading.explain import explain
from grading.grade import grade
from grading.judge import assess
from grading.kitfile import KitFacts
from grading.labbuild import build_release
from grading.labtext import grade_id, release_notebook, solution_lines, source_notebook
from grading.sanitize import rebuild
from grading.tasks import Reply, lab_folder, labs_folder, load_tasks
from grading.tracks import answer_cells_of, in_track, with_tracks
from grading.walkthrough import walkthrough_of
from grading.words import LANGUAGES
from sim.errors import HilabError
from tests.classroom import LAB as TOY
from tests.classroom import RIGHT as RIGHT_TOY
from tests.classroom import submit
from tests.course.answers import LABS, call, define

NAMESAKES = [
    ("Ana", "Torres", "1980-05-17", "555-0101", "3 Mill Lane", 1),
    ("Ana", "Torres", "1980-05-17", "555-0199", "3 Mill Lane", 1),
    ("Ana", "Torres", "1980-05-17", "555-0300", "8 Hill Road", 2),
]
SAME_DOOR = ("Ana", "Torres", "1980-05-17", "555-0101", "3 Mill Lane", 1)
TWINS = [
    ("Mia", "Okafor", "2019-02-03", "555-0400", "1 Lock Road", 3),
    ("Zoe", "Okafor", "2019-02-03", "555-0400", "1 Lock Road", 4),
]


def registrations(*rows):
    names = ("given_name", "family_name", "birth_date", "phone", "address", "person")
    return [dict(zip(names, row, strict=True)) for row in rows]


HONEST = {"name": "small", "games": False, "valid": 0.9, "read": 4, "agreed": 1}
GAMES = {"name": "games", "games": True, "valid": 1.0, "read": 100, "agreed": 40}
LATE = {"name": "late", "games": False, "valid": 0.8, "read": 90, "agreed": 85}


def resident(sex, born, in_file, named=False):
    return {"sex": sex, "born": born, "area": "X0101", "in_file": in_file, "named": named}


def asked(law, basis, purpose, agreed=None, revoked=None):
    days = {"asked_on": "2024-06-20", "agreed_on": agreed, "revoked_on": revoked}
    return {"law": law, "basis": basis, "purpose": purpose, **days}


UNSIGNED = asked("HIPAA", "treatment", "treatment")
REVOKED = asked("GDPR", "consent", "research", "2024-02-01", "2024-06-20")
DOUBLE = [resident("F", "1950", True), resident("F", "1950", False)]
RIGHT = {
    "l0_orientation": {"rule": "C", "times": ["2025-06-01 09:10", "2025-06-01 09:40", "2025-06-01 11:20"]},
    "l1_collection": {"rule": "C", "registrations": registrations(*NAMESAKES, *TWINS)},
    "l2_standardization": {"rule": "C", "limit": 0.8, "facilities": [HONEST, GAMES, LATE]},
    "l3_sharing": {"rule": "C", "requests": [UNSIGNED, REVOKED]},
    "l4_privacy": {"rule": "C", "people": [*DOUBLE, resident("M", "1961", True)]},
}
HALF = {
    "l0_orientation": {"rule": "C", "times": ["2025-06-01 09:10", "2025-06-01 10:40"]},
    "l1_collection": {"rule": "C", "registrations": registrations(NAMESAKES[0], SAME_DOOR, NAMESAKES[2])},
    "l2_standardization": {"rule": "C", "limit": 0.8, "facilities": [GAMES, LATE]},
    "l3_sharing": {"rule": "C", "requests": [UNSIGNED]},
    "l4_privacy": {"rule": "C", "people": [*DOUBLE, resident("M", "1961", True, named=True)]},
}


def law_task(lab):
    choice = choice_of(lab_folder(lab))
    return for_track(next(task for task in load_tasks(lab) if task.id == choice.task), lab, "law")


def earned(lab, value):
    """Points for the choice alone, and what is said about its form."""
    task = law_task(lab)
    cases = [case for case in drawn(task, "an answer") if case.function == "choose"]
    result = assess(task, cases, [Reply(value)] * len(cases))
    return result.checks[0].got / result.checks[0].points, result.problem


@pytest.mark.parametrize("lab", LABS)
def test_a_choice_with_a_counter_example_earns_its_points(lab):
    assert earned(lab, RIGHT[lab])[0] == 1
    assert earned(lab, HALF[lab])[0] == 0.5
    for letter in "AB":
        assert earned(lab, RIGHT[lab] | {"rule": letter})[0] == 0


def test_an_example_on_which_the_chosen_rule_fails_earns_nothing():
    same = {"rule": "C", "times": ["2025-06-01 09:10", "2025-06-01 09:40"]}
    assert earned("l0_orientation", same)[0] == 0.5  # of one hour rule A says the same
    lies = registrations(*NAMESAKES[:1], (*NAMESAKES[1][:5], 9), *TWINS)
    assert earned("l1_collection", {"rule": "C", "registrations": lies})[0] == 0
    unread = {"rule": "C", "limit": 0.8, "facilities": [HONEST, GAMES | {"read": 2, "agreed": 1}]}
    assert earned("l2_standardization", unread)[0] == 0


@pytest.mark.parametrize("lab", LABS)
def test_a_breach_of_the_form_is_told(lab):
    for value in (None, [], {"rule": "D"}, {"rule": "C"}, RIGHT[lab] | {"rule": ["C"]}):
        got, problem = earned(lab, value)
        assert got == 0 and problem is not None
    name = {
        "l0_orientation": "times",
        "l1_collection": "registrations",
        "l2_standardization": "facilities",
        "l3_sharing": "requests",
        "l4_privacy": "people",
    }[lab]
    for odd in ([], [1, 2], ["____", "____"], [{}, {}], RIGHT[lab][name] * 99):
        got, problem = earned(lab, RIGHT[lab] | {name: odd})
        assert got == 0 and problem is not None, odd


@pytest.mark.parametrize("lab", LABS)
def test_the_choice_carries_the_points_of_what_it_replaces(lab):
    task = law_task(lab)
    whole = next(one for one in load_tasks(lab) if one.id == task.id)
    assert task.points == whole.points
    kept = [(c.id, c.points, c.kinds) for c in whole.checks if c.function == whole.functions[-1]]
    assert [(check.id, check.points, check.kinds) for check in task.checks[1:]] == kept
    text = (lab_folder(lab) / "law.md").read_text(encoding="utf-8")
    assert f"{task.checks[0].points:g} points" in text
    assert f"{task.checks[0].points:g} 分" in (lab_folder(lab) / "law.zh.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lab", LABS)
def test_the_walkthrough_of_a_choice_is_a_full_answer(lab, tmp_path):
    task = law_task(lab)
    shown = walkthrough_of(task, lab, tmp_path)
    code = shown.partition("```python\n")[2].partition("```")[0]
    names = define(lab, code)
    cases = [*task.fixtures(), *drawn(task, "an answer")]
    asked = [case for case in cases if case.function != "choose" or case.kind == "property"]
    result = assess(task, asked, [call(names, case) for case in asked])
    assert result.checks[0].id.endswith(".choice") and result.checks[0].got == result.checks[0].points
    assert all(check.got == check.points for check in result.checks if "example" in check.id)
    assert all(f"* **{letter}**: " in shown for letter in "ABC") and not result.problem
    whole = next(one for one in load_tasks(lab) if one.id == task.id)
    assert set(names) >= {"choose", whole.functions[-1]} and not set(names) & set(whole.functions[:-1])
    assert "def choose" not in walkthrough_of(whole, lab, tmp_path)


@pytest.mark.parametrize("lab", LABS)
def test_every_task_has_its_steps_and_none_is_a_solution(lab):
    source = source_notebook(lab_folder(lab) / "lab.py")
    tasks = load_tasks(lab)
    cells = answer_cells_of(lab_folder(lab), tasks, "clinician")
    assert {task.cell for task in tasks} == set(cells)
    assert all("____" in cell for cell in cells.values())
    lines = {line.strip() for cell in cells.values() for line in cell.split("\n")}
    forms = ("return {", 'return f"Welcome')  # how an answer looks is told in the text
    shared = [line for line in solution_lines(source, 36) if line in lines]
    assert not [line for line in shared if not line.startswith(forms)]


@pytest.mark.parametrize("track", ["it", "clinician", "law"])
def test_a_kit_is_of_its_track(track, tmp_path):
    text = build_release("l1_collection", tmp_path, labs_folder(), "zh", track).read_text(encoding="utf-8")
    notebook = json.loads(text)
    cells = {cell["id"]: cell["source"] for cell in notebook["cells"]}
    assert ("____" in "".join(cells["solve_1_3"])) == (track != "it")
    assert ("choose" in cells) == (track == "law") and ("def choose" in text) == (track == "law")
    assert "hilab_tracks" not in notebook["metadata"]
    if track == "law":
        assert "理事会" in "".join(cells["choose"]) and "def duplicates" not in "".join(cells["solve_1_4"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_steps_as_received_are_no_answer(language):
    lab = "l1_collection"
    source = with_tracks(source_notebook(lab_folder(lab) / "lab.py"), lab_folder(lab), load_tasks(lab))
    released = release_notebook(source)
    for track in ("it", "clinician", "law"):
        own = in_track(released, track, language)
        found = rebuild(released, own)
        assert {grade_id(cell) for cell in own.cells if grade_id(cell).startswith("solve_")} <= found.open
        assert not found.notes
        assert len(found.notebook["cells"]) == len(
            released.cells
        )  # the text of the choice is not the student's


def test_a_scaffold_must_not_earn_points(tmp_path, monkeypatch):
    """What `hilab course build` says of steps that are a solution, or for a cell that is not there."""
    labs = tmp_path / "labs"
    shutil.copytree(lab_folder("l0_orientation"), labs / "l0_orientation")
    monkeypatch.setenv("HILAB_LABS", str(labs))
    steps = labs / "l0_orientation" / "scaffold.py"
    good = steps.read_text(encoding="utf-8")
    steps.write_text(good.replace("{____}!", "{name}!"), encoding="utf-8")
    with pytest.raises(HilabError, match=r"scaffold.py: the stub of task 0.1 earns"):
        build_release("l0_orientation", tmp_path, labs)
    steps.write_text(good + "\n\n# %% solve_9_9\n____\n", encoding="utf-8")
    with pytest.raises(HilabError, match="no cell 'solve_9_9'"):
        build_release("l0_orientation", tmp_path, labs)
    steps.write_text(good.replace("return ____", "return (____"), encoding="utf-8")
    with pytest.raises(HilabError, match="is not Python"):
        build_release("l0_orientation", tmp_path, labs)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("lab.zh.py", "# ## 任务 0.2", "# #### 任务 0.2", r"lab.zh.py: the heading '任务 0.2"),
        (
            "lab.zh.py",
            "# ## 任务 0.2",
            "# ![](map.png)\n#\n# ## 任务 0.2",
            "lab.zh.py: cell .* an image without",
        ),
        ("law.md", "### Law", "##### Law", "lab.py: the heading 'Law and management"),
    ],
)
def test_texts_of_other_languages_and_tracks_are_held_to_the_same_rules(
    file, old, new, told, tmp_path, monkeypatch
):
    labs = tmp_path / "labs"
    shutil.copytree(lab_folder("l0_orientation"), labs / "l0_orientation")
    monkeypatch.setenv("HILAB_LABS", str(labs))
    path = labs / "l0_orientation" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(HilabError, match=told):
        build_release("l0_orientation", tmp_path, labs)


def test_roster_names_a_known_track(tmp_path):
    course = tmp_path / "course"
    init(course)
    head = "student,lms_id,name,email,track,extra_time,language\n"
    (course / "roster.csv").write_text(head + "ana,,,,law,,\nbo,,,,,,\n", encoding="utf-8")
    assert [student.track for student in load_course(course).students.values()] == ["law", "it"]
    (course / "roster.csv").write_text(head + "ana,,,,nurse,,\n", encoding="utf-8")
    with pytest.raises(HilabError, match="line 2: track 'nurse'; it or clinician or law was expected"):
        load_course(course)


def test_check_knows_the_track_of_a_kit(tmp_path, monkeypatch, capsys):
    from grading import selfstudy

    kit = KitFacts("0" * 32, "l0_orientation", "t", "us", "2", "n", {})
    replace(kit, track="law").write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert selfstudy.find_task("0.4").functions == ("choose", "newest")
    assert selfstudy.find_task("0.2").functions == ("volume", "largest")


TOY_RULES = """
RIGHT = "B"


def right_on(value):
    return {"A": value["beds"] > 0, "B": value["beds"] > 1, "C": value["beds"] > 2}
"""
TOY_ANSWER = """def choose():
    return {{"rule": "{rule}", "beds": {beds}}}


def busiest(table):
    return int(table["used"].max())"""


def test_two_students_of_two_tracks_are_marked_by_their_own_questions(course, monkeypatch, tmp_path):
    """The choice gives the points of `free`, the last function is asked of the same hidden districts."""
    (tmp_path / "rules.py").write_text(TOY_RULES, encoding="utf-8")
    toy = Choice("9.1", "The rule", "The right rule.", lambda value: None, ("one", "two", "three"))
    monkeypatch.setattr(choosing, "choice_of", lambda folder: toy)
    monkeypatch.setattr(choosing, "_rules", lambda lab: tmp_path / "rules.py")
    roster = course.folder / "roster.csv"
    text = roster.read_text(encoding="utf-8")
    roster.write_text(
        text.replace("ben,,ben,,,", "ben,,ben,,law,").replace("cy,,cy,,,", "cy,,cy,,law,"), "utf-8"
    )
    submit(course, "ada", RIGHT_TOY)
    submit(course, "ben", {"solve_9_1": TOY_ANSWER.format(rule="B", beds=2)})
    submit(course, "cy", {"solve_9_1": TOY_ANSWER.format(rule="A", beds=2)})
    done = grade(course.folder, TOY)
    found = {name: next(t for t in marks.tasks if t.task == "9.1") for name, marks in done.marks.items()}
    assert {name: task.got for name, task in found.items()} == {"ada": 4.0, "ben": 2.5, "cy": 1.0}
    assert [check.id for check in found["ben"].checks] == ["9.1.choice", "9.1.busiest"]
    page = course.folder / "feedback" / "ben" / TOY / "feedback.html"
    assert "The rule" in page.read_text(encoding="utf-8")
    told = explain(course.folder, "ben", "9.1", 5).text
    assert "Chosen: B. The right rule is B." in told and "A is right, B is right, C is wrong" in told
    roster.write_text(text, "utf-8")  # back on the track it, the same hand-in is marked anew
    again = grade(course.folder, TOY, ["ben"]).marks["ben"]
    assert next(task for task in again.tasks if task.task == "9.1").got == 1.0
