"""New plugins: a whole distribution with a component of one kind, whose tests pass as it is written."""
