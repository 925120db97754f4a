"""Fixtures that every level of the tests may use; what one level needs stands in its own conftest."""
