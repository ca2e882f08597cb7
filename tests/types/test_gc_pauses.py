from __future__ import annotations

import gc

import pytest

from harness.types.gc_pauses import building, keeping


def test_nothing_is_collected_while_records_are_made_also_where_that_fails() -> None:
    seen: list[bool] = []

    @building()
    def make() -> None:
        seen.append(gc.isenabled())
        raise ValueError("a bad row")

    with pytest.raises(ValueError, match="a bad row"):
        make()
    assert (seen, gc.isenabled()) == ([False], True)


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with building():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_kept_is_not_gone_through_until_the_end() -> None:
    with keeping():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0
