from dataclasses import replace

from harness import Component, hookimpl
from harness.types import Changed, Dropped, Kept


class Boilerplate:
    scope = "row"

    def __init__(self, sentences: list[str]):
        if not sentences or not all(sentences):
            raise ValueError("sentences: give at least one, and none that is empty")
        self.sentences = sentences

    def clean(self, conversations):
        for conversation in conversations:
            yield self.outcome(conversation)

    def outcome(self, conversation):
        messages = tuple(self.shortened(message) for message in conversation.messages)
        removed = [old for old, new in zip(conversation.messages, messages) if old != new]
        if not removed:
            return Kept(conversation.id)
        if any(old != new and not new.content for old, new in zip(conversation.messages, messages)):
            return Dropped(conversation.id, "a reply was boilerplate alone")
        return Changed(
            conversation.id, replace(conversation, messages=messages), f"boilerplate: in {len(removed)} replies"
        )

    def shortened(self, message):
        text = message.content
        if message.role != "assistant" or not any(sentence in text for sentence in self.sentences):
            return message
        for sentence in self.sentences:
            text = text.replace(sentence, "")
        return replace(message, content=text.strip())


@hookimpl
def register_cleaners():
    yield Component("boilerplate", Boilerplate, "takes stock sentences out of replies")
