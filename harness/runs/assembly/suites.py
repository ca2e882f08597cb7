"""Where the name of a suite leads: to a file, an installed suite or the store."""

from __future__ import annotations

from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.host.host import PluginHost
from harness.store.store import Store
from harness.suites.document import load_suite
from harness.suites.records import Suite


def find_suite(host: PluginHost, name: str, folder: Path, store: Store, project: Path = Path()) -> Suite:
    """The suite of this path or name: a file, the project's `suites/`, an installed one, then the store.

    `folder` is that of the file that names the suite.
    """
    path = folder / Path(name).expanduser()
    if path.suffix in (".yaml", ".yml"):
        return load_suite(path)
    folders = suite_folders(host, folder, project)
    for candidate in (one / f"{name}.yaml" for one in folders):
        if candidate.is_file():
            return load_suite(candidate)
    suite = store.latest_suite(name)
    if suite is not None:
        return suite
    known = sorted({file.stem for one in folders if one.is_dir() for file in one.glob("*.yaml")})
    places = "suites/, the installed suites and the store"
    listed = ", ".join(known) or "none"
    raise UsageError(f"suite {name!r}: not found in {places}{did_you_mean(name, known)}; available: {listed}")


def suite_folders(host: PluginHost, folder: Path, project: Path) -> list[Path]:
    """Where suite files are looked for, the first that has one wins."""
    return [*dict.fromkeys((folder / "suites", (project / "suites").absolute())), *host.suite_folders()]


def all_suites(host: PluginHost, folder: Path, store: Store, project: Path = Path()) -> list[Suite]:
    """Every suite that training must keep away from: the files', then those that are only in the store."""
    files = [
        file for one in suite_folders(host, folder, project) if one.is_dir() for file in sorted(one.glob("*.yaml"))
    ]
    suites = [load_suite(file) for file in files]
    names = {suite.name for suite in suites}
    archived = (store.latest_suite(row.version) for row in store.suites() if row.name not in names)
    return suites + [suite for suite in archived if suite is not None]
