"""Whether a candidate is better, worse or cannot be told apart.

Pairs, intervals, power, verdicts, the gate: pure functions of numbers. The order of the rules stands in `verdicts`.
"""
