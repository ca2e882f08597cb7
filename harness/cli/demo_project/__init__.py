"""The recipe and conversations of `harness demo`."""
