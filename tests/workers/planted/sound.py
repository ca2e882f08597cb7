"""A sound component of each kind, for faults to be planted in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NoReturn

from harness.errors import UsageError
from harness.testing import FakeModel, FakeTrainer, make_conversation
from harness.types import (
    Answer,
    Answered,
    Case,
    Checked,
    Conversation,
    DetectorAccuracy,
    Dropped,
    Finding,
    History,
    Identity,
    Kept,
    Kind,
    LoadRequest,
    OpenRequest,
    Outcome,
    Passage,
    Proposal,
    Rejected,
    Remark,
    Request,
    TrainRequest,
)
from harness.types.component import ComponentKind


class Length:
    """Mean length of the replies."""

    reads: Kind = "text"
    higher_is_better = True
    bounds: Any = (0.0, None)

    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"sum": float(len(answered.text)), "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"] / statistics["count"]

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}


class Median:
    reads: Kind = "text"
    higher_is_better = False

    def compute(self, answered: Sequence[Answered]) -> float:
        return float(sorted(len(one.text) for one in answered)[len(answered) // 2])


class Referenced(Length):
    """Refuses cases without a reference, as most metrics of texts do."""

    bounds = (0.0, 1.0)

    def score(self, answered: Answered) -> Mapping[str, float]:
        if not answered.case.references:
            raise ValueError(f"case {answered.case.id!r} has no reference")
        return {"sum": float(answered.text in answered.case.references), "count": 1.0}


class Chosen(Referenced):
    """Share of replies whose first word is the answer; what it will not see is said before."""

    reads = "choice"

    def score(self, answered: Answered) -> Mapping[str, float]:
        if answered.case.answer is None:
            raise ValueError(f"case {answered.case.id!r} has no answer")
        return {"sum": float(self.chosen(answered) == answered.case.answer), "count": 1.0}

    def chosen(self, answered: Answered) -> str | None:
        words = answered.text.split()
        return next((choice for choice in answered.case.choices if [choice] == words[:1]), None)

    def warnings(self, cases: Sequence[Case]) -> Iterable[str]:
        for case in cases:
            if any(len(choice.split()) > 1 for choice in case.choices):
                yield f"case {case.id!r} has a choice of several words, which is never found"


class Rows:
    def load(self, request: LoadRequest) -> Iterable[Conversation | Rejected]:
        return self.rows()[: request.limit]

    def rows(self) -> list[Any]:
        return [make_conversation("a", "b"), Rejected("rows.csv", 2, "no reply"), make_conversation("c", "d")]


class DropBlank:
    scope: Literal["row", "set"] = "row"

    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        for one in conversations:
            full = all(message.content.strip() for message in one.messages)
            yield Kept(one.id) if full else Dropped(one.id, "blank: a message holds nothing")


class Shouting:
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        for one in passages:
            yield Checked(one.id, (Finding("shouting", "low", one.text.strip()[:20]),) if one.text.isupper() else ())


class Measured(Shouting):
    accuracy = (DetectorAccuracy("letters of 2025", 9, 10, 90, 100), DetectorAccuracy("chats of 2026", 8, 10, 0, 0))


class Echo:
    """Opens a model that says in capitals what it is told, and whose prompts have at most 40 characters."""

    def identify(self, request: OpenRequest) -> Identity:
        return Identity("echo", context_length=40)

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        yield EchoModel(str.upper)


class EchoModel(FakeModel):
    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        for request in requests:
            if len(request.prompt[-1].content) > 40:  # type: ignore[union-attr]
                yield Answer(request.key, error="the prompt has more than 40 characters", permanent=True)
            else:
                yield from super().answer([request])


class Foresees(Echo):
    """Knows that its model answers users alone."""

    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        return [answer for one in requests if (answer := self.refusal(one)) is not None]

    def refusal(self, request: Request) -> Answer | None:
        said = request.prompt[-1].role  # type: ignore[union-attr]
        return None if said == "user" else Answer(request.key, error=f"the last turn is of {said}", permanent=True)

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        yield AnswersUsers(str.upper, self.refusal)


class AnswersUsers(EchoModel):
    def __init__(self, replies: Any, refusal: Callable[[Request], Answer | None]) -> None:
        super().__init__(replies)
        self.refusal = refusal

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        for request in requests:
            refusal = self.refusal(request)
            yield from [refusal] if refusal is not None else super().answer([request])


class LooksAhead(FakeTrainer):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        for row in (*request.train, *request.validation):
            if not row.messages or row.messages[0].role == "assistant":
                raise UsageError(f"{row.source}: no user speaks first")
        yield Remark(f"{len(request.train)} rows to train on", "note")
        if not len(request.validation):
            yield Remark("no row to validate on")


class CountDown:
    def propose(self, history: History) -> Proposal | None:
        left = 3 - len(history.cycles)
        return Proposal({"trainer.steps": left}, reason="fewer steps") if left else None


class CountDownKnown(CountDown):
    def possible_patches(self) -> Iterable[Mapping[str, Any]]:
        return ({"trainer.steps": steps} for steps in (3, 2, 1))


SOUND: Mapping[ComponentKind, tuple[type[Any], str]] = {
    "metric": (Length, "score"),
    "dataset": (Rows, "load"),
    "cleaner": (DropBlank, "clean"),
    "safety check": (Shouting, "check"),
    "backend": (Echo, "identify"),
    "trainer": (FakeTrainer, "train"),
    "refiner": (CountDown, "propose"),
}
"""A component of each kind, and the method that does its work."""


class Stuck(str):
    """A text that cannot leave its process."""

    __slots__ = ()

    def __str__(self) -> NoReturn:
        raise TypeError("this text cannot go anywhere")
