"""Plugin code at import, in a hook or at an event: stdout stays for results, and it cannot end the command with 0."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

_MOST_SHOWN = 60


@contextmanager
def quiet(say: Callable[[str], None]) -> Iterator[None]:
    """What is printed is told to `say`, what is written past Python's stdout goes to stderr, `os._exit(0)` raises."""
    from harness.isolation.leaving import no_silent_exit  # a listing imports no plugin, and should not pay for it
    from harness.isolation.streams import stdout_to_stderr

    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    with stdout_to_stderr(), redirect_stdout(stream), no_silent_exit():
        yield
    if text := printed.getvalue().decode(errors="replace").strip():
        say(f"prints to stdout, where only results belong: {text[:_MOST_SHOWN]!r}")
