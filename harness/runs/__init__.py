"""A run from its recipe to its decision: the only room that knows all below."""
