"""Some of the cases of a stored suite, as a subquery."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from harness.types import Tier


@dataclass(frozen=True, slots=True)
class SuitePart:
    """Cases of a suite version: those of a tier (None: all), or the `first` of these by content.

    `only`: the suite is taken to have no other cases than those of these contents.
    """

    version: str
    tier: Tier | None = None
    first: int | None = None
    only: Collection[str] | None = None

    @property
    def sql(self) -> str:
        """A SELECT of the suite's rows of `suite_cases`; `selected` says whether a case is in the part."""
        only = "" if self.only is None else "AND content IN (SELECT unnest($only::VARCHAR[]))"
        in_tier = "tier = coalesce($tier, tier)"
        rank = f"row_number() OVER (PARTITION BY {in_tier} ORDER BY content)"
        selected = in_tier if self.first is None else f"{in_tier} AND {rank} <= $first"
        return f"SELECT *, {selected} AS selected FROM suite_cases WHERE version = $version {only}"

    @property
    def values(self) -> dict[str, Any]:
        """The values of the parameters in `sql`."""
        values: dict[str, Any] = {"version": self.version, "tier": self.tier}
        if self.first is not None:
            values["first"] = self.first
        if self.only is not None:
            values["only"] = list(self.only)
        return values
