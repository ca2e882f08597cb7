"""The front door for scripts and notebooks: a project's folder, opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.documents.regular_files import resolved
from harness.errors import UsageError
from harness.runs import api
from harness.runs.project import OpenProject, home_of, plugin_host, silent
from harness.runs.session import Stage
from harness.store.store import Store


class Workspace(OpenProject):
    """A project that is open. Its methods are the verbs of `harness.runs.api`, which take it first."""

    evaluate = api.evaluate
    compare = api.compare
    gate = api.gate
    run = api.run
    refine = api.refine


def open_workspace(folder: str | Path = ".", *, plugins: Sequence[str | Path] = (), quiet: bool = True) -> Workspace:
    """The project of a folder, as a command that is called in it finds it. The current folder does not matter later.

    `plugins`: files of plugins, as `--plugin` names them. The store is `.harness` in the folder, or `$HARNESS_HOME`.
    Progress is shown on stderr unless `quiet`; messages go to the logger `harness`. Raises UsageError where there is no
    such folder or plugin.
    """
    from harness.host.telemetry import untracked

    place = resolved(Path(folder).expanduser())
    if not place.is_dir():
        raise UsageError(f"open_workspace: there is no folder {place}; `harness init {folder}` makes one")
    untracked()
    host = plugin_host([place / Path(file).expanduser() for file in plugins])
    shown: Stage = silent
    if not quiet:
        from harness.report.terminal.progress import on_stderr

        shown = on_stderr
    return Workspace(host, Store(home_of(place)), shown, place / "reports", place)
