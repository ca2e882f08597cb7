"""How long the import of a plugin takes, and what takes most of it; measured in interpreters of their own."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.authoring.doctor.process import answer, plugin_record, run_apart
from harness.authoring.doctor.records import Line
from harness.host.isolation.children import finished
from harness.host.records import PluginInfo
from harness.testing.heavy_imports import HEAVY

MOST_STARTS = 25
"""So many starts of a bare Python may an import take; more is felt in every command that needs the plugin."""

_MARK = "harness: from here on it is the plugin"
_TIMED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
_TRIES = 2  # the first may have to compile
_OF_THE_HARNESS = ("harness.decorators", "harness.host.host")  # what is there in any case is not the plugin's time
_INSIDE = "import it inside the method that needs it"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of an import, seconds by top-level package, and the libraries that it loads."""

    seconds: float
    seconds_of: Mapping[str, float]
    loaded: frozenset[str]


def import_line(plugin: PluginInfo, limit_seconds: float) -> Line:
    """How long the import takes; a failure where it loads what is known to take long."""
    found: list[Measured] = []
    for _ in range(_TRIES):
        ended = run_apart(f"{__name__}:measure", plugin_record(plugin), limit_seconds, "-X", "importtime")
        if ended.fate or not ended.answers:
            return Line(
                "import", "fail", f"it {ended.fate or 'is not there'}", "leave at import what may end the process"
            )
        found.append(_measured(ended.answers[0], ended.errors))
    best = min(found, key=lambda one: one.seconds)
    starts = best.seconds / _start_seconds()
    heaviest = ", ".join(_most(best.seconds_of))
    text = (
        f"{1000 * best.seconds:.0f} ms, {starts:.1f} × the start of Python{f'; most: {heaviest}' if heaviest else ''}"
    )
    heavy = [name for name in HEAVY if name in best.loaded]
    if heavy:
        return Line("import", "fail", f"{text}; it loads {', '.join(heavy)}", _INSIDE)
    if starts > MOST_STARTS:
        # Time is noise in part, so it fails nothing.
        return Line("import", "note", f"{text}; at most {MOST_STARTS} × is fair", f"what takes long: {_INSIDE}")
    return Line("import", "ok", text)


def measure(job: Mapping[str, Any], folder: Path) -> None:
    """In the new interpreter: import the plugin once all that it needs of the harness is there."""
    from harness.host.loading import import_plugin

    for module in _OF_THE_HARNESS:
        import_module(module)
    plugin = PluginInfo(**job)
    before = {*sys.modules}
    os.write(2, f"{_MARK}\n".encode())
    began = time.perf_counter()
    import_plugin(plugin)
    seconds = time.perf_counter() - began
    loaded = sorted({name.partition(".")[0] for name in {*sys.modules} - before})
    answer(folder, {"seconds": seconds, "loaded": loaded})


def _measured(content: Mapping[str, Any], errors: str) -> Measured:
    seconds_of: Counter[str] = Counter()
    for module, microseconds in _timed(errors.partition(_MARK)[2]):
        seconds_of[module.partition(".")[0]] += microseconds
    return Measured(
        content["seconds"],
        {package: total / 1e6 for package, total in seconds_of.items()},
        frozenset(content["loaded"]),
    )


def _timed(text: str) -> Iterator[tuple[str, int]]:
    """Each imported module with the microseconds that it took itself."""
    for line in text.splitlines():
        if match := _TIMED.match(line):
            yield match[2], int(match[1])


def _most(seconds_of: Mapping[str, float]) -> Sequence[str]:
    """The three packages that take most, where it is a millisecond."""
    order = sorted(seconds_of, key=lambda package: -seconds_of[package])[:3]
    return [f"{package} {1000 * seconds_of[package]:.0f} ms" for package in order if seconds_of[package] >= 1e-3]


def _start_seconds() -> float:
    """How long a bare Python takes to start and end here."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        finished([sys.executable, "-c", "pass"]).check_returncode()
        took.append(time.perf_counter() - began)
    return min(took)
