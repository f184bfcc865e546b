"""What the county's planners know: how the registration desk is run, and what joining partners costs.

No patient is in it. Tasks 1.8 and 2.8 work on it with the models of `sim.policy`, whose parameters it names.
"""

import numpy as np
import yaml

DESK = {
    "seconds_per_registration": (125, 165),
    "registrations_per_hour": (9, 14),
    "hurried_share": (0.15, 0.40),
    "temporary_staff_share": (0.05, 0.25),
    "barcode_outage_hours_a_year": (20, 160),
}
"""Least and most of what is drawn about the desk: whole numbers, or shares with two places (assumed)."""

EXCHANGE = {
    "partners": (4, 24),
    "messages_a_year": (200_000, 2_000_000),
    "cost_of_a_direct_link": (3, 6),
    "cost_of_a_link_to_the_hub": (3, 7),
    "cost_of_the_hub": (40, 90),
    "cost_of_an_audit": (2, 5),
    "audits_a_year": (4, 26),
}
"""The same about the exchange between partners; costs in thousands a year, of a directed link (assumed)."""


def describe(rng: np.random.Generator) -> bytes:
    """Writes the county's parameters as YAML.

    Args:
        rng: A stream at its beginning.

    Returns:
        Two parts, `desk` and `exchange`, with the names of `DESK` and `EXCHANGE`.

    Example:
        >>> found = yaml.safe_load(describe(np.random.default_rng(1)))
        >>> 0.15 <= found["desk"]["hurried_share"] <= 0.4, sorted(found)
        (True, ['desk', 'exchange', 'note'])
    """
    content = {
        "note": "Invented figures of this county. Costs are in thousands a year; a link has one direction.",
        "desk": {name: _between(low, high, rng) for name, (low, high) in DESK.items()},
        "exchange": {name: _between(low, high, rng) for name, (low, high) in EXCHANGE.items()},
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100).encode("utf-8")


def _between(low: float, high: float, rng: np.random.Generator) -> float:
    """Draws a number of the kind of its bounds: whole, or a share with two decimal places."""
    if isinstance(low, int):
        return int(rng.integers(low, int(high) + 1))
    return round(float(rng.uniform(low, high)), 2)
