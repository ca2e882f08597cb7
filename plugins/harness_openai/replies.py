"""Replies, turn by turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from harness.types import Answer, Generate, Message, message_record
from harness_openai.error_bodies import RefusedError
from harness_openai.server import Server
from harness_openai.spoken import Spoken, read_reply

TokensField: TypeAlias = Literal["max_tokens", "max_completion_tokens"]
MOST_STOPS = 4
"""OpenAI's own servers refuse more; a reply is cut at all of them here in any case."""
_SEEDS = 2**31  # some servers read 32 bits with a sign


@dataclass(frozen=True)
class Asking:
    """How this server is asked for replies: fields of `extra_body` replace ours, and None leaves one out.

    `first` is what the server puts before each raw text, so that it is not sent.
    """

    extra_body: Mapping[str, Any] = field(default_factory=dict)
    tokens_field: TokensField = "max_tokens"
    first: str = ""


def answer(server: Server, asking: Asking, request: Generate) -> Answer:
    """The answer to a request. Raises as `Server.ask` does, in a later turn too: half a conversation is no answer."""
    if isinstance(request.prompt, str) and request.follow_ups:
        raise RefusedError("follow-ups need a prompt of messages: a raw string has no turns", permanent=True)
    prompt = request.prompt
    replies: list[Spoken] = []
    seconds = 0.0
    for follow_up in (None, *request.follow_ups):
        if follow_up is not None:
            prompt = (*prompt, Message("assistant", replies[-1].reply), Message("user", follow_up))
        reply, taken = _ask(server, asking, replace(request, prompt=prompt))
        replies.append(reply)
        seconds += taken
    return Answer(
        key=request.key,
        replies=tuple(reply.whole for reply in replies),
        finish_reason=replies[-1].finish_reason,
        prompt_tokens=sum(reply.prompt_tokens for reply in replies),
        new_tokens=sum(reply.new_tokens for reply in replies),
        seconds=seconds,
    )


def messages_json(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as they are sent; a weight is for training alone."""
    return [{key: value for key, value in message_record(one).items() if key != "weight"} for one in messages]


def _ask(server: Server, asking: Asking, request: Generate) -> tuple[Spoken, float]:
    body: dict[str, Any] = _body(asking, request)
    if isinstance(request.prompt, str):
        path, body["prompt"] = "/completions", request.prompt.removeprefix(asking.first)
    else:
        path, body["messages"] = "/chat/completions", messages_json(request.prompt)
    path = f"{server.settings.address.path}{path}"
    reply, seconds = server.ask(path, body, lambda said: read_reply(said, request.stop))
    if "stop" in body and (reply.is_thought_alone or reply.is_missing):  # it may have stopped inside: it is cut here
        del body["stop"]
        reply, more = server.ask(path, body, lambda said: read_reply(said, request.stop))
        seconds += more
    if reply.is_missing:
        raise RefusedError(f"the server gave no text (finish_reason {reply.finish_reason})", permanent=True)
    return reply, seconds


def _body(asking: Asking, request: Generate) -> dict[str, Any]:
    """What is asked; what a server would do anyway is left out, since some refuse what they do not know."""
    body: dict[str, Any] = {asking.tokens_field: request.max_new_tokens, "temperature": request.temperature}
    if request.temperature > 0:
        body |= {"top_p": request.top_p, "seed": request.seed % _SEEDS}
    stops = [stop for stop in request.stop if stop]
    if stops:
        body["stop"] = stops[:MOST_STOPS]
    return {key: value for key, value in {**body, **asking.extra_body}.items() if value is not None}
