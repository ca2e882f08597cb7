"""Sources of conversations: chat JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import Dataset
from harness.types.component import Component
from harness_datasets.chat_jsonl import ChatJsonl


@hookimpl
def register_datasets() -> Iterator[Component[Dataset]]:
    yield Component("chat-jsonl", ChatJsonl, "JSON Lines with `messages`, as OpenAI and Hugging Face write them")
