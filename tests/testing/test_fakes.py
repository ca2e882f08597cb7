from pathlib import Path

import pytest

from harness.protocols import SharesWeights, Signal
from harness.testing import (
    BackendContract,
    FakeBackend,
    FakeDeath,
    FakeModel,
    FakeTrainer,
    TrainerContract,
    make_conversation,
    make_conversation_set,
    write_fake_model,
)
from harness.types import Generate, LogLikelihood, Message, ModelReference, OpenRequest, StepRecord, TrainRequest
from harness.types.component import Component

HELLO = (Message("system", "Be kind."), Message("user", "Hello?"))


class TestFakeBackend(BackendContract):
    def component(self) -> Component[FakeBackend]:
        return Component("fake", FakeBackend)

    def model(self, folder: Path) -> ModelReference:
        return write_fake_model(
            folder / "model.json", {"Where is my parcel?": "It is on its way to you.", "x": "refund"}
        )


class TestFakeTrainer(TrainerContract):
    def component(self) -> Component[FakeTrainer]:
        return Component("fake", FakeTrainer)

    def model(self, folder: Path) -> ModelReference:
        return write_fake_model(folder / "model.json", {})


class Records:
    """A monitor that keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def step(self, record: StepRecord) -> Signal:
        self.steps.append(record.step)
        return "continue"


def training(folder: Path) -> TrainRequest:
    conversations = make_conversation_set([make_conversation("Hello?", "Hi.", "Bye?", "Good bye.")])
    model = write_fake_model(folder / "model.json", {"Hello?": "Hello!"})
    return TrainRequest(model, conversations, conversations, folder)


def test_a_reply_is_looked_up_by_the_last_user_message_of_each_turn() -> None:
    model = FakeModel({"Hello?": "Hello there, dear friend", "Bye?": "Bye END or not"})
    request = Generate("k", HELLO, max_new_tokens=3, stop=("END",), follow_ups=("Bye?", "Hm?"))
    (answer,) = model.answer([request])
    assert answer.replies == ("Hello there, dear", "Bye ", "")
    assert (answer.finish_reason, answer.new_tokens) == ("length", 4)


def test_a_function_can_give_the_replies() -> None:
    (answer,) = FakeModel(str.upper).answer([Generate("k", "raw prompt")])
    assert answer.replies == ("RAW PROMPT",)


def test_the_continuation_equal_to_the_reply_is_the_likeliest() -> None:
    request = LogLikelihood("k", HELLO, ("refund please", " delivery"))
    (known,) = FakeModel({"Hello?": "delivery"}).answer([request])
    (unknown,) = FakeModel().answer([request])
    assert [(one.log_likelihood, one.tokens) for one in known.likelihoods] == [(-4.0, 2), (-0.1, 1)]
    assert [one.log_likelihood for one in unknown.likelihoods] == [-4.0, -2.0]


def test_it_fails_on_a_prompt_and_answers_the_others() -> None:
    answers = FakeModel(fail_on="ell").answer([Generate("bad", HELLO), Generate("good", "Bye?")])
    assert [(answer.key, answer.error) for answer in answers] == [("bad", "the fake fails on 'ell'"), ("good", None)]


def test_it_dies_after_some_answers_but_not_when_resumed() -> None:
    requests = [Generate(str(number), "Hello?") for number in range(3)]
    answers = FakeModel(die_after=2).answer(requests)
    assert [next(answers).key, next(answers).key] == ["0", "1"]
    with pytest.raises(FakeDeath):
        next(answers)
    resumed = [Generate("0", "Hello?", known=True), *requests[1:], Generate("3", "Hello?")]
    assert [answer.key for answer in FakeModel(die_after=2).answer(resumed)] == ["1", "2", "3"]


def test_its_identity_is_its_replies_and_not_its_faults(tmp_path: Path) -> None:
    models = [
        write_fake_model(tmp_path / "a.json", {"x": "y"}),
        write_fake_model(tmp_path / "b.json", {"x": "y"}, fail_on="z", die_after=3),
        write_fake_model(tmp_path / "c.json", {"x": "z"}),
    ]
    a, b, c = (FakeBackend().identify(OpenRequest(model)) for model in models)
    assert a == b
    assert (a.fingerprint != c.fingerprint, a.parts["tokenizer"] == c.parts["tokenizer"]) == (True, True)


def test_a_file_that_is_no_fake_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"reply": {}}')
    for name in ("bad.json", "missing.json"):
        with pytest.raises(ValueError, match=name):
            FakeBackend().identify(OpenRequest(ModelReference(str(tmp_path / name))))


def test_what_was_trained_is_answered_through_the_adapter_on_the_same_weights(tmp_path: Path) -> None:
    request = training(tmp_path)
    checkpoint = FakeTrainer(learns={"Tent?": "Dry it."}, steps=2).train(request, Records())
    with FakeBackend().open(OpenRequest(request.model)) as base:
        assert isinstance(base, SharesWeights)
        trained = base.variant(checkpoint.model)
        assert trained is not None
        questions = [Generate(text, text) for text in ("Hello?", "Bye?", "Tent?")]
        assert [answer.replies[0] for answer in base.answer(questions)] == ["Hello!", "", ""]
        assert [answer.replies[0] for answer in trained.answer(questions)] == ["Hello!", "Good bye.", "Dry it."]
        assert base.variant(ModelReference("another.json")) is None


def test_a_training_that_died_goes_on_and_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    trainer, before, after = FakeTrainer(die_after=2), Records(), Records()
    with pytest.raises(FakeDeath):
        trainer.train(training(tmp_path / "died"), before)
    resumed = trainer.train(training(tmp_path / "died"), after)
    undisturbed = FakeTrainer().train(training(tmp_path / "whole"), Records())
    assert (before.steps, after.steps) == ([1, 2], [3, 4])
    assert resumed.curve == undisturbed.curve


def test_a_trainer_fails_on_a_conversation(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the fake trainer fails on 'Bye' in conversation"):
        FakeTrainer(fail_on="Bye").train(training(tmp_path), Records())


@pytest.mark.parametrize("options", [{"steps": 0}, {"die_after": 0}])
def test_counts_below_1_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be 1 or more, not 0"):
        FakeTrainer(**options)  # type: ignore[arg-type]
