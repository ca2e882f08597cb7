from itertools import islice
from pathlib import Path
from typing import Literal

from harness import Component, Conversation
from harness.types import Rejected, Source, message_from_record


class HuggingFaceRows:
    def __init__(self, path: Path, reader: Literal["json", "parquet"] = "json", column: str = "messages"):
        self.path, self.reader, self.column = str(path), reader, column

    def load(self, request):
        from datasets import load_dataset

        rows = load_dataset(self.reader, data_files=self.path, split="train", streaming=True)
        return (self.conversation(number, row) for number, row in enumerate(islice(rows, request.limit), 1))

    def conversation(self, number, row):
        try:
            messages = tuple(message_from_record(message) for message in row[self.column])
        except (KeyError, TypeError) as error:
            return Rejected(self.path, number, f"column {self.column!r} holds no chat: {error}", raw=str(row))
        return Conversation(f"row-{number}", messages, source=Source(self.path, number))


rows = Component("hf-rows", HuggingFaceRows, "rows of a file that the library datasets can read", kind="dataset")
