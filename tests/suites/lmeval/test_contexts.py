from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.suites.lmeval.importing import import_task

if TYPE_CHECKING:
    from tests.suites.lmeval.conftest import MakeTask, Refusal


SAMPLES = {"sampler": "first_n", "samples": [{"question": f"Q{n}?", "options": ["x", "y"], "right": 1} for n in "12"]}


def prompts(file: Path, **options: Any) -> list[str]:
    return [str(case.prompt) for case in import_task(file, **options).suite.cases]


def test_description_examples_and_question_stand_one_after_the_other(choice_task: MakeTask) -> None:
    file = choice_task(description="{{question}} Choose.\n", fewshot_config=SAMPLES)
    assert prompts(file, shots=2)[0] == ("Two and two? Choose.\nQ: Q1?\nA: y\n\nQ: Q2?\nA: y\n\nQ: Two and two?\nA: ")
    assert prompts(file)[0] == "Two and two? Choose.\nQ: Two and two?\nA: "


def test_a_prefix_of_the_answer_meets_its_neighbours_with_a_space_where_there_is_none(choice_task: MakeTask) -> None:
    file = choice_task(
        gen_prefix="It is",
        target_delimiter="\n",
        fewshot_delimiter="|",
        fewshot_config=SAMPLES,
        num_fewshot=1,
    )
    assert prompts(file)[0] == "Q: Q1?\nA:\nIt is y|Q: Two and two?\nA:\nIt is\n"


def test_examples_are_drawn_with_lm_evals_seed_and_never_the_row_itself(
    choice_task: MakeTask, rows: Sequence[Mapping[str, Any]]
) -> None:
    drawn = random.Random(1234)
    expected = [[row for row in drawn.sample(rows, 2) if row != asked][:1] for asked in rows]
    for prompt, (example,) in zip(prompts(choice_task(fewshot_split="test", num_fewshot=1)), expected, strict=True):
        assert prompt.startswith(f"Q: {example['question']}\nA: {example['options'][example['right']]}\n\nQ: ")  # type: ignore[index]


def test_the_first_examples_of_the_evaluated_split_leave_out_the_row(choice_task: MakeTask) -> None:
    file = choice_task(fewshot_split="test", num_fewshot=1, fewshot_config={"sampler": "first_n"})
    assert [prompt.splitlines()[0] for prompt in prompts(file)] == [
        "Q: Two and three?",
        "Q: Two and two?",
        "Q: Two and two?",
    ]


def test_examples_may_be_written_otherwise_than_the_question(choice_task: MakeTask) -> None:
    own = {"doc_to_text": "{{question}}", "doc_to_target": "{{options[right]}}!", "target_delimiter": " = "}
    file = choice_task(num_fewshot=1, fewshot_config=SAMPLES | own)
    assert prompts(file)[0] == "Q1? = y!\n\nQ: Two and two?\nA: "


@pytest.mark.parametrize("config", [{"sampler": "first_n"}, {}])
def test_too_few_examples_are_an_error(config: dict[str, str], choice_task: MakeTask, refusal: Refusal) -> None:
    said = refusal(choice_task(fewshot_split="test", num_fewshot=3, fewshot_config=config))
    assert said.startswith("sums.yaml: num_fewshot: 3 examples are asked for, of ")


def test_a_task_without_examples_on_purpose_is_not_overruled(choice_task: MakeTask, refusal: Refusal) -> None:
    assert "num_fewshot: is 0, which lm-eval lets no option change" in refusal(choice_task(num_fewshot=0), shots=2)
