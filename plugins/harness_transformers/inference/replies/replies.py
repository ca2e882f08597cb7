"""One request on its way: the prompt of its turn, the new tokens, and the replies so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.types import Answer, Generate, Message, Prompt
from harness.types.thoughts import before_stop, parted
from harness_transformers.model.loading import Weights
from harness_transformers.model.stops import StopWatch, text_of


@dataclass
class Row:
    """A request and what came of it. `generator` draws its tokens where it samples, `seconds` is its share of time,
    `error` why it cannot be answered, whenever it is asked. `opened` is the mark with which the prompt opens a thought,
    which the reply then begins with."""

    weights: Weights
    request: Generate
    end_ids: frozenset[int]
    generator: Any
    prompt: list[int] = field(default_factory=list)
    opened: str = ""
    new: list[int] = field(default_factory=list)
    limit: int = 0
    watch: StopWatch | None = None
    replies: list[str] = field(default_factory=list)
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    new_tokens: int = 0
    seconds: float = 0.0
    error: str | None = None

    def begin_turn(self, prompt: list[int], opened: str) -> None:
        """Reply to this prompt next."""
        stops = self._stops()
        self.prompt, self.opened, self.new = prompt, opened, []
        self.limit = min(self.request.max_new_tokens, self.weights.context_length - len(prompt))
        self.watch = StopWatch(self.weights.tokenizer, stops) if stops else None

    def take(self, token: int) -> bool:
        """Add a token to the reply; whether it is complete."""
        self.new.append(token)
        ended, full = token in self.end_ids, len(self.new) >= self.limit
        if not (ended or full or (self.watch and self.watch.sees_stop(self.new))):
            return False
        text = self.opened + text_of(self.weights.tokenizer, self.new[:-1] if ended else self.new)
        stopped = before_stop(text, self._stops())
        if not (ended or full or stopped is not None):
            return False
        self.replies.append(text if stopped is None else stopped)
        self.finish_reason = "stop" if ended or stopped is not None else "length"
        self.prompt_tokens += len(self.prompt)
        self.new_tokens += len(self.new)
        return True

    def next_prompt(self) -> Prompt | None:
        """What has been said, without thoughts, and the follow-up that is next; None after the last reply."""
        if len(self.replies) > len(self.request.follow_ups):
            return None
        said = list(self.request.prompt)
        for reply, follow_up in zip(self.replies, self.request.follow_ups, strict=False):
            said += [Message("assistant", parted(reply).reply), Message("user", follow_up)]
        return tuple(said)  # type: ignore[arg-type]  # a request with follow-ups has messages

    def answer(self) -> Answer:
        """What came of the request."""
        return Answer(
            key=self.request.key,
            replies=tuple(self.replies),
            finish_reason=self.finish_reason,
            prompt_tokens=self.prompt_tokens,
            new_tokens=self.new_tokens,
            seconds=self.seconds,
            error=self.error,
            permanent=self.error is not None,
        )

    def _stops(self) -> tuple[str, ...]:
        return tuple(filter(None, self.request.stop))  # an empty one would end every reply
