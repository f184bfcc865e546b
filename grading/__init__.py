"""Tasks, checks, the judge and everything around a mark."""
