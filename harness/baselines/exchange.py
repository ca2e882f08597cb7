"""A baseline as one file: how it came to be one, the cases it was asked and what it answered."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.baselines.exported import exported_rows
from harness.documents.reading import read_text
from harness.documents.strict_json import parse_json
from harness.documents.whole_files import write_whole
from harness.errors import NoBaselineError, UsageError
from harness.evaluation.records import Baseline, Evaluation
from harness.store.rows.carried import carried_rows, with_answers
from harness.store.store import Store
from harness.suites.tiers import split
from harness.types.hashing import content_hash

SCHEMA = "finetune-harness/baseline/2"
MOST_BYTES = 2**30
"""Of a baseline file. One of 100,000 answers has about a tenth of it."""
_DAMAGED = "was cut or changed after `harness baselines export` wrote it; export it again"


def export_baseline(store: Store, move: Baseline, file: Path) -> int:
    """Write what the baseline points at, with how it came to; returns how many predictions.

    Raises UsageError where the file cannot be written, NoBaselineError where the suite or its answers are not in the
    store.
    """
    evaluation = store.evaluation(move.evaluation)
    if store.removed([evaluation.id]):
        said = "its answers were removed from the store; evaluate the model again"
        raise NoBaselineError(f"evaluation {evaluation.id[:12]}: {said}")
    found = store.find_suite(evaluation.suite_version)
    if found is None:
        raise NoBaselineError(f"evaluation {evaluation.id[:12]}: its suite version is not in the store")
    suite, _ = found
    cases = store.evaluation_cases(evaluation.id)
    keys = list(dict.fromkeys(case.answer_key for case in cases))
    given = store.predictions(keys)
    # in the order of the cases, so that the same baseline is the same file
    answers = [(key, one) for key in keys for one in given.get(key, ())]
    rows = with_answers(carried_rows(suite, split(suite), evaluation, cases), answers, evaluation.run)
    content = {"baseline": asdict(move), "tables": rows.by_table()}
    text = json.dumps({"schema": SCHEMA, "hash": content_hash(content), **content}, ensure_ascii=False, allow_nan=False)
    write_whole(file, text + "\n")
    return len(answers)


def import_baseline(store: Store, file: Path) -> tuple[Baseline, Evaluation]:
    """Take an exported baseline's rows into the store; returns how it came to be one, and its evaluation.

    No name is moved. Raises UsageError where the file is something else, was cut or was changed since, or holds what no
    export of that evaluation writes.
    """
    content = _content(file)
    try:
        baseline, rows = exported_rows(content)
    except ValueError as error:
        raise UsageError(f"{file}: {_DAMAGED} ({error})") from error
    with store.facts() as journal:
        journal.carried(rows)
    return baseline, store.evaluation(baseline.evaluation)


def _content(file: Path) -> dict[str, Any]:
    """What the file says, if it is a baseline and nobody has changed it."""
    if file.is_file() and file.stat().st_size > MOST_BYTES:
        raise UsageError(f"{file}: has {file.stat().st_size:,} bytes; a baseline has at most {MOST_BYTES:,}")
    text = read_text(file)
    try:
        content: Any = parse_json(text)
    except ValueError as error:
        known = SCHEMA.rpartition("/")[0] in text[:100]
        what = _DAMAGED if known else "is no baseline of `harness baselines export`"
        raise UsageError(f"{file}: {what} ({error})") from error
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        if not str(schema).startswith(SCHEMA.rpartition("/")[0]):
            raise UsageError(f"{file}: is no baseline of `harness baselines export`; it has the schema {schema!r}")
        raise UsageError(f"{file}: has the schema {schema!r}, this program reads {SCHEMA!r}; export it again with it")
    if content.get("hash") != content_hash({key: content.get(key) for key in ("baseline", "tables")}):
        raise UsageError(f"{file}: {_DAMAGED} (its content does not have the hash {content.get('hash')!r})")
    return dict(content)
