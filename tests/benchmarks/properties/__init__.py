"""Drawing comparisons of every estimator, and reading back what reports print of them."""
