"""The process that imports plugins for the index: one JSON line a plugin, on a stream that plugins do not know."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from harness.host.host import PluginHost
from harness.host.indexing.importing import READY
from harness.host.listing import offer_of
from harness.host.records import Indexed, PluginInfo
from harness.types.component import KINDS


def describe_all(plugins: Sequence[Mapping[str, str]]) -> None:
    """Import each plugin and write what it offers."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    answers.write(READY.decode())
    answers.flush()
    for one in plugins:
        answers.write(json.dumps(asdict(_described(PluginInfo(**one)))) + "\n")
        answers.flush()
    os._exit(0)  # a thread that a plugin has left running would keep the process


def _described(plugin: PluginInfo) -> Indexed:
    host = PluginHost(installed=())
    host.load(plugin)
    offers = [offer_of(registered) for kind in KINDS for registered in host.components(kind)]
    folders = [str(folder) for folder in host.suite_folders()]
    hooks = host.hooks_of(plugin.name)
    return Indexed(plugin, hooks=hooks, offers=tuple(offers), folders=tuple(folders), problems=tuple(host.problems))
