import csv
from itertools import islice
from pathlib import Path

from harness import Component, Conversation, Message, hookimpl
from harness.types import Rejected, Source


class TwoColumnCsv:
    def __init__(self, path: Path, question: str = "question", answer: str = "answer"):
        if not path.is_file():
            raise ValueError(f"path: there is no file {str(path)!r}")
        self.path, self.columns = path, (question, answer)

    def load(self, request):
        return islice(self.rows(), request.limit)

    def rows(self):
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                yield self.conversation(row, reader.line_num)

    def conversation(self, row, line):
        for column in self.columns:
            if not (row.get(column) or "").strip():
                return Rejected(str(self.path), line, f"column {column!r} is empty or missing", raw=str(row))
        asked, said = (row[column].strip() for column in self.columns)
        messages = (Message("user", asked), Message("assistant", said))
        return Conversation(f"{self.path.name}:{line}", messages, source=Source(str(self.path), line))


@hookimpl
def register_datasets():
    yield Component("two-column-csv", TwoColumnCsv, "a question and an answer in each row of a CSV file")
