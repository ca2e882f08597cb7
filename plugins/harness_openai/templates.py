"""Messages as the text that the model sees: log-likelihoods are asked for texts alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from harness.documents.reading import read_text
from harness.documents.time_limits import OutOfTimeError, limited
from harness.errors import UsageError
from harness.types import Message
from harness_openai.error_bodies import FaultError, RefusedError
from harness_openai.replies import messages_json
from harness_openai.server import Server

Render: TypeAlias = Callable[[Server, tuple[Message, ...]], str]
"""Makes a text of messages, up to where the assistant begins to speak; may ask the server."""

_SECONDS = 5.0
"""A template takes a few milliseconds for the longest conversations."""
_SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")
_GENERATION = re.compile(r"\{%(-?)\s*(?:end)?generation\s*(-?)%\}")
"""Marks what an assistant said, for training, in a tag that plain Jinja does not know."""


class Tokenizer:
    """A folder of tokenizer files: the chat template, and the special tokens as text.

    Raises UsageError where they cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = _settings(folder)
        self._special = {name: _token(self._settings.get(name)) for name in _SPECIAL}

    @property
    def first(self) -> str:
        """The token that begins a text without a prompt, as in a model that is loaded here."""
        return self._special["bos_token"] or self._special["eos_token"]

    @property
    def bos(self) -> str:
        """The token that the model's texts begin with; empty where they begin with none."""
        return self._special["bos_token"]

    def render(self, first: str) -> Render | None:
        """The chat template, rendered here; None where there is none.

        A server that puts `first` before each text must not get it from the template as well.
        """
        written = self._written()
        if written is None:
            return None
        template = self._compiled(written)
        endless: list[str] = []  # why nothing more is rendered: each of a thousand cases would take as long

        def render(server: Server, messages: tuple[Message, ...]) -> str:
            if endless:
                raise RefusedError(endless[0], permanent=True)
            try:
                with limited(_SECONDS):
                    text = template.render(
                        messages=messages_json(messages), add_generation_prompt=True, **self._special
                    )
            except OutOfTimeError as error:
                endless.append(f"the chat template of {self._folder}: {error}")
                raise RefusedError(endless[0], permanent=True) from None
            except Exception as error:  # templates raise what they like
                raise RefusedError(f"the chat template refuses these messages: {error}", permanent=True) from None
            return str(text).removeprefix(first)

        return render

    def _written(self) -> str | None:
        file = self._folder / "chat_template.jinja"
        found = read_text(file) if file.exists() else self._settings.get("chat_template")
        return found if isinstance(found, str) else None

    def _compiled(self, written: str) -> Any:
        from jinja2 import TemplateSyntaxError
        from jinja2.ext import loopcontrols
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.filters["tojson"] = lambda value, **options: json.dumps(value, ensure_ascii=False, **options)
        environment.globals |= {"raise_exception": _refuse, "strftime_now": lambda form: datetime.now().strftime(form)}
        try:
            return environment.from_string(_GENERATION.sub(r"{#\1 \2#}", written))
        except TemplateSyntaxError as error:
            raise UsageError(f"tokenizer: {self._folder}: its chat template cannot be read: {error}") from error


def from_server(first: str) -> Render:
    """The server's own template, by way of the tokens that it makes of messages (vLLM's /tokenize and /detokenize)."""

    def render(server: Server, messages: tuple[Message, ...]) -> str:
        root = server.settings.address.root
        asked = {"messages": messages_json(messages), "add_generation_prompt": True}
        tokens, _ = server.ask(f"{root}/tokenize", asked, lambda said: _part(said, "tokens", list))
        text, _ = server.ask(f"{root}/detokenize", {"tokens": tokens}, lambda said: _part(said, "prompt", str))
        return str(text).removeprefix(first)

    return render


def offers_template(server: Server) -> bool:
    """Whether the server renders messages. Raises UnservedError where it fails however often it is asked."""
    root = server.settings.address.root
    hello = {"messages": [{"role": "user", "content": "Hello"}]}
    try:
        said = server.find_out(f"{root}/tokenize", hello)
        said = server.find_out(f"{root}/detokenize", {"tokens": _part(said, "tokens", list)})
        return "Hello" in _part(said, "prompt", str)
    except (FaultError, RefusedError, UsageError):
        return False


def _part(said: Any, key: str, kind: type) -> Any:
    if not isinstance(said, dict) or not isinstance(said.get(key), kind):
        raise FaultError(f"an answer without {key!r}: {str(said)[:100]}")
    return said[key]


def _settings(folder: Path) -> dict[str, Any]:
    file = folder / "tokenizer_config.json"
    try:
        content = json.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"tokenizer: {file}: {error}") from error
    return content if isinstance(content, dict) else {}


def _token(value: Any) -> str:
    """A special token, which is written as a string or with its settings."""
    return str(value["content"] if isinstance(value, dict) else value or "")


def _refuse(message: str) -> NoReturn:
    raise ValueError(message)
