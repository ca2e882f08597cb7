from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from harness import Answered, Component, Finding, Passage, PluginHost, metric, safety_check
from harness.errors import UsageError
from harness.host.building import Built, build
from harness.protocols import HasWorst
from harness.testing import MetricContract, SafetyCheckContract, make_answered, make_case, make_passage
from harness.types import Checked, DetectorAccuracy


@metric
def ends_in_a_bang(answered: Answered) -> bool:
    """Share of replies that shout.

    More about it.
    """
    return answered.text.endswith("!")


@metric(name="words", higher_is_better=False, bounds=(0, None))
def count_words(answered: Answered, least: int = 0) -> float:
    return max(len(answered.text.split()), least)


@safety_check(severity="high")
def names_a_price(passage: Passage, currency: str = "€") -> str | None:
    return passage.text if currency in passage.text else None


def file_of(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def built(host: PluginHost, name: str, **options: Any) -> Built:
    return build(host, "metric", {"use": name, **options}, "suite.yaml", Path())


class TestEndsInABang(MetricContract):
    def component(self) -> Component[Any]:
        return ends_in_a_bang


class TestWords(MetricContract):
    def component(self) -> Component[Any]:
        return count_words


class TestNamesAPrice(SafetyCheckContract):
    def component(self) -> Component[Any]:
        return names_a_price


def test_name_and_summary_are_the_functions() -> None:
    assert (ends_in_a_bang.name, ends_in_a_bang.summary) == ("ends-in-a-bang", "Share of replies that shout.")
    assert (count_words.name, count_words.kind) == ("words", "metric")


def test_a_function_of_one_answer_is_averaged_over_the_samples_of_a_case() -> None:
    assert ends_in_a_bang.build().score(make_answered("Yes!", "No")) == {"sum": 0.5, "count": 1.0}


def test_an_answer_that_never_came_is_worth_the_bound_at_the_bad_end() -> None:
    (rate, length) = (one.build() for one in (ends_in_a_bang, count_words))
    assert rate.worst(make_case()) == {"sum": 0.0, "count": 1.0}
    assert not isinstance(length, HasWorst)


@pytest.mark.parametrize("wrong", [None, "0.5", [1.0]])
def test_what_is_no_number_is_an_error(wrong: Any) -> None:
    @metric
    def odd(answered: Answered) -> Any:
        return wrong

    with pytest.raises(TypeError, match="which is no number"):
        odd.build().score(make_answered("x"))


@pytest.mark.parametrize(
    ("returned", "evidence"),
    [
        (None, []),
        (False, []),
        ("", []),
        ("5 €", ["5 €"]),
        (True, ["It costs 5 €"]),
        (["5", "€"], ["5", "€"]),
        (Finding("other", "low", "mine"), ["mine"]),
        ("x" * 100, ["x" * 80]),
    ],
)
def test_what_a_check_may_return(returned: Any, evidence: list[str]) -> None:
    @safety_check
    def look(passage: Passage) -> Any:
        return returned

    (checked,) = look.build().check([make_passage("It costs 5 €")])
    assert [one.evidence for one in checked.findings] == evidence


def test_a_check_says_how_often_it_is_right() -> None:
    @safety_check(accuracy=(DetectorAccuracy("letters of 2025", 93, 100, 190, 200),))
    def rude(passage: Passage) -> None: ...

    assert rude.build().accuracy == (DetectorAccuracy("letters of 2025", 93, 100, 190, 200),)


@pytest.mark.parametrize("counts", [(3, 2, 1, 1), (1, 1, 3, 2), (-1, 1, 1, 1)])
def test_no_more_is_found_than_there_is(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="finds no more than there is"):
        DetectorAccuracy("letters of 2025", *counts)


def test_a_check_that_raises_costs_its_own_passage() -> None:
    @safety_check
    def picky(passage: Passage) -> str:
        return {"good": "fine"}[passage.text]

    good, bad = picky.build().check([make_passage("good", id="1"), make_passage("bad", id="2")])
    assert (good.findings[0].category, bad) == ("picky", Checked("2", error="KeyError: 'bad'"))


def test_a_decorated_function_in_a_file_is_a_plugin_and_its_other_arguments_are_options(tmp_path: Path) -> None:
    text = (
        "from harness import metric\n@metric\ndef longer(answered, than: int) -> bool: return len(answered.text) > than"
    )
    host = PluginHost(files=[file_of(tmp_path, text)])
    assert host.problems == []
    assert built(host, "longer", than=3).instance.score(make_answered("four")) == {"sum": 1.0, "count": 1.0}
    with pytest.raises(UsageError, match="option 'than' is missing"):
        built(host, "longer")
    with pytest.raises(UsageError, match="expected than: int"):
        built(host, "longer", than="3")


@pytest.mark.parametrize("line", ["from one import shout", "from one import *"])
def test_what_another_module_decorated_is_not_registered_twice(
    tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "one.py").write_text("from harness import metric\n@metric\ndef shout(answered): return 1\n")
    host = PluginHost(files=[file_of(tmp_path, line)])
    assert [one.component.name for one in host.components("metric") if one.plugin.name == "mine"] == []


def test_a_hook_that_yields_a_decorated_component_yields_it_once(tmp_path: Path) -> None:
    text = """
from harness import hookimpl, metric
@metric
def shout(answered): return 1
@hookimpl
def register_metrics(): yield shout
"""
    host = PluginHost(files=[file_of(tmp_path, text)])
    assert host.duplicates() == []
    assert host.find("metric", "shout")


def test_the_code_of_a_decorated_metric_is_its_own_file(tmp_path: Path) -> None:
    def code(body: str) -> str:
        text = f"from harness import metric\n@metric\ndef shout(answered): return {body}\n"
        return built(PluginHost(files=[file_of(tmp_path, text)]), "shout").code

    assert code("1") == code("1") != code("2")


def test_a_declared_version_stands_for_the_code(tmp_path: Path) -> None:
    text = "from harness import metric\n@metric(version='2')\ndef shout(answered): return 1\n"
    assert built(PluginHost(files=[file_of(tmp_path, text)]), "shout").code == "2"


def test_a_function_without_an_argument_is_refused_by_name() -> None:
    function: Callable[..., Any] = lambda: 1.0  # noqa: E731 - has no argument
    with pytest.raises(TypeError, match="takes no argument"):
        metric(function)


@pytest.mark.parametrize("decorator", [metric, metric(name="length"), safety_check, safety_check(severity="low")])
@pytest.mark.parametrize("given", [partial(max, 1), len, str])
def test_what_is_no_plain_function_is_refused(decorator: Any, given: Any) -> None:
    with pytest.raises(TypeError, match=r"^@(metric|safety_check): .* is no plain function; write one with `def`"):
        decorator(given)


async def awaits(answered: Answered) -> float:
    return 1.0


def yields(answered: Answered) -> Iterator[float]:
    yield 1.0


async def awaits_and_yields(answered: Answered) -> AsyncIterator[float]:
    yield 1.0


@pytest.mark.parametrize(
    ("decorator", "function", "said"),
    [
        (metric, awaits, r"^@metric: awaits\(\) is async, and nothing awaits it; write a plain `def`"),
        (metric, yields, r"^@metric: yields\(\) yields, and nothing reads what it yields; write `return`"),
        (metric(name="one"), awaits_and_yields, r"^@metric: awaits_and_yields\(\) is async"),
        (safety_check, awaits, r"^@safety_check: awaits\(\) is async"),
        (safety_check, awaits_and_yields, r"^@safety_check: awaits_and_yields\(\) is async"),
    ],
)
def test_a_function_whose_call_does_nothing_is_refused(decorator: Any, function: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        decorator(function)


def test_a_check_may_yield_its_findings() -> None:
    assert safety_check(yields).name == "yields"


def test_a_function_that_is_cached_is_a_plain_function() -> None:
    @metric
    @cache
    def length(answered: Answered) -> float:
        return float(len(answered.text))

    assert length.name == "length"
