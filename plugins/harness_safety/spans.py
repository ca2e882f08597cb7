"""Where something was found in a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Kind = TypeVar("Kind", bound=str)


@dataclass(frozen=True, slots=True)
class Span(Generic[Kind]):
    """`text` as it stands at `start`; `label` says more than the kind does."""

    kind: Kind
    start: int
    text: str
    label: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def without_overlaps(spans: Iterable[Span[Kind]]) -> Sequence[Span[Kind]]:
    """The spans in text order; where two overlap, the one that comes first in `spans` stays."""
    kept: list[Span[Kind]] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)
