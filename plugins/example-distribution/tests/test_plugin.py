"""The plugin as a user meets it: installed, listed, and at work in its suite."""

import json
from pathlib import Path

import pytest

from harness.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out


def test_it_is_listed_without_problems(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = run(capsys, "plugins", "--json")
    listed = json.loads(printed)
    mine = {one["name"] for rows in listed["components"].values() for one in rows if "harness-example" in one["plugin"]}
    assert (code, mine) == (0, {"json-keys", "prompt-leak"})
    assert not [problem for problem in listed["problems"] if "harness-example" in problem]


def test_its_suite_scores_recorded_answers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    names = ("rolls", "rye", "dozen", "half", "polite", "terse", "correction", "words", "no-order", "leak")
    told = {"leak": 'Answer with one JSON object with the keys "item" and "count" and with nothing else.'}
    rows = [{"id": name, "text": told.get(name, '{"item": "roll", "count": 6}')} for name in names]
    Path("answers.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    code, printed = run(capsys, "evaluate", "--predictions", "answers.jsonl", "--suite", "order-json", "--json")
    assert code == 0
    (measured,) = json.loads(printed)["results"]
    assert [metric["value"] for metric in measured["metrics"]] == [0.9, 0.9]
    assert [(check["found"], check["n"]) for check in measured["checks"]] == [(1, 10)]
