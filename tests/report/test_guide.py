"""`reports/README.md` shows what the code prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import ExitCode
from harness.report.formats import FILES
from harness.report.json import SCHEMA_FILE, from_json
from harness.report.sentences.words import CODE_WORDS, VERDICTS

GUIDE = Path(__file__).parents[2] / "reports" / "README.md"


@pytest.fixture
def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def test_every_line_of_the_example_is_printed_in_that_order(guide: str, printed: Callable[..., str]) -> None:
    """The example is a demo's report as `harness report RUN --json` gave it, its intervals at the level of today."""
    report = from_json(json.loads((Path(__file__).parent / "demo.json").read_text(encoding="utf-8")))
    example = re.search(r"```text\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    lines = iter([line.rstrip() for line in printed(report, 80).splitlines()])
    assert [line for line in example[1].splitlines() if line not in lines] == []


def test_every_verdict_and_exit_code_is_explained(guide: str) -> None:
    assert re.findall(r"^\| (\d+) \| ([a-z ]+) \|", guide, re.MULTILINE) == [
        (str(code.value), CODE_WORDS[code]) for code in ExitCode
    ]
    assert all(f"| {verdict} |" in guide for verdict in VERDICTS)


def test_every_format_is_explained_with_its_file(guide: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (?:`([\w.]+)`|stdout) \|$", guide, re.MULTILINE)
    assert rows == [("rich", ""), *FILES.items()]


def test_the_json_schema_is_where_the_guide_says(guide: str) -> None:
    assert f"`{SCHEMA_FILE.relative_to(SCHEMA_FILE.parents[2]).as_posix()}`" in guide
