"""What belongs to the whole process while plugin code runs at import, in a hook or in `build`: it is put back.

New environment variables and new entries of `sys.path` stay, as libraries are switched and found by them; variables
that the harness itself reads do not.
"""

from __future__ import annotations

import builtins
import gc
import locale
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from harness.host.isolation.library_state import LIBRARIES, Trait
from harness.host.replaced import held_by_modules, put_functions

_UNREAD = object()
_OURS = ("HARNESS_", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
_SIGNALS = (
    *("SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP", "SIGPIPE", "SIGCHLD", "SIGALRM", "SIGVTALRM", "SIGPROF"),
    *("SIGTSTP", "SIGXCPU", "SIGXFSZ", "SIGUSR1", "SIGUSR2"),
)


@contextmanager
def process_kept(say: Callable[[str], None]) -> Iterator[None]:
    """What is changed of the process in the block is put back, and told to `say`."""
    before, held = _state(TRAITS), held_by_modules()
    known = {name: _state(traits) for name, (traits, _) in LIBRARIES.items() if name in sys.modules}
    threads = {thread.ident for thread in threading.enumerate()}
    try:
        yield
    finally:
        changed = [*put_functions(held), *_put_back(TRAITS, before)]
        for name, (traits, fresh) in LIBRARIES.items():
            if name in sys.modules:
                changed += _put_back(traits, known.get(name, fresh))
        if changed:
            say(f"changes what belongs to the whole process: {', '.join(changed)}; that is put back")
        left = [one for one in threading.enumerate() if one.ident not in threads and not one.daemon]
        if left:
            say(f"leaves the thread {left[0].name!r} running, which keeps the command from ending; make it a daemon")


def _state(traits: tuple[Trait, ...]) -> Mapping[str, Any]:
    return {trait.name: _read(trait) for trait in traits}


def _read(trait: Trait) -> Any:
    # The folder may be gone, and a library half imported.
    with suppress(Exception):
        return trait.read()
    return _UNREAD


def _put_back(traits: tuple[Trait, ...], before: Mapping[str, Any]) -> list[str]:
    """The names of what was not as before, and is now."""
    changed = []
    for trait in traits:
        was = before.get(trait.name, _UNREAD)
        if was is _UNREAD or _read(trait) == was:
            continue
        with suppress(Exception):
            if trait.put(was) is not False:
                changed.append(trait.name)
    return changed


def _of_sys(name: str) -> Trait:
    def read() -> Any:
        value = getattr(sys, name)
        return list(value) if name == "argv" else value

    return Trait(f"sys.{name}", read, lambda was: setattr(sys, name, was))


def _put_environment(before: Mapping[str, str]) -> bool:
    new = {key: value for key, value in os.environ.items() if key not in before and not key.startswith(_OURS)}
    is_kept = dict(os.environ) == {**before, **new}
    if not is_kept:
        os.environ.clear()
        os.environ.update({**before, **new})
        if hasattr(time, "tzset"):
            time.tzset()
    return not is_kept


def _put_path(before: list[str]) -> bool:
    is_kept = sys.path[: len(before)] == before
    sys.path[:] = [*before, *(entry for entry in sys.path if entry not in before)]
    return not is_kept


def _list_of_sys(name: str) -> Trait:
    """A list to which libraries may add, and from which nothing may go."""

    def put(before: list[Any]) -> bool:
        now = getattr(sys, name)
        lost = [one for one in before if one not in now]
        now[:] = [*lost, *now]
        return bool(lost)

    return Trait(f"sys.{name}", lambda: list(getattr(sys, name)), put)


def _timers() -> Mapping[int, tuple[float, float]]:
    """The timers that are set, without what is left of their time."""
    known = (getattr(signal, name, None) for name in ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF"))
    return {one: signal.getitimer(one) for one in known if one is not None and any(signal.getitimer(one))}


def _put_timers(before: Mapping[int, tuple[float, float]]) -> bool:
    new = _timers().keys() - before.keys()
    for timer in new:
        signal.setitimer(timer, 0)
    return bool(new)


def _put_handlers(before: Mapping[str, Any]) -> None:
    for name, handler in before.items():
        if handler is not None:  # one that was not set from Python cannot be set from it
            signal.signal(getattr(signal, name), handler)


def _blocked() -> frozenset[int]:
    return frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def _put_blocked(before: frozenset[int]) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cores() -> frozenset[int]:
    return frozenset(os.sched_getaffinity(0))


def _put_cores(before: frozenset[int]) -> None:
    os.sched_setaffinity(0, before)


def _limits() -> Mapping[int, tuple[int, int]]:
    import resource

    kinds = {value for name, value in vars(resource).items() if name.startswith("RLIMIT_")}
    return {kind: resource.getrlimit(kind) for kind in kinds}


def _put_limits(before: Mapping[int, tuple[int, int]]) -> bool:
    """What was lowered is raised again; what a library raised, as the number of open files, stays."""
    import resource

    now = _limits()
    lowered = {kind: soft for kind, (soft, _) in before.items() if _is_lower(now[kind][0], soft)}
    for kind, soft in lowered.items():
        resource.setrlimit(kind, (soft, now[kind][1]))
    return bool(lowered)


def _is_lower(limit: int, than: int) -> bool:
    return limit >= 0 and (than < 0 or limit < than)  # below 0 there is none


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _put_builtins(before: Mapping[str, Any]) -> bool:
    lost = {name: value for name, value in before.items() if vars(builtins).get(name) is not value}
    vars(builtins).update(lost)
    return bool(lost)


def _builtins() -> Mapping[str, Any]:
    return {name: value for name, value in vars(builtins).items() if name != "_"}


def _filters() -> list[Any]:
    return list(warnings.filters)


def _put_filters(before: list[Any]) -> bool:
    """A filter of one message, module or category of a library's own stays."""
    own = [one for one in warnings.filters if one in before or not _is_for_all(one)]
    is_kept = own == list(warnings.filters) and all(one in own for one in before)
    if not is_kept:
        warnings.filters[:] = [*(one for one in own if one not in before), *before]  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]
    return not is_kept


def _is_for_all(one: Any) -> bool:
    _, message, category, module, _ = one
    return message is None and module is None and category.__module__ == "builtins"


def _logging() -> tuple[Any, ...]:
    loggers = (logging.getLogger(), logging.getLogger("harness"))
    said = [(one.level, list(one.handlers), one.disabled, one.propagate) for one in loggers]
    return (logging.root.manager.disable, *said)


def _put_logging(before: tuple[Any, ...]) -> None:
    logging.disable(before[0])
    for logger, said in zip((logging.getLogger(), logging.getLogger("harness")), before[1:], strict=True):
        level, logger.handlers[:], logger.disabled, logger.propagate = said
        logger.setLevel(level)


def _collector() -> tuple[bool, tuple[int, ...]]:
    return gc.isenabled(), gc.get_threshold()


def _put_collector(before: tuple[bool, tuple[int, int, int]]) -> None:
    (gc.enable if before[0] else gc.disable)()
    gc.set_threshold(*before[1])


TRAITS = (
    Trait("the current folder", os.getcwd, os.chdir),
    Trait("the environment", lambda: dict(os.environ), _put_environment),
    Trait("sys.path", lambda: list(sys.path), _put_path),
    Trait("threading.excepthook", lambda: threading.excepthook, lambda was: setattr(threading, "excepthook", was)),
    Trait("threading.settrace", threading.gettrace, threading.settrace),
    Trait("threading.setprofile", threading.getprofile, threading.setprofile),
    Trait("the stack size of threads", threading.stack_size, threading.stack_size),
    Trait("sys.settrace", sys.gettrace, sys.settrace),
    Trait("sys.setprofile", sys.getprofile, sys.setprofile),
    *map(_of_sys, ("argv", "stdin", "stderr", "exit", "excepthook", "unraisablehook", "displayhook")),
    *map(_list_of_sys, ("meta_path", "path_hooks")),
    Trait("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Trait("the limit of digits", sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    Trait("the switch interval", sys.getswitchinterval, sys.setswitchinterval),
    Trait(
        "signal handlers",
        lambda: {name: signal.getsignal(getattr(signal, name)) for name in _SIGNALS if hasattr(signal, name)},
        _put_handlers,
    ),
    Trait("blocked signals", _blocked, _put_blocked),
    Trait("timers", _timers, _put_timers),
    Trait("resource limits", _limits, _put_limits),
    Trait("the processor's cores", _cores, _put_cores),
    Trait("the locale", lambda: locale.setlocale(locale.LC_ALL), lambda was: locale.setlocale(locale.LC_ALL, was)),
    Trait("filters of warnings", _filters, _put_filters),
    Trait("how warnings are shown", lambda: warnings.showwarning, lambda was: setattr(warnings, "showwarning", was)),
    Trait("logging", _logging, _put_logging),
    Trait("the umask", _umask, os.umask),
    Trait("built-in names", _builtins, _put_builtins),
    Trait("the garbage collector", _collector, _put_collector),
)
