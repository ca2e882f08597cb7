"""What stands between a component and the world, on small modules of their own."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.host.host import PluginHost
from harness.testing.contracts.guards import heavy_libraries, no_network

PLUGIN = """
from harness import Component, hookimpl, metric

class Mine:
    reads = "text"
    def __init__(self, path):
        {built}
    def score(self, answered): return {{}}
    def value(self, statistics): return 0.0

{imported}

@metric
def shouts(answered, loud: int = 1) -> bool: return True

@hookimpl
def register_metrics():
    yield Component("mine", Mine)
"""


@pytest.fixture
def build_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Callable[..., Any]]]:
    """The `build` of a component in a plugin file that imports a stand-in for a heavy library."""
    (tmp_path / "gensim.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    def build(component: str, imported: str = "", built: str = "pass") -> Callable[..., Any]:
        file = tmp_path / "my_plugin.py"
        file.write_text(PLUGIN.format(imported=imported, built=built))
        return PluginHost(files=[file]).find("metric", component).component.build

    yield build
    sys.modules.pop("gensim", None)


def test_a_plugin_that_is_a_file_is_imported_from_there(build_of: Callable[..., Any]) -> None:
    loaded = heavy_libraries(build_of("mine", imported="import gensim"), None)
    assert (loaded.imported, loaded.built) == (("gensim",), ())


def test_what_building_loads_is_told_apart(build_of: Callable[..., Any], tmp_path: Path) -> None:
    loaded = heavy_libraries(build_of("mine", built="import gensim"), {"path": tmp_path})
    assert (loaded.imported, loaded.built) == ((), ("gensim",))


def test_options_that_cannot_leave_the_process_are_not_built_with(build_of: Callable[..., Any]) -> None:
    loaded = heavy_libraries(build_of("mine", built="import gensim"), {"path": lambda: None})
    assert loaded.built == ()


def test_a_decorated_function_is_found_by_its_name(build_of: Callable[..., Any]) -> None:
    loaded = heavy_libraries(build_of("shouts"), {"loud": 2})
    assert (loaded.module, loaded.imported, loaded.built) == ("harness_plugin_my_plugin", (), ())


def test_a_module_that_fails_alone_says_how(build_of: Callable[..., Any]) -> None:
    build = build_of("mine", imported="import sys; assert 'pytest' in sys.modules, 'only in tests'")
    with pytest.raises(RuntimeError, match="AssertionError: only in tests"):
        heavy_libraries(build, None)


def test_what_is_in_no_file_cannot_be_imported_alone() -> None:
    made: dict[str, Any] = {"__name__": "made_up"}
    exec("class Made: pass", made)
    with pytest.raises(LookupError, match="'made_up' cannot be imported"):
        heavy_libraries(made["Made"], None)


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_connections_are_refused_and_told(connect: str) -> None:
    with no_network() as tried, socket.socket() as one, pytest.raises(ConnectionRefusedError):
        getattr(one, connect)(("127.0.0.1", 9))
    assert tried == ["connected to ('127.0.0.1', 9)"]


def test_names_are_not_looked_up() -> None:
    with no_network() as tried, pytest.raises(socket.gaierror):
        socket.create_connection(("example.com", 80))
    assert tried == ["looked up 'example.com'"]


def test_processes_on_the_machine_may_talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of such a socket is short
    with socket.socket(socket.AF_UNIX) as server, no_network() as tried, socket.socket(socket.AF_UNIX) as one:
        server.bind("here")
        server.listen()
        one.connect("here")
    assert tried == []


def test_all_is_as_before_afterwards() -> None:
    before = (socket.getaddrinfo, vars(socket.socket).get("connect"))
    with no_network():
        pass
    assert (socket.getaddrinfo, vars(socket.socket).get("connect")) == before
