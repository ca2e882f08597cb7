"""Answers of an opened model: planned, packed, prefixes shared."""
