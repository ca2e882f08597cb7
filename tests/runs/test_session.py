from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from harness import Component, hookimpl
from harness.errors import PluginError
from harness.evaluation.records import Evaluation
from harness.host.records import PluginInfo
from harness.protocols import Model
from harness.runs.assembly.build import build_recipe
from harness.runs.models import Models
from harness.runs.recipe import load_recipe
from harness.runs.steps.comparing import compare_suites, figures_of
from harness.runs.steps.confirming import confirm_loss
from harness.runs.steps.evaluating import evaluate_suite
from harness.runs.steps.preparing import prepare_data
from harness.runs.steps.training import train_model
from harness.testing import FakeBackend, FakeModel, fakes
from harness.types import Answer, Answered, Checked, OpenRequest, Request
from tests.runs.conftest import evaluated_by

if TYPE_CHECKING:
    from harness.runs.workspace import Workspace
    from tests.conftest import Project


class Flaky(FakeBackend):
    """Fails for a moment on every third answer, as long as the file `busy` is there."""

    def open(self, request: OpenRequest) -> Any:
        inner = fakes.open_fake_model(request.model)

        class Moody(FakeModel):
            def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
                for number, answer in enumerate(inner.answer(requests)):
                    failed = number % 3 == 0 and Path("busy").exists()
                    yield Answer(answer.key, error="out of memory") if failed else answer

        return nullcontext(Moody())


def test_an_error_that_may_pass_is_not_kept_and_is_asked_again(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    shop = workspace_with(register_backends=Flaky)
    busy = project.write("busy", "")
    with shop.session("run", "test", {}) as session:
        evaluation = evaluated_by(shop, session, "own:good.json")
        (metric,) = figures_of(session, shop.suite("teams"), evaluation).metrics
        assert (metric.value, metric.errors) == (None, 20)
    assert predictions(shop, evaluation) == 40
    busy.unlink()
    with shop.session("run", "test", {}) as session:
        (metric,) = figures_of(session, shop.suite("teams"), evaluated_by(shop, session, "own:good.json")).metrics
    assert (metric.value, metric.errors) == (0.9, 0)


def predictions(shop: Workspace, evaluation: Evaluation) -> int:
    return len(shop.store.predictions([case.answer_key for case in shop.store.evaluation_cases(evaluation.id)]))


def test_a_backend_that_does_not_answer_what_is_asked_is_named(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    class TextOnly(FakeBackend):
        def open(self, request: OpenRequest) -> Any:
            model: Model = FakeModel(answers=frozenset({"text"}))
            return nullcontext(model)

    shop = workspace_with(register_backends=TextOnly)
    with (
        shop.session("run", "test", {}) as session,
        pytest.raises(PluginError, match="'own' does not answer choice requests, which 'accuracy'"),
    ):
        evaluated_by(shop, session, "own:good.json")


class Mean:
    reads = "choice"

    def score(self, answered: Answered) -> dict[str, float]:
        return {"sum": float(answered.choice() == answered.case.answer), "count": 1.0}

    def value(self, statistics: Any) -> Any:
        return statistics["sum"] / statistics["count"]


class NoNumber(Mean):
    def score(self, answered: Answered) -> dict[str, float]:
        return {"sum": float("nan"), "count": 1.0}


class OtherNames(Mean):
    def score(self, answered: Answered) -> dict[str, float]:
        return {"total" if answered.case.id == "letter-5" else "sum": 1.0, "count": 1.0}


class NoValue(Mean):
    def value(self, statistics: Any) -> Any:
        raise KeyError("sum of squares")


class NanValue(Mean):
    def value(self, statistics: Any) -> Any:
        return statistics["sum"] * float("nan")


class Median:
    reads = "choice"

    def compute(self, answered: Sequence[Answered]) -> float:
        return sum(one.choice() == one.case.answer for one in answered) / len(answered)


class NoCompute(Median):
    def compute(self, answered: Sequence[Answered]) -> float:
        raise ArithmeticError("odd")


FAILING = {
    "no-number": (NoNumber, "metric 'no-number': score of case 'letter-0': ValueError: statistic 'sum' is nan"),
    "other-names": (OtherNames, "named its statistics ('count', 'total'), elsewhere ('count', 'sum')"),
    "no-value": (NoValue, "metric 'no-value': value: KeyError: 'sum of squares'"),
    "nan-value": (NanValue, ""),
    "no-compute": (NoCompute, "metric 'no-compute': compute: ArithmeticError: odd"),
}


def test_metrics_that_fail_are_incomplete_with_their_reasons_and_the_others_are_measured(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    class Plugin:
        @staticmethod
        @hookimpl
        def register_metrics() -> Iterator[Any]:
            yield from (Component(name, metric) for name, (metric, _) in FAILING.items())

    project.suite("teams", metrics=["accuracy", *FAILING])
    shop = workspace_with()
    shop.host.add(Plugin, PluginInfo("failing", "here"))
    with shop.session("run", "test", {}) as session:
        values = figures_of(session, shop.suite("teams"), evaluated_by(shop, session, "fake:good.json")).metrics
    assert [one.value for one in values] == [0.9, None, None, None, None, None]
    assert [said in one.reason for one, (_, said) in zip(values[1:], FAILING.values(), strict=True)] == [True] * 5


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"reads": "texts"}, "reads: TypeError: gave a misfit: expected one of"),
        ({"bounds": 1.0}, "bounds: TypeError: "),
        ({"bounds": (0.0, "one")}, "bounds: TypeError: returned 'one', expected a number"),
        ({"higher_is_better": "yes"}, "higher_is_better: TypeError: gave a misfit: expected bool, got 'yes'"),
        ({"comparable_on": (1,)}, "comparable_on: TypeError: gave a misfit: [0]: expected str, got 1"),
    ],
)
def test_a_metric_that_declares_what_is_of_no_use_is_named(
    declared: dict[str, Any], said: str, project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    project.suite("teams", metrics=["own"])
    with pytest.raises(PluginError) as raised:
        workspace_with(register_metrics=type("Odd", (Mean,), declared)).suite("teams")
    assert f"metric 'own': {said}" in str(raised.value)


def test_a_metric_that_is_no_function_of_sums_is_computed_on_both_sides(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    project.suite("teams", metrics=["own"])
    shop = workspace_with(register_metrics=Median)
    with shop.session("run", "test", {}) as session:
        sides = [{"teams": evaluated_by(shop, session, f"fake:{name}.json")} for name in ("good", "base")]
        (comparison,), decision = compare_suites(session, [shop.suite("teams")], *sides)
    (metric,) = comparison.metrics
    assert (metric.baseline, metric.candidate, metric.verdict, decision.code) == (0.9, 0.5, "regressed", 1)


class Silent:
    def check(self, passages: Any) -> Iterator[Checked]:
        yield from (Checked(passage.id) for passage in passages if passage.case.id != "letter-7")


def test_a_check_that_leaves_a_reply_out_is_incomplete(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    project.suite("teams", metrics=["accuracy"], checks=[{"use": "own", "limit": 0.06}])
    shop = workspace_with(register_safety_checks=Silent)
    with shop.session("run", "test", {}) as session:
        evaluation = {"teams": evaluated_by(shop, session, "fake:good.json")}
        (comparison,), decision = compare_suites(session, [shop.suite("teams")], evaluation, evaluation)
    (check,) = comparison.checks
    assert (check.bound, check.n, check.errors, decision.code) == ("incomplete", 59, 1, 4)
    assert "gave no result for this passage" in check.reason


def test_an_evaluation_is_the_same_whoever_runs_it(project: Project, workspace_with: Callable[..., Workspace]) -> None:
    shop = workspace_with()
    with shop.session("run", "one", {}) as session:
        first = evaluated_by(shop, session, "fake:good.json")
    with shop.session("run", "two", {}) as session:
        second = evaluated_by(shop, session, "fake:good.json")
        other = evaluated_by(shop, session, "fake:good.json", replace(shop.suite("teams"), selection="gate:10"))
    assert (first.id, first.state) == (second.id, "complete")
    assert (other.id == first.id, other.cases) == (False, 10)


def test_a_run_is_resumed_only_by_the_same_command_and_recipe(workspace_with: Callable[..., Workspace]) -> None:
    shop = workspace_with()

    def run(command: str, recipe: Any, fails: bool = False) -> str:
        expected = pytest.raises(ValueError, match="late") if fails else nullcontext()
        with expected, shop.session("run", command, recipe) as session:
            if fails:
                raise ValueError("too late")
        return str(session.run)

    failed = run("run a", {"seed": 1}, fails=True)
    assert run("run a", {"seed": 2}) != failed
    assert run("run b", {"seed": 1}) != failed
    assert run("run a", {"seed": 1}) == failed
    assert run("run a", {"seed": 1}) != failed  # which is complete by now


def test_a_failed_run_keeps_its_state_and_its_reason(workspace_with: Callable[..., Workspace]) -> None:
    shop = workspace_with()
    with pytest.raises(ValueError, match="too late"), shop.session("run", "test", {}) as session:
        raise ValueError("too late")
    state = shop.store.run_state(session.run)
    assert state is not None
    assert (state.state, state.detail["reason"]) == ("failed", "too late")
    with shop.session("run", "test", {}) as again:
        assert again.run == session.run


def test_a_run_in_progress_is_not_taken_over(workspace_with: Callable[..., Workspace]) -> None:
    shop = workspace_with()
    with shop.session("run", "test", {}) as first, shop.session("run", "test", {}) as second:
        assert first.run != second.run


def test_a_checkpoint_that_was_deleted_is_trained_again(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    shop = workspace_with()
    built = build_recipe(shop.host, load_recipe(Path("recipe.yaml")), "recipe.yaml", shop.store)
    with shop.session("run", "test", {}) as session:
        checkpoint, model = train_model(session, built, prepare_data(session, built))
        folder = Path(str(checkpoint.model.adapter))
        (folder / "fake-model.json").unlink()
        folder.rmdir()
        again, same = train_model(session, built, prepare_data(session, built))
    assert (again.model, same.identity) == (checkpoint.model, model.identity)
    assert folder.is_dir()


def test_contaminated_data_is_kept_only_where_the_recipe_says_so(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    shop = workspace_with()
    project.talk("Which team answers letter 8?")
    kept = []
    for allowed in (False, True):
        project.recipe(allow_contaminated=allowed)
        built = build_recipe(shop.host, load_recipe(Path("recipe.yaml")), "recipe.yaml", shop.store)
        with shop.session("run", "test", {}) as session:
            summary = prepare_data(session, built).summary
        kept.append((summary.kept, [one.kept for one in summary.contaminated]))
    assert kept == [(12, [False]), (13, [True])]


class Drawn(FakeBackend):
    """The second draw of a case is answered by the model file that `second` names."""

    second: ClassVar[dict[str, str]] = {}

    def open(self, request: OpenRequest) -> Any:
        draws = [fakes.open_fake_model(replace(request.model, reference=file)) for file in self._files(request)]

        class InTurn(FakeModel):
            def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
                for one in requests:
                    yield from draws[int(one.key.rpartition(":")[2])].answer([one])

        return nullcontext(InTurn())

    def _files(self, request: OpenRequest) -> tuple[str, str]:
        file = Path(request.model.reference)
        return str(file), str(file.with_name(self.second[file.name]))


@pytest.mark.parametrize(
    ("second", "verdict", "code"),
    [
        ({"good.json": "worse.json", "worse.json": "good.json"}, "inconclusive", 0),
        ({"good.json": "good.json", "worse.json": "worse.json"}, "regressed", 1),
    ],
)
def test_a_loss_on_drawn_replies_counts_only_if_as_many_draws_again_show_it(
    project: Project, workspace_with: Callable[..., Workspace], second: dict[str, str], verdict: str, code: int
) -> None:
    project.model("worse", wrong=20)
    cases = (project.folder / "suites/cases.jsonl").read_text()
    project.write("suites/cases.jsonl", cases.replace('"answer":', '"reference":'))
    metric = {"use": "exact-match", "role": "primary", "cap": 0.05}
    project.suite("drawn", choices=None, metrics=[metric], generation={"temperature": 0.7})
    shop = workspace_with(register_backends=type("Own", (Drawn,), {"second": second}))
    suite, models = shop.suite("drawn"), [shop.model("own:good.json"), shop.model("own:worse.json")]
    with shop.session("run", "test", {}) as session, Models(session) as opened:
        before, after = ({"drawn": evaluate_suite(session, opened, model, suite)} for model in models)
        assert compare_suites(session, [suite], before, after)[1].code == 1
        (comparison,), decision = confirm_loss(session, opened, [suite], before, after, models[0], models[1])
    assert (comparison.metrics[0].verdict, decision.code) == (verdict, code)
    assert comparison.candidate.settings["samples"] == 2
    assert shop.store.decision(session.run) == decision


def test_comparing_on_a_stored_suite_makes_none_of_its_cases(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    shop = workspace_with()
    with shop.session("run", "test", {}) as session:
        before, after = ({"teams": evaluated_by(shop, session, f"fake:{name}.json")} for name in ("good", "base"))
    (project.folder / "suites" / "teams.yaml").unlink()
    stored = shop.suite("teams")
    with shop.session("run", "gate", {}) as session:
        (comparison,), decision = compare_suites(session, [stored], before, after)
    assert (comparison.metrics[0].n, decision.code) == (60, 1)
    assert "_cases" not in vars(stored.suite.cases)


def test_a_comparison_may_be_on_some_of_the_cases(project: Project, workspace_with: Callable[..., Workspace]) -> None:
    shop = workspace_with()
    some = frozenset(case.content for case in shop.suite("teams").cases[:40])
    with shop.session("run", "test", {}) as session:
        sides = [{"teams": evaluated_by(shop, session, f"fake:{name}.json")} for name in ("good", "base")]
        (comparison,), _ = compare_suites(session, [replace(shop.suite("teams"), only=some)], *sides)
    (metric,) = comparison.metrics
    assert (metric.n, metric.added, metric.removed) == (40, 0, 0)
    assert (metric.baseline, metric.candidate) == (34 / 40, 10 / 40)


def test_a_suite_that_was_only_read_is_stored_when_it_is_compared_on(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    shop = workspace_with()
    with shop.session("run", "test", {}) as session:
        sides = [{"teams": evaluated_by(shop, session, f"fake:{name}.json")} for name in ("good", "base")]
        project.suite("teams", metrics=["accuracy"], description="new roles, the same cases")
        edited = shop.suite("teams")
        (comparison,), _ = compare_suites(session, [edited], *sides)
    assert comparison.metrics[0].n == 60
    assert shop.store.has_suite(edited.suite.version)


def test_an_answer_that_failed_counts_as_the_worst_of_its_own_case(
    project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    class Lost(Mean):
        def worst(self, case: Any) -> dict[str, float]:
            return {"sum": -9.0 if case.id == "letter-107" else 0.0, "count": 1.0}

    rows = [{"id": f"letter-{n}", "prompt": f"Letter {n}?", "answer": "billing"} for n in range(120)]
    project.write("suites/cases.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    project.suite("teams", metrics=["own"])
    shop = workspace_with(register_metrics=Lost)
    with shop.session("run", "test", {}) as session:
        evaluation = evaluated_by(shop, session, project.model("failing", fail_on="Letter 107?"))
        (metric,) = figures_of(session, shop.suite("teams"), evaluation).metrics
    assert (metric.n, metric.errors, metric.value) == (120, 1, (119 - 9) / 120)
