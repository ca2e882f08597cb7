"""Reports asked of the store: what a run did, what changed, what was measured before."""
