"""Counts what tasks on personalised medicine need of gene panels (6.5)."""

from sim.counters.base import District, counter, truth_of


@counter
def cohort_with_panels(district: District) -> int:
    """Counts people with known diabetes whose genes are known."""
    return int((district.tables["genetic_panels"]["reason"] == "diabetes programme").sum())


@counter
def carriers_of_harm(district: District) -> int:
    """Counts those of them whom the outreach treatment harms."""
    panels = district.tables["genetic_panels"]
    programme = panels.loc[panels["reason"] == "diabetes programme", "panel_id"]
    truth = truth_of(district).facts["panel_truth"]
    return int(truth.loc[truth["panel_id"].isin(programme), "carrier"].sum())


@counter
def swapped_tubes(district: District) -> int:
    """Counts panels whose file holds the genes of somebody else."""
    truth = truth_of(district).facts["panel_truth"]
    return int((truth["person"] != truth["genes_of"]).sum())


@counter
def drug_events(district: District) -> int:
    """Counts calls in which something had happened under a drug."""
    return int((district.tables["drug_followups"]["event"] != "none").sum())
