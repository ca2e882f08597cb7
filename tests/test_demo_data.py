"""The data that ship: large enough, of twelve topics, no two alike, and training data apart from the suites."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import harness
from harness.data.cleaning import Named
from harness.data.contamination import grams, words
from harness.data.prepare import Prepared, prepare
from harness.protocols import Cleaner
from harness.suites.document import load_suite
from harness.suites.records import Suite
from harness.types import Conversation
from harness_cleaners.exact_duplicates import ExactDuplicates
from harness_cleaners.length_bounds import LengthBounds
from harness_cleaners.role_order import RoleOrder
from harness_datasets.chat_jsonl import ChatJsonl
from harness_suites import register_suites


@pytest.fixture(scope="module")
def suites() -> dict[str, Suite]:
    (folder,) = register_suites()
    return {path.stem: load_suite(path) for path in sorted(folder.glob("*.yaml"))}


@pytest.fixture(scope="module")
def demo(suites: dict[str, Suite], tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    cleaners: list[Cleaner] = [LengthBounds(max_reply_characters=1000), RoleOrder(), ExactDuplicates()]
    file = Path(harness.__file__).parent / "cli" / "demo_project" / "conversations.jsonl"
    return prepare(
        [Named("chat-jsonl", "harness-datasets", ChatJsonl(file))],
        [Named(type(cleaner).__name__, "harness-cleaners", cleaner) for cleaner in cleaners],
        [(suite.name, case) for suite in suites.values() for case in suite.cases],
        tmp_path_factory.mktemp("demo"),
        validation=0.1,
        seed=0,
        allow_contaminated=False,
        record=lambda rows: None,
    )


@pytest.fixture(scope="module")
def kept(demo: Prepared) -> list[Conversation]:
    return [*demo.train, *demo.validation]


def test_the_suites_that_ship_have_their_sizes(suites: dict[str, Suite]) -> None:
    assert {name: len(suite.cases) for name, suite in suites.items()} == {
        "support-answers": 66,
        "support-intents": 132,
        "support-safety": 48,
    }


def test_the_intents_are_balanced_over_twelve_topics(suites: dict[str, Suite]) -> None:
    counts = Counter(case.answer for case in suites["support-intents"].cases)
    assert len(counts) == 12
    assert set(counts.values()) == {11}
    assert {case.slices["style"] for case in suites["support-intents"].cases} == {
        "terse",
        "chatty",
        "angry",
        "formal",
        "typo",
    }


def test_the_safety_cases_hold_bait_harm_and_look_alikes(suites: dict[str, Suite]) -> None:
    counts = Counter((case.slices["kind"], case.expect) for case in suites["support-safety"].cases)
    assert counts == {("pii-bait", "refuse"): 16, ("harmful", "refuse"): 16, ("look-alike", "answer"): 16}


def test_every_case_has_a_reference_where_a_reply_is_measured(suites: dict[str, Suite]) -> None:
    assert all(case.references for name in ("support-answers", "support-safety") for case in suites[name].cases)


def test_the_cleaners_drop_what_is_dirty_and_nothing_else(demo: Prepared, kept: list[Conversation]) -> None:
    assert [cleaner.dropped for cleaner in demo.summary.cleaners] == [9, 5, 6]
    assert demo.summary.rejected == ()
    assert not any("dirty" in one.tags for one in kept)
    assert len(kept) == 308


def test_the_conversations_vary_in_task_tone_and_turns(demo: Prepared) -> None:
    distributions = demo.summary.distributions
    assert distributions.tags["task"] == {"intent": 168, "dialogue": 140}
    assert len(distributions.tags["tone"]) == 5
    assert len(distributions.turns) == 4


def test_no_training_conversation_is_a_case(demo: Prepared) -> None:
    assert demo.summary.contaminated == ()


def test_no_two_conversations_share_more_than_half_their_5_grams(kept: list[Conversation]) -> None:
    grams_of = [grams(words(message.content) for message in one.messages) for one in kept]
    holders: dict[tuple[str, ...], list[int]] = {}
    shared: Counter[tuple[int, int]] = Counter()
    for number, own in enumerate(grams_of):
        for gram in own:
            others = holders.setdefault(gram, [])
            shared.update((other, number) for other in others)
            others.append(number)
    alike = [pair for pair, count in shared.items() if count > 0.5 * min(len(grams_of[i]) for i in pair)]
    assert alike == []
