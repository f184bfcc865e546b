"""A population against published figures: who lives, who dies, who is ill, what is measured, who is seen.

`validate` reads tables in Synthea's layout and nothing else, so that a population made by Synthea itself can
be compared in the same way. Data flows one way: `concepts` (which codes mean what) → `cohort` (people,
visits, years lived) → `measures` (one number for one group) → `validation` (beside the published one) →
`report`.
"""

from sim.validation.validation import Validation, validate

__all__ = ["Validation", "validate"]
