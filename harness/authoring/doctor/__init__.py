"""Looks at plugins as their authors should before others meet them, and says what to mend."""

from harness.authoring.doctor.examination import examine
from harness.authoring.doctor.records import Diagnosis, Given, Line, State

__all__ = ["Diagnosis", "Given", "Line", "State", "examine"]
