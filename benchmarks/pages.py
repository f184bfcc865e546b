"""Puts a measured table into a page, between its two marks."""

from pathlib import Path

GRADING = Path(__file__).resolve().parent.parent / "docs" / "grading.md"


def put(mark: str, text: str, page: Path = GRADING) -> None:
    """Replaces what stands between `<!-- mark -->` and `<!-- /mark -->`.

    Args:
        mark: Name of the place.
        text: What is to stand there.
        page: The page.

    Raises:
        ValueError: The page has no such place.

    Example:
        >>> import tempfile
        >>> page = Path(tempfile.mkdtemp(), "page.md")
        >>> _ = page.write_text("a <!-- t -->old<!-- /t --> b", encoding="utf-8")
        >>> put("t", "new", page)
        >>> page.read_text(encoding="utf-8").split()
        ['a', '<!--', 't', '-->', 'new', '<!--', '/t', '-->', 'b']
    """
    before, found, rest = page.read_text(encoding="utf-8").partition(f"<!-- {mark} -->")
    _, ended, after = rest.partition(f"<!-- /{mark} -->")
    if not (found and ended):
        raise ValueError(f"{page}: has no place for {mark}")
    page.write_text(f"{before}{found}\n{text.strip()}\n{ended}{after}", encoding="utf-8")
