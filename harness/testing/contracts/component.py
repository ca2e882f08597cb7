"""What holds for components of every kind."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.strategies import SearchStrategy

from harness.errors import PluginError
from harness.host.isolation.frames import Item, received, told
from harness.host.options import options_of
from harness.host.records import PluginInfo, Registered
from harness.testing.contracts.guards import heavy_libraries, no_network
from harness.testing.contracts.showing import Shown
from harness.types.component import Component, ComponentKind

_NEEDS = re.compile(r"network|weights|gpu|\[[\w.-]+\]")


class ComponentContract:
    """Override `component`, and `options` for what its `build` needs; `build` makes a fresh one for each test.

    Rules are tried on samples made by hand and on `examples` inputs that hypothesis draws, the same ones each time.
    """

    kind: ClassVar[ComponentKind]
    examples: int = 20

    def component(self) -> Component[Any]:
        raise NotImplementedError(f"{type(self).__name__} must return the component under test from component()")

    def options(self) -> Mapping[str, Any]:
        return {}

    @pytest.fixture
    def build(self) -> Callable[[], Any]:
        return lambda: self.component().build(**self.options())

    def test_its_options_are_keywords_whose_annotations_can_be_read(self) -> None:
        component = self.component()
        registered = Registered(self.kind, component, PluginInfo("contract", type(self).__name__))
        try:
            known = {option.name for option in options_of(registered)}
        except PluginError as error:
            raise AssertionError(self._broken(f"build takes plain annotated keyword arguments: {error}")) from error
        unknown = sorted(self.options().keys() - known)
        assert not unknown, self._broken(f"build has no option {unknown}; it has {sorted(known)}")

    def test_what_it_needs_is_said_in_words_that_are_known(self) -> None:
        unknown = [need for need in self.component().needs if not _NEEDS.fullmatch(need)]
        known = '"network", "weights", "gpu" or an extra, "[name]"'
        assert not unknown, self._broken(f"needs are {known}, not {unknown}")

    def test_its_module_and_build_load_nothing_heavy(self) -> None:
        component = self.component()
        if component.build.__module__ == type(self).__module__:
            pytest.skip("the component is defined beside its test: there is no module of its own to import")
        overridden = inspect.getattr_static(type(self), "build") is not ComponentContract.__dict__["build"]
        try:
            loaded = heavy_libraries(component.build, None if overridden else self.options())
        except LookupError as error:
            pytest.skip(str(error))
        except RuntimeError as error:
            raise AssertionError(self._broken(f"it can be imported and built on its own: {error}")) from error
        where = "import it inside the method that needs it"
        imported, built = loaded.imported, loaded.built
        assert not imported, self._broken(f"importing {loaded.module} loads {', '.join(imported)}; {where}")
        assert not built, self._broken(f"build loads {', '.join(built)}; {where}")

    def test_it_reaches_for_no_network(self, build: Callable[[], Any], tmp_path: Path) -> None:
        if "network" in self.component().needs:
            pytest.skip("the component says that it needs the network")
        with no_network() as tried:
            error = _raised(lambda: self._work(build(), self._inputs(build, tmp_path)))
        assert not tried, self._broken(f'it works without a network, or says needs=("network",); it {tried[0]}')
        if error is not None:
            raise error

    def test_it_prints_nothing(
        self, build: Callable[[], Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        inputs = self._inputs(build, tmp_path)
        capfd.readouterr()
        self._work(build(), inputs)
        printed = capfd.readouterr().out
        assert not printed, self._broken(
            f"stdout is for results, so use logging or stderr; it printed {printed[:80]!r}"
        )

    def test_what_it_is_given_stays_as_it_was(self, build: Callable[[], Any], tmp_path: Path) -> None:
        def unchanged(inputs: Any) -> None:
            before = copy.deepcopy(inputs)
            self._work(build(), inputs)
            assert inputs == before, self._broken("what it is given belongs to others too, and is changed by it")

        self._for_each_input(build, tmp_path, unchanged)

    def test_two_that_are_built_alike_do_the_same(self, build: Callable[[], Any], tmp_path: Path) -> None:
        first, second = (self._inputs(build, tmp_path / name) for name in ("first", "second"))
        self._assert_same(self._work(build(), first), self._work(build(), second))
        self._for_each_drawn(build, lambda inputs: self._assert_same(*(self._work(build(), inputs) for _ in "ab")))

    def test_what_it_gives_can_go_to_another_process(self, build: Callable[[], Any], tmp_path: Path) -> None:
        given_back = self._work(build(), self._inputs(build, tmp_path))
        try:
            there = received(told(Item(given_back)))
        except Exception as error:  # a class of the author's raises whatever it likes
            raise AssertionError(self._broken(f"what it gives can go to another process: {error}")) from error
        assert there == Item(given_back), self._broken("what it gives is the same in another process")

    def _inputs(self, build: Callable[[], Any], folder: Path) -> Any:
        """Fresh ones, made by hand, for `_work`; files go into the folder."""
        raise NotImplementedError

    def _work(self, built: Any, inputs: Any) -> Any:
        """All that the component makes of the inputs, as values that can be compared and pickled."""
        raise NotImplementedError

    def _drawn(self, build: Callable[[], Any]) -> SearchStrategy[Any] | None:
        """More inputs for `_work`; None where the component is too slow for many."""
        return None

    def _assert_same(self, first: Any, second: Any) -> None:
        assert first == second, self._broken("two that are built alike do the same with the same inputs")

    def _for_each_input(self, build: Callable[[], Any], folder: Path, check: Callable[[Any], None]) -> None:
        check(self._inputs(build, folder))
        self._for_each_drawn(build, check)

    def _for_each_drawn(self, build: Callable[[], Any], check: Callable[[Any], None]) -> None:
        drawn = self._drawn(build)
        if drawn is not None:
            self._for_all(drawn, check)

    def _for_all(self, drawn: SearchStrategy[Any], check: Callable[[Any], None]) -> None:
        """Try what is drawn, always the same; of what fails the smallest is shown."""

        @settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,  # nothing is kept in the author's folder
            deadline=None,
            phases=[Phase.generate, Phase.shrink],  # to explain a failure takes longer than to find it
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,  # it would tell the calls by which the inputs were drawn
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(drawn.map(Shown))  # hypothesis warns of what is long to print
        def tried(inputs: Shown) -> None:
            try:
                check(copy.deepcopy(inputs.value))  # what is drawn is shared, and components may write into it
            except Exception as error:
                error.add_note(f"tried on {inputs!r}")
                raise

        tried()

    def _broken(self, rule: str) -> str:
        """The message of a rule that does not hold."""
        return f"{self.kind} {self.component().name!r}: {rule}"


def _raised(work: Callable[[], Any]) -> Exception | None:
    try:
        work()
    except Exception as error:
        return error
    return None
