"""Suites: cases with metrics, checks, roles and tiers.

Read from files and lm-eval tasks; recorded answers, too.
"""
