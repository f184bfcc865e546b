"""Counts what tasks need to find in notes."""

from sim.counters.base import District, counter, truth_of


@counter
def notes_with_names(district: District) -> int:
    """Counts notes in whose text the patient or a relative is named."""
    mentions = truth_of(district).facts["note_mentions"]
    return len(mentions.loc[mentions["kind"] == "name", ["facility", "note_id"]].drop_duplicates())


@counter
def misspelled_notes(district: District) -> int:
    """Counts words misspelled in notes."""
    return len(truth_of(district).defects("D39"))


@counter
def copied_paragraphs(district: District) -> int:
    """Counts paragraphs copied forward."""
    return len(truth_of(district).defects("D40"))


@counter
def negated_mentions(district: District) -> int:
    """Counts conditions that notes mention as absent."""
    mentions = truth_of(district).facts["note_mentions"]
    return int(((mentions["kind"] == "condition") & mentions["negated"]).sum())


@counter
def family_mentions(district: District) -> int:
    """Counts conditions that notes mention of relatives."""
    mentions = truth_of(district).facts["note_mentions"]
    return int(((mentions["kind"] == "condition") & (mentions["whose"] == "family")).sum())
