"""Models behind an OpenAI-compatible server: the backend `openai`, on the standard library alone."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import Backend
from harness.types.component import Component
from harness_openai.backend import OpenAIBackend


@hookimpl
def register_backends() -> Iterator[Component[Backend]]:
    yield Component(
        "openai", OpenAIBackend, "a model behind an OpenAI-compatible server, by its model id", needs=("network",)
    )
