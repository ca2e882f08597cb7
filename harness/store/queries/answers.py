"""Questions about how answers ended: those that are there, those that failed, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.evaluation.records import Evaluation
from harness.store.queries.asking import Asks, fetch, readable
from harness.store.rows.evaluation_rows import prediction_from_row
from harness.types import Prediction
from harness.types.blanks import BLANK, is_blank
from harness.types.thoughts import MARKED

# Each answer that was asked for, whether it came or not, without what was said: that may be millions of texts.
_ASKED = """
    CREATE OR REPLACE TEMP TABLE asked_answers AS
    SELECT asked.*, error, finish_reason, predictions.answer_key IS NULL AS missing,
        regexp_matches(replies[-1], $blank) OR regexp_matches(replies[-1], $marked) AS may_be_silent
    FROM (
        SELECT position, content, kind, answer_key, unnest(range(if(kind = 'text', $samples, 1))) AS sample
        FROM evaluation_cases WHERE evaluation = $evaluation) AS asked
    LEFT JOIN predictions USING (answer_key, sample)"""
_SAID = "NOT missing AND error IS NULL AND kind = 'text'"
_COUNTS = f"""
    SELECT count(*), count(*) FILTER ({_SAID}), count(*) FILTER ({_SAID} AND finish_reason = 'length'),
        count(*) FILTER (missing), min_by(content, position) FILTER (missing)
    FROM asked_answers"""
_REASONS = """
    SELECT error, count(*), min_by(content, position) FROM asked_answers WHERE error IS NOT NULL
    GROUP BY error ORDER BY count(*) DESC, min(position)"""
_SILENT = f"""
    SELECT content, predictions.*
    FROM (SELECT position, content, answer_key, sample FROM asked_answers WHERE {_SAID} AND may_be_silent) AS asked
    JOIN predictions USING (answer_key, sample) ORDER BY position, sample"""
_TRIED = """
    SELECT detail FROM states WHERE subject = 'failures' AND id = ? ORDER BY "at" DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class WhyFailed:
    """Why `count` answers failed, and the content of a case that is one of them."""

    reason: str
    count: int
    content: str


@dataclass(frozen=True, slots=True)
class Endings:
    """How the answers of an evaluation ended: of `asked` ones so many `failed`, and `replies` came.

    Of those, `cut` ended at the most new tokens, `cut_without_text` of these before the reply began, and `without_text`
    have none, however they ended.
    """

    asked: int
    failed: int
    replies: int
    cut: int
    cut_without_text: int
    without_text: int
    reasons: tuple[WhyFailed, ...]


class AnswerQuestions(Asks):
    """How answers ended."""

    def endings(self, evaluation: Evaluation, read: Callable[[Prediction], Prediction]) -> Endings:
        """How the answers of the evaluation ended, as `read` tells the reply of a prediction."""
        with self._asking() as connection:
            wanted = {"evaluation": evaluation.id, "samples": evaluation.samples("text")}
            connection.execute(_ASKED, {**wanted, "blank": BLANK, "marked": MARKED})
            asked, replies, cut, missing, first = connection.execute(_COUNTS).fetchall()[0]
            reasons = [WhyFailed(*row) for row in connection.execute(_REASONS).fetchall()]
            rows = fetch(connection, _SILENT)
            tried = connection.execute(_TRIED, [evaluation.id]).fetchall() if missing else []
        silent = [(row.pop("content"), read(readable("prediction", prediction_from_row, row))) for row in rows]
        silent = [(content, one) for content, one in silent if not one.replies or is_blank(one.replies[-1])]
        unread = [(one.error, content) for content, one in silent if one.error is not None]
        first_of = dict(reversed(unread))
        counts = Counter(error for error, _ in unread)
        reasons += [WhyFailed(error, count, first_of[error]) for error, count in counts.items()]
        reasons += _missing(tried, missing, first)
        return Endings(
            asked=asked,
            failed=sum(one.count for one in reasons),
            replies=replies,
            cut=cut,
            cut_without_text=sum(one.finish_reason == "length" for _, one in silent),
            without_text=len(silent),
            reasons=tuple(sorted(reasons, key=lambda one: -one.count)),
        )


def _missing(tried: list[Any], missing: int, first: str) -> list[WhyFailed]:
    """Why answers are missing, as far as the last try has told."""
    known: list[Mapping[str, Any]] = json.loads(tried[0][0])["reasons"] if tried else []
    reasons = [WhyFailed(**one) for one in known]
    rest = missing - sum(one.count for one in reasons)
    if rest < 0:  # some of them have come since
        return [WhyFailed(reasons[0].reason, missing, first)]
    return [*reasons, *([WhyFailed("there is no answer", rest, first)] if rest else [])]
