"""Power before compute: what a suite will be able to see, and which margins it cannot hold."""

from harness.planning.history import History
from harness.planning.margins import below_noise, check_margins, resting_on
from harness.planning.planned import ASSUMED, ASSUMED_CORRELATION, POINTS, PlannedMetric, planned

__all__ = [
    "ASSUMED",
    "ASSUMED_CORRELATION",
    "POINTS",
    "History",
    "PlannedMetric",
    "below_noise",
    "check_margins",
    "planned",
    "resting_on",
]
