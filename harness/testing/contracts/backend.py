"""What every backend must do. Kept light, since a real model answers: nothing is drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, get_args

import pytest

from harness.protocols import Backend, ChecksRequests, Model
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.showing import shown
from harness.types import (
    Answer,
    Generate,
    Identity,
    Kind,
    LogLikelihood,
    Message,
    ModelReference,
    OpenRequest,
    Prompt,
    Request,
)
from harness.types.component import ComponentKind
from harness.types.validation import misfit

BuildBackend: TypeAlias = Callable[[], Backend]
Asked: TypeAlias = tuple[OpenRequest, Sequence[Request]]
Done: TypeAlias = tuple[Identity, Sequence[Answer], Sequence[Answer]]
"""What is known of the model, what would be refused, and all answers."""

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
_ODD: Sequence[Prompt] = (
    (Message("system", "Be kind."),),
    (Message("assistant", "Hello."), Message("user", "Hi.")),
    (Message("user", "Hi."), Message("user", "Anyone?")),
    (Message("user", "Hi."), Message("system", "Be kind."), Message("user", "Anyone?")),
    (Message("user", "Hi."), Message("assistant", "Hello.")),
    (Message("user", ""),),
)
"""Prompts that some chat templates refuse."""


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

    def test_what_it_would_refuse_is_told_by_errors_of_those_requests(
        self, build: BuildBackend, tmp_path: Path
    ) -> None:
        request = OpenRequest(self.model(tmp_path))
        backend = _foreseeing(build())
        with build().open(request) as model:
            sound, odd = _served(model), _odd(model)
        told = list(backend.check_requests(request, [*odd, *sound]))
        wrong = misfit(tuple(told), tuple[Answer, ...])
        assert wrong is None, self._broken(f"check_requests gives Answers; {wrong}")
        for answer in told:
            says_why = (answer.error or "").strip()
            assert says_why, self._broken(f"each Answer of check_requests has an error that says why; {shown(answer)}")
        keys = [answer.key for answer in told]
        once = len(set(keys)) == len(keys) and set(keys) <= {one.key for one in odd}
        rule = "each request that cannot be asked has one Answer with its key, and no other request has one"
        assert once, self._broken(f"{rule}; {keys}")
        nothing = list(backend.check_requests(request, []))
        assert nothing == [], self._broken(f"of no requests none is refused; {shown(nothing)}")

    def test_what_it_would_refuse_it_refuses_when_it_is_asked(self, build: BuildBackend, tmp_path: Path) -> None:
        request = OpenRequest(self.model(tmp_path))
        backend = _foreseeing(build())
        with build().open(request) as model:
            odd = _odd(model)
            told = {one.key: one.error for one in backend.check_requests(request, odd)}
            failed = {one.key for one in model.answer(odd) if one.error is not None} if told else set()
        too_many = [prompt for one in odd if (prompt := one.prompt) and one.key in told.keys() - failed]
        assert not too_many, self._broken(f"what check_requests refuses fails when it is asked; {shown(too_many)}")

    def _inputs(self, build: BuildBackend, folder: Path) -> Asked:
        folder.mkdir(exist_ok=True)
        return OpenRequest(self.model(folder)), [*_GENERATE, *_LIKELIHOOD]

    def _work(self, built: Backend, inputs: Asked) -> Done:
        request, asked = inputs
        identity = built.identify(request)
        refused = list(built.check_requests(request, asked)) if isinstance(built, ChecksRequests) else []
        with built.open(request) as model:
            served = {one.key for one in _served(model)}
            answers = list(model.answer([one for one in asked if one.key in served]))
        return identity, refused, answers

    def _assert_same(self, first: Any, second: Any) -> None:
        (identity, refused, answers), (other_identity, other_refused, other_answers) = first, second
        assert identity == other_identity, self._broken("two that are built alike know the model as the same")
        assert refused == other_refused, self._broken("two that are built alike would refuse the same requests")
        self._assert_close(answers, other_answers, "two that are built alike give the same answers")

    def _assert_close(self, first: Sequence[Answer], second: Sequence[Answer], rule: str) -> None:
        """Sums in another order, as in another batch, differ in their last digits."""
        other_by_key = {answer.key: answer for answer in second}
        for one in first:
            other = other_by_key.get(one.key, Answer(one.key))
            sums, others = ([x.log_likelihood for x in answer.likelihoods] for answer in (one, other))
            same = one.replies == other.replies and sums == pytest.approx(others, rel=_CLOSE)
            assert same, self._broken(f"{rule}; {shown(one)} and {shown(other)}")


def _served(model: Model) -> Sequence[Request]:
    """A few requests of the kinds that the model serves, short and long, Unicode and with follow-ups."""
    choices = model.answers & {"choice", "log-likelihood"}
    return [*(_GENERATE if "text" in model.answers else []), *(_LIKELIHOOD if choices else [])]


def _odd(model: Model) -> Sequence[Request]:
    """Requests of a kind that the model serves, whose prompts it may refuse."""
    if "text" in model.answers:
        return [Generate(f"odd {number}", prompt, max_new_tokens=2) for number, prompt in enumerate(_ODD)]
    return [LogLikelihood(f"odd {number}", prompt, ("yes",)) for number, prompt in enumerate(_ODD)]


def _foreseeing(backend: Backend) -> ChecksRequests:
    if not isinstance(backend, ChecksRequests):
        pytest.skip("the backend cannot tell what a model would refuse")
    return backend


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


def _is_json(value: object) -> bool:
    try:
        return bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError):
        return False
