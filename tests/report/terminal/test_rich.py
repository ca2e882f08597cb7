from __future__ import annotations

import io
import shlex
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from harness.comparison.records import CheckResult, Comparison, Decision, MetricComparison, SliceComparison
from harness.errors import ExitCode
from harness.report.model import CleanerLine, Contamination, Report, SafetyFinding
from harness.report.terminal.answers import chosen
from harness.report.terminal.material import command_lines
from harness.report.terminal.rich import render
from harness.types import Cycle

Printed = Callable[..., str]
SUITES = ["support-intents · gate:100", "support-answers · gate:40"]
SECTIONS = ["Gate", "Warnings", "Trend", "Cleaning", "Training", "Safety", "Changed answers", "Time", "Next"]


def only(report: Report, *metrics: MetricComparison, checks: tuple[CheckResult, ...] = ()) -> Report:
    """A report of nothing but one comparison."""
    comparison = replace(report.comparisons[0], metrics=metrics, checks=checks)
    return Report("r1", "compare", "complete", "2026-11-23 09:07", comparisons=(comparison,))


def row(metric: str, **fields: object) -> MetricComparison:
    return replace(MetricComparison("support-intents", metric, "guard", "not worse"), **fields)  # type: ignore[arg-type]


def test_the_decision_leads_and_the_sections_keep_their_order(report: Report, printed: Printed) -> None:
    text = printed(report)
    assert text.splitlines()[1].startswith("│  PASS   exit 0")
    assert "no loss shown; a guard cannot tell (bleu)" in text.splitlines()[2]
    places = [text.index(title) for title in (*SUITES, *(f"\n{section} ─" for section in SECTIONS))]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_no_line_is_wider_than_the_console(report: Report, printed: Printed, width: int, encoding: str) -> None:
    assert max(map(len, printed(report, width, encoding).splitlines())) <= width


def test_figures_come_with_their_interval_and_verdict_on_two_lines(report: Report, printed: Printed) -> None:
    lines = [" ".join(line.split()) for line in printed(report, 80).splitlines()]
    place = lines.index("accuracy (primary) 0.47 → 0.89 +0.42 [+0.31, +0.52] improved")
    assert lines[place + 1] == "margin 0.03 ┊│ ━━●━━ p < 0.001"
    place = lines.index("bleu 3.1 → 4.0 +0.9 [−1.1, +2.9] inconclusive")
    assert lines[place + 1] == "━━━━│━━●━━━━━━━━ p = 0.21"


def test_a_wide_terminal_has_a_column_for_everything(report: Report, printed: Printed) -> None:
    lines = [" ".join(line.split()) for line in printed(report, 140).splitlines()]
    heads = "metric baseline candidate difference worse 0 better p margin verdict"
    assert heads in lines
    row = next(line for line in lines if line.startswith("macro-f1"))
    assert row.startswith("macro-f1 0.43 0.88 +0.44 [+0.33, +0.54] │ ━")
    assert row.endswith("━ < 0.001 improved")


@pytest.mark.parametrize("width", [80, 100, 140])
def test_zero_stands_in_one_column_in_all_rows_of_a_table(regressed: Report, printed: Printed, width: int) -> None:
    lines = printed(regressed, width).splitlines()
    tables = [lines[start:] for start, line in enumerate(lines) if "better" in line]
    columns = [{line.rindex("│") for line in table[:7] if "━" in line and "│" in line} for table in tables]
    assert [len(column) for column in columns] == [1, 1]


def test_a_narrow_terminal_goes_without_bars(report: Report, printed: Printed) -> None:
    assert "━" not in printed(report, 60)


@pytest.mark.parametrize("width", [80, 120])
def test_what_is_no_figure_of_a_metric_is_printed_at_every_width(report: Report, printed: Printed, width: int) -> None:
    lines = [" ".join(line.split()) for line in printed(report, width).splitlines()]
    assert "pii 1 of 30 0 of 30 0 % 9.5 % 10 % within the limit" in lines
    assert not any("…" in line for line in lines if "j…@" not in line)


def test_a_missing_value_says_why(report: Report, printed: Printed) -> None:
    text = " ".join(printed(report).split())
    assert "exact-match: not measured on the baseline: the metric raised ZeroDivisionError('division by zero')" in text
    assert "bleu: a loss of 0.8 is not excluded; one of 2.5 would mostly be seen; about 250 cases exclude 1" in text
    assert "perplexity: lower is better" in text
    assert "token-f1: errors: baseline 0, candidate 1" in text


def test_the_worst_verdict_is_first_and_roles_are_marked(report: Report, printed: Printed) -> None:
    rows = (row("won", verdict="improved"), row("seen", role="watch", verdict="regressed"))
    gating = (row("gone", verdict="incomplete"), row("lost", role="primary", verdict="regressed"))
    text = printed(only(report, *rows, *gating), 100)
    places = [text.index(name) for name in ("lost (primary)", "seen (watch)", "gone ", "won ")]
    assert places == sorted(places)


def test_sizes_and_unpaired_cases_are_told_per_metric_where_they_differ(report: Report, printed: Printed) -> None:
    rows = (row("a", n=40, clusters=12, added=2, removed=1), row("b", n=1, clusters=1))
    text = printed(only(report, *rows))
    assert "a: 40 paired cases in 12 clusters; not paired: 2 added, 1 removed" in text
    assert "b: 1 paired case\n" in text.replace(" \n", "\n").replace("  ", "")


def test_empty_sections_vanish(printed: Printed) -> None:
    text = printed(Report("r1", "run", "stopped", "2026-11-23 09:07"))
    assert "NO DECISION  the run is stopped" in text
    assert len(text.splitlines()) == 4


def test_every_code_that_holds_is_named(printed: Printed) -> None:
    codes = (ExitCode.REGRESSED, ExitCode.INCOMPLETE)
    decision = Decision(ExitCode.REGRESSED, codes, ("support-intents accuracy regressed", "bleu is incomplete"))
    text = printed(Report("r1", "gate", "complete", "", decision=decision))
    assert "REGRESSED   exit 1, also 4 incomplete" in text
    assert "· bleu is incomplete" in text


@pytest.mark.parametrize(("others", "told"), [((), False), (("bleu is incomplete",), True)])
def test_the_main_reason_stands_once(printed: Printed, others: tuple[str, ...], told: bool) -> None:
    decision = Decision(ExitCode.REGRESSED, (ExitCode.REGRESSED,), ("support-intents accuracy regressed", *others))
    text = printed(Report("r1", "gate", "complete", "", decision=decision))
    assert text.count("support-intents accuracy regressed") == 1
    assert ("Gate ─" in text) is told


def test_hostile_answers_are_printed_as_text(report: Report) -> None:
    hostile = "[red]not red[/red] [/] \x1b[31mnor this\x1b[0m \x1b]0;title\x07 :smile:"
    answer = replace(report.answers[2], case=hostile, question=hostile, baseline_reply=hostile, candidate_reply=hostile)
    finding = SafetyFinding(hostile, hostile, hostile, "high", hostile, hostile)
    table = only(report, row(hostile, reason=hostile))
    file = io.StringIO()
    console = Console(file=file, width=200, force_terminal=True, color_system="truecolor")
    render(replace(table, answers=(answer,), findings=(finding,), warnings=(hostile,)), console)
    assert "[red]not red[/red] [/] nor this  :smile:" in file.getvalue()
    assert "\x1b]0" not in file.getvalue()
    assert "\x1b[31mnor" not in file.getvalue()


def test_no_color_prints_no_colour(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    render(report, Console(file=file, width=80, force_terminal=True))
    assert "\x1b[31m" not in file.getvalue()
    assert "improved" in file.getvalue()


def test_an_ascii_console_gets_ascii_of_the_same_width(report: Report, printed: Printed) -> None:
    answer = replace(report.answers[0], candidate_reply="naïve 日本")
    text = printed(replace(report, answers=(answer,)), encoding="ascii")
    assert "na?ve ????" in text
    assert "3.1 ->4.0" in text
    assert "+0.9 [-1.1, +2.9]" in text
    assert "====|==o=======" in text
    assert "train       2.56 #" in text


def test_newly_wrong_answers_come_first_and_leave_room_for_the_others(report: Report) -> None:
    wrong, right = report.answers[0], report.answers[1]
    mixed = [right, wrong, replace(right, change="changed"), *[wrong] * 8]
    assert [answer.change for answer in chosen(mixed, 6)] == ["newly wrong"] * 4 + ["newly right", "changed"]
    assert chosen([right, right, wrong], 6) == [wrong, right, right]


def test_left_out_answers_and_findings_are_counted(report: Report) -> None:
    file = io.StringIO()
    many = replace(report, answers=report.answers * 4, findings=report.findings * 5)
    render(many, Console(file=file, width=80), most_answers=3, most_findings=4)
    assert "3 of 12 changed answers shown" in file.getvalue()
    assert "and 6 more" in file.getvalue()


def test_a_check_without_passages_has_no_share(report: Report, printed: Printed) -> None:
    failed = CheckResult("support-safety", "pii", "incomplete", 0, 0, 0.0, 1.0, 0.05, errors=30, reason="no terms")
    lines = [line.split() for line in printed(only(report, checks=(failed,))).splitlines()]
    assert ["pii", "–", "–", "–", "5.0", "%", "incomplete"] in lines
    assert ["pii:", "no", "terms"] in lines


def test_cleaning_counts_what_each_cleaner_changed(report: Report, printed: Printed) -> None:
    assert report.data is not None
    data = replace(
        report.data,
        rejections=(),
        cleaners=(CleanerLine("fix-text", dropped=0, changed=17),),
        contamination=(Contamination("support-intents", 1, "kept"),),
    )
    lines = printed(Report("r1", "run", "complete", "", data=data)).splitlines()
    assert ["fix-text", "0", "17"] in [line.split() for line in lines]
    assert any(line.startswith(" 1 conversation is a case of support-intents, or nearly: kept") for line in lines)


def test_cycles_show_what_changed_what_was_reached_and_what_was_kept(printed: Printed) -> None:
    tried = (
        Cycle(1, {"trainer.learning_rate": 0.001}, {"support-intents/accuracy": 0.871}, {}, True),
        Cycle(2, {"trainer.learning_rate": 0.1}, {"support-intents/accuracy": 0.42}, {}, False),
    )
    rows = [line.split() for line in printed(Report("r1", "refine", "complete", "", cycles=tried)).splitlines()]
    assert ["1", "trainer.learning_rate", "=", "0.001", "support-intents/accuracy", "=", "0.871", "yes"] in rows
    assert rows[-1][-1] == "no"


def test_a_broken_command_still_runs_as_it_was() -> None:
    command = "harness baselines set support-intents some-evaluation --note 'two words and  a gap' --json"
    broken = command_lines(command, 50)
    assert max(map(len, broken.splitlines())) <= 50
    assert shlex.split(broken.replace("\\\n", "")) == shlex.split(command)


def test_a_comparison_warning_is_below_its_table(report: Report, printed: Printed) -> None:
    warned: Comparison = replace(report.comparisons[0], warnings=("the same model is on both sides",))
    assert "warning: the same model is on both sides" in printed(replace(report, comparisons=(warned,)))
    without_metrics = replace(warned, metrics=())
    assert "warning: the same model is on both sides" in printed(replace(report, comparisons=(without_metrics,)))


def test_a_verdict_that_speaks_for_itself_gets_no_line(report: Report, printed: Printed) -> None:
    rows = (row("won", verdict="improved", reason="p = 0.01"), row("open", verdict="inconclusive", reason="too few"))
    lines = [line.strip() for line in printed(only(report, *rows)).splitlines()]
    assert "open: too few" in lines
    assert not any(line.startswith("won:") for line in lines)


def test_two_comparisons_of_a_suite_are_told_apart(regressed: Report, printed: Printed) -> None:
    text = printed(regressed)
    assert "\nsupport-intents against release-1 · gate:100 · 100 paired cases ─" in text
    assert "\nsupport-intents against the anchor · gate:100 · 100 paired cases ─" in text
    unnamed = replace(regressed.comparisons[0], baseline_name="")
    both = replace(regressed, comparisons=(unnamed, regressed.comparisons[1]))
    assert "\nsupport-intents against the baseline · gate:100" in printed(both)
    assert "\nsupport-intents · gate:100" in printed(replace(regressed, comparisons=(unnamed,)))


def test_a_baseline_that_was_picked_by_its_scores_is_a_warning(regressed: Report, printed: Printed) -> None:
    text = " ".join(printed(regressed).split())
    assert text.count("warning: baseline 'release-1' was picked from 5 models by their scores on these cases") == 1


def test_slices_stand_worst_first_and_those_too_small_last(report: Report, printed: Printed) -> None:
    lines = [" ".join(line.split()) for line in printed(report).splitlines()]
    start = lines.index("accuracy by slice n baseline → candidate difference")
    assert lines[start + 2 : start + 6] == [
        "tone: terse 55 0.49 → 0.87 +0.38 [+0.22, +0.54]",
        "tone: chatty 41 0.46 → 0.93 +0.46 [+0.31, +0.61]",
        "tone: angry 4 0.250 → 0.750 +0.500 too few",
        "intervals are not corrected for the number of slices",
    ]


def test_slices_are_shown_once_and_those_left_out_are_counted(regressed: Report, printed: Printed) -> None:
    many = tuple(SliceComparison("team", str(n), n, n, 0.5, 0.4, -0.1, -0.2, 0.1) for n in range(9, 20))
    lost = replace(regressed.comparisons[0].metrics[0], slices=many)
    text = printed(replace(regressed, comparisons=(replace(regressed.comparisons[0], metrics=(lost,)),)))
    assert text.count(" team: ") == 8
    assert "3 more slices; intervals are not corrected" in text
    assert printed(regressed).count("accuracy by slice") == 1
    few = tuple(replace(one, low=None, high=None) for one in many[1:])
    text = printed(only(regressed, replace(lost, slices=(*few, many[0]))))
    assert (text.count(" team: "), text.count("too few")) == (3, 2)
    assert "8 more slices; intervals" in text


def test_a_trend_is_a_sparkline_with_its_first_and_last_value(report: Report, printed: Printed) -> None:
    lines = [line.rstrip() for line in printed(report).splitlines()]
    assert " support-intents accuracy 0.47 ▂▄▄▇▇ 0.89 [0.80, 0.96]" in lines
    both_sides = replace(report.trends[0], points=report.trends[0].points[-2:])
    assert "Trend" not in printed(replace(report, trends=(both_sides,)))


def test_answers_that_share_their_words_are_one_text_with_signs(report: Report, printed: Printed) -> None:
    said = ("Hold the button for ten seconds until it glows.", "Hold the button for five seconds until it glows.")
    answer = replace(report.answers[2], baseline_reply=said[0], candidate_reply=said[1])
    text = printed(replace(report, answers=(answer,)), 100)
    assert "answers    Hold the button for [-ten-] {+five+} seconds until it glows." in text
    assert "[-only the baseline said this-] {+only the candidate+}" in text
    assert "[-only" not in printed(report)
