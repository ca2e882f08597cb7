"""What every backend and every trainer must do. Kept light, since a real model answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.protocols import Backend, Model, Signal, Trainer
from harness.testing.builders import make_conversation, make_conversation_set
from harness.testing.contracts.build import ComponentContract
from harness.types import (
    Answer,
    Conversation,
    Generate,
    LogLikelihood,
    Message,
    ModelReference,
    OpenRequest,
    Request,
    StepRecord,
    TrainRequest,
)

BuildBackend = Callable[[], Backend]
BuildTrainer = Callable[[], Trainer]


class BackendContract(ComponentContract):
    """Override `model`: a small model that the backend opens, its path absolute or made in the test's folder."""

    def model(self, folder: Path) -> ModelReference:
        raise NotImplementedError(f"{type(self).__name__} must return a small model from model()")

    def test_a_model_has_the_same_identity_each_time(self, build: BuildBackend, tmp_path: Path) -> None:
        request = OpenRequest(self.model(tmp_path))
        identity = build().identify(request)
        assert identity.fingerprint
        assert identity == build().identify(request)

    def test_each_request_has_one_answer_of_its_kind(self, build: BuildBackend, tmp_path: Path) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            requests = _requests(model)
            answer_by_key = _answers(model, requests)
        assert answer_by_key.keys() == {request.key for request in requests}
        for request in requests:
            _check_answer(request, answer_by_key[request.key])

    def test_an_answer_does_not_depend_on_the_order_of_requests(self, build: BuildBackend, tmp_path: Path) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            requests = _requests(model)
            forwards, backwards = _answers(model, requests), _answers(model, requests[::-1])
        for key, answer in forwards.items():
            assert answer.replies == backwards[key].replies
            figures = [one.log_likelihood for one in answer.likelihoods]
            assert figures == pytest.approx([one.log_likelihood for one in backwards[key].likelihoods], rel=1e-3)

    def test_known_requests_need_no_answer_and_none_at_all_have_none(self, build: BuildBackend, tmp_path: Path) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            first, *others = _requests(model)
            answered = set(_answers(model, [first, *(replace(other, known=True) for other in others)]))
            assert list(model.answer([])) == []
        assert first.key in answered


class TrainerContract(ComponentContract):
    """Override `model`, a small model to train, and `options` for two steps or more that take seconds."""

    def model(self, folder: Path) -> ModelReference:
        raise NotImplementedError(f"{type(self).__name__} must return a small model from model()")

    def conversations(self) -> Sequence[Conversation]:
        return [make_conversation(f"What is {n} plus {n}?", f"It is {n + n}.") for n in range(8)]

    def test_it_reports_steps_and_returns_a_checkpoint(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener()
        checkpoint = build().train(self._request(tmp_path), monitor)
        steps = [record.step for record in monitor.records]
        assert steps == sorted(set(steps))
        assert 0 <= checkpoint.step <= steps[-1] <= checkpoint.steps
        assert all(record.loss is None or math.isfinite(record.loss) for record in monitor.records)
        named = checkpoint.model.adapter or checkpoint.model.reference
        assert Path(named).exists()

    def test_it_ends_when_the_monitor_says_stop(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener(stop_at=1)
        checkpoint = build().train(self._request(tmp_path), monitor)
        assert len(monitor.records) == 1
        assert checkpoint.step <= monitor.records[0].step

    def test_the_same_request_gives_the_same_curve(self, build: BuildTrainer, tmp_path: Path) -> None:
        first, second = (build().train(self._request(tmp_path / name), _Listener()) for name in ("first", "second"))
        assert (first.step, first.steps) == (second.step, second.steps)
        losses = [[record.loss or 0.0 for record in one.curve] for one in (first, second)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-4)

    def _request(self, folder: Path) -> TrainRequest:
        training = folder / "training"
        training.mkdir(parents=True)
        conversations = make_conversation_set(self.conversations())
        return TrainRequest(self.model(folder), conversations, conversations, training, seed=1, threads=1)


class _Listener:
    """A monitor that keeps the records and asks to stop at one of them, counted from 1."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.records: list[StepRecord] = []
        self._stop_at = stop_at

    def step(self, record: StepRecord) -> Signal:
        self.records.append(record)
        return "stop" if len(self.records) == self._stop_at else "continue"


def _requests(model: Model) -> Sequence[Request]:
    """A few requests of the kinds that the model serves, short and long, Unicode and with follow-ups."""
    prompt, greeting = (Message("user", "Where is my parcel?"),), (Message("user", "Grüße! 你好 🎉"),)
    generate: list[Request] = [
        Generate("short", prompt, max_new_tokens=4),
        Generate("unicode", greeting, max_new_tokens=6, stop=("\n", "e")),
        Generate("turns", prompt, max_new_tokens=3, follow_ups=("And now?", "Thanks.")),
    ]
    likelihood: list[Request] = [
        LogLikelihood("choices", prompt, ("refund", "delivery", "größe")),
        LogLikelihood("reference", greeting, ("It is on its way to you.",)),
    ]
    choices = model.answers & {"choice", "log-likelihood"}
    return [*(generate if "text" in model.answers else []), *(likelihood if choices else [])]


def _answers(model: Model, requests: Sequence[Request]) -> dict[str, Answer]:
    answers = list(model.answer(requests))
    answer_by_key = {answer.key: answer for answer in answers}
    assert len(answer_by_key) == len(answers), "two answers to one request"
    return answer_by_key


def _check_answer(request: Request, answer: Answer) -> None:
    assert answer.error is None
    if isinstance(request, Generate):
        assert len(answer.replies) == 1 + len(request.follow_ups)
        assert not [stop for stop in request.stop for reply in answer.replies if stop in reply]
        return
    assert len(answer.likelihoods) == len(request.continuations)
    assert all(math.isfinite(one.log_likelihood) and one.tokens >= 1 for one in answer.likelihoods)
    assert all(one.log_likelihood <= 0 for one in answer.likelihoods)
