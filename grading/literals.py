"""What cells without an answer print and draw, in another language: sentences, titles, labels, legends.

The words stand with the comments of such cells in `code.zh.yaml`, under `outside`. A literal is for people if
it holds a word beside a blank, or is printed, a title or a label. Every other one is a name that code needs,
such as a column's, and stays. So in `lab.py` a legend says "one row", never "one".
"""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate

_WORD = re.compile(r"[(+]?[^\W\d_][\w'-]*[).,:;?!]*")
_SETTINGS = {"textposition"}
"""Values that the drawing library knows, though they look like a phrase."""

_WRITTEN = re.compile(r"""\w*("{3}|'{3}|["'])(.*)\1""", re.DOTALL)


def worded(source: str, known: Mapping[str, str]) -> str:
    r"""Returns code whose literals for people are in another language; one without a translation stays.

    Args:
        source: The code; text that is not Python comes back as it is.
        known: The literals as they stand between their quotes, those with fields too, and theirs in the
            other language.

    Example:
        >>> known = {"rows": "行", "{n} of {all} rows": "{all} 行中的 {n} 行"}
        >>> worded('print("rows", table["rows"], f"{n} of {all} rows")', known)
        'print("行", table["rows"], f"{all} 行中的 {n} 行")'
    """
    code = source.encode()
    for begin, end, text in reversed(list(literals(source))):
        code = code[:begin] + known.get(text, text).encode() + code[end:]
    return code.decode()


def literals(source: str) -> Iterator[tuple[int, int, str]]:
    """Gives the begin, the end (in bytes) and the text of every literal for people, without its quotes."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    code = source.encode()
    lines = [0, *accumulate(len(line) + 1 for line in code.split(b"\n"))]
    shown = {part for node in ast.walk(tree) for part in _shown(node)}
    for node in sorted(_texts(tree), key=lambda each: (each.lineno, each.col_offset)):
        said = _said(node)
        if re.search(r"[^\W\d_]", said) if node in shown else _phrase(said):
            begin = lines[node.lineno - 1] + node.col_offset
            end = lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            written = _WRITTEN.fullmatch(code[begin:end].decode())
            if written:
                quote, text = written.groups()
                yield end - len((text + quote).encode()), end - len(quote), text


def _shown(node: ast.AST) -> Iterator[ast.expr]:
    """Gives what a call shows to people, be it one word: what it prints, titles, labels."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id == "print":
        yield from node.args
    for keyword in node.keywords:
        if "title" in (keyword.arg or ""):
            yield keyword.value
        if keyword.arg == "labels" and isinstance(keyword.value, ast.Dict):
            yield from keyword.value.values


def _texts(node: ast.AST) -> Iterator[ast.JoinedStr | ast.Constant]:
    """Gives the literals of some code; those inside the field of another one belong to that one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and type(child.value) is str):
            yield child
        elif not (isinstance(child, ast.keyword) and child.arg in _SETTINGS):
            yield from _texts(child)


def _said(node: ast.JoinedStr | ast.Constant) -> str:
    """Returns what a literal says whatever stands in its fields."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def _phrase(said: str) -> bool:
    """Says if there is a word beside a blank.

    Example:
        >>> _phrase("one row"), _phrase("{} and {}"), _phrase("app_readings"), _phrase("{} {}")
        (True, True, False, False)
    """
    tokens = said.split()
    return tokens != [said] and any(_WORD.fullmatch(token) for token in tokens)
