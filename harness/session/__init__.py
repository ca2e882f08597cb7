"""One function a step: prepared, trained, evaluated, compared. Only these read the cache and write the journal."""

from harness.session.calibrated import calibrated
from harness.session.compared import compared, measured
from harness.session.confirmed import confirmed
from harness.session.evaluated import evaluated, recorded, unanswered
from harness.session.prepared import prepared
from harness.session.rehearsed import Rehearsal, rehearsed
from harness.session.rescored import rescored
from harness.session.running import Models, Session, Stage, started
from harness.session.trained import checkpoint_at_fault, trained

__all__ = [
    "Models",
    "Rehearsal",
    "Session",
    "Stage",
    "calibrated",
    "checkpoint_at_fault",
    "compared",
    "confirmed",
    "evaluated",
    "measured",
    "prepared",
    "recorded",
    "rehearsed",
    "rescored",
    "started",
    "trained",
    "unanswered",
]
