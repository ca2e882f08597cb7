"""A checkpoint that its backend refuses: whoever trained it is named, before anything is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import ExitCode, PluginError, UsageError
from harness.runs.assembly.build import build_recipe
from harness.runs.loop import run_once
from harness.runs.recipe import load_recipe
from harness.testing.fakes import FakeBackend
from harness.types import Identity, OpenRequest

if TYPE_CHECKING:
    from harness.runs.workspace import Workspace
    from tests.conftest import Project


class TornWhenOpened(FakeBackend):
    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        if request.model.adapter is not None:
            raise UsageError("model.safetensors: lacks: layers.1")
        with super().open(request) as model:
            model.variant = lambda reference: None  # type: ignore[method-assign]
            yield model


class TornWhenIdentified(FakeBackend):
    def identify(self, request: OpenRequest) -> Identity:
        if request.model.adapter is not None:
            raise UsageError("model.safetensors: is torn")
        return super().identify(request)


@pytest.mark.parametrize(
    ("backend", "said"), [(TornWhenOpened, "lacks: layers.1"), (TornWhenIdentified, "model.safetensors: is torn")]
)
def test_a_torn_checkpoint_is_the_fault_of_who_trained_it(
    backend: type, said: str, project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    project.recipe(model="own:base.json")
    shop = workspace_with(register_backends=backend)
    built = build_recipe(shop.host, load_recipe(Path("recipe.yaml")), "recipe.yaml", shop.store)
    with (
        shop.session("run", "test", {}) as session,
        pytest.raises(PluginError, match=f"trainer 'fake': its checkpoint cannot be evaluated: .*{said}") as raised,
    ):
        run_once(session, built)
    assert raised.value.exit_code == ExitCode.INCOMPLETE
