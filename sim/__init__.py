"""A simulated health district: the people, the truth and what each system recorded."""

WORLD_VERSION = "1"
"""Changes only when the contents of a district change; a golden test guards it."""
