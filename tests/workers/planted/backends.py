"""Faults of backends."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from harness.testing import BackendContract as Rules
from harness.testing import FakeModel
from harness.types import Answer, Identity, OpenRequest, Request
from planted.sound import Echo, EchoModel, Foresees, Stuck
from planted.table import Planted, row

_TOLD = Rules.test_what_it_would_refuse_is_told_by_errors_of_those_requests


class NewEachTime(Echo):
    def identify(self, request: OpenRequest) -> Identity:
        return Identity(str(random.random()), context_length=40)


class Opens(Echo):
    """A backend whose model does something else."""

    model: type[FakeModel]

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        yield self.model(str.upper)


class FactsThatAreNoJson(Opens):
    class model(EchoModel):  # noqa: N801 - it stands for the attribute
        def __init__(self, replies: Any) -> None:
            super().__init__(replies, facts={"threads": math.inf})


class ForgetsFollowUps(Opens):
    class model(EchoModel):  # noqa: N801
        def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
            return (replace(one, replies=one.replies[:1]) for one in super().answer(requests))


class NumbersItsAnswers(Opens):
    class model(EchoModel):  # noqa: N801
        def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
            for number, one in enumerate(super().answer(requests)):
                yield replace(one, replies=tuple(f"{number} {reply}" for reply in one.replies))


class NeedsARequest(Opens):
    class model(EchoModel):  # noqa: N801
        def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
            _ = requests[0]
            return super().answer(requests)


class DiesOfALongPrompt(Opens):
    class model(EchoModel):  # noqa: N801
        def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
            for one in super().answer(requests):
                if one.error:
                    raise RuntimeError(one.error)
                yield one


class SaysAnother(Opens):
    """Each that is built says its own number."""

    numbers = itertools.count()

    def __init__(self) -> None:
        self.number = next(self.numbers)

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        yield EchoModel(lambda text: f"{self.number} {text}")


class SetsARequest(Echo):
    def identify(self, request: OpenRequest) -> Identity:
        request.resume["seen"] = True  # type: ignore[index]
        return super().identify(request)


class AnswersWithWhatIsStuck(Opens):
    class model(EchoModel):  # noqa: N801
        def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
            return (replace(one, finish_reason=Stuck("stop")) for one in super().answer(requests))


class RefusesTheSound(Foresees):
    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        return [Answer(one.key, error="not today") for one in requests if one.key == "short"]


class SaysThatAllIsWell(Foresees):
    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        return [self.refusal(one) or Answer(one.key) for one in requests]


class RefusesInWords(Foresees):
    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        return [str(one.error) for one in super().check_requests(request, requests)]  # type: ignore[misc]


class RefusesTwice(Foresees):
    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        return [*super().check_requests(request, requests)] * 2


class NeedsARequestToRefuse(Foresees):
    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        _ = requests[0]
        return super().check_requests(request, requests)


class AnswersWhatItRefuses(Foresees):
    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[Any]:
        yield EchoModel(str.upper)


class SetsWhereItForesees(Foresees):
    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        request.resume["seen"] = True  # type: ignore[index]
        return super().check_requests(request, requests)


ROWS: dict[str, Planted] = dict(
    [
        row(
            "backend",
            NewEachTime,
            Rules.test_a_model_has_the_same_identity_each_time,
            Rules.test_two_that_are_built_alike_do_the_same,
        ),
        row(
            "backend",
            FactsThatAreNoJson,
            Rules.test_a_model_says_what_it_answers_and_what_could_change_its_numbers,
        ),
        row("backend", ForgetsFollowUps, Rules.test_each_request_has_one_answer_of_its_kind),
        row("backend", NumbersItsAnswers, Rules.test_an_answer_does_not_depend_on_the_order_of_requests),
        row("backend", NeedsARequest, Rules.test_known_requests_need_no_answer_and_none_at_all_have_none),
        row("backend", DiesOfALongPrompt, Rules.test_a_prompt_that_does_not_fit_is_an_error_of_its_own),
        row("backend", Foresees),
        row("backend", RefusesTheSound, _TOLD, and_more=True),
        row("backend", SaysThatAllIsWell, _TOLD, and_more=True),
        row("backend", RefusesInWords, _TOLD, and_more=True),
        row("backend", RefusesTwice, _TOLD),
        row("backend", NeedsARequestToRefuse, _TOLD),
        row("backend", AnswersWhatItRefuses, Rules.test_what_it_would_refuse_it_refuses_when_it_is_asked),
        row("backend", SetsWhereItForesees, Rules.test_what_it_is_given_stays_as_it_was),
        row("backend", SaysAnother, Rules.test_two_that_are_built_alike_do_the_same, and_more=True),
        row("backend", SetsARequest, Rules.test_what_it_is_given_stays_as_it_was),
        row("backend", AnswersWithWhatIsStuck, Rules.test_what_it_gives_can_go_to_another_process),
    ]
)
