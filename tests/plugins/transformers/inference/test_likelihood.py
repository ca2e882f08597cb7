from collections.abc import Sequence

import pytest
from where import DEVICE

from harness.types import Answer, Likelihood, LogLikelihood, Message
from harness_transformers.inference.model import OpenedModel

CHOICES = ("box", "ring at the door", " light", "phone, app and button", "")
CASES = [
    LogLikelihood("chat", (Message("user", "What rings?"),), CHOICES),
    LogLikelihood("long", (Message("system", "You help people."), Message("user", "What rings at the door?")), CHOICES),
    LogLikelihood("raw", "The answer is:", (" box", " ring")),
    LogLikelihood("one", (Message("user", "What rings?"),), ("The box rings when someone is at the door.",)),
    LogLikelihood("two", "Hold the round", (" button for five seconds",)),
    LogLikelihood("space", "The answer is ", ("box", "the box rings")),
    LogLikelihood("middle of a word", "Hold the round but", ("ton", "tons of")),
    LogLikelihood("nothing before", "", ("The box rings.", "box")),
]


def plainly(model: OpenedModel, request: LogLikelihood) -> list[float]:
    """Each continuation in a full forward pass of its own, everything behind the longest common token prefix scored."""
    import torch

    tokenizer = model.weights.tokenizer
    chat = not isinstance(request.prompt, str)
    text = request.prompt
    if not isinstance(text, str):
        records = [{"role": m.role, "content": m.content} for m in text]
        text = tokenizer.apply_chat_template(records, tokenize=False, add_generation_prompt=True)
    found = []
    for continuation in request.continuations:
        context = tokenizer(text, add_special_tokens=not chat)["input_ids"] or [tokenizer.bos_token_id]
        whole = tokenizer(text + continuation, add_special_tokens=not chat)["input_ids"]
        whole = whole if text else [tokenizer.bos_token_id, *whole]
        same = 0
        while same < min(len(context), len(whole)) and context[same] == whole[same]:
            same += 1
        with torch.inference_mode():
            shares = model.weights.model(torch.tensor([whole]).to(DEVICE)).logits[0].log_softmax(-1)
        found.append(sum(float(shares[at - 1, whole[at]]) for at in range(same, len(whole))))
    return found


def sums(answers: Sequence[Answer]) -> dict[str, list[float]]:
    return {answer.key: [one.log_likelihood for one in answer.likelihoods] for answer in answers}


def test_sharing_the_prompt_changes_no_likelihood(opened: OpenedModel) -> None:
    found = sums(list(opened.answer(CASES)))
    assert found.keys() == {case.key for case in CASES}
    for case in CASES:
        assert found[case.key] == pytest.approx(plainly(opened, case), abs=1e-4), case.key


def test_a_likelihood_does_not_depend_on_its_batch(opened: OpenedModel) -> None:
    together, alone = sums(list(opened.answer(CASES))), sums([next(iter(opened.answer([case]))) for case in CASES])
    for key, found in together.items():
        assert found == pytest.approx(alone[key], abs=1e-4), key


def test_the_tokens_of_a_continuation_are_counted(opened: OpenedModel) -> None:
    (answer,) = opened.answer([LogLikelihood("x", "Hold the", (" round", "", " round button"))])
    counts = [len(opened.weights.tokenizer(text)["input_ids"]) for text in (" round", "", " round button")]
    assert [one.tokens for one in answer.likelihoods] == counts
    assert answer.likelihoods[1] == Likelihood(0.0, 0)


def test_a_likelihood_is_the_models_own_loss(opened: OpenedModel) -> None:
    import torch

    (answer,) = opened.answer([LogLikelihood("x", "The", (" box rings when someone is at the door.",))])
    text = opened.weights.tokenizer("The box rings when someone is at the door.", return_tensors="pt")
    ids = text["input_ids"].to(DEVICE)
    with torch.inference_mode():
        loss = float(opened.weights.model(ids, labels=ids).loss)
    (one,) = answer.likelihoods
    assert one.tokens == ids.shape[1] - 1
    assert -one.log_likelihood / one.tokens == pytest.approx(loss, abs=1e-5)


def test_a_case_that_is_too_long_harms_no_other(opened: OpenedModel) -> None:
    tokens = len(opened.weights.tokenizer("box " * 300 + "x")["input_ids"])
    answers = {a.key: a for a in opened.answer([LogLikelihood("long", "box " * 300, ("", "x")), CASES[0]])}
    assert answers["long"].error == f"too long: {tokens - 1} tokens, context 192"
    assert answers["chat"].error is None


def test_a_case_without_continuations_has_no_likelihoods(opened: OpenedModel) -> None:
    (answer,) = opened.answer([LogLikelihood("none", "Hold", ())])
    assert (answer.likelihoods, answer.error) == ((), None)


@pytest.mark.parametrize("prompt", ["", "Hold the round button"])
def test_a_text_longer_than_the_context_is_read_in_windows_each_token_once(opened: OpenedModel, prompt: str) -> None:
    text = " The box rings when someone is at the door." * 20
    (whole,) = opened.answer([LogLikelihood("x", prompt, (text,), windows=True)])
    ids = opened.weights.tokenizer(prompt + text)["input_ids"]
    count = len(opened.weights.tokenizer(prompt)["input_ids"])
    assert len(ids) > 192
    assert whole.likelihoods[0].tokens == len(ids) - count
    first = ids if prompt else [opened.weights.tokenizer.bos_token_id, *ids]
    assert whole.likelihoods[0].log_likelihood == pytest.approx(by_windows(opened, first, len(ids) - count), abs=1e-3)


def by_windows(model: OpenedModel, ids: list[int], scored: int) -> float:
    """The first window is the first 192 inputs, each later one the next 192 tokens behind all that fits before them."""
    import torch

    total, done = 0.0, len(ids) - scored
    end = min(193, len(ids))
    while done < len(ids):
        begin = max(0, end - 193)
        with torch.inference_mode():
            window = torch.tensor([ids[begin : end - 1]]).to(DEVICE)
            shares = model.weights.model(window).logits[0].log_softmax(-1)
        total += sum(float(shares[at - 1 - begin, ids[at]]) for at in range(done, end))
        done, end = end, min(end + 192, len(ids))
    return total


def test_a_first_token_that_swallows_the_prompt_is_scored(opened: OpenedModel) -> None:
    """The tokenizer makes one token of "ing", so that nothing of the prompt "in" is left before it."""
    tokenizer = opened.weights.tokenizer
    assert [len(tokenizer(text)["input_ids"]) for text in ("in", "ing")] == [1, 1]
    (answer,) = opened.answer([LogLikelihood("x", "in", ("g", "g box"))])
    assert [one.tokens for one in answer.likelihoods] == [1, 1 + len(tokenizer(" box")["input_ids"])]
    assert all(one.log_likelihood < -0.1 for one in answer.likelihoods)


def test_each_continuation_may_have_a_prompt_of_its_own(opened: OpenedModel) -> None:
    own = LogLikelihood("own", "", (" rings", " rings"), prompts=("The box", "Hold the round"))
    alone = [LogLikelihood(str(n), prompt, (" rings",)) for n, prompt in enumerate(own.prompts)]
    found = sums(list(opened.answer([own, *alone])))
    assert found["own"] == pytest.approx([found["0"][0], found["1"][0]], abs=1e-5)
    assert found["own"][0] != pytest.approx(found["own"][1], abs=1e-2)
