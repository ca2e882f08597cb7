from __future__ import annotations

import base64
import hashlib
import math
import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.records import (
    Comparison,
    Decision,
    EvaluationResult,
    MetricComparison,
    MetricValue,
    SliceComparison,
)
from harness.errors import ExitCode
from harness.report.html.characters import cut, shown
from harness.report.html.page import to_html
from harness.report.html.plots import Estimate, forest, training_chart, trend_chart
from harness.report.html.replies import side_by_side
from harness.report.model import ChangedAnswer, Report, Trend, TrendPoint
from harness.report.sentences.words import VERDICTS
from harness.types import Cycle, StepRecord

VOID = {"meta", "link", "br", "input", "img", "hr"}
HARMS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script></style></title><script>alert(2)</script>",
    "' onmouseover=alert(1) x='",
    "\x1b[31mred\x1b[0m \x9b31m \x1b]8;;http://evil.example\x07link",
    "\u202egnp.exe\u2066 \ufeff\u200b\ud800\x00",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; <base href=//evil.example>",
)
CLOSED = {
    "verdict",
    "role",
    "bound",
    "against",
    "change",
    "severity",
    "state",
    "side",
    "action",
    "policy",
    "code",
    "id",
}


class Page(HTMLParser):
    """What a page holds; reading one fails on a tag that is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.rows: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data
        if "tr" in self._open:
            self.rows[-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def row(self, start: str) -> str:
        return next(" ".join(row.split()) for row in self.rows if " ".join(row.split()).startswith(start))


def whole(report: Report) -> Report:
    """The sample with a section of every kind."""
    anchor = replace(
        report.comparisons[0],
        against="anchor",
        baseline_name="",
        selected_from=3,
        warnings=("it was picked from 3 by their scores",),
    )
    values = tuple(
        MetricValue(one.suite, one.metric, one.role, one.candidate, n=one.n, reason="too few cases")
        for one in anchor.metrics
    )
    return replace(
        report,
        comparisons=(anchor, *report.comparisons),
        answers=tuple(replace(one, baseline_thought="so", candidate_thought="so") for one in report.answers),
        results=(EvaluationResult(anchor.candidate, values, report.comparisons[2].checks),),
        cycles=(Cycle(1, {"trainer.rank": 8}, {"a/b": 0.5}, {"a/b": "improved"}, False, "no gain"),),
    )


def harmful(value: Any, place: int = 0) -> Any:
    """The same with harm in front of every text that somebody else could have written."""
    if isinstance(value, str):
        return " ".join((*HARMS, value))
    if isinstance(value, tuple):
        return tuple(map(harmful, value))
    if isinstance(value, dict):
        return {harmful(key): harmful(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: harmful(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **{name: one for name, one in changed.items() if name not in CLOSED})
    return value


def metric_row(name: str, **changes: Any) -> MetricComparison:
    return replace(MetricComparison("support-intents", name, "guard", "not worse", n=9, clusters=9), **changes)


def of(report: Report, *metrics: MetricComparison) -> Report:
    comparison: Comparison = replace(report.comparisons[0], metrics=metrics, checks=())
    return Report("r1", "compare", "complete", "2026-11-23 09:07", comparisons=(comparison,))


def test_the_page_is_well_formed_and_every_id_is_there_once(report: Report) -> None:
    page = Page(to_html(whole(report)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {one["href"][1:] for one in page.all("a")} <= set(ids)
    assert page.all("html") == [{"lang": "en"}]


def test_it_asks_for_nothing_from_outside(report: Report) -> None:
    page = Page(to_html(whole(report)))
    assert {value for _, one in page.tags for name, value in one.items() if name in ("href", "src")} == {
        "data:,",
        *(one["href"] for one in page.all("a") if one["href"].startswith("#")),
    }
    assert not re.search(
        r"url\(|@import|https?:|//", "".join(re.findall(r"<style>(.*?)</style>", to_html(report), re.S))
    )


def test_the_policy_allows_its_own_style_and_script_and_nothing_else(report: Report) -> None:
    text = to_html(report)
    (policy,) = (one["content"] for one in Page(text).all("meta") if "http-equiv" in one)
    for tag in ("style", "script"):
        (source,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"(inner|outer)HTML|insertAdjacent|eval\(|document\.write|fetch|XMLHttp|import\(", source)


def test_nothing_that_anybody_wrote_becomes_markup(report: Report) -> None:
    kind, harm = Page(to_html(whole(report))), Page(to_html(harmful(whole(report))))
    shape = [(tag, sorted(one)) for tag, one in kind.tags if tag not in ("ins", "del")]
    assert [(tag, sorted(one)) for tag, one in harm.tags if tag not in ("ins", "del")] == shape
    assert len(harm.all("script")) == len(harm.all("style")) == 1
    assert not [name for _, one in harm.tags for name in one if name.startswith("on") or name == "style"]
    assert "{{ 7 * 7 }}{% raw %}" in harm.text
    assert "&lt;b&gt; <base href=//evil.example>" in harm.text


def test_hidden_characters_are_shown_and_never_obeyed(report: Report) -> None:
    text = to_html(harmful(whole(report)))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", text)
    assert "␛[31mred␛[0m ‹U+009B›31m" in text
    assert "‹U+202E›gnp.exe‹U+2066› ‹U+FEFF›‹U+200B›‹U+D800›␀" in text
    text.encode("utf-8")


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Ll", "Mn"])))
def test_what_is_shown_stays_as_it_is_and_can_be_written(text: str) -> None:
    once = shown(text)
    assert shown(once) == once
    once.encode("utf-8")


def test_joiners_stay_and_line_ends_are_one_character() -> None:
    assert shown("a\r\nb\tc\rd") == "a\nb\tc␍d"
    assert shown("👩\u200d🚀") == "👩\u200d🚀"
    assert cut(" abcdef ", 3) == "abc … (3 more characters)"
    assert cut(" \n", 3) == "(empty)"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_is_a_word_in_its_row(report: Report, verdict: Any) -> None:
    row = metric_row("chrf", verdict=verdict, baseline=0.5, candidate=0.4, difference=-0.1, low=-0.21, high=0.01)
    page = Page(to_html(of(report, row)))
    assert verdict in page.row("chrf")
    assert "0.50 0.40 −0.10 [−0.21, +0.01]" in page.row("chrf")


def test_the_decision_leads_with_all_codes_and_reasons(report: Report) -> None:
    codes = (ExitCode.REGRESSED, ExitCode.INCOMPLETE)
    page = Page(
        to_html(replace(report, decision=Decision(codes[0], codes, ("a regressed: 1 → 0", "b incomplete: no"))))
    )
    leading = " ".join(page.text.split())
    places = [leading.index(part) for part in ("REGRESSED", "exit 1, also 4 incomplete", "a regressed", "b incomplete")]
    assert places == sorted(places)
    assert places[-1] < leading.index("smollm2-135m-instruct")


def test_the_worst_verdict_is_the_first_row(report: Report) -> None:
    page = Page(to_html(of(report, metric_row("won", verdict="improved"), metric_row("lost", verdict="regressed"))))
    starts = [row.split()[0] for row in page.rows if row.split()[0] in ("won", "lost")]
    assert starts[:2] == ["lost", "won"]


def test_baseline_and_anchor_have_a_section_each(report: Report) -> None:
    text = Page(to_html(whole(report))).text
    assert "support-intents against the anchor · gate:100" in text
    assert "support-intents against the baseline · gate:100" in text
    assert "it was picked from 3 by their scores" in text


def test_a_slice_without_interval_is_marked_as_too_few(report: Report) -> None:
    slices = (SliceComparison("topic", "legal", 4, 4, 0.4, 0.15, -0.25), SliceComparison("topic", "tax", 30, 30))
    page = Page(to_html(of(report, metric_row("f1", role="primary", slices=slices))))
    assert page.row("topic: legal") == "topic: legal 4 0.400 → 0.150 −0.250 too few"
    assert page.row("topic: tax") == "topic: tax 30 – too few"


def test_only_a_model_that_thought_has_a_thought(report: Report) -> None:
    assert 'class="thought"' not in to_html(report)
    thinking = replace(report, answers=(replace(report.answers[0], candidate_thought="It rains."), *report.answers[1:]))
    assert to_html(thinking).count('class="thought"') == 1


def test_an_evaluation_alone_has_its_values_and_no_word_of_a_comparison(
    report: Report, values: tuple[MetricValue, ...]
) -> None:
    measured = EvaluationResult(report.comparisons[0].candidate, values)
    page = Page(to_html(Report("r1", "evaluate m", "complete", "", results=(measured,))))
    assert page.row("accuracy") == "accuracy primary 0.89 [0.81, 0.94] 100 0"
    assert "100 of 100 answers are missing or failed, 1 % is tolerated" in page.text
    assert not [word for word in ("baseline", "difference", "verdict", "not worse", "detects") if word in page.text]


def test_a_page_proposes_what_leads_on_and_not_itself(report: Report) -> None:
    text = Page(to_html(report)).text
    page, onward = report.next_steps
    assert page.command not in text
    assert onward.command in text
    assert 'id="next"' not in to_html(replace(report, next_steps=(page,)))


def test_an_empty_report_says_so() -> None:
    page = Page(to_html(Report("r1", "evaluate", "failed", "2026-11-23 09:07")))
    assert "NO DECISION" in page.text
    assert "the run is failed" in page.text
    assert not page.all("section")
    assert not page.all("table")


def test_headings_go_down_one_level_at_a_time(report: Report) -> None:
    levels = [int(tag[1]) for tag, _ in Page(to_html(whole(report))).tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1 == levels[0]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_are_named_and_can_be_reached_by_keyboard(report: Report) -> None:
    page = Page(to_html(whole(report)))
    regions = [one for one in page.all("div") if one.get("role") == "region"]
    assert len(regions) == len(page.all("table")) == len(page.all("caption"))
    assert all(one["tabindex"] == "0" for one in regions)
    assert len({one["aria-label"] for one in regions}) == len(regions)
    assert all(one.get("scope") in ("row", "col") for one in page.all("th"))
    assert all("aria-label" in one or one.get("aria-hidden") == "true" or "viewbox" in one for one in page.all("svg"))


def test_a_page_without_scripts_shows_every_answer_and_no_dead_control(report: Report) -> None:
    page = Page(to_html(report))
    assert all("hidden" in one for one in page.all("div") if one.get("role") == "search")
    assert [one["data-change"] for one in page.all("tr") if "data-change" in one] == [
        "newly wrong",
        "newly right",
        "newly right",
    ]
    assert all("open" in one for one in page.all("details"))


def test_both_replies_are_marked_where_they_differ() -> None:
    before, after = side_by_side("The lamp is\n too cold now.", "The lamp is too warm now.")
    assert [run.text for run in before if run.differs] == ["cold"]
    assert [run.text for run in after if run.differs] == ["warm"]
    assert "".join(run.text for run in before) == "The lamp is\n too cold now."


def test_replies_with_little_in_common_are_left_whole() -> None:
    before, after = side_by_side("update", "battery low")
    assert (before, after) == ((("update", False),), (("battery low", False),))


@given(st.text(st.sampled_from("ab \n"), max_size=30), st.text(st.sampled_from("ab \n"), max_size=30))
def test_the_marks_change_no_reply(baseline: str, candidate: str) -> None:
    before, after = side_by_side(baseline.strip(), candidate.strip())
    assert "".join(run.text for run in before) == baseline.strip()
    assert "".join(run.text for run in after) == candidate.strip()


def test_a_gain_is_right_of_zero_whichever_way_is_better() -> None:
    rows = forest(
        {"f1": Estimate(0.1, 0.05, 0.15, True), "perplexity": Estimate(-4.0, -7.0, 1.0, False, 2.0, axis="p")}
    )
    assert (rows["f1"].low, rows["f1"].estimate, rows["f1"].high) == (65.67, 81.33, 97.0)
    assert (rows["f1"].worst, rows["f1"].best) == ("−0.15", "+0.15")
    assert (rows["perplexity"].worst, rows["perplexity"].best) == ("+8", "−8")
    assert (rows["perplexity"].low, rows["perplexity"].high, rows["perplexity"].margin) == (44.12, 91.12, 38.25)


def test_what_has_no_interval_has_no_row_and_equal_sides_stand_on_zero() -> None:
    rows = forest({"gone": Estimate(None, None, None, True), "nan": Estimate(0.1, math.nan, 1.0, True)})
    assert rows == {}
    same = forest({"same": Estimate(0.0, 0.0, 0.0, True)})["same"]
    assert (same.low, same.estimate, same.high) == (50, 50, 50)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_every_point_of_a_chart_is_inside(values: list[float]) -> None:
    points = tuple(
        TrendPoint("2026-11-23", f"e{n}", "m", value, value - 1, value + 1) for n, value in enumerate(values)
    )
    chart = trend_chart(Trend("s", "m", True, points), {})
    for mark in chart.lines[0].marks:
        assert 0 <= mark.x <= 100
        assert mark.high is not None
        assert mark.low is not None
        assert 0 <= mark.high <= mark.y <= mark.low <= chart.height
    assert all(0 <= y <= chart.height for y, _ in chart.ticks)


def test_a_loss_that_is_no_number_leaves_a_gap_and_no_curve_no_chart(report: Report) -> None:
    assert report.training is not None
    curve = (StepRecord(1, 3, loss=2.0), StepRecord(2, 3, loss=math.nan), StepRecord(3, 3, loss=1.0))
    chart = training_chart(replace(report.training, curve=curve, checkpoint_step=3))
    assert chart is not None
    assert (chart.lines[0].ends, chart.across, chart.chosen) == ("2.00 → 1.00", ("step 1", "step 3"), 97.5)
    assert training_chart(replace(report.training, curve=())) is None
    assert "Loss over the steps" not in to_html(replace(report, training=replace(report.training, curve=())))


def test_a_huge_report_stays_a_page(report: Report) -> None:
    assert report.training is not None
    long = ChangedAnswer("s", "c", "changed", "q" * 10**5, "b " * 10**5, "c " * 10**5)
    curve = tuple(StepRecord(step, 50_000, loss=1 / step) for step in range(1, 50_001))
    points = tuple(TrendPoint("2026-11-23", f"e{n}", "m", 0.5, 0.4, 0.6) for n in range(5_000))
    huge = replace(
        report,
        answers=(long,) * 1_500,
        training=replace(report.training, curve=curve),
        trends=(Trend("s", "m", True, points),),
        findings=report.findings * 1_000,
    )
    text = to_html(huge)
    assert "1,000 of 1,500 changed answers are shown" in text
    assert len(text.encode()) < 12_000_000
    assert len(to_html(replace(huge, answers=())).encode()) < 500_000


def test_the_same_report_gives_the_same_page(report: Report) -> None:
    assert to_html(report) == to_html(report)
