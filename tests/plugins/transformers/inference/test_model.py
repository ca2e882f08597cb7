from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from where import DEVICE

from harness.errors import UsageError
from harness.types import Generate, LogLikelihood, Message, ModelReference, OpenRequest, Request
from harness_transformers.backend import TransformersBackend
from harness_transformers.identity import identify
from harness_transformers.inference.model import Failure, OpenedModel
from harness_transformers.inference.replies import generate
from harness_transformers.inference.scoring import Scorer
from harness_transformers.model.loading import Weights

QUESTION = (Message("user", "What rings at the door?"),)
REQUESTS: list[Request] = [
    *(Generate(f"g{n}", "The box " * n, max_new_tokens=5 + n) for n in range(1, 9)),
    *(LogLikelihood(f"c{n}", (Message("user", "ring " * n),), ("box", "the light")) for n in range(1, 9)),
    *(LogLikelihood(f"p{n}", "Hold", (" the round button" * n,)) for n in range(1, 9)),
]


@pytest.fixture
def adapters(tiny: Path, tmp_path: Path) -> list[str]:
    """Two adapters with random weights."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from harness_transformers.model.adapters import peft_warnings_silenced

    for name in ("one", "two"):
        settings = LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
        with peft_warnings_silenced():
            model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny), settings)
        torch.manual_seed(len(name) + ord(name[0]))
        for parameter in model.parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.3)
        model.save_pretrained(tmp_path / name)
    return [str(tmp_path / "one"), str(tmp_path / "two")]


def likelihoods(model: OpenedModel) -> list[float]:
    (answer,) = model.answer([LogLikelihood("x", QUESTION, ("box", "the light"))])
    assert answer.error is None
    return [one.log_likelihood for one in answer.likelihoods]


def test_a_resumed_evaluation_equals_an_undisturbed_one_to_the_bit(opened: OpenedModel) -> None:
    whole = {answer.key: replace(answer, seconds=0) for answer in opened.answer(REQUESTS)}
    answered = set(list(whole)[:7])
    resumed = [replace(request, known=request.key in answered) for request in REQUESTS]
    rest = {answer.key: replace(answer, seconds=0) for answer in opened.answer(resumed)}
    assert rest == {key: answer for key, answer in whole.items() if key not in answered}


def test_the_last_answer_of_a_batch_says_so(opened: OpenedModel) -> None:
    requests = [Generate(str(n), "The box", max_new_tokens=2, known=n == 3) for n in range(4)]
    assert [answer.batch_ends for answer in opened.answer(requests)] == [False, False, True]


def test_models_with_other_adapters_may_answer_between_two_answers(
    reference: ModelReference, adapters: list[str]
) -> None:
    def replies(model: OpenedModel, between: OpenedModel | None) -> list[tuple[str, ...]]:
        found = []
        for answer in model.answer([Generate(f"{n}", "The box", max_new_tokens=4 * n) for n in range(1, 4)]):
            found.append(answer.replies)
            if between is not None:
                list(between.answer([Generate("between", "ring", max_new_tokens=2)]))
        return found

    one, two = (replace(reference, adapter=adapter) for adapter in adapters)
    with TransformersBackend(device=DEVICE).open(OpenRequest(one, threads=1)) as opened:
        other = opened.variant(two)
        assert replies(opened, other) == replies(opened, None)


def test_a_batch_of_known_requests_is_not_run(opened: OpenedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[object] = []
    monkeypatch.setattr(generate, "answer_group", lambda *_: run.append("replies") or iter(()))
    monkeypatch.setattr(Scorer, "read", lambda *_: run.append("likelihoods") or [])
    assert list(opened.answer([replace(request, known=True) for request in REQUESTS])) == []
    assert run == []


def test_variants_share_one_load_and_equal_separate_loads(reference: ModelReference, adapters: list[str]) -> None:
    backend = TransformersBackend(device=DEVICE)
    one, two = (replace(reference, adapter=adapter) for adapter in adapters)
    separate = []
    for model in (reference, one, two):
        with backend.open(OpenRequest(model, threads=1)) as opened:
            separate.append(likelihoods(opened))
    with backend.open(OpenRequest(one, threads=1)) as opened:
        views = [opened.variant(model) for model in (reference, one, two)]
        shared = [likelihoods(view) for view in views if view is not None]
        again = likelihoods(opened)
    assert shared == separate
    assert again == separate[1]
    assert len({figures[0] for figures in separate}) == 3


def test_other_weights_are_no_variant(opened: OpenedModel, tmp_path: Path) -> None:
    assert opened.variant(ModelReference(str(tmp_path))) is None
    assert opened.variant(replace(opened.reference, backend="other")) is None


def test_where_memory_does_not_suffice_fewer_replies_run_at_once(
    opened: OpenedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, tried = generate.answer_group, []

    def small_memory(weights: Weights, model: Any, jobs: Any, budget: int, needed: frozenset[str]) -> Any:
        tried.append(budget)
        if budget > 250:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
        return whole(weights, model, jobs, budget, needed)

    requests = [Generate(str(n), "The box", max_new_tokens=2) for n in range(4)]
    expected = {answer.key: answer.replies for answer in opened.answer(requests)}
    monkeypatch.setattr(generate, "answer_group", small_memory)
    model = replace(opened)
    assert {answer.key: answer.replies for answer in model.answer(requests)} == expected
    assert tried == [1000, 500, 250]
    assert list(replace(opened, resume=model.facts).answer(requests))
    assert tried == [1000, 500, 250, 250]


@pytest.fixture
def one_row_at_a_time(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Memory for a single row of a scoring pass; the rows of each try."""
    whole, tried = Scorer.read, []

    def read(self: Scorer, node: int, units: Any) -> Any:
        tried.append(len(units))
        if len(units) > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 bytes")
        return whole(self, node, units)

    monkeypatch.setattr(Scorer, "read", read)
    return tried


def test_where_memory_does_not_suffice_the_plan_is_revised_and_a_resumed_one_begins_with_it(
    opened: OpenedModel, one_row_at_a_time: list[int]
) -> None:
    requests = [LogLikelihood(str(n), f"{chr(97 + n)} ring at the door", ("box", "light")) for n in range(5)]
    model = replace(opened, batch_tokens=60)
    answers = list(model.answer(requests))
    assert {answer.error for answer in answers} == {None}
    assert one_row_at_a_time[0] > 1
    assert model.facts["revisions"]
    one_row_at_a_time.clear()
    again = list(replace(opened, batch_tokens=60, resume=model.facts).answer(requests))
    assert {a.key: a.likelihoods for a in again} == {a.key: a.likelihoods for a in answers}
    assert set(one_row_at_a_time) == {1}


@pytest.mark.parametrize(
    ("said", "lacks_memory"),
    [
        ("CUDA out of memory. Tried to allocate 2.00 GiB.", True),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", True),
        ("CUDA error: an illegal memory access was encountered", False),
    ],
)
def test_what_lacks_memory_is_told_from_what_is_broken(said: str, lacks_memory: bool) -> None:
    assert Failure.of(RuntimeError(said)).lacks_memory is lacks_memory


def test_a_scoring_pass_that_fails_costs_only_its_own_cases(
    opened: OpenedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Scorer.read

    def read(self: Scorer, node: int, units: Any) -> Any:
        if self.plan.batches[0].units == units:
            raise ZeroDivisionError("no such luck")
        return whole(self, node, units)

    monkeypatch.setattr(Scorer, "read", read)
    requests = [LogLikelihood(str(n), f"{chr(97 + n)} ring at the door", ("box", "light")) for n in range(9)]
    errors = [answer.error for answer in replace(opened, batch_tokens=30).answer(requests)]
    assert "ZeroDivisionError: no such luck" in errors
    assert None in errors
    assert len(errors) == 9


def test_an_answer_that_memory_prevented_may_come_another_time(
    opened: OpenedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(generate, "answer_group", no_memory)
    (answer,) = opened.answer([Generate("x", "The box")])
    assert (answer.error, answer.permanent) == ("MemoryError: ", False)


def test_a_reply_that_fails_costs_no_other_of_its_group(opened: OpenedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = generate.answer_group

    def poisoned(weights: Weights, model: Any, jobs: Any, budget: int, needed: frozenset[str]) -> Any:
        if any(job.request.key == "2" for job in jobs):
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
        return whole(weights, model, jobs, budget, needed)

    monkeypatch.setattr(generate, "answer_group", poisoned)
    model = replace(opened)
    answers = {a.key: a for a in model.answer([Generate(str(n), "The box", max_new_tokens=2) for n in range(4)])}
    assert [key for key, answer in sorted(answers.items()) if answer.error] == ["2"]
    assert model.facts["revisions"] == {}


def test_a_batch_that_fails_loses_no_other(opened: OpenedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(generate, "answer_group", fail)
    answers = {answer.key: answer for answer in opened.answer(REQUESTS)}
    assert {answers[f"g{n}"].error for n in range(1, 9)} == {"ZeroDivisionError: no such luck"}
    assert {answers[f"c{n}"].error for n in range(1, 9)} == {None}
    assert not any(answer.permanent for answer in answers.values())


def test_facts_say_what_could_change_the_numbers(opened: OpenedModel) -> None:
    assert opened.facts["threads"] == 1
    assert opened.facts["device"] == DEVICE
    assert opened.facts["dtype"] == "float32"
    assert opened.facts["batch_tokens"] == 200


def test_facts_tell_the_plan(opened: OpenedModel) -> None:
    list(opened.answer(REQUESTS))
    assert opened.facts["plan"]["asked_tokens"] > opened.facts["plan"]["computed_tokens"] > 0
    assert opened.facts["revisions"] == {}


def test_the_budget_of_an_interrupted_evaluation_is_kept(reference: ModelReference) -> None:
    request = OpenRequest(reference, threads=1, resume={"batch_tokens": 77})
    with TransformersBackend(device=DEVICE).open(request) as model:
        assert model.batch_tokens == 77


def test_the_fast_precision_is_the_devices(reference: ModelReference, monkeypatch: pytest.MonkeyPatch) -> None:
    for has, expected in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(identify, "has_bfloat16", lambda _device, has=has: has)
        backend = TransformersBackend(dtype="fast", device=DEVICE)
        assert backend.identify(OpenRequest(reference)).numerics == f"{expected}/{DEVICE}"
        with backend.open(OpenRequest(reference, threads=1)) as model:
            assert model.facts["dtype"] == expected


def test_a_device_that_torch_cannot_use_is_told_with_the_remedy(reference: ModelReference) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has the device that must be missing")
    with (
        pytest.raises(UsageError, match="`device: cpu`"),
        TransformersBackend(device="cuda").open(OpenRequest(reference)),
    ):
        pass


def test_messages_to_a_model_without_template_are_an_error_of_that_request(
    opened: OpenedModel, make_tokenizer: Callable[..., Any]
) -> None:
    bare = replace(opened, weights=replace(opened.weights, tokenizer=make_tokenizer(None)))
    answers = {a.key: a.error for a in bare.answer([Generate("a", QUESTION), Generate("b", "hi", max_new_tokens=2)])}
    assert answers["b"] is None
    assert "no chat template" in str(answers["a"])
