from harness import Component
from harness.types import Dropped, Kept


class Languages:
    scope = "row"

    def __init__(self, wanted: list[str]):
        self.wanted = wanted

    def clean(self, conversations):
        from langdetect import DetectorFactory, LangDetectException, detect

        DetectorFactory.seed = 0  # else the same text is now in one language, now in another
        for conversation in conversations:
            try:
                language = detect("\n".join(message.content for message in conversation.messages))
            except LangDetectException:  # it holds no word
                yield Kept(conversation.id, flags=("no language",))
                continue
            is_wanted = language in self.wanted
            yield Kept(conversation.id) if is_wanted else Dropped(conversation.id, f"other language: {language}")


languages = Component("languages", Languages, "drops what langdetect finds to be in other languages", kind="cleaner")
