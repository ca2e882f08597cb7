"""Baselines: what their names point at, how the names move, and what makes a comparison with one unfair."""
