"""What lm-evaluation-harness 0.4.13 asked, was answered and made of it.

Recorded by `tests/benchmarks/lm_eval_parity.py --record`.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.evaluation.requests import ask, requests
from harness.host.host import PluginHost
from harness.runs.assembly.build import build_suite
from harness.suites.lmeval.importing import import_task
from harness.suites.records import Suite
from harness.types import Answered, Case, Generate, Identity, Kind, Likelihood, LogLikelihood, Prediction

HERE = Path(__file__).parent
RECORDED: dict[str, Any] = json.loads((HERE / "recorded.json").read_text("utf-8"))


GENERATED = [name for name, recorded in RECORDED.items() if isinstance(recorded["answers"][0][0], str)]


@cache
def imported(name: str) -> Suite:
    """The suite of a task file; no row is left out."""
    found = import_task(HERE / "tasks" / f"{name}.yaml", trust_code=True)
    assert found.repeated == 0
    return found.suite


def kind_of(suite: Suite) -> Kind:
    case = suite.cases[0]
    return "choice" if case.choices else "log-likelihood" if case.prompt == "" else "text"


def as_asked_by_lm_eval(request: Generate | LogLikelihood) -> list[list[str]]:
    """Each request as text before and text after, which lm-eval joins before it turns them into tokens."""
    if isinstance(request, Generate):
        return [[str(request.prompt)]]
    prompts = request.prompts or (request.prompt,) * len(request.continuations)
    return [[str(one), more] for one, more in zip(prompts, request.continuations, strict=True)]


def space_moved(asked: list[Any], kind: Kind) -> list[str]:
    """The rule of lm-eval's `_encode_pair`; a whole text has nothing before it, a reply nothing after."""
    if kind == "log-likelihood":
        return ["", asked[0]]
    if kind == "text":
        return [asked[0]]
    before = asked[0].rstrip()
    return [before, asked[0][len(before) :] + asked[1]]


def answered(case: Case, kind: Kind, answers: Sequence[Any]) -> Answered:
    if kind == "text":
        return Answered(case, (Prediction("", case.content, kind, replies=tuple(answers)),))
    likelihoods = tuple(Likelihood(one, 1) for one in answers)
    return Answered(case, (Prediction("", case.content, kind, likelihoods=likelihoods),))


@pytest.mark.parametrize("name", RECORDED)
def test_the_same_is_asked_letter_by_letter(name: str) -> None:
    suite, recorded = imported(name), RECORDED[name]
    kind = kind_of(suite)
    ours = requests(ask(suite.cases, [kind], suite.generation, Identity("me")), ())
    assert [as_asked_by_lm_eval(one) for one in ours] == [
        [space_moved(asked, kind) for asked in row] for row in recorded["asked"]
    ]


@pytest.mark.parametrize("name", GENERATED)
def test_replies_are_drawn_alike(name: str) -> None:
    suite = imported(name)
    _, settings = RECORDED[name]["asked"][0][0]
    assert list(suite.generation.stop) == settings["until"]
    assert suite.generation.temperature == 0
    assert suite.generation.max_new_tokens == settings.get("max_gen_toks", 256)


@pytest.mark.parametrize("name", RECORDED)
def test_the_same_answers_give_the_same_figures(name: str) -> None:
    suite, recorded = imported(name), RECORDED[name]
    kind = kind_of(suite)
    rows = [answered(case, kind, row) for case, row in zip(suite.cases, recorded["answers"], strict=True)]
    figures = {}
    for one in build_suite(PluginHost(), suite, "all").metrics:
        metric = one.built.instance
        scores = [metric.score(row) for row in rows]
        figures[one.use.name] = float(metric.value({key: sum(score[key] for score in scores) for key in scores[0]}))
    assert figures == pytest.approx(recorded["figures"], rel=1e-5)
