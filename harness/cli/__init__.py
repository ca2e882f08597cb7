"""The `harness` command: one module a command, imported for its arguments alone; the work is imported when it runs."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.cli.invocation import Invocation, global_options
from harness.cli.memory import too_little_memory
from harness.cli.streams import delivered, open_channels
from harness.documents.visible import visible
from harness.errors import ExitCode, HarnessError, PluginError, disk_refusal, is_interrupt, memory_refusal, shortened
from harness.host.telemetry import untracked

_COMMANDS = (
    *("demo", "init", "run", "refine", "evaluate", "compare", "gate", "report"),
    *("power", "calibrate", "history", "runs", "schema", "sql"),
)
_GROUPS = ("suites", "baselines", "plugins", "store")
_WRITERS = (["init"], ["report"], ["schema"], ["suites", "export"], ["baselines", "export"], ["plugins", "new"])
"""Commands that do nothing but write files for people."""


def entry() -> None:
    """The console script."""
    untracked()
    open_channels()
    code = main(sys.argv[1:])
    if "harness.host.isolation.watch" in sys.modules:  # no plugin is imported without it
        _run_what_plugins_left()
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; every error is a message on stderr, never a traceback."""
    return delivered(_run(arguments))


def _run_what_plugins_left() -> None:
    """Do what was left for the end while none of it can write among the results or leave with the code of a pass."""
    from harness.host.isolation.silence import silenced

    with silenced():
        atexit._run_exitfuncs()


def _run(arguments: Sequence[str]) -> int:
    from typer import exceptions

    rest: Sequence[str] = ()
    try:
        rest, files, disabled = global_options(arguments)
        too_little = None if "--help" in rest else too_little_memory()
        if too_little:
            return _fail(too_little, ExitCode.INCOMPLETE)
        code = int(_app(rest)(rest, standalone_mode=False, obj=Invocation(files, disabled), prog_name="harness") or 0)
        return _interrupted() if code == ExitCode.INTERRUPTED else code  # typer makes a number of Ctrl-C
    except HarnessError as error:
        return _refused_or_wrong(error, rest)
    except exceptions.TyperException as error:
        return _fail(_usage(error), ExitCode.USAGE)
    except (KeyboardInterrupt, exceptions.Abort):
        return _interrupted()
    except BaseException as error:  # also a plugin's sys.exit("text"), which must not pass for a regression
        return _interrupted() if is_interrupt(error) else _told(error, rest)


def _refused_or_wrong(error: HarnessError, arguments: Sequence[str]) -> int:
    """What a disk refused is told as that; a plugin's failure comes with the file that has the traceback."""
    refusal = disk_refusal(error)
    if refusal:
        return _fail(str(error) if refusal in str(error) else f"{error}; {refusal}", _refused(arguments))
    cause = error.__cause__ if isinstance(error, PluginError) else None
    return _fail(f"{error}; traceback: {_kept(cause)}" if cause else str(error), error.exit_code)


def _told(error: BaseException, arguments: Sequence[str]) -> int:
    """What is said of an error that nobody gave a message."""
    short = memory_refusal(error)
    if short:
        return _fail(f"memory ran out: {short}; give the command more, or less to do", ExitCode.INCOMPLETE)
    named = error.filename if isinstance(error, OSError) else None
    refusal = disk_refusal(error)
    if refusal:
        return _fail(f"{named or 'a file'}: cannot be written: {refusal}", _refused(arguments))
    if isinstance(error, OSError) and named:
        return _fail(f"{named}: cannot be read or written: {error.strerror}", ExitCode.USAGE)
    said = f"internal error: {type(error).__name__}: {error}; please report it with {_kept(error)}"
    return _fail(said, ExitCode.INTERNAL)


def _refused(arguments: Sequence[str]) -> ExitCode:
    """What a disk that refuses a file makes of a command: it was told the wrong place, or something is not measured."""
    asked = [argument for argument in arguments if not argument.startswith("-")]
    return ExitCode.USAGE if asked[:1] in _WRITERS or asked[:2] in _WRITERS else ExitCode.INCOMPLETE


def _app(arguments: Sequence[str] = ()) -> Any:
    """The program; where the first argument names a command, with that one alone, as the others only cost time."""
    import typer

    app = typer.Typer(
        name="harness",
        help="Fine-tune chat models, and tell honestly whether they got better, got worse or cannot be told apart.",
        epilog="Anywhere: --plugin FILE.py loads a plugin that is one file, --disable-plugin NAME leaves one out.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_without_options)
    known = {*_COMMANDS, *_GROUPS}
    wanted = known.intersection(arguments[:1]) or known
    for name in filter(wanted.__contains__, _COMMANDS):
        app.command(name)(import_module(f"harness.cli.{name}").command)
    for name in filter(wanted.__contains__, _GROUPS):
        app.add_typer(import_module(f"harness.cli.{name}").app, name=name)
    return app


def _without_options() -> None:
    """What makes a program of commands of one that has a single command."""


def _usage(error: Any) -> str:
    hint = f"; see `{error.ctx.command_path} --help`" if getattr(error, "ctx", None) is not None else ""
    return f"{error.format_message() if hasattr(error, 'format_message') else error}{hint}"


def _fail(message: str, code: ExitCode) -> int:
    print(f"harness: {shortened(visible(message))}", file=sys.stderr, flush=True)
    return int(code)


def _interrupted() -> int:
    return _fail("interrupted; the same command goes on from here", ExitCode.INTERRUPTED)


def _kept(error: BaseException) -> str:
    """The file that now holds the traceback, or why there is none."""
    import tempfile
    import traceback

    name = ""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="harness-", suffix=".log", delete=False, encoding="utf-8") as file:
            name = file.name
            file.write(visible("".join(traceback.format_exception(error))))
    except OSError as refusal:
        if name:
            Path(name).unlink(missing_ok=True)
        return f"no file: {disk_refusal(refusal) or refusal}"
    return name
