"""What changed from one version of a suite to the next."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.suites.document import settings_of
from harness.suites.records import Suite


@dataclass(frozen=True, slots=True)
class SuiteDiff:
    """What changed from one version of a suite to another: ids of cases, and a line for each setting."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    settings: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.changed, self.settings))


def diff_suites(old: Suite, new: Suite) -> SuiteDiff:
    """What changed from `old` to `new`. A case is told by its id; a change of its slices or cluster counts."""
    before = {case.id: case for case in old.cases}
    after = {case.id: case for case in new.cases}
    return SuiteDiff(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in before if name in after and before[name] != after[name]),
        settings=tuple(_changes("", settings_of(old), settings_of(new))),
    )


def _changes(place: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _changes(f"{place}.{key}" if place else str(key), old.get(key), new.get(key))
    elif old != new:
        yield f"{place}: {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return (
        json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, str | Mapping | Sequence)
        else str(value)
    )
