"""What long work shows on stderr: a bar with rate and time left on a terminal, two lines in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from harness.documents.visible import visible
from harness.report.numbers import duration, figure, rate
from harness.report.terminal.text import Encodable, plain

LONG_SECONDS = 2.0


class Advance(Protocol):
    """Say that so many more are done; `note` is shown beside the bar until the next one ("loss 1.32")."""

    def __call__(self, done: int = 1, note: str = "") -> None: ...


@contextmanager
def stage(name: str, *, console: Console, total: int | None = None, done: int = 0) -> Iterator[Advance]:
    """Show a stage of `total` things, `done` of them before it began, while the block runs; Ctrl-C passes through.

    On a terminal: a bar that goes away, then one line where it took longer than two seconds. Elsewhere: one line at the
    start and one at the end.
    """
    tally = _Tally(visible(name), total, done, time.monotonic())
    showing = _bar(tally, console) if console.is_interactive else _log(tally, console)
    finished = False
    try:
        with showing as advance:
            yield advance
        finished = True
    finally:
        if not console.is_interactive or tally.seconds > LONG_SECONDS:
            _say(console, tally.summary(finished))


def on_stderr(name: str, *, total: int | None = None) -> AbstractContextManager[Advance]:
    """`stage` on a console of its own."""
    return stage(name, console=Console(stderr=True), total=total)


@dataclass(slots=True)
class _Tally:
    """What has been done since when."""

    name: str
    total: int | None
    before: int
    started: float
    done: int = 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def summary(self, finished: bool) -> str:
        """One line: how many, how long, how fast; where it was stopped, how far it came."""
        seconds = self.seconds
        took = f"{duration(seconds)}, {rate(self.done, seconds)}" if self.done > 1 else duration(seconds)
        if not finished:
            of = f" of {self.total:,}" if self.total is not None else ""
            return f"{self.name}: stopped after {self.before + self.done:,}{of} in {took}"
        return f"{self.name}: {self.done:,} in {took}" if self.done else f"{self.name}: {took}"


class _RateColumn(ProgressColumn):
    """How many a second, once that is known."""

    def render(self, task: Task) -> Text:
        return Text(f"{figure(task.speed)}/s" if task.speed else "", style="dim")


@contextmanager
def _bar(tally: _Tally, console: Console) -> Iterator[Advance]:
    counted = [BarColumn(bar_width=20), MofNCompleteColumn(), _RateColumn(), TimeRemainingColumn(compact=True)]
    shown = counted if tally.total is not None else [SpinnerColumn("line"), TimeElapsedColumn()]
    columns = [TextColumn("{task.description}", markup=False), *shown, TextColumn("{task.fields[note]}", markup=False)]
    # Results go to stdout: left alone, so that a pipe gets them and the bar does not print them to stderr.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(tally.name, total=tally.total, completed=tally.before, note="")

        def advance(done: int = 1, note: str = "") -> None:
            tally.done += done
            progress.update(task, advance=done, note=visible(note))

        yield advance


@contextmanager
def _log(tally: _Tally, console: Console) -> Iterator[Advance]:
    before = f", {tally.before:,} known" if tally.before else ""
    _say(console, f"{tally.name}: {tally.total:,} to do{before}" if tally.total is not None else f"{tally.name} …")

    def advance(done: int = 1, note: str = "") -> None:
        tally.done += done

    yield advance


def _say(console: Console, line: str) -> None:
    console.print(Encodable(plain(line)), soft_wrap=True)
