"""Fixtures that several folders of tests share."""

from tests.classroom import classroom, course  # noqa: F401
