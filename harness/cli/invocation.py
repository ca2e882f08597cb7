"""What every command shares: where the store is, which plugins to load, where to print."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.documents.visible import json_text, visible
from harness.errors import UsageError, shortened

if TYPE_CHECKING:
    from rich.console import Console

    from harness.host.host import PluginHost
    from harness.report.model import Report
    from harness.runs.project import OpenProject
    from harness.runs.recipe import Recipe
    from harness.runs.session import Stage
    from harness.store.store import Store

_WITH_VALUE = ("--plugin", "--disable-plugin")


@dataclass
class Invocation:
    """One call of `harness`."""

    plugin_files: Sequence[Path] = ()
    disabled: Sequence[str] = ()

    def host(self, recipe: Recipe | None = None, *, quiet: bool = False) -> PluginHost:
        """The plugins of the command line, and of a recipe; problems are warnings unless `quiet`."""
        if quiet:
            from harness.host.host import PluginHost

            return PluginHost(files=self.plugin_files, disabled=self.disabled)
        from harness.runs.project import plugin_host

        files = [*self.plugin_files, *(recipe.plugin_files if recipe else ())]
        return plugin_host(files, self.disabled, recipe.plugins if recipe else None)

    def workspace(self, recipe: Recipe | None = None) -> OpenProject:
        """The project of the current folder, with the plugins of the command line and of a recipe."""
        from harness.runs.project import OpenProject

        return OpenProject(self.host(recipe), self.store, self.stage, self.reports, Path.cwd())

    @property
    def home(self) -> Path:
        """`.harness` in the project folder, or `$HARNESS_HOME`."""
        from harness.runs.project import home_of

        return home_of(Path())

    @property
    def reports(self) -> Path:
        from harness.documents.regular_files import resolved

        return resolved(Path("reports"))

    @cached_property
    def store(self) -> Store:
        from harness.store.store import Store

        return Store(self.home)

    @cached_property
    def out(self) -> Console:
        from rich.console import Console

        return Console()

    @cached_property
    def err(self) -> Console:
        from rich.console import Console

        return Console(stderr=True)

    @property
    def stage(self) -> Stage:
        """Shows on stderr how far a piece of work has come."""
        from functools import partial

        from harness.report.terminal.progress import stage

        return partial(stage, console=self.err)

    def talk(self) -> None:
        """Show the harness's own messages on stderr."""
        logger = logging.getLogger("harness")
        if not logger.handlers:
            from rich.logging import RichHandler

            class Handler(RichHandler):
                """Cuts what is said, which may quote a file, a plugin or a server, and leaves out what is raw."""

                def format(self, record: logging.LogRecord) -> str:
                    return shortened(visible(super().format(record)))

            handler = Handler(console=self.err, show_time=False, show_path=False, show_level=False, markup=False)
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)

    def show(self, report: Report, as_json: bool) -> None:
        """The report on stdout, for people or for machines."""
        if as_json:
            from harness.report.json import to_json

            self.print_json(to_json(report))
            return
        from harness.report.terminal.rich import render

        render(report, self.out)

    def print_rich(self, renderable: Any) -> None:
        """A table or text on stdout, as wide as the terminal."""
        from harness.report.terminal.text import Encodable

        self.out.print(Encodable(renderable))

    def show_lines(self, lines: Iterable[str], as_json: bool) -> None:
        """Lines as they are, or as a JSON list."""
        if as_json:
            self.print_json(list(lines))
            return
        for line in lines:
            self.print_line(line)

    def print_json(self, value: Any) -> None:
        print(json_text(value))

    def print_line(self, text: str) -> None:
        """One line on stdout, never wrapped."""
        print(visible(text))


def global_options(arguments: Sequence[str]) -> tuple[list[str], list[Path], list[str]]:
    """Take --plugin and --disable-plugin out of a command line, wherever they stand; UsageError for a NUL."""
    for argument in arguments:
        if "\0" in argument:  # no shell passes one on, and no path has one
            raise UsageError(f"{argument[:80]!r}: holds a NUL character; leave it out")
    rest: list[str] = []
    values: dict[str, list[str]] = {name: [] for name in _WITH_VALUE}
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif name not in _WITH_VALUE:
            rest.append(argument)
        elif equals:
            values[name].append(value)
        else:
            following = next(waiting, None)
            if following is None:
                raise UsageError(f"{name}: needs a value")
            values[name].append(following)
    return rest, [Path(one) for one in values["--plugin"]], values["--disable-plugin"]
