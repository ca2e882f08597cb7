from harness.testing import make_case, make_conversation
from harness.testing.contracts.showing import Shown, shown
from harness.types import Kept


def test_fields_that_are_as_by_default_are_left_out() -> None:
    assert shown([Kept("a"), Kept("b", flags=("odd",))]) == "[Kept(id='a'), Kept(id='b', flags=('odd'))]"


def test_a_long_text_is_cut_and_its_length_told() -> None:
    assert shown({"said": "a" * 30_000}) == f"{{'said': '{'a' * 60}'… (30000 characters)}}"


def test_the_whole_is_cut() -> None:
    assert len(repr(Shown([make_case(str(number)) for number in range(500)]))) == 1501


def test_the_type_of_what_is_inside_is_told() -> None:
    assert shown(make_conversation("Hi?", id="1")) == (
        "Conversation(id='1', messages=(Message(role='user', content='Hi?')))"
    )
