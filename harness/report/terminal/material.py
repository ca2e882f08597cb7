"""The smaller sections: data and cleaning, cycles, times, what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.documents.visible import visible
from harness.report.model import CleanerLine, Contamination, DataSummary, NextStep, ReasonCount, StageTime
from harness.report.numbers import duration, figure
from harness.report.sentences import lines as sentences
from harness.report.terminal.text import plain, ruled_table
from harness.types import Cycle

_WORD = re.compile(r"""(?:[^\s'"]|'[^']*'|"(?:\\.|[^"\\])*"|['"])+""")


def data_line(data: DataSummary) -> Text:
    """From rows read to sets trained on, in one line."""
    return plain(sentences.rows_prepared(data))


def cleaning(data: DataSummary) -> RenderableType:
    """What was left out of the training data, by whom and why, and what it shares with the suites."""
    table = ruled_table()
    changes = any(line.changed for line in data.cleaners)
    table.add_column("step", overflow="fold")
    table.add_column("dropped", justify="right", no_wrap=True)
    if changes:
        table.add_column("changed", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    table.add_column("example", overflow="fold")
    steps = [CleanerLine("reading", data.rejected, 0, data.rejections)] if data.rejections else []
    for line in (*steps, *data.cleaners):
        reasons = line.reasons or (ReasonCount("", line.dropped),)
        for number, reason in enumerate(reasons):
            changed = [f"{line.changed:,}" if number == 0 else ""] if changes else []
            name = plain(line.cleaner if number == 0 else "")
            example = plain(reason.example or "", "dim")
            table.add_row(name, f"{reason.count:,}", *changed, plain(reason.reason), example)
    parts: list[RenderableType] = [table] if table.row_count else []
    return Group(*parts, *(_contamination(found) for found in data.contamination))


def cycles(tried: Sequence[Cycle]) -> RenderableType:
    """One row a cycle: what it changed, what it reached, and whether it was kept."""
    table = ruled_table()
    table.add_column("cycle", justify="right", no_wrap=True)
    table.add_column("changed", overflow="fold")
    table.add_column("reached", overflow="fold")
    table.add_column("kept", no_wrap=True)
    for cycle in tried:
        reached = {name: figure(value) for name, value in cycle.values.items()}
        kept = Text("yes", style="green") if cycle.accepted else Text("no", style="dim")
        table.add_row(str(cycle.number), _pairs(cycle.patch) or "nothing", _pairs(reached), kept)
    return table


def stage_times(stages: Sequence[StageTime], width: int) -> RenderableType:
    """One row a stage with a bar of its share of the whole."""
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold", style="dim")
    longest = max(stage.seconds for stage in stages)
    room = max(8, width // 6)
    for stage in stages:
        bar = "█" * round(room * stage.seconds / longest) if longest > 0 else ""
        table.add_row(plain(stage.stage), duration(stage.seconds), bar or "▏", plain(stage.note))
    table.add_row("total", duration(sum(stage.seconds for stage in stages)), "", "", style="bold")
    return table


def next_steps(steps: Sequence[NextStep], width: int) -> RenderableType:
    """Each command under its purpose, broken so that a copy of several lines still runs."""
    lines: list[RenderableType] = []
    for step in steps:
        lines += [plain(step.purpose, "dim"), plain(command_lines(visible(step.command), width - 2), "bold")]
    return Group(*lines)


def command_lines(command: str, width: int) -> str:
    """The command in lines of at most `width` where its words allow it, each but the last ending in a backslash."""
    lines = ["  "]
    for word in _WORD.findall(command):
        if lines[-1].strip() and cell_len(lines[-1]) + cell_len(word) + 2 > width:
            lines[-1] += "\\"
            lines.append("      ")
        lines[-1] += f"{word} "
    return "\n".join(line.rstrip() for line in lines)


def _contamination(found: Contamination) -> Text:
    several = found.conversations != 1
    what = "conversations are cases" if several else "conversation is a case"
    text = f"{found.conversations:,} {what} of {found.suite}, or nearly: "
    if found.action == "removed":
        return plain(text + "removed")
    return plain(text + "kept, because the recipe says so; scores on this suite mean less", "yellow")


def _pairs(values: Mapping[str, object]) -> Text:
    return plain("\n".join(f"{name} = {value}" for name, value in values.items()))
