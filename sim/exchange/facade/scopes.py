"""Scopes in SMART's words: which types of resources a token may read and search."""

import re

from sim.exchange.facade.parameters import KINDS

AUDIT = "AuditEvent"
"""The type that only auditors get."""

_SCOPE = re.compile(r"system/([A-Za-z]+|\*)\.(read|write|\*|c?r?u?d?s?)")
_LONG = {"read": "rs", "write": "cud", "*": "cruds"}

Scopes = frozenset[tuple[str, str]]
"""Pairs of a type and "r" (read) or "s" (search)."""


def read_scopes(text: str, auditor: bool = False) -> Scopes:
    """Returns what is granted of the scopes that were asked for; what is not known is left out.

    Args:
        text: Scopes with blanks between them, in the words of SMART 1 or 2.
        auditor: Whether the client may see the log, and nothing else.

    Example:
        >>> sorted(read_scopes("system/Patient.rs user/Claim.rs system/Encounter.write"))
        [('Patient', 'r'), ('Patient', 's')]
    """
    granted = set()
    for word in text.split():
        found = _SCOPE.fullmatch(word)
        if found is None:
            continue
        kinds = {AUDIT} if auditor else set(KINDS)
        kinds &= {*KINDS, AUDIT} if found[1] == "*" else {found[1]}
        granted |= {
            (kind, right) for kind in kinds for right in _LONG.get(found[2], found[2]) if right in "rs"
        }
    return frozenset(granted)


def write_scopes(scopes: Scopes) -> str:
    """Writes scopes as SMART 2 has them.

    Example:
        >>> write_scopes(frozenset({("Patient", "s"), ("Patient", "r"), ("Claim", "r")}))
        'system/Claim.r system/Patient.rs'
    """
    kinds = sorted({kind for kind, _ in scopes})
    rights = {kind: "".join(right for right in "rs" if (kind, right) in scopes) for kind in kinds}
    return " ".join(f"system/{kind}.{rights[kind]}" for kind in kinds)
