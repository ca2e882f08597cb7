"""Inputs made by hand, which every contract tries first: the ordinary ones, and those that have broken something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.testing.builders import make_answered, make_case, make_conversation, make_passage
from harness.types import Answered, Conversation, Kind, Likelihood, Message, Passage

CONVERSATIONS: Sequence[Conversation] = (
    make_conversation("Where is my parcel?", "It is on its way to you.", id="plain"),
    make_conversation("Where is my parcel?", "It is on its way to you.", id="same again"),
    make_conversation("  where is my  PARCEL? ", "It is on its way to you.", id="same but for case and blanks"),
    make_conversation("Hi", "Hello, how can I help?", "My tent leaks.", "Seal the seams.", id="two exchanges"),
    make_conversation("Żółć — 你好 🎉", "\u202eabc\u0301 \x00 naïve", id="unicode", system="Be kind."),
    make_conversation("", "", id="empty"),
    make_conversation(" \n\t", "\u200b", id="blank"),
    make_conversation("Tell me more.", "and more " * 5000, id="long"),
    make_conversation("No reply to this", id="unanswered"),
    Conversation("no messages", ()),
    Conversation("assistant first", (Message("assistant", "Hello."), Message("user", "Hi."))),
    Conversation("two in a row", (Message("user", "Hi."), Message("user", "Anyone?"), Message("assistant", "Yes."))),
    Conversation("late system", (Message("user", "Hi."), Message("system", "Be kind."), Message("assistant", "Yes."))),
)
"""Conversations as cleaners meet them: plain, repeated, empty, blank, Unicode, very long, out of order."""

PASSAGES: Sequence[Passage] = (
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
"""Texts as checks meet them: harmless, empty, blank, Unicode, very long, personal, refusals, training data."""


def _text_samples() -> Sequence[Answered]:
    sentence = "The parcel left our warehouse on Monday and will reach you by Friday."
    cases = [
        make_case("Where is it?", references=[sentence]),
        make_case("And now?", references=["It is on its way to you now.", "On its way."]),
        make_case("Grüße?", references=["Żółć, naïve café — 你好，世界 🎉"]),
        make_case("Say nothing.", references=["Nothing at all is what I have to say."]),
    ]
    return (
        make_answered(sentence, case=cases[0]),
        make_answered("The parcel left our warehouse on Tuesday", case=make_case("When?", references=[sentence])),
        make_answered("It is on the way.", "On its way.", case=cases[1]),
        make_answered("Żółć, naive café — 你好 🎉 \u202eabc\u0301", case=cases[2]),
        make_answered("", case=cases[3]),
        make_answered(" \n\t", case=make_case("Blank?", references=["No, this is not a blank line."])),
        make_answered("again and " * 2000, case=make_case("Long?", references=["again and again it is said"])),
    )


def _choice_samples() -> Sequence[Answered]:
    choices = ("refund", "delivery", "größe 📏")
    cases = [make_case(f"Question {number}", choices=choices, answer=choices[number % 3]) for number in range(7)]
    figures = [(-1.0, -2.0, -3.0), (-4.0, -1.5, -2.0), (-1.0, -2.0, -9.0), (-0.5, -0.5, -0.5), (-1.0, -2.0, -3.0)]
    scored = [
        make_answered(case=case, kind="choice", likelihoods=[Likelihood(figure, 2) for figure in three])
        for case, three in zip(cases, figures, strict=False)
    ]
    spelled, unknown = (make_answered(text, case=case) for text, case in zip(("Refund ", "?"), cases[5:], strict=True))
    return (*scored, spelled, unknown)


def _likelihood_samples() -> Sequence[Answered]:
    texts = ("It is on its way.", "Ja, natürlich 🎉", "word " * 3000, "x")
    return tuple(
        make_answered(
            case=make_case(f"Question {number}", references=[text]),
            kind="log-likelihood",
            likelihoods=[Likelihood(-1.5 * len(text.split()) - number, len(text.split()))],
        )
        for number, text in enumerate(texts)
    )


ANSWERED: Mapping[Kind, Sequence[Answered]] = {
    "text": _text_samples(),
    "choice": _choice_samples(),
    "log-likelihood": _likelihood_samples(),
}
"""A few answered cases of each kind: right, wrong, empty, blank, several samples, Unicode, very long."""
