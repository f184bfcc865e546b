"""No file of the course says one thing twice: YAML would let the second silently take the first's place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "course").rglob("*.yaml"), *(ROOT / "sim").rglob("*.yaml")])


def repeated(text: str) -> Iterator[str]:
    """Yields every key that stands twice in one mapping, with its line."""
    ahead = [yaml.compose(text, Loader=yaml.SafeLoader)]
    while ahead:
        node = ahead.pop()
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if key.value in seen:
                    yield f"{key.value} in line {key.start_mark.line + 1}"
                seen.add(key.value)
                ahead.append(value)
        elif isinstance(node, yaml.SequenceNode):
            ahead += node.value


def test_repeated_keys_are_found():
    assert list(repeated("a: {b: 1}\nc:\n  - {d: 1, e: 2, d: 3}\na: 2\n")) == ["a in line 4", "d in line 3"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_key_stands_twice(path: Path):
    assert not list(repeated(path.read_text(encoding="utf-8")))
