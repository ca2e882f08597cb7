"""Small components with one fault each, and sound ones, as contract tests; `test_planted_faults.py` runs them."""
