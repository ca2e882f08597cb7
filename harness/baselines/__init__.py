"""Baselines: what their names point at, how the names move, and what makes a comparison with one unfair."""

from harness.baselines.exchange import export_baseline, import_baseline
from harness.baselines.gating import Gating, gating
from harness.baselines.looks import LOOK_ALPHA
from harness.baselines.moves import Standing, assign, set_anchor, standings, take_over
from harness.baselines.naming import Pointed, pointed
from harness.baselines.promotion import NotPromotedError, promote
from harness.baselines.who import who

__all__ = [
    "LOOK_ALPHA",
    "Gating",
    "NotPromotedError",
    "Pointed",
    "Standing",
    "assign",
    "export_baseline",
    "gating",
    "import_baseline",
    "pointed",
    "promote",
    "set_anchor",
    "standings",
    "take_over",
    "who",
]
