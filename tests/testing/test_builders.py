from harness.testing import make_answered, make_case, make_conversation, make_conversation_set, make_passage
from harness.types import Message


def test_a_case_has_an_id_of_its_content() -> None:
    assert make_case("Hi?").id == make_case("Hi?", slices={"topic": "x"}).id
    assert make_case("Hi?").id != make_case("Hi?", references=["Hello."]).id
    assert make_case("Hi?", id="c1").id == "c1"


def test_a_system_message_comes_before_the_prompt() -> None:
    assert make_case("Hi?", system="Be kind.").prompt == (Message("system", "Be kind."), Message("user", "Hi?"))


def test_an_answered_case_has_one_sample_a_reply() -> None:
    answered = make_answered("a", "b")
    assert (answered.texts, [one.sample for one in answered.predictions]) == (("a", "b"), [0, 1])
    assert len({one.key for one in answered.predictions}) == 2


def test_turns_of_a_conversation_alternate() -> None:
    conversation = make_conversation("Hi?", "Hello.", "Bye?", system="Be kind.")
    assert [message.role for message in conversation.messages] == ["system", "user", "assistant", "user"]


def test_a_conversation_set_is_read_again_and_its_fingerprint_knows_the_order() -> None:
    one, two = make_conversation("1?", "1."), make_conversation("2?", "2.")
    both = make_conversation_set([one, two])
    assert (len(both), list(both), list(both)) == (2, [one, two], [one, two])
    assert both.fingerprint != make_conversation_set([two, one]).fingerprint


def test_a_passage_has_the_prompt_of_its_case() -> None:
    case = make_case("Hi?")
    assert make_passage("Hello.", case=case).prompt == case.prompt
