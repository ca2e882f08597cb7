"""The process that puts one component through its contract with pytest, and answers rule by rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.authoring.doctor.process import answer
from harness.errors import UsageError
from harness.host.host import PluginHost
from harness.host.options import options_of
from harness.host.records import PluginInfo, Registered
from harness.types import ModelReference

if TYPE_CHECKING:
    import pytest

_TEST = "from harness.authoring.doctor.contract_run import contracts\n\nTestContract = contracts[0]\n"

contracts: list[type] = []
"""The contract class of the component at work, for the test module that pytest collects."""


def run(job: Mapping[str, Any], folder: Path) -> None:
    """Answer with the outcome of each rule, or with why the options will not do."""
    import pytest

    from harness.testing.contracts import CONTRACT_OF_KIND

    host = PluginHost(installed=())
    host.load(PluginInfo(**job["plugin"]))
    registered = next(one for one in host.components(job["kind"]) if one.component.name == job["name"])
    try:
        options = _converted(registered, job["options"], Path(job["current"]))
        _try(registered.component.build, options)
    except (UsageError, ValueError) as error:
        answer(folder, {"refused": str(error)})
        return
    own: dict[str, Any] = {"component": lambda self: registered.component, "options": lambda self: options}
    if job["model"]:
        model = _model(job["model"], Path(job["current"]))
        own["model"] = lambda self, folder: model
    contracts.append(type("TestContract", (CONTRACT_OF_KIND[registered.kind],), own))
    file = folder / "test_contract.py"
    file.write_text(_TEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    pytest.main(["-q", "-p", "no:cacheprovider", str(file)], plugins=[_Recorder(folder)])


def _try(build: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Raises what says that an option is wrong; what else may go wrong is the contract's to find."""
    try:
        build(**options)
    except (UsageError, ValueError):
        raise
    except Exception:
        return


class _Recorder:
    """Tells what each test came to, while it goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        answer(self._folder, {"began": _rule(nodeid)})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        crash = getattr(report.longrepr, "reprcrash", None)
        message = str(crash.message if crash is not None else report.longrepr or "").strip()
        first = message.partition("\n")[0].removeprefix("AssertionError: ")
        answer(self._folder, {"rule": _rule(report.nodeid), "outcome": report.outcome, "message": first})


def _rule(nodeid: str) -> str:
    """A test's name as a sentence."""
    return nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def _model(written: str, current: Path) -> ModelReference:
    """The model that BACKEND:REFERENCE names; files count from `current`."""
    from harness.runs.recipe import ModelSpec, model_reference, model_spec

    return model_reference(ModelSpec.model_validate(model_spec(written)), current)


def _converted(registered: Registered, given: Mapping[str, Any], current: Path) -> dict[str, Any]:
    """The values as the annotations of `build` have them; a path counts from `current`."""
    from pydantic import PydanticUserError, TypeAdapter, ValidationError

    annotations = {option.name: option.annotation for option in options_of(registered)}
    values = {}
    for name, value in given.items():
        try:
            checked = TypeAdapter(annotations[name]).validate_json(json.dumps(value), strict=True)
        except PydanticUserError as error:
            raise UsageError(f"option {name!r} takes another component, which cannot be given here") from error
        except ValidationError as error:
            reason = error.errors()[0]["msg"].lower()
            raise UsageError(f"option {name!r}: {value!r} is not what it takes: {reason}") from error
        values[name] = current / checked if isinstance(checked, Path) else checked
    return values
