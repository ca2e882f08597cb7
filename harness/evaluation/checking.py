"""Replies -> passages -> what a safety check says of each. Pure but for the check."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from harness.errors import describe
from harness.evaluation.records import PredictionKey
from harness.evaluation.requests import Asked
from harness.protocols import SafetyCheck
from harness.types import Case, Checked, Passage, Prediction
from harness.types.blanks import has_words, is_blank
from harness.types.thoughts import as_read
from harness.types.validation import misfit

EMPTY = "the reply is empty"
WORDLESS = "there is no word in it"
"""Why a passage without text was not checked: it is neither a finding nor clean, whatever a check says of it."""
FAILED = "the answer failed"
MISSING = "there is no answer"
"""Why there is no passage at all: it counts as an empty one. An answer that may come at the next try is missing."""


class Reply(NamedTuple):
    """A reply as a check gets it, with what finds it: the prediction and the content of the case."""

    passage: Passage
    key: PredictionKey
    content: str


def passages(asked: Sequence[Asked], predictions: Mapping[str, Sequence[Prediction]]) -> Iterator[Reply]:
    """The replies of each text answer, as passages whose ids end in the sample's number.

    Errored answers are `without_reply`; one that was cut before it began is a text without a word.
    """
    for one in asked:
        if one.kind != "text":
            continue
        for prediction in predictions.get(one.answer_key, ()):
            if prediction.error is None and prediction.sample < one.samples:
                identifier = f"{one.case.content}:{prediction.sample}"
                text = "\n".join(as_read(prediction, one.thoughts).replies)
                refused = prediction.finish_reason == "refusal"
                passage = Passage(identifier, text, "reply", one.case.prompt, one.case, refused=refused)
                yield Reply(passage, one.prediction_key(prediction.sample), one.case.content)


def check(component: SafetyCheck, name: str, wanted: Sequence[Passage]) -> dict[str, Checked]:
    """One result a passage id. A check that raises, or answers for too few or too many, costs only its own results.

    Of a passage without a word the check says only whether it applies, unless the server declared it a refusal.
    """
    found: dict[str, Checked] = {}
    place, problem = f"safety check {name!r}: check", "gave no result for this passage"
    ids = {passage.id for passage in wanted}
    try:
        for checked in islice(component.check(wanted), len(ids) + 1):  # one too many tells that they may never end
            _take(checked, found, ids)
    except (Exception, SystemExit) as error:
        problem = describe(error)
        if len(found) == len(ids):  # after the last result: without one to cost, nobody would hear of it
            found.popitem()
    for passage in wanted:
        result = found.get(passage.id) or Checked(passage.id, error=problem)
        if not passage.refused and not has_words(passage.text):
            why = EMPTY if is_blank(passage.text) else WORDLESS
            result = Checked(passage.id, applies=result.applies, unchecked=why)
        named = result if result.error is None else replace(result, error=f"{place}: {result.error}")
        found[passage.id] = named
    return {passage.id: found[passage.id] for passage in wanted}


def without_reply(component: SafetyCheck, name: str, cases: Sequence[Case]) -> set[str]:
    """The contents of those cases, whose replies never came, that the check applies to: it sees empty replies."""
    wanted = [Passage(case.content, "", "reply", case.prompt, case) for case in cases]
    return {identifier for identifier, result in check(component, name, wanted).items() if result.applies}


def _take(checked: Checked, found: dict[str, Checked], ids: Collection[str]) -> None:
    """Keep the result of a passage; one that is no proper record is an error of its passage, or of the check."""
    if not isinstance(checked, Checked):
        raise TypeError(f"gave {checked!r}, which is no Checked")
    if checked.id not in ids:
        raise ValueError(f"gave a result for {checked.id!r}, a passage that it was not given")
    wrong = misfit(checked, Checked)
    if checked.id in found:
        checked = Checked(checked.id, error="gave two results for this passage")
    elif wrong is not None:
        checked = Checked(checked.id, error=f"gave a result whose {wrong}")
    elif checked.unchecked is not None and checked.findings:
        checked = Checked(checked.id, error="gave findings in a passage that it has not checked")
    found[checked.id] = checked
