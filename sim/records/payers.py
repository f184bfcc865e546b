"""Who pays: two public programmes, two invented plans, and the patients themselves."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5


@dataclass(frozen=True)
class Payer:
    """Somebody who pays for care.

    Attributes:
        name: What the payer is called.
        covers: Share of every bill that it pays (assumed).
        ownership: "GOVERNMENT", "PRIVATE" or "NO_INSURANCE", Synthea's words.
        premium: What a member pays for a year, in dollars (assumed).
        town: Where it has its seat; blank for those who pay themselves.
    """

    name: str
    covers: float
    ownership: str
    premium: float
    town: str | None

    @property
    def id(self) -> str:
        """Id as it stands in the tables; the same in every population."""
        return str(uuid5(NAMESPACE_URL, f"urn:hilab:payer:{self.name}"))


PAYERS = (
    Payer("Senior Programme", 0.80, "GOVERNMENT", 2_000.0, "Lindenmoor"),
    Payer("Low-Income Programme", 1.00, "GOVERNMENT", 0.0, "Lindenmoor"),
    Payer("Larkfield Mutual", 0.75, "PRIVATE", 1_500.0, "Larkfield"),
    Payer("Brightwell Health Plan", 0.70, "PRIVATE", 1_300.0, "Brightwell"),
    Payer("Self-pay", 0.0, "NO_INSURANCE", 0.0, None),
)
"""All payers; elsewhere a payer is an index into these."""

SENIOR, LOW_INCOME, NOBODY = 0, 1, len(PAYERS) - 1
"""The programme for the old, the programme for the poor, and patients who pay themselves."""
