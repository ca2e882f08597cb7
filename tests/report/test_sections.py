"""The parts of a report: once for all layouts, each layout in an order of its own."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.report.html.page import _ORDER
from harness.report.model import Report
from harness.report.sections import Section, SectionKind, in_order, sections


def test_a_report_that_says_nothing_has_no_section() -> None:
    assert list(sections(Report("1", "gate", "complete", "2026-12-01"))) == []


def test_each_part_of_the_demo_has_its_section_once_but_comparisons(report: Report) -> None:
    kinds = [section.kind for section in sections(report) if section.kind != "comparison"]
    assert len(kinds) == len(set(kinds))
    assert {"training", "time"} <= set(kinds)


def test_in_order_leaves_out_other_kinds_and_keeps_several_of_a_kind() -> None:
    found = [Section("time", "Time", 1), Section("comparison", "a", 2), Section("comparison", "b", 3)]
    assert [section.title for section in in_order(found, ("comparison", "time"))] == ["a", "b", "Time"]
    assert in_order(found, ("next",)) == []


@pytest.mark.parametrize("kind", [kind for kind in get_args(SectionKind) if kind not in ("reasons", "warnings")])
def test_the_page_has_a_place_for_every_kind_that_its_head_has_not(kind: SectionKind) -> None:
    assert kind in _ORDER
