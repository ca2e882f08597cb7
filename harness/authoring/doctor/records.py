"""What the doctor says of a plugin: one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from harness.host.records import PluginInfo

State: TypeAlias = Literal["ok", "fail", "note", "not run"]
"""`fail` must be mended; `note` need not be; `not run` could not be looked at here."""


@dataclass(frozen=True, slots=True)
class Given:
    """What contracts are run with: options by component and name, a model as a command line has it, and a time limit.

    `seconds` is what each import and each contract may take.
    """

    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    model: str | None = None
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at, of the plugin or of one of its components; `mend` says what would help."""

    subject: str
    state: State
    text: str
    mend: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found out about one plugin."""

    plugin: PluginInfo
    lines: tuple[Line, ...]

    @property
    def well(self) -> bool:
        return not any(line.state == "fail" for line in self.lines)
