"""Task files of lm-evaluation-harness as suites: the same questions, word for word, and the same figures.

The rules are those of lm-eval 0.4.13. A task becomes a suite once, when it is imported; nothing of it runs later.
"""
