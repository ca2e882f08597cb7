"""A model that looks its replies up in a table, a backend that opens it, and a trainer that writes such a table.

This module is a plugin: register it in a host, or name it with `--plugin`, and its components are called `fake`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

from harness.hookspecs import hookimpl
from harness.protocols import Backend, Model, Monitor, Trainer
from harness.types import (
    Answer,
    Checkpoint,
    Conversation,
    Generate,
    Identity,
    Kind,
    Likelihood,
    LogLikelihood,
    ModelReference,
    OpenRequest,
    Prompt,
    Request,
    StepRecord,
    TrainRequest,
)
from harness.types.component import Component
from harness.types.hashing import content_hash
from harness.types.thoughts import before_stop

Death: TypeAlias = Literal["raise", "exit"]
"""How a fake dies: `FakeDeath` runs `finally` blocks alone; "exit" ends the process at once, as `kill -9` does."""

_FILE_KEYS = {"replies", "fail_on", "die_after", "death", "seconds"}
_LIKELY, _UNLIKELY = -0.1, -2.0  # nats a word
_KILLED = 137


@hookimpl
def register_backends() -> Iterator[Component[Backend]]:
    yield Component("fake", FakeBackend, "a table of replies in a JSON file")


@hookimpl
def register_trainers() -> Iterator[Component[Trainer]]:
    yield Component("fake", FakeTrainer, "writes a table of the replies it was trained on")


class FakeDeath(BaseException):
    """The process is gone: no Exception, so that nothing but a `finally` may see it."""


@dataclass
class FakeModel:
    """Answers each user message with its reply in `replies`, or with what the function `replies` returns; else "".

    The continuation equal to the reply, outer white space aside, is the likeliest, at 0.1 nats a word; the others are
    equally unlikely, at 2 nats a word. A prompt that contains `fail_on` is answered with an error. It dies after
    `die_after` answers, unless some requests are known: a resumed evaluation gets through. Each answer takes `seconds`.
    """

    replies: Mapping[str, str] | Callable[[str], str] = field(default_factory=dict)
    fail_on: str | None = None
    die_after: int | None = None
    death: Death = "raise"
    seconds: float = 0.0
    reference: ModelReference | None = None
    answers: frozenset[Kind] = frozenset({"text", "choice", "log-likelihood"})
    facts: Mapping[str, Any] = field(default_factory=lambda: {"device": "fake", "threads": 1})

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        wanted = [request for request in requests if not request.known]
        die_after = self.die_after if len(wanted) == len(requests) else None
        for number, request in enumerate(wanted):
            if number == die_after:
                _die(self.death, f"fake model, after {number} answers")
            if self.seconds:
                time.sleep(self.seconds)  # even for no time at all it would let other processes go first
            yield self._answer_one(request)

    def variant(self, model: ModelReference) -> Model | None:
        """Another adapter on the same table."""
        if self.reference is None or model.reference != self.reference.reference:
            return None
        return open_fake_model(model)

    def _answer_one(self, request: Request) -> Answer:
        asked = _last_user_message(request.prompt)
        if self.fail_on is not None and self.fail_on in asked:
            return Answer(request.key, finish_reason="error", error=f"the fake fails on {self.fail_on!r}")
        if isinstance(request, LogLikelihood):
            reply = self._reply(asked)
            return Answer(request.key, likelihoods=tuple(_likelihood(one, reply) for one in request.continuations))
        return self._generate(request, asked)

    def _generate(self, request: Generate, asked: str) -> Answer:
        turns = [_cut(self._reply(message), request) for message in (asked, *request.follow_ups)]
        return Answer(
            request.key,
            replies=tuple(reply for reply, _ in turns),
            finish_reason="length" if any(long for _, long in turns) else "stop",
            prompt_tokens=len(asked.split()),
            new_tokens=sum(len(reply.split()) for reply, _ in turns),
        )

    def _reply(self, message: str) -> str:
        return self.replies(message) if callable(self.replies) else self.replies.get(message, "")


class FakeBackend:
    """Opens a JSON file, `{"replies": {user message: reply}}`; an adapter is the folder that a fake trainer wrote.

    The file may also say `fail_on`, `die_after`, `death` and `seconds` (see `FakeModel`): no part of the identity.
    """

    def identify(self, request: OpenRequest) -> Identity:
        base, adapter = _tables(request.model)
        parts = {"weights": content_hash(base), "adapter": content_hash(adapter)}
        parts |= {"tokenizer": content_hash("words"), "template": content_hash("last user message")}
        return Identity(fingerprint=content_hash(parts), parts=parts, numerics="fake")

    def open(self, request: OpenRequest) -> AbstractContextManager[Model]:
        return nullcontext(open_fake_model(request.model))


class FakeTrainer:
    """Learns the last reply of each conversation by heart, then `learns`; resumes from the last step in its folder.

    A training conversation that contains `fail_on` raises ValueError. It dies after step `die_after`; a resumed
    training gets through.
    """

    def __init__(
        self,
        learns: Mapping[str, str] | None = None,
        steps: int = 4,
        fail_on: str | None = None,
        die_after: int | None = None,
        death: Death = "raise",
    ) -> None:
        if steps < 1:
            raise ValueError(f"steps must be 1 or more, not {steps!r}")
        if die_after is not None and die_after < 1:
            raise ValueError(f"die_after must be 1 or more, not {die_after!r}")
        self._learns = dict(learns or {})
        self._steps = steps
        self._fail_on = fail_on
        self._die_after = die_after
        self._death = death

    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        self._fail_where_asked(request)
        curve = _resumed_curve(request.folder)
        stopped = False
        for step in range(len(curve) + 1, self._steps + 1):
            curve.append(_step_record(step, self._steps))
            _write_json(_curve_file(request.folder), [asdict(record) for record in curve])
            stopped = monitor.step(curve[-1]) == "stop" and step < self._steps
            if step == self._die_after:
                _die(self._death, f"fake trainer, after step {step}")
            if stopped:
                break
        learned = dict(filter(None, map(_last_exchange, request.train))) | self._learns
        _write_json(request.folder / "adapter" / "fake-model.json", {"replies": learned})
        model = replace(request.model, adapter=str(request.folder / "adapter"), backend="fake")
        return Checkpoint(model, step=len(curve), steps=self._steps, curve=tuple(curve), stopped_early=stopped)

    def _fail_where_asked(self, request: TrainRequest) -> None:
        for conversation in request.train:
            if self._fail_on is not None and any(self._fail_on in turn.content for turn in conversation.messages):
                raise ValueError(f"the fake trainer fails on {self._fail_on!r} in conversation {conversation.id!r}")


def write_fake_model(
    file: Path,
    replies: Mapping[str, str],
    *,
    fail_on: str | None = None,
    die_after: int | None = None,
    death: Death = "raise",
    seconds: float = 0.0,
) -> ModelReference:
    """A fake model in `file`, and the reference that opens it."""
    faults = {"fail_on": fail_on, "die_after": die_after, "death": death, "seconds": seconds}
    _write_json(file, {"replies": dict(replies), **faults})
    return ModelReference(str(file), backend="fake")


def open_fake_model(model: ModelReference) -> FakeModel:
    """The model that a reference names; raises ValueError where the file is none of a fake model."""
    base, adapter = _tables(model)
    faults = {key: value for key, value in _read_model_file(Path(model.reference)).items() if key != "replies"}
    return FakeModel(replies=base | (adapter or {}), reference=model, **faults)


def _tables(model: ModelReference) -> tuple[dict[str, str], dict[str, str] | None]:
    base = _read_model_file(Path(model.reference))["replies"]
    if model.adapter is None:
        return base, None
    return base, _read_model_file(Path(model.adapter) / "fake-model.json")["replies"]


def _read_model_file(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: no fake model ({error}); write one with harness.testing.write_fake_model") from error
    if not isinstance(content, dict) or "replies" not in content or not content.keys() <= _FILE_KEYS:
        raise ValueError(f"{file}: a fake model has 'replies' and no keys but {', '.join(sorted(_FILE_KEYS))}")
    return content


def _write_json(file: Path, content: Any) -> None:
    """Write whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    unfinished.replace(file)


def _curve_file(folder: Path) -> Path:
    return folder / "fake-trainer.json"


def _resumed_curve(folder: Path) -> list[StepRecord]:
    file = _curve_file(folder)
    return [StepRecord(**record) for record in json.loads(file.read_text("utf-8"))] if file.exists() else []


def _step_record(step: int, of: int) -> StepRecord:
    return StepRecord(step, of, loss=2.0 / step, validation_loss=2.5 / step, learning_rate=0.001, tokens=100 * step)


def _last_exchange(conversation: Conversation) -> tuple[str, str] | None:
    """The last user message with the assistant's reply to it."""
    turns = [message for message in conversation.messages if message.role in ("user", "assistant")]
    for asked, said in reversed(list(pairwise(turns))):
        if (asked.role, said.role) == ("user", "assistant"):
            return asked.content, said.content
    return None


def _last_user_message(prompt: Prompt) -> str:
    if isinstance(prompt, str):
        return prompt
    return next((message.content for message in reversed(prompt) if message.role == "user"), "")


def _likelihood(continuation: str, reply: str) -> Likelihood:
    words = max(1, len(continuation.split()))
    per_word = _LIKELY if continuation.strip() == reply.strip() else _UNLIKELY
    return Likelihood(per_word * words, words)


def _cut(reply: str, request: Generate) -> tuple[str, bool]:
    """The reply up to its first stop string and its most words, and whether there were more words."""
    stopped = before_stop(reply, request.stop)
    reply = reply if stopped is None else stopped
    words = reply.split()
    if len(words) <= request.max_new_tokens:
        return reply, False
    return " ".join(words[: request.max_new_tokens]), True


def _die(death: Death, where: str) -> NoReturn:
    if death == "exit":
        os._exit(_KILLED)
    raise FakeDeath(where)
