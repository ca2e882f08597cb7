"""Tiers: a suite's cases split once, whole clusters at a time, and the part of them that is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.errors import UsageError, did_you_mean
from harness.suites.records import Suite
from harness.types import Case, Tier
from harness.types.hashing import unit_hash

TIERS: tuple[Tier, ...] = ("dev", "gate", "vault")


def split(suite: Suite) -> dict[str, Tier]:
    """The tier of each case, by its content. Whole clusters, and no case moves when others are added."""
    shares = suite.tiers or {"gate": 1.0}
    if len(shares) == 1:
        return dict.fromkeys((case.content for case in suite.cases), *shares)
    return {case.content: _tier(shares, unit_hash(["tier", case.group])) for case in suite.cases}


def parse_selection(selection: str) -> tuple[Tier | None, int | None]:
    """The tier of a selection, None for all cases, and how many of its first cases, None for all of them.

    Raises UsageError on what is no selection.
    """
    match = re.fullmatch(r"(dev|gate|vault|all)(?::([1-9]\d*))?", selection)
    if match is None:
        hint = did_you_mean(selection.partition(":")[0], [*TIERS, "all"])
        raise UsageError(
            f"selection {selection!r}{hint}: write dev, gate, vault or all, or a tier and a number, gate:100"
        )
    tier: Any = None if match[1] == "all" else match[1]
    return tier, int(match[2]) if match[2] else None


def select(suite: Suite, selection: str) -> tuple[Case, ...]:
    """The cases of "dev", "gate", "vault" or "all"; "gate:100" the first 100 of them by the order of their contents.

    Raises UsageError on a selection that is none of these or has no case.
    """
    tier, count = parse_selection(selection)
    tiers = split(suite)
    cases = [case for case in suite.cases if tier in (None, tiers[case.content])]
    if not cases:
        declared = (
            ", ".join(f"{tier}: {share:g}" for tier, share in suite.tiers.items()) or "none, so every case is in gate"
        )
        shares = "dev: 0.3, gate: 0.5, vault: 0.2" if tier == "vault" else "dev: 0.4, gate: 0.6"
        hint = "" if suite.tiers else f"; write `tiers: {{{shares}}}` into {suite.file or 'the suite'}"
        raise UsageError(f"suite {suite.name!r} has no case in tier {tier or 'all'!r}; its tiers: {declared}{hint}")
    if count is None:
        return tuple(cases)
    # By hash and not by position, so that a case that is added or moved leaves the subset (almost) as it was.
    first = {case.content for case in sorted(cases, key=lambda case: case.content)[:count]}
    return tuple(case for case in cases if case.content in first)


def _tier(shares: Mapping[Tier, float], drawn: float) -> Tier:
    declared = [tier for tier in TIERS if tier in shares]
    for tier in declared:
        drawn -= shares[tier]
        if drawn < 0:
            return tier
    return declared[-1]  # the shares add up to 1 only nearly
