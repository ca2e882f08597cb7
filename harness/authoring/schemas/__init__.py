"""JSON Schemas of recipes and suites for editors: they complete and check keys, components and options."""

from harness.authoring.schemas.documents import recipe_schema, schema_text, suite_schema

__all__ = ["recipe_schema", "schema_text", "suite_schema"]
