"""Imports plugins in a process of its own to see what they offer, so that no plugin takes the command along."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import IO

from harness.errors import PluginError
from harness.host.isolation.children import NOTHING, PIPE, Child, ending
from harness.host.records import Indexed, Problem, from_json
from harness.host.time_limit import import_seconds, too_slow

READY = b"ready\n"
_START = (
    "import json, sys; job = json.loads(sys.stdin.readline()); sys.path[:] = job['path']; "
    "from harness.host.index_worker import describe_all; describe_all(job['plugins'])"
)


def indexed(plugins: Sequence[Indexed]) -> list[Indexed]:
    """The plugins with what they offer; those that have a fatal problem already are not imported.

    Several share a process. Where it dies or takes too long, the plugin at work is blamed, and the rest goes on in a
    new one; one that was not the first of its process gets another try, as the death may be another's doing.
    """
    described: dict[str, Indexed] = {}
    waiting = [one for one in plugins if one.loads]
    while waiting:
        child = _Importer(waiting)
        done = 0
        for done, found in enumerate(child.descriptions(import_seconds()), 1):
            described[found.plugin.name] = _complete(waiting[done - 1], found)
        del waiting[:done]
        if waiting and (child.too_slow or done == 0):
            one = waiting.pop(0)
            problem = Problem(one.plugin, child.fate, kind="slow" if child.too_slow else "ends")
            described[one.plugin.name] = replace(one, problems=(*one.problems, problem))
    return [described.get(one.plugin.name, one) if one.loads else one for one in plugins]


def _complete(plugin: Indexed, found: Indexed) -> Indexed:
    """What was found, with what was known before."""
    return replace(found, requires=plugin.requires, problems=(*plugin.problems, *found.problems), files=plugin.files)


@dataclass
class _Importer:
    """A process that imports plugins and says of each what it offers."""

    plugins: Sequence[Indexed]
    too_slow: bool = False
    fate: str = ""
    _lines: SimpleQueue[bytes] = field(default_factory=SimpleQueue)

    def descriptions(self, limit_seconds: float) -> Iterator[Indexed]:
        """One for each plugin, in order, until the process ends or one takes too long; then `fate` says how."""
        with Child("-c", _START, stdin=PIPE, stdout=PIPE, stderr=NOTHING) as process:
            reader = threading.Thread(target=self._read, args=(process.stdout,))
            reader.start()
            try:
                self._begin(process.stdin)
                yield from self._until_end(limit_seconds)
            finally:
                process.end()
                reader.join()
        self.fate = self.fate or f"cannot be loaded: it {ending(process.returncode)}"

    def _begin(self, stdin: IO[bytes] | None) -> None:
        job = {"path": sys.path, "plugins": [asdict(one.plugin) for one in self.plugins]}
        assert stdin is not None  # it is a pipe
        with suppress(BrokenPipeError), stdin:  # a process that could not even start has closed it
            stdin.write(json.dumps(job).encode() + b"\n")
        if self._lines.get() != READY:
            raise PluginError(f"plugins cannot be listed: `{sys.executable}` cannot import harness.host.index_worker")

    def _until_end(self, limit_seconds: float) -> Iterator[Indexed]:
        try:
            while line := self._lines.get(timeout=limit_seconds):
                yield from_json(json.loads(line))
        except Empty:
            self.too_slow = True
            self.fate = f"cannot be loaded: {too_slow(limit_seconds)}"

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(b"")
