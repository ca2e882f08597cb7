"""New plugins: a whole distribution with a component of one kind, whose tests pass as it is written."""

from harness.authoring.scaffold.writing import SORT_OF_KIND, requirement_on, write_distribution

__all__ = ["SORT_OF_KIND", "requirement_on", "write_distribution"]
