"""The index of installed plugins: what each offers, kept in a file of the user's cache until something changes.

It is kept by installed distributions; an edited file of a plugin makes that plugin anew. A file that is damaged, of
another release or cannot be written is no error: the plugins are imported again.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from harness.host.indexing.installed import fingerprint, installed_plugins, unchanged, with_folders
from harness.host.records import Indexed, from_json
from harness.types.hashing import content_hash

SCHEMA = 2
_KEPT_SECONDS = 30 * 24 * 3600
_SLOW_KEPT_SECONDS = 600  # that an import which took too long counts as a failure: the machine may have been busy


def plugin_index(*, refresh: bool = False) -> list[Indexed]:
    """Every installed plugin, from the cache where nothing has changed; `refresh` imports them all again.

    Plugins are imported in a process of their own, never here.
    """
    installed = fingerprint()
    known = None if refresh else _read(installed)
    same = {one.plugin: one for one in known or () if unchanged(one.files) and not _is_due(one)}
    if known is not None and len(same) == len(known):
        return known
    found = installed_plugins()
    made = {one.plugin: one for one in _imported([one for one in found if one.plugin not in same])}
    plugins = [(same.get(one.plugin) or made[one.plugin]) for one in found]
    _write(installed, plugins)
    return plugins


def look_again(plugins: Sequence[Indexed]) -> list[Indexed]:
    """These plugins imported anew, those that are still installed; the index has it from now on."""
    wanted = {one.plugin for one in plugins}
    found = _imported([one for one in installed_plugins() if one.plugin in wanted])
    installed = fingerprint()
    known = _read(installed)
    if known is not None:
        made = {one.plugin: one for one in found}
        _write(installed, [made.get(one.plugin, one) for one in known])
    return found


def cache_file() -> Path:
    """Where the index of this environment is: below `$HARNESS_CACHE` or `~/.cache/finetune-harness`."""
    named = os.environ.get("HARNESS_CACHE")
    folder = Path(named).expanduser() if named else Path.home() / ".cache" / "finetune-harness"
    environment = [sys.prefix, sys.version, __file__, [entry for entry in sys.path if entry]]
    return folder / "plugins" / f"{content_hash(environment)}.json"


def _is_due(plugin: Indexed) -> bool:
    return plugin.takes_too_long and time.time() - cache_file().stat().st_mtime > _SLOW_KEPT_SECONDS


def _imported(plugins: Sequence[Indexed]) -> list[Indexed]:
    from harness.host.indexing.importing import indexed  # costs a tenth of a listing, and is needed after changes alone

    return [with_folders(one) if one.lacks_a_module else one for one in indexed(plugins)]


def _read(installed: str) -> list[Indexed] | None:
    try:
        content = json.loads(cache_file().read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA or content["installed"] != installed:
            return None
        return [from_json(one) for one in content["plugins"]]
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):
        return None


def _write(installed: str, plugins: Sequence[Indexed]) -> None:
    """A reader, or a process killed now, sees the old file or the whole new one; files long unused go."""
    content = {"schema": SCHEMA, "installed": installed, "plugins": [asdict(one) for one in plugins]}
    try:
        file = cache_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(file)
        for other in file.parent.iterdir():
            if time.time() - other.stat().st_mtime > _KEPT_SECONDS:
                other.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        return
