"""The scene of the doors, for attacks on every address of the house at once."""

from assessments.tests.test_doors import scene

__all__ = ["scene"]
