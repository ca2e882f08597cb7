"""What the strategies draw could come from a file or a model, and every odd shape is among it."""

import pickle
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from harness.data.file_sets import conversation_from_record, conversation_record
from harness.suites.cases import case_record, parse_case
from harness.testing import strategies
from harness.types import Answered, Case, Conversation, Kind, Passage

KINDS = get_args(Kind)
SEARCH = settings(
    max_examples=3000, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@settings(derandomize=True, database=None, deadline=None)
@given(st.sampled_from(KINDS).flatmap(strategies.cases))
def test_a_case_reads_back_from_its_line_in_a_suite_file(case: Case) -> None:
    assert parse_case(case_record(case)) == case


@settings(derandomize=True, database=None, deadline=None)
@given(strategies.conversations())
def test_a_conversation_reads_back_from_its_line_in_a_file(conversation: Conversation) -> None:
    assert conversation_from_record(conversation_record(conversation)) == conversation


@settings(derandomize=True, database=None, deadline=None)
@given(st.one_of(*map(strategies.answered, KINDS), strategies.passages(), strategies.conversations()))
def test_everything_goes_to_another_process_and_back(drawn: Any) -> None:
    assert pickle.loads(pickle.dumps(drawn)) == drawn


@settings(derandomize=True, database=None, deadline=None)
@given(st.sampled_from(KINDS).flatmap(strategies.answered))
def test_an_answer_has_a_reply_a_turn_or_a_likelihood_a_choice(one: Answered) -> None:
    case, kind = one.case, one.predictions[0].kind
    turns = {1 + len(case.follow_ups)} if kind == "text" else {0, 1}
    assert {len(prediction.replies) for prediction in one.predictions} <= turns
    due = {0, len(case.choices)} if kind == "choice" else {int(kind == "log-likelihood")}
    assert {len(prediction.likelihoods) for prediction in one.predictions} <= due


SHAPES: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "no reference": (strategies.cases(), lambda case: not case.references),
    "several references": (strategies.cases(), lambda case: len(case.references) > 1),
    "several right choices": (strategies.cases("choice"), lambda case: len(case.answers) > 1),
    "an ending": (strategies.cases("choice"), lambda case: case.ending is not None),
    "a raw prompt": (strategies.cases(), lambda case: isinstance(case.prompt, str)),
    "several turns": (strategies.cases(), lambda case: len(case.prompt) > 2 and not isinstance(case.prompt, str)),
    "follow-ups": (strategies.cases(), lambda case: len(case.follow_ups) == 2),
    "a cluster and slices": (strategies.cases(), lambda case: case.cluster is not None and len(case.slices) == 2),
    "several samples": (strategies.answered(), lambda one: len(one.predictions) == 3),
    "cut at the length": (strategies.answered(), lambda one: one.predictions[0].finish_reason == "length"),
    "the reference itself": (strategies.answered(), lambda one: one.text and one.text in one.case.references),
    "a choice in words": (strategies.answered("choice"), lambda one: not one.likelihoods and one.choice() is not None),
    "equally likely choices": (strategies.answered("choice"), lambda one: len(set(one.likelihoods)) == 1),
    "an empty reply": (strategies.answered(), lambda one: one.text == ""),
    "a blank reply": (strategies.answered(), lambda one: one.text.isspace()),
    "a very long reply": (strategies.answered(), lambda one: len(one.text) >= 10_000),
    "a NUL": (strategies.texts(), lambda text: "\x00" in text),
    "right to left": (strategies.texts(), lambda text: "\u202e" in text or "مرحبا" in text),
    "a combining sign": (strategies.texts(), lambda text: "\u0301" in text),
    "joined emoji": (strategies.texts(), lambda text: "👩‍🚀" in text),
    "half a surrogate pair": (strategies.conversations(), lambda one:
                              any("\ud83d" in m.content for m in one.messages)),
    "no message": (strategies.conversations(), lambda one: not one.messages),
    "tool calls": (strategies.conversations(), lambda one: any(m.tool_calls for m in one.messages)),
    "preference data": (strategies.conversations(), lambda one: one.rejected != ()),
    "a training text": (strategies.passages(), lambda one: one.origin == "training"),
    "a reply to refuse": (strategies.passages(), lambda one: one.case is not None and one.case.expect == "refuse"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the very long
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_drawn(shape: str) -> None:
    strategy, is_so = SHAPES[shape]
    assert is_so(find(strategy, is_so, settings=SEARCH))


def test_no_case_and_no_reply_holds_half_a_surrogate_pair() -> None:
    halves = st.one_of(strategies.answered(), strategies.passages().filter(lambda one: one.origin == "reply"))
    with pytest.raises(NoSuchExample):
        find(halves, _holds_a_half, settings=settings(SEARCH, max_examples=300))


def _holds_a_half(one: Answered | Passage) -> bool:
    text = one.text + repr(one.case)
    return "\ud83d" in text or "\\ud83d" in text
