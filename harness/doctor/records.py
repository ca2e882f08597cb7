"""What the doctor says of a plugin: one line for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.host import PluginInfo

State: TypeAlias = Literal["ok", "fail", "note", "not run"]
"""`fail` must be mended; `note` need not be; `not run` could not be looked at here."""


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
