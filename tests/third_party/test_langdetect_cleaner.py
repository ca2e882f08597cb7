"""langdetect as a cleaner that keeps conversations in the languages that are wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from harness import Component
from harness.testing import CleanerContract, make_conversation
from harness.types import Dropped, Kept

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.third_party.conftest import Find, Run

FILE = "langdetect_cleaner.py"
GERMAN = ("Wann kommt mein Paket bei mir zu Hause an?", "Es wird morgen Vormittag bei Ihnen abgegeben.")
FINNISH = ("Milloin pakettini saapuu kotiini?", "Se toimitetaan teille huomenna aamupäivällä.")
ENGLISH = ("When will my parcel be at my house?", "It will be brought to you tomorrow morning.")


class TestLanguages(CleanerContract):
    @pytest.fixture(autouse=True)
    def load(self, find: Find) -> None:
        self.found = find(FILE, "cleaner", "languages")

    def component(self) -> Component[Any]:
        return self.found

    def options(self) -> Mapping[str, Any]:
        return {"wanted": ["en"]}


def test_what_holds_no_word_is_kept_and_flagged(find: Find) -> None:
    cleaner = find(FILE, "cleaner", "languages").build(wanted=["en", "de"])
    chats = [make_conversation("12 + 30", "42", id="sum"), make_conversation(*FINNISH, id="finnish")]
    assert list(cleaner.clean(chats)) == [
        Kept("sum", flags=("no language",)),
        Dropped("finnish", "other language: fi"),
    ]


def test_a_run_trains_on_the_wanted_languages_and_reports_the_rest_by_reason(project: Project, harness: Run) -> None:
    chats = [*[(f"{asked} Number {n}.", said) for n in range(8) for asked, said in (GERMAN, ENGLISH)], FINNISH]
    roles = ("user", "assistant")
    rows = [{"messages": [{"role": r, "content": text} for r, text in zip(roles, chat, strict=True)]} for chat in chats]
    project.write("talk.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    project.recipe(cleaners=[{"use": "languages", "wanted": ["en"]}], plugins={"files": [str(project.plugin)]})
    done = harness(FILE, "run", "recipe.yaml", "--json")
    assert (done.code, done.report.data.loaded, done.report.data.kept) == (0, 17, 8)
    (line,) = done.report.data.cleaners
    assert (line.cleaner, line.dropped, [(one.reason, one.count) for one in line.reasons]) == (
        "languages",
        9,
        [("other language", 9)],
    )
