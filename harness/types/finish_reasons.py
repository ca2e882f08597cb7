"""Why a reply ended, in the words of OpenAI's interface, whatever others call it."""

from __future__ import annotations

_WORDS = {
    "length": ("length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_length", "model_length"),
    "content_filter": ("content_filter", "content_filtered", "safety", "blocklist", "prohibited_content", "spii"),
    "refusal": ("refusal",),
    "tool_calls": ("tool_calls", "tool_use", "tool_call"),
    "function_call": ("function_call",),
}
_USUAL = {word: usual for usual, words in _WORDS.items() for word in words}


def usual_reason(said: str) -> str:
    """`length` for MAX_TOKENS, `content_filter` for SAFETY, …; what is not known stays as it is."""
    return _USUAL.get(said.strip().lower(), said)
