"""Recipes and suites with every component built, and all that can be checked before a model is loaded."""
