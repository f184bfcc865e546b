"""The log as the privacy office sees it."""

from collections.abc import Iterable

from sim.exchange.facade.answers import dump, searchset
from sim.exchange.facade.audit import Log, audit_event
from sim.exchange.facade.refusals import Refusal, absent
from sim.exchange.facade.scopes import AUDIT
from sim.exchange.facade.searching import read_search
from sim.exchange.facade.tokens import Grant


def entry(log: Log, grant: Grant, ident: str) -> str:
    """Returns an entry of the log.

    Raises:
        Refusal: The client is not the privacy office, or there is none.
    """
    _check(grant, "r")
    number = int(ident) if ident.isascii() and ident.isdigit() and len(ident) < 10 else 0
    if not 1 <= number <= len(log.lines):
        raise absent(AUDIT, ident)
    return dump(audit_event(log.entry(number)))


def entries(log: Log, base: str, grant: Grant, pairs: Iterable[tuple[str, str]]) -> str:
    """Returns a page of the log, the latest entries last.

    Raises:
        Refusal: The client is not the privacy office, or the request is malformed.
    """
    _check(grant, "s")
    search = read_search(AUDIT, pairs)
    total = len(log.lines)
    last = min(total, search.offset + search.count)
    numbers = [] if search.counting else range(search.offset + 1, last + 1)
    found = [(str(number), dump(audit_event(log.entry(number)))) for number in numbers]
    return searchset(base, search, total, found)


def _check(grant: Grant, right: str) -> None:
    if (AUDIT, right) not in grant.scopes:
        raise Refusal(
            403,
            "forbidden",
            f"Only the privacy office sees the log; its token needs system/{AUDIT}.{right}.",
            reason="scope",
        )
