from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.store.journal.values import plain_row
from harness.store.rows.stored_cases import StoredCases
from harness.store.rows.suite_part import SuitePart
from harness.store.rows.suite_rows import case_from_row, suite_from_row, suite_rows
from harness.store.store import Store
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.types import Case, Message, Tier

_RAW = Case("raw", "Q: what is 2 + 2?\nA:", references=("4",), expect="answer")
_CHAT = Case(
    "chat",
    (
        Message("system", "Be brief.", name="rules", weight=0.5, extra={"cached": True, "z": [1, {"y": None}]}),
        Message("assistant", "", tool_calls=({"id": "t1", "function": {"name": "f", "arguments": "{}"}},)),
        Message("user", "Grüße 🙂 \u0000 \u2028"),
    ),
    follow_ups=("And then?",),
    choices=("yes", "no"),
    answer="yes",
    slices={"topic": "greeting", "lang": "de"},
    cluster="greetings",
)
SUITE = Suite(
    name="support",
    cases=(_RAW, _CHAT),
    metrics=(
        MetricUse("acc", "accuracy", {"per": "token", "k": [1, 2]}, "primary", 0.01, 0.002, 0.05),
        MetricUse("f1", "f1"),
    ),
    checks=(CheckUse("pii", "pii", {"kinds": ["card"]}, 0.0), CheckUse("refusal", "refusal")),
    generation=Generation(32, 0.7, 0.9, ("\n", "User:"), 3, 2),
    tiers={"dev": 0.25, "gate": 0.75},
    description="What people ask.",
    version="abc123",
    file=Path("suites/support.yaml"),
)
TIERS: dict[str, Tier] = {_RAW.content: "dev", _CHAT.content: "gate"}


def add(store: Store, suite: Suite, added_at: str | None = None, tiers: Mapping[str, Tier] = TIERS) -> None:
    with store.journal("suites") as journal:
        for table, rows in suite_rows(suite, tiers).items():
            late = {"added_at": added_at} if added_at and table == "suites" else {}
            journal.add(table, [{**row, **late} for row in rows])


def changed(version: str, **fields: Any) -> Suite:
    values = {name: getattr(SUITE, name) for name in SUITE.__dataclass_fields__}
    return Suite(**{**values, "version": version, **fields})


def test_a_suite_comes_back_as_it_was(store: Store) -> None:
    add(store, SUITE)
    assert store.find_suite("support") == (SUITE, TIERS)
    assert store.find_suite("abc") == (SUITE, TIERS)
    assert store.latest_suite("support") == SUITE
    assert store.find_suite("other") is None


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)
_MESSAGE = st.builds(
    Message,
    st.sampled_from(["user", "assistant"]),
    st.text(),
    extra=st.dictionaries(st.text(min_size=11, max_size=14), _JSON, max_size=2),
)
_CASE = st.builds(
    Case,
    st.text(min_size=1, max_size=5).map("id-".__add__),
    st.text() | st.lists(_MESSAGE, min_size=1, max_size=3).map(tuple),
    references=st.lists(st.text(), max_size=2).map(tuple),
    choices=st.lists(st.text(), max_size=3).map(tuple),
    answer=st.none() | st.text(),
    answers=st.lists(st.integers(0, 9), max_size=2).map(tuple),
    ending=st.none() | st.text(),
    size=st.dictionaries(st.sampled_from(["words", "bytes"]), st.integers(1, 9)),
    expect=st.sampled_from([None, "answer", "refuse"]),
    slices=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    cluster=st.none() | st.text(min_size=1, max_size=4),
)


@settings(deadline=None)
@given(st.lists(_CASE, max_size=4))
def test_any_cases_survive_the_way_through_json(cases: list[Case]) -> None:
    suite = changed("v", cases=tuple(cases))
    tiers: dict[str, Tier] = dict.fromkeys((case.content for case in cases), "gate")
    rows = {
        table: [json.loads(json.dumps(plain_row(table, row))) for row in found]
        for table, found in suite_rows(suite, tiers).items()
    }
    body_of = {row["content"]: row["body"] for row in rows["cases"]}
    joined = tuple(case_from_row({**row, "body": body_of[row["content"]]}) for row in rows["suite_cases"])
    assert suite_from_row(rows["suites"][0], joined) == suite
    assert {row["content"]: row["tier"] for row in rows["suite_cases"]} == tiers


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_CASE, min_size=1, max_size=20))
def test_any_cases_survive_the_store(tmp_path_factory: pytest.TempPathFactory, cases: list[Case]) -> None:
    store = Store(tmp_path_factory.mktemp("any"))
    suite = changed("v", cases=tuple(cases))
    tiers: dict[str, Tier] = dict.fromkeys((case.content for case in cases), "gate")
    add(store, suite, tiers=tiers)
    assert store.find_suite("support") == (suite, tiers)


def test_the_newest_version_of_a_name_is_found_and_older_ones_stay(store: Store) -> None:
    add(store, changed("aa2", cases=(_RAW,)), "2026-02-01", {_RAW.content: "gate"})
    add(store, changed("aa1"), "2026-01-01")
    add(store, changed("bb1", name="other", file=None), "2026-03-01")
    found = store.find_suite("support")
    assert found is not None
    assert found[0].version == "aa2"
    assert [row.version for row in store.suite_versions("support")] == ["aa2", "aa1"]
    assert [(row.name, row.version) for row in store.suites()] == [("other", "bb1"), ("support", "aa2")]
    with pytest.raises(UsageError, match="suite version 'aa' is ambiguous: aa2, aa1"):
        store.find_suite("aa")


def test_a_suite_row_counts_cases_and_tiers(store: Store) -> None:
    add(store, SUITE, "2026-01-02 03:04:05")
    add(store, changed("empty", name="empty", cases=(), file=None))
    empty, row = store.suites()
    assert (row.cases, row.tiers, row.source) == (2, {"dev": 1, "gate": 1}, "suites/support.yaml")
    assert row.added_at == "2026-01-02 03:04:05.000000"
    assert (empty.cases, empty.tiers, empty.source) == (0, {}, None)


def test_a_suite_whose_cases_are_not_all_written_yet_is_not_found(store: Store) -> None:
    *parts, (last, _) = suite_rows(SUITE, TIERS).items()
    assert last == "suites"
    with store.journal("r") as journal:
        for table, rows in parts:
            journal.add(table, rows)
    assert store.find_suite("support") is None


def test_the_cases_of_a_stored_suite_are_made_when_one_is_looked_at(store: Store) -> None:
    add(store, SUITE)
    cases = getattr(store.latest_suite("support"), "cases", None)
    assert isinstance(cases, StoredCases)
    assert (len(cases), cases.count("dev"), cases.count("vault"), cases.count(None)) == (2, 1, 0, 2)
    assert "_cases" not in vars(cases)
    assert (cases[1], list(cases[:1]), cases == SUITE.cases[::-1]) == (_CHAT, [_RAW], False)


def test_single_cases_are_fetched_by_content(store: Store) -> None:
    add(store, SUITE)
    assert store.cases_of("abc123", [_CHAT.content, "unknown"]) == {_CHAT.content: _CHAT}
    assert store.cases_of("abc123", []) == {}
    assert store.cases_of("other", [_CHAT.content]) == {}
    assert (store.has_suite("abc123"), store.has_suite("abc")) == (True, False)


def test_choices_are_counted_over_the_part_that_is_measured(store: Store) -> None:
    add(store, SUITE)
    assert store.choice_counts(SuitePart("abc123")) == {0: 1, 2: 1}
    assert store.choice_counts(SuitePart("abc123", "gate")) == {2: 1}
    assert store.choice_counts(SuitePart("abc123", only=frozenset({_RAW.content}))) == {0: 1}
    first = min(_RAW, _CHAT, key=lambda case: case.content)
    assert store.choice_counts(SuitePart("abc123", first=1)) == {len(first.choices): 1}
