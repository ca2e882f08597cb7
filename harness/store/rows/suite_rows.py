"""A suite as rows of `suites`, `cases` and `suite_cases`, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.store.journal.values import now
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.types import Case, Tier, message_from_record, message_record


def suite_rows(suite: Suite, tier_of: Mapping[str, Tier]) -> dict[str, Iterable[dict[str, Any]]]:
    """The rows of a suite by table, to be read once; the suite itself last: where it is stored, all its cases are.

    `tier_of` gives the tier of each case content.
    """
    pairs = (
        {
            "version": suite.version,
            "position": position,
            "content": case.content,
            "case_id": case.id,
            "tier": tier_of[case.content],
            "cluster": case.group,
            "slices": dict(case.slices),
        }
        for position, case in enumerate(suite.cases)
    )
    row = {"version": suite.version, "name": suite.name, "spec": _spec(suite), "added_at": now()}
    return {
        "cases": ({"content": case.content, "body": _body(case)} for case in suite.cases),
        "suite_cases": pairs,
        "suites": [{**row, "source": None if suite.file is None else str(suite.file)}],
    }


def suite_from_row(row: Mapping[str, Any], cases: Sequence[Case]) -> Suite:
    """The suite of a row of `suites`, JSON columns parsed."""
    spec = row["spec"]
    return Suite(
        name=row["name"],
        cases=cases,
        metrics=tuple(MetricUse(**metric) for metric in spec["metrics"]),
        checks=tuple(CheckUse(**check) for check in spec["checks"]),
        generation=Generation(**{**spec["generation"], "stop": tuple(spec["generation"]["stop"])}),
        tiers=spec["tiers"],
        description=spec["description"],
        version=row["version"],
        file=None if row["source"] is None else Path(row["source"]),
        thoughts=spec.get("thoughts", "split"),
    )


def case_from_row(row: Mapping[str, Any]) -> Case:
    """The case of joined rows of `suite_cases` and `cases`, JSON columns parsed."""
    body = row["body"]
    prompt = body["prompt"]
    return Case(
        id=row["case_id"],
        prompt=prompt if isinstance(prompt, str) else tuple(message_from_record(message) for message in prompt),
        follow_ups=tuple(body["follow_ups"]),
        references=tuple(body["references"]),
        choices=tuple(body["choices"]),
        answer=body["answer"],
        answers=tuple(body.get("answers", ())),
        ending=body.get("ending"),
        size=body.get("size", {}),
        expect=body["expect"],
        slices=row["slices"],
        cluster=None if row["cluster"] == row["case_id"] else row["cluster"],
    )


def _spec(suite: Suite) -> dict[str, Any]:
    return {
        "description": suite.description,
        "metrics": [asdict(metric) for metric in suite.metrics],
        "checks": [asdict(check) for check in suite.checks],
        "generation": asdict(suite.generation),
        "tiers": dict(suite.tiers),
        "thoughts": suite.thoughts,
    }


def _body(case: Case) -> dict[str, Any]:
    prompt = case.prompt if isinstance(case.prompt, str) else [message_record(message) for message in case.prompt]
    return {
        "prompt": prompt,
        "follow_ups": case.follow_ups,
        "references": case.references,
        "choices": case.choices,
        "answer": case.answer,
        "answers": case.answers,
        "ending": case.ending,
        "size": dict(case.size),
        "expect": case.expect,
    }
