"""What cells without an answer print and draw in Chinese: nothing lacks, only words differ."""

import ast
import re

import pytest

from grading.comments import OUTSIDE, commented, comments_of
from grading.labtext import grade_id, release_notebook, source_notebook
from grading.literals import literals, worded
from grading.stubwords import described, task_of
from grading.tasks import lab_folder, load_tasks
from grading.tracks import TRACKS, in_track, other_code, with_tracks
from tests.course.answers import LABS

CHINESE = re.compile(r"[\u3400-\u9fff]")


def words(source):
    return [text for *_, text in literals(source)]


class Bare(ast.NodeTransformer):
    """Leaves of literals the fields alone, of those that are translated nothing."""

    def __init__(self, known):
        self.known = {*known, *known.values()}

    def visit_Constant(self, node):
        return ast.Constant("") if node.value in self.known else node

    def visit_JoinedStr(self, node):
        return ast.List(sorted((v for v in node.values if isinstance(v, ast.FormattedValue)), key=ast.dump))


def bare(source, known):
    return ast.dump(Bare(known).visit(ast.parse(source)))


@pytest.fixture(params=LABS)
def lab(request):
    return request.param


@pytest.fixture
def known(lab):
    return comments_of(lab_folder(lab), "zh")[OUTSIDE]


@pytest.fixture
def cells(lab):
    source = source_notebook(lab_folder(lab) / "lab.py")
    code = [cell for cell in source.cells if cell.cell_type == "code" and not task_of(grade_id(cell))]
    return [cell.source for cell in code]


def test_every_word_that_a_cell_shows_has_its_chinese(lab, known, cells):
    for text in (text for source in cells for text in words(source)):
        assert CHINESE.search(known.get(text, "")), f"code.zh.yaml of {lab} lacks '{text}'"


def test_only_words_differ(known, cells):
    for source in cells:
        chinese = worded(source, known)
        assert bare(chinese, known) == bare(source, known)
        texts = set(words(source))
        assert len({known[text] for text in texts}) == len(texts), "two legends became one"


def test_a_chinese_notebook_shows_no_english_outside_of_answers(lab, known):
    source = source_notebook(lab_folder(lab) / "lab.py")
    model = release_notebook(with_tracks(source, lab_folder(lab), load_tasks(lab)))
    for track in TRACKS:
        received = in_track(model, track, "zh")
        code = [c for c in received.cells if c.cell_type == "code" and not task_of(grade_id(c))]
        assert all(CHINESE.search(text) for cell in code for text in words(cell.source))
        assert track != "it" or all(cell.source in other_code(model) for cell in code)


def test_answers_and_their_checks_stay(lab, known):
    source = source_notebook(lab_folder(lab) / "lab.py")
    model = release_notebook(with_tracks(source, lab_folder(lab), load_tasks(lab)))
    comments = comments_of(lab_folder(lab), "zh")
    chinese = {grade_id(cell): cell.source for cell in in_track(model, "it", "zh").cells}
    marked = [cell for cell in model.cells if re.match("solve_|mark_", grade_id(cell))]
    for cell in (cell for cell in marked if cell.cell_type == "code"):
        name = grade_id(cell)
        told = described(name, commented(cell.source, comments.get(task_of(name), {})), "zh")
        assert chinese[name] == told


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("print('none', table['rows'], f'{n}')", ["none"]),
        ("px.bar(t, x='rows', title='Rows', labels={'rows': 'Count'})", ["Rows", "Count"]),
        ("figure.update_layout(xaxis_title='Rows')", ["Rows"]),
        ("np.where(t['status'] == 'F', 'is final', 'other')", ["is final"]),
        ("names = [f'{one} and {two}', f'{column}_x', f'{one} {two}']", ["{one} and {two}"]),
        ("figure.update_traces(textposition='top center')", []),
        ("ask(b'two words', scope='system/Patient.rs system/Condition.rs', day='%Y %m')", []),
        ("print(f'{table[\"one row\"]} …', '中文', 1)", ["中文"]),
        ("%matplotlib inline", []),
    ],
)
def test_what_counts_as_words(source, found):
    assert words(source) == found


def test_words_of_any_length_and_quotes():
    source = '表 = ("""two\nrows""", "one row", \'one row\')  # one row'
    chinese = worded(source, {"one row": "一行", "two\nrows": "两行"})
    assert chinese == '表 = ("""两行""", "一行", \'一行\')  # one row'
