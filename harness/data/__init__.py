"""Training data: conversations loaded, cleaned, kept apart from the suites and split.

Pure but for files in a folder.
"""
