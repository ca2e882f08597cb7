from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.suites.lmeval.importing import import_task
from harness.suites.records import Generation

if TYPE_CHECKING:
    from tests.suites.lmeval.conftest import MakeTask, Refusal

GREEDY = {"do_sample": False, "temperature": 0.7}
SAMPLED = {"do_sample": True, "temperature": 0.7, "top_p": 0.9}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, Generation(256, stop=("\n\n",))),
        ({"generation_kwargs": {"max_new_tokens": 5}}, Generation(5, stop=("\n\n",))),
        ({"generation_kwargs": {"until": []}}, Generation(256)),
        ({"generation_kwargs": GREEDY, "repeats": 8}, Generation(256, stop=("\n\n",))),
        (
            {"generation_kwargs": SAMPLED, "repeats": 8},
            Generation(256, temperature=0.7, top_p=0.9, stop=("\n\n",), samples=8),
        ),
    ],
)
def test_replies_are_drawn_as_lm_eval_draws_them(
    keys: dict[str, object], expected: Generation, reply_task: MakeTask
) -> None:
    assert import_task(reply_task(**keys)).suite.generation == expected


def test_each_filter_gives_each_metric_under_lm_evals_name(reply_task: MakeTask) -> None:
    filters = [
        {"name": "strict", "filter": [{"function": "regex", "regex_pattern": "#(.)"}, {"function": "take_first"}]},
        {
            "name": "vote",
            "filter": [{"function": "lowercase"}, {"function": "majority_vote"}, {"function": "take_first"}],
        },
    ]
    keys = {"filter_list": filters, "generation_kwargs": SAMPLED, "repeats": 4}
    metrics = import_task(reply_task(**keys, metric_list=[{"metric": "exact_match"}])).suite.metrics
    assert [(one.name, one.role, one.options["extract"]) for one in metrics] == [
        ("exact_match,strict", "primary", [{"use": "regex", "pattern": "#(.)"}, "first"]),
        ("exact_match,vote", "watch", ["lowercase", "majority", "first"]),
    ]


def test_without_filters_the_first_of_several_replies_counts(reply_task: MakeTask) -> None:
    (metric,) = import_task(reply_task(generation_kwargs=SAMPLED, repeats=4)).suite.metrics
    assert metric.options == {"normalise": "verbatim", "extract": ["first"]}


def test_letters_are_looked_for_among_the_choices_of_the_row(reply_task: MakeTask) -> None:
    letters = [{"name": "letter", "filter": [{"function": "multi_choice_regex", "ignore_case": True}]}]
    rows = [{"question": "?", "choices": ["yes", "no"], "reply": "(A)"}]
    suite = import_task(reply_task(rows, filter_list=letters)).suite
    assert suite.cases[0].choices == ("yes", "no")
    (step,) = suite.metrics[0].options["extract"]
    assert (step["use"], step["ignore_case"]) == ("choice-letter", True)


def steps(*written: dict[str, object]) -> dict[str, object]:
    return {"filter_list": [{"name": "own", "filter": list(written)}]}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (steps({"function": "regx"}), "filter_list: own: 'regx' is not supported (did you mean 'regex'?); regex, "),
        (
            steps({"function": "regex", "pattern": "x"}),
            "filter_list: own: regex: unknown option 'pattern'; known: regex_",
        ),
        (
            {"metric_list": [{"metric": "acc"}]},
            "metric_list: 'acc' is not supported; supported here: exact_match, bleu",
        ),
        (
            {"metric_list": [{"metric": "!function a.b"}]},
            "metric_list: !function a.b: a metric of one's own is a plugin",
        ),
        (
            {"metric_list": [{"metric": "exact_match", "ignore_accents": True}]},
            "metric_list: exact_match: option 'ignore_accents' is not supported; supported: ignore_case",
        ),
        (
            {"metric_list": [{"metric": "exact_match", "aggregation": "median"}]},
            "metric_list: exact_match: aggregation 'median' is not supported; mean, nanmean is",
        ),
        ({"generation_kwargs": {"num_beams": 4}}, "generation_kwargs: 'num_beams' is not supported; supported: until"),
        ({"metric_list": [{"metric": "bleu"}] * 501}, "metric_list: list should have at most 500 items"),
        (
            {
                "metric_list": [{"metric": "bleu"}] * 30,
                "filter_list": [{"name": str(n), "filter": [{"function": "lowercase"}]} for n in range(20)],
            },
            "metric_list: 30 metrics behind each of 20 filters are more than 500",
        ),
        (steps({"function": {}}), "filter_list: own: {} is not supported; regex, "),
        (steps({"function": "map", "mapping_dict": ["a"]}), "filter_list: own: map: mapping_dict is no mapping of"),
        ({"generation_kwargs": {"until": 8}}, "generation_kwargs: until is 8; write a text or a list of texts"),
        ({"generation_kwargs": {"max_gen_toks": ["a"]}}, "generation_kwargs: max_gen_toks is ['a']; write a number"),
        (
            {"generation_kwargs": {"temperature": -1}},
            "generation_kwargs: temperature is -1; write a number that is not",
        ),
        ({"generation_kwargs": {"do_sample": True}}, "generation_kwargs: do_sample: true needs a temperature above 0"),
        (
            {"generation_kwargs": SAMPLED, "repeats": 2, **steps({"function": "lowercase"})},
            "filter_list: own: 2 replies are left; let it end with take_first",
        ),
    ],
)
def test_what_would_give_another_figure_is_refused(
    keys: dict[str, object], said: str, reply_task: MakeTask, refusal: Refusal
) -> None:
    assert refusal(reply_task(**keys)).startswith(f"sums.yaml: {said}")


def test_several_targets_go_with_exact_match_alone(make_task: MakeTask, refusal: Refusal) -> None:
    rows = [{"question": "?", "aliases": ["a", "b"]}]
    file = make_task(rows, doc_to_target="{{aliases}}", metric_list=[{"metric": "bleu"}])
    assert refusal(file) == "sums.yaml: metric_list: bleu with several targets is not supported; exact_match is"


def test_nothing_but_take_first_filters_a_choice(choice_task: MakeTask, refusal: Refusal) -> None:
    assert len(import_task(choice_task(**steps({"function": "take_first"}))).suite.metrics) == 2
    assert "only take_first is supported" in refusal(choice_task(**steps({"function": "lowercase"})))
