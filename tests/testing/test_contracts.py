"""What an author reads where a rule does not hold; that each rule can fail is shown by `test_planted_faults.py`."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness import testing
from harness.testing import CONTRACT_OF_KIND, CleanerContract, MetricContract
from harness.types import Conversation, Dropped, Kept, Outcome
from harness.types.component import KINDS, Component

LONG = "a" * 30_000
LOUD = """
from harness import Component
from harness.testing import MetricContract


class Loud:
    reads = "text"
    higher_is_better = True

    def score(self, answered):
        return {"sum": len(answered.text), "count": 1.0}

    def value(self, statistics):
        return statistics["sum"] / statistics["count"]


class TestLoud(MetricContract):
    def component(self):
        return Component("loud", Loud)
"""


def test_a_contract_without_a_component_says_so() -> None:
    with pytest.raises(NotImplementedError, match="MetricContract must return the component"):
        MetricContract().component()


def test_each_kind_of_component_has_a_contract() -> None:
    assert CONTRACT_OF_KIND.keys() == KINDS.keys()
    assert all(contract.kind == kind for kind, contract in CONTRACT_OF_KIND.items())
    assert [one.__name__ for one in CONTRACT_OF_KIND.values()] == [kind.contract for kind in KINDS.values()]


def test_a_rule_that_does_not_hold_names_component_rule_and_what_broke_it_and_leaves_nothing(tmp_path: Path) -> None:
    printed = printed_by(tmp_path, LOUD)
    assert "metric 'loud': statistics are finite floats; of Answered(case=Case(" in printed
    assert printed.count("\nFAILED") == 1
    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__", ".pytest_cache", ".hypothesis"}
    assert left == {"test_mine.py"}
    assert not (tmp_path / ".hypothesis" / "examples").exists()


@pytest.mark.parametrize("name", testing.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(testing, name) is not None


@pytest.mark.parametrize("name", ["FakeModel", "make_case", "write_fake_model"])
def test_fakes_and_builders_need_neither_pytest_nor_hypothesis(name: str) -> None:
    code = (
        f"import json, sys; from harness.testing import {name}; "
        "print(json.dumps([one for one in ('pytest', 'hypothesis', 'numpy') if one in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_it_is_a_plugin_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["harness.testing"]\n')
    assert "1 passed" in printed_by(tmp_path, "from harness.testing import texts\ndef test_it(): assert texts()\n")


def test_a_component_that_is_defined_beside_its_test_is_not_imported_alone() -> None:
    class Beside(MetricContract):
        def component(self) -> Component[object]:
            return Component("beside", make)

    with pytest.raises(pytest.skip.Exception, match="defined beside its test"):
        Beside().test_its_module_and_build_load_nothing_heavy()


def test_what_fails_on_a_very_long_text_alone_is_told_in_short(tmp_path: Path) -> None:
    def cut(some: Iterable[Conversation]) -> list[Outcome]:
        return [Dropped(one.id, "") if LONG in str(one) else Kept(one.id) for one in some]

    def build() -> Any:
        return SimpleNamespace(clean=cut)

    class CutsWords(CleanerContract):
        examples = 300

        def component(self) -> Component[Any]:
            return Component("cuts-words", build)

    with pytest.raises(AssertionError, match="cleaner 'cuts-words': Changed and Dropped say why") as failed:
        CutsWords().test_a_change_or_a_drop_has_a_reason(build, tmp_path)
    (note,) = failed.value.__notes__
    assert "(30000 characters)" in note
    assert len(note) < 2000


def make() -> object:
    return object()


def printed_by(folder: Path, text: str) -> str:
    """What pytest prints of a test file in the folder."""
    (folder / "test_mine.py").write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:xdist", "test_mine.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
