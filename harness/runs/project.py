"""An open project: its folder, plugins and store, and what is built of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from harness.documents.regular_files import resolved
from harness.host.host import PluginHost

if TYPE_CHECKING:
    from harness.baselines.naming import Pointed
    from harness.runs.assembly.built import BuiltModel, BuiltSuite
    from harness.runs.recipe import Plugins, Recipe
    from harness.runs.session import Session, Stage
    from harness.store.rows.listed import RunKind
    from harness.store.store import Store

_log = logging.getLogger("harness")
_Project = TypeVar("_Project", bound="OpenProject")


def plugin_host(files: Sequence[Path], disabled: Sequence[str] = (), plugins: Plugins | None = None) -> PluginHost:
    """The installed plugins and those of the files, with what a recipe's `plugins:` allows; problems are warnings."""
    host = PluginHost(
        files=list({resolved(file): file for file in files}.values()),
        disabled=[*disabled, *(plugins.disable if plugins else ())],
        allowed=plugins.allow if plugins else None,
    )
    for problem in host.problems:
        _log.warning("%s", problem)
    return host


def home_of(folder: Path) -> Path:
    """Where the project of the folder keeps its store: `.harness` in it, or `$HARNESS_HOME`."""
    return resolved(folder / (os.environ.get("HARNESS_HOME") or ".harness"))


@contextmanager
def silent(name: str, *, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A stage that shows nothing."""
    yield lambda done=1, note="": None


@dataclass(frozen=True)
class OpenProject:
    """What every verb needs. `folder` is absolute: paths and suites that are named by hand are looked for in it."""

    host: PluginHost
    store: Store
    stage: Stage
    reports: Path
    folder: Path

    def path(self, written: str | Path) -> Path:
        """The path below the project's folder; as it is written where that is the current folder."""
        return Path(written) if self.folder == Path.cwd() else self.folder / written

    def with_plugins_of(self: _Project, recipe: Recipe) -> _Project:
        """The project with the plugins that the recipe names, allows and leaves out, too; itself where it has them."""
        plugins, host = recipe.plugins, self.host
        more_files = {*map(resolved, recipe.plugin_files)} - {*map(resolved, host.files)}
        more_disabled = set(plugins.disable) - set(host.disabled)
        if not more_files and not more_disabled and plugins.allow in (None, host.allowed):
            return self
        return replace(self, host=plugin_host([*host.files, *recipe.plugin_files], list(host.disabled), plugins))

    def suite(self, name: str, selection: str = "gate") -> BuiltSuite:
        """The suite of that name or path, built and checked; UsageError where there is none or it cannot work."""
        from harness.runs.assembly.build import build_suite
        from harness.runs.assembly.suites import find_suite

        return build_suite(self.host, find_suite(self.host, name, self.folder, self.store), selection, self.folder)

    def model(self, text: str, adapter: str | None = None, options: Sequence[str] = ()) -> BuiltModel:
        """The model as a command line writes it, identified; loads no weights."""
        from harness.runs.assembly.build import build_model
        from harness.runs.recipe import ModelSpec, model_spec

        spec = ModelSpec.model_validate(model_spec(text, adapter, options, self.folder))
        return build_model(self.host, spec, self.folder, f"model {spec.reference!r}")

    def baseline(self, address: str, suite: str) -> Pointed:
        """What the address points at on the suite: a baseline, an evaluation or an exported file."""
        from harness.baselines.naming import resolve_baseline

        file = self.path(address)
        return resolve_baseline(self.store, str(file) if file.is_file() else address, suite)

    @contextmanager
    def session(self, kind: RunKind, command: str, recipe: Mapping[str, Any]) -> Iterator[Session]:
        """A run of that kind; after it stored answers are kept to `HARNESS_STORE_MAX_SIZE`."""
        from harness.documents.amounts import parse_size
        from harness.runs.session import start_run

        limit = os.environ.get("HARNESS_STORE_MAX_SIZE")
        most = parse_size(limit, "HARNESS_STORE_MAX_SIZE") if limit else None
        with start_run(self.host.notify, self.store, self.stage, kind, command, recipe, self.reports) as session:
            yield session
        if most is not None:
            _bound(self.store, most)


def _bound(store: Store, most_bytes: int) -> None:
    from harness.documents.amounts import size_text
    from harness.errors import StoreError

    try:
        pruned = store.prune(most_bytes)
    except StoreError as error:
        _log.warning("HARNESS_STORE_MAX_SIZE: the store may be larger this time: %s", error)
        return
    if pruned.answers:
        sizes = f"{size_text(pruned.before)} of answers, now {size_text(pruned.after)}"
        _log.info("removed %d answers of %d evaluations: %s", pruned.answers, pruned.evaluations, sizes)
