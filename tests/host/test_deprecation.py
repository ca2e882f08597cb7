from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
from packaging.version import Version

from harness import hookspecs
from harness.cli import main
from harness.documents.regular_files import file_hash
from harness.hookspecs import HOOK_OF_KIND, deprecated, hookspec
from harness.host.hooks import deprecated_arguments, deprecated_hooks, specified
from harness.host.host import PluginHost
from harness.types.hashing import content_hash

OLD = Path(__file__).parents[1] / "plugins_of_0_1"


@pytest.fixture
def next_release() -> ModuleType:
    """Specifications in which metrics have another hook, and `run_finished` one argument renamed and one more."""

    @hookspec(warn_on_impl=deprecated(instead="register_scores", removed_in="0.3.0"))
    def register_metrics() -> Iterable[Any]:
        return ()

    @hookspec
    def register_scores() -> Iterable[Any]:
        return ()

    @hookspec(warn_on_impl_args={"event": deprecated(instead="ending", removed_in="0.4.0")})
    def run_finished(ending: Any, report: Any, event: Any) -> None: ...

    specs = ModuleType("next_release")
    vars(specs).update(specified(hookspecs))
    vars(specs).update(register_metrics=register_metrics, register_scores=register_scores, run_finished=run_finished)
    vars(specs)["HOOK_OF_KIND"] = {**HOOK_OF_KIND, "metric": "register_scores"}
    return specs


def overdue(specs: ModuleType, current: str) -> list[str]:
    """The hooks and arguments that should be gone in a release."""
    announced = dict(deprecated_hooks(specs))
    for hook in specified(specs):
        announced |= {f"{hook}({name})": one for name, one in deprecated_arguments(specs, hook).items()}
    return [name for name, one in announced.items() if Version(one.removed_in) <= Version(current)]


def plugin(folder: Path, text: str) -> Path:
    file = folder / "older.py"
    file.write_text("from harness import hookimpl\n" + dedent(text), encoding="utf-8")
    return file


def test_nothing_is_kept_beyond_the_release_of_its_removal(next_release: ModuleType) -> None:
    assert overdue(hookspecs, version("finetune-harness")) == []
    assert overdue(next_release, "0.2.9") == []
    assert overdue(next_release, "0.3.0") == ["register_metrics"]
    assert overdue(next_release, "1.0") == ["register_metrics", "run_finished(event)"]


def test_an_old_hook_is_called_through_the_new_one_and_told(next_release: ModuleType) -> None:
    host = PluginHost(files=[OLD / "rare_words_metric.py"], installed=(), specs=next_release)
    assert host.find("metric", "rare-words").plugin.name == "rare_words_metric"
    assert [(problem.hook, problem.message, problem.fatal) for problem in host.problems] == [
        ("register_metrics", "is deprecated and goes in 0.3.0; use register_scores", False)
    ]


def test_a_plugin_with_both_hooks_is_called_once(next_release: ModuleType, tmp_path: Path) -> None:
    text = """
        from harness import Component

        @hookimpl
        def register_metrics():
            yield Component("old", dict)

        @hookimpl
        def register_scores():
            yield Component("new", dict)
    """
    host = PluginHost(files=[plugin(tmp_path, text)], installed=(), specs=next_release)
    assert [one.component.name for one in host.components("metric")] == ["new"]


def test_an_old_argument_gets_the_value_of_the_new_one_and_is_told(next_release: ModuleType, tmp_path: Path) -> None:
    text = """
        seen = []

        @hookimpl
        def run_finished(event):
            seen.append(event)
    """
    host = PluginHost(files=[plugin(tmp_path, text)], installed=(), specs=next_release)
    host.notify("run_finished", "how it ended", "its report")
    assert seen_by_the_plugin() == ["how it ended"]
    assert [str(problem).partition(": ")[2] for problem in host.problems] == [
        "run_finished: its argument 'event' is deprecated and goes in 0.4.0; use ending"
    ]


@pytest.mark.parametrize(
    ("arguments", "seen"), [("", "nothing"), ("report", "its report"), ("report, ending", "its report how it ended")]
)
def test_a_hook_gets_the_arguments_that_it_names(
    next_release: ModuleType, tmp_path: Path, arguments: str, seen: str
) -> None:
    said = arguments.replace(",", " + ' ' +") or "'nothing'"
    text = f"seen = []\n\n@hookimpl\ndef run_finished({arguments}):\n    seen.append({said})\n"
    host = PluginHost(files=[plugin(tmp_path, text)], installed=(), specs=next_release)
    host.notify("run_finished", "how it ended", "its report")
    assert seen_by_the_plugin() == [seen]
    assert host.problems == []


def test_an_argument_that_a_hook_does_not_have_is_a_problem_of_that_hook_alone(tmp_path: Path) -> None:
    text = """
        seen = []

        @hookimpl
        def run_finished(evnt):
            seen.append(evnt)

        @hookimpl
        def run_started(event):
            seen.append(event)
    """
    host = PluginHost(files=[plugin(tmp_path, text)], installed=())
    host.notify("run_started", "begun")
    assert seen_by_the_plugin() == ["begun"]
    message = "run_finished: has no argument 'evnt' (did you mean 'event'?); arguments: event"
    assert [str(problem).partition(": ")[2] for problem in host.problems] == [message]


def seen_by_the_plugin() -> list[str]:
    import sys

    return list(sys.modules["harness_plugin_older"].seen)


# --- plugins as they were written for 0.1 ------------------------------------------------------------


def test_plugins_of_0_1_are_as_they_were() -> None:
    files = sorted(path for path in OLD.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert content_hash([[str(path.relative_to(OLD)), file_hash(path)] for path in files]) == FROZEN, "never edit these"


FROZEN = "b161202cf746abff1613aef03fe7ba87"


def test_plugins_of_0_1_of_every_kind_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(OLD, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    assert main(["refine", "recipe.yaml", "--cycles", "2"]) == 0
    (milestones,) = (file.read_text().splitlines() for file in tmp_path.glob("reports/*/milestones.txt"))
    assert milestones[-1] == "complete, exit code 0"
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("rare-words", "is-short", "median-words"))
