"""Short ways to make the records that tests need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.types import (
    Answered,
    Case,
    Conversation,
    ConversationSet,
    Expect,
    Kind,
    Likelihood,
    Message,
    Passage,
    Prediction,
    Prompt,
    message_record,
)
from harness.types.hashing import content_hash


def make_case(
    prompt: str = "Where is my parcel?",
    *,
    id: str | None = None,  # noqa: A002 - the field's own name
    system: str | None = None,
    follow_ups: Sequence[str] = (),
    references: Sequence[str] = (),
    choices: Sequence[str] = (),
    answer: str | None = None,
    expect: Expect | None = None,
    slices: Mapping[str, str] | None = None,
    cluster: str | None = None,
) -> Case:
    """A case with `prompt` as its user message; without `id`, the id is a hash of what is asked and what is right."""
    case = Case(
        id=id or "",
        prompt=_messages(prompt, system),
        follow_ups=tuple(follow_ups),
        references=tuple(references),
        choices=tuple(choices),
        answer=answer,
        expect=expect,
        slices=dict(slices or {}),
        cluster=cluster,
    )
    return case if id else replace(case, id=case.content[:8])


def make_answered(
    *replies: str, case: Case | None = None, kind: Kind = "text", likelihoods: Sequence[Likelihood] = ()
) -> Answered:
    """A case answered with one sample a reply; or with `likelihoods`, when there is no reply."""
    case = case or make_case()
    samples: list[tuple[str, ...]] = [(reply,) for reply in replies] or [()]
    predictions = tuple(
        Prediction(
            key=content_hash([case.content, kind, number, reply]),
            case=case.content,
            kind=kind,
            sample=number,
            replies=reply,
            likelihoods=tuple(likelihoods),
        )
        for number, reply in enumerate(samples)
    )
    return Answered(case, predictions)


def make_passage(
    text: str,
    *,
    id: str = "passage",  # noqa: A002 - the field's own name
    prompt: Prompt = "",
    case: Case | None = None,
    origin: Literal["reply", "training"] = "reply",
    refused: bool = False,
) -> Passage:
    """A text to check; without `prompt`, the prompt before it is its case's."""
    before = prompt or (case.prompt if case else "")
    return Passage(id=id, text=text, origin=origin, prompt=before, case=case, refused=refused)


def make_conversation(
    *turns: str,
    id: str | None = None,  # noqa: A002 - the field's own name
    system: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> Conversation:
    """A conversation whose turns are the user's and the assistant's in alternation; the id hashes them unless given."""
    messages = list(_messages(None, system))
    messages += [Message("assistant" if number % 2 else "user", turn) for number, turn in enumerate(turns)]
    id = id or content_hash([message_record(message) for message in messages])[:8]  # noqa: A001 - the field's own name
    return Conversation(id=id, messages=tuple(messages), tags=dict(tags or {}))


def make_conversation_set(conversations: Iterable[Conversation]) -> ConversationSet:
    """Training data in memory, as a trainer gets it from a file."""
    return _ConversationsInMemory(tuple(conversations))


@dataclass(frozen=True)
class _ConversationsInMemory:
    conversations: tuple[Conversation, ...]

    @property
    def fingerprint(self) -> str:
        said = ([one.id, [message_record(m) for m in one.messages], *one.tools] for one in self.conversations)
        return content_hash(list(said))

    def __len__(self) -> int:
        return len(self.conversations)

    def __iter__(self) -> Iterator[Conversation]:
        return iter(self.conversations)


def _messages(prompt: str | None, system: str | None) -> tuple[Message, ...]:
    turns = (("system", system), ("user", prompt))
    return tuple(Message(role, content) for role, content in turns if content is not None)
