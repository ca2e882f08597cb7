"""The words of verdicts and exit codes, worst first, and the colours that repeat them."""

from __future__ import annotations

from collections.abc import Mapping

from harness.comparison.records import Bound, Verdict
from harness.errors import ExitCode
from harness.types import Role, Severity

VERDICT_STYLES: Mapping[Verdict, str] = {
    "regressed": "bold red",
    "incomplete": "magenta",
    "incompatible": "magenta",
    "inconclusive": "yellow",
    "not worse": "cyan",
    "improved": "bold green",
}
VERDICTS: tuple[Verdict, ...] = tuple(VERDICT_STYLES)
ROLES: tuple[Role, ...] = ("primary", "guard", "watch")
BOUND_STYLES: Mapping[Bound, str] = {
    "over the limit": "bold red",
    "incomplete": "magenta",
    "inconclusive": "yellow",
    "within the limit": "green",
    "no limit": "",
}
BOUNDS: tuple[Bound, ...] = tuple(BOUND_STYLES)
SEVERITY_STYLES: Mapping[Severity, str] = {"high": "bold red", "medium": "yellow", "low": ""}
SEVERITIES: tuple[Severity, ...] = tuple(SEVERITY_STYLES)

CODE_WORDS: Mapping[ExitCode, str] = {
    ExitCode.PASS: "pass",
    ExitCode.REGRESSED: "regressed",
    ExitCode.USAGE: "usage error",
    ExitCode.INCONCLUSIVE: "inconclusive",
    ExitCode.INCOMPLETE: "incomplete",
    ExitCode.NO_BASELINE: "no comparable baseline",
    ExitCode.INTERNAL: "internal error",
    ExitCode.INTERRUPTED: "interrupted",
}
CODE_STYLES: Mapping[ExitCode, str] = {
    ExitCode.PASS: "green",
    ExitCode.REGRESSED: "red",
    ExitCode.USAGE: "red",
    ExitCode.INCONCLUSIVE: "yellow",
    ExitCode.INCOMPLETE: "magenta",
    ExitCode.NO_BASELINE: "magenta",
    ExitCode.INTERNAL: "red",
    ExitCode.INTERRUPTED: "yellow",
}
