from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from harness.report.terminal import progress
from harness.report.terminal.progress import stage


def terminal() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=80, force_terminal=True, force_interactive=True, color_system=None), file


def log() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=80), file


def test_a_log_gets_one_line_at_the_start_and_one_at_the_end() -> None:
    console, file = log()
    with stage("evaluate support-intents", total=100, console=console) as advance:
        for _ in range(100):
            advance(note="unseen")
    first, last = file.getvalue().splitlines()
    assert first == "evaluate support-intents: 100 to do"
    assert re.fullmatch(r"evaluate support-intents: 100 in \d\.\d s, \S+ a second", last)


def test_a_stage_without_total_says_how_long_it_took() -> None:
    console, file = log()
    with stage("load model", console=console):
        pass
    assert re.fullmatch(r"load model …\nload model: \d\.\d s\n", file.getvalue())


def test_what_was_known_before_is_said_and_does_not_count_as_speed() -> None:
    console, file = log()
    with stage("evaluate", total=100, done=99, console=console) as advance:
        advance()
    assert re.fullmatch(r"evaluate: 100 to do, 99 known\nevaluate: 1 in \d\.\d s\n", file.getvalue())


def end_after_41(console: Console, ending: type[BaseException]) -> None:
    with stage("train", total=60, console=console) as advance:
        advance(41)
        raise ending


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError])
def test_an_ending_before_time_passes_through_and_says_how_far_it_came(ending: type[BaseException]) -> None:
    console, file = log()
    with pytest.raises(ending):
        end_after_41(console, ending)
    assert file.getvalue().splitlines()[-1].startswith("train: stopped after 41 of 60 in ")


def test_a_terminal_shows_a_bar_and_keeps_nothing_of_a_short_stage() -> None:
    console, file = terminal()
    with stage("train [bold]", total=2, console=console) as advance:
        advance(2, note="loss 1.32")
    assert "train [bold]" in file.getvalue()
    assert "2/2" in file.getvalue()
    assert "train [bold]: 2 in" not in file.getvalue()


def test_a_terminal_keeps_a_line_of_a_long_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LONG_SECONDS", 0.0)
    console, file = terminal()
    with stage("prepare", console=console):
        pass
    assert re.search(r"prepare: \d\.\d s$", file.getvalue().splitlines()[-1])


def test_the_cursor_is_shown_again_after_ctrl_c() -> None:
    console, file = terminal()
    with pytest.raises(KeyboardInterrupt):
        end_after_41(console, KeyboardInterrupt)
    assert file.getvalue().rfind("\x1b[?25h") > file.getvalue().rfind("\x1b[?25l")


def test_results_on_stdout_are_not_caught_by_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    console, file = terminal()
    with stage("train", total=1, console=console):
        print("a result")
    assert capsys.readouterr().out == "a result\n"
    assert "a result" not in file.getvalue()
