"""Changes of level, and the plot of a metric over evaluations."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from harness.report.model import TrendPoint
from harness.report.query import changepoints
from harness.report.query.changepoints import change_points
from harness.report.terminal.history import Change, History, render

LEVELS = (0.90, 0.91, 0.89, 0.90, 0.92, 0.80, 0.81, 0.79, 0.80, 0.82)


def history(values: tuple[float, ...], changes: tuple[Change, ...] = ()) -> History:
    points = tuple(
        TrendPoint(f"2026-01-{day:02}T09:30:00", f"e{day}", f"model {day}", value, value - 0.05, value + 0.05)
        for day, value in enumerate(values, start=1)
    )
    return History("teams", "accuracy", "0123456789abcdef", "gate", 60, True, points, changes)


def shown(found: History, width: int = 80) -> str:
    console = Console(width=width, record=True, file=StringIO())
    console.print(render([found], width))
    return console.export_text()


def test_a_change_of_level_is_found_where_it_begins() -> None:
    assert change_points(LEVELS) == (5,)
    assert change_points([one * 1000 for one in LEVELS]) == (5,)


def test_few_or_equal_values_have_no_change_of_level() -> None:
    assert change_points(LEVELS[2:9]) == ()
    assert change_points([0.9] * 20) == ()
    assert change_points([]) == ()


def test_noise_seldom_has_a_change_of_level() -> None:
    generator = np.random.default_rng(0)
    found = [bool(change_points(generator.normal(size=12).tolist())) for _ in range(200)]
    assert np.mean(found) < 0.08


def test_a_missing_library_means_no_changes_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changepoints, "find_spec", lambda name: None)
    assert change_points(LEVELS) == ()
    assert 'pip install "finetune-harness[history]"' in shown(history(LEVELS))


def test_the_plot_marks_a_new_level_before_its_first_evaluation() -> None:
    text = shown(history(LEVELS, (Change("e6", "2026-01-06T09:30:00", 0.904, 0.804),)))
    assert text.index("model 5") < text.index("level 0.90 → 0.80") < text.index("model 6")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_plot_fits_the_terminal(width: int) -> None:
    assert max(map(len, shown(history(LEVELS), width).splitlines())) <= width


def test_one_evaluation_is_plotted_too() -> None:
    assert "0.90 [0.85, 0.95]" in shown(history((0.9,)))


def test_an_interval_stored_before_intervals_had_a_level_is_marked() -> None:
    found = history((0.9, 0.8))
    mixed = replace(found, points=(replace(found.points[0], level=0.95), found.points[1]))
    text = shown(mixed, 100)
    assert "0.90 [0.85, 0.95] (95 %)" in text
    assert "0.80 [0.75, 0.85] (95 %)" not in text
    assert "intervals leave out 5 % on each side (90 %)" in text
    assert "(90 %)" not in shown(replace(found, points=tuple(replace(one, level=0.95) for one in found.points)), 100)
