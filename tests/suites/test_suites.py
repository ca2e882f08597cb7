from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.suites.diff import diff_suites
from harness.suites.document import load_suite, suite_version
from harness.suites.exporting import export_suite
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.suites.tiers import select, split
from harness.types import Case, Message

ROWS: list[dict[str, Any]] = [
    {"id": "a", "messages": [{"role": "user", "content": "flat pack"}], "answer": "battery", "cluster": "flat"},
    {"id": "b", "messages": [{"role": "user", "content": "charged twice"}], "answer": "billing", "slices": {"n": 2}},
]
YAML = """
name: topics
cases: topics.jsonl
system: Name the topic.
choices: [battery, billing]
generation: {max_new_tokens: 32, stop: ["\\n"]}
tiers: {dev: 0.4, gate: 0.6}
metrics:
  - accuracy
  - {use: macro-f1, name: f1, role: primary, margin: 0.05, labels: [battery]}
checks:
  - {use: pii, limit: 0.15}
  - {use: refusal, name: over-refusal, expect: answer}
"""


def write(folder: Path, text: str = YAML, rows: list[dict[str, Any]] | None = None) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in (ROWS if rows is None else rows))
    (folder / "topics.jsonl").write_text(lines, encoding="utf-8")
    (folder / "topics.yaml").write_text(text, encoding="utf-8")
    return folder / "topics.yaml"


def many(n: int, **settings: object) -> Suite:
    cases = tuple(Case(id=str(i), prompt=f"question {i}", cluster=f"c{i // 2}") for i in range(n))
    return Suite(name="many", cases=cases, metrics=(MetricUse("bleu", "bleu"),), **settings)  # type: ignore[arg-type]


def refusal(folder: Path, text: str, rows: list[dict[str, Any]] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        load_suite(write(folder, text, rows))
    return str(caught.value).replace(f"{folder}/", "")


def test_a_suite_file_becomes_a_suite(tmp_path: Path) -> None:
    suite = load_suite(write(tmp_path))
    assert suite.cases[0] == Case(
        id="a",
        prompt=(Message("system", "Name the topic."), Message("user", "flat pack")),
        choices=("battery", "billing"),
        answer="battery",
        cluster="flat",
    )
    assert suite.cases[1].slices == {"n": "2"}
    assert suite.metrics[0] == MetricUse("accuracy", "accuracy")
    assert suite.metrics[1] == MetricUse("f1", "macro-f1", {"labels": ["battery"]}, "primary", margin=0.05)
    assert suite.checks == (CheckUse("pii", "pii", {}, 0.15), CheckUse("over-refusal", "refusal", {"expect": "answer"}))
    assert suite.generation == Generation(max_new_tokens=32, stop=("\n",))
    assert suite.file == (tmp_path / "topics.yaml").resolve()


@pytest.mark.parametrize(
    ("task", "names"),
    [("choice", ["accuracy", "macro-f1"]), ("generate", ["chrf", "token-f1"]), ("perplexity", ["perplexity"])],
)
def test_a_task_stands_for_its_usual_metrics_with_one_primary(tmp_path: Path, task: str, names: list[str]) -> None:
    text = f"name: topics\ncases: topics.jsonl\nchoices: [battery, billing]\ntask: {task}\n"
    metrics = load_suite(write(tmp_path, text)).metrics
    assert [metric.name for metric in metrics] == names
    assert [metric.role for metric in metrics] == ["primary", "guard"][: len(names)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("system:", "sytem:", "topics.yaml:4: sytem: unknown key (did you mean 'system'?)"),
        ("margin: 0.05", "margin: .nan", "metrics[1].margin: is nan; write a finite number"),
        ("margin: 0.05", "margin: -1", "metrics[1].margin: input should be greater than or equal to 0"),
        ("margin: 0.05", "margin: 1e308", "metrics[1].margin: input should be less than or equal to 1"),
        (
            "  - accuracy",
            "  - accuracy\n" * 500,
            "metrics: list should have at most 500 items",
        ),
        ("limit: 0.15", "limit: 15", "checks[0].limit: input should be less than or equal to 1, got 15"),
        ("labels: [battery]", "weight: .inf", "metrics[1].weight: is inf; write a finite number"),
        ("role: primary", "role: major", "metrics[1].role: input should be 'primary', 'guard' or 'watch', got 'major'"),
        ("name: f1", "name: accuracy", "metrics[1]: 'accuracy' is the name of metrics[0] too"),
        ("name: over-refusal", "name: pii", "checks[1]: 'pii' is the name of checks[0] too"),
        ("gate: 0.6", "gate: 0.5", "tiers: the shares add up to 0.9, not to 1"),
        ("gate: 0.6", "vault: 0.6", "tiers: has no 'gate'"),
        ("max_new_tokens: 32", "samples: 2", "generation.samples: 2 greedy replies are all the same"),
        ("[battery, billing]", "[1, 2]", "choices[0]: input should be a valid string, got 1"),
        ("name: topics", "name: a/b", "name: string should match pattern"),
        ("topics.jsonl", "missing.jsonl", "missing.jsonl: No such file or directory"),
    ],
)
def test_an_error_names_the_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(tmp_path, YAML.replace(old, new, 1))


def test_a_suite_that_measures_nothing_is_refused(tmp_path: Path) -> None:
    head = "name: topics\ncases: topics.jsonl\nchoices: [battery, billing]\n"
    assert "needs 'metrics', or 'task'" in refusal(tmp_path, head)
    assert "nothing would be measured" in refusal(tmp_path, head + "metrics: []\n")


def test_the_version_is_the_hash_of_what_can_change_a_result(tmp_path: Path) -> None:
    version = load_suite(write(tmp_path)).version
    assert load_suite(write(tmp_path, YAML + "description: other\n")).version == version
    assert load_suite(write(tmp_path, rows=ROWS[::-1])).version == version
    assert load_suite(write(tmp_path, YAML + "thoughts: split\n")).version == version
    changed = [
        YAML.replace("max_new_tokens: 32", "max_new_tokens: 33"),
        YAML.replace("gate: 0.6", "gate: 0.5").replace("dev: 0.4", "dev: 0.5"),
        YAML.replace("limit: 0.15", "limit: 0.2"),
        YAML.replace("labels: [battery]", "labels: [billing]"),
        YAML.replace("role: primary", "role: watch"),
        YAML.replace("Name the topic.", "Name it."),
        YAML + "thoughts: keep\n",
    ]
    versions = {load_suite(write(tmp_path, text)).version for text in changed}
    renamed = [{**ROWS[0], "cluster": "other"}, ROWS[1]], [{**ROWS[0], "id": "c"}, ROWS[1]]
    versions |= {load_suite(write(tmp_path, rows=rows)).version for rows in renamed}
    assert len(versions - {version}) == 9


@pytest.mark.parametrize("more", ["", "thoughts: keep\n"])
def test_an_exported_suite_loads_as_the_same_version(tmp_path: Path, more: str) -> None:
    suite = load_suite(write(tmp_path, YAML + more))
    again = load_suite(export_suite(suite, tmp_path / "out"))
    assert (again.version, again.cases, again.metrics) == (suite.version, suite.cases, suite.metrics)
    with pytest.raises(UsageError, match="exists already"):
        export_suite(suite, tmp_path / "out")


@pytest.mark.parametrize(
    "text", ["1e-4", "08", "0x1f", ".5", "yes", "null", "~", "1:30", "2026-01-02", "-", "a: b", ""]
)
def test_export_keeps_texts_that_look_like_something_else(tmp_path: Path, text: str) -> None:
    suite = Suite("any", (Case("a", "x"),), (MetricUse("bleu", "bleu", {"text": text}),), description=text)
    again = load_suite(export_suite(suite, tmp_path))
    assert (again.metrics, again.description) == (suite.metrics, text)


def test_export_writes_what_two_metrics_share_twice(tmp_path: Path) -> None:
    shared = ["strip", "lowercase"]
    metrics = tuple(MetricUse(name, "exact-match", {"extract": shared}) for name in ("one", "other"))
    written = export_suite(Suite("any", (Case("a", "x"),), metrics), tmp_path).read_text("utf-8")
    assert (written.count("lowercase"), "&" in written) == (2, False)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(prompts=st.lists(TEXT, min_size=1, max_size=5, unique=True), reference=TEXT, stop=TEXT)
def test_export_keeps_any_text(
    tmp_path_factory: pytest.TempPathFactory, prompts: list[str], reference: str, stop: str
) -> None:
    cases = tuple(Case(str(i), text, (stop,), (reference,)) for i, text in enumerate(prompts))
    generation = Generation(stop=(stop,), temperature=0.7, samples=2)
    suite = Suite("any", cases, (MetricUse("bleu", "bleu", {"text": stop}),), generation=generation)
    folder = tmp_path_factory.mktemp("export")
    assert load_suite(export_suite(suite, folder)).version == suite_version(suite)


def test_without_tiers_every_case_is_in_the_gate_tier() -> None:
    assert set(split(many(10)).values()) == {"gate"}
    with pytest.raises(UsageError, match=r"no case in tier 'dev'.*write `tiers"):
        select(many(10), "dev")


def test_tiers_take_their_shares_of_whole_clusters() -> None:
    suite = many(2000, tiers={"dev": 0.3, "gate": 0.5, "vault": 0.2})
    tiers = split(suite)
    counts = {tier: list(tiers.values()).count(tier) / 2000 for tier in ("dev", "gate", "vault")}
    assert counts == pytest.approx({"dev": 0.3, "gate": 0.5, "vault": 0.2}, abs=0.05)
    pairs = zip(suite.cases[::2], suite.cases[1::2], strict=True)
    assert all(tiers[one.content] == tiers[other.content] for one, other in pairs)


@given(n=st.integers(2, 60), more=st.integers(0, 60))
def test_no_case_changes_its_tier_when_others_are_added(n: int, more: int) -> None:
    shares = {"dev": 0.4, "gate": 0.6}
    before, after = split(many(n, tiers=shares)), split(many(n + more, tiers=shares))
    assert before.items() <= after.items()


def test_a_frozen_subset_stays_when_cases_are_added_or_moved() -> None:
    small, large = many(50), many(60)
    chosen = {case.id for case in select(large, "gate:20")}
    assert len(chosen) == 20
    assert {case.id for case in select(replace(large, cases=large.cases[::-1]), "all:20")} == chosen
    assert chosen & {case.id for case in small.cases} <= {case.id for case in select(small, "gate:20")}
    assert len(select(small, "gate:80")) == 50


@pytest.mark.parametrize("selection", ["gates", "gate:0", "gate:-1", "gate:x", "", "gate:1.5"])
def test_an_unknown_selection_is_an_error_that_says_what_works(selection: str) -> None:
    with pytest.raises(UsageError, match="write dev, gate, vault or all"):
        select(many(4), selection)


def test_a_diff_names_cases_and_settings(tmp_path: Path) -> None:
    old = load_suite(write(tmp_path))
    rows = [{**ROWS[0], "answer": "billing"}, {"id": "c", "messages": [{"role": "user", "content": "new"}]}]
    new = load_suite(write(tmp_path, YAML.replace("limit: 0.15", "limit: 0.2").replace("  - accuracy\n", ""), rows))
    diff = diff_suites(old, new)
    assert (diff.added, diff.removed, diff.changed) == (("c",), ("b",), ("a",))
    assert diff.settings[0].startswith('metrics.accuracy: {"name": "accuracy"')
    assert diff.settings[1] == "checks.pii.limit: 0.15 -> 0.2"
    assert not diff_suites(old, old)


def test_the_example_of_the_guide_is_a_suite(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "suites" / "README.md").read_text(encoding="utf-8")
    suite_text, case_lines = (re.search(rf"```{kind}\n(.*?)```", guide, re.S) for kind in ("yaml", "jsonl"))
    assert suite_text is not None
    assert case_lines is not None
    (tmp_path / "support.yaml").write_text(suite_text[1], encoding="utf-8")
    (tmp_path / "support.jsonl").write_text(case_lines[1], encoding="utf-8")
    suite = load_suite(tmp_path / "support.yaml")
    assert (len(suite.cases), len(suite.metrics), len(suite.checks)) == (4, 4, 2)
