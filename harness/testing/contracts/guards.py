"""What a component must not do behind one's back: reach for the network, load heavy libraries where it is imported."""

from __future__ import annotations

import functools
import inspect
import json
import pickle
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from harness.host.isolation.children import finished
from harness.testing.heavy_imports import HEAVY

# It runs where nothing is imported yet. What goes wrong in building is told by the rules that build here.
_CHILD = """
import functools, importlib, importlib.util, json, pickle, sys
sys.path[:], name, file, qualified, heavy = json.loads(sys.argv[1])
if file:
    spec = importlib.util.spec_from_file_location(name, file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
else:
    module = importlib.import_module(name)
imported = [one for one in heavy if one in sys.modules]
options = sys.stdin.buffer.read()
if options:
    build = functools.reduce(getattr, qualified.split("."), module)
    getattr(build, "build", build)(**pickle.loads(options))
built = [one for one in heavy if one in sys.modules and one not in imported]
print(json.dumps([imported, built]))
"""


@contextmanager
def no_network() -> Iterator[list[str]]:
    """Refuses connections to other machines and look-ups of names; the list tells what was tried."""
    tried: list[str] = []

    def refuse_look_up(host: Any, port: Any, *arguments: Any, **others: Any) -> Any:
        tried.append(f"looked up {host!r}")
        raise socket.gaierror(f"a contract allows no network, so {host!r} is not looked up")

    def refusing(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def refuse(self: socket.socket, address: Any) -> Any:
            if self.family == getattr(socket, "AF_UNIX", None):
                return connect(self, address)
            tried.append(f"connected to {address!r}")
            raise ConnectionRefusedError(f"a contract allows no network, so {address!r} is not connected to")

        return refuse

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse_look_up)
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, refusing(getattr(socket.socket, name)))
        yield tried


@dataclass(frozen=True, slots=True)
class Loaded:
    """The heavy libraries that the import of a component's module loads, and those that building it loads then."""

    module: str
    imported: tuple[str, ...]
    built: tuple[str, ...]


def heavy_libraries(build: Callable[..., Any], options: Mapping[str, Any] | None) -> Loaded:
    """What importing and building loads in a fresh interpreter; the import alone where `options` is None.

    Raises LookupError where the module is in no file, and RuntimeError with what the interpreter said where that fails.
    """
    target = inspect.unwrap(build.func if isinstance(build, functools.partial) else build)
    name, file = _located(target)
    qualified = getattr(target, "__qualname__", "<instance>")
    given = None if "<" in qualified else _pickled(options)
    task = json.dumps([sys.path, name, file, qualified, HEAVY])
    done = finished([sys.executable, "-c", _CHILD, task], given or b"")
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
    imported, built = json.loads(done.stdout.splitlines()[-1])
    return Loaded(name, tuple(imported), tuple(built))


def _located(target: Any) -> tuple[str, str]:
    """The name of the module, and its file where it cannot be imported by name."""
    name = str(getattr(target, "__module__", "__main__"))
    top = name.partition(".")[0]
    # Not importlib.util.find_spec: that finds what is loaded, and a plugin file is loaded under a made-up name.
    if any(finder.find_spec(top, None) for finder in sys.meta_path):
        return name, ""
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None:
        raise LookupError(f"module {name!r} cannot be imported by its name, and is in no file")
    return name, file


def _pickled(options: Mapping[str, Any] | None) -> bytes | None:
    """The options for another process; None where they cannot go there."""
    try:
        return None if options is None else pickle.dumps(dict(options))
    except Exception:  # what cannot be pickled raises whatever it likes
        return None
