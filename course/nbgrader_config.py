"""What a class's own nbgrader configuration imports: our steps in place of nbgrader's riskier ones.

Each line answers a trap of nbgrader 0.9 that was measured; see docs/grading.md.
"""

from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).with_name("templates")
"""Ours, which nbconvert finds before its own of the same name."""


def configure(c: Any, root: Path) -> None:
    """Fills in the configuration of a class.

    Args:
        c: The object that `get_config()` returned.
        root: The course folder.
    """
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader import preprocessors as stock

    from grading.preprocessors import JudgeOutside, RebuildHandIn, SettleGrades, TellChanges

    c.CourseDirectory.root = str(root)
    c.CourseDirectory.course_id = "hilab"
    # Nothing that a student changed outside the answer cells reaches the next steps.
    c.Autograde.sanitize_preprocessors = [
        RebuildHandIn,
        stock.ClearOutput,
        stock.DeduplicateIds,
        stock.OverwriteKernelspec,
        stock.OverwriteCells,
    ]
    # Student code runs in a sandbox and is judged outside it; nothing is executed here.
    c.Autograde.autograde_preprocessors = [
        JudgeOutside,
        stock.LimitOutput,
        stock.SaveAutoGrades,
        SettleGrades,
        TellChanges,
        stock.AssignLatePenalties,
        stock.CheckCellMetadata,
    ]
    # The notebook is validated once, after all steps, and not after each.
    c.Exporter.optimistic_validation = True
    c.OverwriteCells.add_missing_cells = True
    c.GenerateFeedback.preprocessors = [
        stock.GetGrades,
        CSSHTMLHeaderPreprocessor,
        stock.ClearHiddenTests,
    ]
    # A student's text is shown in the instructor's browser: no script, no frame, no style of its own.
    # The switch reaches nbconvert's own templates only; the filters reach those of nbgrader, too.
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {
        "markdown2html": "grading.shown.markdown",
        "clean_html": "grading.shown.clean",
    }
    # The pages ask no other computer for anything: nbconvert's macro would load MathJax from outside.
    pages = Path(stock.__file__).parents[1] / "server_extensions" / "formgrader" / "templates"
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), str(pages)]
    c.ExecutePreprocessor.timeout = 120
