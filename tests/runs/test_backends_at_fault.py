"""Backends that go wrong apart from their answers: each is named, and nothing passes for a defect of the harness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import PluginError
from harness.runs.assembly.checks import check_lengths
from harness.testing.fakes import FakeBackend
from harness.types import Identity, OpenRequest
from tests.runs.conftest import evaluated_by

if TYPE_CHECKING:
    from harness.runs.workspace import Workspace
    from tests.conftest import Project


class Telling(FakeBackend):
    """Its model says of itself what is no JSON."""

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        with super().open(request) as model:
            model.facts["device"] = object()  # type: ignore[index]
            yield model


class TellingLate(FakeBackend):
    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        with super().open(request) as model:
            model.replies = lambda said: model.facts.update(device=float("nan")) or said  # type: ignore[attr-defined]
            yield model


class Closing(FakeBackend):
    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        with super().open(request) as model:
            yield model
        raise OSError("still in use")


class Threads(FakeBackend):
    def choose_threads(self, request: OpenRequest) -> Any:
        return "many"


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (Telling, r"open: TypeError: gave a misfit: \['device'\]: expected a JSON value, got <object"),
        (TellingLate, r"facts: TypeError: gave a misfit: \['device'\]: is nan"),
        (Closing, "open: OSError: still in use"),
        (Threads, "choose_threads: TypeError: gave a misfit: expected int, got 'many'"),
    ],
)
def test_what_a_backend_does_beside_answering_is_named(
    backend: type, said: str, project: Project, workspace_with: Callable[..., Workspace]
) -> None:
    shop = workspace_with(register_backends=backend)
    with (
        shop.session("run", "test", {}) as session,
        pytest.raises(PluginError, match=f"plugin own-.*: backend 'own': {said}"),
    ):
        evaluated_by(shop, session, "own:good.json")


class Short(FakeBackend):
    def identify(self, request: OpenRequest) -> Identity:
        return Identity("short", context_length=100)

    def count_tokens(self, request: OpenRequest, texts: Any) -> list[int]:
        return [1]


def test_fewer_counts_than_texts_are_told(project: Project, workspace_with: Callable[..., Workspace]) -> None:
    shop = workspace_with(register_backends=Short)
    with pytest.raises(PluginError, match="backend 'own': count_tokens: ValueError: gave 1 counts for 60 texts"):
        check_lengths(shop.model("own:good.json"), shop.suite("teams"))
