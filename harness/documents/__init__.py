"""Files that people write: YAML, JSON Lines, amounts. What is wrong is told with file, line and key.

What reads here never hangs and never floods; what writes leaves the old file or the whole new one.
"""
