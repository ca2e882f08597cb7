"""What every backend and every trainer must do. Kept light, since a real model answers: nothing is drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, get_args

import pytest

from harness.component import ComponentKind
from harness.protocols import Backend, Model, Signal, Trainer
from harness.testing.builders import make_conversation, make_conversation_set
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.showing import shown
from harness.types import (
    Answer,
    Checkpoint,
    Conversation,
    Generate,
    Identity,
    Kind,
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
Asked: TypeAlias = tuple[OpenRequest, Sequence[Request]]

_CLOSE = 1e-3
_ASKED = (Message("user", "Where is my parcel?"),)
_GREETED = (Message("user", "Grüße! 你好 🎉"),)
_GENERATE: Sequence[Request] = (
    Generate("short", _ASKED, max_new_tokens=4),
    Generate("unicode", _GREETED, max_new_tokens=6, stop=("\n", "e")),
    Generate("turns", _ASKED, max_new_tokens=3, follow_ups=("And now?", "Thanks.")),
)
_LIKELIHOOD: Sequence[Request] = (
    LogLikelihood("choices", _ASKED, ("refund", "delivery", "größe")),
    LogLikelihood("reference", _GREETED, ("It is on its way to you.",)),
)


class BackendContract(ComponentContract):
    """Override `model`: a small model that the backend opens, its path absolute or made in the test's folder."""

    kind: ClassVar[ComponentKind] = "backend"

    def model(self, folder: Path) -> ModelReference:
        raise NotImplementedError(f"{type(self).__name__} must return a small model from model()")

    def test_a_model_has_the_same_identity_each_time(self, build: BuildBackend, tmp_path: Path) -> None:
        request = OpenRequest(self.model(tmp_path))
        first, second = build().identify(request), build().identify(request)
        assert first.fingerprint, self._broken("identify gives a fingerprint, which finds stored answers")
        assert first == second, self._broken("identify gives the same identity each time")

    def test_a_model_says_what_it_answers_and_what_could_change_its_numbers(
        self, build: BuildBackend, tmp_path: Path
    ) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            known = set(get_args(Kind))
            served = bool(model.answers) and model.answers <= known
            assert served, self._broken(f"answers are some of {sorted(known)}, not {sorted(model.answers)}")
            rule = f"facts have text keys, and values as in JSON with finite numbers; {shown(model.facts)}"
            assert _is_json(dict(model.facts)), self._broken(rule)

    def test_each_request_has_one_answer_of_its_kind(self, build: BuildBackend, tmp_path: Path) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            requests = _served(model)
            answers = list(model.answer(requests))
        given, wanted = (sorted(one.key for one in some) for some in (answers, requests))
        assert given == wanted, self._broken(f"each request has one answer with its key: {wanted} have {given}")
        answer_by_key = {answer.key: answer for answer in answers}
        for request in requests:
            problem = _problem(request, answer_by_key[request.key])
            assert not problem, self._broken(f"{problem}; {shown(answer_by_key[request.key])}")
        assert answers[-1].batch_ends, self._broken("the last answer ends a batch: batch_ends is True")

    def test_an_answer_does_not_depend_on_the_order_of_requests(self, build: BuildBackend, tmp_path: Path) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            requests = _served(model)
            forwards, backwards = list(model.answer(requests)), list(model.answer(requests[::-1]))
        self._assert_close(forwards, backwards, "an answer does not depend on the order of the requests")

    def test_known_requests_need_no_answer_and_none_at_all_have_none(self, build: BuildBackend, tmp_path: Path) -> None:
        with build().open(OpenRequest(self.model(tmp_path))) as model:
            first, *others = _served(model)
            answers = list(model.answer([first, *(replace(other, known=True) for other in others)]))
            nothing = list(model.answer([]))
        assert first.key in {one.key for one in answers}, self._broken(
            "what is not known is answered, others are or not"
        )
        assert nothing == [], self._broken(f"no requests have no answers; {shown(nothing)}")

    def test_a_prompt_that_does_not_fit_is_an_error_of_its_own(self, build: BuildBackend, tmp_path: Path) -> None:
        request = OpenRequest(self.model(tmp_path))
        fits = build().identify(request).context_length
        if fits is None:
            pytest.skip("the backend does not know how much fits")
        with build().open(request) as model:
            first = _served(model)[0]
            too_long = replace(first, key="too long", prompt=(Message("user", "parcel " * 2 * fits),))
            answers = {one.key: one for one in model.answer([too_long, first])}
        rule = "a prompt that does not fit is an Answer with error and permanent=True"
        assert answers["too long"].error, self._broken(rule)
        assert answers["too long"].permanent, self._broken(rule)
        assert answers[first.key].error is None, self._broken("a request that fails costs no other one")

    def _inputs(self, build: BuildBackend, folder: Path) -> Asked:
        folder.mkdir(exist_ok=True)
        return OpenRequest(self.model(folder)), [*_GENERATE, *_LIKELIHOOD]

    def _work(self, built: Backend, inputs: Asked) -> tuple[Identity, list[Answer]]:
        request, asked = inputs
        identity = built.identify(request)
        with built.open(request) as model:
            served = {one.key for one in _served(model)}
            answers = list(model.answer([one for one in asked if one.key in served]))
        return identity, answers

    def _assert_same(self, first: Any, second: Any) -> None:
        (identity, answers), (other_identity, other_answers) = first, second
        assert identity == other_identity, self._broken("two that are built alike know the model as the same")
        self._assert_close(answers, other_answers, "two that are built alike give the same answers")

    def _assert_close(self, first: Sequence[Answer], second: Sequence[Answer], rule: str) -> None:
        """Sums in another order, as in another batch, differ in their last digits."""
        other_by_key = {answer.key: answer for answer in second}
        for one in first:
            other = other_by_key.get(one.key, Answer(one.key))
            sums, others = ([x.log_likelihood for x in answer.likelihoods] for answer in (one, other))
            same = one.replies == other.replies and sums == pytest.approx(others, rel=_CLOSE)
            assert same, self._broken(f"{rule}; {shown(one)} and {shown(other)}")


class TrainerContract(ComponentContract):
    """Override `model`, a small model to train, and `options` for two steps or more that take seconds."""

    kind: ClassVar[ComponentKind] = "trainer"

    def model(self, folder: Path) -> ModelReference:
        raise NotImplementedError(f"{type(self).__name__} must return a small model from model()")

    def conversations(self) -> Sequence[Conversation]:
        return [make_conversation(f"What is {n} plus {n}?", f"It is {n + n}.") for n in range(8)]

    def test_it_reports_its_steps_in_their_order(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener()
        checkpoint = build().train(self._inputs(build, tmp_path), monitor)
        steps = [record.step for record in monitor.records]
        assert len(steps) > 1, self._broken(
            "its contract needs options for two steps or more, each told to the monitor"
        )
        assert steps == sorted(set(steps)), self._broken(f"steps are told once each, in their order, not {steps}")
        within = 0 <= checkpoint.step <= steps[-1] <= checkpoint.steps
        rule = f"a checkpoint is of a step that was told, of those planned: {checkpoint.step} of {checkpoint.steps}"
        assert within, self._broken(f"{rule}; the last one told was {steps[-1]}")

    def test_every_loss_is_finite(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener()
        checkpoint = build().train(self._inputs(build, tmp_path), monitor)
        for record in (*monitor.records, *checkpoint.curve):
            losses = [loss for loss in (record.loss, record.validation_loss) if loss is not None]
            rule = "a loss is a finite number, or None where there is none; training that is lost raises"
            assert all(map(math.isfinite, losses)), self._broken(f"{rule}; {shown(record)}")

    def test_its_checkpoint_lies_in_its_folder_and_the_first_model_is_left_alone(
        self, build: BuildTrainer, tmp_path: Path
    ) -> None:
        request = self._inputs(build, tmp_path)
        start = Path(request.model.reference)
        before = _files(start, without=request.folder)
        model = build().train(request, _Listener()).model
        made = Path(model.adapter or model.reference)
        assert made.exists(), self._broken(f"a checkpoint names a model that is there; {made} is not")
        inside = made.resolve().is_relative_to(request.folder.resolve())
        assert inside, self._broken(f"it writes into request.folder, {request.folder}, and nowhere else; {made}")
        rule = f"the model that it starts from, {start}, is changed by it"
        assert _files(start, without=request.folder) == before, self._broken(rule)

    def test_it_ends_when_the_monitor_says_stop(self, build: BuildTrainer, tmp_path: Path) -> None:
        monitor = _Listener(stop_at=1)
        checkpoint = build().train(self._inputs(build, tmp_path), monitor)
        told = [record.step for record in monitor.records]
        rule = (
            f'it ends after the step to which the monitor says "stop", with the checkpoint of a step till then; {told}'
        )
        ended = len(told) == 1 and checkpoint.step <= told[0]
        assert ended, self._broken(rule)

    def test_training_again_in_its_folder_gives_the_same_checkpoint(self, build: BuildTrainer, tmp_path: Path) -> None:
        request = self._inputs(build, tmp_path)
        first, again = (build().train(request, _Listener()) for _ in range(2))
        assert first.model == again.model, self._broken("a training that has ended gives the same checkpoint again")
        self._assert_same(first, again)

    def _inputs(self, build: BuildTrainer, folder: Path) -> TrainRequest:
        training = folder / "training"
        training.mkdir(parents=True)
        conversations = make_conversation_set(self.conversations())
        return TrainRequest(self.model(folder), conversations, conversations, training, seed=1, threads=1)

    def _work(self, built: Trainer, inputs: TrainRequest) -> Checkpoint:
        return built.train(inputs, _Listener())

    def _assert_same(self, first: Any, second: Any) -> None:
        steps, others = ((one.step, one.steps, one.stopped_early) for one in (first, second))
        losses, other_losses = ([record.loss or 0.0 for record in one.curve] for one in (first, second))
        same = steps == others and losses == pytest.approx(other_losses, rel=_CLOSE)
        rule = "the same model, data, options and seed give the same curve and checkpoint"
        assert same, self._broken(f"{rule}; {steps} {shown(losses)} and {others} {shown(other_losses)}")


class _Listener:
    """A monitor that keeps the records and asks to stop at one of them, counted from 1."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.records: list[StepRecord] = []
        self._stop_at = stop_at

    def step(self, record: StepRecord) -> Signal:
        self.records.append(record)
        return "stop" if len(self.records) == self._stop_at else "continue"


def _served(model: Model) -> Sequence[Request]:
    """A few requests of the kinds that the model serves, short and long, Unicode and with follow-ups."""
    choices = model.answers & {"choice", "log-likelihood"}
    return [*(_GENERATE if "text" in model.answers else []), *(_LIKELIHOOD if choices else [])]


def _problem(request: Request, answer: Answer) -> str:
    """What is wrong with an answer; empty where nothing is."""
    if answer.error is not None:
        return f"a request that can be answered has no error, {answer.error!r}"
    if isinstance(request, Generate):
        if len(answer.replies) != 1 + len(request.follow_ups):
            return "there is one reply to the prompt and one to each follow-up"
        stopped = not any(stop in reply for stop in request.stop for reply in answer.replies)
        return "" if stopped else f"a reply ends before a stop string, one of {request.stop}"
    if len(answer.likelihoods) != len(request.continuations):
        return "there is one likelihood for each continuation"
    good = all(math.isfinite(x.log_likelihood) and x.log_likelihood <= 0 and x.tokens >= 1 for x in answer.likelihoods)
    return "" if good else "a log-likelihood is finite and at most 0, and its tokens are 1 or more"


def _files(model: Path, without: Path) -> Mapping[str, bytes]:
    """What a local model is made of; nothing where it is not local."""
    files = [model] if model.is_file() else model.rglob("*") if model.is_dir() else []
    return {str(file): file.read_bytes() for file in files if file.is_file() and without not in file.parents}


def _is_json(value: object) -> bool:
    try:
        return bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError):
        return False
