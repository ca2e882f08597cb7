"""Plugin code at import, in a hook or at an event: stdout stays for results, the process stays as it was."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

from harness.host.records import ProblemKind

_MOST_SHOWN = 60


@contextmanager
def quiet(say: Callable[[ProblemKind, str], None]) -> Iterator[None]:
    """What is printed, and what is changed of the process and put back, is told to `say`; `os._exit(0)` raises.

    What is written past Python's stdout goes to stderr.
    """
    from harness.host.process_state import process_kept  # a listing imports no plugin, and should not pay for it
    from harness.isolation.leaving import no_silent_exit
    from harness.isolation.streams import stdout_to_stderr

    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    kept = process_kept(lambda text: say("changes", text))
    with kept, stdout_to_stderr(), redirect_stdout(stream), no_silent_exit():
        yield
    if text := printed.getvalue().decode(errors="replace").strip():
        say("prints", f"prints to stdout, where only results belong: {text[:_MOST_SHOWN]!r}")
