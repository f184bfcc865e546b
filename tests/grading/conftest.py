"""A class with a toy lab, built once; its districts are three small tables."""

from tests.grading.classroom import classroom, course  # noqa: F401
