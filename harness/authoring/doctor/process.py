"""Runs plugin code in a process of its own: whatever becomes of it, there is an answer in time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.host.isolation.children import Child, ending
from harness.host.records import PluginInfo

_START = (
    "import json, os, sys; from pathlib import Path; folder = Path(sys.argv[1]); "
    "job = json.loads((folder / 'job.json').read_text('utf-8')); sys.path[:] = job.pop('path'); "
    "from importlib import import_module; module, _, function = sys.argv[2].partition(':'); "
    "getattr(import_module(module), function)(job, folder); (folder / 'done').touch(); "
    "os._exit(0)"  # a thread that a plugin has left running would keep the process
)
_ANSWERS = "answers.jsonl"
_QUIET = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process answered, what it wrote on stderr, and how it ended where that was not well."""

    answers: Sequence[Mapping[str, Any]]
    errors: str
    fate: str = ""


def run_apart(function: str, job: Mapping[str, Any], seconds: float, *flags: str) -> Ended:
    """Call `function`, written `module:name`, with the job and an empty folder, in a new interpreter with `flags`.

    It answers with `answer`. What it prints is lost; it and all that it has started end after so many seconds.
    """
    with TemporaryDirectory(prefix="harness-doctor-") as name:
        folder = Path(name)
        path = [str(Path(entry).absolute()) for entry in sys.path]  # the process has another current folder
        (folder / "job.json").write_text(json.dumps({**job, "path": path}, default=str), "utf-8")
        with (folder / "stderr").open("wb") as errors:
            start = (*flags, "-c", _START, name, function)
            process = Child(*start, stderr=errors, folder=folder, environment=_environment())
        try:
            in_time = process.ends_within(seconds)
        finally:
            process.end()
        fate = ""
        if not in_time:
            fate = f"takes longer than {seconds:g} s"
        elif not (folder / "done").exists():
            fate = ending(process.returncode)
        text = (folder / "stderr").read_text("utf-8", errors="replace")
        return Ended(_answers(folder / _ANSWERS), text, fate)


def plugin_record(plugin: PluginInfo) -> dict[str, str]:
    """The plugin as a part of a job; the inverse is `PluginInfo(**record)`."""
    source = plugin.source if plugin.distribution else str(Path(plugin.source).absolute())
    return {**asdict(plugin), "source": source}


def answer(folder: Path, content: Mapping[str, Any]) -> None:
    """Answer from within the process; what is answered is kept whatever comes after."""
    with (folder / _ANSWERS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(content) + "\n")


def _answers(file: Path) -> list[Mapping[str, Any]]:
    """All whole answers; of one that was cut short there is no line end."""
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]


def _environment() -> dict[str, str]:
    """Without what would make pytest do other things than it is asked for."""
    return {**{key: one for key, one in os.environ.items() if key != "PYTEST_ADDOPTS"}, **_QUIET}
