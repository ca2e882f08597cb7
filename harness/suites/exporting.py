"""A suite as the two files that it is read from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from harness.documents.whole_files import write_new
from harness.suites.cases import case_record
from harness.suites.records import CheckUse, MetricUse, Suite


def export_suite(suite: Suite, folder: Path) -> Path:
    """Write `NAME.yaml` and `NAME.jsonl` into the folder; what they load as has the same version.

    Raises UsageError where they are there, or cannot be written.
    """
    file, cases = folder / f"{suite.name}.yaml", folder / f"{suite.name}.jsonl"
    lines = (json.dumps(case_record(case), ensure_ascii=False) + "\n" for case in suite.cases)
    content = _written(suite, cases.name)
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    write_new({cases: "".join(lines), file: text})
    return file


class _Dumper(yaml.SafeDumper):
    """Quotes every text but plain words: readers of YAML differ on what is a number, and on what ends a line."""

    def ignore_aliases(self, data: object) -> bool:
        """A list that two metrics have is written twice: people edit one of them."""
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_plain = text[:1].isalpha() and text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')


_Dumper.add_representer(str, _quoted)


def _written(suite: Suite, cases: str) -> dict[str, Any]:
    defaults: dict[str, Any] = dict.fromkeys(("name", "margin", "floor", "cap", "limit"))
    defaults |= {"role": "guard", "per_case": False}

    def entry(use: MetricUse | CheckUse) -> dict[str, Any]:
        keys = {key: value for key, value in asdict(use).items() if key in defaults and value != defaults[key]}
        if use.name == use.use:
            keys.pop("name")
        return {"use": use.use, **keys, **use.options}

    content = {
        "name": suite.name,
        "description": suite.description,
        "cases": cases,
        "generation": {**asdict(suite.generation), "stop": list(suite.generation.stop)},
        "thoughts": "" if suite.thoughts == "split" else suite.thoughts,
        "tiers": dict(suite.tiers),
        "metrics": [entry(metric) for metric in suite.metrics],
        "checks": [entry(check) for check in suite.checks],
    }
    return {key: value for key, value in content.items() if value or key == "metrics"}
