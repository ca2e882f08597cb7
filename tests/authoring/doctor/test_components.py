"""What is wrong with a component: its name, options, needs, and the rules of its contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.authoring.doctor.examination import examine
from harness.authoring.doctor.records import Given, Line
from harness.errors import UsageError
from harness.testing import fakes, write_fake_model
from tests.authoring.doctor.conftest import HEALTHY

if TYPE_CHECKING:
    from tests.authoring.doctor.conftest import Look

CHECK = "from harness import safety_check\n@safety_check({arguments})\ndef bad(passage{options}): return {found}"
CHECKER = """
from harness import Component, hookimpl
from harness.types import Checked
class Bad:
    def check(self, passages):
        {body}
@hookimpl
def register_safety_checks(): yield Component("bad", Bad)
"""
DATASET = """
from pathlib import Path
from harness import Component, Conversation, Message, hookimpl
from harness.protocols import Dataset
class Lines:
    def __init__(self, path: Path, least: int = 1, other: Dataset | None = None):
        if not path.is_file(): raise ValueError("there is no file")
        self.path = path
    def load(self, request):
        for number, line in enumerate(self.path.read_text().splitlines()[:request.limit]):
            yield Conversation(str(number), (Message("user", line), Message("assistant", "Yes.")))
@hookimpl
def register_datasets(): yield Component("lines", Lines)
"""


def of(lines: list[Line], subject: str) -> list[Line]:
    return [line for line in lines if line.subject == subject]


def check(arguments: str = "", options: str = "", found: str = "None") -> str:
    return CHECK.format(arguments=arguments, options=options, found=found)


def test_a_healthy_component_has_its_options_told_and_keeps_its_contract(look: Look) -> None:
    lines = look(HEALTHY)
    assert {line.state for line in lines} == {"ok"}
    (options,), (contract,) = of(lines, "options"), of(lines, "contract")
    assert (options.component, options.text) == ("metric shouts", "least: int = 1")
    assert "rules kept" in contract.text


def test_a_name_that_another_plugin_has_is_a_failure(look: Look) -> None:
    (line,) = of(look(HEALTHY.replace("shouts", "accuracy")), "name")
    assert (line.state, line.mend) == ("fail", "choose another")
    assert line.text.startswith("harness-metrics (finetune-harness")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (", *words", "argument 'words' is not a plain keyword argument"),
        (", limit: int = 3", "'limit' is a key of suites and cannot be an option"),
        (", words: 'Wrods' = ()", "name 'Wrods' is not defined"),
    ],
)
def test_options_that_cannot_be_read_are_a_failure(options: str, said: str, look: Look) -> None:
    (line,) = of(look(check(options=options)), "options")
    assert (line.state, said in line.text, line.mend[:16]) == ("fail", True, "give build plain")


@pytest.mark.parametrize(("needs", "text"), [("network", "the network"), ("weights", "the weights of a model")])
def test_what_is_not_on_every_machine_is_told_and_the_contract_not_run(needs: str, text: str, look: Look) -> None:
    lines = look(check(arguments=f"needs=({needs!r},)"))
    (need,), (contract,) = of(lines, "needs"), of(lines, "contract")
    assert (need.state, need.text) == ("ok", text)
    assert (contract.state, contract.text) == ("not run", f"it needs {text}")
    assert "SafetyCheckContract" in contract.mend


@pytest.mark.parametrize(
    ("needs", "text", "mend"),
    [
        ("tpu", "'tpu' is nothing that can be needed", "write one of network, weights, gpu, [NAME OF AN EXTRA]"),
        ("[big]", "[big]: a single file has no extras", "make a package of it"),
    ],
)
def test_a_need_that_cannot_be_is_a_failure(needs: str, text: str, mend: str, look: Look) -> None:
    (need,) = of(look(check(arguments=f"needs=({needs!r},)")), "needs")
    assert (need.state, need.text, need.mend) == ("fail", text, mend)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("yield from ()", "see to it that each passage gets exactly one result"),
        ("import os; os._exit(7)", "it ends the process with exit code 7, where the rule is that "),
        ("import os; os._exit(0)", "it ends the process with exit code 0"),
        ("import ctypes; ctypes.string_at(0)", "it ends the process with SIG"),
        ("yield 1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_rule_that_is_broken_is_named_with_what_was_said(body: str, said: str, look: Look) -> None:
    broken = of(look(CHECKER.format(body=body)), "contract")
    assert {line.state for line in broken} == {"fail"}
    assert any(said in f"{line.text}\n{line.mend}" for line in broken), broken


def test_a_component_that_hangs_is_ended_in_time(look: Look) -> None:
    (line,) = of(look(CHECKER.format(body="import time; time.sleep(600)"), Given(seconds=4)), "contract")
    assert (line.state, line.text.startswith("it takes longer than 4 s")) == ("fail", True)


def test_a_component_with_a_required_option_says_how_to_give_it(look: Look) -> None:
    (line,) = of(look(DATASET), "contract")
    assert (line.state, line.text) == ("not run", "option 'path' is required")
    assert line.mend.startswith("give it: --option lines.path=VALUE; or add a contract test")


def test_a_given_option_is_converted_and_a_path_counts_from_the_current_folder(look: Look, tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("Hello?\nAnyone?\n")
    (line,) = of(look(DATASET, Given({"lines": {"path": "rows.txt"}})), "contract")
    assert (line.state, "rules kept" in line.text) == ("ok", True), line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"path": "rows.txt", "least": "three"},
            "option 'least': 'three' is not what it takes: input should be a valid int",
        ),
        ({"path": date(2024, 1, 1)}, "there is no file"),
        (
            {"path": "rows.txt", "other": "chat-jsonl"},
            "option 'other' takes another component, which cannot be given here",
        ),
    ],
)
def test_a_given_option_that_will_not_do_is_refused(options: dict[str, Any], said: str, look: Look) -> None:
    (line,) = of(look(DATASET, Given({"lines": options})), "contract")
    assert line.state == "not run"
    assert line.text.startswith(f"it cannot be built so: {said}")


def test_a_build_that_raises_breaks_the_contract(look: Look) -> None:
    body = "yield from ()\n    def __init__(self): self.words = len(3)"
    broken = of(look(CHECKER.format(body=body)), "contract")
    assert {line.state for line in broken} == {"fail"}
    assert any("TypeError: object of type 'int' has no len()" in line.text for line in broken), broken


def test_a_component_that_refuses_its_default_options_asks_for_others(look: Look) -> None:
    body = "yield from ()\n    def __init__(self, terms: str = ''):\n        if not terms: raise ValueError('no terms')"
    (line,) = of(look(CHECKER.format(body=body)), "contract")
    assert (line.state, line.text) == ("not run", "it cannot be built so: no terms")
    assert line.mend.startswith("give other options: --option bad.KEY=VALUE; or add a contract test")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"liens": {"path": "a"}}, r"--option liens\.….*did you mean 'lines'"),
        ({"lines": {"paht": "a"}}, r"unknown option.*did you mean 'path'.*options: least, other, path"),
    ],
)
def test_an_option_that_leads_nowhere_is_an_error(options: dict[str, dict[str, str]], said: str, look: Look) -> None:
    with pytest.raises(UsageError, match=said):
        look(DATASET, Given(options))


def test_a_backend_needs_a_model_of_the_author(look: Look) -> None:
    text = (
        "from harness import Component, hookimpl\n@hookimpl\ndef register_backends(): yield Component('b', lambda: 1)"
    )
    (line,) = of(look(text), "contract")
    assert (line.state, line.text) == ("not run", "a backend needs a small model")
    assert line.mend.startswith("give one: --model BACKEND:REFERENCE; or add a contract test of your own")


def test_trainers_and_backends_keep_their_contracts_on_a_model_that_is_given(tmp_path: Path) -> None:
    model = write_fake_model(tmp_path / "fake.json", {"Where is my parcel?": "It is here."})
    (found,) = examine([], [Path(fakes.__file__)], Given(model=f"fake:{model.reference}"))
    contracts = [(line.component, line.state) for line in found.lines if line.subject == "contract"]
    assert contracts == [("trainer fake", "ok"), ("backend fake", "ok")], found.lines


def test_an_unknown_plugin_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no plugin is called 'harness-metric' .did you mean 'harness-metrics'"):
        list(examine(["harness-metric"], [], Given()))
