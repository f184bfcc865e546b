"""Counts what tasks on images need: who is in their headers and in their pixels (4.8, 4.9)."""

from sim.counters.base import District, counter, truth_of


def _entries(district: District, defect: str, table: str) -> int:
    ledger = truth_of(district).defects(defect)
    return int((ledger["table"] == table).sum())


@counter
def burned_in_names(district: District) -> int:
    """Counts examinations of the large hospital with words burned into an image."""
    return _entries(district, "D66", "imaging_studies")


@counter
def wrong_headers(district: District) -> int:
    """Counts examinations of the large hospital under another patient's name."""
    return _entries(district, "D67", "imaging_studies")


@counter
def private_headers(district: District) -> int:
    """Counts images with telephone number and address in private elements."""
    return sum(name.startswith("imaging/h2") for name in district.files)


@counter
def remarked_headers(district: District) -> int:
    """Counts images with name and telephone number in free text."""
    return sum(name.startswith("imaging/h3") for name in district.files)
