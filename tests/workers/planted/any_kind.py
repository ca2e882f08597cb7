"""Faults that a component of any kind may have, planted into a sound one of each."""

from __future__ import annotations

import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.testing import FakeTrainer
from harness.testing.contracts import ComponentContract as Rules
from harness.types.component import Component, ComponentKind
from planted.sound import CountDown, DropBlank, Echo, Length, Rows, Shouting
from planted.table import Planted

SOUND: dict[ComponentKind, tuple[type[Any], str]] = {
    "metric": (Length, "score"),
    "dataset": (Rows, "load"),
    "cleaner": (DropBlank, "clean"),
    "safety check": (Shouting, "check"),
    "backend": (Echo, "identify"),
    "trainer": (FakeTrainer, "train"),
    "refiner": (CountDown, "propose"),
}
"""A component of each kind, and the method that does its work."""

_FOLDER = Path(tempfile.mkdtemp(prefix="planted-"))
_BUILD = "SOUND = {}\n\ndef build(kind: str):\n    return SOUND.get(kind, object)()\n"
_MODULES = {
    "gensim": "",  # a stand-in: what counts is the name
    "loads_when_imported": f"import gensim\n{_BUILD}",
    "loads_when_built": _BUILD.replace("    return", "    import gensim\n    return"),
    "fails_when_alone": f"import sys\n\nassert 'planted.table' in sys.modules\n{_BUILD}",
}
for _name, _text in _MODULES.items():
    (_FOLDER / f"{_name}.py").write_text(_text, "utf-8")
sys.path.insert(0, str(_FOLDER))


def rows() -> Iterator[tuple[str, Planted]]:
    for kind, (sound, _) in SOUND.items():
        yield f"{kind}: sound", replace(_planted(kind, sound), examples=20)
        yield (
            f"{kind}: any option",
            _planted(kind, _takes_anything(sound), Rules.test_its_options_are_keywords_whose_annotations_can_be_read),
        )
        needy = _planted(kind, sound, Rules.test_what_it_needs_is_said_in_words_that_are_known)
        yield f"{kind}: needs a netwrok", replace(needy, component=replace(needy.component, needs=("netwrok",)))
        yield f"{kind}: connects", _planted(kind, _doing(kind, _connect), Rules.test_it_reaches_for_no_network)
        yield f"{kind}: prints", _planted(kind, _doing(kind, lambda: print("hello")), Rules.test_it_prints_nothing)
        for name in [name for name in _MODULES if "_when_" in name]:
            heavy = _planted(kind, _built_in(name, kind), Rules.test_its_module_and_build_load_nothing_heavy)
            yield f"{kind}: {name}", replace(heavy, options={"kind": kind})


def _planted(kind: ComponentKind, build: Callable[..., Any], *breaks: Callable[..., None]) -> Planted:
    return Planted(kind, Component(f"planted {kind}", build), frozenset(rule.__name__ for rule in breaks), examples=1)


def _takes_anything(sound: type[Any]) -> Callable[..., Any]:
    def build(**options: Any) -> Any:
        return sound()

    return build


def _doing(kind: ComponentKind, act: Callable[[], Any]) -> type[Any]:
    """A sound component that does something else before it works."""
    sound, method = SOUND[kind]

    def work(self: Any, *arguments: Any) -> Any:
        act()
        return getattr(sound, method)(self, *arguments)

    return type(sound.__name__, (sound,), {method: work})


def _connect() -> None:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=1).close()


def _built_in(name: str, kind: ComponentKind) -> Callable[..., Any]:
    """The `build` of a module that makes sound components here, and mere objects where it is imported alone."""
    module: Any = __import__(name)
    module.SOUND[kind] = SOUND[kind][0]
    build: Callable[..., Any] = module.build
    return build
