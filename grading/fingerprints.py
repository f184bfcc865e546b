"""How alike two programs are, whatever their variables are called: fingerprints of their tokens.

Names that a program makes up become one sign; comments, docstrings and layout are dropped. From the hashes
of all runs of 12 tokens the smallest of every 6 neighbours is kept (winnowing: Schleimer, Wilkerson and
Aiken, SIGMOD 2003), so that any 17 tokens in common leave a trace. Lines that everybody was given are left
out. Likeness is no proof of copying: short tasks leave few ways to be right.
"""

import builtins
import hashlib
import io
import keyword
import re
import token
import tokenize
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

RUN = 12
"""Tokens in a run."""

WINDOW = 6
"""Neighbouring runs of which one is kept."""

_LEAST = 8
"""Fingerprints below which two programs are too short to be compared."""

_COMMON = 0.25
_COMMON_LEAST = 6

_SILENT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, token.ENDMARKER, token.NEWLINE),
    *(token.INDENT, token.DEDENT),
}
_PLAIN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\"[^\"\n]*\"|'[^'\n]*'|[^\s\w]")
_KNOWN = {*keyword.kwlist, *dir(builtins)}


def tokens(source: str) -> list[str]:
    r"""Returns the tokens of a program, with every name of its own as `v`.

    Names after a dot stay: most of them belong to libraries.

    Example:
        >>> tokens("total = 0  # sum\nfor x in table.value:\n    total += x")
        ['v', '=', '0', 'for', 'v', 'in', 'v', '.value', ':', 'v', '+=', 'v']
    """
    found: list[str] = []
    before, fresh = "", True
    for kind, text in _raw(source):
        if kind == token.NEWLINE or kind in _SILENT:
            fresh = True
            continue
        if kind == token.STRING and fresh and text.startswith(('"""', "'''")):
            continue
        fresh = False
        if kind == token.NAME and before == ".":
            found[-1] = f".{text}"
        elif kind == token.NAME and text not in _KNOWN:
            found.append("v")
        else:
            found.append(text)
        before = text
    return found


def _raw(source: str) -> Iterator[tuple[int, str]]:
    """Gives kinds and texts of tokens; of a program that Python cannot read, what looks like tokens."""
    try:
        yield from [(t.type, t.string) for t in tokenize.generate_tokens(io.StringIO(source).readline)]
    except (tokenize.TokenError, SyntaxError, ValueError):
        for found in _PLAIN.finditer(source):
            text = found[0]
            yield (token.NAME if text[0].isalpha() or text[0] == "_" else token.OP), text


def fingerprints(source: str) -> frozenset[int]:
    r"""Returns the fingerprints of a program.

    Example:
        >>> one = "def f(rows):\n    n = 0\n    for row in rows:\n        n += row.value\n    return n"
        >>> fingerprints(one) == fingerprints(one.replace("row", "line"))
        True
    """
    found = tokens(source)
    runs = ["\0".join(found[n : n + RUN]) for n in range(max(1, len(found) - RUN + 1))]
    hashes = [
        int.from_bytes(hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=8).digest())
        for run in runs
    ]
    windows = (hashes[n : n + WINDOW] for n in range(max(1, len(hashes) - WINDOW + 1)))
    return frozenset(min(window) for window in windows)


@dataclass(frozen=True)
class Alike:
    """Two programs that have much in common.

    Attributes:
        one: Name of the first.
        other: Name of the second.
        share: Share of the shorter one's fingerprints that the other has, too; 0 to 1.
        common: Number of fingerprints in common.
    """

    one: str
    other: str
    share: float
    common: int


def alike(
    programs: Mapping[str, str],
    published: Mapping[str, str] | None = None,
    given: Collection[str] = (),
    least: float = 0.6,
) -> list[Alike]:
    r"""Returns pairs of programs that have much in common, the most alike first.

    What a quarter of all (and at least six) have is taken for the ordinary way and left out when hand-ins
    are compared with one another; not when they are compared with published solutions.

    Args:
        programs: Hand-ins by name.
        published: Solutions that anybody may have read, by name.
        given: Programs that everybody was given.
        least: Smallest share in common that counts.

    Example:
        >>> text = "\n".join(f"a{n} = b.merge(c, on='k{n}')" for n in range(9))
        >>> found = alike({"ada": text, "ben": text.replace("b", "x"), "cy": "print(1)"})
        >>> [(pair.one, pair.other, pair.share) for pair in found]
        [('ada', 'ben', 1.0)]
    """
    start = frozenset().union(*map(fingerprints, given)) if given else frozenset()
    own = {name: fingerprints(text) - start for name, text in programs.items()}
    counts = Counter(print_ for prints in own.values() for print_ in prints)
    most = max(_COMMON_LEAST, _COMMON * len(own))
    rare = {name: frozenset(p for p in prints if counts[p] < most) for name, prints in own.items()}
    known = {name: fingerprints(text) - start for name, text in (published or {}).items()}
    pairs = [*_pairs(rare), *((a, b, own[a], known[b]) for a in own for b in known)]
    found = [_compared(*pair) for pair in pairs]
    return sorted((f for f in found if f.share >= least), key=lambda f: (-f.share, -f.common, f.one, f.other))


def _pairs(
    prints: Mapping[str, frozenset[int]],
) -> Iterable[tuple[str, str, frozenset[int], frozenset[int]]]:
    return ((a, b, prints[a], prints[b]) for a, b in combinations(sorted(prints), 2))


def _compared(one: str, other: str, mine: frozenset[int], theirs: frozenset[int]) -> Alike:
    shorter = min(len(mine), len(theirs))
    common = len(mine & theirs)
    return Alike(one, other, round(common / shorter, 3) if shorter >= _LEAST else 0.0, common)
