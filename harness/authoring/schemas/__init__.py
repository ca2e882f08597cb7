"""JSON Schemas of recipes and suites for editors: they complete and check keys, components and options."""
