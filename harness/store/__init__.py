"""The store: DuckDB for the facts of all runs, journals for those of a run in progress."""
