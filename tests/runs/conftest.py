"""Workspaces without a command line, whose host has the fakes and plugins of a test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from harness import Component, Workspace, hookimpl, open_workspace
from harness.evaluation.records import Evaluation
from harness.host.records import PluginInfo
from harness.runs.assembly.built import BuiltSuite
from harness.runs.models import Models
from harness.runs.session import Session
from harness.runs.steps.evaluating import evaluate_suite
from harness.testing import fakes

if TYPE_CHECKING:
    from tests.conftest import Project


@pytest.fixture
def workspace_with(project: Project) -> Callable[..., Workspace]:
    """Opens the project with the fakes and, by hook, components that are called `own`."""

    def make(**components: Any) -> Workspace:
        workspace = open_workspace(project.folder)
        workspace.host.add(fakes, PluginInfo("fakes", "fakes.py"))
        for hook, component in components.items():
            workspace.host.add(offering(hook, component), PluginInfo(f"own-{hook}", "here"))
        return workspace

    return make


def evaluated_by(workspace: Workspace, session: Session, text: str, suite: BuiltSuite | None = None) -> Evaluation:
    """The model's evaluation on the suite, or on `teams`, in a session that is open."""
    with Models(session) as models:
        return evaluate_suite(session, models, workspace.model(text), suite or workspace.suite("teams"))


def offering(hook: str, component: Any) -> Any:
    """A plugin that offers one component, called `own`."""

    class Plugin:
        pass

    def offer() -> Iterator[Any]:
        yield Component("own", component)

    offer.__name__ = hook
    setattr(Plugin, hook, staticmethod(hookimpl(offer)))
    return Plugin()
