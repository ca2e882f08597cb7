"""`harness evaluate openai:…` from end to end."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness.cli import main
from harness.report.json import from_json
from harness_openai.backend import OpenAIBackend

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.plugins.openai.conftest import FaultServer

CASES = 40
FAST = ("retries=1", "backoff=0.01", "timeout=60", "concurrency=4")

Evaluate: TypeAlias = Callable[..., tuple[int, Any, str]]


def command(server: FaultServer, *more: str) -> list[str]:
    options = [part for option in (f"base_url={server.url}", *FAST) for part in ("--option", option)]
    return ["evaluate", "openai:tiny", "--suite", "echoes", "--json", *options, *more]


@pytest.fixture
def evaluate(project: Project, server: FaultServer, capsys: pytest.CaptureFixture[str]) -> Iterator[Evaluate]:
    """Evaluate on a suite of which the server gets all but the last right: exit code, report and what was said."""
    rows = [
        {"id": str(number), "prompt": f"letter {number}", "references": [f"You said: letter {number}"]}
        for number in range(CASES)
    ]
    rows[-1]["references"] = ["another"]
    project.write("suites/echoes.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    project.suite("echoes", cases="echoes.jsonl", choices=None, metrics=["exact-match"])

    def run(*more: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main(command(server, *more))
        out, err = capsys.readouterr()
        return code, from_json(json.loads(out)) if out else None, " ".join(err.split())

    yield run
    logging.getLogger("harness").handlers.clear()


def prompts(server: FaultServer) -> list[str]:
    """What has been asked for replies so far."""
    return [one["prompt"] for one in server.replied if "logprobs" not in one]


def test_a_prompt_that_is_refused_is_one_failed_answer(evaluate: Evaluate, server: FaultServer) -> None:
    server.fail_on = {"letter 7": "403"}
    code, _, said = evaluate()
    assert code == 4
    assert "1 answers failed" in said
    assert "/completions: 403: out of order" in said


def test_characters_that_no_file_holds_do_not_end_a_run(evaluate: Evaluate, server: FaultServer) -> None:
    server.bodies = {"letter 7": rb'{"choices": [{"text": "a\u0000b\ud800c", "finish_reason": "st\ud800p\u0000"}]}'}
    code, _, said = evaluate()
    assert (code, said.count("failed")) == (0, 0)


def test_a_served_model_is_measured_and_marked_as_not_verified(server: FaultServer, evaluate: Evaluate) -> None:
    code, report, _ = evaluate()
    (metric,) = report.results[0].metrics
    assert (code, metric.value, metric.n) == (0, (CASES - 1) / CASES, CASES)
    assert report.models[0].verified is False


def test_what_was_answered_today_is_not_asked_again(server: FaultServer, evaluate: Evaluate) -> None:
    evaluate()
    asked = len(server.asked)
    code, report, err = evaluate()
    assert (code, report.results[0].metrics[0].n) == (0, CASES)
    assert len(server.asked) == asked
    assert "load " not in err


@pytest.mark.parametrize(("pin", "times"), [((), 2), (("--option", "revision=r4"), 1)], ids=["not pinned", "pinned"])
def test_tomorrow_answers_are_asked_for_anew_unless_the_model_is_pinned(
    server: FaultServer, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, pin: tuple[str, ...], times: int
) -> None:
    for day in (1, 2):
        monkeypatch.setattr(OpenAIBackend, "today", date(2026, 3, day))
        assert evaluate(*pin)[0] == 0
    assert len(prompts(server)) == times * CASES


def test_answers_that_failed_make_it_incomplete_and_are_asked_again(server: FaultServer, evaluate: Evaluate) -> None:
    server.fail_on = {"letter 7": "garbage"}
    code, _, err = evaluate()
    assert code == 4
    assert "1 answers failed and will be asked again next time" in err
    server.fail_on = {}
    asked = len(prompts(server))
    assert evaluate()[0] == 0
    assert prompts(server)[asked:] == ["letter 7"]


def test_answers_that_are_too_long_are_not_asked_again(server: FaultServer, evaluate: Evaluate) -> None:
    server.fail_on = {"letter 7": "overlong"}
    assert [evaluate()[0], evaluate()[0]] == [4, 4]
    assert prompts(server).count("letter 7") == 1


@pytest.mark.parametrize("fault", ["500", "garbage", "half", "reset"])
def test_a_server_that_breaks_down_leaves_it_incomplete(server: FaultServer, evaluate: Evaluate, fault: str) -> None:
    server.faults = [""] * 10
    server.always = fault
    code, _, err = evaluate()
    assert code == 4
    assert "30 answers failed and will be asked again next time" in err


def test_a_wrong_key_in_the_middle_is_a_usage_error_and_loses_nothing(server: FaultServer, evaluate: Evaluate) -> None:
    server.faults = [""] * 10 + ["401"] * 10
    code, _, err = evaluate()
    assert (code, "401: out of order" in err) == (2, True)
    server.faults = []
    assert evaluate()[0] == 0
    assert len(prompts(server)) < CASES + 20


def test_what_the_server_does_not_score_is_told_with_the_reason(server: FaultServer, evaluate: Evaluate) -> None:
    server.scores = False
    code, _, err = evaluate("--suite", "teams")
    assert code == 4
    assert "backend 'openai' does not answer choice" in err
    assert "replies alone, no metric that reads choices or log-likelihoods" in err


def test_choices_are_scored_through_the_servers_template(server: FaultServer, evaluate: Evaluate) -> None:
    code, report, _ = evaluate("--suite", "teams")
    (metric,) = report.results[1].metrics
    assert (code, metric.n) == (0, 60)


@pytest.fixture
def process(server: FaultServer, evaluate: Evaluate) -> Iterator[subprocess.Popen[str]]:
    """The same command in a process of its own, which has got its first answers and waits for the next."""
    server.faults = [""] * 20
    server.always = "silence"
    program = f"import sys; from harness.cli import main; sys.exit(main({command(server)!r}))"
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as started:
        ends = time.monotonic() + 60
        while len(prompts(server)) < 24 and time.monotonic() < ends:
            time.sleep(0.05)
        yield started
        started.kill()


def test_ctrl_c_ends_it_at_once(process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert time.monotonic() - began < 5


def test_a_killed_one_goes_on_where_it_was(
    server: FaultServer, evaluate: Evaluate, process: subprocess.Popen[str]
) -> None:
    process.kill()
    process.wait(10)
    server.always = ""
    asked = len(prompts(server))
    assert evaluate()[0] == 0
    assert len(prompts(server)) - asked == CASES - 20
