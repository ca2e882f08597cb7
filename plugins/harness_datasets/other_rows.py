"""Rows of other formats, told by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXPECTED = 'chat-jsonl expects {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}'
_MOST_KEYS = 6

_BY_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("instruction", "output"), "Alpaca"),
    (("instruction", "response"), "Alpaca"),
    (("chosen", "rejected"), "preference data"),
    (("prompt", "completion"), "prompt and completion"),
    (("prompt", "response"), "prompt and response"),
    (("question", "answer"), "question and answer"),
    (("input", "output"), "input and output"),
    (("inputs", "targets"), "inputs and targets"),
    (("contents",), "Gemini"),
    (("text",), "plain text"),
)


def looks_like(row: Mapping[str, Any]) -> str:
    """What a row without `messages` in our form looks like, and what is expected in its place."""
    for key, value in row.items():
        turn = value[0] if isinstance(value, list) and value else None
        if isinstance(turn, Mapping) and {"from", "value"} <= turn.keys():
            return f"looks like ShareGPT ({key!r} with 'from' and 'value'); {EXPECTED}"
        if isinstance(turn, Mapping) and {"role", "content"} <= turn.keys():
            return f"has its messages under {key!r}; {EXPECTED}"
        if isinstance(turn, Mapping) and "messages" in turn:
            return f"holds all rows under {key!r}; chat-jsonl expects each on a line of its own: jq -c '.{key}[]'"
    for keys, name in _BY_KEYS:
        if all(key in row for key in keys):
            return f"looks like {name} ({_listed(keys)}); {EXPECTED}"
    known = _listed(tuple(row)[:_MOST_KEYS]) or "none"
    return f"has no 'messages' (its keys: {known}{', …' if len(row) > _MOST_KEYS else ''}); {EXPECTED}"


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(repr(key) for key in keys)
