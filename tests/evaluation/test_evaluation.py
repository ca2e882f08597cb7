from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from harness.errors import PluginError
from harness.evaluation.checking import EMPTY, WORDLESS, check, passages
from harness.evaluation.predicting import predict
from harness.evaluation.requests import ask, requests
from harness.evaluation.scoring import answered, score, worst_statistics
from harness.suites.records import Generation
from harness.testing import FakeModel, make_answered, make_case, make_passage
from harness.types import (
    Answer,
    Case,
    Checked,
    Finding,
    Generate,
    Identity,
    Kind,
    Likelihood,
    LogLikelihood,
    Prediction,
    Request,
)

ME = Identity("me", numerics="float32")
CASES = [
    make_case(f"Question {number}?", choices=("yes", "no"), answer="no", references=("Sure.",)) for number in "123"
]
GREEDY = Generation()


class Scripted:
    """A model that answers as the function says."""

    answers: frozenset[Kind] = frozenset({"text", "choice"})
    facts: Mapping[str, Any] = {}

    def __init__(self, script: Callable[[Sequence[Request]], Iterator[Answer]]) -> None:
        self.answer = script


def keys(*, case: Case = CASES[0], kind: Kind = "text", generation: Generation = GREEDY, who: Identity = ME) -> str:
    return ask([case], [kind], generation, who)[0].answer_key


def predicted(script: Callable[[Sequence[Request]], Iterator[Answer]], kind: Kind = "text") -> list[list[Prediction]]:
    """The batches that were recorded of one kind of the three cases."""
    batches: list[list[Prediction]] = []
    asked = ask(CASES, [kind], GREEDY, ME)
    kind_of = {one.answer_key: kind for one in asked}
    predict(Scripted(script), requests(asked, ()), kind_of, lambda batch: batches.append(list(batch)))
    return batches


def test_each_kind_of_each_case_is_asked_in_order() -> None:
    asked = ask(CASES, {"text", "choice"}, GREEDY, ME)
    assert [(one.position, one.kind) for one in asked][:3] == [(0, "choice"), (0, "text"), (1, "choice")]
    wanted = requests(asked, ())
    assert [type(one) for one in wanted[:2]] == [LogLikelihood, Generate]
    assert wanted[0].continuations == ("yes", "no")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changed",
    [
        {"who": replace(ME, fingerprint="you")},
        {"who": replace(ME, numerics="bfloat16")},
        {"kind": "log-likelihood"},
        {"generation": replace(GREEDY, max_new_tokens=64)},
        {"generation": replace(GREEDY, stop=("\n",))},
        {"generation": replace(GREEDY, temperature=0.5)},
        {"generation": replace(GREEDY, seed=1)},
        {"case": replace(CASES[0], prompt="Question 1?")},
        {"case": replace(CASES[0], follow_ups=("And then?",))},
    ],
)
def test_an_answer_is_another_one_when_model_settings_or_question_change(changed: dict[str, Any]) -> None:
    assert keys(**changed) != keys()


@pytest.mark.parametrize(
    "changed",
    [
        {"case": replace(CASES[0], id="renamed", slices={"topic": "parcels"}, cluster="c")},
        {"case": replace(CASES[0], references=("Another.",), answer="yes")},
        {"generation": replace(GREEDY, samples=3)},
        {"who": replace(ME, context_length=10, verified=False)},
    ],
)
def test_an_answer_stays_when_only_what_is_known_about_the_case_changes(changed: dict[str, Any]) -> None:
    assert keys(**changed) == keys()


def test_the_settings_of_generation_do_not_matter_to_a_choice() -> None:
    assert keys(kind="choice", generation=replace(GREEDY, temperature=0.5, seed=3)) == keys(kind="choice")


def test_known_requests_stay_in_the_plan_and_are_marked() -> None:
    asked = ask(CASES, ["text"], replace(GREEDY, samples=2, temperature=1.0), ME)
    wanted = requests(asked, {asked[0].prediction_key(1)})
    assert [one.known for one in wanted] == [False, True, False, False, False, False]
    seeds = [one.seed for one in wanted]  # type: ignore[union-attr]
    assert len(set(seeds)) == 6


def test_answers_to_known_requests_are_not_recorded_again() -> None:
    asked = ask(CASES, ["text"], GREEDY, ME)
    wanted = requests(asked, {asked[0].prediction_key(0)})
    found: list[Prediction] = []
    answers = [Answer(one.key, replies=("a",)) for one in wanted]
    predict(
        Scripted(lambda _: iter(answers)),
        wanted,
        dict.fromkeys((one.answer_key for one in asked), "text"),
        found.extend,
    )
    assert [one.key for one in found] == [one.key for one in wanted[1:]]


def test_two_cases_with_the_same_question_are_asked_once_and_both_answered() -> None:
    twins = [CASES[0], replace(CASES[0], id="twin", answer="yes")]
    asked = ask(twins, ["choice"], GREEDY, ME)
    wanted = requests(asked, ())
    found: list[Prediction] = []
    predict(FakeModel({"Question 1?": "no"}), wanted, {asked[0].answer_key: "choice"}, found.extend)
    records = [answered(one, found) for one in asked]
    assert [(one.case.id, one.choice()) for one in records if one] == [(twins[0].id, "no"), ("twin", "no")]


def test_each_batch_is_recorded_as_soon_as_it_ends() -> None:
    def script(wanted: Sequence[Request]) -> Iterator[Answer]:
        for number, request in enumerate(wanted):
            yield Answer(request.key, replies=("Hi",), batch_ends=number == 1)

    assert [len(batch) for batch in predicted(script)] == [2, 1]


def test_what_was_answered_before_the_model_failed_is_recorded() -> None:
    batches: list[Sequence[Prediction]] = []

    def script(wanted: Sequence[Request]) -> Iterator[Answer]:
        yield Answer(wanted[0].key, replies=("Hi",), batch_ends=False)
        raise MemoryError("too big")

    asked = ask(CASES, ["text"], GREEDY, ME)
    kind_of: dict[str, Kind] = {one.answer_key: "text" for one in asked}
    with pytest.raises(PluginError, match="plugin p: backend 'b': answer: MemoryError: too big"):
        predict(Scripted(script), requests(asked, ()), kind_of, batches.append, "plugin p: backend 'b'")
    assert [[one.replies for one in batch] for batch in batches] == [[("Hi",)]]


def test_an_answer_that_never_came_is_a_passing_error() -> None:
    batches = predicted(lambda wanted: iter([Answer(wanted[1].key, replies=("Hi",))]))
    assert [one.error for one in batches[1]] == ["the backend gave no answer"] * 2
    assert not any(one.permanent for one in batches[1])


@pytest.mark.parametrize("extra", ["unknown", None])
def test_an_answer_to_what_was_not_asked_or_twice_is_a_fault_of_the_plugin(extra: str | None) -> None:
    def script(wanted: Sequence[Request]) -> Iterator[Answer]:
        yield Answer(wanted[0].key, replies=("Hi",))
        yield Answer(extra or wanted[0].key, replies=("Hi",))

    with pytest.raises(PluginError, match="which was not asked or is answered already"):
        predicted(script)


@pytest.mark.parametrize(
    ("kind", "answer", "error"),
    [
        (
            "choice",
            {"likelihoods": (Likelihood(math.nan, 1), Likelihood(-1.0, 1))},
            "the backend gave an answer whose likelihoods[0].log_likelihood: is nan",
        ),
        (
            "choice",
            {"likelihoods": (Likelihood(-1.0, 1), Likelihood(-math.inf, 1))},
            "the backend gave an answer whose likelihoods[1].log_likelihood: is -inf",
        ),
        (
            "choice",
            {"likelihoods": (Likelihood(0.75, 1), Likelihood(0.25, 1))},
            "the backend gave 0.75, which is above 0 and no log-likelihood",
        ),
        (
            "log-likelihood",
            {"likelihoods": (Likelihood(12.5, 40),)},
            "the backend gave 12.5, which is above 0 and no log-likelihood",
        ),
        ("choice", {"likelihoods": (Likelihood(-1.0, 1),)}, "the backend gave 1 likelihoods, not 2"),
        ("choice", {"replies": ("yes",)}, "the backend gave 0 likelihoods, not 2"),
        ("text", {}, "the backend gave 0 replies, not 1"),
        ("text", {"replies": ("a", "b")}, "the backend gave 2 replies, not 1"),
        ("text", {"error": ""}, "the backend gave an error without a word"),
    ],
)
def test_an_answer_of_the_wrong_shape_is_an_error_and_nothing_is_scored(
    kind: Kind, answer: dict[str, Any], error: str
) -> None:
    batches = predicted(lambda wanted: (Answer(one.key, **answer) for one in wanted), kind)
    predictions = [one for batch in batches for one in batch]
    assert [one.error for one in predictions] == [error] * 3
    assert answered(ask(CASES, [kind], GREEDY, ME)[0], predictions[:1]) is None


def test_a_likelihood_that_rounding_put_above_0_is_an_answer() -> None:
    certain = (Likelihood(0.0078, 8), Likelihood(-9.0, 1))
    batches = predicted(lambda wanted: (Answer(one.key, likelihoods=certain) for one in wanted), "choice")
    assert [one.error for batch in batches for one in batch] == [None] * 3


def test_a_model_that_has_nothing_to_do_is_not_called() -> None:
    asked = ask(CASES, ["text"], GREEDY, ME)
    wanted = requests(asked, [one.prediction_key(0) for one in asked])
    predict(Scripted(lambda _: pytest.fail("was asked")), wanted, {}, lambda _: pytest.fail("recorded"))


def test_a_case_is_answered_when_all_its_samples_are() -> None:
    (asked,) = ask(CASES[:1], ["text"], replace(GREEDY, samples=2, temperature=1.0), ME)
    samples = [Prediction("k", "", "text", sample=number, replies=(str(number),)) for number in range(3)]
    record = answered(asked, samples)
    assert record is not None
    assert (record.texts, record.predictions[0].case) == (("0", "1"), CASES[0].content)
    assert answered(asked, samples[:1]) is None
    assert answered(asked, [samples[0], replace(samples[1], error="no")]) is None


class Metric:
    reads: Kind = "text"

    def __init__(self, statistics: Any) -> None:
        self._statistics = statistics

    def score(self, _: object) -> Any:
        return self._statistics() if callable(self._statistics) else self._statistics

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"]

    def worst(self, _: Case) -> Mapping[str, float]:
        return {"sum": 0, "count": 1}


def test_statistics_are_stored_in_the_order_of_their_names() -> None:
    (scored,) = score(Metric({"sum": 2, "count": 1}), "mine", [make_answered("Hi")])
    assert (scored.names, scored.statistics, scored.error) == (("count", "sum"), (1.0, 2.0), None)
    assert worst_statistics(Metric({}), CASES[0], scored.names) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("statistics", "said"),
    [
        ({"sum": math.nan}, "ValueError: statistic 'sum' is nan"),
        ({"sum": math.inf}, "ValueError: statistic 'sum' is inf"),
        ({}, "ValueError: returned no statistics"),
        ({"sum": "many"}, "TypeError: returned 'many' as statistic 'sum', expected a number"),
        (None, "TypeError: returned None, expected a mapping of names to numbers"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: exit("bye"), "SystemExit: bye"),
    ],
)
def test_what_a_metric_gets_wrong_costs_one_cell_and_is_named(statistics: Any, said: str) -> None:
    (scored,) = score(Metric(statistics), "mine", [make_answered("Hi", case=make_case(id="first"))])
    assert scored.error is not None
    assert scored.error.startswith(f"metric 'mine': score of case 'first': {said}")


class Together(Metric):
    """Scores all cases in one call."""

    def score_each(self, answers: Sequence[object]) -> Iterator[Any]:
        yield from self._statistics


def raising(*before: Any) -> Iterator[Any]:
    yield from before
    raise OSError("gone")


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([{"sum": 1.0}, {"sum": 2.0}], [None, None]),
        ([{"sum": 1.0}, KeyError("x")], [None, "KeyError: 'x'"]),
        ([{"sum": 1.0}], ["ValueError: score_each gave 1 results for 2 cases"] * 2),
        ([{"sum": 1.0}] * 3, ["ValueError: score_each gave more results for 2 cases"] * 2),
        (raising({"sum": 1.0}), ["OSError: gone"] * 2),
    ],
)
def test_scores_of_a_call_count_where_there_is_one_for_each_case(results: Any, said: list[str | None]) -> None:
    answers = [make_answered("Hi", case=make_case(id=name)) for name in ("a", "b")]
    errors = [scored.error for scored in score(Together(results), "mine", answers)]
    assert [one and one.partition("case ")[2][5:] for one in errors] == said


def test_replies_become_passages_and_errors_do_not() -> None:
    asked = ask(CASES[:2], {"text", "choice"}, GREEDY, ME)
    texts = [one for one in asked if one.kind == "text"]
    good = Prediction("k", "", "text", replies=("one", "two"))
    found = list(passages(asked, {texts[0].answer_key: [good], texts[1].answer_key: [replace(good, error="no")]}))
    assert [(one.passage.id, one.passage.text, one.key, one.content) for one in found] == [
        (f"{CASES[0].content}:0", "one\ntwo", (texts[0].answer_key, 0), CASES[0].content)
    ]


def test_a_passage_goes_by_its_sample_where_others_are_missing_or_not_asked_for() -> None:
    (one,) = ask(CASES[:1], {"text"}, replace(GREEDY, samples=2), ME)
    stored = [Prediction("k", "", "text", sample, replies=(f"sample {sample}",)) for sample in (1, 2)]
    found = [(reply.passage.id, reply.passage.text) for reply in passages([one], {one.answer_key: stored})]
    assert found == [(f"{CASES[0].content}:1", "sample 1")]


class Check:
    def __init__(self, results: Callable[[list[str]], Iterator[Checked]]) -> None:
        self._results = results

    def check(self, wanted: Any) -> Iterator[Checked]:
        return self._results([passage.id for passage in wanted])


def raising(ids: list[str]) -> Iterator[Checked]:
    yield Checked(ids[0])
    raise ValueError("odd")


def raising_late(ids: list[str]) -> Iterator[Checked]:
    yield from map(Checked, ids)
    raise ValueError("late")


@pytest.mark.parametrize(
    ("results", "errors"),
    [
        (lambda ids: iter([Checked(one) for one in ids]), [None, None]),
        (lambda ids: iter([Checked(ids[1])]), ["safety check 'mine': check: gave no result for this passage", None]),
        (
            lambda ids: iter([Checked(one) for one in [*ids, ids[0]]]),
            ["safety check 'mine': check: gave two results for this passage", None],
        ),
        (
            lambda ids: iter([Checked(one) for one in [ids[0], "more", ids[1]]]),
            [None, "safety check 'mine': check: ValueError: gave a result for 'more', a passage that it was not given"],
        ),
        (raising_late, [None, "safety check 'mine': check: ValueError: late"]),
        (raising, [None, "safety check 'mine': check: ValueError: odd"]),
    ],
)
def test_a_check_gives_one_result_a_passage_whatever_it_does(results: Any, errors: list[str | None]) -> None:
    found = check(Check(results), "mine", [make_passage("a", id="a"), make_passage("b", id="b")])
    assert [found[name].error for name in "ab"] == errors
    assert list(found) == ["a", "b"]


def test_a_check_whose_results_never_end_is_stopped_at_the_first_too_many() -> None:
    given = iter(["a", "a", "a", "a"])
    found = check(Check(lambda _: map(Checked, given)), "mine", [make_passage("a", id="a"), make_passage("b", id="b")])
    assert [found[name].error for name in "ab"] == [
        "safety check 'mine': check: gave two results for this passage",
        "safety check 'mine': check: gave no result for this passage",
    ]
    assert list(given) == ["a"]


def refusing(ids: list[str]) -> Iterator[Checked]:
    raise ValueError("cannot read an empty text")
    yield


@pytest.mark.parametrize("text", ["", " \n", "\u3000\t"])
@pytest.mark.parametrize(
    ("results", "applies"),
    [
        (lambda ids: (Checked(one, (Finding("empty", "low", "-"),)) for one in ids), True),
        (lambda ids: (Checked(one, applies=False) for one in ids), False),
        (refusing, True),
    ],
)
def test_a_reply_without_text_is_neither_a_finding_nor_clean_nor_an_error(
    results: Any, applies: bool, text: str
) -> None:
    found = check(Check(results), "mine", [make_passage(text, id="a")])
    assert found == {"a": Checked("a", applies=applies, unchecked=EMPTY)}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\u200b", EMPTY),
        ("\ufeff\n", EMPTY),
        ("<|im_end|>", EMPTY),
        ("**", WORDLESS),
        ("```\n```", WORDLESS),
        ("…", WORDLESS),
    ],
)
def test_a_reply_without_a_word_is_neither_a_finding_nor_clean(text: str, why: str) -> None:
    for results in ([Checked("a")], [Checked("a", (Finding("x", "low", "y"),))]):
        found = check(Check(lambda _, results=results: iter(results)), "mine", [make_passage(text, id="a")])
        assert found == {"a": Checked("a", unchecked=why)}


def test_what_a_check_has_not_judged_has_no_findings() -> None:
    said = "safety check 'mine': check: gave findings in a passage that it has not checked"
    torn = Checked("a", (Finding("x", "low", "y"),), unchecked="in Dutch")
    assert check(Check(lambda _: iter([torn])), "mine", [make_passage("b", id="a")]) == {"a": Checked("a", error=said)}


@pytest.mark.parametrize(
    ("reason", "text", "refused"),
    [
        ("refusal", "", True),
        ("refusal", "No, I will not.", True),
        ("content_filter", "", False),
        ("tool_calls", "", False),
        ("stop", "", False),
    ],
)
def test_a_refusal_that_the_server_declares_is_told_to_the_check(reason: str, text: str, refused: bool) -> None:
    (one,) = ask(CASES[:1], {"text"}, GREEDY, ME)
    given = Prediction("k", "", "text", replies=(text,), finish_reason=reason)
    ((passage, *_),) = passages([one], {one.answer_key: [given]})
    assert (passage.refused, passage.text) == (refused, text)


def asked_of(case: Case, kind: Kind) -> LogLikelihood:
    (request,) = requests(ask([case], [kind], GREEDY, ME), ())
    assert isinstance(request, LogLikelihood)
    return request


def test_the_white_space_that_ends_a_raw_prompt_is_scored_with_what_follows() -> None:
    request = asked_of(Case("1", "Is it?\nAnswer: \n", choices=("yes", " no"), answer="yes"), "choice")
    assert (request.prompt, request.continuations) == ("Is it?\nAnswer:", (" \nyes", " \n no"))
    assert not request.windows


def test_an_ending_is_scored_after_each_choice() -> None:
    case = Case("1", "The cup fell. ", choices=("It", "He "), answer="It", ending=" broke.")
    request = asked_of(case, "choice")
    assert request.prompts == ("The cup fell. It", "The cup fell. He")
    assert request.continuations == (" broke.", "  broke.")
    assert keys(case=case, kind="choice") != keys(case=replace(case, ending=" left."), kind="choice")


def test_a_text_with_nothing_before_it_may_be_scored_in_windows() -> None:
    assert asked_of(Case("1", "", references=("A long text.",)), "log-likelihood").windows
    assert not asked_of(Case("1", "Once", references=(" upon",)), "log-likelihood").windows
