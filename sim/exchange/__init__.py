"""Health data in the shapes in which institutions exchange it."""
