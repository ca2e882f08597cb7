"""The plugin author's pages hold: their files are plugins, keep their contracts, and every command of them runs."""

from __future__ import annotations

import logging
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import Component, PluginHost
from harness.cli import main
from harness.host.building import Built, build
from harness.testing import (
    BackendContract,
    CleanerContract,
    DatasetContract,
    MetricContract,
    RefinerContract,
    SafetyCheckContract,
    TrainerContract,
    fakes,
    make_answered,
    make_case,
    make_passage,
    write_fake_model,
)
from harness.types import ModelReference
from harness.types.component import ComponentKind

PLUGINS = Path(__file__).parents[1] / "plugins"
PAGES = ("README", "options", "metrics", "backends", "testing", "publishing")
GUIDE = "\n".join((PLUGINS / f"{page}.md").read_text(encoding="utf-8") for page in PAGES)
FILES = dict(re.findall(r"`([^`\n]+)`:\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL))
"""The text of each file of the pages: a block that directly follows `NAME`: in back quotes."""

COMPONENTS: Mapping[str, tuple[ComponentKind, str]] = {
    "shout_metric.py": ("metric", "shout"),
    "two_column_csv.py": ("dataset", "two-column-csv"),
    "boilerplate_cleaner.py": ("cleaner", "boilerplate"),
    "phrasebook_backend.py": ("backend", "phrasebook"),
    "rote_trainer.py": ("trainer", "rote"),
    "within_length_metric.py": ("metric", "within-length"),
    "rare_words_metric.py": ("metric", "rare-words"),
    "median_words_metric.py": ("metric", "median-words"),
    "links_check.py": ("safety check", "unknown-links"),
    "ladder_refiner.py": ("refiner", "ladder"),
    "sample_dataset.py": ("dataset", "sample"),
}
EVENTS_OR_SUITES = {"milestones.py", "parcel_suites.py"}
NO_PLUGIN = {"broken.py", "test_my_plugins.py"}


def written(folder: Path) -> Path:
    """The folder, with every file of the guide in it."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("guide"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder holds the guide's files and no store."""
    monkeypatch.chdir(written(tmp_path))
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    yield tmp_path
    logging.getLogger("harness").handlers.clear()


# --- plugins -----------------------------------------------------------------------------------------


def test_every_python_file_of_the_guide_is_a_plugin_that_is_tested_here() -> None:
    python = {name for name in FILES if name.endswith(".py")}
    assert python == COMPONENTS.keys() | EVENTS_OR_SUITES | NO_PLUGIN


@pytest.mark.parametrize("name", [*COMPONENTS, *sorted(EVENTS_OR_SUITES)])
def test_each_file_loads_alone_and_without_a_problem(name: str, folder: Path) -> None:
    host = PluginHost(files=[folder / name])
    assert host.problems == []
    assert Path(name).stem in [plugin.name for plugin in host.plugins]
    if name in COMPONENTS:
        assert host.find(*COMPONENTS[name]).summary


def test_the_smallest_plugin_has_at_most_five_lines() -> None:
    assert len([line for line in FILES["shout_metric.py"].splitlines() if line]) <= 5


def test_the_smallest_plugin_measures_a_fake_model(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_fake_model(project / "fake.json", {"Good morning": "Morning!", "Thank you": "You are welcome."})
    plugins = ["--plugin", "shout_metric.py", "--plugin", fakes.__file__]
    assert main(["evaluate", "fake:fake.json", "--suite", "greetings.yaml", *plugins]) == 0
    assert re.search(r"shout \(primary\) +0\.3", capsys.readouterr().out)


def test_the_backend_names_a_missing_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plugins = ["--plugin", "phrasebook_backend.py", "--plugin", "shout_metric.py"]
    assert main(["evaluate", "phrasebook:none.json", "--suite", "greetings.yaml", *plugins]) == 2
    assert "none.json: there is no such phrasebook" in capsys.readouterr().err


def test_a_nested_dataset_is_built_first(folder: Path) -> None:
    host = PluginHost(files=[folder / "sample_dataset.py", folder / "two_column_csv.py"])
    use = {"use": "sample", "share": 1.0, "of": {"use": "two-column-csv", "path": "parcels.csv"}}
    assert built(host, "dataset", use, folder).options["of"]["use"] == "two-column-csv"


def built(host: PluginHost, kind: ComponentKind, use: Mapping[str, Any], folder: Path) -> Built:
    return build(host, kind, use, "a test", folder)


# --- contracts ---------------------------------------------------------------------------------------


class OfTheGuide:
    """The component of one file of the guide, with settings as a recipe would write them."""

    file: str
    settings = ""

    @pytest.fixture(autouse=True)
    def use_folder(self, folder: Path) -> None:
        self.host = PluginHost(files=[folder / other for other in COMPONENTS])

    @pytest.fixture
    def build(self, folder: Path) -> Any:
        kind, name = COMPONENTS[self.file]
        settings = yaml.safe_load(f"{{{self.settings}}}")
        # a contract builds the component for each of many inputs, and a process for each takes a minute a rule
        use = {"use": name, "isolate": False, **settings}
        return lambda: built(self.host, kind, use, folder).instance

    def component(self) -> Component[Any]:
        return self.host.find(*COMPONENTS[self.file]).component


class TestTwoColumnCsv(OfTheGuide, DatasetContract):
    file = "two_column_csv.py"
    settings = "path: parcels.csv"


class TestSample(OfTheGuide, DatasetContract):
    file = "sample_dataset.py"
    settings = "share: 0.5, of: {use: two-column-csv, path: parcels.csv}"


class TestBoilerplate(OfTheGuide, CleanerContract):
    file = "boilerplate_cleaner.py"
    settings = "sentences: [It is on, and more]"


class TestPhrasebook(OfTheGuide, BackendContract):
    file = "phrasebook_backend.py"

    def model(self, folder: Path) -> ModelReference:
        return phrasebook(folder)


class TestRote(OfTheGuide, TrainerContract):
    file = "rote_trainer.py"
    settings = "most: 5"

    def model(self, folder: Path) -> ModelReference:
        return phrasebook(folder)


class TestShout(OfTheGuide, MetricContract):
    file = "shout_metric.py"


class TestWithinLength(OfTheGuide, MetricContract):
    file = "within_length_metric.py"


class TestRareWords(OfTheGuide, MetricContract):
    file = "rare_words_metric.py"


class TestMedianWords(OfTheGuide, MetricContract):
    file = "median_words_metric.py"


class TestUnknownLinks(OfTheGuide, SafetyCheckContract):
    file = "links_check.py"
    settings = "allowed: [example.com]"


class TestLadder(OfTheGuide, RefinerContract):
    file = "ladder_refiner.py"
    settings = "key: trainer.learning_rate, start: 0.0001"


def phrasebook(folder: Path) -> ModelReference:
    file = folder / "phrases.json"
    file.write_text('{"Where is my parcel?": "It is here, behind the door."}', encoding="utf-8")
    return ModelReference(str(file), backend="phrasebook")


def test_rare_words_count_for_more(folder: Path) -> None:
    host = PluginHost(files=[folder / "rare_words_metric.py"])
    metric = built(host, "metric", {"use": "rare-words"}, folder).instance
    cases = [make_case("a", references=["your parcel left"]), make_case("b", references=["your box"])]
    metric.prepare(cases)
    common, rare = (metric.value(metric.score(make_answered(said, case=cases[1]))) for said in ("your", "box"))
    assert (common, rare) == pytest.approx((0.387, 0.613), abs=1e-3)


def test_links_to_other_sites_are_found(folder: Path) -> None:
    host = PluginHost(files=[folder / "links_check.py"])
    check = built(host, "safety check", {"use": "unknown-links", "allowed": ["example.com"]}, folder).instance
    text = "See https://shop.example.com/box, or http://badexample.com/x?y."
    (result,) = check.check([make_passage(text)])
    assert [finding.evidence for finding in result.findings] == ["badexample.com"]


# --- commands ----------------------------------------------------------------------------------------


def commands() -> list[str]:
    """Every command of the guide's shell blocks, continued lines joined."""
    blocks = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def test_every_command_runs_in_the_order_of_the_guide(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands():
        program, *arguments = shlex.split(command)
        if program == "harness":
            assert (command, main(arguments)) == (command, 0)
        else:
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    printed = capsys.readouterr().out
    assert all(text.strip() in printed for text in re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL))
    assert sorted(milestones(project)) == [
        ["refine recipe.yaml --cycles 2: started", "cycle 1: not accepted", "cycle 2: accepted", FINISHED],
        ["run recipe.yaml: started", "cycle 1: accepted", FINISHED],
    ]


FINISHED = "complete, exit code 0"


def milestones(project: Path) -> list[list[str]]:
    return [file.read_text(encoding="utf-8").splitlines() for file in project.glob("reports/*/milestones.txt")]


# --- what the guide says of the code -----------------------------------------------------------------


def test_the_reference_is_what_is_generated_of_the_hooks() -> None:
    page = (PLUGINS / "hooks.md").read_text(encoding="utf-8")
    assert page.count("\n## `") == 11
    made = runpy.run_path(str(Path(__file__).with_name("hook_reference.py")))["reference"]()
    assert page == made, "run `python tests/hook_reference.py > plugins/hooks.md`"


def test_the_package_it_shows_is_the_one_to_copy() -> None:
    shown = tomllib.loads(FILES["pyproject.toml"])
    real = tomllib.loads((PLUGINS / "example-distribution" / "pyproject.toml").read_text(encoding="utf-8"))
    assert shown["project"].items() <= real["project"].items()
