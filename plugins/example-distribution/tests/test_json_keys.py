from collections.abc import Mapping
from typing import Any

import pytest
from harness_example.json_keys import JsonKeys

from harness import Component
from harness.testing import MetricContract, make_answered


class TestContract(MetricContract):
    def component(self) -> Component[JsonKeys]:
        return Component("json-keys", JsonKeys)

    def options(self) -> Mapping[str, Any]:
        return {"keys": ["item"]}


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ('{"item": "roll", "count": 6}', 1.0),
        ('{"item": "roll", "count": 6, "note": ""}', 1.0),
        ('{"item": "roll"}', 0.0),
        ('["item", "count"]', 0.0),
        ('Sure! {"item": "roll", "count": 6}', 0.0),
        ("[" * 100_000, 0.0),
    ],
)
def test_a_reply_counts_when_it_is_one_object_with_the_keys(reply: str, score: float) -> None:
    assert JsonKeys(["item", "count"]).score(make_answered(reply)) == {"sum": score, "count": 1.0}


def test_other_keys_can_be_refused() -> None:
    answered = make_answered('{"item": "roll", "note": ""}')
    assert JsonKeys(["item"], others=False).score(answered)["sum"] == 0.0


def test_it_needs_a_key() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        JsonKeys([])
