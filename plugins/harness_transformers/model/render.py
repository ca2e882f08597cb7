"""Chats as text, through the model's chat template, and which characters of that text an assistant said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from queue import Empty, Queue
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.documents.time_limits import OutOfTimeError, limited
from harness.errors import ExitCode, HarnessError, UsageError
from harness.types import Conversation, Message, Prompt, message_record

TEXTS_A_CALL = 4096
RENDER_SECONDS = 5.0
"""A template takes a few milliseconds for the longest conversations."""
ENCODE_SECONDS, CHARACTERS_A_SECOND = 5.0, 50_000
"""Tokenizers take a hundredth of this, on one core."""
MOST_CHARACTERS = 20_000_000


class NotAppendedError(UsageError):
    """A template writes an earlier turn differently once a later one follows."""


class EndlessError(HarnessError):
    """A template or a tokenizer does not come to an end, with one text as with the next: nothing more is asked."""

    exit_code = ExitCode.USAGE


def render(tokenizer: Any, messages: Sequence[Message], *, reply: bool, tools: Sequence[Mapping[str, Any]] = ()) -> str:
    """The chat as one string; with `reply` it ends where the assistant begins to speak. Raises UsageError."""
    return _rendered(tokenizer, _records(messages), tools, reply=reply)


def render_conversation(tokenizer: Any, conversation: Conversation) -> str:
    """The whole conversation as one string, with its tools. Raises UsageError."""
    return render(tokenizer, conversation.messages, reply=False, tools=conversation.tools)


def prompt_text(tokenizer: Any, prompt: Prompt) -> tuple[str, bool]:
    """The prompt as a string, and whether the tokenizer is to add its own first token: a template already did."""
    if isinstance(prompt, str):
        return prompt, True
    return render(tokenizer, prompt, reply=True), False


def token_ids(tokenizer: Any, text: str, *, special: bool) -> list[int]:
    """The token ids of a text, as `encoded` gives them."""
    ids: list[int] = next(encoded(tokenizer, [text], special=special)).tolist()
    return ids


def encoded(tokenizer: Any, texts: Iterable[str], *, special: bool) -> Iterator[NDArray[np.int32]]:
    """The token ids of each text, with the tokenizer's own first token where `special`; see `encode`."""
    return encode(tokenizer.backend_tokenizer, texts, special=special)


def encode(core: Any, texts: Iterable[str], *, special: bool) -> Iterator[NDArray[np.int32]]:
    """The token ids of each text, many texts a call: a call costs more than a short text.

    A text that begins with what the tokenizer puts first, as one does that was rendered elsewhere, gets it once.
    """
    waiting = iter(texts)
    core.no_truncation()
    core.no_padding()
    first = _put_first(core) if special else []
    count = len(first)
    while some := list(islice(waiting, TEXTS_A_CALL)):
        for row in _encode_some(core, some, special=special):
            twice = count and row.ids[count : 2 * count] == first
            yield np.array(row.ids[count:] if twice else row.ids, dtype=np.int32)


def _encode_some(core: Any, texts: list[str], *, special: bool) -> Any:
    """The encodings of the texts. Raises EndlessError where a pattern of the tokenizer takes too long, or gives up.

    The tokenizer works in a thread that nothing can end, and that does not keep the process from ending.
    """
    said: Queue[tuple[Any, BaseException | None]] = Queue()

    def work() -> None:
        try:
            said.put((core.encode_batch_fast(texts, add_special_tokens=special), None))
        except BaseException as error:  # Rust's own failures are no Exception
            said.put((None, error))

    seconds = ENCODE_SECONDS + sum(map(len, texts)) / CHARACTERS_A_SECOND
    Thread(target=work, daemon=True).start()
    try:
        found, error = said.get(timeout=seconds)
    except Empty:
        late = f"the model's tokenizer.json: takes longer than {seconds:.0f} s for {len(texts)} texts"
        raise EndlessError(late) from None
    if isinstance(error, Exception):
        raise error
    if error is not None:
        raise EndlessError(f"the model's tokenizer.json: fails on a text: {error}") from error
    return found


def _put_first(core: Any) -> list[int]:
    """The tokens that the tokenizer puts before each text."""
    bare, whole = (list(core.encode("a", add_special_tokens=special).ids) for special in (False, True))
    return next((whole[:at] for at in range(len(whole)) if whole[at : at + len(bare)] == bare), [])


def assistant_spans(
    tokenizer: Any, conversation: Conversation, whole: str, used: int | None = None
) -> Iterator[tuple[int, int]]:
    """The [start, end) characters of each assistant turn that is to be learnt, in `whole`, the rendered conversation.

    A turn is what the template adds between the generation prompt and the next turn: the reply and its end mark. Turns
    of weight 0 are left out, and so is what begins behind the first `used` characters: each turn costs a rendering of
    all before it. Raises NotAppendedError where the template writes an earlier turn differently once a later one
    follows, since then no text that is trained would be the text that the model later sees.
    """
    records, tools = _records(conversation.messages), conversation.tools
    for index in learnt_turns(conversation):
        before = _rendered(tokenizer, records[:index], tools, reply=True)
        if used is not None and len(before) >= used:
            return
        after = _rendered(tokenizer, records[: index + 1], tools, reply=False)
        if not (after.startswith(before) and whole.startswith(after)):
            raise NotAppendedError(
                f"the chat template does not render message {index + 1} as a continuation of the messages before it, "
                f"so what the assistant said cannot be told from the rest"
            )
        yield len(before), len(before) + len(_without_tail(tokenizer, after[len(before) :]))


def check_appends(tokenizer: Any, conversation: Conversation) -> None:
    """Raise as `assistant_spans` does, for any of its turns."""
    for _ in assistant_spans(tokenizer, conversation, render_conversation(tokenizer, conversation)):
        pass


def learnt_turns(conversation: Conversation) -> list[int]:
    """Where the messages of the assistant are that are to be learnt: by their weight, which is 1 if none is given.

    Raises UsageError on a weight that is neither 0 nor 1.
    """
    found = []
    for index, message in enumerate(conversation.messages):
        if message.role != "assistant":
            continue
        if message.weight not in (None, 0, 1):
            raise UsageError(f"weight {message.weight!r} of a message must be 0 or 1")
        if message.weight != 0:
            found.append(index)
    return found


def named(conversation: Conversation) -> str:
    """The conversation as an error names it: its id, and its file and line where they are known."""
    return f"{conversation.id!r} ({conversation.source})" if conversation.source else repr(conversation.id)


def _without_tail(tokenizer: Any, turn: str) -> str:
    """Without the white space behind an end mark: a reply ends at the mark, so what follows is never generated."""
    stripped = turn.rstrip()
    return stripped if stripped.endswith(tuple(tokenizer.all_special_tokens)) else turn


def _records(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as a template is given them; a weight is for training alone."""
    return [{key: value for key, value in message_record(one).items() if key != "weight"} for one in messages]


def _rendered(tokenizer: Any, records: list[dict[str, Any]], tools: Sequence[Mapping[str, Any]], *, reply: bool) -> str:
    if not tokenizer.chat_template:
        raise UsageError(
            "this model has no chat template, so it can be asked with a raw string only, not with messages"
        )
    try:
        with limited(RENDER_SECONDS):
            text = tokenizer.apply_chat_template(
                records, tools=list(tools) or None, tokenize=False, add_generation_prompt=reply
            )
    except OutOfTimeError as error:
        raise EndlessError(f"the model's chat template: {error} for one conversation") from None
    except Exception as error:  # templates raise what they like: jinja's errors, TypeError, their own
        raise UsageError(f"the model's chat template refuses these messages: {error}") from error
    if len(text) > MOST_CHARACTERS:
        raise EndlessError(f"the model's chat template: makes {len(text):,} characters of one conversation")
    return str(text)
