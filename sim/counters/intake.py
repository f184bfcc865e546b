"""Counts what task 1.2 needs: blanks of each reason on the clinic's forms."""

from sim.counters.base import District, counter, truth_of


def _blanks(district: District, reason: str) -> int:
    told = truth_of(district).facts["blank_reasons"]
    return int((told["reason"] == reason).sum())


@counter
def blanks_not_asked(district: District) -> int:
    """Counts fields that were not asked."""
    return _blanks(district, "not-asked")


@counter
def blanks_unknown_to_the_person(district: District) -> int:
    """Counts questions that were asked and not known."""
    return _blanks(district, "asked-unknown")


@counter
def blanks_declined(district: District) -> int:
    """Counts questions that were asked and declined."""
    return _blanks(district, "asked-declined")


@counter
def blanks_not_applicable(district: District) -> int:
    """Counts fields that did not apply."""
    return _blanks(district, "not-applicable")


@counter
def blanks_not_performed(district: District) -> int:
    """Counts measurements that were not performed."""
    return _blanks(district, "not-performed")


@counter
def blanks_by_error(district: District) -> int:
    """Counts measurements that failed."""
    return _blanks(district, "error")


@counter
def pregnancies_in_males(district: District) -> int:
    """Counts pregnancies recorded in people registered male."""
    ledger = truth_of(district).defects("D57")
    return int((ledger["field"] == "pregnant").sum())
