"""What token sequences begin with in common, so that it is run once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

WORTH_SHARING = 16  # fewer tokens cost less than the run of its own that sharing them takes


def common_prefix(left: list[int], right: list[int]) -> int:
    """How many tokens both begin with."""
    equal, unknown = 0, min(len(left), len(right))
    while equal < unknown:
        middle = (equal + unknown + 1) // 2
        if left[equal:middle] == right[equal:middle]:
            equal = middle
        else:
            unknown = middle - 1
    return equal


def leaders(prompts: Sequence[list[int]], held: Callable[[list[int]], int]) -> list[int]:
    """The indices of prompts to run first: each other one begins like one of them, for longer than is `held` of it."""
    chosen: list[int] = []
    for index, prompt in enumerate(prompts):
        shared = max((common_prefix(prompt, prompts[leader]) for leader in chosen), default=0)
        if shared - held(prompt) < WORTH_SHARING:
            chosen.append(index)
    return chosen


def chunks(lengths: Sequence[int], limit: int) -> list[list[int]]:
    """Indices in chunks of like lengths, which padded have at most `limit` tokens and are at least half full."""
    found: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        longest = lengths[found[-1][0]] if found else 0
        if found and longest * (len(found[-1]) + 1) <= limit and 2 * lengths[index] >= longest:
            found[-1].append(index)
        else:
            found.append([index])
    return found
