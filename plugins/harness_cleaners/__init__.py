"""What decides which conversations are fit to train on."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import Cleaner
from harness.types.component import Component
from harness_cleaners.exact_duplicates import ExactDuplicates
from harness_cleaners.length_bounds import LengthBounds
from harness_cleaners.role_order import RoleOrder


@hookimpl
def register_cleaners() -> Iterator[Component[Cleaner]]:
    yield Component("exact-duplicates", ExactDuplicates, "drops repeats; case, width, punctuation and spaces aside")
    yield Component("length-bounds", LengthBounds, "drops what is empty, too short or too long")
    yield Component("role-order", RoleOrder, "drops chats that are not system?, then user and assistant in turn")
