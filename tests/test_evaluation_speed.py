"""What `tests/benchmarks/evaluation_speed.py` asks both sides and says of them; the runs are made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from evaluation import ours, theirs
from evaluation.agreement import Agreement, agreement
from evaluation.growth import Growth
from evaluation.measure import Measured
from evaluation.ours import Answered
from evaluation.processes import FailedError, Took, run
from evaluation.promises import broken, growth_promises, row_promises
from evaluation.rows import CHOICE_ROWS, Case, Row
from evaluation.tables import markdown
from evaluation.texts import Texts, draw_texts
from evaluation.work import distinct

from harness.suites.document import load_suite

CITIES = Row(
    "cities", "two cities", "choice", (Case("France:", (" Paris", " Rome")), Case("Italy:", (" Pisa", " Rome"), 1))
)


@pytest.fixture(scope="module")
def texts() -> Texts:
    return draw_texts(
        {f"Ġ{first}{second}": 20 * at for at, first in enumerate("bdfglmnprst") for second in ("a", "ola")}
    )


def measured(seconds: tuple[float, float], found: Agreement, **changes: Any) -> Measured:
    """A row on which ours and theirs took so long, start-up 1 s each, with a thousand MB of memory each."""
    mine, their = (Took(one, one, 1_000) for one in seconds)
    facts: dict[str, Any] = {"model": "m", "row": "r", "title": "cities", "kind": "choice", "ratio_promised": 4.0}
    facts |= {"cases": 2, "ours": (mine,), "theirs": (their,), "our_start": Took(1, 1, 1), "their_start": Took(1, 1, 1)}
    facts |= {
        "size": "8",
        "sizes": {},
        "agreement": found,
        "needed_tokens": 500,
        "inner_parameters": 1_000,
        "facts": {},
    }
    return Measured(**facts | changes)


@pytest.mark.parametrize("name", CHOICE_ROWS)
def test_our_suite_has_the_prompts_and_choices_that_lm_eval_is_given(name: str, texts: Texts, tmp_path: Path) -> None:
    row = CHOICE_ROWS[name](texts, 12)
    suite = load_suite(ours.write_suite(row, tmp_path / "suite"))
    task = theirs.write_task(row, tmp_path / "task")
    documents = [json.loads(line) for line in (task / "test.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(suite.cases) == len(documents) == 12
    for case, document in zip(suite.cases, documents, strict=True):
        assert str(case.prompt).endswith(document["prompt"])
        assert list(case.choices) == document["choices"]
        assert case.answer == document["choices"][document["answer"]]


def test_examples_stand_solved_before_each_case() -> None:
    row = Row("r", "r", "choice", CITIES.cases[1:], examples=CITIES.cases[:1])
    assert row.prompt(row.cases[0]) == "France: Paris\n\nItaly:"


def test_what_two_texts_begin_with_is_needed_once() -> None:
    assert distinct([[1, 2, 3], [1, 2, 4, 5], [1, 2], [7]]) == 6


def test_equal_answers_agree() -> None:
    said = {"case-0": Answered((-1.0, -2.0)), "case-1": Answered((-3.0, -0.5))}
    asked = {"case-0": ("France:", said["case-0"]), "case-1": ("Italy:", Answered((-0.25, -0.5)))}
    assert agreement(CITIES, said, asked) == Agreement(2, differ=1, log_likelihoods=2.75, accuracy=(1.0, 0.5))


def test_another_prompt_is_no_comparison() -> None:
    said = {"case-0": Answered((-1.0, -2.0)), "case-1": Answered((-3.0, -0.5))}
    asked = {name: ("Spain:", answered) for name, answered in said.items()}
    with pytest.raises(ValueError, match="lm-eval was asked 'Spain:', not 'France:'"):
        agreement(CITIES, said, asked)


def test_perplexity_is_compared_per_token() -> None:
    row = Row("p", "p", "perplexity", (Case("", reference="a b"),))
    found = agreement(row, {"case-0": Answered((-4.0,), (2,))}, {"case-0": ("a b", Answered((-4.002,)))})
    assert found.perplexity == pytest.approx(0.0010005, rel=1e-3)


def test_a_row_keeps_its_promises_or_says_which_it_breaks() -> None:
    kept = row_promises(measured((2, 9), Agreement(2, 0, 1e-5, accuracy=(1, 1))), peak=1e6)
    assert broken(list(kept)) == []
    missed = row_promises(measured((3, 9), Agreement(2, 1, 0.1, accuracy=(1, 0.5))), peak=None)
    assert [promise.what for promise in broken(list(missed))] == [
        "m: cities: speed",
        "m: cities: other choices",
        "m: cities: log-likelihoods apart",
    ]


def test_the_share_of_the_peak_counts_needed_tokens_above_start_up() -> None:
    assert measured((2, 9), Agreement(2)).peak_share(4e6) == pytest.approx(0.25)


def test_ten_times_the_cases_may_cost_little_more_than_ten_times_the_time() -> None:
    kept = Growth((20, 200), (2.0, 20.9), (900.0, 990.0))
    assert broken(list(growth_promises(kept))) == []
    missed = Growth((20, 200), (2.0, 21.1), (900.0, 1_100.0))
    assert [promise.found for promise in broken(list(growth_promises(missed)))] == ["10.6 ×", "1.22 ×"]


def test_a_missed_promise_is_bold_in_the_table() -> None:
    one = measured((3, 9), Agreement(2, 0, 1e-5, accuracy=(1, 1)))
    facts = dict.fromkeys(("lm_eval", "options", "machine", "texts", "sizes"), "") | {"repeat": 2, "minutes": 1.0}
    facts |= {"threads": 2, "peak": None, "gflops": 0.0}
    text = markdown([one], None, list(row_promises(one, None)), facts)
    assert "| m: cities: speed | ≥ 4 × | 3.0 × | **no** |" in text


def test_a_process_that_fails_says_how(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"exit 3\nno luck"):
        run(["sh", "-c", "echo no luck; exit 3"], tmp_path, {})
