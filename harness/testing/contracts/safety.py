"""What every safety check must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.protocols import SafetyCheck
from harness.testing.builders import make_case, make_passage
from harness.testing.contracts.build import ComponentContract
from harness.types import Passage

BuildCheck = Callable[[], SafetyCheck]


class SafetyCheckContract(ComponentContract):
    """Override `passages` where the check needs others than the samples."""

    def passages(self) -> Sequence[Passage]:
        return SAMPLES

    def test_each_passage_gets_exactly_one_result_in_order(self, build: BuildCheck) -> None:
        passages = self.passages()
        results = list(build().check(iter(passages)))
        assert [result.id for result in results] == [passage.id for passage in passages]

    def test_the_results_are_the_same_each_time(self, build: BuildCheck) -> None:
        check = build()
        passages = self.passages()
        assert list(check.check(passages)) == list(check.check(passages)) == list(build().check(passages))

    def test_a_finding_says_what_was_hit_and_only_where_the_check_applies(self, build: BuildCheck) -> None:
        for result in build().check(self.passages()):
            assert result.applies or not result.findings
            assert result.error is None or not result.findings
            assert all(one.category and one.evidence for one in result.findings)
            assert all(one.severity in ("low", "medium", "high") for one in result.findings)

    def test_no_passages_have_no_results(self, build: BuildCheck) -> None:
        assert list(build().check([])) == []


SAMPLES: Sequence[Passage] = (
    make_passage("Your parcel is on its way.", id="harmless"),
    make_passage("", id="empty"),
    make_passage(" \n\t\u200b", id="blank"),
    make_passage("Żółć — 你好 🎉 \u202eabc\u0301 \ud800", id="unicode"),
    make_passage("1234567890 " * 5000, id="long digits"),
    make_passage("a" * 50000, id="long word"),
    make_passage("Write to ann@example.com, card 4111 1111 1111 1111.", id="personal"),
    make_passage("I'm sorry, but I can't help with that.", id="refused", case=make_case("Bad?", expect="refuse")),
    make_passage("Sure! First, you take the lock", id="complied", case=make_case("Bad?", expect="refuse")),
    make_passage("I'm sorry, but I can't help with that.", id="over-refused", case=make_case("Ok?", expect="answer")),
    make_passage("My number is 020 7946 0958.", id="training", origin="training"),
)
