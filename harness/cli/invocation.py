"""What every command shares: where the store is, which plugins to load, where to print."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    from harness.runs.recipe import Plugins
    from harness.runs.session import Session, Stage
    from harness.store.store import Store

_WITH_VALUE = ("--plugin", "--disable-plugin")


@dataclass
class Invocation:
    """One call of `harness`."""

    plugin_files: Sequence[Path] = ()
    disabled: Sequence[str] = ()

    def host(self, plugins: Plugins | None = None, folder: Path | None = None, *, quiet: bool = False) -> PluginHost:
        """The plugins of the command line and of a recipe's `plugins:`; problems are warnings unless `quiet`."""
        from harness.host.host import PluginHost

        named = [*self.plugin_files, *((folder or Path()) / file for file in (plugins.files if plugins else ()))]
        files = list({file.resolve(): file for file in named}.values())
        disabled = [*self.disabled, *(plugins.disable if plugins else ())]
        host = PluginHost(files=files, disabled=disabled, allowed=plugins.allow if plugins else None)
        for problem in () if quiet else host.problems:
            logging.getLogger("harness").warning("%s", problem)
        return host

    @property
    def home(self) -> Path:
        """`.harness` in the project folder, or `$HARNESS_HOME`."""
        return Path(os.environ.get("HARNESS_HOME") or ".harness").resolve()

    @property
    def reports(self) -> Path:
        return Path("reports").resolve()

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

    @contextmanager
    def session(self, host: PluginHost, command: str, recipe: Mapping[str, Any]) -> Iterator[Session]:
        """A run with progress and messages on stderr; then stored answers are kept to `HARNESS_STORE_MAX_SIZE`."""
        from harness.documents.amounts import parse_size
        from harness.runs.session import started

        limit = os.environ.get("HARNESS_STORE_MAX_SIZE")
        most = parse_size(limit, "HARNESS_STORE_MAX_SIZE") if limit else None
        self.talk()
        with started(host, self.store, self.stage, command, recipe, self.reports) as session:
            yield session
        if most is not None:
            self._bound_store(most)

    def _bound_store(self, most_bytes: int) -> None:
        from harness.documents.amounts import size_text
        from harness.errors import StoreError

        log = logging.getLogger("harness")
        try:
            pruned = self.store.prune(most_bytes)
        except StoreError as error:
            log.warning("HARNESS_STORE_MAX_SIZE: the store may be larger this time: %s", error)
            return
        if pruned.answers:
            sizes = f"{size_text(pruned.before)} of answers, now {size_text(pruned.after)}"
            log.info("removed %d answers of %d evaluations: %s", pruned.answers, pruned.evaluations, sizes)

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
