"""JSON Schemas of recipes and suites for editors: they complete and check keys, components and options."""

from harness.schemas.documents import recipe_schema, suite_schema, write_schema

__all__ = ["recipe_schema", "suite_schema", "write_schema"]
