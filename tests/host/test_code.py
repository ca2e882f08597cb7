from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from harness.host.building import build
from harness.host.code import code_of
from harness.host.host import PluginHost
from harness.host.records import PluginInfo

Code: TypeAlias = Callable[..., str]

HEAD = "from harness import Component, hookimpl\n"
THING = (
    "class Thing:\n    reads = 'text'\n    def __init__(self, share=0.5): self.share = share\n"
    "    def score(self, answered): return {'sum': 1.0}\n    def value(self, sums): return sums['sum']\n"
)
LIBRARY = THING + "def builder(share): return lambda: Thing(share)\n"
HOOK = "@hookimpl\ndef register_metrics(): yield Component('thing', build)\n"


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Code:
    """The code of the metric `thing` of the plugin file, the first one, where these files are; imported anew."""
    number = iter(range(9))

    def found(files: Mapping[str, str]) -> str:
        folder = tmp_path / str(next(number))
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for module in [one for one in sys.modules if one.partition(".")[0] in ("library", "pk")]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.syspath_prepend(folder)
        host = PluginHost(files=[folder / "plug.py"])
        return build(host, "metric", {"use": "thing"}, "suite.yaml", Path()).code

    return found


@pytest.mark.parametrize("made", ["def build(): return Thing({})\n", "build = builder({})\n"])
def test_what_a_plugin_makes_of_a_class_of_a_library_is_its_code(code: Code, made: str) -> None:
    def given(share: float, library: str = LIBRARY) -> str:
        return code({"plug.py": f"{HEAD}from library import *\n{made.format(share)}{HOOK}", "library.py": library})

    first = given(0.25)
    assert first == given(0.25)
    assert len({first, given(0.75), given(0.25, LIBRARY + "# mended\n")}) == 3


@pytest.mark.parametrize("marker", ["__init__.py", "readme.txt"])
def test_all_of_the_package_of_a_class_is_its_code(code: Code, marker: str) -> None:
    plugin = f"{HEAD}from pk.inner.thing import Thing as build\n{HOOK}"
    files = {"plug.py": plugin, "pk/__init__.py": "", f"pk/inner/{marker}": "", "pk/inner/thing.py": THING}

    def with_values(share: float) -> str:
        return code({**files, "pk/values.py": f"SHARE = {share}\n"})

    assert with_values(0.25) == with_values(0.25) != with_values(0.75)


def test_the_neighbours_of_a_module_that_is_no_package_are_not_its_code(code: Code) -> None:
    plugin = f"{HEAD}{THING}build = Thing\n{HOOK}"
    assert code({"plug.py": plugin, "other.py": "ONE = 1\n"}) == code({"plug.py": plugin, "other.py": "ONE = 2\n"})


def test_a_module_of_a_large_package_counts_wherever_it_stands_in_it(code: Code) -> None:
    plugin = f"{HEAD}from pk.thing import Thing as build\n{HOOK}"
    files = {"plug.py": plugin, "pk/__init__.py": "", **{f"pk/a{number:03}.py": "" for number in range(500)}}
    assert code({**files, "pk/thing.py": THING}) != code({**files, "pk/thing.py": THING + "# mended\n"})


def test_the_version_of_the_plugin_stands_for_code_without_source() -> None:
    made: dict[str, type] = {}
    exec(THING, {"__name__": "compiled"}, made)
    thing = made["Thing"]
    first, again, second = (
        code_of(thing(), thing, PluginInfo("compiled", "compiled", "compiled", version)) for version in "112"
    )
    assert first == again != second
