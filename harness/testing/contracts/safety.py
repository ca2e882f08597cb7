"""What every safety check must do."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.protocols import SafetyCheck
from harness.testing import strategies
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.samples import PASSAGES
from harness.testing.contracts.showing import shown
from harness.types import Accuracy, Checked, Passage, Severity
from harness.types.component import ComponentKind
from harness.types.validation import misfit

BuildCheck = Callable[[], SafetyCheck]

_YEAR = re.compile(r"\b(19|20)\d\d\b")


class SafetyCheckContract(ComponentContract):
    """Override `passages` to add some that the check finds something in. It must cope with any."""

    kind: ClassVar[ComponentKind] = "safety check"

    def passages(self) -> Sequence[Passage]:
        return PASSAGES

    def test_each_passage_gets_exactly_one_result_in_order(self, build: BuildCheck, tmp_path: Path) -> None:
        def one_each(passages: Sequence[Passage]) -> None:
            given = [result.id for result in build().check(iter(passages))]
            wanted = [passage.id for passage in passages]
            assert given == wanted, self._broken(
                "each passage, read once, gets one Checked with its id, in their order"
            )

        one_each([])
        self._for_each_input(build, tmp_path, one_each)

    def test_a_finding_says_what_was_hit_and_how_bad_it_is(self, build: BuildCheck, tmp_path: Path) -> None:
        def told(passages: Sequence[Passage]) -> None:
            for finding in (finding for result in build().check(passages) for finding in result.findings):
                rule = f"a finding has a category and evidence, both texts that are not blank; {shown(finding)}"
                assert all(_is_text(one) for one in (finding.category, finding.evidence)), self._broken(rule)
                known = get_args(Severity)
                assert finding.severity in known, self._broken(f"severity is one of {known}, not {finding.severity!r}")

        self._for_each_input(build, tmp_path, told)

    def test_nothing_is_found_where_it_does_not_apply_or_failed(self, build: BuildCheck, tmp_path: Path) -> None:
        def consistent(passages: Sequence[Passage]) -> None:
            for result in build().check(passages):
                rule = "a result has findings only where the check applies, has not failed and has judged the passage"
                bare = result.applies and result.error is None and result.unchecked is None
                assert bare or not result.findings, self._broken(f"{rule}; {shown(result)}")
                rule = f"an error says what went wrong; {shown(result)}"
                assert result.error is None or _is_text(result.error), self._broken(rule)
                rule = f"what was not checked says why; {shown(result)}"
                assert result.unchecked is None or _is_text(result.unchecked), self._broken(rule)

        self._for_each_input(build, tmp_path, consistent)

    def test_what_it_says_of_its_accuracy_is_a_record_of_counts(self, build: BuildCheck) -> None:
        wrong = misfit(getattr(build(), "accuracy", ()), Accuracy)
        assert wrong is None, self._broken(f'accuracy is "exact" or a tuple of DetectorAccuracy; {wrong}')

    def test_it_was_measured_once_on_each_source_of_a_year(self, build: BuildCheck) -> None:
        accuracy = getattr(build(), "accuracy", ())
        records = () if accuracy == "exact" else accuracy
        sources = [one.on for one in records]
        assert len(set(sources)) == len(sources), self._broken(f"each source has one record of counts, not {sources}")
        for one in records:
            rule = f"a record counts at least one labelled passage; {shown(one)}"
            assert one.positives + one.negatives > 0, self._broken(rule)
            rule = f"a source says of which year it is, as 'letters of 2025'; {one.on!r}"
            assert _YEAR.search(one.on), self._broken(rule)

    def test_a_result_does_not_depend_on_the_other_passages(self, build: BuildCheck, tmp_path: Path) -> None:
        def independent(passages: Sequence[Passage]) -> None:
            check = build()
            together = list(check.check(passages))
            alone = [result for passage in reversed(passages) for result in check.check([passage])][::-1]
            assert together == alone, self._broken(
                f"a passage has the same result whatever the others; {shown(passages)}"
            )

        self._for_each_input(build, tmp_path, independent)

    def _inputs(self, build: BuildCheck, folder: Path) -> Sequence[Passage]:
        return copy.deepcopy(self.passages())

    def _drawn(self, build: BuildCheck) -> SearchStrategy[Sequence[Passage]]:
        return st.lists(strategies.passages(), max_size=3, unique_by=lambda one: one.id)

    def _work(self, built: SafetyCheck, inputs: Sequence[Passage]) -> tuple[list[Checked], Any]:
        return list(built.check(inputs)), getattr(built, "accuracy", ())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
