"""The formats of a report and the files they are written to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.documents.visible import json_text
from harness.documents.whole_files import write_whole
from harness.report.model import Report

FILES: Mapping[str, str] = {
    "html": "report.html",
    "markdown": "report.md",
    "json": "report.json",
    "junit": "junit.xml",
}
"""Each format that is written to a file, with the file's name in `reports/<run>/`."""


def formatted(report: Report, form: str) -> str:
    """The report in one of `FILES`' formats, with a line end."""
    if form == "html":
        from harness.report.html.page import to_html

        return to_html(report).rstrip("\n") + "\n"
    if form == "markdown":
        from harness.report.markdown import to_markdown

        return to_markdown(report)
    if form == "junit":
        from harness.report.junit import to_junit

        return to_junit(report)
    from harness.report.json import to_json

    return json_text(to_json(report)) + "\n"


def write(report: Report, form: str, file: Path) -> None:
    """Write the report to the file, whose folder is made."""
    write_whole(file, formatted(report, form))
