"""Estimators: paired differences of any figure, with interval and one-sided p, and families of tests.

Pure functions of numbers. Random draws are seeded by the caller, so that the same cases give the same answer; swapping
the sides flips every sign exactly; every edge has an answer: ties, one case, all right, all wrong, one cluster.
"""
