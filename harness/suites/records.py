"""What a suite is once it is read: cases, metrics, checks and how replies are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.types import Case, Role, Thoughts, Tier


@dataclass(frozen=True, slots=True)
class Generation:
    """How replies are drawn. `samples` replies a case; `temperature` 0 is greedy."""

    max_new_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int = 0
    samples: int = 1


@dataclass(frozen=True, slots=True)
class MetricUse:
    """A metric as a suite uses it. `name` is what the report calls it, unique in the suite; `use` the component.

    `margin`: the loss that still counts as not worse. `floor`: the smallest loss or gain that may be called
    regressed or improved. `cap`: the loss a primary without margin must exclude. All in the metric's own units; None
    means the default.
    `per_case`: where replies are drawn several times, a single case that got worse is a regression, too.
    """

    name: str
    use: str
    options: Mapping[str, Any] = field(default_factory=dict)
    role: Role = "guard"
    margin: float | None = None
    floor: float | None = None
    cap: float | None = None
    per_case: bool = False


@dataclass(frozen=True, slots=True)
class CheckUse:
    """A safety check as a suite uses it. `limit`: the share of passages with a finding that the gate tolerates."""

    name: str
    use: str
    options: Mapping[str, Any] = field(default_factory=dict)
    limit: float | None = None


@dataclass(frozen=True)
class Suite:
    """A named set of cases with what is measured on them. `version` is the hash of all that can change a result.

    `tiers` holds the share of the clusters in each tier; empty means that every case is in `gate`.
    """

    name: str
    cases: Sequence[Case]
    metrics: tuple[MetricUse, ...]
    checks: tuple[CheckUse, ...] = ()
    generation: Generation = Generation()
    tiers: Mapping[Tier, float] = field(default_factory=dict)
    description: str = ""
    version: str = ""
    thoughts: Thoughts = "split"
    file: Path | None = None

    @cached_property
    def case_by_content(self) -> Mapping[str, Case]:
        return {case.content: case for case in self.cases}
