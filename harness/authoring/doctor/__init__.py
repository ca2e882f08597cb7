"""Looks at plugins as their authors should before others meet them, and says what to mend."""
