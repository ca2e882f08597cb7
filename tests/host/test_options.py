from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from harness.errors import PluginError, UsageError
from harness.hookspecs import HOOK_OF_KIND, hookimpl
from harness.host.building import Built, build
from harness.host.host import PluginHost
from harness.host.isolation.methods import STREAMS
from harness.host.options import Written
from harness.host.records import PluginInfo
from harness.protocols import Dataset
from harness.testing import FakeBackend
from harness.types import ModelReference, OpenRequest
from harness.types.component import KINDS, Component, ComponentKind


class Rows:
    """A dataset with options of every sort."""

    def __init__(
        self,
        path: Path,
        limit: int = 3,
        rate: float = 0.5,
        mode: Literal["fast", "slow"] = "fast",
        names: Sequence[str] = (),
        renames: Mapping[str, str] | None = None,
    ) -> None:
        if limit < 0:
            raise ValueError(f"limit: must not be negative, got {limit}")
        self.path, self.limit, self.rate, self.mode, self.names = path, limit, rate, mode, names

    def load(self, request: object) -> list[Any]:
        return []


class Mixed:
    def __init__(self, parts: list[Dataset], first: Dataset | None = None) -> None:
        self.parts, self.first = parts, first

    def load(self, request: object) -> list[Any]:
        return []


def broken(text: str = "") -> Any:
    raise RuntimeError("cannot")


def wrong() -> Any:
    return object()


def reserved(margin: float = 0.1) -> Any:
    return Rows(Path())


@pytest.fixture
def host() -> PluginHost:
    @hookimpl
    def register_datasets() -> list[Component[Any]]:
        builders = {"rows": Rows, "mixed": Mixed, "broken": broken, "wrong": wrong}
        return [Component(name, builder) for name, builder in builders.items()]

    @hookimpl
    def register_metrics() -> list[Component[Any]]:
        return [Component("reserved", reserved)]

    host = PluginHost()
    host.add(
        SimpleNamespace(register_datasets=register_datasets, register_metrics=register_metrics),
        PluginInfo("test", "here"),
    )
    return host


def built(host: PluginHost, **use: Any) -> Built:
    return build(host, "dataset", use, "recipe.yaml: data[0]", Path("/project"))


def test_paths_resolve_against_the_file_that_names_them(host: PluginHost) -> None:
    assert built(host, use="rows", path="a.jsonl").instance.path == Path("/project/a.jsonl")


def test_options_are_recorded_with_their_defaults(host: PluginHost) -> None:
    assert built(host, use="rows", path="a", limit=7).options == {
        "path": "/project/a", "limit": 7, "rate": 0.5, "mode": "fast", "names": [], "renames": None,
    }  # fmt: skip


def test_an_integer_is_a_float_but_a_string_is_no_number(host: PluginHost) -> None:
    assert built(host, use="rows", path="a", rate=1).instance.rate == 1.0
    with pytest.raises(UsageError, match=r"data\[0\]: dataset 'rows': rate: .* got '1'"):
        built(host, use="rows", path="a", rate="1")


def test_a_number_from_the_command_line_is_a_text_where_it_must_be(host: PluginHost) -> None:
    found = built(host, use="rows", path=Written("007", 7), limit=Written("007", 7)).instance
    assert (found.path, found.limit) == (Path("/project/007"), 7)
    with pytest.raises(UsageError, match=r"limit: input should be a valid integer, got '1\.5'"):
        built(host, use="rows", path="a", limit=Written("1.5", 1.5))


def test_an_unknown_option_suggests_and_lists(host: PluginHost) -> None:
    with pytest.raises(UsageError, match=r"unknown option 'limt' \(did you mean 'limit'\?\); options: path, limit"):
        built(host, use="rows", path="a", limt=1)


def test_a_missing_option_is_named(host: PluginHost) -> None:
    with pytest.raises(UsageError, match="option 'path' is missing"):
        built(host, use="rows")


def test_a_value_outside_a_literal_says_what_would_work(host: PluginHost) -> None:
    with pytest.raises(UsageError, match="'fast' or 'slow'"):
        built(host, use="rows", path="a", mode="quick")


def test_a_value_error_of_build_is_a_usage_error(host: PluginHost) -> None:
    with pytest.raises(UsageError, match="limit: must not be negative, got -1"):
        built(host, use="rows", path="a", limit=-1)


def test_another_exception_of_build_is_a_plugin_error_with_its_place(host: PluginHost) -> None:
    with pytest.raises(
        PluginError, match=r"plugin test \(here\): register_datasets: broken: build: RuntimeError: cannot"
    ):
        built(host, use="broken")


def test_build_must_return_what_its_kind_promises(host: PluginHost) -> None:
    with pytest.raises(PluginError, match="which is no Dataset"):
        built(host, use="wrong")


def test_reserved_names_cannot_be_options(host: PluginHost) -> None:
    with pytest.raises(PluginError, match="'margin' is a key of suites"):
        build(host, "metric", {"use": "reserved"}, "suite.yaml", Path())


def test_nested_components_are_built_first(host: PluginHost) -> None:
    parts = [{"use": "rows", "path": "a"}, {"use": "rows", "path": "b"}]
    mixed = built(host, use="mixed", parts=parts, first={"use": "rows", "path": "c"}).instance
    assert [part.path.name for part in mixed.parts] == ["a", "b"]
    assert mixed.first.path.name == "c"


def test_a_mistake_in_a_nested_component_names_its_place(host: PluginHost) -> None:
    with pytest.raises(UsageError, match=r"parts\[1\]: dataset 'rows': unknown option 'pth'"):
        built(host, use="mixed", parts=[{"use": "rows", "path": "a"}, {"use": "rows", "pth": "b"}])


def test_the_key_of_a_nested_component_depends_on_its_options(host: PluginHost) -> None:
    keys = {built(host, use="mixed", parts=[{"use": "rows", "path": "a", "limit": n}]).key for n in (1, 2)}
    assert len(keys) == 2


def test_a_file_stands_for_its_content_in_the_key(host: PluginHost, tmp_path: Path) -> None:
    keys = set()
    for text in ("one", "two"):
        (tmp_path / "a.txt").write_text(text, encoding="utf-8")
        keys.add(build(host, "dataset", {"use": "rows", "path": "a.txt"}, "r", tmp_path).key)
    assert len(keys) == 2


class AsyncMetric:
    reads = "text"

    async def score(self, answered: object) -> Mapping[str, float]:
        return {"sum": 1.0}

    def value(self, statistics: Mapping[str, float]) -> float:
        return statistics["sum"]


class YieldingMetric(AsyncMetric):
    def score(self, answered: object) -> Any:
        yield {"sum": 1.0}


class YieldingValue(AsyncMetric):
    def score(self, answered: object) -> Any:
        return {"sum": 1.0}

    def value(self, statistics: Mapping[str, float]) -> Any:
        yield 1.0


class AsyncCheck:
    async def check(self, passages: object) -> Any:
        yield passages


class AsyncDataset:
    async def load(self, request: object) -> list[Any]:
        return []


class YieldingTrainer:
    def train(self, request: object, monitor: object) -> Any:
        yield request


class OpensByYield:
    def identify(self, request: object) -> Any:
        return None

    def open(self, request: object) -> Any:
        yield request


async def async_build() -> Any:
    return Rows(Path())


@pytest.mark.parametrize(
    ("kind", "component", "said"),
    [
        ("metric", AsyncMetric, "score is async, and nothing awaits it"),
        ("metric", YieldingMetric, "score yields, and nothing reads what it yields; write `return`"),
        ("metric", YieldingValue, "value yields, and nothing reads what it yields"),
        ("safety check", AsyncCheck, "check is async, and nothing awaits it"),
        ("dataset", AsyncDataset, "load is async, and nothing awaits it"),
        ("trainer", YieldingTrainer, "train yields, and nothing reads what it yields"),
        ("backend", OpensByYield, "open yields, and nothing reads what it yields"),
        ("dataset", async_build, "build is async, and nothing awaits it"),
    ],
)
def test_a_component_whose_call_would_do_nothing_is_named_when_it_is_built(
    kind: ComponentKind, component: Any, said: str
) -> None:
    host = PluginHost(installed=())
    hook = hookimpl(lambda: [Component("idle", component)])
    host.add(SimpleNamespace(**{HOOK_OF_KIND[kind]: hook}), PluginInfo("test", "here"))
    with pytest.raises(PluginError, match=f"^plugin test \\(here\\): {HOOK_OF_KIND[kind]}: idle: {said}"):
        build(host, kind, {"use": "idle"}, "here", Path())


async def waits(*_: object) -> None:
    """Nothing awaits it."""


async def waits_and_yields(*_: object) -> AsyncIterator[None]:
    yield


def yields(*_: object) -> Iterator[None]:
    yield


class Waiter:
    async def __call__(self, *_: object) -> None:
        """Nothing awaits it."""


def test_every_method_that_the_harness_calls_is_looked_at_in_every_form(tmp_path: Path) -> None:
    wrong = dict.fromkeys((waits, waits_and_yields, Waiter()), "is async") | {yields: "yields"}
    for kind, row in KINDS.items():
        sound = {name: lambda *_: None for name in row.methods} | {"scope": "row", "reads": "text"}
        for name, (form, said) in product(row.methods, wrong.items()):
            if form is yields and name in STREAMS:
                continue
            host = PluginHost(installed=())
            component = Component("idle", type("Idle", (), sound | {name: form}))
            host.add(
                SimpleNamespace(**{HOOK_OF_KIND[kind]: hookimpl(lambda made=component: [made])}), PluginInfo("x", "")
            )
            with pytest.raises(PluginError, match=f"idle: {name} {said}"):
                build(host, kind, {"use": "idle"}, "here", tmp_path)


def test_an_async_method_of_an_opened_model_is_named_when_it_is_opened(tmp_path: Path) -> None:
    class Opens(FakeBackend):
        @contextmanager
        def open(self, request: OpenRequest) -> Iterator[Any]:
            yield SimpleNamespace(answers=frozenset({"text"}), facts={}, answer=waits)

    host = PluginHost(installed=())
    host.add(
        SimpleNamespace(register_backends=hookimpl(lambda: [Component("idle", Opens)])), PluginInfo("test", "here")
    )
    backend = build(host, "backend", {"use": "idle"}, "here", tmp_path).instance
    with (
        pytest.raises(TypeError, match="opened a model whose answer is async"),
        backend.open(OpenRequest(ModelReference("m"))),
    ):
        pass


def test_what_build_changes_of_the_process_is_put_back_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def moves() -> Rows:
        os.chdir("/")
        return Rows(Path())

    monkeypatch.chdir(tmp_path)
    host = PluginHost(installed=())
    host.add(
        SimpleNamespace(register_datasets=hookimpl(lambda: [Component("moves", moves)])), PluginInfo("test", "here")
    )
    build(host, "dataset", {"use": "moves"}, "here", Path())
    assert Path.cwd() == tmp_path
    said = "moves: build: changes what belongs to the whole process: the current folder; that is put back"
    assert caplog.messages == [f"plugin test (here): register_datasets: {said}"]
