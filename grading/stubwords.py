"""What the functions of an answer cell are for, in another language: code is shared, descriptions are not.

`course/i18n/docstrings.zh.yaml` holds the descriptions by task and function.
"""

import ast
from collections.abc import Mapping
from functools import cache

import yaml

from grading.catalogue import course_file
from grading.words import LANGUAGES
from sim.errors import HilabError

PREFIX = "solve_"
"""How the grade_id of an answer cell with code begins."""


@cache
def descriptions(language: str) -> Mapping[str, Mapping[str, str]]:
    """Returns the descriptions of functions by task and name; none for English, which the labs hold.

    Raises:
        HilabError: The file cannot be read.
    """
    if language == LANGUAGES[0]:
        return {}
    path = course_file(f"i18n/docstrings.{language}.yaml")
    try:
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error


def described(cell: str, source: str, language: str) -> str:
    r"""Returns an answer cell whose functions are described in a language.

    Args:
        cell: Its grade_id, such as `solve_0_6`; other cells come back as they are.
        source: Its text.
        language: The language; a description that is not there in it stays as it is.

    Example:
        >>> stub = 'def free_beds(beds, patients):\n    "Says how many."\n    raise NotImplementedError()'
        >>> print(described("solve_0_6", stub, "zh").split("\n")[1].strip(' "'))
        返回一个病房还能收多少位患者。
        >>> described("solve_0_6", stub, "en") == stub
        True
    """
    known = descriptions(language).get(task_of(cell), {})
    if not known:
        return source
    lines = source.split("\n")
    for name, told in reversed(_docstrings(source)):
        if name in known:
            lines[told.lineno - 1 : told.end_lineno] = _written(known[name], " " * told.col_offset)
    return "\n".join(lines)


def task_of(cell: str) -> str:
    """Returns the number of the task whose answer a cell holds; empty for other cells.

    Example:
        >>> task_of("solve_4_5a"), task_of("setup")
        ('4.5a', '')
    """
    return cell.removeprefix(PREFIX).replace("_", ".") if cell.startswith(PREFIX) else ""


def _docstrings(source: str) -> list[tuple[str, ast.Expr]]:
    """Returns the functions of a cell that have a description, and where it stands, from top to bottom."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return []
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)]
    found = [(each.name, each.body[0]) for each in sorted(functions, key=lambda each: each.lineno)]
    return [(name, told) for name, told in found if isinstance(told, ast.Expr)]


def _written(text: str, indent: str) -> list[str]:
    """Returns a description as lines of code; one of several lines ends on a line of its own."""
    first, *rest = text.strip().split("\n")
    if not rest:
        return [f'{indent}"""{first}"""']
    return [f'{indent}"""{first}', *(f"{indent}{line}" if line else "" for line in rest), f'{indent}"""']
