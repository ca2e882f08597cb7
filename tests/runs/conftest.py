"""Sessions on a store of their own, without a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import Component, hookimpl
from harness.evaluation.records import Evaluation
from harness.host.host import PluginHost
from harness.host.records import PluginInfo
from harness.runs.assembly.build import built_model, built_suite
from harness.runs.assembly.built import BuiltModel, BuiltSuite
from harness.runs.assembly.suites import find_suite
from harness.runs.models import Models
from harness.runs.recipe import ModelSpec, model_spec
from harness.runs.session import Session, started
from harness.runs.steps.evaluating import evaluated
from harness.store.store import Store
from harness.testing import fakes

if TYPE_CHECKING:
    from tests.conftest import Project


@contextmanager
def silent(name: str, *, total: int | None = None) -> Iterator[Callable[..., None]]:
    yield lambda done=1, note="": None


@dataclass
class Workshop:
    """A host with the fakes and, where a test needs one, a plugin of its own; a store; and sessions on them."""

    host: PluginHost
    store: Store

    def started(self, command: str = "test", recipe: Any = None) -> Any:
        return started(self.host, self.store, silent, command, recipe or {}, Path("reports"))

    def suite(self, name: str = "teams", selection: str = "gate") -> BuiltSuite:
        return built_suite(self.host, find_suite(self.host, name, Path.cwd(), self.store), selection)

    def model(self, text: str) -> BuiltModel:
        return built_model(self.host, ModelSpec.model_validate(model_spec(text)), Path.cwd(), "model")

    def evaluate(self, session: Session, text: str, suite: BuiltSuite | None = None) -> Evaluation:
        with Models(session) as models:
            return evaluated(session, models, self.model(text), suite or self.suite())


@pytest.fixture
def workshop(project: Project) -> Callable[..., Workshop]:
    def make(**components: Any) -> Workshop:
        host = PluginHost()
        host.add(fakes, PluginInfo("fakes", "fakes.py"))
        for hook, component in components.items():
            host.add(offering(hook, component), PluginInfo(f"own-{hook}", "here"))
        return Workshop(host, Store(project.folder / ".harness"))

    return make


def offering(hook: str, component: Any) -> Any:
    """A plugin that offers one component, called `own`."""

    class Plugin:
        pass

    def offer() -> Iterator[Any]:
        yield Component("own", component)

    offer.__name__ = hook
    setattr(Plugin, hook, staticmethod(hookimpl(offer)))
    return Plugin()
