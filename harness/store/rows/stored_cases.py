"""The cases of a suite that is in the store: counted at once, made only when somebody looks at one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import overload

from harness.types import Case, Tier


class StoredCases(Sequence[Case]):
    """All cases in the order of the suite; `sizes` counts them by tier. The first look at one fetches all."""

    def __init__(self, sizes: Mapping[Tier, int], fetch: Callable[[], tuple[Case, ...]]) -> None:
        self.sizes = sizes
        self._fetch = fetch

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        return self._fetch()

    def count(self, tier: Tier | None) -> int:
        """How many are in the tier; None means in any."""
        return len(self) if tier is None else self.sizes.get(tier, 0)

    def __len__(self) -> int:
        return sum(self.sizes.values())

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Case]: ...
    def __getitem__(self, index: int | slice) -> Case | Sequence[Case]:
        return self._cases[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and self._cases == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"StoredCases({dict(self.sizes)!r})"
