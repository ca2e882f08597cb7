"""What became of conversations on their way into a training set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Word: TypeAlias = Literal["kept", "changed", "dropped"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What a cleaner did to one conversation; `source` is where it was read."""

    cleaner: str
    conversation: str
    outcome: Word
    reason: str | None
    source: str | None
