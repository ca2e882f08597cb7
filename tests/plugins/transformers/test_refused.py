"""A recipe for a real model whose chat template refuses a row or a prompt, on the command line."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main

NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SYSTEM = {"role": "system", "content": "Be kind."}


@pytest.fixture
def strict(
    tiny: Path, make_tokenizer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The current folder holds a recipe, eight rows and a suite for a model that takes no system message."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    shutil.copytree(tiny, "model")
    make_tokenizer(NO_SYSTEM).save_pretrained("model")
    recipe = {
        "name": "strict",
        "model": {"reference": "model", "backend": {"use": "transformers", "device": "cpu"}},
        "data": [{"use": "chat-jsonl", "path": "rows.jsonl"}],
        "trainer": {"use": "sft", "device": "cpu"},
        "suites": ["s.yaml"],
        "validation": 0,
    }
    Path("recipe.yaml").write_text(json.dumps(recipe))
    Path("s.yaml").write_text(json.dumps({"name": "s", "cases": "s.jsonl", "metrics": ["exact-match"]}))
    write([[]] * 8, [[]] * 3)
    yield tmp_path
    logging.getLogger("harness").handlers.clear()


def write(rows: list[list[Any]], cases: list[list[Any]]) -> None:
    """Rows and cases that begin with these messages."""
    talk = [
        [*first, {"role": "user", "content": f"Box {n}?"}, {"role": "assistant", "content": "Near."}]
        for n, first in enumerate(rows)
    ]
    Path("rows.jsonl").write_text("".join(json.dumps({"messages": messages}) + "\n" for messages in talk))
    asked = [[*first, {"role": "user", "content": f"Ring number {n}?"}] for n, first in enumerate(cases)]
    lines = [json.dumps({"id": f"c{n}", "messages": one, "reference": "far"}) for n, one in enumerate(asked)]
    Path("s.jsonl").write_text("\n".join(lines))


def harness(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("rows", "cases", "said"),
    [
        ([[]] * 7 + [[SYSTEM]], [[]] * 3, "rows.jsonl:8: the model's chat template refuses these messages: no system"),
        ([[]] * 8, [[], [SYSTEM], []], "s.yaml: case 'c1' cannot be asked of"),
    ],
)
def test_what_the_template_refuses_is_named_by_the_check_and_by_a_run_that_trains_nothing(
    strict: Path, capsys: pytest.CaptureFixture[str], rows: list[Any], cases: list[Any], said: str
) -> None:
    write(rows, cases)
    for arguments in (["--check"], []):
        code, err = harness(capsys, "run", "recipe.yaml", *arguments)
        assert (code, said in err) == (2, True)
    assert not list(Path(".harness/trainings").glob("*/*"))


def test_a_row_that_was_not_drawn_for_the_check_is_named_by_the_run(
    strict: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.runs.assembly.refusals.MOST_ROWS", 1)
    write([[]] * 7 + [[SYSTEM]], [[]] * 3)
    assert harness(capsys, "run", "recipe.yaml", "--check")[0] == 0
    code, err = harness(capsys, "run", "recipe.yaml")
    assert code == 2
    assert "rows.jsonl:8: the model's chat template refuses these messages: no system role (1 of 8 rows" in err
    assert not list(Path(".harness/trainings").rglob("best*"))


def test_an_evaluation_asks_the_cases_that_the_template_takes(strict: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write([[]], [[], [SYSTEM], []])
    code, err = harness(capsys, "evaluate", "model", "--suite", "s.yaml", "--option", "device=cpu")
    assert code == 4
    assert "no system role (1 of 3 cases) these cases will count as failed" in err
