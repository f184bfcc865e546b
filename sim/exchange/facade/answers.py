"""Answers as FHIR bundles, put together from finished resources as text."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from sim.exchange.facade.searching import Search


def dump(content: Any) -> str:
    """Writes JSON without blanks.

    Example:
        >>> dump({"name": "Müller"})
        '{"name":"Müller"}'
    """
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def searchset(
    base: str,
    search: Search,
    total: int,
    found: Iterable[tuple[str, str]],
    notes: Iterable[dict[str, Any]] = (),
) -> str:
    """Writes one page of a search.

    Args:
        base: Address of the exchange.
        search: What was asked.
        total: How many resources fit that may be given.
        found: Id and text of those on this page.
        notes: OperationOutcomes that go with them.
    """
    entries = [
        f'{{"fullUrl":{dump(f"{base}/{search.kind}/{ident}")},"resource":{text},"search":{{"mode":"match"}}}}'
        for ident, text in found
    ]
    entries += [f'{{"resource":{dump(note)},"search":{{"mode":"outcome"}}}}' for note in notes]
    inside = f',"entry":[{",".join(entries)}]' if entries else ""
    links = dump(_links(base, search, total))
    return f'{{"resourceType":"Bundle","type":"searchset","total":{total},"link":{links}{inside}}}'


def _links(base: str, search: Search, total: int) -> list[dict[str, str]]:
    """Returns this page's address, and those of the pages before and after it."""
    links = [{"relation": "self", "url": _address(base, search, search.offset)}]
    if search.counting or search.count == 0:
        return links
    if search.offset + search.count < total:
        links.append({"relation": "next", "url": _address(base, search, search.offset + search.count)})
    if search.offset > 0:
        links.append(
            {"relation": "previous", "url": _address(base, search, max(0, search.offset - search.count))}
        )
    return links


def _address(base: str, search: Search, offset: int) -> str:
    pairs = [*search.asked, ("_count", str(search.count)), *([("_offset", str(offset))] if offset else [])]
    return f"{base}/{search.kind}?{urlencode(pairs)}"
