"""The "did you mean" of every error message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_LONGEST = 200  # of a name that somebody mistyped
_MOST_KNOWN = 2_000  # a nearest name is looked for among so many, as each takes its time


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " (did you mean 'x'?)" for the nearest known name, or nothing."""
    if len(name) > _LONGEST:
        return ""
    near = get_close_matches(name, list(islice(known, _MOST_KNOWN)), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
