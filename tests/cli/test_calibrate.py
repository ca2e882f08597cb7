"""harness calibrate: the noise floor of a model measured again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

SHAKY = '''
from contextlib import contextmanager
from dataclasses import replace

from harness import Component, hookimpl
from harness.testing.fakes import FakeBackend, FakeModel, open_fake_model


class ShakyBackend(FakeBackend):
    """Gets two more letters wrong with one thread, and one with an odd seed."""

    def choose_threads(self, request):
        return 2

    @contextmanager
    def open(self, request):
        model = open_fake_model(request.model)
        replies = dict(model.replies)
        if request.threads == 1:
            replies |= dict.fromkeys(list(replies)[58:], "nobody")
        yield Seeded(replies=replies, facts={"device": "fake", "threads": request.threads})


class Seeded(FakeModel):
    def _generate(self, request, asked):
        answer = super()._generate(request, asked)
        odd = request.seed % 2 and asked == "Which team answers letter 59?"
        return replace(answer, replies=("nobody",)) if odd else answer


@hookimpl
def register_backends():
    yield Component("shaky", ShakyBackend, "a fake that depends on what must not matter")
'''


def test_a_deterministic_model_has_no_noise(project: Project, harness: Run) -> None:
    done = harness("calibrate", "fake:good.json", "--suite", "teams", "--times", "3", "--json")
    assert done.code == 0
    (noise,) = done.json["noises"]
    assert (noise["times"], noise["value"], noise["deviation"], noise["changed"]) == (3, 0.9, 0.0, 0.0)
    assert done.json["warnings"] == []


def test_noise_is_what_the_thread_count_changes(project: Project, harness: Run) -> None:
    plugin = project.write("shaky.py", SHAKY)
    done = harness("--plugin", plugin, "calibrate", "shaky:good.json", "--suite", "teams", "--times", "4", "--json")
    (noise,) = done.json["noises"]
    assert noise["facts"]["threads"] == [2, 1, 2, 1]
    assert round(noise["value"], 4) == round(53 / 60, 4)  # 54 right with two threads, 52 with one
    assert round(noise["deviation"], 4) == 0.0192  # 1/60 · √(4/3)
    assert round(noise["changed"], 4) == 0.0222  # two of 60 cases in four of six pairs


def test_drawn_replies_are_drawn_with_other_seeds(project: Project, harness: Run) -> None:
    plugin = project.write("shaky.py", SHAKY)
    cases = (project.folder / "suites/cases.jsonl").read_text("utf-8").replace('"answer"', '"reference"')
    project.write("suites/words.jsonl", cases)
    drawn = {"temperature": 1.0, "seed": 5}
    project.suite("drawn", cases="words.jsonl", choices=None, metrics=["exact-match"], generation=drawn)
    done = harness("--plugin", plugin, "calibrate", "shaky:good.json", "--suite", "drawn", "--times", "6", "--json")
    (noise,) = done.json["noises"]
    assert noise["facts"]["seeds"] == [5, 6, 7, 8, 9, 10]
    assert noise["deviation"] > 0


def test_a_floor_below_the_noise_is_flagged_at_calibrate_and_at_power(project: Project, harness: Run) -> None:
    plugin = project.write("shaky.py", SHAKY)
    done = harness("--plugin", plugin, "calibrate", "shaky:good.json", "--suite", "teams", "--times", "2")
    said = "the floor 0.01 is below the noise floor 0.065"
    assert said in " ".join(done.out.split())
    assert said in " ".join(harness("power", "teams").out.split())
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary", "margin": 0.08}])
    assert "noise floor" not in harness("power", "teams").out


def test_a_second_calibration_measures_anew(project: Project, harness: Run) -> None:
    command = ("calibrate", "fake:good.json", "--suite", "teams", "--times", "2")
    for _ in range(2):
        assert "120 to do" in harness(*command).err
    counted = harness("sql", "SELECT count(*) AS n FROM noises", "--json").json
    assert counted == [{"n": 2}]


def test_calibration_uses_no_stored_answer_and_leaves_no_evaluation(measured: Project, harness: Run) -> None:
    before = harness("sql", "SELECT count(*) AS n FROM evaluations", "--json").json
    assert "120 to do" in harness("calibrate", "fake:good.json", "--suite", "teams", "--times", "2").err
    assert harness("sql", "SELECT count(*) AS n FROM evaluations", "--json").json == before


def test_an_interrupted_calibration_keeps_what_was_measured(project: Project, harness: Run) -> None:
    project.model("frail", wrong=6, die_after=40)
    command = ("calibrate", "fake:frail.json", "--suite", "teams", "--times", "2", "--json")
    assert harness(*command).code == 6
    done = harness(*command)
    assert "80 to do" in done.err
    assert (done.code, done.json["noises"][0]["value"]) == (0, 0.9)


def test_a_failed_answer_leaves_the_noise_unmeasured(project: Project, harness: Run) -> None:
    project.model("half", wrong=0, fail_on="letter 7?")
    done = harness("calibrate", "fake:half.json", "--suite", "teams", "--times", "2", "--json")
    assert (done.code, done.json["noises"]) == (4, [])
    assert "1 of 60 answers failed in round 1" in done.err


def test_once_is_no_calibration(project: Project, harness: Run) -> None:
    done = harness("calibrate", "fake:good.json", "--suite", "teams", "--times", "1")
    assert done.code == 2
    assert "--times" in done.err
