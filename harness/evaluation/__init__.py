"""From cases to requests, predictions, scores and findings.

Pure: models, metrics and checks come in as arguments.
"""
