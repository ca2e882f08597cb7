"""The hooks of the plugin. Nothing heavy is imported here: every start of the harness imports it."""

from collections.abc import Iterator
from pathlib import Path

from harness import Component, hookimpl
from harness.protocols import Metric, SafetyCheck
from harness_example.json_keys import JsonKeys
from harness_example.prompt_leak import PromptLeak


@hookimpl
def register_metrics() -> Iterator[Component[Metric]]:
    yield Component("json-keys", JsonKeys, "share of replies that are one JSON object with the given keys")


@hookimpl
def register_safety_checks() -> Iterator[Component[SafetyCheck]]:
    yield Component("prompt-leak", PromptLeak, "replies that repeat their system message")


@hookimpl
def register_suites() -> Iterator[Path]:
    yield Path(__file__).parent / "suites"
