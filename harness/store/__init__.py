"""The store: DuckDB for the facts of all runs, journals for those of a run in progress."""

from harness.store.figure_rows import figure_rows, noise_row, value_rows
from harness.store.journal import Journal, run_folder
from harness.store.reader import Reader
from harness.store.rows import evaluation_row, metric_row, prediction_row
from harness.store.store import Store
from harness.store.stored_cases import StoredCases
from harness.store.suite_part import SuitePart
from harness.store.suite_rows import suite_rows
from harness.store.values import now

__all__ = [
    "Journal",
    "Reader",
    "Store",
    "StoredCases",
    "SuitePart",
    "evaluation_row",
    "figure_rows",
    "metric_row",
    "noise_row",
    "now",
    "prediction_row",
    "run_folder",
    "suite_rows",
    "value_rows",
]
